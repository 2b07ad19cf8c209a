package snapshot

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/op"
)

// shownLab is a lab with one of everything that can be shown.
func shownLab() Lab {
	ip := netip.MustParseAddr
	h := host(
		bridge(2, "br0"), veth(3, "p", "v0", "a", portOf("br0"), func(l *Link) { l.PeerIndex, l.PeerNSID, l.Alias = 2, 0, "to a" }),
		veth(4, "x", "y", Host, noSignal, func(l *Link) { l.PeerIndex, l.Flags = 5, []string{"NO-CARRIER", "BROADCAST", "MULTICAST", "UP"} }),
		veth(5, "y", "x", Host, down, func(l *Link) { l.PeerIndex = 4 }),
		link(6, "vx", "vxlan", func(l *Link) { l.State = "UNKNOWN" }),
		addrOn("br0", "10.0.0.4/24", func(a *Addr) { a.Broadcast = ip("10.0.0.255") }), addrOn("br0", "fd00::4/64"),
		addrOn("x", "10.0.8.1/32", func(a *Addr) { a.Peer, a.Metric = netip.MustParsePrefix("10.0.8.2/32"), 5 }),
		addrOn("lo", "127.0.0.1/8", func(a *Addr) { a.Scope = "host" }),
		connected("10.0.0.0/24", "br0", func(r *Route) { r.Src = ip("10.0.0.4") }),
		connected("10.0.8.2/32", "x", linkdown, func(r *Route) { r.Src = ip("10.0.8.1") }),
		routeVia("0.0.0.0/0", "10.0.0.254", "br0"),
		routeVia("10.5.0.0/16", "10.0.0.9", "br0", func(r *Route) { r.Proto, r.Metric, r.MTU, r.Onlink = "static", 7, 1400, true }),
		routeVia("10.6.0.0/16", "", "", func(r *Route) { r.Type = "blackhole" }),
		routeVia("10.7.0.0/16", "", "", func(r *Route) { r.Type = "unreachable" }),
		routeVia("10.8.0.0/16", "", "", func(r *Route) { r.Type = "prohibit" }),
		routeVia("10.9.0.0/16", "", "br0", func(r *Route) { r.Table = 100 }),
		routeVia("10.10.0.0/16", "fd00::9", "br0"),
		connected("fd00::/64", "br0"),
		routeVia("fd05::/48", "fd00::9", "br0", func(r *Route) { r.Metric, r.Pref = 1024, "medium" }),
		neighOn("br0", "10.0.0.9", machine, "REACHABLE"), neighOn("br0", "10.0.0.8", "", "FAILED"),
		Neigh{Link: "br0", Addr: ip("fd00::9"), MAC: machine, State: "STALE", Router: true},
		neighOn("x", "10.0.8.2", machine, "PERMANENT"), Neigh{Link: "x", Addr: ip("10.0.8.9"), Proxy: true},
		learnedAt("p", "br0", machine), FDB{Link: "p", MAC: "33:33:00:00:00:01", Self: true, State: "permanent"},
		FDB{Link: "br0", MAC: "01:00:5e:00:00:01", Self: true, State: "permanent"},
		FDB{Link: "vx", MAC: machine, Dst: ip("192.0.2.2"), Port: 4790, VNI: 8, Via: "br0", Self: true, State: "static", Flags: []string{"sticky"}},
		map[string]string{"net.ipv4.ip_forward": "1"},
	)
	a := spaceOf("a", veth(2, "v0", "p", Host, func(l *Link) { l.PeerIndex, l.PeerNSID = 3, 1 }), addrOn("v0", "fd00::1/64", func(a *Addr) { a.Flags = []string{"tentative"} }))
	a.NSID = 0
	return labOf(h, a, spaceOf("b"))
}

const brTwo = "2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP "

func TestLinksAndAddressesAreShown(t *testing.T) {
	const ether = "    link/ether 02:00:00:00:00:0"
	const forever = "\n       valid_lft forever preferred_lft forever\n"
	showAll(t, map[string]string{
		"ip link show dev br0": brTwo + "mode DEFAULT group default qlen 1000\n" + ether + "2 brd ff:ff:ff:ff:ff:ff\n",
		"ip link show dev p": "3: p@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000\n" +
			ether + "3 brd ff:ff:ff:ff:ff:ff link-netns a\n    alias to a\n",
		"ip link show dev x": "4: x@y: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN mode DEFAULT group default qlen 1000\n" +
			ether + "4 brd ff:ff:ff:ff:ff:ff\n",
		"ip -n a link show dev v0": "2: v0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\n" +
			ether + "2 brd ff:ff:ff:ff:ff:ff link-netnsid 1\n",
		"ip -br link show type bridge":    "br0              UP             02:00:00:00:00:02 <BROADCAST,MULTICAST,UP,LOWER_UP> \n",
		"ip -br link show master br0":     "p@if2            UP             02:00:00:00:00:03 <BROADCAST,MULTICAST,UP,LOWER_UP> \n",
		"ip -br link show dev y":          "y@x              DOWN           02:00:00:00:00:05 <BROADCAST,MULTICAST> \n",
		"ip -n b -br link show type veth": "",
		"ip -n b link show up":            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc  state UNKNOWN mode DEFAULT group default \n    link/loopback 00:00:00:00:00:00\n",
		"ip -br addr show dev br0":        "br0              UP             10.0.0.4/24 fd00::4/64 \n",
		"ip -br -4 addr show dev br0":     "br0              UP             10.0.0.4/24 \n",
		"ip -br -6 addr show dev br0":     "br0              UP             fd00::4/64 \n",
		"ip -br -6 addr show dev x":       "",
		"ip -br addr show dev x":          "x@y              LOWERLAYERDOWN 10.0.8.1 peer 10.0.8.2/32 metric 5 \n",
		"ip -4 addr show dev br0": brTwo + "group default qlen 1000\n" +
			"    inet 10.0.0.4/24 brd 10.0.0.255 scope global br0" + forever,
		"ip -6 addr show dev br0": brTwo + "group default qlen 1000\n    inet6 fd00::4/64 scope global " + forever,
		"ip addr show dev vx": "6: vx: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN group default qlen 1000\n" +
			ether + "6 brd ff:ff:ff:ff:ff:ff\n",
		"ip -6 addr show dev vx":         "",
		"ip -n a -6 addr show dev v0":    "2: v0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000 link-netnsid 1\n    inet6 fd00::1/64 scope global dynamic tentative " + forever,
		"ip -br addr show to 10.0.0.0/8": "br0              UP             10.0.0.4/24 \nx@y              LOWERLAYERDOWN 10.0.8.1 peer 10.0.8.2/32 metric 5 \n",
	})
}

func TestRoutesAreShown(t *testing.T) {
	showAll(t, map[string]string{
		"ip route": "10.0.0.0/24 dev br0 proto kernel scope link src 10.0.0.4 \n" +
			"10.0.8.2 dev x proto kernel scope link src 10.0.8.1 linkdown \n" +
			"default via 10.0.0.254 dev br0 \n" +
			"10.5.0.0/16 via 10.0.0.9 dev br0 proto static metric 7 onlink mtu 1400 \n" +
			"blackhole 10.6.0.0/16 \nunreachable 10.7.0.0/16 \nprohibit 10.8.0.0/16 \n" +
			"10.10.0.0/16 via inet6 fd00::9 dev br0 \n",
		"ip -6 route": "fd00::/64 dev br0 proto kernel metric 256 pref medium\n" +
			"fd05::/48 via fd00::9 dev br0 metric 1024 pref medium\n",
		"ip route show dev x":         "10.0.8.2 proto kernel scope link src 10.0.8.1 linkdown \n",
		"ip -6 route show dev x":      "",
		"ip route show default":       "default via 10.0.0.254 dev br0 \n",
		"ip -6 route show default":    "",
		"ip route show 10.0.8.2":      "10.0.8.2 dev x proto kernel scope link src 10.0.8.1 linkdown \n",
		"ip route show 10.5.0.0/16":   "10.5.0.0/16 via 10.0.0.9 dev br0 proto static metric 7 onlink mtu 1400 \n",
		"ip route show 10.5.0.0/17":   "",
		"ip route show fd05::/48":     "fd05::/48 via fd00::9 dev br0 metric 1024 pref medium\n",
		"ip route show table 100":     "10.9.0.0/16 dev br0 \n",
		"ip route show table 999":     "",
		"ip route show table default": "",
		"ip -n b route":               "",
	})
}

func TestTheOldRouteCommandIsShown(t *testing.T) {
	const head = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
	lab := shownLab()
	out, err := Show(lab, question(t, "route -n"))
	if err != nil || !strings.HasPrefix(out, head) {
		t.Fatalf("%v\n%s", err, out)
	}
	want := []string{
		"10.0.0.0        0.0.0.0         255.255.255.0   U     0      0        0 br0",
		"10.0.8.2        0.0.0.0         255.255.255.255 UH    0      0        0 x",
		"0.0.0.0         10.0.0.254      0.0.0.0         UG    0      0        0 br0",
		"10.5.0.0        10.0.0.9        255.255.0.0     UG    7      0        0 br0",
		"10.6.0.0        0.0.0.0         255.255.0.0     U     0      0        0 *",
		"10.7.0.0        -               255.255.0.0     !     0      -        0 -",
		"10.8.0.0        -               255.255.0.0     !     0      -        0 -",
	}
	got := strings.Split(strings.TrimSuffix(strings.TrimPrefix(out, head), "\n"), "\n")
	if d := cmp.Diff(want, got[:min(len(want), len(got))]); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
	if out, err := Show(lab, question(t, "ip netns exec b route -n")); err != nil || out != head {
		t.Errorf("in b: %v\n%s", err, out)
	}
}

func TestWaysAreShown(t *testing.T) {
	showAll(t, map[string]string{
		"ip route get 10.0.0.9":   "10.0.0.9 dev br0 src 10.0.0.4 uid 0 \n    cache \n",
		"ip route get 9.9.9.9":    "9.9.9.9 via 10.0.0.254 dev br0 src 10.0.0.4 uid 0 \n    cache \n",
		"ip route get 10.0.0.4":   "local 10.0.0.4 dev lo src 10.0.0.4 uid 0 \n    cache <local> \n",
		"ip route get 127.0.0.9":  "local 127.0.0.9 dev lo src 127.0.0.9 uid 0 \n    cache <local> \n",
		"ip route get 10.0.8.2":   "10.0.8.2 dev x src 10.0.8.1 uid 0 \n    cache \n",
		"ip route get 10.10.1.1":  "10.10.1.1 via inet6 fd00::9 dev br0 src 10.0.0.4 uid 0 \n    cache \n",
		"ip route get fd00::9":    "fd00::9 from :: dev br0 proto kernel src fd00::4 metric 256 pref medium\n",
		"ip route get fd05::1":    "fd05::1 from :: via fd00::9 dev br0 src fd00::4 metric 1024 pref medium\n",
		"ip route get fd00::4":    "local fd00::4 from :: dev lo table local proto kernel src fd00::4 metric 0 pref medium\n",
		"ip route get 10.0.0.255": "broadcast 10.0.0.255 dev br0 src 10.0.0.4 uid 0 \n    cache <local,brd> \n",
		"ip route get 10.0.0.0":   "10.0.0.0 dev br0 src 10.0.0.4 uid 0 \n    cache \n",
	})
	refuseAll(t, map[string]Refusal{
		"ip route get 10.6.1.1":      {"RTNETLINK answers: Invalid argument", 2},
		"ip route get 10.7.1.1":      {"RTNETLINK answers: No route to host", 2},
		"ip route get 10.8.1.1":      {"RTNETLINK answers: Permission denied", 2},
		"ip route get fd09::1":       {"RTNETLINK answers: Network is unreachable", 2},
		"ip -n b route get 10.0.0.1": {"RTNETLINK answers: Network is unreachable", 2},
	})
}

func TestTablesAreShown(t *testing.T) {
	showAll(t, map[string]string{
		"ip neigh": "10.0.0.9 dev br0 lladdr " + machine + " REACHABLE \n10.0.0.8 dev br0 FAILED \n" +
			"fd00::9 dev br0 lladdr " + machine + " router STALE \n10.0.8.2 dev x lladdr " + machine + " PERMANENT \n",
		"ip neigh show dev x":     "10.0.8.2 lladdr " + machine + " PERMANENT \n",
		"ip -6 neigh":             "fd00::9 dev br0 lladdr " + machine + " router STALE \n",
		"ip -4 neigh show dev x":  "10.0.8.2 lladdr " + machine + " PERMANENT \n",
		"ip -6 neigh show dev x":  "",
		"ip neigh show 10.0.0.9":  "10.0.0.9 dev br0 lladdr " + machine + " REACHABLE \n",
		"ip neigh show 10.0.0.77": "",
		"ip -br -6 neigh":         "fd00::9                                 br0              " + machine + "\n",
		"ip -br neigh show dev x": "10.0.8.2                                " + machine + "\n",
		"ip -n b neigh":           "",
		"bridge fdb show": machine + " dev p master br0 \n33:33:00:00:00:01 dev p self permanent\n01:00:5e:00:00:01 dev br0 self permanent\n" +
			machine + " dev vx dst 192.0.2.2 port 4790 vni 8 via br0 self sticky static\n",
		"bridge fdb show dev p":          machine + " master br0 \n33:33:00:00:00:01 self permanent\n",
		"bridge fdb show br br0":         machine + " dev p master br0 \n33:33:00:00:00:01 dev p self permanent\n01:00:5e:00:00:01 dev br0 self permanent\n",
		"bridge fdb show br br0 dynamic": machine + " dev p master br0 \n",
		"bridge fdb show dynamic":        machine + " dev p master br0 \n" + machine + " dev vx dst 192.0.2.2 port 4790 vni 8 via br0 self sticky static\n",
		"bridge link":                    "3: p@br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state forwarding priority 32 cost 2 \n",
		"bridge link show dev p":         "3: p@br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state forwarding priority 32 cost 2 \n",
		"bridge link show dev x":         "",
		"ip netns list":                  "a (id: 0)\nb\n",
		"ip netns":                       "a (id: 0)\nb\n",
		"sysctl net.ipv4.ip_forward":     "net.ipv4.ip_forward = 1\n",
		"sysctl -n net.ipv4.ip_forward":  "1\n",
	})
}

func TestUnknownNamesAreRefused(t *testing.T) {
	refuseAll(t, map[string]Refusal{
		"ip link show dev z":       {`Device "z" does not exist.`, 1},
		"ip addr show dev z":       {`Device "z" does not exist.`, 1},
		"ip -n a addr show dev p":  {`Device "p" does not exist.`, 1},
		"ip link show master z":    {"Error: argument \"z\" is wrong: Device does not exist\n", 255},
		"ip route show dev z":      {`Cannot find device "z"`, 1},
		"ip neigh show dev z":      {`Cannot find device "z"`, 1},
		"bridge fdb show dev z":    {`Cannot find device "z"`, 255},
		"bridge fdb show br z":     {"Cannot find bridge device \"z\"\n", 255},
		"bridge link show dev z":   {`Cannot find device "z"`, 1},
		"ip -n z link":             {`Cannot open network namespace "z": No such file or directory`, 255},
		"ip netns exec z route -n": {`Cannot open network namespace "z": No such file or directory`, 255},
		"ip -n host link":          {`Cannot open network namespace "host": No such file or directory`, 255},
	})
}

func TestBroadcastAddresses(t *testing.T) {
	given := func(a *Addr) { a.Broadcast = netip.MustParseAddr("10.1.0.77") }
	s := spaceOf("a", veth(2, "v0", "", ""), veth(3, "v1", "", "", down),
		addrOn("v0", "10.0.0.1/24"), addrOn("v0", "10.1.0.1/25", given), addrOn("v0", "10.2.0.0/31"), addrOn("v0", "10.3.0.1/32"),
		addrOn("v1", "10.4.0.1/24"), addrOn("v0", "fd00::1/64"))
	tests := map[string]bool{
		"10.0.0.255": true, "10.0.0.254": false, "10.0.0.0": false, "10.1.0.77": true, "10.1.0.127": true, "10.1.0.255": false,
		"10.2.0.1": false, "10.3.0.1": false, "10.4.0.255": false, "fd00::ffff:ffff:ffff:ffff": false, "255.255.255.255": false,
	}
	for to, want := range tests {
		if _, got := s.broadcastOf(netip.MustParseAddr(to)); got != want {
			t.Errorf("%s: %v, want %v", to, got, want)
		}
	}
	for _, line := range []string{"ip route get 224.0.0.1", "ip route get ff02::1", "ip route get 255.255.255.255"} {
		if out, err := Show(shownLab(), question(t, line)); !errors.Is(err, ErrNoView) {
			t.Errorf("%s: %q, %v", line, out, err)
		}
	}
}

func TestTheSourceOfAPacketIsChosen(t *testing.T) {
	ip := netip.MustParseAddr
	scoped := func(s string) func(*Addr) { return func(a *Addr) { a.Scope = s } }
	s := spaceOf("a", veth(2, "v0", "", ""), veth(3, "v1", "", ""),
		addrOn("v0", "10.0.0.1/24", scoped("link")), addrOn("v0", "10.1.0.1/24"), addrOn("v0", "10.2.0.1/24"), addrOn("v1", "10.3.0.1/24"),
		addrOn("v0", "fd00::1/64"), addrOn("v0", "fe80::1/64", scoped("link")))
	tests := map[string]struct {
		route Route
		to    string
		want  string
	}{
		"the route's own":                      {routeVia("0.0.0.0/0", "10.2.0.9", "v0", func(r *Route) { r.Src = ip("10.3.0.1") }), "9.9.9.9", "10.3.0.1"},
		"the network of the gateway":           {routeVia("0.0.0.0/0", "10.2.0.9", "v0"), "9.9.9.9", "10.2.0.1"},
		"the network of the target":            {connected("10.1.0.0/24", "v0"), "10.1.0.7", "10.1.0.1"},
		"the first with meaning there":         {routeVia("10.9.0.0/16", "", "v0"), "10.9.0.1", "10.1.0.1"},
		"only addresses of the link":           {routeVia("10.9.0.0/16", "", "v1"), "10.9.0.1", "10.3.0.1"},
		"a link without addresses":             {routeVia("10.9.0.0/16", "", "v9"), "10.9.0.1", "invalid IP"},
		"IPv6":                                 {routeVia("::/0", "fd00::2", "v0"), "2001:db8::1", "fd00::1"},
		"IPv6 to a gateway that is link-local": {routeVia("::/0", "fe80::2", "v0"), "fe80::9", "fe80::1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := s.sourceFor(tt.route, ip(tt.to)).String(); got != tt.want {
				t.Errorf("from %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAddressesOfALinkThatIsDownAreNotAnswered(t *testing.T) {
	s := spaceOf("a", veth(2, "v0", "", "", down), addrOn("v0", "10.0.0.1/24"))
	if s.isOwn(netip.MustParseAddr("10.0.0.1")) {
		t.Error("a link that is down has no address of one's own")
	}
	s.Links[1].Up = true
	if !s.isOwn(netip.MustParseAddr("10.0.0.1")) || s.isOwn(netip.MustParseAddr("10.0.0.2")) {
		t.Error("a link that is up has just its addresses")
	}
}

func showAll(t *testing.T, tests map[string]string) {
	t.Helper()
	lab := shownLab()
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			out, err := Show(lab, question(t, line))
			if d := cmp.Diff(want, out); err != nil || d != "" {
				t.Errorf("%v (- want, + got):\n%s", err, d)
			}
		})
	}
}

func refuseAll(t *testing.T, tests map[string]Refusal) {
	t.Helper()
	lab := shownLab()
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			out, err := Show(lab, question(t, line))
			var r *Refusal
			if !errors.As(err, &r) || *r != want || out != "" {
				t.Errorf("%q, %v, want %v", out, err, want)
			}
		})
	}
}

// TestFamiliesOfQuestions: what is asked for in one family has nothing of the
// other.
func TestFamiliesOfQuestions(t *testing.T) {
	four, six := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")
	tests := map[op.Family][2]bool{op.AnyFamily: {true, true}, op.IPv4: {true, false}, op.IPv6: {false, true}}
	for family, want := range tests {
		if got := [2]bool{ofFamily(family, four), ofFamily(family, six)}; got != want {
			t.Errorf("family %d: %v, want %v", family, got, want)
		}
	}
	for to, want := range map[string]bool{"": true, "default": true, "10.0.0.1": true, "10.0.0.0/8": true, "10.0.0.2": false, "fd00::/8": false, "junk": false} {
		if within(to, four) != want {
			t.Errorf("within(%q) = %v", to, !want)
		}
	}
}
