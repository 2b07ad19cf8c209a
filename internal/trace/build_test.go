package trace

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Machines of the tests: a has the hardware address ending in 0a, and so on.
const (
	macA, macB, macC, macR, macS = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c", "02:00:00:00:00:1a", "02:00:00:00:00:1b"
	everybody                    = "ff:ff:ff:ff:ff:ff"
)

func hw(s string) net.HardwareAddr {
	m, err := net.ParseMAC(s)
	if err != nil {
		panic(err)
	}
	return m
}

func ip(s string) net.IP { return netip.MustParseAddr(s).AsSlice() }

// bytesOf puts headers together, with lengths and checksums. A short frame is
// not filled up, as on a virtual cable.
func bytesOf(parts ...gopacket.SerializableLayer) []byte {
	if e, ok := parts[0].(*layers.Ethernet); ok {
		head := append(append(append([]byte{}, e.DstMAC...), e.SrcMAC...), byte(e.EthernetType>>8), byte(e.EthernetType))
		if len(parts) == 1 {
			return head
		}
		return append(head, bytesOf(parts[1:]...)...)
	}
	var network gopacket.NetworkLayer
	for _, p := range parts {
		switch p := p.(type) {
		case *layers.IPv4:
			network = p
		case *layers.IPv6:
			network = p
		case interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}:
			if network != nil {
				if err := p.SetNetworkLayerForChecksum(network); err != nil {
					panic(err)
				}
			}
		}
	}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func ethernet(from, to string, kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: hw(from), DstMAC: hw(to), EthernetType: kind}
}

// packet is a frame with an IP packet.
func packet(fromMAC, toMAC, from, to string, ttl uint8, rest ...gopacket.SerializableLayer) []byte {
	kind := layers.EthernetTypeIPv4
	if strings.Contains(from, ":") {
		kind = layers.EthernetTypeIPv6
	}
	return bytesOf(append([]gopacket.SerializableLayer{ethernet(fromMAC, toMAC, kind)}, network(from, to, ttl, rest...)...)...)
}

// network is an IP header and what follows.
func network(from, to string, ttl uint8, rest ...gopacket.SerializableLayer) []gopacket.SerializableLayer {
	var head gopacket.SerializableLayer
	if strings.Contains(from, ":") {
		head = &layers.IPv6{Version: 6, HopLimit: ttl, SrcIP: ip(from), DstIP: ip(to), NextHeader: next(rest[0])}
	} else {
		head = &layers.IPv4{Version: 4, TTL: ttl, SrcIP: ip(from), DstIP: ip(to), Protocol: next(rest[0]), Id: 7, Flags: layers.IPv4DontFragment}
	}
	return append([]gopacket.SerializableLayer{head}, rest...)
}

func next(l gopacket.SerializableLayer) layers.IPProtocol {
	switch l.(type) {
	case *layers.TCP:
		return layers.IPProtocolTCP
	case *layers.UDP:
		return layers.IPProtocolUDP
	case *layers.ICMPv6:
		return layers.IPProtocolICMPv6
	}
	return layers.IPProtocolICMPv4
}

func echo(kind uint8, data string) []gopacket.SerializableLayer {
	return []gopacket.SerializableLayer{&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(kind, 0), Id: 9, Seq: 1}, gopacket.Payload(data)}
}

func echo6of(kind uint8, data string) []gopacket.SerializableLayer {
	return []gopacket.SerializableLayer{
		&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, 0)}, &layers.ICMPv6Echo{Identifier: 9, SeqNumber: 1}, gopacket.Payload(data),
	}
}

func udpOf(from, to uint16, data string) []gopacket.SerializableLayer {
	return []gopacket.SerializableLayer{&layers.UDP{SrcPort: layers.UDPPort(from), DstPort: layers.UDPPort(to)}, gopacket.Payload(data)}
}

func syn(from, to uint16, seq uint32) *layers.TCP {
	return &layers.TCP{SrcPort: layers.TCPPort(from), DstPort: layers.TCPPort(to), Seq: seq, SYN: true, Window: 100}
}

func answerTo(t *layers.TCP, set func(*layers.TCP)) *layers.TCP {
	out := &layers.TCP{SrcPort: t.DstPort, DstPort: t.SrcPort, Seq: 5, Ack: t.Seq + 1, ACK: true}
	set(out)
	return out
}

func arp(operation uint16, from, fromIP, to, toIP string) []byte {
	ether := to
	if operation == layers.ARPRequest {
		ether, to = everybody, "00:00:00:00:00:00"
	}
	return bytesOf(ethernet(from, ether, layers.EthernetTypeARP), &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: operation,
		SourceHwAddress: hw(from), SourceProtAddress: ip(fromIP), DstHwAddress: hw(to), DstProtAddress: ip(toIP),
	})
}

// inVXLAN wraps a frame.
func inVXLAN(frame []byte, fromMAC, toMAC, from, to string, ttl uint8, port uint16, vni uint32) []byte {
	return packet(fromMAC, toMAC, from, to, ttl, &layers.UDP{SrcPort: 55555, DstPort: layers.UDPPort(port)}, &layers.VXLAN{ValidIDFlag: true, VNI: vni}, gopacket.Payload(frame))
}

// film builds a capture: each frame comes a microsecond after the one before.
type film struct {
	trace measure.Trace
}

func (f *film) at(space, link string, who measure.For, data []byte) *film {
	c := &f.trace.Capture
	point := -1
	for i, p := range c.Points {
		if p.Space == space && p.Link == link {
			point = i
		}
	}
	if point < 0 {
		point = len(c.Points)
		c.Points = append(c.Points, measure.Point{Space: space, Link: link, Index: point + 2, Ether: link != "tun0"})
	}
	when := time.Unix(1000, 0).Add(time.Duration(len(c.Packets)) * time.Microsecond)
	c.Packets = append(c.Packets, measure.Packet{Point: point, Time: when, For: who, Len: len(data), Data: data})
	return f
}

// hop is a frame over a cable: out here, in there.
func (f *film) hop(from, fromLink, to, toLink string, who measure.For, data []byte) *film {
	return f.at(from, fromLink, measure.ForOutgoing, data).at(to, toLink, who, data)
}

// land builds a lab: "a eth0 - s1 p1" is a cable, "s1 br0 bridge p1 p2" a
// bridge, "a eth0 10.0.0.1/24" an address.
func land(t testing.TB, lines string) snapshot.Lab {
	t.Helper()
	var lab snapshot.Lab
	space := func(name string) *snapshot.Space {
		for i := range lab.Spaces {
			if lab.Spaces[i].Name == name {
				return &lab.Spaces[i]
			}
		}
		lab.Spaces = append(lab.Spaces, snapshot.Space{Name: name})
		return &lab.Spaces[len(lab.Spaces)-1]
	}
	link := func(s, name, kind string) *snapshot.Link {
		sp := space(s)
		for i := range sp.Links {
			if sp.Links[i].Name == name {
				return &sp.Links[i]
			}
		}
		sp.Links = append(sp.Links, snapshot.Link{Name: name, Kind: kind, Up: true, Carrier: true})
		return &sp.Links[len(sp.Links)-1]
	}
	for line := range strings.Lines(lines) {
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case len(w) == 5 && w[2] == "-":
			l := link(w[0], w[1], "veth")
			l.Peer, l.PeerSpace = w[4], w[3]
			l = link(w[3], w[4], "veth")
			l.Peer, l.PeerSpace = w[1], w[0]
		case w[2] == "bridge":
			link(w[0], w[1], "bridge")
			for _, port := range w[3:] {
				link(w[0], port, "veth").Master = w[1]
			}
		case w[2] == "vxlan":
			link(w[0], w[1], "vxlan").VXLAN = &snapshot.VXLAN{ID: 42, DstPort: 4789}
		case w[2] == "knows": // s1 br0 knows MAC PORT
			s := space(w[0])
			s.FDB = append(s.FDB, snapshot.FDB{Link: w[4], MAC: w[3], Master: w[1], State: "reachable"})
		case len(w) == 3:
			s := space(w[0])
			s.Addrs = append(s.Addrs, snapshot.Addr{Link: w[1], Prefix: netip.MustParsePrefix(w[2]), Scope: "global"})
		default:
			t.Fatalf("cannot read %q", line)
		}
	}
	return lab
}
