package diagnose

import (
	"slices"
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// pair6 and the others are the networks of the lessons in IPv6.
func pair6() *net {
	return newNet("host", "ns1", "ns2").
		cable("ns1", "veth_ns1", "ns2", "veth_ns2").
		addr("ns1", "veth_ns1", "fd00::1/64").addr("ns2", "veth_ns2", "fd00::2/64")
}

func bridged6() *net {
	n := newNet("host", "ns1", "ns2")
	for _, s := range []string{"ns1", "ns2"} {
		n.cable(s, "eth0", "host", "port_"+s).addr(s, "eth0", "fd00::"+s[2:]+"/64")
	}
	return n.bridge("host", "br0", "port_ns1", "port_ns2").addr("host", "br0", "fd00::4/64")
}

func routed6() *net {
	return newNet("A", "R", "F").
		cable("A", "eth0", "R", "eth1").cable("F", "eth0", "R", "eth2").
		addr("A", "eth0", "fd01::1/64").addr("R", "eth1", "fd01::5/64").
		addr("R", "eth2", "fd02::5/64").addr("F", "eth0", "fd02::3/64").
		route("A", "::/0", "fd01::5", "eth0").route("F", "::/0", "fd02::5", "eth0").
		sysctl("R", "net.ipv6.conf.all.forwarding", "1")
}

func TestPingFindsTheCauseInIPv6(t *testing.T) {
	tests := []struct {
		name          string
		broken, sound *net
		ping          measure.Ping
		want          string
		evidence      string // part of it
	}{
		{
			"lo is down", pair6().down("ns1", "lo"), pair6(), silent("ns1", "fd00::1"),
			"fd00::1 is an address of ns1 itself, which it reaches through lo, and lo is down", "lo",
		},
		{
			"no address", pair6().noAddr("ns1", "veth_ns1"), pair6(), refusal("ns1", "fd00::2", "ENETUNREACH"),
			"ns1 has no route to fd00::2: it has no address in that network, and no default route", "routes of ns1: none",
		},
		{
			"the own interface is down", pair6().down("ns1", "veth_ns1"), pair6(), refusal("ns1", "fd00::2", "ENETUNREACH"),
			"the interface veth_ns1 in ns1, which has fd00::1/64, is down, and so there is no route to its network", "state DOWN",
		},
		{
			"the other end is down", pair6().down("ns2", "veth_ns2"), pair6(), silent("ns1", "fd00::2"),
			"the other end of the cable, veth_ns2 in ns2, is down", "LOWERLAYERDOWN",
		},
		{
			"nobody has the address", pair6().noAddr("ns2", "veth_ns2"), pair6(), silent("ns1", "fd00::2"),
			"no namespace of this lab has the address fd00::2", "addresses of ns1: 127.0.0.1/8 on lo, fd00::1/64 on veth_ns1",
		},
		{
			"the reply finds no route", pair6().noAddr("ns2", "veth_ns2").addr("ns2", "veth_ns2", "fd00::2/128"), pair6(), silent("ns1", "fd00::2"),
			"the reply has no way back: ns2 has no route to fd00::1", "routes of ns2: none",
		},
		{
			"the address is there twice", pair6().addr("ns2", "veth_ns2", "fd00::1/64"), pair6(), silent("ns1", "fd00::2"),
			"fd00::1 is there twice: in ns1 and in ns2", "owners: ns1, ns2",
		},
		{
			"the bridge is down", bridged6().down("host", "br0"), bridged6(), silent("ns1", "fd00::2"),
			"the bridge br0 in host is down", "br0",
		},
		{
			"the cable is not in the bridge", bridged6().free("host", "port_ns2"), bridged6(), silent("ns1", "fd00::2"),
			"port_ns2 in host is not a port of a bridge", "port_ns2",
		},
		{
			"the router does not forward, whatever it does for IPv4",
			routed6().sysctl("R", "net.ipv6.conf.all.forwarding", "0").sysctl("R", "net.ipv4.ip_forward", "1"), routed6(), silent("A", "fd02::3"),
			"R receives the packet and does not pass it on: forwarding is switched off there", "net.ipv6.conf.all.forwarding in R is 0",
		},
		{
			"no default route", routed6().noRoutes("A"), routed6(), refusal("A", "fd02::3", "ENETUNREACH"),
			"A has no route to fd02::3: it has no address in that network, and no default route", "fd01::/64 dev eth0",
		},
		{
			"no way back", routed6().noRoutes("F"), routed6(), silent("A", "fd02::3"),
			"the reply has no way back: F has no route to fd01::1", "fd02::/64 dev eth0",
		},
		{
			"a route forbids it", routed6().forbid("A", "fd02::3/128", "unreachable"), routed6(), refusal("A", "fd02::3", "EHOSTUNREACH"),
			"A has a route which forbids to send to fd02::3", "unreachable fd02::3/128",
		},
		{
			"the wrong gateway", routed6().noRoutes("A").route("A", "::/0", "fd01::9", "eth0"), routed6(), silent("A", "fd02::3"),
			"no namespace of this lab has the address fd01::9 of the gateway", "addresses of R",
		},
		{
			"nobody answers for the gateway", routed6().neigh("A", "eth0", "fd01::5", "FAILED"), routed6(), silent("A", "fd02::3"),
			"A asked for the hardware address of fd01::5, and nobody answered", "neighbour fd01::5 on eth0 is FAILED",
		},
		{
			"IPv6 is switched off", pair6().noAddr("ns1", "veth_ns1").sysctl("ns1", "net.ipv6.conf.all.disable_ipv6", "1"), pair6(), refusal("ns1", "fd00::2", "ENETUNREACH"),
			"ns1 has no route to fd00::2: IPv6 is switched off in ns1 (net.ipv6.conf.all.disable_ipv6 is 1)", "routes of ns1: none",
		},
		{
			"IPv6 is switched off, and no address is left to send from", pair6().noAddr("ns1", "veth_ns1").sysctl("ns1", "net.ipv6.conf.all.disable_ipv6", "1"), pair6(), refusal("ns1", "fd00::2", "EADDRNOTAVAIL"),
			"ns1 has no address from which it can send to fd00::2: IPv6 is switched off in ns1 (net.ipv6.conf.all.disable_ipv6 is 1)", "EADDRNOTAVAIL",
		},
		{
			"IPv6 is switched off at the other side", pair6().noAddr("ns2", "veth_ns2").sysctl("ns2", "net.ipv6.conf.all.disable_ipv6", "1"), pair6(), silent("ns1", "fd00::2"),
			"no namespace of this lab has the address fd00::2: IPv6 is switched off in ns2 (net.ipv6.conf.all.disable_ipv6 is 1)", "addresses of ns2: 127.0.0.1/8 on lo",
		},
		{
			"the own address went with the interface", pair6().noAddr("ns1", "veth_ns1").down("ns1", "veth_ns1"), pair6(), refusal("ns1", "fd00::2", "ENETUNREACH"),
			"ns1 has no route to fd00::2: veth_ns1 in ns1 is down, and an interface that is switched off loses its IPv6 addresses", "routes of ns1: none",
		},
		{
			"the address of the target is tentative", pair6().flag("ns2", "fd00::2", "tentative"), pair6(), silent("ns1", "fd00::2"),
			"ns2 still finds out whether another one has fd00::2", "fd00::2/64 is tentative",
		},
		{
			"the own address is tentative", pair6().flag("ns1", "fd00::1", "tentative"), pair6(), refusal("ns1", "fd00::2", "EADDRNOTAVAIL"),
			"ns1 has no address from which it can send to fd00::2: ns1 still finds out whether another one has fd00::1", "EADDRNOTAVAIL",
		},
		{
			"the address of the target is another one's", pair6().flag("ns2", "fd00::2", "dadfailed").flag("ns2", "fd00::2", "tentative"), pair6(), silent("ns1", "fd00::2"),
			"ns2 does not use fd00::2, because another one in this network has it too", "fd00::2/64 is dadfailed tentative",
		},
		{
			"the loopback address went with lo", pair6().down("ns1", "lo"), pair6(), refusal("ns1", "::1", "EADDRNOTAVAIL"),
			"the loopback interface lo in ns1 is down", "lo",
		},
		{
			"the neighbour did not answer", pair6().neigh("ns1", "veth_ns1", "fd00::2", "INCOMPLETE"), pair6(), silent("ns1", "fd00::2"),
			"ns1 asked for the hardware address of fd00::2, and nobody answered", "neighbour fd00::2 on veth_ns1 is INCOMPLETE",
		},
		{
			"the loopback address needs lo", pair6().down("ns1", "lo"), pair6(), refusal("ns1", "::1", "ENETUNREACH"),
			"the loopback interface lo in ns1 is down", "lo",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Ping(tt.broken.done(), tt.ping)
			if len(got) == 0 || got[0].Text != tt.want || !strings.Contains(got[0].Evidence, tt.evidence) {
				t.Errorf("want first %q with %q:\n%s", tt.want, tt.evidence, show(got))
			}
			other := Ping(tt.sound.done(), silent(tt.ping.From, tt.ping.To.String()))
			if slices.ContainsFunc(other, func(f Finding) bool { return f.Text == tt.want }) {
				t.Errorf("found where it is not the cause:\n%s", show(other))
			}
		})
	}
}

func TestWhyAnInterfaceLacksAnIPv6Address(t *testing.T) {
	tests := []struct {
		name string
		net  *net
		want string
	}{
		{"it is down", pair6().noAddr("ns1", "veth_ns1").down("ns1", "veth_ns1"), "veth_ns1 in ns1 has no such address: veth_ns1 in ns1 is down, and an interface that is switched off loses its IPv6 addresses"},
		{"IPv6 is off", pair6().noAddr("ns1", "veth_ns1").sysctl("ns1", "net.ipv6.conf.all.disable_ipv6", "1"), "veth_ns1 in ns1 has no such address: IPv6 is switched off in ns1 (net.ipv6.conf.all.disable_ipv6 is 1)"},
		{"it has moved", pair6().noAddr("ns1", "veth_ns1"), "veth_ns1 in ns1 has no address: an interface loses its addresses when it moves to another namespace"},
		{"it has another one", pair6().noAddr("ns1", "veth_ns1").addr("ns1", "veth_ns1", "fd00::9/64"), "veth_ns1 in ns1 has another address: fd00::9/64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Addr(tt.net.done(), "ns1", "veth_ns1", prefix("fd00::1/64")); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestTheFilterForReturnPathsIsOnlyForIPv4(t *testing.T) {
	n := routed6().sysctl("R", "net.ipv4.conf.all.rp_filter", "1").edit("R", func(s *snapshot.Space) {
		for i := range s.Routes {
			s.Routes[i].Link = map[string]string{"eth1": "eth2", "eth2": "eth1"}[s.Routes[i].Link]
		}
	})
	for _, f := range Ping(n.done(), silent("A", "fd02::3")) {
		if strings.Contains(f.Text, "because the answer would leave") {
			t.Errorf("found %q", f.Text)
		}
	}
}

func TestASoundNetworkOfIPv6GivesNoCause(t *testing.T) {
	local := func() *net {
		return pair6().addr("ns1", "veth_ns1", "fe80::1/64").addr("ns2", "veth_ns2", "fe80::2/64")
	}
	tests := []struct {
		name     string
		net      *net
		from, to string
	}{
		{"a pair", pair6(), "ns1", "fd00::2"},
		{"a bridge", bridged6(), "ns2", "fd00::1"},
		{"from the host", bridged6(), "", "fd00::1"},
		{"over a router", routed6(), "A", "fd02::3"},
		{"the far side of the router", routed6(), "A", "fd02::5"},
		{"link-local addresses beside others", local(), "ns1", "fe80::2%veth_ns1"},
		{"a gateway by its link-local address", routed6().noRoutes("A").addr("R", "eth1", "fe80::5/64").addr("A", "eth0", "fe80::1/64").route("A", "::/0", "fe80::5", "eth0"), "A", "fd02::3"},
		{"the same link-local address on two links", routed6().addr("A", "eth0", "fe80::1/64").addr("F", "eth0", "fe80::1/64"), "A", "fd02::3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Ping(tt.net.done(), silent(tt.from, tt.to)); len(got) > 0 {
				t.Errorf("findings:\n%s", show(got))
			}
		})
	}
}

func TestTheTargetOnAPortIsExplained(t *testing.T) {
	// ns2's address is on a port of a bridge of its own. The bridge takes the
	// request for ns2; it is the reply that is lost.
	n := pair6().bridge("ns2", "br0", "veth_ns2")
	want := "veth_ns2 is a port of the bridge br0: what comes in there goes to the bridge, and never to ns2 over veth_ns2"
	got := Ping(n.done(), silent("ns1", "fd00::2"))
	if len(got) == 0 || got[0].Text != want {
		t.Errorf("want first %q:\n%s", want, show(got))
	}
	sound := pair6().bridge("ns2", "br0", "veth_ns2").noAddr("ns2", "veth_ns2").addr("ns2", "br0", "fd00::2/64")
	if got := Ping(sound.done(), silent("ns1", "fd00::2")); len(got) > 0 {
		t.Errorf("with the address on the bridge:\n%s", show(got))
	}
}

func TestTheLoopbackAddressesOfOthersAreNotReached(t *testing.T) {
	n := newNet("ns1", "ns2").edit("ns1", func(s *snapshot.Space) {
		s.Addrs = append(s.Addrs, snapshot.Addr{Link: "lo", Prefix: prefix("::1/128"), Scope: "host"})
	})
	if got := Ping(n.done(), silent("ns1", "::1")); len(got) > 0 {
		t.Errorf("the own one:\n%s", show(got))
	}
	if got := Ping(n.done(), silent("ns2", "::1")); len(got) == 0 {
		t.Error("the one of another namespace: no finding")
	}
}
