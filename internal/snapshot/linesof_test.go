package snapshot

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lineOf is the only line that a thing makes, in host or in the namespace a.
func lineOf(t *testing.T, space string, thing any) string {
	t.Helper()
	with, without := spaceOf(space, thing).lines(), spaceOf(space).lines()
	var own []string
	for _, l := range with {
		if !slices.Contains(without, l) {
			own = append(own, l)
		}
	}
	if len(own) != 1 {
		t.Fatalf("the lines are %q", own)
	}
	return own[0]
}

func TestEachThingIsOneLine(t *testing.T) {
	const facts = " # <BROADCAST,MULTICAST,UP,LOWER_UP> UP qdisc noqueue qlen 1000"
	ip, net := netip.MustParseAddr, netip.MustParsePrefix
	vx := func(v VXLAN) Link { l := link(2, "vx", "vxlan"); l.VXLAN = &v; return l }
	tests := []struct {
		name  string
		space string
		thing any
		want  string
	}{
		{"a cable", Host, veth(2, "v0", "v1", "a"), "ip link add v0 address 02:00:00:00:00:02 mtu 1500 up type veth peer name v1 netns a" + facts},
		{"a cable to nowhere", "a", veth(2, "v0", "", ""), "ip -n a link add v0 address 02:00:00:00:00:02 mtu 1500 up type veth" + facts},
		{
			"a link that is down", Host, link(2, "d0", "dummy", down),
			"ip link add d0 address 02:00:00:00:00:02 mtu 1500 type dummy # <BROADCAST,MULTICAST> DOWN qdisc noqueue qlen 1000",
		},
		{
			"a bridge", Host, bridge(2, "br0", func(l *Link) { l.Bridge.STP, l.Bridge.ID = true, "8000.x" }),
			"ip link add br0 address 02:00:00:00:00:02 mtu 1500 up type bridge stp on vlan_filtering off ageing_time 30000 forward_delay 1500" + facts + " bridge 8000.x",
		},
		{
			"a port", Host, veth(2, "p", "", "", portOf("br0"), func(l *Link) { l.Addrgen, l.Alias = "eui64", "left" }),
			"ip link add p address 02:00:00:00:00:02 mtu 1500 master br0 up alias left type veth" + facts +
				" addrgen eui64 port forwarding learning on flood on hairpin off isolated off neigh_suppress off priority 32 cost 2",
		},
		{
			"a vxlan", Host, vx(VXLAN{ID: 7, Local: ip("192.0.2.1"), Remote: ip("192.0.2.2"), Dev: "v0", DstPort: 4789, Learning: true}),
			"ip link add vx address 02:00:00:00:00:02 mtu 1500 up type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dev v0 dstport 4789" + facts,
		},
		{
			"a vxlan that learns nothing", Host, vx(VXLAN{ID: 7, Remote: ip("fd00::2")}),
			"ip link add vx address 02:00:00:00:00:02 mtu 1500 up type vxlan id 7 remote fd00::2 dstport 0 nolearning" + facts,
		},
		{"an address", Host, addrOn("v0", "10.0.0.1/24"), "ip addr add 10.0.0.1/24 dev v0"},
		{"an IPv6 address", "a", addrOn("v0", "fd00::1/64"), "ip -n a addr add fd00::1/64 dev v0"},
		{"a broadcast address", Host, addrOn("v0", "10.0.0.1/24", func(a *Addr) { a.Broadcast = ip("10.0.0.255") }), "ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0"},
		{"point to point", Host, addrOn("v0", "10.0.0.1/32", func(a *Addr) { a.Peer = net("10.0.0.2/32") }), "ip addr add 10.0.0.1/32 peer 10.0.0.2/32 dev v0"},
		{"a scope and a label", Host, addrOn("v0", "10.0.0.1/24", func(a *Addr) { a.Scope, a.Label = "link", "v0:x" }), "ip addr add 10.0.0.1/24 scope link label v0:x dev v0"},
		{"a metric of an address", Host, addrOn("v0", "10.0.0.1/24", func(a *Addr) { a.Metric = 7 }), "ip addr add 10.0.0.1/24 metric 7 dev v0"},
		{"flags of an address", Host, addrOn("v0", "fd00::1/64", func(a *Addr) { a.Flags = []string{"nodad", "permanent", "dadfailed"} }), "ip addr add fd00::1/64 dev v0 # nodad dadfailed"},
		{"a route of the kernel", Host, connected("10.0.0.0/24", "v0"), "ip route add 10.0.0.0/24 dev v0 proto kernel scope link"},
		{"an IPv6 route of the kernel", Host, connected("fd00::/64", "v0"), "ip -6 route add fd00::/64 dev v0 proto kernel metric 256"},
		{"a default route", "a", routeVia("0.0.0.0/0", "10.0.0.2", "v0"), "ip -n a route add default via 10.0.0.2 dev v0 proto boot"},
		{"an IPv6 default route", "a", routeVia("::/0", "fd00::2", "v0"), "ip -n a -6 route add default via fd00::2 dev v0 proto boot"},
		{
			"a route with all words", Host, routeVia("10.5.0.1/32", "10.0.0.2", "v0", func(r *Route) {
				r.Table, r.Proto, r.Scope, r.Src, r.Metric, r.MTU, r.Onlink, r.Dead, r.LinkDown = 100, "static", "link", ip("10.0.0.1"), 7, 1400, true, true, true
			}),
			"ip route add 10.5.0.1 via 10.0.0.2 dev v0 table 100 proto static scope link src 10.0.0.1 metric 7 mtu 1400 onlink # dead linkdown",
		},
		{"a blackhole", Host, routeVia("10.5.0.0/16", "", "", func(r *Route) { r.Type = "blackhole" }), "ip route add blackhole 10.5.0.0/16 proto boot"},
		{"a neighbour", Host, neighOn("v0", "10.0.0.2", machine, "STALE"), "ip neigh add 10.0.0.2 lladdr " + machine + " dev v0 nud stale"},
		{"a router", Host, Neigh{Link: "v0", Addr: ip("fd00::2"), MAC: machine, State: "REACHABLE", Router: true}, "ip neigh add fd00::2 lladdr " + machine + " dev v0 nud reachable router"},
		{"a proxy", "a", Neigh{Link: "v0", Addr: ip("10.0.0.9"), Proxy: true}, "ip -n a neigh add proxy 10.0.0.9 dev v0"},
		{"a learned entry", Host, learnedAt("p", "br0", machine), "bridge fdb add " + machine + " dev p master reachable # of br0"},
		{
			"an entry with all words", "a",
			FDB{Link: "vx", MAC: machine, Dst: ip("192.0.2.2"), VLAN: 3, Port: 4790, VNI: 8, Via: "v0", Self: true, State: "permanent", Flags: []string{"sticky"}},
			"bridge -n a fdb add " + machine + " dev vx dst 192.0.2.2 vlan 3 port 4790 vni 8 via v0 self permanent # sticky",
		},
		{"rules", "a", 3, "# a: 3 nftables rules"},
		{"a setting", "a", map[string]string{"net.x": "1"}, "ip netns exec a sysctl -w net.x=1"},
		{"a setting of host", Host, map[string]string{"net.x": "1"}, "sysctl -w net.x=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lineOf(t, tt.space, tt.thing)); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

func TestLinesAreSortedWithinTheirSort(t *testing.T) {
	lab := labOf(host(), spaceOf("a",
		addrOn("v0", "10.0.0.9/24"), addrOn("v0", "10.0.0.1/24"), veth(3, "v1", "", "", down), veth(2, "v0", "", "", down),
		routeVia("10.9.0.0/16", "", "v0"), routeVia("10.5.0.0/16", "", "v0"), map[string]string{"y": "1", "x": "1"}))
	other := labOf(host(), spaceOf("a",
		map[string]string{"x": "1", "y": "1"}, routeVia("10.5.0.0/16", "", "v0"), routeVia("10.9.0.0/16", "", "v0"),
		veth(2, "v0", "", "", down), veth(3, "v1", "", "", down), addrOn("v0", "10.0.0.1/24"), addrOn("v0", "10.0.0.9/24")))
	got := lab.Lines()
	if d := cmp.Diff(got, other.Lines()); d != "" {
		t.Errorf("the order of making is seen:\n%s", d)
	}
	at := func(part string) int {
		return slices.IndexFunc(got, func(l string) bool { return len(l) >= len(part) && l[:len(part)] == part })
	}
	order := []string{"ip netns add a", "ip -n a link add lo", "ip -n a link add v0", "ip -n a addr add 10.0.0.1", "ip -n a route add 10.5", "ip netns exec a sysctl -w x"}
	for i, part := range order {
		if at(part) < 0 || i > 0 && at(part) <= at(order[i-1]) {
			t.Errorf("%q is out of order in %q", part, got)
		}
	}
}

func TestNormaliseLeavesOutWhatDiffersEachTime(t *testing.T) {
	drawnMAC := func(l *Link) { l.MAC = "a2:34:56:78:9a:bc" }
	tests := []struct {
		name       string
		one, other Lab
		same       bool
	}{
		{"MAC addresses that the kernel drew", cable(drawnMAC), cable(func(l *Link) { l.MAC = "be:ef:12:34:56:78" }), true},
		{"MAC addresses that people chose", cable(), cable(func(l *Link) { l.MAC = "02:00:00:00:00:44" }), false},
		{"numbers of links", cable(), cable(func(l *Link) { l.Index, l.PeerIndex, l.PeerNSID = 9, 9, 9 }), true},
		{"a link that could lie over another", cable(), cable(func(l *Link) { l.PeerIndex = NoLink }), true},
		{"why there is no signal", cable(noSignal), cable(noSignal, func(l *Link) { l.State = "DOWN" }), true},
		{"whether there is a signal", cable(), cable(noSignal), false},
		{"link-local addresses of MAC addresses", lan(addrOn("v0", "fe80::ff:fe00:1/64")), lan(addrOn("v0", "fe80::ff:fe00:2/64")), true},
		{"how many of these", lan(addrOn("v0", "fe80::ff:fe00:1/64")), lan(addrOn("v0", "fe80::ff:fe00:2/64"), addrOn("v0", "fe80::ff:fe00:3/64")), true},
		{"link-local addresses that were chosen", lan(addrOn("v0", "fe80::1/64")), lan(addrOn("v0", "fe80::2/64")), false},
		{"whether there is one", lan(), lan(addrOn("v0", "fe80::1/64")), false},
		{"an address that is still tentative", lan(addrOn("v0", "fd00::1/64", func(a *Addr) { a.Flags = []string{"tentative"} })), lan(addrOn("v0", "fd00::1/64")), true},
		{"an address that failed", lan(addrOn("v0", "fd00::1/64", func(a *Addr) { a.Flags = []string{"dadfailed"} })), lan(addrOn("v0", "fd00::1/64")), false},
		{"the age of a neighbour", lan(neighOn("v0", "10.0.0.2", machine, "STALE")), lan(neighOn("v0", "10.0.0.2", machine, "PROBE")), true},
		{"a neighbour that is set", lan(neighOn("v0", "10.0.0.2", machine, "STALE")), lan(neighOn("v0", "10.0.0.2", machine, "PERMANENT")), false},
		{"a neighbour that does not answer", lan(neighOn("v0", "10.0.0.2", "", "FAILED")), lan(), true},
		{"a link-local neighbour", lan(neighOn("v0", "fe80::2", machine, "STALE")), lan(), true},
		{"an IPv4 link-local neighbour", lan(neighOn("v0", "169.254.0.2", machine, "STALE")), lan(), false},
		{"multicast entries", switched(FDB{Link: "p", MAC: "33:33:00:00:00:01", State: "permanent"}), switched(), true},
		{"an entry that is set", switched(FDB{Link: "p", MAC: machine, State: "static"}), switched(), false},
		{"a namespace's number", labOf(host(), spaceOf("a")), labOf(host(), Space{Name: "a", Links: spaceOf("a").Links, NSID: 5}), true},
		{"a namespace's name", labOf(host(), spaceOf("a")), labOf(host(), spaceOf("b")), false},
		{"a bridge's identifier", labOf(host(bridge(2, "b"))), labOf(host(bridge(2, "b", func(l *Link) { l.Bridge.ID = "8000.x" }))), true},
		{"a bridge's settings", labOf(host(bridge(2, "b"))), labOf(host(bridge(2, "b", func(l *Link) { l.Bridge.STP = true }))), false},
		{
			"an entry of a drawn address that is no link's", switched(FDB{Link: "p", MAC: "a2:34:56:78:9a:bc", State: "static"}),
			switched(FDB{Link: "p", MAC: "be:ef:12:34:56:78", State: "static"}), true,
		},
		{
			"an entry that was learned of a link", labOf(switched().Spaces[0], spaceOf("a", veth(2, "v0", "", "", drawnMAC))),
			labOf(switched(learnedAt("p", "br0", "a2:34:56:78:9a:bc")).Spaces[0], spaceOf("a", veth(2, "v0", "", "", drawnMAC))), true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := cmp.Diff(Normalise(tt.one).Lines(), Normalise(tt.other).Lines())
			if (d == "") != tt.same {
				t.Errorf("the same: %v, want %v\n%s", d == "", tt.same, d)
			}
		})
	}
}

func TestNormaliseNamesAddressesByLink(t *testing.T) {
	drawn := func(end string) func(*Link) { return func(l *Link) { l.MAC = "a2:34:56:78:9a:" + end } }
	lab := labOf(host(
		bridge(2, "br0", drawn("02")), veth(3, "p", "", "", portOf("br0"), drawn("02")), veth(4, "a", "", "", drawn("01")),
		neighOn("a", "10.0.0.2", "a2:34:56:78:9a:02", "STALE"), neighOn("a", "10.0.0.3", "be:ef:12:34:56:78", "STALE"),
		FDB{Link: "p", MAC: "ff:ff:ff:ff:ff:ff", State: "permanent"},
	))
	s := Normalise(lab).Spaces[0]
	got := map[string]string{}
	for _, l := range s.Links {
		got[l.Name] = l.MAC
	}
	for _, n := range s.Neighs {
		got[n.Addr.String()] = n.MAC
	}
	want := map[string]string{"lo": "00:00:00:00:00:00", "a": "mac1", "p": "mac2", "br0": "a port's", "10.0.0.2": "mac2", "10.0.0.3": "mac?"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(s.FDB) != 0 || len(lab.Spaces[0].FDB) != 1 {
		t.Errorf("%d entries now, %d in the lab itself", len(s.FDB), len(lab.Spaces[0].FDB))
	}
}

func TestMulticastIsTheLowestBit(t *testing.T) {
	tests := map[string]bool{
		"01:00:5e:00:00:01": true, "33:33:00:00:00:01": true, "ff:ff:ff:ff:ff:ff": true,
		"02:00:00:00:00:01": false, "00:00:00:00:00:00": false, "fe:00:00:00:00:00": false, "": false, "192.0.2.1": false,
	}
	for mac, want := range tests {
		if multicast(mac) != want {
			t.Errorf("multicast(%q) = %v", mac, !want)
		}
	}
}
