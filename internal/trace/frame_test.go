package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

func address(s string) netip.Addr { return netip.MustParseAddr(s) }

// quote is an ICMP error about a packet of which so many bytes are quoted.
func quote(from, to string, kind, code uint8, of []byte, size int) []byte {
	of = of[:min(size, len(of))]
	if strings.Contains(from, ":") {
		return packet(macR, macA, from, to, 64, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, code)}, gopacket.Payload(append([]byte{0, 0, 0, 0}, of...)))
	}
	return packet(macR, macA, from, to, 64, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(kind, code)}, gopacket.Payload(of))
}

func TestReadFrames(t *testing.T) {
	const a4, b4, a6, b6 = "10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"
	base := func(proto measure.Proto, from, to string, ttl, size int) Packet {
		p := Packet{Source: address(from), Dest: address(to), TTL: ttl, Size: size, Whole: true, Proto: proto}
		if p.Source.Is4() {
			p.ID = 7
		}
		return p
	}
	with := func(p Packet, set func(*Packet)) Packet { set(&p); return p }
	echoed := bytesOf(network(a4, b4, 3, echo(echo4, "token678")...)...)
	asked := bytesOf(network(a4, b4, 3, syn(40000, 80, 0x01020304))...)
	datagram := bytesOf(network(a4, b4, 3, udpOf(40000, 53, "token678")...)...)
	asked6 := bytesOf(network(a6, b6, 3, syn(40000, 80, 0x01020304))...)
	tests := []struct {
		name string
		data []byte
		raw  bool // without an Ethernet header
		want Frame
	}{
		{"an echo", packet(macA, macB, a4, b4, 64, echo(echo4, "token678")...), false, Frame{
			From: macA, To: macB, Packet: with(base(measure.ICMP, a4, b4, 64, 36), func(p *Packet) { p.Type, p.Data = echo4, []byte("token678") })}},
		{"its reply", packet(macB, macA, b4, a4, 63, echo(echoReply4, "token678")...), false, Frame{
			From: macB, To: macA, Packet: with(base(measure.ICMP, b4, a4, 63, 36), func(p *Packet) { p.Data = []byte("token678") })}},
		{"an echo of IPv6", packet(macA, macB, a6, b6, 64, echo6of(echo6, "token678")...), false, Frame{
			From: macA, To: macB, Packet: with(base(measure.ICMP, a6, b6, 64, 56), func(p *Packet) { p.Type, p.Data = echo6, []byte("token678") })}},
		{"an echo without an Ethernet header", echoed, true, Frame{
			Packet: with(base(measure.ICMP, a4, b4, 3, 36), func(p *Packet) { p.Type, p.Data = echo4, []byte("token678") })}},
		{"an echo of IPv6 without an Ethernet header", bytesOf(network(a6, b6, 9, echo6of(echo6, "x")...)...), true, Frame{
			Packet: with(base(measure.ICMP, a6, b6, 9, 49), func(p *Packet) { p.Type, p.Data = echo6, []byte("x") })}},
		{"the beginning of a connection", packet(macA, macB, a4, b4, 64, syn(40000, 80, 77)), false, Frame{
			From: macA, To: macB, Packet: with(base(measure.TCP, a4, b4, 64, 40), func(p *Packet) { p.SourcePort, p.DestPort, p.Seq, p.Flags = 40000, 80, 77, Flags{SYN: true} })}},
		{"it is refused", packet(macB, macA, b4, a4, 64, answerTo(syn(40000, 80, 77), func(l *layers.TCP) { l.RST = true })), false, Frame{
			From: macB, To: macA, Packet: with(base(measure.TCP, b4, a4, 64, 40), func(p *Packet) {
				p.SourcePort, p.DestPort, p.Seq, p.Ack, p.Flags = 80, 40000, 5, 78, Flags{ACK: true, RST: true}
			})}},
		{"a datagram", packet(macA, macB, a4, b4, 64, udpOf(40000, 53, "token678")...), false, Frame{
			From: macA, To: macB, Packet: with(base(measure.UDP, a4, b4, 64, 36), func(p *Packet) { p.SourcePort, p.DestPort, p.Data = 40000, 53, []byte("token678") })}},
		{"a question by ARP", arp(layers.ARPRequest, macA, a4, "", b4), false, Frame{From: macA, To: everybody, Ask: &Ask{For: address(b4), By: address(a4)}}},
		{"the answer by ARP", arp(layers.ARPReply, macB, b4, macA, a4), false, Frame{From: macB, To: macA, Ask: &Ask{Answer: true, For: address(b4), By: address(a4), MAC: macB}}},
		{"a question of IPv6", packet(macA, "33:33:ff:00:00:02", a6, "ff02::1:ff00:2", 255,
			&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborSolicitation, 0)}, &layers.ICMPv6NeighborSolicitation{TargetAddress: ip(b6)}), false,
			Frame{From: macA, To: "33:33:ff:00:00:02", Packet: with(base(measure.ICMP, a6, "ff02::1:ff00:2", 255, 64), func(p *Packet) { p.Type = 135 }), Ask: &Ask{For: address(b6), By: address(a6)}}},
		{"the answer of IPv6", packet(macB, macA, b6, a6, 255,
			&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborAdvertisement, 0)},
			&layers.ICMPv6NeighborAdvertisement{TargetAddress: ip(b6), Options: layers.ICMPv6Options{{Type: layers.ICMPv6OptTargetAddress, Data: hw(macC)}}}), false,
			Frame{From: macB, To: macA, Packet: with(base(measure.ICMP, b6, a6, 255, 72), func(p *Packet) { p.Type = 136 }), Ask: &Ask{Answer: true, For: address(b6), By: address(a6), MAC: macC}}},
		{"an answer of IPv6 without an address", packet(macB, macA, b6, a6, 255,
			&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborAdvertisement, 0)}, &layers.ICMPv6NeighborAdvertisement{TargetAddress: ip(b6)}), false,
			Frame{From: macB, To: macA, Packet: with(base(measure.ICMP, b6, a6, 255, 64), func(p *Packet) { p.Type = 136 }), Ask: &Ask{Answer: true, For: address(b6), By: address(a6), MAC: macB}}},
		{"an error with the whole packet", quote("10.0.0.254", a4, unreachable4, 1, echoed, 100), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "10.0.0.254", a4, 64, 28+len(echoed)), func(p *Packet) { p.Type, p.Code, p.Data = unreachable4, 1, echoed }),
			Quoted: ptr(with(base(measure.ICMP, a4, b4, 3, 36), func(p *Packet) { p.Type, p.Data = echo4, []byte("token678") }))}},
		{"an error about a connection, with eight bytes", quote("10.0.0.254", a4, exceeded4, 0, asked, 28), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "10.0.0.254", a4, 64, 56), func(p *Packet) { p.Type, p.Data = exceeded4, asked[:28] }),
			Quoted: ptr(with(base(measure.TCP, a4, b4, 3, 40), func(p *Packet) { p.SourcePort, p.DestPort, p.Seq = 40000, 80, 0x01020304 }))}},
		{"an error about a datagram, with eight bytes", quote("10.0.0.254", a4, unreachable4, 3, datagram, 28), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "10.0.0.254", a4, 64, 56), func(p *Packet) { p.Type, p.Code, p.Data = unreachable4, 3, datagram[:28] }),
			Quoted: ptr(with(base(measure.UDP, a4, b4, 3, 36), func(p *Packet) { p.SourcePort, p.DestPort = 40000, 53 }))}},
		{"an error with less than eight bytes", quote("10.0.0.254", a4, unreachable4, 3, datagram, 24), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "10.0.0.254", a4, 64, 52), func(p *Packet) { p.Type, p.Code, p.Data = unreachable4, 3, datagram[:24] }),
			Quoted: ptr(base("", a4, b4, 3, 36))}},
		{"an error of IPv6", quote("fd00::fe", a6, unreachable6, 3, asked6, 100), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "fd00::fe", a6, 64, 48+len(asked6)), func(p *Packet) {
				p.Type, p.Code, p.Data = unreachable6, 3, append([]byte{0, 0, 0, 0}, asked6...)
			}),
			Quoted: ptr(with(base(measure.TCP, a6, b6, 3, 60), func(p *Packet) { p.SourcePort, p.DestPort, p.Seq, p.Flags = 40000, 80, 0x01020304, Flags{SYN: true} }))}},
		{"an error of IPv6 with eight bytes", quote("fd00::fe", a6, tooBig6, 0, asked6, 48), false, Frame{
			From: macR, To: macA, Packet: with(base(measure.ICMP, "fd00::fe", a6, 64, 96), func(p *Packet) { p.Type, p.Data = tooBig6, append([]byte{0, 0, 0, 0}, asked6[:48]...) }),
			Quoted: ptr(with(base(measure.TCP, a6, b6, 3, 60), func(p *Packet) { p.SourcePort, p.DestPort, p.Seq = 40000, 80, 0x01020304 }))}},
		{"a frame in a tunnel", inVXLAN(packet(macA, macB, a4, b4, 64, echo(echo4, "token678")...), macR, macS, "192.168.1.1", "192.168.1.2", 60, 4789, 42), false, Frame{
			From: macA, To: macB, Packet: with(base(measure.ICMP, a4, b4, 64, 36), func(p *Packet) { p.Type, p.Data = echo4, []byte("token678") }),
			Sender: macR, Carrier: macS, Tunnel: 42,
			Outer: ptr(with(base(measure.UDP, "192.168.1.1", "192.168.1.2", 60, 20+8+8+50), func(p *Packet) { p.SourcePort, p.DestPort = 55555, 4789 }))}},
		{"a question in a tunnel", inVXLAN(arp(layers.ARPRequest, macA, a4, "", b4), macR, macS, "192.168.1.1", "192.168.1.2", 60, 4789, 42), false, Frame{
			From: macA, To: everybody, Ask: &Ask{For: address(b4), By: address(a4)}, Sender: macR, Carrier: macS, Tunnel: 42,
			Outer: ptr(with(base(measure.UDP, "192.168.1.1", "192.168.1.2", 60, 20+8+8+42), func(p *Packet) { p.SourcePort, p.DestPort = 55555, 4789 }))}},
		{"nothing", nil, false, Frame{}},
		{"nothing, without an Ethernet header", nil, true, Frame{}},
		{"half an Ethernet header", []byte{1, 2, 3}, false, Frame{}},
		{"another protocol", append(bytesOf(ethernet(macA, macB, 0x88cc)), 1, 2, 3), false, Frame{From: macA, To: macB}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.data, !tt.raw, []uint16{4789, 8472})
			ignore := cmp.Options{cmpopts.IgnoreUnexported(Frame{}), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{})}
			if tt.want.Outer != nil && got.Outer != nil {
				ignore = append(ignore, cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Outer.Data") }, cmp.Ignore()))
			}
			if diff := cmp.Diff(tt.want, got, ignore); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func ptr[T any](x T) *T { return &x }

// What follows the port of a tunnel is a frame only in a lab that has one.
func TestATunnelIsKnownByItsPort(t *testing.T) {
	inner := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, "token678")...)
	data := inVXLAN(inner, macR, macS, "192.168.1.1", "192.168.1.2", 60, 8472, 43)
	if f := Read(data, true, []uint16{8472}); f.Outer == nil || f.Tunnel != 43 || f.Proto != measure.ICMP {
		t.Errorf("%+v", f)
	}
	if f := Read(data, true, []uint16{4789}); f.Outer != nil || f.Proto != measure.UDP || f.DestPort != 8472 {
		t.Errorf("%+v", f)
	}
	// Not even five tunnels in each other make it read for ever.
	for range 6 {
		data = inVXLAN(data, macR, macS, "192.168.1.1", "192.168.1.2", 60, 8472, 44)
	}
	if f := Read(data, true, []uint16{8472}); f.Tunnel != 44 || f.Proto != measure.UDP {
		t.Errorf("%+v", f)
	}
}

func TestFragments(t *testing.T) {
	whole := bytesOf(network("10.0.0.1", "10.0.0.2", 64, echo(echo4, strings.Repeat("token678", 20))...)...)[20:]
	cut := func(at, end int, more layers.IPv4Flag) Frame {
		head := &layers.IPv4{Version: 4, TTL: 64, SrcIP: ip("10.0.0.1"), DstIP: ip("10.0.0.2"), Protocol: layers.IPProtocolICMPv4, Id: 99, Flags: more, FragOffset: uint16(at / 8)}
		return Read(bytesOf(ethernet(macA, macB, layers.EthernetTypeIPv4), head, gopacket.Payload(whole[at:end])), true, nil)
	}
	first, last := cut(0, 80, layers.IPv4MoreFragments), cut(80, len(whole), 0)
	if first.Piece != 0 || !first.More || first.ID != 99 || first.Type != echo4 || first.Proto != measure.ICMP || !strings.HasPrefix(string(first.Data), "token678") {
		t.Errorf("the first: %+v", first.Packet)
	}
	if last.Piece != 10 || last.More || last.ID != 99 || last.Proto != "" || last.Source != address("10.0.0.1") {
		t.Errorf("the last: %+v", last.Packet)
	}
	six := func(offset uint16, more bool, rest ...byte) Frame {
		head := &layers.IPv6{Version: 6, HopLimit: 64, SrcIP: ip("fd00::1"), DstIP: ip("fd00::2"), NextHeader: layers.IPProtocolIPv6Fragment}
		flags := offset << 3
		if more {
			flags |= 1
		}
		fragment := append([]byte{byte(layers.IPProtocolUDP), 0, byte(flags >> 8), byte(flags), 0, 0, 0, 99}, rest...)
		return Read(bytesOf(ethernet(macA, macB, layers.EthernetTypeIPv6), head, gopacket.Payload(fragment)), true, nil)
	}
	// Headers of IPv6 fragments may be in the first one alone (RFC 8200, 4.5).
	f := six(0, true, append([]byte{0x9c, 0x40, 0, 53, 0, 100, 0, 0}, "token678"...)...)
	if f.Piece != 0 || !f.More || f.ID != 99 || f.Proto != measure.UDP || f.DestPort != 53 {
		t.Errorf("the first of IPv6: %+v", f.Packet)
	}
	if f = six(10, false, 1, 2, 3, 4, 5, 6, 7, 8, 9); f.Piece != 10 || f.More || f.Proto != "" {
		t.Errorf("the last of IPv6: %+v", f.Packet)
	}
}

// Whatever is cut off, what was there is read.
func TestFramesThatAreCutOff(t *testing.T) {
	tunnelled := inVXLAN(packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, syn(40000, 80, 1)), macR, macS, "192.168.1.1", "192.168.1.2", 60, 4789, 42)
	for n := range len(tunnelled) {
		f := Read(tunnelled[:n], true, []uint16{4789})
		if n >= 14 && f.From == "" {
			t.Errorf("%d bytes: %+v", n, f)
		}
		for _, h := range f.Headers() {
			if h.Name == "" || len(h.Bytes) == 0 {
				t.Errorf("%d bytes: %+v", n, h)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"an echo", packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, "token678")...), `
			Ethernet: from 02:00:00:00:00:0a, to 02:00:00:00:00:0b, type IPv4
			IPv4: from 10.0.0.1, to 10.0.0.2, time to live 64, carries ICMPv4, length 36, id 7, flags DF, offset 0, service 0
			ICMP: type EchoRequest, id 9, sequence 1
			data:`},
		{"IPv6", packet(macA, macB, "fd00::1", "fd00::2", 64, echo6of(echo6, "")...), `
			Ethernet: from 02:00:00:00:00:0a, to 02:00:00:00:00:0b, type IPv6
			IPv6: from fd00::1, to fd00::2, hop limit 64, carries ICMPv6, length 8, class 0, flow 0
			ICMPv6: type EchoRequest
			echo: id 9, sequence 1`},
		{"ARP", arp(layers.ARPReply, macB, "10.0.0.2", macA, "10.0.0.1"), `
			Ethernet: from 02:00:00:00:00:0b, to 02:00:00:00:00:0a, type ARP
			ARP: operation reply (the sender has it), sender 10.0.0.2 at 02:00:00:00:00:0b, target 10.0.0.1 at 02:00:00:00:00:0a`},
		{"TCP", packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, syn(40000, 80, 77)), `
			Ethernet: from 02:00:00:00:00:0a, to 02:00:00:00:00:0b, type IPv4
			IPv4: from 10.0.0.1, to 10.0.0.2, time to live 64, carries TCP, length 40, id 7, flags DF, offset 0, service 0
			TCP: from port 40000, to port 80, flags SYN, sequence 77, acknowledges 0, window 100`},
		{"a tunnel", inVXLAN(arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.2"), macR, macS, "192.168.1.1", "192.168.1.2", 60, 4789, 42), `
			Ethernet: from 02:00:00:00:00:1a, to 02:00:00:00:00:1b, type IPv4
			IPv4: from 192.168.1.1, to 192.168.1.2, time to live 60, carries UDP, length 78, id 7, flags DF, offset 0, service 0
			UDP: from port 55555, to port 4789, length 58
			VXLAN: network 42
			Ethernet: from 02:00:00:00:00:0a, to ff:ff:ff:ff:ff:ff, type ARP
			ARP: operation request (who has the target?), sender 10.0.0.1 at 02:00:00:00:00:0a, target 10.0.0.2 at 00:00:00:00:00:00`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got, want []string
			size := 0
			for _, h := range Read(tt.data, true, []uint16{4789}).Headers() {
				var fields []string
				for _, f := range h.Fields {
					fields = append(fields, f.Name+" "+f.Value)
				}
				got = append(got, strings.TrimSpace(h.Name+": "+strings.Join(fields, ", ")))
				size += len(h.Bytes)
			}
			for line := range strings.Lines(tt.want) {
				if line = strings.TrimSpace(line); line != "" {
					want = append(want, line)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if size != len(tt.data) {
				t.Errorf("%d bytes are in headers, and the frame has %d", size, len(tt.data))
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, data := range [][]byte{
		nil, arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.2"), packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, "token678")...),
		packet(macA, macB, "fd00::1", "fd00::2", 64, syn(1, 2, 3)), quote("10.0.0.254", "10.0.0.1", exceeded4, 0, bytesOf(network("10.0.0.1", "10.0.0.2", 3, syn(1, 2, 3))...), 28),
		inVXLAN(arp(layers.ARPReply, macA, "10.0.0.1", macB, "10.0.0.2"), macR, macS, "192.168.1.1", "192.168.1.2", 60, 4789, 42),
	} {
		f.Add(data, true)
		f.Add(data[min(14, len(data)):], false)
	}
	f.Fuzz(func(t *testing.T, data []byte, ether bool) {
		frame := Read(data, ether, []uint16{4789})
		size := 0
		for _, h := range frame.Headers() {
			size += len(h.Bytes)
		}
		if size > 2*len(data) {
			t.Errorf("%d bytes of headers in a frame of %d", size, len(data))
		}
		_ = fmt.Sprintf("%+v", frame)
	})
}
