package trace

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

const token = "token678"

// Directions in short.
const (
	out, in, other, all = measure.ForOutgoing, measure.ForHost, measure.ForOther, measure.ForAll
)

func probeOf(proto measure.Proto, from, to string) *film {
	f := &film{trace: measure.Trace{From: from, To: address(to), Proto: proto, Token: []byte(token), Fate: measure.Answered}}
	if proto != measure.ICMP {
		f.trace.Local, f.trace.Port = 40000, 80
	}
	if proto == measure.TCP {
		f.trace.Token = nil
	}
	return f
}

// pairLand is a and b with a cable.
const pairLand = "a eth0 - b eth0\na eth0 10.0.0.1/24\nb eth0 10.0.0.2/24"

// parts are sights in short: where, which way, and what for.
func parts(sights []Sight) []string {
	var out []string
	for _, s := range sights {
		way := "<"
		if s.Out() {
			way = ">"
		}
		out = append(out, s.Space+way+s.Link+" "+string(s.Part))
	}
	return out
}

func TestSights(t *testing.T) {
	const a, b = "10.0.0.1", "10.0.0.2"
	ping := packet(macA, macB, a, b, 64, echo(echo4, token+"rest")...)
	pong := packet(macB, macA, b, a, 64, echo(echoReply4, token+"rest")...)
	stranger := packet(macA, macB, a, b, 64, echo(echo4, "another!")...)
	first := syn(40000, 80, 1000)
	open := packet(macA, macB, a, b, 64, first)
	accepted := packet(macB, macA, b, a, 64, answerTo(first, func(l *layers.TCP) { l.SYN = true }))
	refused := packet(macB, macA, b, a, 64, answerTo(first, func(l *layers.TCP) { l.RST = true }))
	pushed := packet(macA, macB, a, b, 64, &layers.TCP{SrcPort: 40000, DstPort: 80, Seq: 1001, Ack: 6, ACK: true})
	lent := packet(macA, macB, "203.0.113.1", "192.168.9.9", 63, syn(61000, 8080, 1000))
	ask := packet(macA, macB, a, b, 64, udpOf(40000, 80, token)...)
	told := packet(macB, macA, b, a, 64, udpOf(80, 40000, "what it likes")...)
	bare := bytesOf(network(a, b, 64, udpOf(40000, 80, token)...)...)[:28]
	report := func(of []byte) []byte { return quote("10.0.0.254", a, unreachable4, 1, of, 200) }
	piece := func(from, to string, id, offset uint16, more layers.IPv4Flag, data string) []byte {
		head := &layers.IPv4{Version: 4, TTL: 64, SrcIP: ip(from), DstIP: ip(to), Protocol: layers.IPProtocolICMPv4, Id: id, Flags: more, FragOffset: offset}
		return bytesOf(ethernet(macA, macB, layers.EthernetTypeIPv4), head, gopacket.Payload(data))
	}
	whole := string(bytesOf(network(a, b, 64, echo(echo4, token+strings.Repeat("x", 64))...)...)[20:])
	cable := func(f *film, data []byte) *film { return f.hop("a", "eth0", "b", "eth0", in, data) }
	back := func(f *film, data []byte) *film { return f.hop("b", "eth0", "a", "eth0", in, data) }
	there, home := []string{"a>eth0 request", "b<eth0 request"}, []string{"b>eth0 reply", "a<eth0 reply"}
	tests := []struct {
		name string
		film *film
		want []string
	}{
		{"an echo and its reply", back(cable(probeOf(measure.ICMP, "a", b), ping), pong), slices.Concat(there, home)},
		{"the echo of somebody else", cable(probeOf(measure.ICMP, "a", b), stranger), nil},
		{"a question before it", cable(back(cable(probeOf(measure.ICMP, "a", b), arp(layers.ARPRequest, macA, a, "", b)), arp(layers.ARPReply, macB, b, macA, a)), ping),
			slices.Concat([]string{"a>eth0 ask", "b<eth0 ask", "b>eth0 tell", "a<eth0 tell"}, there)},
		{"the second echo is left out, and what comes after it", back(cable(cable(probeOf(measure.ICMP, "a", b), ping), ping), pong), there},
		{"a connection that is accepted", back(cable(probeOf(measure.TCP, "a", b), open), accepted), slices.Concat(there, home)},
		{"what follows in it is another story", cable(back(cable(probeOf(measure.TCP, "a", b), open), accepted), pushed), slices.Concat(there, home)},
		{"a connection that is refused", back(cable(probeOf(measure.TCP, "a", b), open), refused), slices.Concat(there, home)},
		{"a connection that is begun again", back(cable(cable(probeOf(measure.TCP, "a", b), open), open), accepted), there},
		{"another connection", cable(probeOf(measure.TCP, "a", b), packet(macA, macB, a, b, 64, syn(40001, 80, 1000))), nil},
		{"a connection whose addresses and ports were changed", probeOf(measure.TCP, "a", b).at("a", "eth0", out, open).at("r", "eth1", out, lent), []string{"a>eth0 request", "r>eth1 request"}},
		{"a datagram and an answer with other data", back(cable(probeOf(measure.UDP, "a", b), ask), told), slices.Concat(there, home)},
		{"a datagram from another port", cable(probeOf(measure.UDP, "a", b), packet(macA, macB, a, b, 64, udpOf(40001, 80, "another!")...)), nil},
		{"a report about the echo", back(cable(probeOf(measure.ICMP, "a", b), ping), report(ping[14:])), slices.Concat(there, []string{"b>eth0 report", "a<eth0 report"})},
		{"a report about the connection, of which eight bytes are quoted", back(cable(probeOf(measure.TCP, "a", b), open), report(open[14:42])), slices.Concat(there, []string{"b>eth0 report", "a<eth0 report"})},
		{"a report about the datagram, without its data", back(cable(probeOf(measure.UDP, "a", b), ask), report(bare)), slices.Concat(there, []string{"b>eth0 report", "a<eth0 report"})},
		{"a report about something else", back(cable(probeOf(measure.ICMP, "a", b), ping), report(stranger[14:])), there},
		{"fragments", cable(cable(probeOf(measure.ICMP, "a", b), piece(a, b, 9, 0, layers.IPv4MoreFragments, whole[:48])), piece(a, b, 9, 6, 0, whole[48:])), slices.Concat(there, there)},
		{"a fragment of another packet", cable(cable(probeOf(measure.ICMP, "a", b), piece(a, b, 9, 0, layers.IPv4MoreFragments, whole[:48])), piece(a, b, 8, 6, 0, whole[48:])), there},
		{"a packet in a circle comes again, with less time to live", probeOf(measure.ICMP, "a", b).at("a", "eth0", out, ping).at("a", "eth0", in, ping).at("a", "eth0", out, packet(macA, macB, a, b, 63, echo(echo4, token+"rest")...)),
			[]string{"a>eth0 request", "a<eth0 request", "a>eth0 request"}},
		{"nothing is known of the probe", func() *film { f := cable(probeOf(measure.ICMP, "a", b), ping); f.trace.Token = nil; return f }(), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Sights(land(t, pairLand), tt.film.trace)
			if diff := cmp.Diff(tt.want, parts(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for i, s := range got {
				if i > 0 && (s.At <= got[i-1].At || s.Index <= got[i-1].Index) {
					t.Errorf("out of order: %+v after %+v", s, got[i-1])
				}
			}
		})
	}
}

func TestACaptureWithPointsThatAreNotThere(t *testing.T) {
	f := probeOf(measure.ICMP, "a", "10.0.0.2").at("a", "eth0", out, packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...))
	f.trace.Capture.Packets = append(f.trace.Capture.Packets, measure.Packet{Point: 7, Data: []byte{1}}, measure.Packet{Point: -1})
	if got := parts(Sights(land(t, pairLand), f.trace)); len(got) != 1 {
		t.Error(got)
	}
}

func TestTunnels(t *testing.T) {
	lab := land(t, "a vx0 vxlan\nb vx0 vxlan\na eth0 - b eth0")
	lab.Spaces[0].FDB = []snapshot.FDB{{Link: "vx0", MAC: anyMAC, Port: 8472}, {Link: "vx0", MAC: anyMAC}}
	if diff := cmp.Diff([]uint16{4789, 8472}, Tunnels(lab)); diff != "" {
		t.Error(diff)
	}
	if got := Tunnels(land(t, pairLand)); got != nil {
		t.Error(got)
	}
}

// starLand is a switch with a, b and c.
const starLand = `
	s1 br0 bridge p1 p2 p3
	a eth0 - s1 p1
	b eth0 - s1 p2
	c eth0 - s1 p3
	a eth0 10.0.0.1/24
	b eth0 10.0.0.2/24
	c eth0 10.0.0.3/24`

// flooded is an echo that a switch sends to all.
func flooded() *film {
	ping := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...)
	return probeOf(measure.ICMP, "a", "10.0.0.2").
		hop("a", "eth0", "s1", "p1", other, ping).
		hop("s1", "p3", "c", "eth0", other, ping).
		hop("s1", "p2", "b", "eth0", in, ping)
}

func TestVisits(t *testing.T) {
	ping := func(ttl uint8) []byte { return packet(macA, macB, "10.0.0.1", "10.0.0.2", ttl, echo(echo4, token)...) }
	circle := probeOf(measure.ICMP, "a", "10.0.0.2").hop("a", "eth0", "b", "eth0", in, ping(64)).hop("b", "eth0", "a", "eth0", in, ping(63)).hop("a", "eth0", "b", "eth0", in, ping(62))
	lo := probeOf(measure.ICMP, "a", "10.0.0.1").at("a", "lo", out, ping(64)).at("a", "lo", in, ping(64))
	tests := []struct {
		name, land string
		film       *film
		part       Part
		want       []string // namespace, where it comes in, where it goes out, aside
	}{
		{"a switch floods", starLand, flooded(), Request, []string{"a  > eth0", "s1 p1 > p3,p2", "c eth0 >  aside", "b eth0 > "}},
		{"there is no reply", starLand, flooded(), Reply, nil},
		{"a packet in a circle visits again", pairLand, circle, Request, []string{"a  > eth0", "b eth0 > eth0", "a eth0 > eth0", "b eth0 > "}},
		{"to itself", pairLand, lo, Request, []string{"a  > "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lab := land(t, tt.land)
			var got []string
			for _, v := range Visits(lab, Sights(lab, tt.film.trace), tt.part) {
				var outs []string
				for _, o := range v.Outs(lab) {
					outs = append(outs, o.Link)
				}
				entry := ""
				if s, ok := v.In(); ok {
					entry = s.Link
				}
				text := v.Space + " " + entry + " > " + strings.Join(outs, ",")
				if v.Aside(lab) {
					text += " aside"
				}
				got = append(got, text)
				if Since(v) != v.Sights[0].At || v.Last().At < Since(v) {
					t.Errorf("its times: %v, %v", Since(v), v.Last().At)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuestions(t *testing.T) {
	ask := arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.2")
	tell := func(mac string) []byte { return arp(layers.ARPReply, mac, "10.0.0.2", macA, "10.0.0.1") }
	begin := func() *film { return probeOf(measure.ICMP, "a", "10.0.0.2").hop("a", "eth0", "s1", "p1", all, ask) }
	spread := func() *film {
		return begin().hop("s1", "p2", "b", "eth0", all, ask).hop("s1", "p3", "c", "eth0", all, ask)
	}
	tests := []struct {
		name string
		film *film
		want []Question
		text string
	}{
		{"nobody answers", spread().hop("a", "eth0", "s1", "p1", all, ask), []Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2")}}, "nobody answers"},
		{"b answers", spread().hop("b", "eth0", "s1", "p2", other, tell(macB)).hop("s1", "p1", "a", "eth0", in, tell(macB)),
			[]Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2"), Answers: []string{macB}, By: []string{"b"}}}, "b answers, at " + macB},
		{"two answer", spread().hop("b", "eth0", "s1", "p2", other, tell(macB)).hop("s1", "p1", "a", "eth0", in, tell(macB)).hop("c", "eth0", "s1", "p3", other, tell(macC)).hop("s1", "p1", "a", "eth0", in, tell(macC)),
			[]Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2"), Answers: []string{macB, macC}, By: []string{"b", "c"}}}, "there are several answers, from b and c"},
		{"the answer is lost", spread().hop("b", "eth0", "s1", "p2", other, tell(macB)),
			[]Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2"), By: []string{"b"}}}, "the answer of b does not come back"},
		{"an answer from outside of the lab", begin().at("a", "eth0", in, tell(macB)), []Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2"), Answers: []string{macB}}}, "the answer is " + macB},
		{"an answer that is for another one", begin().at("a", "eth0", other, tell(macB)), []Question{{Space: "a", Link: "eth0", Of: address("10.0.0.2")}}, "nobody answers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lab := land(t, starLand)
			got := Questions(Sights(lab, tt.film.trace), "a", 0, Forever)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if text := got[0].answer(); text != tt.text {
				t.Errorf("%s, want %s", text, tt.text)
			}
			if s := Questions(Sights(lab, tt.film.trace), "s1", 0, Forever); len(s) > 0 {
				t.Errorf("the switch has only passed it on: %+v", s)
			}
			if s := Questions(Sights(lab, tt.film.trace), "a", time.Second, Forever); len(s) > 0 {
				t.Errorf("nothing was asked so late: %+v", s)
			}
		})
	}
}
