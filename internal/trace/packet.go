package trace

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

// take notes what a header of an IP packet says.
func (p *Packet) take(l gopacket.Layer) {
	switch l := l.(type) {
	case *layers.IPv4:
		p.Source, p.Dest, p.TTL, p.Size = addr(l.SrcIP), addr(l.DstIP), int(l.TTL), int(l.Length)
		p.Whole = l.Flags&layers.IPv4DontFragment != 0
		p.ID, p.Piece, p.More = uint32(l.Id), int(l.FragOffset), l.Flags&layers.IPv4MoreFragments != 0
	case *layers.IPv6:
		p.Source, p.Dest, p.TTL, p.Size = addr(l.SrcIP), addr(l.DstIP), int(l.HopLimit), int(l.Length)+header6
		p.Whole = true // routers never cut IPv6 (RFC 8200, 5)
	case *layers.IPv6Fragment:
		p.ID, p.Piece, p.More = l.Identification, int(l.FragmentOffset), l.MoreFragments
	case *layers.ICMPv4:
		p.Proto, p.Type, p.Code, p.Data = measure.ICMP, int(l.TypeCode.Type()), int(l.TypeCode.Code()), l.Payload
	case *layers.ICMPv6:
		p.Proto, p.Type, p.Code, p.Data = measure.ICMP, int(l.TypeCode.Type()), int(l.TypeCode.Code()), l.Payload
	case *layers.ICMPv6Echo:
		p.Data = l.Payload
	case *layers.TCP:
		p.Proto, p.SourcePort, p.DestPort, p.Seq, p.Ack = measure.TCP, uint16(l.SrcPort), uint16(l.DstPort), l.Seq, l.Ack
		p.Flags, p.Data = Flags{l.SYN, l.ACK, l.RST, l.FIN}, l.Payload
	case *layers.UDP:
		p.Proto, p.SourcePort, p.DestPort, p.Data = measure.UDP, uint16(l.SrcPort), uint16(l.DstPort), l.Payload
	}
}

const header6 = 40 // bytes of an IPv6 header

// Numbers of ICMP (RFC 792) and ICMPv6 (RFC 4443).
const (
	echo4, echoReply4, unreachable4, exceeded4, problem4 = 8, 0, 3, 11, 12
	echo6, echoReply6, unreachable6, exceeded6, problem6 = 128, 129, 1, 3, 4
	tooBig6                                              = 2
)

// isError says that an ICMP message is about another packet.
func (p Packet) isError() bool {
	switch {
	case p.Proto != measure.ICMP:
		return false
	case p.Source.Is4():
		return p.Type == unreachable4 || p.Type == exceeded4 || p.Type == problem4
	}
	return p.Type >= unreachable6 && p.Type <= problem6
}

// quoted reads the packet that an ICMP error is about. Routers quote as much
// as they like, at least eight bytes behind the IP header (RFC 792).
func quoted(l gopacket.Layer, p Packet) *Packet {
	if !p.isError() {
		return nil
	}
	data, first := l.LayerPayload(), layers.LayerTypeIPv4
	switch l.LayerType() {
	case layers.LayerTypeICMPv4:
	case layers.LayerTypeICMPv6: // four bytes that depend on the type, then the packet (RFC 4443, 3)
		data, first = data[min(4, len(data)):], layers.LayerTypeIPv6
	default:
		return nil
	}
	var q Packet
	for _, l := range gopacket.NewPacket(data, first, gopacket.DecodeOptions{NoCopy: true}).Layers() {
		if unread(l) {
			break
		}
		q.take(l)
	}
	if !q.Source.IsValid() {
		return nil
	}
	if q.Proto == "" {
		q.short(data)
	}
	return &q
}

// short reads the ports from a quote that ends behind them.
func (p *Packet) short(data []byte) {
	head, proto := header6, byte(0)
	switch {
	case p.Source.Is6() && len(data) > 6:
		proto = data[6]
	case p.Source.Is4() && len(data) > 9:
		head, proto = int(data[0]&15)*4, data[9]
	}
	if len(data) < head+8 {
		return
	}
	b := data[head:]
	const tcp, udp = 6, 17 // RFC 790
	switch proto {
	case tcp:
		p.Proto, p.Seq = measure.TCP, uint32(b[4])<<24|uint32(b[5])<<16|uint32(b[6])<<8|uint32(b[7])
	case udp:
		p.Proto = measure.UDP
	default:
		return
	}
	p.SourcePort, p.DestPort = uint16(b[0])<<8|uint16(b[1]), uint16(b[2])<<8|uint16(b[3])
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

// mac writes a hardware address as ip does.
func mac(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("%02x", c)
	}
	return strings.Join(parts, ":")
}
