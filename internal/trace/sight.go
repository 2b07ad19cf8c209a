package trace

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Part is what a packet is in the story of a probe.
type Part string

// The parts.
const (
	Request Part = "request"
	Reply   Part = "reply"
	Report  Part = "report" // an ICMP error about the request or the reply
	Asking  Part = "ask"    // somebody asks for a hardware address
	Telling Part = "tell"   // and is told
)

// Sight is one packet of the probe, or one that helped it on its way, as it
// came by an interface.
type Sight struct {
	Space, Link string
	Ether       bool
	For         measure.For
	At          time.Duration // since the first frame of the capture
	Index       int           // of the frame in the capture
	Part        Part
	Frame       Frame
}

// Out says that the packet left its namespace there.
func (s Sight) Out() bool { return s.For == measure.ForOutgoing }

// Sights finds the packets of a probe in its capture, in the order of time.
// Once the probe is sent a second time the rest is left out.
func Sights(lab snapshot.Lab, t measure.Trace) []Sight {
	var out []Sight
	m := matcher{trace: t, cut: map[piece]Part{}}
	tunnels := Tunnels(lab)
	for i, p := range t.Capture.Packets {
		if p.Point < 0 || p.Point >= len(t.Capture.Points) {
			continue
		}
		at := t.Capture.Points[p.Point]
		s := Sight{
			Space: at.Space, Link: at.Link, Ether: at.Ether, For: p.For, Index: i,
			At: p.Time.Sub(t.Capture.Packets[0].Time), Frame: Read(p.Data, at.Ether, tunnels),
		}
		if s.Part = m.part(s); s.Part == "" {
			continue
		}
		if m.again(s) {
			break
		}
		out = append(out, s)
	}
	return out
}

// Tunnels are the UDP ports of the VXLAN interfaces of a lab.
func Tunnels(lab snapshot.Lab) []uint16 {
	var out []uint16
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			if l.VXLAN != nil && !slices.Contains(out, l.VXLAN.DstPort) {
				out = append(out, l.VXLAN.DstPort)
			}
		}
		for _, e := range s.FDB {
			if e.Port != 0 && !slices.Contains(out, e.Port) {
				out = append(out, e.Port)
			}
		}
	}
	return out
}

// matcher knows the packets of one probe.
type matcher struct {
	trace measure.Trace
	seq   uint32 // with which the connection begins, once it was seen
	begun bool
	first Sight
	cut   map[piece]Part // what the packets are whose first fragment was seen
}

// piece tells the fragments of one packet (RFC 791, 3.2).
type piece struct {
	source, dest netip.Addr
	id           uint32
}

func (m *matcher) part(s Sight) Part {
	f := s.Frame
	switch {
	case f.Ask != nil && f.Ask.Answer:
		return Telling
	case f.Ask != nil:
		return Asking
	case f.Quoted != nil && m.direction(*f.Quoted) != "":
		return Report
	case m.begins(s):
		return Request
	}
	return m.fragment(f.Packet, m.direction(f.Packet))
}

// fragment remembers what the first fragment of a packet is, and tells it of
// the others.
func (m *matcher) fragment(p Packet, part Part) Part {
	key := piece{p.Source, p.Dest, p.ID}
	switch {
	case p.Piece > 0:
		return m.cut[key]
	case p.More && part != "":
		m.cut[key] = part
	}
	return part
}

// begins notes the first packet of a connection, which tells all others.
func (m *matcher) begins(s Sight) bool {
	p := s.Frame.Packet
	if m.trace.Proto != measure.TCP || m.begun || m.trace.Local == 0 || s.Space != m.trace.From ||
		p.SourcePort != m.trace.Local || !p.Flags.SYN || p.Flags.ACK {
		return false
	}
	m.seq, m.begun = p.Seq, true
	return true
}

// direction tells the request from the reply. NAT may have changed addresses
// and ports, but not the data, and not the numbers of TCP.
func (m *matcher) direction(p Packet) Part {
	switch {
	case p.Proto != m.trace.Proto:
		return ""
	case p.Proto == measure.TCP:
		return m.segment(p)
	case len(m.trace.Token) == 0:
		return ""
	case p.Proto == measure.UDP && m.trace.Local != 0 && p.DestPort == m.trace.Local && p.Dest.IsValid() && p.SourcePort == m.trace.Port:
		return Reply // of a service that answers what it likes
	case p.Proto == measure.UDP && m.trace.Local != 0 && p.SourcePort == m.trace.Local && len(p.Data) == 0:
		return Request // quoted without its data
	case !bytes.HasPrefix(p.Data, m.trace.Token):
		return ""
	case p.Proto == measure.ICMP && (p.Type == echoReply4 || p.Type == echoReply6):
		return Reply
	}
	return Request
}

// segment knows the beginning of the connection and the first answer to it.
func (m *matcher) segment(p Packet) Part {
	switch {
	case !m.begun:
		return ""
	case p.Seq == m.seq && !p.Flags.ACK && !p.Flags.RST:
		return Request
	case p.Ack == m.seq+1 && p.Flags.ACK && (p.Flags.SYN || p.Flags.RST):
		return Reply
	}
	return ""
}

// again says that the sender repeats its request: it leaves once more where it
// left first.
func (m *matcher) again(s Sight) bool {
	if s.Part != Request || s.Space != m.trace.From || !s.Out() || s.Frame.Outer != nil || s.Frame.Piece > 0 {
		return false
	}
	if m.first.Space == "" {
		m.first = s
		return false
	}
	return s.Link == m.first.Link && s.Frame.Source == m.first.Frame.Source && s.Frame.TTL == m.first.Frame.TTL
}
