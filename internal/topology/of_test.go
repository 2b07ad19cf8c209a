package topology

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/snapshot"
)

// veth is one end of a cable that is up.
func veth(name, space, peer string) snapshot.Link {
	return snapshot.Link{Name: name, Kind: "veth", Up: true, Carrier: true, PeerSpace: space, Peer: peer, PeerNSID: -1}
}

func addr(link, prefix string) snapshot.Addr {
	return snapshot.Addr{Link: link, Prefix: netip.MustParsePrefix(prefix)}
}

func space(name string, links ...snapshot.Link) snapshot.Space {
	return snapshot.Space{Name: name, Links: links}
}

func tunnelLink(name string, id uint32, remote string) snapshot.Link {
	v := &snapshot.VXLAN{ID: id, DstPort: 4789}
	if remote != "" {
		v.Remote = netip.MustParseAddr(remote)
	}
	return snapshot.Link{Name: name, Kind: "vxlan", Up: true, Carrier: true, VXLAN: v, PeerNSID: -1}
}

func with(s snapshot.Space, change func(*snapshot.Space)) snapshot.Space {
	change(&s)
	return s
}

// summary is a graph in a line for each thing, as the labs of the tests are.
func summary(g Graph) []string {
	var out []string
	for _, n := range g.Nodes {
		out = append(out, strings.Join(append([]string{n.Name, "is", string(n.Kind)}, n.traits()...), " "))
		for _, l := range n.Links {
			words := []string{n.Name, l.Name, string(l.State)}
			if l.Master != "" {
				words = append(words, "of "+l.Master)
			}
			if about := l.about(); about != "" {
				words = append(words, about)
			}
			for _, a := range l.Addrs {
				words = append(words, a.Text)
				if a.Own {
					words = append(words, "(own)")
				}
			}
			out = append(out, strings.Join(words, " "))
		}
	}
	for _, c := range g.Cables {
		out = append(out, fmt.Sprintf("%s %s %s - %s %s", c.Kind, c.A.Node, c.A.Link, c.B.Node, c.B.Link))
	}
	return out
}

func TestAGraphIsWhatTheKernelHas(t *testing.T) {
	port := veth("p1", "h1", "eth0")
	port.Master = "br0"
	br0 := snapshot.Link{Name: "br0", Kind: "bridge", Up: true, Carrier: true, Bridge: &snapshot.Bridge{}}
	forwards := func(key string) func(*snapshot.Space) {
		return func(s *snapshot.Space) { s.Sysctls = map[string]string{key: "1"} }
	}
	tests := []struct {
		name   string
		spaces []snapshot.Space
		want   []string
	}{
		{"nothing", nil, nil},
		{"a namespace with its lo", []snapshot.Space{
			with(space("ns1", snapshot.Link{Name: "lo", Kind: "loopback", Up: true, Carrier: true}), func(s *snapshot.Space) {
				s.Addrs = []snapshot.Addr{addr("lo", "127.0.0.1/8"), addr("lo", "10.9.9.9/32"), addr("lo", "::1/128")}
			}),
		}, []string{"ns1 is host", "ns1 lo up 127.0.0.1/8 (own) 10.9.9.9/32 ::1/128 (own)"}},
		{"down, up without a carrier, and up", []snapshot.Space{space("ns1",
			snapshot.Link{Name: "a", Kind: "dummy"},
			snapshot.Link{Name: "b", Kind: "dummy", Up: true},
			snapshot.Link{Name: "c", Kind: "dummy", Up: true, Carrier: true},
		)}, []string{"ns1 is host", "ns1 a down dummy", "ns1 b no-carrier dummy", "ns1 c up dummy"}},
		{"a cable is told once, from the end that comes first", []snapshot.Space{
			space("ns1", veth("v1", "ns2", "v2")), space("ns2", veth("v2", "ns1", "v1")),
		}, []string{"ns1 is host", "ns1 v1 up", "ns2 is host", "ns2 v2 up", "veth ns1 v1 - ns2 v2"}},
		{"a cable in one namespace", []snapshot.Space{space("host", veth("v1", "host", "v2"), veth("v2", "host", "v1"))},
			[]string{"host is host", "host v1 up", "host v2 up", "veth host v1 - host v2"}},
		{"a cable that leads out of the lab is none", []snapshot.Space{space("ns1", veth("v1", "", ""), veth("v2", "gone", "x"))},
			[]string{"ns1 is host", "ns1 v1 up", "ns1 v2 up"}},
		{"a bridge without an address makes a switch", []snapshot.Space{space("s1", br0, port), space("h1", veth("eth0", "s1", "p1"))},
			[]string{"s1 is switch switch", "s1 br0 up", "s1 p1 up of br0", "h1 is host", "h1 eth0 up", "veth s1 p1 - h1 eth0"}},
		{"a bridge with an address belongs to a computer", []snapshot.Space{
			with(space("s1", br0, port), func(s *snapshot.Space) { s.Addrs = []snapshot.Addr{addr("br0", "10.0.0.1/24")} }),
		}, []string{"s1 is host", "s1 br0 up 10.0.0.1/24", "s1 p1 up of br0"}},
		{"the bridge's address of its own changes nothing", []snapshot.Space{
			with(space("s1", br0, port), func(s *snapshot.Space) { s.Addrs = []snapshot.Addr{addr("br0", "fe80::1/64")} }),
		}, []string{"s1 is switch switch", "s1 br0 up fe80::1/64 (own)", "s1 p1 up of br0"}},
		{"host is never a switch", []snapshot.Space{space("host", br0, port)}, []string{"host is host", "host br0 up", "host p1 up of br0"}},
		{"forwarding makes a router", []snapshot.Space{
			with(space("r4"), forwards("net.ipv4.ip_forward")), with(space("r6"), forwards("net.ipv6.conf.all.forwarding")),
		}, []string{"r4 is router forwarding", "r6 is router forwarding"}},
		{"rules are counted, the end of a chain is none", []snapshot.Space{
			with(space("a"), func(s *snapshot.Space) { s.Rules = -1 }),
			with(space("b"), func(s *snapshot.Space) { s.Rules = 2 }),
			with(space("c"), func(s *snapshot.Space) {
				s.Filters = []snapshot.Filter{{Tool: "nft", Type: "filter", Policy: "drop"}, {Tool: "nft", Text: "accept"}}
			}),
			with(space("d"), func(s *snapshot.Space) {
				s.Filters = []snapshot.Filter{{Tool: "iptables", Table: "nat", Text: "-j MASQUERADE"}}
			}),
			with(space("e"), func(s *snapshot.Space) {
				s.Filters = []snapshot.Filter{{Tool: "nft", Type: "nat", Policy: "accept"}}
			}),
		}, []string{"a is host", "b is host 2 firewall rules", "c is host 1 firewall rule", "d is host NAT 1 firewall rule", "e is host"}},
		{"a link on another one", []snapshot.Space{space("ns1",
			snapshot.Link{Index: 2, Name: "eth0", Kind: "dummy", PeerNSID: -1},
			snapshot.Link{Index: 3, Name: "eth0.10", Kind: "vlan", PeerIndex: 2, PeerNSID: -1},
			snapshot.Link{Index: 4, Name: "out", Kind: "vlan", PeerIndex: 2, PeerNSID: 7},
		)}, []string{"ns1 is host", "ns1 eth0 down dummy", "ns1 eth0.10 down vlan on eth0", "ns1 out down vlan"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := Of(snapshot.Lab{Spaces: tt.spaces})
			if diff := cmp.Diff(tt.want, summary(g)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			text, err := json.Marshal(g.Document())
			if err != nil || strings.Contains(string(text), "null") {
				t.Errorf("a list is left out: %s, %v", text, err)
			}
		})
	}
}

func TestTunnels(t *testing.T) {
	at := func(name, ip string, links ...snapshot.Link) snapshot.Space {
		return with(space(name, links...), func(s *snapshot.Space) { s.Addrs = []snapshot.Addr{addr("eth0", ip+"/24")} })
	}
	flood := func(s snapshot.Space, link, mac, dst string) snapshot.Space {
		s.FDB = append(s.FDB, snapshot.FDB{Link: link, MAC: mac, Dst: netip.MustParseAddr(dst)})
		return s
	}
	local := func(l snapshot.Link, ip string) snapshot.Link {
		v := *l.VXLAN
		v.Local = netip.MustParseAddr(ip)
		l.VXLAN = &v
		return l
	}
	otherPort := tunnelLink("vx", 7, "10.0.0.1")
	otherPort.VXLAN.DstPort = 8472
	moved := tunnelLink("vx", 7, "10.0.0.1")
	moved.PeerSpace = "host"
	const zeros = "00:00:00:00:00:00"
	tests := []struct {
		name   string
		spaces []snapshot.Space
		want   []string
	}{
		{"each is the other's remote", []snapshot.Space{at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.2")), at("b", "10.0.0.2", tunnelLink("vx", 7, "10.0.0.1"))},
			[]string{"vxlan a vx - b vx"}},
		{"one knows the other", []snapshot.Space{at("a", "10.0.0.1", tunnelLink("vx", 7, "")), at("b", "10.0.0.2", tunnelLink("vx", 7, "10.0.0.1"))},
			[]string{"vxlan a vx - b vx"}},
		{"entries for what is unknown count as remotes", []snapshot.Space{
			flood(flood(at("a", "10.0.0.1", tunnelLink("vx", 7, "")), "vx", zeros, "10.0.0.2"), "vx", zeros, "10.0.0.3"),
			at("b", "10.0.0.2", tunnelLink("vx", 7, "")), at("c", "10.0.0.3", tunnelLink("vx", 7, "")),
		}, []string{"vxlan a vx - b vx", "vxlan a vx - c vx"}},
		{"an entry for one computer is no tunnel", []snapshot.Space{
			flood(at("a", "10.0.0.1", tunnelLink("vx", 7, "")), "vx", "02:00:00:00:00:01", "10.0.0.2"), at("b", "10.0.0.2", tunnelLink("vx", 7, "")),
		}, nil},
		{"another number", []snapshot.Space{at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.2")), at("b", "10.0.0.2", tunnelLink("vx", 8, "10.0.0.1"))}, nil},
		{"another port", []snapshot.Space{at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.2")), at("b", "10.0.0.2", otherPort)}, nil},
		{"to nobody", []snapshot.Space{at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.9")), at("b", "10.0.0.2", tunnelLink("vx", 7, "10.0.0.8"))}, nil},
		{"to an address that the far end does not use", []snapshot.Space{
			at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.2")), at("b", "10.0.0.2", local(tunnelLink("vx", 7, ""), "10.0.0.77")),
		}, nil},
		{"one that was moved sends from where it was made", []snapshot.Space{
			at("host", "10.0.0.2"), at("a", "10.0.0.1", tunnelLink("vx", 7, "10.0.0.2")), at("b", "172.16.0.1", moved),
		}, []string{"vxlan a vx - b vx"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Of(snapshot.Lab{Spaces: tt.spaces}).Cables {
				got = append(got, fmt.Sprintf("%s %s %s - %s %s", c.Kind, c.A.Node, c.A.Link, c.B.Node, c.B.Link))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                     true,
		"host lo up loopback":                  true,
		"host lo down loopback":                true,
		"host":                                 true,
		"host lo up loopback 9.9.9.9":          true, // still only lo
		"host v1 down":                         false,
		"host is rules 1\nhost lo up loopback": false,
		"host lo up loopback\nns1":             false,
	} {
		if got := drawn(t, text).Empty(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
