package diagnose

import (
	"net/netip"
	"testing"

	"netlab/internal/snapshot"
)

func TestTheRouteIsTheOneTheKernelTakes(t *testing.T) {
	routes := func(r ...snapshot.Route) snapshot.Space { return snapshot.Space{Routes: r} }
	way := func(dst, link string, metric uint32) snapshot.Route {
		return snapshot.Route{Dst: prefix(dst), Link: link, Metric: metric}
	}
	tests := []struct {
		name  string
		space snapshot.Space
		to    string
		want  string // the interface; "": no route
	}{
		{"none", routes(), "10.0.0.1", ""},
		{"one that does not fit", routes(way("10.1.0.0/16", "a", 0)), "10.2.0.1", ""},
		{"the longest prefix, when it comes last", routes(way("0.0.0.0/0", "a", 0), way("10.0.0.0/8", "b", 0), way("10.0.0.0/24", "c", 0)), "10.0.0.1", "c"},
		{"the longest prefix, when it comes first", routes(way("10.0.0.0/24", "c", 0), way("10.0.0.0/8", "b", 0)), "10.0.0.1", "c"},
		{"a long prefix at any cost", routes(way("10.0.0.0/8", "b", 0), way("10.0.0.0/24", "c", 5000)), "10.0.0.1", "c"},
		{"the smaller metric of two", routes(way("10.0.0.0/8", "a", 9), way("10.0.0.0/8", "b", 3)), "10.0.0.1", "b"},
		{"the first of two that are equal", routes(way("10.0.0.0/8", "a", 3), way("10.0.0.0/8", "b", 3)), "10.0.0.1", "a"},
		{"the default route of its own family", routes(way("0.0.0.0/0", "a", 0), way("::/0", "b", 1024)), "fd00::1", "b"},
		{"the interface that the zone names", routes(way("fe80::/64", "a", 0), way("fe80::/64", "b", 0)), "fe80::1%b", "b"},
		{"an interface without a route, in the zone", routes(way("fe80::/64", "a", 0)), "fe80::1%b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := lookup(tt.space, ip(tt.to))
			if got.Link != tt.want || ok != (tt.want != "") {
				t.Errorf("by %q, %v; want %q", got.Link, ok, tt.want)
			}
		})
	}
}

func TestTheSourceAddressIsTheOneTheKernelTakes(t *testing.T) {
	space := snapshot.Space{Addrs: []snapshot.Addr{
		{Link: "lo", Prefix: prefix("127.0.0.1/8"), Scope: "host"},
		{Link: "b", Prefix: prefix("10.9.0.1/16"), Scope: "global"},
		{Link: "a", Prefix: prefix("10.1.0.1/16"), Scope: "global"},
		{Link: "a", Prefix: prefix("10.2.0.1/16"), Scope: "global"},
		{Link: "a", Prefix: prefix("fe80::1/64"), Scope: "link"},
		{Link: "a", Prefix: prefix("fd00::1/64"), Scope: "global"},
	}}
	tests := []struct {
		name  string
		space snapshot.Space
		route snapshot.Route
		next  string
		want  string // "": none
	}{
		{"what the route says", space, snapshot.Route{Link: "a", Src: ip("10.9.0.1")}, "10.1.0.2", "10.9.0.1"},
		{"the one in the network of the other machine", space, snapshot.Route{Link: "a"}, "10.2.0.2", "10.2.0.1"},
		{"the first of the interface when none is", space, snapshot.Route{Link: "a"}, "10.3.0.2", "10.1.0.1"},
		{"that of another interface when the own has none", space, snapshot.Route{Link: "c"}, "10.3.0.2", "10.9.0.1"},
		{"a link-local one for a link-local neighbour", space, snapshot.Route{Link: "a"}, "fe80::2%a", "fe80::1"},
		{"no link-local one for others", space, snapshot.Route{Link: "a"}, "fd05::2", "fd00::1"},
		{"never that of lo", snapshot.Space{Addrs: space.Addrs[:1]}, snapshot.Route{Link: "a"}, "10.1.0.2", ""},
		{"none of the other family", snapshot.Space{Addrs: space.Addrs[:3]}, snapshot.Route{Link: "a"}, "fd00::2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want netip.Addr
			if tt.want != "" {
				want = ip(tt.want)
			}
			if got := source(tt.space, tt.route, ip(tt.next)); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestWhatStateIsMissingIsSaidInIPv6(t *testing.T) {
	far := prefix("fd09::/64")
	known := func() *net { return pair6().neigh("ns1", "veth_ns1", "fd00::2", "REACHABLE") }
	tests := []struct{ name, got, want string }{
		{"an address that is there with another mask, on any interface", Addr(pair6().done(), "ns1", "", prefix("fd00::1/48")), "the address is there with another mask: fd00::1/64 instead of fd00::1/48"},
		{"an address that nobody has, on any interface", Addr(pair6().done(), "ns1", "", prefix("fd00::9/64")), "ns1 has another address: 127.0.0.1/8, fd00::1/64"},
		{"no address at all, on any interface", Addr(pair6().down("ns1", "lo").noAddr("ns1", "veth_ns1").done(), "ns1", "", prefix("fd00::9/64")), "ns1 has no address"},
		{"an address of somebody else, on any interface", Addr(pair6().done(), "ns1", "", prefix("fd00::2/64")), "fd00::2/64 is on veth_ns2 in ns2"},
		{"a link-local address is no other address", Addr(pair6().noAddr("ns2", "veth_ns2").addr("ns2", "veth_ns2", "fe80::2/64").done(), "ns2", "veth_ns2", prefix("fd00::2/64")), "veth_ns2 in ns2 has no address: an interface loses its addresses when it moves to another namespace"},
		{"a network behind no gateway", Route(pair6().done(), "ns1", far, netip.Addr{}, ""), "ns1 has no address in this network, and the route comes with the address"},
		{"a gateway out of reach", Route(pair6().done(), "ns1", far, ip("fd07::1"), ""), "the gateway fd07::1 is in no network that ns1 is connected to"},
		{"a gateway in reach", Route(pair6().done(), "ns1", far, ip("fd00::2"), ""), "ns1 has no route to this network"},
		{"no default route", Route(pair6().done(), "ns1", prefix("::/0"), netip.Addr{}, ""), "ns1 has no default route"},
		{"another gateway of the default route", Route(routed6().done(), "A", prefix("::/0"), ip("fd01::6"), ""), "the route to this network is another one: default via fd01::5 dev eth0"},
		{"an interface that is down", Route(pair6().down("ns1", "veth_ns1").done(), "ns1", prefix("fd00::/64"), netip.Addr{}, ""), "veth_ns1 in ns1 is down, and the route to its own network comes when it goes up"},
		{"any route over an interface without an address", Route(bridged6().done(), "host", netip.Prefix{}, netip.Addr{}, "port_ns1"), "no route leads out of port_ns1 in host: a route comes with an address on it"},
		{"any route over an interface that is down", Route(pair6().down("ns1", "veth_ns1").done(), "ns1", netip.Prefix{}, netip.Addr{}, "veth_ns1"), "veth_ns1 in ns1 is down"},
		{"a link without a cable", Link(pair6().edit("ns1", func(s *snapshot.Space) { s.Links[1].Peer, s.Links[1].Carrier = "", false }).done(), "ns1", "veth_ns1"), "veth_ns1 in ns1 has no carrier"},
		{"a neighbour that did not answer", Neigh(pair6().neigh("ns1", "veth_ns1", "fd00::9", "FAILED").done(), "ns1", ip("fd00::9"), ""), "ns1 asked for fd00::9, and nobody answered"},
		{"any neighbour, of whom one did not answer", Neigh(pair6().neigh("ns1", "veth_ns1", "fd00::9", "FAILED").done(), "ns1", netip.Addr{}, ""), "ns1 asked for fd00::9, and nobody answered"},
		{"any neighbour on another interface", Neigh(pair6().neigh("ns1", "veth_ns1", "fd00::9", "FAILED").done(), "ns1", netip.Addr{}, "lo"), "ns1 has not asked for anybody yet"},
		{"a neighbour that others know", Neigh(known().done(), "ns1", ip("fd00::3"), ""), "ns1 has not asked for fd00::3 yet"},
		{"a neighbour with its zone", Neigh(pair6().neigh("ns1", "veth_ns1", "fe80::9", "INCOMPLETE").done(), "ns1", ip("fe80::9%veth_ns1"), ""), "ns1 asked for fe80::9, and nobody answered"},
		{"a bridge that learned nothing", FDB(bridged6().done(), "", "br0", "", ""), "no frame has come to the bridge of late"},
		{"a port that learned nothing", FDB(bridged6().done(), "host", "br0", "port_ns1", ""), "no frame has come to the port port_ns1 of late"},
		{"an address that was not learned", FDB(bridged6().done(), "host", "br0", "port_ns1", "02:00:00:00:00:01"), "no frame from it has come to the bridge of late"},
		{"an address that another port learned", FDB(learnedAt(bridged6(), "host", "port_ns2", "br0", "02:00:00:00:00:01", "reachable").done(), "host", "br0", "port_ns1", "02:00:00:00:00:01"), "the bridge has learned it at the port port_ns2"},
		{"an address that was put there by hand", FDB(learnedAt(bridged6(), "host", "port_ns2", "br0", "02:00:00:00:00:01", "static").done(), "host", "br0", "port_ns1", "02:00:00:00:00:01"), "no frame from it has come to the bridge of late"},
		{"a port that is none", FDB(bridged6().free("host", "port_ns1").done(), "host", "br0", "port_ns1", ""), "port_ns1 is not a port of br0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got  %q\nwant %q", tt.got, tt.want)
			}
		})
	}
}
