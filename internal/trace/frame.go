// Package trace tells the way of a packet: from what was captured of it at all
// interfaces of a lab, and from the state of the lab, to the story of its hops.
// The package is pure.
package trace

import (
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

// Frame is a captured frame, read from its first header to its last. Of a
// tunnel, the packet is the one inside, and Outer the one that carries it.
type Frame struct {
	From, To string // MAC addresses of the first header; empty where there is none
	Packet
	Outer   *Packet
	Sender  string // MAC address of who sent the outer frame
	Carrier string // the MAC address that the outer frame is for
	Tunnel  uint32 // VXLAN network identifier, with Outer
	// Quoted is the packet that an ICMP error is about.
	Quoted *Packet
	Ask    *Ask // a question for a hardware address, or the answer to one

	layers []gopacket.Layer
}

// Packet is what the headers of an IP packet say.
type Packet struct {
	Source, Dest         netip.Addr // not valid: no IP packet
	TTL                  int        // time to live; of IPv6 the hop limit
	Size                 int        // bytes of the whole packet
	Whole                bool       // it may not be cut into fragments
	ID                   uint32     // the same for all fragments of a packet
	Piece                int        // where a fragment begins; 0: at the beginning, or it is none
	More                 bool       // more fragments follow
	Proto                measure.Proto
	SourcePort, DestPort uint16
	Flags                Flags  // of TCP
	Seq, Ack             uint32 // of TCP
	Type, Code           int    // of ICMP
	Data                 []byte // what follows the last header that was understood
}

// Flags are those of TCP that matter here.
type Flags struct{ SYN, ACK, RST, FIN bool }

// Ask is a question for a hardware address, by ARP or neighbour discovery.
type Ask struct {
	Answer bool
	For    netip.Addr // whose hardware address is asked for, or told
	By     netip.Addr // who asks; of an answer who is told
	MAC    string     // of an answer: the address
}

// Read reads a frame that was captured where frames begin with an Ethernet
// header or, as at a tunnel, with that of IP. Tunnels are the UDP ports of
// VXLAN in this lab.
func Read(data []byte, ether bool, tunnels []uint16) Frame {
	var f Frame
	first := layers.LayerTypeEthernet
	if !ether {
		first = layers.LayerTypeIPv4
		if len(data) > 0 && data[0]>>4 == 6 {
			first = layers.LayerTypeIPv6
		}
	}
	f.read(data, first, tunnels, 0)
	return f
}

// maxTunnels is how many tunnels in each other are looked into.
const maxTunnels = 4

func (f *Frame) read(data []byte, first gopacket.LayerType, tunnels []uint16, depth int) {
	p := gopacket.NewPacket(data, first, gopacket.DecodeOptions{NoCopy: true})
	for _, l := range p.Layers() {
		if unread(l) {
			break
		}
		if f.fragment(l, tunnels, depth) {
			return
		}
		f.layers = append(f.layers, l)
		f.take(l)
		if udp, ok := l.(*layers.UDP); ok && f.enter(udp, tunnels, depth) {
			return
		}
		if end(l) {
			return
		}
	}
}

// unread says that a layer is no header that was understood. Of one that is
// cut off the library gives a layer without bytes.
func unread(l gopacket.Layer) bool {
	return l.LayerType() == gopacket.LayerTypeDecodeFailure || l.LayerType() == gopacket.LayerTypePayload || len(l.LayerContents()) == 0
}

// fragment reads on behind the IP header of a packet that was cut: the first of
// the pieces has the next header, the others only have data.
func (f *Frame) fragment(l gopacket.Layer, tunnels []uint16, depth int) bool {
	if l.LayerType() != gopacket.LayerTypeFragment {
		return false
	}
	switch ip := f.layers[len(f.layers)-1].(type) {
	case *layers.IPv4:
		if ip.FragOffset == 0 {
			f.read(l.LayerContents(), ip.Protocol.LayerType(), tunnels, depth)
		}
	case *layers.IPv6Fragment:
		if ip.FragmentOffset == 0 {
			f.read(l.LayerContents(), ip.NextHeader.LayerType(), tunnels, depth)
		}
	}
	return true
}

// end says that what follows a layer is data, or a quoted packet: the library
// would guess by the number of a port.
func end(l gopacket.Layer) bool {
	switch l.LayerType() {
	case layers.LayerTypeUDP, layers.LayerTypeTCP, layers.LayerTypeICMPv4, layers.LayerTypeICMPv6Echo, layers.LayerTypeARP,
		layers.LayerTypeICMPv6NeighborSolicitation, layers.LayerTypeICMPv6NeighborAdvertisement:
		return true
	}
	return false
}

// enter reads the frame inside a VXLAN packet (RFC 7348, section 5).
func (f *Frame) enter(udp *layers.UDP, tunnels []uint16, depth int) bool {
	known := false
	for _, port := range tunnels {
		known = known || port == uint16(udp.DstPort)
	}
	var v layers.VXLAN
	if !known || depth >= maxTunnels || v.DecodeFromBytes(udp.Payload, gopacket.NilDecodeFeedback) != nil || !v.ValidIDFlag {
		return false
	}
	if f.Outer == nil {
		outer := f.Packet
		f.Outer, f.Sender, f.Carrier, f.Tunnel = &outer, f.From, f.To, v.VNI
	}
	f.Packet, f.Ask, f.Quoted = Packet{}, nil, nil
	f.layers = append(f.layers, &v)
	f.read(v.Payload, layers.LayerTypeEthernet, tunnels, depth+1)
	return true
}

// take notes what a header says.
func (f *Frame) take(l gopacket.Layer) {
	switch l := l.(type) {
	case *layers.Ethernet:
		f.From, f.To = l.SrcMAC.String(), l.DstMAC.String()
	case *layers.ARP:
		f.arp(l)
	case *layers.ICMPv6NeighborSolicitation:
		f.Data = nil
		f.Ask = &Ask{For: addr(l.TargetAddress), By: f.Source}
	case *layers.ICMPv6NeighborAdvertisement:
		f.Data = nil
		f.Ask = &Ask{Answer: true, For: addr(l.TargetAddress), By: f.Dest, MAC: target(l, f.From)}
	default:
		f.Packet.take(l)
		if q := quoted(l, f.Packet); q != nil {
			f.Quoted = q
		}
	}
}

func (f *Frame) arp(l *layers.ARP) {
	f.Ask = &Ask{For: addr(l.DstProtAddress), By: addr(l.SourceProtAddress)}
	if l.Operation == layers.ARPReply {
		f.Ask = &Ask{Answer: true, For: addr(l.SourceProtAddress), By: addr(l.DstProtAddress), MAC: mac(l.SourceHwAddress)}
	}
}

// target is the hardware address in an answer of neighbour discovery; without
// one it is the sender's (RFC 4861, 4.4).
func target(l *layers.ICMPv6NeighborAdvertisement, sender string) string {
	for _, o := range l.Options {
		if o.Type == layers.ICMPv6OptTargetAddress {
			return mac(o.Data)
		}
	}
	return sender
}
