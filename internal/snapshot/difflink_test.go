package snapshot

import (
	"strings"
	"testing"
)

// cable is a namespace with one end of a cable whose other end is in b.
func cable(changes ...func(*Link)) Lab {
	return labOf(host(), spaceOf("a", veth(2, "v0", "v1", "b", changes...)), spaceOf("b", veth(2, "v1", "v0", "a")))
}

func TestNamespacesComeAndGo(t *testing.T) {
	tellAll(t, []diffCase{
		{
			"an empty one comes", labOf(host()), labOf(host(), Space{Name: "a", NSID: -1}),
			[]string{"+ a namespace a"}, "so far only lo",
		},
		{
			"one comes with an address on lo", labOf(host()), labOf(host(), spaceOf("a", addrOn("lo", "127.0.0.1/8"), 2)),
			[]string{"+ a namespace a", "+ a addr 127.0.0.1/8 on lo", "~ a nftables rules: 2, before 0"}, "of its own",
		},
		{
			"one goes with its links", cable(), labOf(host(), spaceOf("b")),
			[]string{"- a namespace a", "- b link v1"}, "with it went everything in it: v0",
		},
		{
			"one goes that has only lo", labOf(host(), spaceOf("a")), labOf(host()),
			[]string{"- a namespace a"}, "with it went everything in it",
		},
	})
	gone := Diff(labOf(host(), spaceOf("a")), labOf(host()))
	if strings.Contains(gone[0].Reason, "lo") {
		t.Errorf("lo is not worth a word: %q", gone[0].Reason)
	}
}

func TestLinksComeAndGo(t *testing.T) {
	tellAll(t, []diffCase{
		{
			"a bridge that is down", labOf(host()), labOf(host(bridge(2, "br0", down))),
			[]string{"+ host link br0 (bridge)"}, "a bridge is a switch",
		},
		{
			"a bridge that is up", labOf(host()), labOf(host(bridge(2, "br0", noSignal))),
			[]string{"+ host link br0 (bridge)", "~ host link br0 is up, but has no carrier (NO-CARRIER)"}, "",
		},
		{
			"a vxlan", labOf(host()), labOf(host(link(2, "vx", "vxlan", down))),
			[]string{"+ host link vx (vxlan)"}, "wraps each frame into a UDP packet",
		},
		{
			"another kind", labOf(host()), labOf(host(link(2, "d0", "dummy", down))),
			[]string{"+ host link d0 (dummy)"}, "a new link is down and has no addresses",
		},
		{
			"a cable in one namespace, the first named end first",
			labOf(host()), labOf(host(veth(2, "v1", "v0", Host, down), veth(3, "v0", "v1", Host, down))),
			[]string{"+ host link v0 (veth, other end v1)", "+ host link v1 (veth, other end v0)"}, "a veth is a cable",
		},
		{
			"a cable between two", labOf(host(), spaceOf("b")), labOf(host(veth(2, "v0", "v1", "b", down)), spaceOf("b", veth(2, "v1", "v0", Host, down))),
			[]string{"+ host link v0 (veth, other end v1 in b)", "+ b link v1 (veth, other end v0 in host)"}, "a veth is a cable",
		},
		{
			"a cable whose other end is not in the lab", labOf(host()), labOf(host(veth(2, "v0", "", "", down))),
			[]string{"+ host link v0 (veth)"}, "a veth is a cable",
		},
		{
			"a port that is new", labOf(host(bridge(2, "br0"))), labOf(host(bridge(2, "br0"), veth(3, "v0", "", "", portOf("br0")))),
			[]string{
				"+ host link v0 (veth)", "~ host link v0 is a port of br0", "~ host link v0 is up",
				"~ host link v0 as a port is forwarding",
			}, "",
		},
		{
			"a bridge goes", labOf(host(bridge(2, "br0"))), labOf(host()),
			[]string{"- host link br0"}, "its addresses and routes went with it",
		},
		{
			"both ends of a cable go", cable(), labOf(host(), spaceOf("a"), spaceOf("b")),
			[]string{"- a link v0", "- b link v1"}, "when one end goes, the other goes, too",
		},
		{
			"lo is never told to come or go", labOf(host()), labOf(Space{Name: Host, NSID: -1}), nil, "",
		},
		{
			"another kind under the same name", labOf(host(bridge(2, "x", down))), labOf(host(veth(3, "x", "", "", down))),
			[]string{"+ host link x (veth)", "- host link x"}, "a veth is a cable",
		},
	})
	second := Diff(labOf(host()), labOf(host(veth(2, "v1", "v0", Host, down), veth(3, "v0", "v1", Host, down))))
	if got := reasonOf(t, second, "+ host link v1 (veth, other end v0)"); !strings.Contains(got, "the other end of the same cable") {
		t.Errorf("the second end: %q", got)
	}
	went := Diff(cable(), labOf(host(), spaceOf("b")))
	if got := reasonOf(t, went, "- b link v1"); !strings.Contains(got, "in a namespace that is gone") {
		t.Errorf("the end that was left: %q", got)
	}
}

func TestLinksMoveAndAreRenamed(t *testing.T) {
	renamed := func(l *Link) { l.Name = "eth0" }
	tellAll(t, []diffCase{
		{
			"a link that is down moves", labOf(host(veth(2, "v0", "", "", down)), spaceOf("a")), labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))),
			[]string{"~ host link v0 moved to a"}, "a link is in one namespace at a time",
		},
		{
			"a link that was up moves", labOf(host(veth(2, "v0", "", "")), spaceOf("a")), labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))),
			[]string{"~ host link v0 moved to a"}, "moving took it down",
		},
		{
			"a port moves", labOf(host(bridge(3, "br0"), veth(2, "v0", "", "", portOf("br0"), down)), spaceOf("a")),
			labOf(host(bridge(3, "br0")), spaceOf("a", veth(2, "v0", "", "", down))),
			[]string{"~ host link v0 moved to a"}, "it is no port of br0 any more",
		},
		{
			"a link moves and is renamed", labOf(host(veth(2, "v0", "", "", down)), spaceOf("a")),
			labOf(host(), spaceOf("a", veth(2, "v0", "", "", down, renamed))),
			[]string{"~ host link v0 moved to a and is called eth0 there"}, "",
		},
		{
			"a link moves back", labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))), labOf(host(veth(7, "v0", "", "", down, func(l *Link) { l.MAC = "02:00:00:00:00:02" })), spaceOf("a")),
			[]string{"~ a link v0 moved to host"}, "one namespace at a time",
		},
		{
			"a link is renamed", labOf(host(veth(2, "v0", "", ""))), labOf(host(veth(2, "v0", "", "", renamed))),
			[]string{"~ host link v0 is called eth0 now"}, "a name is only a label",
		},
		{
			"what is on a renamed link is the same",
			labOf(host(veth(2, "v0", "", ""), addrOn("v0", "10.0.0.1/24"), connected("10.0.0.0/24", "v0"), neighOn("v0", "10.0.0.2", "02:00:00:00:00:09", "STALE"), learnedAt("v0", "", "02:00:00:00:00:09"))),
			labOf(host(veth(2, "v0", "", "", renamed), addrOn("eth0", "10.0.0.1/24"), connected("10.0.0.0/24", "eth0"), neighOn("eth0", "10.0.0.2", "02:00:00:00:00:09", "STALE"), learnedAt("eth0", "", "02:00:00:00:00:09"))),
			[]string{"~ host link v0 is called eth0 now"}, "",
		},
		{
			"the ports of a renamed bridge are the same",
			labOf(host(bridge(2, "v0"), veth(3, "p", "", "", portOf("v0")), learnedAt("p", "v0", "02:00:00:00:00:09"))),
			labOf(host(bridge(2, "v0", renamed), veth(3, "p", "", "", portOf("eth0")), learnedAt("p", "eth0", "02:00:00:00:00:09"))),
			[]string{"~ host link v0 is called eth0 now"}, "",
		},
		{
			"another number and another address is another link", labOf(host(veth(2, "v0", "", "", down))), labOf(host(veth(3, "eth0", "", "", down))),
			[]string{"+ host link eth0 (veth)", "- host link v0"}, "",
		},
	})
}

func TestLinksGoUpAndDown(t *testing.T) {
	tellAll(t, []diffCase{
		{"both ends are up", cable(down), cable(), []string{"~ a link v0 is up"}, "both ends of the cable are up"},
		{"down", cable(), cable(down), []string{"~ a link v0 is down"}, "routes through it are gone"},
		{"no signal any more", cable(), cable(noSignal), []string{"~ a link v0 has no carrier any more (NO-CARRIER)"}, "the cable carries no signal yet"},
		{"a signal", cable(noSignal), cable(), []string{"~ a link v0 has a carrier now (LOWER_UP)"}, "both ends of the cable are up"},
		{
			"the other end is down",
			labOf(host(veth(2, "v0", "v1", Host, down), veth(3, "v1", "v0", Host, down))),
			labOf(host(veth(2, "v0", "v1", Host, noSignal), veth(3, "v1", "v0", Host, down))),
			[]string{"~ host link v0 is up, but has no carrier (NO-CARRIER)"}, "the other end, v1 in host, is down",
		},
		{
			"the other end is nowhere", labOf(host(veth(2, "v0", "", "", down))), labOf(host(veth(2, "v0", "", "", noSignal))),
			[]string{"~ host link v0 is up, but has no carrier (NO-CARRIER)"}, "not in the lab any more",
		},
		{
			"lo", labOf(host(), Space{Name: "a", Links: []Link{{Name: "lo", Kind: "loopback"}}}), labOf(host(), spaceOf("a", bridge(2, "b", down))),
			[]string{"+ a link b (bridge)", "~ a link lo is up", "~ a link lo has MAC address 00:00:00:00:00:00", "~ a link lo has mtu 65536, before 0"}, "",
		},
		{
			"a bridge without ports", labOf(host(bridge(2, "br0", down))), labOf(host(bridge(2, "br0"))),
			[]string{"~ host link br0 is up"}, "no port yet claims to have a carrier",
		},
		{
			"a bridge with a port", labOf(host(bridge(2, "br0", noSignal), veth(3, "v0", "", "", portOf("br0")))), labOf(host(bridge(2, "br0"), veth(3, "v0", "", "", portOf("br0")))),
			[]string{"~ host link br0 has a carrier now (LOWER_UP)"}, "as soon as one of its ports has",
		},
		{
			"a bridge whose ports have no signal", labOf(host(bridge(2, "br0"))), labOf(host(bridge(2, "br0", noSignal))),
			[]string{"~ host link br0 has no carrier any more (NO-CARRIER)"}, "only when one of its ports has",
		},
		{"a vxlan", labOf(host(link(2, "vx", "vxlan", down))), labOf(host(link(2, "vx", "vxlan"))), []string{"~ host link vx is up"}, "it can send and receive"},
		{
			"a vxlan without a signal", labOf(host(link(2, "vx", "vxlan"))), labOf(host(link(2, "vx", "vxlan", noSignal))),
			[]string{"~ host link vx has no carrier any more (NO-CARRIER)"}, "the link below it has no signal",
		},
	})
}

func TestPortsChange(t *testing.T) {
	in := func(changes ...func(*Link)) Lab {
		return labOf(host(bridge(2, "br0"), veth(3, "v0", "", "", changes...)))
	}
	state := func(s string) func(*Link) { return func(l *Link) { l.PortState = s } }
	setting := func(set func(*Port)) func(*Link) { return func(l *Link) { set(l.Port) } }
	port := portOf("br0")
	tellAll(t, []diffCase{
		{"a link becomes a port", in(), in(port), []string{"~ host link v0 is a port of br0", "~ host link v0 as a port is forwarding"}, "goes to the bridge"},
		{"a port leaves", in(port), in(), []string{"~ host link v0 is no port of br0 any more"}, "its frames are its own again"},
		{"disabled since it is down", in(port), in(port, down, state("disabled")), []string{"~ host link v0 is down", "~ host link v0 as a port is disabled"}, ""},
		{"disabled without a signal", in(port, noSignal), in(port, noSignal, state("disabled")), []string{"~ host link v0 as a port is disabled"}, "the port has no carrier"},
		{"forwarding", in(port, state("disabled")), in(port), []string{"~ host link v0 as a port is forwarding"}, "frames pass"},
		{"listening", in(port), in(port, state("listening")), []string{"~ host link v0 as a port is listening"}, "spanning tree protocol waits"},
		{"learning", in(port), in(port, state("learning")), []string{"~ host link v0 as a port is learning"}, "spanning tree protocol waits"},
		{"blocking", in(port), in(port, state("blocking")), []string{"~ host link v0 as a port is blocking"}, "no frame passes"},
		{"learning off", in(port), in(port, setting(func(p *Port) { p.Learning = false })), []string{"~ host link v0 as a port has learning off"}, "does not note who"},
		{"flood off", in(port), in(port, setting(func(p *Port) { p.Flood = false })), []string{"~ host link v0 as a port has flood off"}, "not sent out here"},
		{"hairpin on", in(port), in(port, setting(func(p *Port) { p.Hairpin = true })), []string{"~ host link v0 as a port has hairpin on"}, "by the port it came in at"},
		{"isolated on", in(port), in(port, setting(func(p *Port) { p.Isolated = true })), []string{"~ host link v0 as a port has isolated on"}, "another isolated one"},
		{"neigh_suppress on", in(port), in(port, setting(func(p *Port) { p.NeighSupp = true })), []string{"~ host link v0 as a port has neigh_suppress on"}, "answers ARP itself"},
		{"cost", in(port), in(port, setting(func(p *Port) { p.Cost = 9 })), []string{"~ host link v0 as a port has cost 9"}, "it was set so"},
		{"priority", in(port), in(port, setting(func(p *Port) { p.Priority = 1 })), []string{"~ host link v0 as a port has priority 1"}, "it was set so"},
	})
	with := labOf(host(bridge(2, "br0"), veth(3, "v0", "", ""), addrOn("v0", "10.0.0.1/24")))
	now := labOf(host(bridge(2, "br0"), veth(3, "v0", "", "", port), addrOn("v0", "10.0.0.1/24")))
	if got := reasonOf(t, Diff(with, now), "~ host link v0 is a port of br0"); !strings.Contains(got, "an address on the port itself is of no use") {
		t.Errorf("a port with an address: %q", got)
	}
}

func TestSettingsOfLinksChange(t *testing.T) {
	mac := func(s string) func(*Link) { return func(l *Link) { l.MAC = s } }
	mtu := func(n int) func(*Link) { return func(l *Link) { l.MTU = n } }
	flag := func(s string) func(*Link) { return func(l *Link) { l.Flags = append(l.Flags, s) } }
	option := func(set func(*Bridge)) func(*Link) { return func(l *Link) { set(l.Bridge) } }
	v := func(changes ...func(*Link)) Lab { return labOf(host(veth(3, "v0", "", "", changes...))) }
	br := func(changes ...func(*Link)) Lab {
		return labOf(host(bridge(2, "br0", changes...), veth(3, "v0", "", "", portOf("br0"))))
	}
	tellAll(t, []diffCase{
		{"a MAC address", v(), v(mac("02:00:00:00:00:99")), []string{"~ host link v0 has MAC address 02:00:00:00:00:99"}, "must learn the new one first"},
		{"a bridge takes its port's", br(), br(mac("02:00:00:00:00:03")), []string{"~ host link br0 has MAC address 02:00:00:00:00:03"}, "the lowest MAC address among its ports"},
		{"a bridge is given one", br(), br(mac("02:00:00:00:00:99")), []string{"~ host link br0 has MAC address 02:00:00:00:00:99"}, "must learn the new one"},
		{"a bridge loses its last port's", br(), br(mac("00:00:00:00:00:00")), []string{"~ host link br0 has MAC address 00:00:00:00:00:00"}, "its last port is gone"},
		{"mtu", v(), v(mtu(1400)), []string{"~ host link v0 has mtu 1400, before 1500"}, "cut into pieces"},
		{"a bridge takes its port's mtu", br(mtu(9000)), br(), []string{"~ host link br0 has mtu 1500, before 9000"}, "the smallest mtu among its ports"},
		{"a bridge is given an mtu", br(), br(mtu(1400)), []string{"~ host link br0 has mtu 1400, before 1500"}, "cut into pieces"},
		{"alias", v(), v(func(l *Link) { l.Alias = "to the left" }), []string{`~ host link v0 has alias "to the left"`}, "a note for people"},
		{"promisc on", v(), v(flag("PROMISC")), []string{"~ host link v0 has flag PROMISC on"}, "takes every frame"},
		{"promisc off", v(flag("PROMISC")), v(), []string{"~ host link v0 has flag PROMISC off"}, "takes every frame"},
		{"arp off", v(), v(flag("NOARP")), []string{"~ host link v0 has flag NOARP on"}, "asked for by ARP"},
		{"other flags do not matter", v(), v(flag("DEBUG")), nil, ""},
		{"addrgen", v(), v(func(l *Link) { l.Addrgen = "none" }), []string{"~ host link v0 makes its link-local IPv6 address by none"}, ""},
		{"stp on", br(), br(option(func(b *Bridge) { b.STP = true })), []string{"~ host link br0 has stp on"}, "look for loops"},
		{"stp off", br(option(func(b *Bridge) { b.STP = true })), br(), []string{"~ host link br0 has stp off"}, "would never be noticed"},
		{"vlan_filtering on", br(), br(option(func(b *Bridge) { b.VLANFiltering = true })), []string{"~ host link br0 has vlan_filtering on"}, "the same VLAN"},
		{"ageing_time", br(), br(option(func(b *Bridge) { b.AgeingTime = 100 })), []string{"~ host link br0 has ageing_time 100"}, "it was set so"},
		{"forward_delay", br(), br(option(func(b *Bridge) { b.ForwardDelay = 200 })), []string{"~ host link br0 has forward_delay 200"}, "it was set so"},
		{"the identifier of a bridge does not matter", br(), br(option(func(b *Bridge) { b.ID = "8000.02:00:00:00:00:01" })), nil, ""},
		{"numbers do not matter", v(), v(func(l *Link) { l.Index, l.PeerIndex, l.PeerNSID = 9, 7, 3 }), nil, ""},
		{"the queue does not matter", v(), v(func(l *Link) { l.Qdisc, l.QLen = "pfifo", 3 }), nil, ""},
	})
}
