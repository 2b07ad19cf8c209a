package diagnose

import (
	"net/netip"
	"testing"

	"netlab/internal/snapshot"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func ip(s string) netip.Addr       { return netip.MustParseAddr(s) }

func learnedAt(n *net, space, port, bridge, mac, state string) *net {
	return n.edit(space, func(s *snapshot.Space) {
		s.FDB = append(s.FDB, snapshot.FDB{Link: port, Master: bridge, MAC: mac, State: state})
	})
}

func TestStateIsExplained(t *testing.T) {
	any4, def := netip.Prefix{}, prefix("0.0.0.0/0")
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"a namespace that is there", Namespace(pair().done(), "ns1"), ""},
		{"a namespace that is not there", Namespace(pair().done(), "ns9"), "the lab has the namespaces: host, ns1, ns2"},

		{"an interface that is there", Missing(pair().done(), "ns1", "veth_ns1"), ""},
		{"an interface in another namespace", Missing(pair().done(), "host", "veth_ns1"), "veth_ns1 is in ns1"},
		{"an interface of the host, which needs no name", Missing(bridged().done(), "ns1", "br0"), "br0 is in host"},
		{"an interface nobody has", Missing(pair().done(), "ns1", "eth7"), "no namespace of this lab has an interface eth7"},
		{"an interface in a namespace that is missing", Missing(pair().done(), "ns9", "eth0"), "there is no namespace ns9"},

		{"a link that works", Link(pair().done(), "ns1", "veth_ns1"), ""},
		{"a link that is down", Link(pair().down("ns1", "veth_ns1").done(), "ns1", "veth_ns1"), "veth_ns1 in ns1 is down"},
		{"a link whose other end is down", Link(pair().down("ns2", "veth_ns2").done(), "ns1", "veth_ns1"), "the other end of the cable, veth_ns2 in ns2, is down"},
		{"a bridge without a live port", Link(newNet("host").bridge("host", "br0").done(), "", "br0"), "no port of the bridge br0 in host is up and connected"},
		{"a link that is elsewhere", Link(pair().done(), "ns2", "veth_ns1"), "veth_ns1 is in ns1"},

		{"an address that the move took away", Addr(pair().noAddr("ns1", "veth_ns1").done(), "ns1", "veth_ns1", prefix("10.1.1.1/24")), "veth_ns1 in ns1 has no address: an interface loses its addresses when it moves to another namespace"},
		{"a bridge without an address", Addr(bridged().noAddr("host", "br0").done(), "", "br0", any4), "br0 in host has no address"},
		{"an address on another interface", Addr(pair().done(), "ns1", "veth_ns1", prefix("10.1.1.2/24")), "10.1.1.2/24 is on veth_ns2 in ns2"},
		{"an address with another mask", Addr(pair().done(), "ns1", "veth_ns1", prefix("10.1.1.1/16")), "the address is there with another mask: 10.1.1.1/24 instead of 10.1.1.1/16"},
		{"another address", Addr(pair().done(), "ns1", "veth_ns1", prefix("10.9.9.9/24")), "veth_ns1 in ns1 has another address: 10.1.1.1/24"},
		{"an address on an interface that is missing", Addr(pair().done(), "ns1", "eth0", any4), "no namespace of this lab has an interface eth0"},

		{"a route to another gateway", Route(routed().done(), "A", prefix("192.168.2.0/24"), ip("192.168.1.6"), ""), "the route to this network is another one: 192.168.2.0/24 via 192.168.1.5 dev eth0"},
		{"a route whose interface is down", Route(pair().down("ns1", "veth_ns1").done(), "ns1", prefix("10.1.1.0/24"), netip.Addr{}, "veth_ns1"), "veth_ns1 in ns1 is down, and the route to its own network comes when it goes up"},
		{"a gateway out of reach", Route(pair().done(), "ns1", def, ip("10.9.9.9"), ""), "the gateway 10.9.9.9 is in no network that ns1 is connected to"},
		{"a gateway in reach", Route(pair().done(), "ns1", prefix("10.2.0.0/16"), ip("10.1.1.2"), ""), "ns1 has no route to this network"},
		{"no default route", Route(pair().done(), "ns1", def, netip.Addr{}, ""), "ns1 has no default route"},
		{"a network without an address", Route(pair().done(), "ns1", prefix("10.2.0.0/16"), netip.Addr{}, ""), "ns1 has no address in this network, and the route comes with the address"},
		{"no route at all", Route(pair().down("ns1", "veth_ns1").done(), "ns1", netip.Prefix{}, netip.Addr{}, ""), "ns1 has no address on an interface that is up"},
		{"a route on an interface that is elsewhere", Route(pair().done(), "host", prefix("10.1.1.0/24"), netip.Addr{}, "veth_ns1"), "veth_ns1 is in ns1"},

		{"a neighbour that does not answer", Neigh(pair().neigh("ns1", "veth_ns1", "10.1.1.9", "INCOMPLETE").done(), "ns1", ip("10.1.1.9"), ""), "ns1 asked for 10.1.1.9, and nobody answered"},
		{"a neighbour nobody asked for", Neigh(pair().done(), "ns1", ip("10.1.1.2"), "veth_ns1"), "ns1 has not asked for 10.1.1.2 yet"},
		{"no neighbour at all", Neigh(pair().done(), "ns1", netip.Addr{}, ""), "ns1 has not asked for anybody yet"},

		{"a bridge that is down", FDB(bridged().down("host", "br0").done(), "", "br0", "", "02:00:00:00:00:01"), "the bridge br0 in host is down"},
		{"a port of no bridge", FDB(bridged().free("host", "veth_ns1_br0").done(), "host", "br0", "veth_ns1_br0", ""), "veth_ns1_br0 is not a port of br0"},
		{"learned at another port", FDB(learnedAt(bridged(), "host", "veth_ns2_br0", "br0", "02:AA:00:00:00:01", "reachable").done(), "host", "br0", "veth_ns1_br0", "02:aa:00:00:00:01"), "the bridge has learned it at the port veth_ns2_br0"},
		{"entered by hand at another port", FDB(learnedAt(bridged(), "host", "veth_ns2_br0", "br0", "02:aa:00:00:00:01", "permanent").done(), "host", "br0", "veth_ns1_br0", "02:aa:00:00:00:01"), "no frame from it has come to the bridge of late"},
		{"a port that is elsewhere", FDB(bridged().done(), "host", "br0", "veth_ns1", ""), "veth_ns1 is in ns1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got  %q\nwant %q", tt.got, tt.want)
			}
		})
	}
}

func TestTheKernelsOwnLinkLocalAddressIsNoAddress(t *testing.T) {
	n := pair().noAddr("ns1", "veth_ns1").addr("ns1", "veth_ns1", "fe80::1/64")
	want := "veth_ns1 in ns1 has no address: an interface loses its addresses when it moves to another namespace"
	if got := Addr(n.done(), "ns1", "veth_ns1", prefix("10.1.1.1/24")); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTunnelsJoinSegments(t *testing.T) {
	vx := func(n *net, space string, id uint32) *net {
		l := n.link(space, "vx0", "vxlan")
		l.VXLAN = &snapshot.VXLAN{ID: id}
		return n.addr(space, "vx0", "10.5.0."+space[1:]+"/24")
	}
	joined := vx(vx(newNet("n1", "n2"), "n1", 7), "n2", 7)
	if got := Ping(joined.done(), silent("n1", "10.5.0.2")); len(got) > 0 {
		t.Errorf("one network identifier:\n%s", show(got))
	}
	apart := vx(vx(newNet("n1", "n2"), "n1", 7), "n2", 8)
	if got := Ping(apart.done(), silent("n1", "10.5.0.2")); len(got) == 0 {
		t.Error("two network identifiers: no finding")
	}
}
