package trace

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// told is a story as lines of text.
func told(s Story) []string {
	var out []string
	for _, l := range s.Legs {
		says := ""
		if l.Says != "" {
			says = ": " + l.Says
		}
		out = append(out, string(l.Part)+says)
		for _, h := range l.Hops {
			for _, a := range h.Asks {
				out = append(out, "  "+h.Space+" ? "+a)
			}
			line := "  " + h.Space + " " + string(h.Does) + ": " + h.Text
			if h.TTL != 0 || h.TTLOut != 0 {
				line += fmt.Sprintf(" (%d, %d)", h.TTL, h.TTLOut)
			}
			out = append(out, line)
			for _, c := range h.Changes {
				out = append(out, "  "+h.Space+" ~ "+c)
			}
			for _, r := range h.Rules {
				out = append(out, "  "+h.Space+" # "+r)
			}
		}
	}
	return out
}

func TestWhatASwitchDoesAndWhy(t *testing.T) {
	const two = "s1 br0 bridge p1 p2\na eth0 - s1 p1\nb eth0 - s1 p2\nb eth0 10.0.0.2/24"
	ping := packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...)
	through := func() *film {
		return probeOf(measure.ICMP, "a", "10.0.0.2").hop("a", "eth0", "s1", "p1", other, ping).hop("s1", "p2", "b", "eth0", in, ping)
	}
	learned := probeOf(measure.ICMP, "a", "10.0.0.2").at("s1", "p2", other, arp(layers.ARPReply, macB, "10.0.0.2", macA, "10.0.0.1")).
		hop("a", "eth0", "s1", "p1", other, ping).hop("s1", "p2", "b", "eth0", in, ping)
	tests := []struct {
		name, land string
		film       *film
		want       string
	}{
		{"it knows the port", starLand + "\ns1 br0 knows " + macB + " p2", through(), "in at p1, out at p2: br0 knows where " + macB + " is"},
		{"it has just learned it", starLand, learned, "in at p1, out at p2: br0 has just learned where " + macB + " is"},
		{"it floods to all", starLand, flooded(), "in at p1, out at p3, p2: br0 does not know where " + macB + " is, and floods"},
		{"it floods, and the others are down", starLand, through(), "in at p1, out at p2: br0 does not know where " + macB + " is, and floods"},
		{"it has two ports", two, through(), "in at p1, out at p2: br0 has no other port"},
		{"what it knows of another port says nothing", starLand + "\ns1 br0 knows " + macB + " p3", through(), "in at p1, out at p2: br0 does not know where " + macB + " is, and floods"},
	}
	owned := func(names ...string) snapshot.Lab { // B's address is that of these
		lab := land(t, starLand+"\ns1 br0 knows "+macB+" p2")
		for i, s := range lab.Spaces {
			if slices.Contains(names, s.Name) {
				lab.Spaces[i].Links[0].MAC = macB
			}
		}
		return lab
	}
	for names, want := range map[string]string{"b": "b's MAC", "b c": macB, "s1": "s1's MAC", "": macB} {
		if got := Tell(owned(strings.Fields(names)...), through().trace).Legs[0].Hops[1].Text; !strings.HasSuffix(got, "br0 knows where "+want+" is") {
			t.Errorf("%s has the address: %s", names, got)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Tell(land(t, tt.land), tt.film.trace)
			if len(s.Legs) != 1 || len(s.Legs[0].Hops) < 3 {
				t.Fatalf("%q", told(s))
			}
			if h := s.Legs[0].Hops[1]; h.Space != "s1" || h.Does != Switches || h.Text != tt.want {
				t.Errorf("%s %s, want %s", h.Does, h.Text, tt.want)
			}
		})
	}
}

// routerLand is a router with a on its left and b on its right.
const routerLand = `
	a eth0 - r eth0
	r eth1 - b eth0
	a eth0 10.0.0.1/24
	r eth0 10.0.0.254/24
	r eth1 203.0.113.1/24
	b eth0 203.0.113.9/24`

func TestStories(t *testing.T) {
	const a, b, lent = "10.0.0.1", "203.0.113.9", "203.0.113.1"
	via := measure.Lookup{In: "a", To: address(b), Via: address("10.0.0.254"), Dev: "eth0"}
	straight := measure.Lookup{In: "r", To: address(b), Of: address(a), Entry: "eth0", Dev: "eth1"}
	ping := func(from string, ttl uint8) []byte {
		return packet(macA, macR, from, b, ttl, echo(echo4, token)...)
	}
	routed := func() *film {
		f := probeOf(measure.ICMP, "a", b).hop("a", "eth0", "r", "eth0", in, ping(a, 64)).hop("r", "eth1", "b", "eth0", in, ping(a, 63))
		f.trace.Lookups = []measure.Lookup{via, straight}
		return f
	}
	first := syn(40000, 80, 1000)
	masked := probeOf(measure.TCP, "a", b).
		hop("a", "eth0", "r", "eth0", in, packet(macA, macR, a, b, 64, first)).
		hop("r", "eth1", "b", "eth0", in, packet(macS, macB, lent, b, 63, syn(61000, 80, 1000))).
		hop("b", "eth0", "r", "eth1", in, packet(macB, macS, b, lent, 64, &layers.TCP{SrcPort: 80, DstPort: 61000, Seq: 5, Ack: 1001, ACK: true, SYN: true})).
		hop("r", "eth0", "a", "eth0", in, packet(macR, macA, b, a, 63, &layers.TCP{SrcPort: 80, DstPort: 40000, Seq: 5, Ack: 1001, ACK: true, SYN: true}))
	masked.trace.Verdicts = []measure.Verdict{
		{Space: "r", Family: "ip", Table: "nat", Chain: "post", Handle: 4, Kind: "rule", Says: "accept", Source: a, Dest: b},
		{Space: "r", Family: "ip", Table: "nat", Chain: "post", Kind: "policy", Says: "accept", Source: a, Dest: b},
		{Space: "r", Family: "ip", Table: "nat", Chain: "other", Handle: 9, Kind: "rule", Says: "drop", Source: "10.9.9.9", Dest: b},
	}
	nat := land(t, routerLand)
	for i := range nat.Spaces {
		if nat.Spaces[i].Name == "r" {
			nat.Spaces[i].Filters = []snapshot.Filter{{Tool: "nft", Family: "ip", Table: "nat", Chain: "post", Handle: 4, Text: `oifname "eth1" masquerade`}}
		}
	}
	stopped := probeOf(measure.ICMP, "a", b).hop("a", "eth0", "r", "eth0", in, ping(a, 1)).
		hop("r", "eth0", "a", "eth0", in, quote("10.0.0.254", a, exceeded4, 0, ping(a, 1)[14:], 100))
	stopped.trace.Fate, stopped.trace.ICMP = measure.Reported, &measure.ICMPError{From: address("10.0.0.254"), Type: exceeded4, Text: "Time to live exceeded"}
	large := probeOf(measure.ICMP, "a", b).hop("a", "eth0", "r", "eth0", in, ping(a, 64)).
		hop("r", "eth0", "a", "eth0", in, quote("10.0.0.254", a, unreachable4, 4, ping(a, 64)[14:], 100))
	unheard := probeOf(measure.ICMP, "a", "10.0.0.7").hop("a", "eth0", "r", "eth0", all, arp(layers.ARPRequest, macA, a, "", "10.0.0.7"))
	unheard.trace.Fate = measure.Silent
	refused := probeOf(measure.ICMP, "a", "10.9.9.9")
	refused.trace.Fate, refused.trace.Text = measure.Refused, "network is unreachable"
	itself := probeOf(measure.ICMP, "a", a).at("a", "lo", out, packet(macA, macA, a, a, 64, echo(echo4, token)...)).at("a", "lo", in, packet(macA, macA, a, a, 64, echo(echo4, token)...)).
		at("a", "lo", out, packet(macA, macA, a, a, 64, echo(echoReply4, token)...)).at("a", "lo", in, packet(macA, macA, a, a, 64, echo(echoReply4, token)...))
	tests := []struct {
		name string
		lab  snapshot.Lab
		film *film
		want []string
	}{
		{"a router", land(t, routerLand), routed(), []string{
			"request",
			"  a sends: sends it out of eth0, to the router 10.0.0.254 (0, 64)",
			"  r routes: in at eth0, out at eth1, straight to 203.0.113.9 (64, 63)",
			"  b takes: in at eth0: 203.0.113.9 is its own address (63, 0)",
		}},
		{"a router that lends its address", nat, masked, []string{
			"request",
			"  a sends: sends it out of eth0 (0, 64)",
			"  r routes: in at eth0, out at eth1 (64, 63)",
			"  r ~ changes the source from 10.0.0.1:40000 to 203.0.113.1:61000 (NAT)",
			`  r # rule in ip nat post: oifname "eth1" masquerade`,
			"  b takes: in at eth0: 203.0.113.9 is its own address (63, 0)",
			"reply",
			"  b sends: sends it out of eth0 (0, 64)",
			"  r routes: in at eth1, out at eth0 (64, 63)",
			"  r ~ changes the destination from 203.0.113.1:61000 to 10.0.0.1:40000 (NAT)",
			"  a takes: in at eth0: 10.0.0.1 is its own address (63, 0)",
		}},
		{"the time to live is used up", land(t, routerLand), stopped, []string{
			"request",
			"  a sends: sends it out of eth0 (0, 1)",
			"  r stops: in at eth0, and no further: its time to live is used up (1, 0)",
			"report: Time to live exceeded",
			"  r sends: sends it out of eth0 (0, 64)",
			"  a takes: in at eth0: 10.0.0.1 is its own address (64, 0)",
		}},
		{"the packet is too large", land(t, routerLand), large, []string{
			"request",
			"  a sends: sends it out of eth0 (0, 64)",
			"  r stops: in at eth0, and no further (64, 0)",
			"report: Frag needed and DF set",
			"  r sends: sends it out of eth0 (0, 64)",
			"  a takes: in at eth0: 10.0.0.1 is its own address (64, 0)",
		}},
		{"nobody answers ARP", land(t, routerLand), unheard, []string{
			"request",
			"  a ? asks on eth0 who has 10.0.0.7 (ARP): nobody answers",
			"  a stops: does not send it, for want of a hardware address",
		}},
		{"the kernel refuses", land(t, routerLand), refused, []string{"request", "  a stops: does not send it: the kernel says “network is unreachable”"}},
		{"to itself", land(t, routerLand), itself, []string{"request", "  a sends: sends it to itself, by lo", "reply", "  a sends: sends it to itself, by lo"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Tell(tt.lab, tt.film.trace)
			if diff := cmp.Diff(tt.want, told(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if s.From != "a" || s.Fate != tt.film.trace.Fate || s.Frames > len(tt.film.trace.Capture.Packets) || s.Points > len(tt.film.trace.Capture.Points) {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Both headers of a tunnel are told apart.
func TestTheStoryOfATunnel(t *testing.T) {
	const text = `
		n1 br0 bridge p1 vx0
		n1 vx0 vxlan
		n2 br0 bridge p1 vx0
		n2 vx0 vxlan
		a eth0 - n1 p1
		b eth0 - n2 p1
		n1 eth0 - r eth0
		n2 eth0 - r eth1
		a eth0 10.244.0.1/24
		b eth0 10.244.0.2/24
		n1 eth0 192.168.1.1/24
		n2 eth0 192.168.2.1/24
		n2 br0 knows ` + macB + ` p1`
	ping := packet(macA, macB, "10.244.0.1", "10.244.0.2", 64, echo(echo4, token)...)
	wrapped := func(ttl uint8) []byte { return inVXLAN(ping, macR, macS, "192.168.1.1", "192.168.2.1", ttl, 4789, 42) }
	f := probeOf(measure.ICMP, "a", "10.244.0.2").hop("a", "eth0", "n1", "p1", other, ping).at("n1", "vx0", out, ping).
		hop("n1", "eth0", "r", "eth0", in, wrapped(64)).hop("r", "eth1", "n2", "eth0", in, wrapped(63)).at("n2", "vx0", other, ping).
		hop("n2", "p1", "b", "eth0", in, ping)
	f.trace.Lookups = []measure.Lookup{{In: "n2", To: address("10.244.0.2"), Via: address("192.168.2.254"), Dev: "eth0"}} // which the frame does not take
	lab := land(t, text)
	for i := range lab.Spaces {
		for j := range lab.Spaces[i].Links {
			if l := &lab.Spaces[i].Links[j]; l.Name == "vx0" {
				l.Kind, l.VXLAN = "vxlan", &snapshot.VXLAN{ID: 42, DstPort: 4789}
			}
		}
	}
	want := []string{
		"request",
		"  a sends: sends it out of eth0 (0, 64)",
		"  n1 routes: in at p1, out at eth0 (64, 64)",
		"  n1 ~ wraps it: VXLAN 42, in a UDP packet from 192.168.1.1 to 192.168.2.1",
		"  r routes: in at eth0, out at eth1 (64, 63)",
		"  n2 routes: in at eth0, out at p1: br0 knows where " + macB + " is (64, 64)",
		"  n2 ~ unwraps it: it came in VXLAN 42 from 192.168.1.1",
		"  b takes: in at eth0: 10.244.0.2 is its own address (64, 0)",
	}
	if diff := cmp.Diff(want, told(Tell(lab, f.trace))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRulesInWords(t *testing.T) {
	s := snapshot.Space{Filters: []snapshot.Filter{{Tool: "nft", Family: "inet", Table: "f", Chain: "in", Handle: 3, Text: "tcp dport 80 drop"}}}
	v := func(kind, says string, handle uint64) measure.Verdict {
		return measure.Verdict{Family: "inet", Table: "f", Chain: "in", Handle: handle, Kind: kind, Says: says}
	}
	for _, tt := range []struct {
		name string
		v    measure.Verdict
		want string
	}{
		{"a rule", v("rule", "drop", 3), "rule in inet f in: tcp dport 80 drop"},
		{"a rule that is not in the snapshot", v("rule", "drop", 8), "rule in inet f in: drop"},
		{"a policy that drops", v("policy", "drop", 0), "policy of inet f in: drop"},
		{"a policy that lets it through", v("policy", "accept", 0), ""},
		{"a rule that goes on", v("rule", "continue", 3), ""},
		{"the end of a chain", v("return", "continue", 0), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ruled(s, tt.v); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestReal(t *testing.T) {
	const text = "a eth0 - r eth0\nr eth1 - b eth0\nr eth0 203.0.113.1/24\nb eth0 192.168.1.2/24"
	with := func(rule string) snapshot.Lab {
		lab := land(t, text)
		for i := range lab.Spaces {
			if lab.Spaces[i].Name == "r" {
				lab.Spaces[i].Filters = []snapshot.Filter{{Tool: "nft", Family: "ip", Table: "nat", Chain: "pre", Handle: 4, Text: rule}}
			}
		}
		return lab
	}
	decided := []measure.Verdict{{Space: "r", Table: "nat", Chain: "pre", Handle: 4, Kind: "rule", Says: "accept"}}
	request := Sight{Space: "r", Link: "eth0", For: in, Part: Request, Frame: Frame{Packet: Packet{Source: address("198.51.100.9"), Dest: address("203.0.113.1")}}}
	for _, tt := range []struct {
		name, rule string
		verdicts   []measure.Verdict
		want       string
	}{
		{"to an address and a port", "tcp dport 8080 dnat to 192.168.1.2:80", decided, "192.168.1.2"},
		{"to an address", "dnat to 192.168.1.2", decided, "192.168.1.2"},
		{"to an address of IPv6", "dnat to [fd00::2]:80", decided, "fd00::2"},
		{"a rule that was not asked", "dnat to 192.168.1.2", nil, ""},
		{"no rule of this kind", "tcp dport 8080 accept", decided, ""},
		{"to nothing", "dnat to ", decided, ""},
		{"to a map", "dnat to ip daddr map { 10.0.0.1 : 10.0.0.2 }", decided, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Real(with(tt.rule), measure.Trace{Verdicts: tt.verdicts}, nil, request)
			if want := tt.want != ""; ok != want || ok && got.String() != tt.want {
				t.Errorf("%v, %v, want %q", got, ok, tt.want)
			}
		})
	}
	t.Run("the reply goes to who has borrowed the address", func(t *testing.T) {
		sight := func(link string, who measure.For, at int, from string) Sight {
			return Sight{Space: "r", Link: link, For: who, Part: Request, Index: at, Frame: Frame{Packet: Packet{Source: address(from), Dest: address("198.51.100.9")}}}
		}
		sights := []Sight{sight("eth1", in, 0, "192.168.1.2"), sight("eth0", out, 1, "203.0.113.1")}
		reply := request
		reply.Part = Reply
		if got, ok := Real(with(""), measure.Trace{}, sights, reply); !ok || got.String() != "192.168.1.2" {
			t.Errorf("%v, %v", got, ok)
		}
		reply.Frame.Dest = address("203.0.113.7")
		if got, ok := Real(with(""), measure.Trace{}, sights, reply); ok {
			t.Errorf("another address: %v", got)
		}
	})
}

func TestLookups(t *testing.T) {
	ping := func(ttl uint8) []byte {
		return packet(macA, macR, "10.0.0.1", "203.0.113.9", ttl, echo(echo4, token)...)
	}
	routed := probeOf(measure.ICMP, "a", "203.0.113.9").hop("a", "eth0", "r", "eth0", in, ping(64)).hop("r", "eth1", "b", "eth0", in, ping(63))
	asked := probeOf(measure.ICMP, "a", "10.0.0.254").hop("a", "eth0", "r", "eth0", all, arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.254"))
	tests := []struct {
		name, land string
		film       *film
		want       []string
	}{
		{"nothing was seen", routerLand, probeOf(measure.ICMP, "a", "203.0.113.9"), []string{"a → 203.0.113.9"}},
		{"each hop, and the way back from the end", routerLand, routed, []string{
			"a → 203.0.113.9", "r → 203.0.113.9 from 10.0.0.1 at eth0", "b → 203.0.113.9 from 10.0.0.1 at eth0", "b → 10.0.0.1",
		}},
		{"a question, and the way of its answer", routerLand, asked, []string{"a → 10.0.0.254", "r → 10.0.0.1"}},
		{"a switch decides nothing", starLand, flooded(), []string{"a → 10.0.0.2", "s1 → 10.0.0.2", "b → 10.0.0.2 from 10.0.0.1 at eth0", "b → 10.0.0.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, l := range Lookups(land(t, tt.land), tt.film.trace) {
				text := l.In + " → " + l.To.String()
				if l.Entry != "" {
					text += " from " + l.Of.String() + " at " + l.Entry
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	lab := land(t, "a eth0 10.0.0.1/24\na eth0 fd00::1/64\nb eth0 192.168.9.2/24\nb eth1 10.0.0.2/24\nb eth0 fd00:9::2/64\nb eth1 fd00::2/64\nc eth0 fd00::3/64\nd lo 127.0.0.1/8\n")
	for i := range lab.Spaces {
		for j, a := range lab.Spaces[i].Addrs {
			if a.Prefix.Addr().IsLoopback() {
				lab.Spaces[i].Addrs[j].Scope = "host"
			}
		}
	}
	tests := []struct {
		name, from, to string
		family         int
		want           string
	}{
		{"an address", "a", "203.0.113.5", 0, "203.0.113.5"},
		{"an address with a zone", "a", "fe80::1%eth0", 0, "fe80::1%eth0"},
		{"an IPv4 address written as IPv6", "a", "::ffff:10.0.0.2", 0, "10.0.0.2"},
		{"a node in the same network", "a", "b", 0, "10.0.0.2"},
		{"a node in the same network, by IPv6", "a", "b", 6, "fd00::2"},
		{"a node that has IPv6 only", "a", "c", 0, "fd00::3"},
		{"itself", "a", "a", 4, "10.0.0.1"},
		{"a node without IPv4", "a", "c", 4, `the node "c" has no IPv4 address that another one could reach`},
		{"a node with loopback alone", "a", "d", 0, `the node "d" has no address that another one could reach`},
		{"no such node", "a", "nobody", 0, `"nobody" is no address, and no node of the lab`},
		{"from no such node", "nobody", "b", 0, `"nobody" is no address, and no node of the lab`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Resolve(lab, tt.from, tt.to, tt.family)
			text := got.String()
			if err != nil {
				text = err.Error()
			}
			if text != tt.want {
				t.Errorf("%s, want %s", text, tt.want)
			}
		})
	}
}

// A story is told of whatever was captured.
func TestTellOfDamagedCaptures(t *testing.T) {
	all := recordings(t)
	names := []string{"nothing.overlay", "nothing.forward", "nothing.gateway", "nothing.two-ways", "ttl-too-small.routed"}
	for i, name := range names {
		r := rand.New(rand.NewSource(int64(i)))
		for range 60 {
			c := all[name]
			c.Trace.Capture.Packets = damaged(r, c.Trace.Capture.Packets)
			c.Before.Spaces = slices.DeleteFunc(slices.Clone(c.Before.Spaces), func(snapshot.Space) bool { return r.Intn(8) == 0 })
			s := Tell(c.Before, c.Trace)
			Lookups(c.Before, c.Trace)
			if _, err := json.Marshal(s); err != nil {
				t.Error(err)
			}
			for _, l := range s.Legs {
				for _, h := range l.Hops {
					if h.Space == "" || strings.TrimSpace(h.Text) == "" {
						t.Errorf("%s: an empty hop: %+v", name, h)
					}
				}
			}
		}
	}
}

// damaged leaves out some frames, cuts off some, and turns some bytes round.
func damaged(r *rand.Rand, packets []measure.Packet) []measure.Packet {
	var out []measure.Packet
	for _, p := range packets {
		p.Data = slices.Clone(p.Data)
		switch n := r.Intn(8); {
		case n == 0:
			continue
		case n == 1:
			p.Data = p.Data[:r.Intn(len(p.Data)+1)]
		case n == 2 && len(p.Data) > 0:
			p.Data[r.Intn(len(p.Data))] ^= byte(1 << r.Intn(8))
		case n == 3:
			p.For = []measure.For{measure.ForHost, measure.ForOther, measure.ForOutgoing, measure.ForSomething}[r.Intn(4)]
		}
		out = append(out, p)
	}
	return out
}

func FuzzTell(f *testing.F) {
	f.Add(packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, echo(echo4, token)...), packet(macB, macA, "10.0.0.2", "10.0.0.1", 64, echo(echoReply4, token)...), uint8(0))
	f.Add(packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, syn(40000, 80, 1000)), arp(layers.ARPRequest, macA, "10.0.0.1", "", "10.0.0.2"), uint8(1))
	lab := land(f, starLand)
	f.Fuzz(func(_ *testing.T, one, two []byte, proto uint8) {
		film := probeOf([]measure.Proto{measure.ICMP, measure.TCP, measure.UDP}[proto%3], "a", "10.0.0.2")
		film.hop("a", "eth0", "s1", "p1", other, one).hop("s1", "p2", "b", "eth0", in, one).hop("b", "eth0", "s1", "p2", other, two).at("a", "tun0", in, two)
		Tell(lab, film.trace)
		Lookups(lab, film.trace)
	})
}
