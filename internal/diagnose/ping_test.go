package diagnose

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Each cause has a network in which it is the cause, and one which differs
// from it in nothing else and in which it is not.
func TestPingFindsTheCauseAndOnlyWhereItIs(t *testing.T) {
	noRoute := "ENETUNREACH"
	tests := []struct {
		name   string
		broken *net
		sound  *net
		ping   measure.Ping
		want   string
	}{
		{
			"the namespace is missing", newNet("host", "ns2"), pair(), silent("ns1", "10.1.1.2"),
			"there is no namespace ns1",
		},
		{
			"lo is down", newNet("host", "ns1").down("ns1", "lo"), newNet("host", "ns1"), refusal("ns1", "127.0.0.1", noRoute),
			"the loopback interface lo in ns1 is down",
		},
		{
			"the own address is reached through lo", pair().down("ns1", "lo"), pair(), silent("ns1", "10.1.1.1"),
			"10.1.1.1 is an address of ns1 itself, which it reaches through lo, and lo is down",
		},
		{
			"no address", pair().noAddr("ns1", "veth_ns1"), pair(), refusal("ns1", "10.1.1.2", noRoute),
			"ns1 has no route to 10.1.1.2: it has no address in that network, and no default route",
		},
		{
			"an address in another network", pair().noAddr("ns1", "veth_ns1").addr("ns1", "veth_ns1", "10.1.2.1/24"), pair(), refusal("ns1", "10.1.1.2", noRoute),
			"ns1 has no route to 10.1.1.2: it has no address in that network, and no default route",
		},
		{
			"a mask that is too long", pair().noAddr("ns1", "veth_ns1").addr("ns1", "veth_ns1", "10.1.1.1/32"), pair(), refusal("ns1", "10.1.1.2", noRoute),
			"ns1 has no route to 10.1.1.2: it has no address in that network, and no default route",
		},
		{
			"a route but no address", pair().noAddr("ns1", "veth_ns1").route("ns1", "10.1.1.0/24", "", "veth_ns1"), pair(), silent("ns1", "10.1.1.2"),
			"ns1 has no address of its own to send from",
		},
		{
			"the own interface is down", pair().down("ns1", "veth_ns1"), pair(), refusal("ns1", "10.1.1.2", noRoute),
			"the interface veth_ns1 in ns1, which has 10.1.1.1/24, is down, and so there is no route to its network",
		},
		{
			"the other end is down", pair().down("ns2", "veth_ns2"), pair(), silent("ns1", "10.1.1.2"),
			"the other end of the cable, veth_ns2 in ns2, is down",
		},
		{
			"the other end is not in the lab", pair().edit("ns1", func(s *snapshot.Space) {
				s.Links[1].Peer, s.Links[1].Carrier = "", false
			}), pair(), silent("ns1", "10.1.1.2"),
			"the interface veth_ns1 in ns1 has no carrier",
		},
		{
			"nobody has the address", pair().noAddr("ns2", "veth_ns2"), pair(), silent("ns1", "10.1.1.2"),
			"no namespace of this lab has the address 10.1.1.2",
		},
		{
			"the reply finds no route", pair().noAddr("ns2", "veth_ns2").addr("ns2", "veth_ns2", "10.1.1.2/32"), pair(), silent("ns1", "10.1.1.2"),
			"the reply has no way back: ns2 has no route to 10.1.1.1",
		},
		{
			"a firewall at the sender", pair().rules("ns1", 2), pair(), refusal("ns1", "10.1.1.2", "EPERM"),
			"a firewall rule in ns1 does not let it send this",
		},
		{
			"a firewall at the target", pair().rules("ns2", 2), pair(), silent("ns1", "10.1.1.2"),
			"a firewall rule in ns2 may drop the packets",
		},
		{
			"a firewall in the namespace of the bridge", bridged().rules("host", 1), bridged(), silent("ns1", "10.1.1.2"),
			"a firewall rule in host may drop the packets",
		},
		{
			"the target is told not to answer ARP",
			pair().edit("ns2", func(s *snapshot.Space) { s.Links[1].Flags = append(s.Links[1].Flags, "NOARP") }), pair(), silent("ns1", "10.1.1.2"),
			"veth_ns2 in ns2 does not answer when its hardware address is asked for (NOARP)",
		},
		{
			"nobody answers the question for the hardware address", pair().neigh("ns1", "veth_ns1", "10.1.1.2", "FAILED"),
			pair().neigh("ns1", "veth_ns1", "10.1.1.2", "REACHABLE"), silent("ns1", "10.1.1.2"),
			"ns1 asked for the hardware address of 10.1.1.2, and nobody answered",
		},
		{
			"the target has the sender's address too", pair().addr("ns2", "veth_ns2", "10.1.1.1/24"), pair(), silent("ns1", "10.1.1.2"),
			"10.1.1.1 is there twice: in ns1 and in ns2",
		},
		{
			"two have the address of the target", bridged().addr("ns3", "veth_ns3", "10.1.1.2/24"), bridged(), silent("ns1", "10.1.1.2"),
			"10.1.1.2 is there twice: in ns2 and in ns3",
		},
		{
			"the bridge is down", bridged().down("host", "br0"), bridged(), silent("ns1", "10.1.1.2"),
			"the bridge br0 in host is down",
		},
		{
			"a port is down", bridged().down("host", "veth_ns2_br0"), bridged(), silent("ns1", "10.1.1.2"),
			"veth_ns2_br0 in host, a port of the bridge br0, is down",
		},
		{
			"the port at the own cable is down", bridged().down("host", "veth_ns1_br0"), bridged(), silent("ns1", "10.1.1.2"),
			"the other end of the cable, veth_ns1_br0 in host, is down",
		},
		{
			"the target's interface is down", bridged().down("ns2", "veth_ns2"), bridged(), silent("ns1", "10.1.1.2"),
			"the interface veth_ns2 in ns2, on the way to 10.1.1.2, is down",
		},
		{
			"the target's cable is not in the bridge", bridged().free("host", "veth_ns2_br0"), bridged(), silent("ns1", "10.1.1.2"),
			"veth_ns2_br0 in host is not a port of a bridge",
		},
		{
			"the own cable is not in the bridge", bridged().free("host", "veth_ns1_br0"), bridged(), silent("ns1", "10.1.1.2"),
			"veth_ns1_br0 in host is not a port of a bridge",
		},
		{
			"a port that does not forward", bridged().edit("host", func(s *snapshot.Space) {
				for i := range s.Links {
					if s.Links[i].Name == "veth_ns2_br0" {
						s.Links[i].PortState = "blocking"
					}
				}
			}), bridged(), silent("ns1", "10.1.1.2"),
			"the bridge br0 in host passes nothing on at its port veth_ns2_br0: the port is blocking",
		},
		{
			"the host has no address", bridged().noAddr("host", "br0"), bridged(), refusal("host", "10.1.1.1", noRoute),
			"host has no route to 10.1.1.1: it has no address in that network, and no default route",
		},
		{
			"the host's address is on a port", bridged().noAddr("host", "br0").addr("host", "veth_ns1_br0", "10.1.1.4/24"), bridged(), silent("host", "10.1.1.1"),
			"veth_ns1_br0 is a port of the bridge br0: what comes in there goes to the bridge, and never to host over veth_ns1_br0",
		},
		{
			"the bridge has no live port",
			bridged().down("ns1", "veth_ns1").down("ns2", "veth_ns2").down("ns3", "veth_ns3"), bridged(), silent("host", "10.1.1.1"),
			"no port of the bridge br0 in host is up and connected",
		},
		{
			"two cables into one network", twoCables(), bridged(), silent("ns1", "10.1.1.3"),
			"ns1 sends to 10.1.1.3 out of veth_a, though 10.1.1.3 is behind veth_b",
		},
		{
			"the reply takes the wrong cable of two", twoCables(), bridged(), silent("ns3", "10.1.1.4"),
			"ns1 sends to 10.1.1.3 out of veth_a, though 10.1.1.3 is behind veth_b",
		},
		{
			"no cable between the two",
			newNet("ns1", "ns2").cable("ns1", "a", "ns1", "b").cable("ns2", "c", "ns2", "d").addr("ns1", "a", "10.1.1.1/24").addr("ns2", "c", "10.1.1.2/24"),
			pair(), silent("ns1", "10.1.1.2"),
			"no cable or bridge leads from a in ns1 to c in ns2, which has 10.1.1.2",
		},
		{
			"the sender has no route to the other network", routed().noRoutes("A"), routed(), refusal("A", "192.168.2.3", noRoute),
			"A has no route to 192.168.2.3: it has no address in that network, and no default route",
		},
		{
			"the target has no route back", routed().noRoutes("F"), routed(), silent("A", "192.168.2.3"),
			"the reply has no way back: F has no route to 192.168.1.1",
		},
		{
			"the router does not forward", routed().sysctl("R", "net.ipv4.ip_forward", "0"), routed(), silent("A", "192.168.2.3"),
			"R receives the packet and does not pass it on: forwarding is switched off there",
		},
		{
			"nobody is the gateway", routed().noRoutes("A").route("A", "192.168.2.0/24", "192.168.1.9", "eth0"), routed(), silent("A", "192.168.2.3"),
			"no namespace of this lab has the address 192.168.1.9 of the gateway",
		},
		{
			"the router's far interface is down", routed().down("R", "eth2"), routed(), silent("A", "192.168.2.3"),
			"the interface eth2 in R, which has 192.168.2.5/24, is down, and so there is no route to its network",
		},
		{
			"two routers send to each other", routed().noAddr("R", "eth2").route("R", "192.168.2.0/24", "192.168.1.1", "eth1").sysctl("A", "net.ipv4.ip_forward", "1"), routed(), silent("A", "192.168.2.3"),
			"the packet goes in a circle",
		},
		{
			"more routers than a packet can pass", row(64), row(63), silent("a", "10.0.64.2"),
			"the packet is used up in r64: it may pass 63 routers (its time to live is 64), and r64 would be one more",
		},
		{
			"the answer would leave by another interface",
			routed().cable("A", "eth9", "R", "eth9").addr("R", "eth9", "192.168.1.6/24").down("R", "eth9").sysctl("R", "net.ipv4.conf.all.rp_filter", "1").
				edit("R", func(s *snapshot.Space) { s.Routes[0].Link = "eth9" }),
			routed().sysctl("R", "net.ipv4.conf.all.rp_filter", "1"), silent("A", "192.168.2.3"),
			"R drops what comes from 192.168.1.1 on eth1, because the answer would leave by eth9",
		},
		{
			"there is no way for the answer, and the target looks",
			routed().noRoutes("F").sysctl("F", "net.ipv4.conf.all.rp_filter", "2"), routed().sysctl("F", "net.ipv4.conf.all.rp_filter", "2"), silent("A", "192.168.2.3"),
			"F drops what comes from 192.168.1.1 on eth0, because the answer would leave by no interface",
		},
		{
			"a route forbids it", pair().forbid("ns1", "10.1.1.2/32", "prohibit"), pair(), refusal("ns1", "10.1.1.2", "EACCES"),
			"ns1 has a route which forbids to send to 10.1.1.2",
		},
		{
			"IPv6 found the address twice",
			pair().addr("ns1", "veth_ns1", "fd00::1/64").addr("ns2", "veth_ns2", "fd00::2/64").flag("ns2", "fd00::2", "dadfailed"),
			pair().addr("ns1", "veth_ns1", "fd00::1/64").addr("ns2", "veth_ns2", "fd00::2/64"), silent("ns1", "fd00::2"),
			"ns2 does not use fd00::2, because another one in this network has it too",
		},
		{
			"IPv6 still looks for duplicates",
			pair().addr("ns1", "veth_ns1", "fd00::1/64").addr("ns2", "veth_ns2", "fd00::2/64").flag("ns2", "fd00::2", "tentative"),
			pair().addr("ns1", "veth_ns1", "fd00::1/64").addr("ns2", "veth_ns2", "fd00::2/64"), silent("ns1", "fd00::2"),
			"ns2 still finds out whether another one has fd00::2",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Ping(tt.broken.done(), tt.ping)
			if len(got) == 0 || got[0].Text != tt.want {
				t.Errorf("first finding is not the cause %q:\n%s", tt.want, show(got))
			}
			for _, f := range got {
				if f.Evidence == "" {
					t.Errorf("no evidence for %q", f.Text)
				}
				if strings.HasSuffix(f.Text, ".") || strings.Contains(f.Text, "ip ") && !strings.Contains(f.Text, "ip_") {
					t.Errorf("a finding is a sentence without a full stop and without a command: %q", f.Text)
				}
			}
			sound := tt.ping
			if sound.Errno != "EPERM" {
				sound = silent(sound.From, sound.To.String())
			} else {
				sound.Fate = measure.Silent
			}
			other := Ping(tt.sound.done(), sound)
			if slices.ContainsFunc(other, func(f Finding) bool { return f.Text == tt.want }) {
				t.Errorf("found where it is not the cause:\n%s", show(other))
			}
		})
	}
}

func show(findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(f.Text + "\n    " + strings.ReplaceAll(f.Evidence, "\n", "\n    ") + "\n")
	}
	return b.String()
}

func TestASoundNetworkGivesNoCause(t *testing.T) {
	for name, n := range map[string]struct {
		net      *net
		from, to string
	}{
		"pair":                    {pair(), "ns1", "10.1.1.2"},
		"pair, the other way":     {pair(), "ns2", "10.1.1.1"},
		"bridge":                  {bridged(), "ns1", "10.1.1.3"},
		"bridge and the host":     {bridged(), "host", "10.1.1.1"},
		"to the host":             {bridged(), "ns3", "10.1.1.4"},
		"two cables, the first":   {twoCables(), "ns1", "10.1.1.2"},
		"routed":                  {routed(), "A", "192.168.2.3"},
		"the router's far side":   {routed(), "A", "192.168.2.5"},
		"loopback":                {pair(), "ns1", "127.0.0.1"},
		"another of 127.0.0.0/8":  {pair(), "ns1", "127.1.2.3"},
		"the host without a name": {bridged(), "", "10.1.1.1"},
		"link-local":              {pair().addr("ns1", "veth_ns1", "fe80::1/64").addr("ns2", "veth_ns2", "fe80::2/64"), "ns1", "fe80::2%veth_ns1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Ping(n.net.done(), silent(n.from, n.to)); len(got) > 0 {
				t.Errorf("findings:\n%s", show(got))
			}
		})
	}
}

func TestAnAnsweredPingHasNoCauseAndAnOpenWay(t *testing.T) {
	p := measure.Ping{From: "ns1", To: netip.MustParseAddr("10.1.1.2"), Sent: 1, Received: 1, Fate: measure.Answered}
	if got := Ping(pair().done(), p); len(got) > 0 {
		t.Errorf("findings:\n%s", show(got))
	}
	if got, want := Answered(pair().done(), p), "the way from ns1 to ns2, which has 10.1.1.2, is open in both directions"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.To = netip.MustParseAddr("10.1.1.1")
	if got, want := Answered(pair().done(), p), "ns1 itself has the address 10.1.1.1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Answered(newNet("ns1").done(), p); got != "" {
		t.Errorf("got %q for a lab in which nobody has the address", got)
	}
}

func TestWhatARouterSaysIsRepeated(t *testing.T) {
	p := measure.Ping{From: "A", To: netip.MustParseAddr("192.168.2.3"), Sent: 1, Fate: measure.Reported, ICMP: &measure.ICMPError{
		From: netip.MustParseAddr("192.168.1.5"), Type: 11, Text: "Time to live exceeded",
	}}
	got := Ping(routed().done(), p)
	if want := "192.168.1.5 answered: time to live exceeded"; len(got) == 0 || got[0].Text != want {
		t.Errorf("want first %q:\n%s", want, show(got))
	}
	got = Ping(routed().noRoutes("F").done(), p)
	if len(got) < 2 || !strings.HasPrefix(got[0].Text, "the reply has no way back") {
		t.Errorf("the state says more than the router, and comes first:\n%s", show(got))
	}
}

func TestOtherRefusalsAreExplained(t *testing.T) {
	for errno, want := range map[string]string{
		"EMSGSIZE":      "the packet is larger than the interface lets through (its MTU)",
		"ENOBUFS":       "the kernel has no room left, perhaps because its table of neighbours is full",
		"EADDRNOTAVAIL": "ns1 has no address from which it can send to 10.1.1.2",
	} {
		got := Ping(pair().done(), refusal("ns1", "10.1.1.2", errno))
		if len(got) == 0 || got[0].Text != want {
			t.Errorf("%s: want first %q:\n%s", errno, want, show(got))
		}
	}
}
