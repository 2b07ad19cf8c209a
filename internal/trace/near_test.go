package trace

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

func TestFramesThatMayBelongToAProbe(t *testing.T) {
	icmp6 := func(kind uint8) []byte {
		return packet(macA, macB, "fe80::1", "ff02::1", 255, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, 0)}, gopacket.Payload(make([]byte, 20)))
	}
	hopByHop := packet(macA, macB, "fe80::1", "ff02::16", 1, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(143, 0)}, gopacket.Payload(make([]byte, 20)))
	hopByHop[etherHeader+6] = 0
	four := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...)
	ask := arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.2")
	six := packet(macA, macB, "fd00::1", "fd00::2", 64, echo6of(echo6, token)...)
	tests := []struct {
		name           string
		data           []byte
		raw            bool
		four, fourTuns bool // it may belong to a probe by IPv4; where there are tunnels
		six, sixTuns   bool // by IPv6
	}{
		{"an echo", four, false, true, true, false, true},
		{"an echo without an Ethernet header", four[etherHeader:], true, true, true, false, true},
		{"a question by ARP", ask, false, true, true, false, true},
		{"an echo of IPv6", six, false, false, true, true, true},
		{"an echo of IPv6 without an Ethernet header", six[etherHeader:], true, false, true, true, true},
		{"a question of IPv6", icmp6(135), false, false, true, true, true},
		{"an answer of IPv6", icmp6(136), false, false, true, true, true},
		{"an error of IPv6", icmp6(1), false, false, true, true, true},
		{"a router is asked for", icmp6(133), false, false, false, false, false},
		{"a router says that it is there", icmp6(134), false, false, false, false, false},
		{"a group is joined", icmp6(143), false, false, false, false, false},
		{"a group is joined, with a header for each router", hopByHop, false, false, false, false, false},
		{"another protocol", bytesOf(ethernet(macA, macB, 0x88cc), gopacket.Payload("lldp")), false, false, false, false, false},
		{"half a header of IPv6", six[:etherHeader+20], false, false, false, false, false},
		{"nothing", nil, false, false, false, false, false},
		{"nothing, without an Ethernet header", nil, true, false, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range []struct {
				to      string
				tunnels bool
				want    bool
			}{{"10.0.0.2", false, tt.four}, {"10.0.0.2", true, tt.fourTuns}, {"fd00::2", false, tt.six}, {"fd00::2", true, tt.sixTuns}} {
				got := Near(address(c.to), c.tunnels)(tt.data, !tt.raw)
				if got != c.want {
					t.Errorf("to %s, tunnels %v: %v", c.to, c.tunnels, got)
				}
				if kind := uint16(0); got && !tt.raw {
					kind = uint16(tt.data[12])<<8 | uint16(tt.data[13])
					if !slices.Contains(Protocols(address(c.to), c.tunnels), kind) {
						t.Errorf("to %s, tunnels %v: the socket does not let it through", c.to, c.tunnels)
					}
				}
			}
		})
	}
}

// Each sight of a real probe passes what is read before anything else.
func TestNoFrameOfAProbeIsTooFarAway(t *testing.T) {
	for name, c := range recordings(t) {
		tunnels := len(Tunnels(c.Before)) > 0
		near := Near(c.Trace.To, tunnels)
		for _, s := range Sights(c.Before, c.Trace) {
			if a := s.Frame.Ask; a != nil && a.For.Is4() != c.Trace.To.Is4() && !tunnels {
				continue // somebody else's
			}
			if !near(c.Trace.Capture.Packets[s.Index].Data, s.Ether) {
				t.Errorf("%s: %s at %s in %s is left out", name, s.Part, s.Link, s.Space)
			}
		}
	}
}

func TestTheFramesOfAStoryAlone(t *testing.T) {
	ping := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...)
	noise := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, "another!")...)
	f := probeOf(measure.ICMP, "a", "10.0.0.2").at("a", "eth0", out, noise).at("a", "eth0", out, ping).at("b", "eth0", in, noise).at("b", "eth0", in, ping)
	f.trace.Capture.Lost = 3
	s := Tell(land(t, pairLand), f.trace)
	got := s.Only(f.trace.Capture)
	if len(got.Packets) != 2 || got.Lost != 3 || len(got.Points) != 2 {
		t.Fatalf("%+v", got)
	}
	var frames []int
	for _, h := range s.Legs[0].Hops {
		frames = append(frames, h.Frames...)
	}
	if diff := cmp.Diff([]int{0, 1}, frames); diff != "" {
		t.Error(diff)
	}
	for i, p := range got.Packets {
		if string(p.Data) != string(ping) || got.Points[p.Point].Space != []string{"a", "b"}[i] {
			t.Errorf("frame %d: %+v", i, p)
		}
	}
}
