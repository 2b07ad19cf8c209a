package scene

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func hosts(names ...string) []Node {
	var out []Node
	for _, n := range names {
		out = append(out, Node{Name: n, Kind: Host})
	}
	return out
}

func switches(names ...string) []Node {
	var out []Node
	for _, n := range names {
		out = append(out, Node{Name: n, Kind: Switch})
	}
	return out
}

func router(name string, routes ...Route) Node {
	return Node{Name: name, Kind: Router, Forward: true, Routes: routes}
}

func way(to, via string) Route {
	return Route{To: netip.MustParsePrefix(to), Via: netip.MustParseAddr(via)}
}

// wires writes cables as node:dev=node:dev.
func wires(s Scene) string {
	var out []string
	for _, c := range s.Cables {
		out = append(out, fmt.Sprintf("%s:%s=%s:%s", c.A.Node, c.A.Dev, c.B.Node, c.B.Dev))
	}
	return strings.Join(out, " ")
}

func TestWireNamesInterfacesAndJoinsTheTwoWordsOfACable(t *testing.T) {
	long := "a-computer-with-a-very-long-name"
	tests := []struct {
		name  string
		nodes []Node
		links []Link
		want  string
	}{
		{"both speak of one cable", hosts("a", "b"), []Link{{Node: "a", To: "b"}, {Node: "b", To: "a"}}, "a:eth0=b:eth0"},
		{"one speaks", hosts("a", "b"), []Link{{Node: "b", To: "a"}}, "b:eth0=a:eth0"},
		{"two cables", hosts("a", "b"), []Link{{Node: "a", To: "b"}, {Node: "a", To: "b"}, {Node: "b", To: "a"}, {Node: "b", To: "a", Dev: "x"}}, "a:eth0=b:eth0 a:eth1=b:x"},
		{"two from one side", hosts("a", "b"), []Link{{Node: "a", To: "b"}, {Node: "a", To: "b"}}, "a:eth0=b:eth0 a:eth1=b:eth1"},
		{"ports have the names of the others", append(switches("s"), hosts("a", "b")...), []Link{{Node: "a", To: "s"}, {Node: "b", To: "s"}}, "a:eth0=s:a b:eth0=s:b"},
		{"twice to one switch", append(switches("s"), hosts("a")...), []Link{{Node: "a", To: "s"}, {Node: "a", To: "s"}}, "a:eth0=s:a a:eth1=s:a-2"},
		{"a long name is cut", append(switches("s"), hosts(long, long+"2")...), []Link{{Node: long, To: "s"}, {Node: long + "2", To: "s"}},
			long + ":eth0=s:a-computer-with " + long + "2:eth0=s:a-computer-wi-2"},
		{"a name that the bridge has", append(switches("a-switch-with-a-long-name"), hosts("br0")...), []Link{{Node: "br0", To: "a-switch-with-a-long-name"}},
			"br0:eth0=a-switch-with-a-long-name:br0-2"},
		{"a name that is given is not taken", hosts("a", "b", "c"), []Link{{Node: "a", To: "b"}, {Node: "a", To: "c", Dev: "eth0"}}, "a:eth1=b:eth0 a:eth0=c:eth0"},
		{"what nobody describes comes last", hosts("a", "b", "c"), []Link{{Node: "c", To: "a"}, {Node: "a", To: "b"}}, "c:eth0=a:eth1 a:eth0=b:eth0"},
		{"a cable between switches", switches("s", "t"), []Link{{Node: "s", To: "t"}}, "s:t=t:s"},
		{"a cable to itself stays one", hosts("a"), []Link{{Node: "a", To: "a"}}, "a:eth0=a:eth1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wires(Wire(tt.nodes, tt.links)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// good is a scene in which nothing is wrong.
func good() ([]Node, []Link) {
	nodes := append(switches("s1", "s2"), Node{Name: "A", Kind: Host, Routes: []Route{way("0.0.0.0/0", "10.1.0.254"), way("::/0", "fd00:1::fe")}},
		Node{Name: "B", Kind: Host}, router("r"))
	links := []Link{
		{Node: "A", To: "s1", Addrs: prefixes("10.1.0.1/24", "fd00:1::1/64")},
		{Node: "B", To: "s2", Addrs: prefixes("10.2.0.1/24"), MAC: "02:00:00:00:00:0b"},
		{Node: "r", To: "s1", Addrs: prefixes("10.1.0.254/24", "fd00:1::fe/64")},
		{Node: "r", To: "s2", Addrs: prefixes("10.2.0.254/24")},
	}
	return nodes, links
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	tests := []struct {
		name string
		turn func(nodes *[]Node, links *[]Link)
		want string // "place key: text", empty: nothing is wrong
	}{
		{"as it is", func(*[]Node, *[]Link) {}, ""},
		{"a name that is none", func(n *[]Node, _ *[]Link) { (*n)[3].Name = "-x" }, `node 3 name: "-x" is not the name of a node`},
		{"a name with a slash", func(n *[]Node, _ *[]Link) { (*n)[3].Name = "a/b" }, `node 3 name: "a/b" is not the name of a node`},
		{"host", func(n *[]Node, _ *[]Link) { (*n)[3].Name = "host" }, "node 3 name: host is the lab's own namespace, and always there"},
		{"two of one name", func(n *[]Node, _ *[]Link) { (*n)[3].Name = "A" }, "node 3 name: there are two nodes called A"},
		{"no such node", func(_ *[]Node, l *[]Link) { (*l)[0].To = "s3" }, `link 1 to: there is no node "s3"`},
		{"to itself", func(_ *[]Node, l *[]Link) { (*l)[0].To = "A" }, "link 1 to: A cannot have a cable to itself"},
		{"an interface that is none", func(_ *[]Node, l *[]Link) { (*l)[0].Dev = "eth 0" }, `link 1 dev: "eth 0" is not the name of an interface`},
		{"an interface with too long a name", func(_ *[]Node, l *[]Link) { (*l)[0].Dev = "sixteen-letters-" }, `link 1 dev: "sixteen-letters-" is not the name of an interface`},
		{"an interface twice", func(_ *[]Node, l *[]Link) { (*l)[2].Dev, (*l)[3].Dev = "x", "x" }, "link 4 dev: r has two interfaces called x"},
		{"lo", func(_ *[]Node, l *[]Link) { (*l)[0].Dev = "lo" }, "link 1 dev: A has two interfaces called lo"},
		{"an address of a port", func(_ *[]Node, l *[]Link) {
			*l = append(*l, Link{Node: "s1", To: "s2", Addrs: prefixes("10.9.0.1/24")})
		}, "link 5 addr: s1 is a switch, and a port of a switch has no address"},
		{"a circle of switches", func(_ *[]Node, l *[]Link) {
			*l = append(*l, Link{Node: "s1", To: "s2"}, Link{Node: "s1", To: "s2"})
		}, "link 6 to: this cable between s1 and s2 closes a circle of switches"},
		{"one cable between switches", func(_ *[]Node, l *[]Link) { *l = append(*l, Link{Node: "s1", To: "s2"}) }, ""},
		{"one address twice", func(_ *[]Node, l *[]Link) { (*l)[2].Addrs = prefixes("10.1.0.254/24", "10.1.0.1/16", "fd00:1::fe/64") },
			"link 3 addr: r has the address 10.1.0.1, which A has on the same network"},
		{"one address twice, behind two switches", func(_ *[]Node, l *[]Link) {
			*l = append(*l, Link{Node: "s1", To: "s2"})
			(*l)[1].Addrs = prefixes("10.1.0.1/24")
		}, "link 2 addr: B has the address 10.1.0.1, which A has on the same network"},
		{"one address on two networks", func(_ *[]Node, l *[]Link) { (*l)[1].Addrs = prefixes("10.1.0.1/24") }, ""},
		{"a gateway far away", func(n *[]Node, _ *[]Link) { (*n)[2].Routes[0].Via = netip.MustParseAddr("10.2.0.254") }, "route 0 of node 2 via: the gateway 10.2.0.254 is on no network of A"},
		{"a gateway that is oneself", func(n *[]Node, _ *[]Link) { (*n)[2].Routes[0].Via = netip.MustParseAddr("10.1.0.1") }, "route 0 of node 2 via: 10.1.0.1 is A's own address, and a gateway is another machine"},
		{"two families", func(n *[]Node, _ *[]Link) { (*n)[2].Routes[0].To = netip.MustParsePrefix("::/0") },
			"route 0 of node 2 via: a route to ::/0 cannot go through 10.1.0.254: one is IPv4, the other IPv6\nroute 1 of node 2 to: A has two routes to ::/0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nodes, links := good()
			tt.turn(&nodes, &links)
			var got []string
			for _, p := range Wire(nodes, links).Validate() {
				got = append(got, placed(p))
			}
			if d := cmp.Diff(tt.want, strings.Join(got, "\n")); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func placed(p Problem) string {
	switch {
	case p.Link > 0:
		return fmt.Sprintf("link %d %s: %s", p.Link, p.Key, p.Text)
	case p.Route >= 0:
		return fmt.Sprintf("route %d of node %d %s: %s", p.Route, p.Node, p.Key, p.Text)
	}
	return fmt.Sprintf("node %d %s: %s", p.Node, p.Key, p.Text)
}

// star is n hosts on one switch.
func star(n int) Scene {
	nodes := switches("switch1")
	var links []Link
	for i := 1; i <= n; i++ {
		name := fmt.Sprint("h", i)
		nodes = append(nodes, Node{Name: name, Kind: Host})
		links = append(links, Link{Node: name, To: "switch1", Addrs: prefixes(fmt.Sprintf("10.0.%d.%d/16", i>>8, i&255))})
	}
	return Wire(nodes, links)
}

func TestLimits(t *testing.T) {
	if found := star(MaxPorts).Validate(); len(found) > 0 {
		t.Errorf("%d ports: %v", MaxPorts, found)
	}
	found := star(MaxPorts + 1).Validate()
	if len(found) != 1 || !strings.Contains(found[0].Text, "switch1 has 1024 cables") {
		t.Errorf("a port too many: %v", found)
	}
	if found = star(MaxNodes).Validate(); len(found) != 1 || !strings.Contains(found[0].Text, "the scene has 1101 nodes, and may have 1100") {
		t.Errorf("a node too many: %v", found)
	}
	crowded := star(600)
	for i := range crowded.Cables {
		more := crowded.Cables[i]
		more.A.Dev, more.B.Dev, more.A.Addrs = "eth1", more.B.Dev+"-2", nil
		crowded.Cables = append(crowded.Cables, more)
	}
	found = crowded.Validate()
	if len(found) != 1 || !strings.Contains(found[0].Text, "switch1 has 1200 cables, and a bridge has at most 1023 ports") || !strings.Contains(found[0].Hint, "EXFULL") {
		t.Errorf("ports: %v", found)
	}
}

func TestOpsInTheirOrder(t *testing.T) {
	nodes := append(switches("s"), Node{Name: "A", Kind: Host, Routes: []Route{way("0.0.0.0/0", "10.0.0.2"), way("::/0", "fd00::2")}}, router("r"))
	s := Wire(nodes, []Link{
		{Node: "A", To: "s", Addrs: prefixes("10.0.0.1/24", "fd00::1/64"), MAC: "02:00:00:00:00:01"},
		{Node: "r", To: "s", Dev: "lan", Addrs: prefixes("10.0.0.2/24", "fd00::2/64")},
	})
	want := `ip netns add s
ip -n s link set lo up
ip -n s link add s type bridge
ip netns add A
ip netns exec A sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n A link set lo up
ip netns add r
ip netns exec r sysctl -q -w net.ipv4.ip_forward=1
ip netns exec r sysctl -q -w net.ipv6.conf.all.forwarding=1
ip netns exec r sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n r link set lo up
ip -n A link add eth0 address 02:00:00:00:00:01 type veth peer name A netns s
ip -n A addr add 10.0.0.1/24 dev eth0
ip -n A addr add fd00::1/64 nodad dev eth0
ip -n A link set eth0 up
ip -n s link set A up master s
ip -n r link add lan type veth peer name r netns s
ip -n r addr add 10.0.0.2/24 dev lan
ip -n r addr add fd00::2/64 nodad dev lan
ip -n r link set lan up
ip -n s link set r up master s
ip -n s link set s up
ip -n A route add default via 10.0.0.2
ip -n A -6 route add default via fd00::2
`
	var got strings.Builder
	for _, l := range s.Ops() {
		fmt.Fprintln(&got, l)
	}
	if d := cmp.Diff(want, got.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestARouterThatDoesNotForwardHasNoSetting(t *testing.T) {
	for _, l := range Wire([]Node{{Name: "r", Kind: Router}}, nil).Ops() {
		if strings.Contains(l.String(), "sysctl") {
			t.Error(l)
		}
	}
}

func TestWhichSettingsANodeGets(t *testing.T) {
	off, four := DisableIPv6+"=1", "net.ipv4.ip_forward=1"
	six, dad := "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.default.accept_dad=0"
	host, hub, gate := Node{Kind: Host}, Node{Kind: Switch}, Node{Kind: Router, Forward: true}
	tests := []struct {
		name string
		all  Settings
		node Node
		want []string
	}{
		{"a host", Settings{}, host, nil},
		{"a router", Settings{}, gate, []string{four}},
		{"a router that does not forward", Settings{}, Node{Kind: Router}, nil},
		{"a host with IPv6", Settings{uses6: true}, host, []string{dad}},
		{"a switch with IPv6", Settings{uses6: true}, hub, nil},
		{"a router with IPv6", Settings{uses6: true}, gate, []string{four, six, dad}},
		{"a host without IPv6", Settings{no6: true}, host, []string{off}},
		{"a switch without IPv6", Settings{no6: true}, hub, []string{off}},
		{"a router without IPv6", Settings{no6: true}, gate, []string{off, four}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range tt.all.Of(tt.node) {
				got = append(got, s.Key+"="+s.Value)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestShiftedAddresses(t *testing.T) {
	tests := []struct {
		from string
		by   int
		want string // empty: there is none
	}{
		{"10.0.0.1", 0, "10.0.0.1"}, {"10.0.0.1", 1, "10.0.0.2"}, {"10.0.0.255", 1, "10.0.1.0"}, {"10.0.0.1", 65536, "10.1.0.1"},
		{"10.0.1.0", -1, "10.0.0.255"}, {"255.255.255.255", 1, ""}, {"0.0.0.0", -1, ""}, {"0.0.0.1", -1, "0.0.0.0"},
		{"fd00::ffff", 1, "fd00::1:0"}, {"fe80::1%eth0", 1, "fe80::2%eth0"}, {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, ""},
	}
	for _, tt := range tests {
		got, ok := ShiftedAddr(netip.MustParseAddr(tt.from), tt.by)
		if ok != (tt.want != "") || ok && got.String() != tt.want {
			t.Errorf("%s + %d: %s, %v; want %q", tt.from, tt.by, got, ok, tt.want)
		}
	}
	if p, ok := Shifted(netip.MustParsePrefix("10.0.0.1/30"), 4); !ok || p.String() != "10.0.0.5/30" {
		t.Errorf("a prefix: %s, %v", p, ok)
	}
}

func TestJoin(t *testing.T) {
	a, b := star(2), Wire(hosts("x", "y"), []Link{{Node: "x", To: "y"}})
	all := Join(a, Scene{}, b)
	if len(all.Nodes) != 5 || len(all.Cables) != 3 || len(a.Nodes) != 3 {
		t.Errorf("%d nodes, %d cables", len(all.Nodes), len(all.Cables))
	}
	if !Join().Empty() || all.Empty() {
		t.Error("empty")
	}
}
