package snapshot

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	machine = "02:00:00:00:00:77" // nobody in the lab
	inA     = "02:00:00:00:00:02" // v0 in a, of cable()
)

func TestNeighboursComeAndGo(t *testing.T) {
	n := func(addr, mac, state string) Lab { return lan(neighOn("v0", addr, mac, state)) }
	proxy := neighOn("v0", "10.0.0.9", "", "")
	proxy.Proxy = true
	tellAll(t, []diffCase{
		{"learned", lan(), n("10.0.0.2", machine, "REACHABLE"), []string{"+ host neigh 10.0.0.2 dev v0 lladdr " + machine}, "learned by ARP"},
		{"learned over IPv6", lan(), n("fd00::2", machine, "STALE"), []string{"+ host neigh fd00::2 dev v0 lladdr " + machine}, "learned by neighbour discovery"},
		{"set by hand", lan(), n("10.0.0.2", machine, "PERMANENT"), []string{"+ host neigh 10.0.0.2 dev v0 lladdr " + machine + " PERMANENT"}, "nobody is asked"},
		{"asked in vain", lan(), n("10.0.0.2", "", "FAILED"), []string{"+ host neigh 10.0.0.2 dev v0 FAILED"}, "ARP asked who has this address"},
		{"asked in vain over IPv6", lan(), n("fd00::2", "", "INCOMPLETE"), []string{"+ host neigh fd00::2 dev v0 INCOMPLETE"}, "neighbour discovery asks who has this address, and nobody has answered yet"},
		{"still asking is as good as in vain", n("10.0.0.2", "", "INCOMPLETE"), n("10.0.0.2", "", "FAILED"), nil, ""},
		{"age: stale", n("10.0.0.2", machine, "REACHABLE"), n("10.0.0.2", machine, "STALE"), nil, ""},
		{"age: delay", n("10.0.0.2", machine, "STALE"), n("10.0.0.2", machine, "DELAY"), nil, ""},
		{"age: probe", n("10.0.0.2", machine, "DELAY"), n("10.0.0.2", machine, "PROBE"), nil, ""},
		{"link-local does not matter", lan(), n("fe80::2", machine, "STALE"), nil, ""},
		{"a proxy", lan(), lan(proxy), []string{"+ host neigh 10.0.0.9 dev v0 proxy"}, "although it does not have it"},
		{"another MAC address", n("10.0.0.2", machine, "STALE"), n("10.0.0.2", inA, "REACHABLE"), []string{"~ host neigh 10.0.0.2 dev v0 lladdr " + inA}, "told its MAC address"},
		{"answered at last", n("10.0.0.2", "", "FAILED"), n("10.0.0.2", machine, "REACHABLE"), []string{"~ host neigh 10.0.0.2 dev v0 lladdr " + machine}, "learned by ARP"},
		{"a proxy beside a neighbour", n("10.0.0.9", machine, "STALE"), lan(neighOn("v0", "10.0.0.9", machine, "STALE"), proxy), []string{"+ host neigh 10.0.0.9 dev v0 proxy"}, ""},
		{"gone", n("10.0.0.2", machine, "STALE"), lan(), []string{"- host neigh 10.0.0.2 dev v0 lladdr " + machine}, "asked for again when it is needed"},
		{
			"names and addresses are kept apart",
			labOf(host(veth(2, "v1", "", ""), veth(3, "v11", "", ""), neighOn("v11", "10.0.0.2", machine, "STALE"))),
			labOf(host(veth(2, "v1", "", ""), veth(3, "v11", "", ""), neighOn("v1", "110.0.0.2", machine, "STALE"))),
			[]string{"+ host neigh 110.0.0.2 dev v1 lladdr " + machine, "- host neigh 10.0.0.2 dev v11 lladdr " + machine}, "",
		},
	})
}

func TestWhyNeighboursGo(t *testing.T) {
	was := lan(neighOn("v0", "10.0.0.2", machine, "STALE"))
	tests := map[string]struct {
		was, now Lab
		reason   string
	}{
		"the link is down":      {was, labOf(host(veth(2, "v0", "", "", down))), "when the link goes down"},
		"the signal is gone":    {was, labOf(host(veth(2, "v0", "", "", noSignal))), "loses its carrier"},
		"the link is gone":      {was, labOf(host()), "it went with its link: v0 is gone"},
		"the link moved":        {labOf(was.Spaces[0], spaceOf("a")), labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))), "v0 moved to a"},
		"the link's MAC is new": {was, labOf(host(veth(2, "v0", "", "", func(l *Link) { l.MAC = "02:00:00:00:00:88" }))), "own MAC address changes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := reasonOf(t, Diff(tt.was, tt.now), "- host neigh 10.0.0.2 dev v0 lladdr "+machine)
			if !strings.Contains(got, tt.reason) {
				t.Errorf("the reason is %q, want %q", got, tt.reason)
			}
		})
	}
}

// switched is host with a bridge, a port, a vxlan, and forwarding entries.
func switched(entries ...FDB) Lab {
	s := host(bridge(4, "br0"), veth(5, "p", "", "", portOf("br0")), link(6, "vx", "vxlan"))
	s.FDB = entries
	return labOf(s, spaceOf("a", veth(2, "v0", "", "")))
}

func TestForwardingEntriesComeAndGo(t *testing.T) {
	far := FDB{Link: "vx", MAC: machine, Dst: netip.MustParseAddr("192.0.2.2"), Self: true, State: "reachable"}
	zeros := FDB{Link: "vx", MAC: "00:00:00:00:00:00", Dst: netip.MustParseAddr("192.0.2.2"), Self: true, State: "permanent"}
	with := func(f FDB, change func(*FDB)) FDB { change(&f); return f }
	port := learnedAt("p", "br0", machine)
	tellAll(t, []diffCase{
		{"learned from a machine", switched(), switched(port), []string{"+ host fdb " + machine + " dev p master br0"}, "br0 learned from a frame that came in at this port: a machine with this MAC address is behind it"},
		{"learned from a link of the lab", switched(), switched(learnedAt("p", "br0", inA)), []string{"+ host fdb " + inA + " dev p master br0"}, "v0 of a is behind it"},
		{"learned behind a tunnel", switched(), switched(far), []string{"+ host fdb " + machine + " dev vx dst 192.0.2.2"}, "a frame came from 192.0.2.2"},
		{"learned at no port", switched(), switched(with(port, func(f *FDB) { f.Master = "" })), []string{"+ host fdb " + machine + " dev p"}, "learned from a frame"},
		{"static", switched(), switched(with(port, func(f *FDB) { f.State = "static" })), []string{"+ host fdb " + machine + " dev p master br0 static"}, "set by hand"},
		{"permanent", switched(), switched(with(port, func(f *FDB) { f.State = "permanent" })), []string{"+ host fdb " + machine + " dev p master br0 permanent"}, "set by hand"},
		{"all zeros", switched(), switched(zeros), []string{"+ host fdb 00:00:00:00:00:00 dev vx dst 192.0.2.2 permanent"}, "every address that is not known"},
		{"in a VLAN", switched(), switched(with(port, func(f *FDB) { f.VLAN = 7 })), []string{"+ host fdb " + machine + " dev p master br0 vlan 7"}, ""},
		{"multicast does not matter", switched(), switched(FDB{Link: "p", MAC: "33:33:00:00:00:01", Self: true, State: "permanent"}), nil, ""},
		{"a port's own address does not matter", switched(), switched(FDB{Link: "p", MAC: "02:00:00:00:00:05", Master: "br0", State: "permanent"}), nil, ""},
		{"the bridge's own address at a port does not matter", switched(), switched(FDB{Link: "p", MAC: "02:00:00:00:00:04", Master: "br0", State: "permanent"}), nil, ""},
		{"an entry of the port's own table does not matter", switched(), switched(FDB{Link: "p", MAC: machine, Self: true, State: "permanent"}), nil, ""},
		{"age does not matter", switched(port), switched(with(port, func(f *FDB) { f.State = "stale" })), nil, ""},
		{"another far end", switched(far), switched(with(far, func(f *FDB) { f.Dst = netip.MustParseAddr("192.0.2.3") })), []string{"+ host fdb " + machine + " dev vx dst 192.0.2.3", "- host fdb " + machine + " dev vx dst 192.0.2.2"}, ""},
		{"forgotten", switched(port), switched(), []string{"- host fdb " + machine + " dev p master br0"}, "sent to all ports again"},
		{"learned is pinned", switched(port), switched(with(port, func(f *FDB) { f.State = "permanent" })), []string{"+ host fdb " + machine + " dev p master br0 permanent", "- host fdb " + machine + " dev p master br0"}, "set by hand"},
	})
}

func TestWhyForwardingEntriesGo(t *testing.T) {
	was := switched(learnedAt("p", "br0", machine))
	change := func(set func(*Link)) Lab {
		lab := switched()
		i := slices.IndexFunc(lab.Spaces[0].Links, func(l Link) bool { return l.Name == "p" })
		set(&lab.Spaces[0].Links[i])
		return lab
	}
	tests := map[string]struct {
		now    Lab
		reason string
	}{
		"no port any more":   {change(func(l *Link) { l.Master, l.Port, l.PortState = "", nil, "" }), "p is no port of br0 any more"},
		"the signal is gone": {change(noSignal), "forgotten when it loses its carrier"},
		"the link is gone":   {labOf(host(bridge(4, "br0"))), "it went with its link: p is gone"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := reasonOf(t, Diff(was, tt.now), "- host fdb "+machine+" dev p master br0")
			if !strings.Contains(got, tt.reason) {
				t.Errorf("the reason is %q, want %q", got, tt.reason)
			}
		})
	}
}

// TestTheOwnerOfAnAddressIsNotTheBridge: a bridge shares the address of one of
// its ports, but who is meant is the other.
func TestTheOwnerOfAnAddressIsNotTheBridge(t *testing.T) {
	lab := switched()
	shared := bridge(9, "br9", func(l *Link) { l.MAC = inA })
	lab.Spaces = append([]Space{spaceOf("0", shared)}, lab.Spaces...)
	now := labOf(lab.Spaces...)
	now.Spaces = slices.Clone(lab.Spaces)
	now.Spaces[1].FDB = []FDB{learnedAt("p", "br0", inA)}
	got := reasonOf(t, Diff(lab, now), "+ host fdb "+inA+" dev p master br0")
	if !strings.Contains(got, "v0 of a") {
		t.Errorf("the reason is %q", got)
	}
}

func TestRulesAndSettingsChange(t *testing.T) {
	set := func(key, value string) Lab { return labOf(host(map[string]string{key: value})) }
	const forward, forward6 = "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"
	tellAll(t, []diffCase{
		{"rules come", labOf(host(0)), labOf(host(3)), []string{"~ host nftables rules: 3, before 0"}, "rules belong to their namespace"},
		{"rules go", labOf(host(3)), labOf(host(0)), []string{"~ host nftables rules: 0, before 3"}, "rules belong to their namespace"},
		{"a kernel without nftables", labOf(host(-1)), labOf(host(2)), nil, ""},
		{"forwarding on", set(forward, "0"), set(forward, "1"), []string{"~ host net.ipv4.ip_forward = 1, before 0"}, "it is a router"},
		{"forwarding off", set(forward, "1"), set(forward, "0"), []string{"~ host net.ipv4.ip_forward = 0, before 1"}, "it is no router any more"},
		{"IPv6 forwarding", set(forward6, "0"), set(forward6, "1"), []string{"~ host net.ipv6.conf.all.forwarding = 1, before 0"}, "it is a router"},
		{"rp_filter", set("net.ipv4.conf.all.rp_filter", "0"), set("net.ipv4.conf.all.rp_filter", "2"), []string{"~ host net.ipv4.conf.all.rp_filter = 2, before 0"}, "the way back to its sender"},
		{"disable_ipv6", set("net.ipv6.conf.all.disable_ipv6", "0"), set("net.ipv6.conf.all.disable_ipv6", "1"), []string{"~ host net.ipv6.conf.all.disable_ipv6 = 1, before 0"}, "IPv6 at all"},
		{"bridge-nf", set("net.bridge.bridge-nf-call-iptables", "1"), set("net.bridge.bridge-nf-call-iptables", "0"), []string{"~ host net.bridge.bridge-nf-call-iptables = 0, before 1"}, "the firewall's forward chain"},
		{"another setting", set("net.core.somaxconn", "1"), set("net.core.somaxconn", "2"), []string{"~ host net.core.somaxconn = 2, before 1"}, "each namespace has its own value"},
		{"a setting that was not there", labOf(host()), set(forward, "1"), nil, ""},
		{
			"in the order of their names", labOf(host(map[string]string{"b": "0", "a": "0"})), labOf(host(map[string]string{"b": "1", "a": "1"})),
			[]string{"~ host a = 1, before 0", "~ host b = 1, before 0"}, "",
		},
	})
}

// TestTheOrderIsThatOfReading: namespaces, links, addresses, routes,
// neighbours, forwarding entries, rules, settings.
func TestTheOrderIsThatOfReading(t *testing.T) {
	was := labOf(host(map[string]string{"x": "0"}))
	now := labOf(
		host(map[string]string{"x": "1"}, 1, learnedAt("p", "br0", machine), neighOn("p", "10.0.0.2", machine, "STALE"),
			connected("10.0.0.0/24", "p"), addrOn("p", "10.0.0.1/24"), bridge(2, "br0", down), veth(3, "p", "", "", down)),
		spaceOf("a", addrOn("lo", "10.9.9.9/32")),
	)
	changes := Diff(was, now)
	var got []string
	for _, c := range changes {
		word, _, _ := strings.Cut(c.Line, " ")
		got = append(got, c.Space+" "+word)
	}
	want := []string{"a namespace", "host link", "host link", "host addr", "a addr", "host route", "host neigh", "host fdb", "host nftables", "host x"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	back := Diff(now, was)
	if there, again := signs(changes), signs(back); there["-"] != 0 || again["+"] != 0 || again["-"] == 0 {
		t.Errorf("there %v, back %v", there, again)
	}
}

// TestTheWayBackMirrorsEachLine: what came goes, what changed changes, in all
// namespaces that are in both labs.
func TestTheWayBackMirrorsEachLine(t *testing.T) {
	things := map[string]any{
		"bridge": bridge(4, "br0", down), "cable": veth(5, "v5", "", "", down), "vxlan": link(6, "vx", "vxlan", down),
		"address": addrOn("v0", "10.0.0.1/24"), "address 6": addrOn("v0", "fd00::1/64"),
		"route": routeVia("10.5.0.0/16", "10.0.0.2", "v0"), "route 6": routeVia("fd05::/48", "fd00::2", "v0"),
		"neighbour": neighOn("v0", "10.0.0.2", machine, "STALE"), "entry": learnedAt("v0", "br0", machine),
	}
	for name, thing := range things {
		t.Run(name, func(t *testing.T) {
			came, went := Diff(lan(), lan(thing)), Diff(lan(thing), lan())
			if len(came) != 1 || len(went) != 1 || came[0].Sign != "+" || went[0].Sign != "-" {
				t.Fatalf("%v and %v", came, went)
			}
			title, _, _ := strings.Cut(came[0].Line, " (")
			if went[0].Line != title || came[0].Reason == went[0].Reason {
				t.Errorf("%+v and %+v", came[0], went[0])
			}
		})
	}
}
