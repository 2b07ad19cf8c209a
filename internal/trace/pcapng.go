package trace

import (
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"netlab/internal/measure"
)

// Section is what a capture file says of itself.
type Section struct {
	Program string // that wrote it
	Comment string
	Filter  string // which frames were to be captured; empty: all
	Snap    int    // how many bytes were kept of each
}

// Pcapng writes a capture file (the pcapng format, draft-ietf-opsawg-pcapng),
// with a block for each interface of each namespace, called as in "ns1:eth0".
// Times are in nanoseconds. It keeps what it writes until Flush.
//
// The library's writer does all of this but for two things that the format
// has: a file without any interface, and a comment with the statistics.
type Pcapng struct {
	to      io.Writer
	section Section
	w       *pcapgo.NgWriter // nil before the first interface
	spaces  []string         // of the interfaces
	seen    []uint64         // frames at each of them
}

// NewPcapng makes a writer. Nothing is written before the first interface.
func NewPcapng(to io.Writer, s Section) *Pcapng { return &Pcapng{to: to, section: s} }

// Interface adds one; packets name it by how many were before it.
func (p *Pcapng) Interface(at measure.Point) error {
	of := pcapgo.NgInterface{
		Name: at.Space + ":" + at.Link, Filter: p.section.Filter, OS: "Linux", LinkType: layers.LinkTypeRaw, SnapLength: uint32(p.section.Snap),
	}
	if at.Ether {
		of.LinkType = layers.LinkTypeEthernet
	}
	p.spaces, p.seen = append(p.spaces, at.Space), append(p.seen, 0)
	if p.w != nil {
		_, err := p.w.AddInterface(of)
		return err
	}
	var err error
	p.w, err = pcapgo.NewNgWriterInterface(p.to, of, pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{
		OS: "Linux", Application: p.section.Program, Comment: short(p.section.Comment),
	}})
	return err
}

// Packet adds a packet, with comments.
func (p *Pcapng) Packet(of measure.Packet, comments ...string) error {
	if of.Point < 0 || of.Point >= len(p.seen) {
		return errors.New("a packet of an interface that there is not")
	}
	p.seen[of.Point]++
	cut := make([]string, len(comments))
	for i, c := range comments {
		cut[i] = short(c)
	}
	return p.w.WritePacketWithOptions(
		gopacket.CaptureInfo{Timestamp: of.Time, CaptureLength: len(of.Data), Length: of.Len, InterfaceIndex: of.Point}, of.Data,
		pcapgo.NgPacketOptions{Comments: cut, Flags: flags(of.For)})
}

// maxComment is how many bytes a comment has: an option of the format holds no
// more than 65535, and a window of Wireshark much less.
const maxComment = 1000

func short(s string) string {
	if len(s) <= maxComment {
		return s
	}
	s = s[:maxComment]
	for !utf8.ValidString(s) && len(s) > 0 {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// flags are the direction and the kind of reception (epb_flags).
func flags(who measure.For) *pcapgo.NgEpbFlags {
	f := &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionInbound}
	switch who {
	case measure.ForOutgoing:
		f.Direction = pcapgo.NgEpbFlagDirectionOutbound
	case measure.ForHost:
		f.Reception = pcapgo.NgEpbFlagReceptionTypeUnicast
	case measure.ForAll:
		f.Reception = pcapgo.NgEpbFlagReceptionTypeBroadcast
	case measure.ForGroup:
		f.Reception = pcapgo.NgEpbFlagReceptionTypeMulticast
	case measure.ForOther:
		f.Reception = pcapgo.NgEpbFlagReceptionTypePromiscuous
	default:
		f.Direction = pcapgo.NgEpbFlagDirectionUnknown
	}
	return f
}

// End writes the statistics, and all that is kept. Lost is how many frames of
// a namespace found no room: the kernel counts them by socket, and so they
// stand at the first interface of the namespace.
func (p *Pcapng) End(begin, end time.Time, lost map[string]int) error {
	told := map[string]bool{}
	for i, space := range p.spaces {
		dropped := 0
		if !told[space] {
			dropped, told[space] = lost[space], true
		}
		if err := p.w.WriteInterfaceStats(i, pcapgo.NgInterfaceStatistics{
			LastUpdate: end, StartTime: begin, EndTime: end, PacketsReceived: p.seen[i] + uint64(dropped), PacketsDropped: uint64(dropped),
		}); err != nil {
			return err
		}
	}
	return p.Flush()
}

// Flush writes what is kept.
func (p *Pcapng) Flush() error {
	if p.w == nil {
		return nil
	}
	return p.w.Flush()
}
