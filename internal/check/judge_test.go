package check

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

func yes() *bool           { v := true; return &v }
func no() *bool            { v := false; return &v }
func str(s string) *string { return &s }

func ip(s string) netip.Addr       { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// lab is a bridge br0 in host with one namespace ns1 on a port, and one
// namespace ns2 without anything.
func lab() snapshot.Lab {
	host := snapshot.Space{
		Name: "host",
		Links: []snapshot.Link{
			{Name: "br0", Kind: "bridge", MAC: "02:00:00:00:00:b0", MTU: 1500, Up: true, Carrier: true, State: "UP"},
			{Name: "port1", Kind: "veth", MAC: "02:00:00:00:00:a1", MTU: 1500, Up: true, Carrier: true, State: "UP", Master: "br0", Peer: "eth0", PeerSpace: "ns1", PortState: "forwarding"},
			{Name: "loose", Kind: "veth", MAC: "02:00:00:00:00:a2", MTU: 1500, State: "DOWN"},
		},
		Addrs:  []snapshot.Addr{{Link: "br0", Prefix: prefix("10.1.1.4/24")}, {Link: "br0", Prefix: prefix("fe80::4/64")}},
		Routes: []snapshot.Route{{Dst: prefix("10.1.1.0/24"), Link: "br0", Table: 254}},
		FDB: []snapshot.FDB{
			{Link: "port1", Master: "br0", MAC: "02:00:00:00:00:01", State: "reachable"},
			{Link: "port1", Master: "br0", MAC: "02:00:00:00:00:a1", State: "permanent"},
			{Link: "br0", Self: true, MAC: "33:33:00:00:00:01", State: "permanent"},
		},
		Sysctls: map[string]string{"net.ipv4.ip_forward": "0"},
		Rules:   2,
	}
	ns1 := snapshot.Space{
		Name: "ns1",
		Links: []snapshot.Link{
			{Name: "eth0", Kind: "veth", MAC: "02:00:00:00:00:01", MTU: 1500, Up: true, Carrier: true, State: "UP", Peer: "port1", PeerSpace: "host"},
			{Name: "eth1", Kind: "veth", MAC: "02:00:00:00:00:02", MTU: 1400, Up: true, State: "LOWERLAYERDOWN", Peer: "loose", PeerSpace: "host"},
		},
		Addrs: []snapshot.Addr{{Link: "eth0", Prefix: prefix("10.1.1.1/24")}, {Link: "eth1", Prefix: prefix("fe80::1/64")}},
		Routes: []snapshot.Route{
			{Dst: prefix("10.1.1.0/24"), Link: "eth0", Table: 254},
			{Dst: prefix("10.2.0.0/16"), Link: "eth1", Table: 254, LinkDown: true},
			{Dst: prefix("0.0.0.0/0"), Via: ip("10.1.1.4"), Link: "eth0", Table: 254},
			{Dst: prefix("10.7.0.0/16"), Link: "eth0", Table: 100},
			{Dst: prefix("fe80::/64"), Link: "eth1", Table: 254},
		},
		Neighs: []snapshot.Neigh{
			{Link: "eth0", Addr: ip("10.1.1.4"), MAC: "02:00:00:00:00:b0", State: "STALE"},
			{Link: "eth0", Addr: ip("10.1.1.9"), State: "FAILED"},
			{Link: "eth0", Addr: ip("224.0.0.22"), MAC: "01:00:5e:00:00:16", State: "NOARP"},
		},
		Sysctls: map[string]string{"net.ipv4.ip_forward": "1"},
	}
	return snapshot.Lab{Spaces: []snapshot.Space{host, ns1, {Name: "ns2", Rules: -1}}}
}

// expect is how a check and its negation come out.
type expect int

const (
	holds expect = iota // true, and its negation false
	fails               // false, and its negation true
	blind               // neither passes: the subject is missing
)

func TestPredicatesAndTheirNegations(t *testing.T) {
	tests := []struct {
		name  string
		check Check
		want  expect
		got   string // part of Got
		cause string // part of Cause of the check itself
	}{
		{"a namespace", Check{Namespace: &Namespace{"ns1"}}, holds, "there is a namespace ns1", ""},
		{"a namespace that is missing", Check{Namespace: &Namespace{"ns9"}}, fails, "no namespace ns9", "host, ns1, ns2"},

		{"a link", Check{Link: &Link{In: "ns1", Name: "eth0"}}, holds, "eth0 in ns1", ""},
		{"a link of the host, which is not named", Check{Link: &Link{Name: "br0"}}, holds, "br0 in host", ""},
		{"a link that is not there", Check{Link: &Link{In: "ns1", Name: "br0"}}, fails, "no interface br0 in ns1", "br0 is in host"},
		{"a link in a missing namespace", Check{Link: &Link{In: "ns9", Name: "eth0"}}, blind, "no namespace ns9", ""},
		{"a property of a missing link", Check{Link: &Link{In: "ns1", Name: "eth7", Up: yes()}}, blind, "no interface eth7", "no namespace of this lab has"},
		{"a link that is up", Check{Link: &Link{In: "ns1", Name: "eth0", Up: yes()}}, holds, "up", ""},
		{"a link that is not up", Check{Link: &Link{Name: "loose", Up: yes()}}, fails, "down", "loose in host is down"},
		{"a link that is not down", Check{Link: &Link{In: "ns1", Name: "eth0", Up: no()}}, fails, "up", ""},
		{"a state in small letters", Check{Link: &Link{In: "ns1", Name: "eth1", State: "lowerlayerdown"}}, holds, "", ""},
		{"a state that differs", Check{Link: &Link{In: "ns1", Name: "eth1", State: "up"}}, fails, "state lowerlayerdown", "the other end of the cable, loose in host, is down"},
		{"a carrier", Check{Link: &Link{In: "ns1", Name: "eth0", Carrier: yes()}}, holds, "carrier", ""},
		{"no carrier, and it is so", Check{Link: &Link{In: "ns1", Name: "eth1", Carrier: no()}}, holds, "no carrier", ""},
		{"a carrier that is missing", Check{Link: &Link{In: "ns1", Name: "eth1", Carrier: yes()}}, fails, "no carrier", "the other end"},
		{"a peer", Check{Link: &Link{In: "ns1", Name: "eth0", Peer: "port1", PeerIn: "host"}}, holds, "", ""},
		{"a peer in another namespace", Check{Link: &Link{In: "ns1", Name: "eth0", PeerIn: "ns2"}}, fails, "peer port1 in host", ""},
		{"another peer", Check{Link: &Link{In: "ns1", Name: "eth0", Peer: "eth9"}}, fails, "peer port1", ""},
		{"a master", Check{Link: &Link{Name: "port1", Master: str("br0")}}, holds, "", ""},
		{"a master that is missing", Check{Link: &Link{Name: "loose", Master: str("br0")}}, fails, "no master", ""},
		{"no master", Check{Link: &Link{Name: "loose", Master: str("")}}, holds, "", ""},
		{"no master, but there is one", Check{Link: &Link{Name: "port1", Master: str("")}}, fails, "master br0", ""},
		{"an MTU", Check{Link: &Link{In: "ns1", Name: "eth1", MTU: 1400}}, holds, "", ""},
		{"another MTU", Check{Link: &Link{In: "ns1", Name: "eth1", MTU: 1500}}, fails, "mtu 1400", ""},
		{"a kind", Check{Link: &Link{Name: "br0", Kind: "bridge"}}, holds, "", ""},
		{"another kind", Check{Link: &Link{Name: "br0", Kind: "vxlan"}}, fails, "kind bridge", ""},
		{"two properties, one of them wrong", Check{Link: &Link{Name: "br0", Kind: "bridge", Up: no()}}, fails, "up", ""},

		{"an address", Check{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/24"), ""}}, holds, "10.1.1.1/24", ""},
		{"an address on any interface", Check{Addr: &Addr{"ns1", "", prefix("10.1.1.1/24"), ""}}, holds, "", ""},
		{"an address with another mask", Check{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/16"), ""}}, fails, "10.1.1.1/24", "another mask"},
		{"an address that is elsewhere", Check{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.4/24"), ""}}, fails, "10.1.1.1/24", "is on br0 in host"},
		{"any address", Check{Addr: &Addr{In: "ns1", Dev: "eth0"}}, holds, "10.1.1.1/24", ""},
		{"any address, link-local does not count", Check{Addr: &Addr{In: "ns1", Dev: "eth1"}}, fails, "no address", "has no address"},
		{"the link-local address, asked for", Check{Addr: &Addr{"ns1", "eth1", prefix("fe80::1/64"), ""}}, holds, "", ""},
		{"an address on a missing interface", Check{Addr: &Addr{In: "ns1", Dev: "eth7"}}, blind, "no interface eth7", ""},
		{"an address in a missing namespace", Check{Addr: &Addr{In: "ns9", Dev: "eth0"}}, blind, "no namespace ns9", ""},

		{"a route", Check{Route: &Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "eth0"}}, holds, "10.1.1.0/24 dev eth0", ""},
		{"a route to an interface without carrier says so", Check{Route: &Route{In: "ns1", Dst: prefix("10.2.0.0/16")}}, holds, "linkdown", ""},
		{"the default route", Check{Route: &Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: ip("10.1.1.4")}}, holds, "default via 10.1.1.4", ""},
		{"another gateway", Check{Route: &Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: ip("10.1.1.5")}}, fails, "default via 10.1.1.4", "another one"},
		{"another interface", Check{Route: &Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "eth1"}}, fails, "10.1.1.0/24 dev eth0", "another one"},
		{"a route that is missing", Check{Route: &Route{In: "ns1", Dst: prefix("10.9.0.0/16")}}, fails, "in ns1", "no address in this network"},
		{"a route of another table", Check{Route: &Route{In: "ns1", Dst: prefix("10.7.0.0/16")}}, fails, "", ""},
		{"any route", Check{Route: &Route{In: "ns1"}}, holds, "", ""},
		{"any route of a namespace without one", Check{Route: &Route{In: "ns2"}}, fails, "no route in ns2", ""},
		{"any route, those of link-local addresses do not count", Check{Route: &Route{In: "ns1", Dev: "eth1", Via: ip("fe80::9")}}, fails, "", ""},
		{"a route on a missing interface", Check{Route: &Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "eth7"}}, blind, "no interface eth7", ""},
		{"a route in a missing namespace", Check{Route: &Route{In: "ns9"}}, blind, "no namespace ns9", ""},

		{"a neighbour", Check{Neigh: &Neigh{In: "ns1", Addr: ip("10.1.1.4")}}, holds, "10.1.1.4 02:00:00:00:00:b0 STALE", ""},
		{"a neighbour on its interface", Check{Neigh: &Neigh{"ns1", ip("10.1.1.4"), "eth0"}}, holds, "", ""},
		{"a neighbour on another interface", Check{Neigh: &Neigh{"ns1", ip("10.1.1.4"), "eth1"}}, fails, "no entry", "has not asked"},
		{"a neighbour that does not answer", Check{Neigh: &Neigh{In: "ns1", Addr: ip("10.1.1.9")}}, fails, "FAILED", "nobody answered"},
		{"a multicast group is not known", Check{Neigh: &Neigh{In: "ns1", Addr: ip("224.0.0.22")}}, fails, "NOARP", ""},
		{"any neighbour", Check{Neigh: &Neigh{In: "ns1"}}, holds, "10.1.1.4", ""},
		{"any neighbour of one that has none", Check{Neigh: &Neigh{In: "ns2"}}, fails, "no entry", "not asked for anybody"},
		{"a neighbour on a missing interface", Check{Neigh: &Neigh{In: "ns1", Dev: "eth7"}}, blind, "no interface eth7", ""},
		{"a neighbour in a missing namespace", Check{Neigh: &Neigh{In: "ns9"}}, blind, "no namespace ns9", ""},

		{"a learned address", Check{FDB: &FDB{Bridge: "br0", Port: "port1", OfIn: "ns1", OfDev: "eth0"}}, holds, "02:00:00:00:00:01 at port1", ""},
		{"a learned address at any port", Check{FDB: &FDB{Bridge: "br0", OfIn: "ns1", OfDev: "eth0"}}, holds, "", ""},
		{"a learned address of anybody", Check{FDB: &FDB{Bridge: "br0", Port: "port1"}}, holds, "", ""},
		{"an address at another port", Check{FDB: &FDB{Bridge: "br0", Port: "loose", OfIn: "ns1", OfDev: "eth0"}}, fails, "at port1", "loose is not a port of br0"},
		{"an address that was not learned", Check{FDB: &FDB{Bridge: "br0", OfIn: "ns1", OfDev: "eth1"}}, fails, "at port1", "no frame from it"},
		{"an address entered by the kernel", Check{FDB: &FDB{Bridge: "br0", OfDev: "port1"}}, fails, "", ""},
		{"the table of something that is no bridge", Check{FDB: &FDB{Bridge: "port1"}}, blind, "port1 is not a bridge", ""},
		{"the table of a missing bridge", Check{FDB: &FDB{Bridge: "br7"}}, blind, "no interface br7", ""},
		{"a missing port", Check{FDB: &FDB{Bridge: "br0", Port: "port7"}}, blind, "no interface port7", ""},
		{"the address of a missing interface", Check{FDB: &FDB{Bridge: "br0", OfIn: "ns1", OfDev: "eth7"}}, blind, "no interface eth7 in ns1", ""},
		{"the address of an interface in a missing namespace", Check{FDB: &FDB{Bridge: "br0", OfIn: "ns9", OfDev: "eth0"}}, blind, "no namespace ns9", ""},
		{"a bridge in a missing namespace", Check{FDB: &FDB{In: "ns9", Bridge: "br0"}}, blind, "no namespace ns9", ""},

		{"a setting", Check{Sysctl: &Sysctl{"ns1", "net.ipv4.ip_forward", "1"}}, holds, "= 1", ""},
		{"another value", Check{Sysctl: &Sysctl{"host", "net.ipv4.ip_forward", "1"}}, fails, "= 0", ""},
		{"a setting nobody knows", Check{Sysctl: &Sysctl{"ns1", "net.ipv4.nothing", "1"}}, blind, "not known", "no such setting"},
		{"a setting in a missing namespace", Check{Sysctl: &Sysctl{"ns9", "net.ipv4.ip_forward", "1"}}, blind, "no namespace ns9", ""},

		{"rules", Check{Rules: &Rules{"host", 2}}, holds, "2 nftables rules", ""},
		{"no rules", Check{Rules: &Rules{"ns1", 0}}, holds, "no nftables rules", ""},
		{"another number of rules", Check{Rules: &Rules{"host", 1}}, fails, "2 nftables rules", ""},
		{"rules in a kernel without nftables", Check{Rules: &Rules{"ns2", 0}}, blind, "cannot be counted", "this kernel has no nftables"},
		{"rules in a missing namespace", Check{Rules: &Rules{"ns9", 0}}, blind, "no namespace ns9", ""},

		{"no claim at all", Check{}, blind, "claims nothing", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Judge(tt.check, lab(), measure.Found{})
			opposite := tt.check
			opposite.Not = true
			not := Judge(opposite, lab(), measure.Found{})
			if out.OK != (tt.want == holds) || not.OK != (tt.want == fails) {
				t.Errorf("the check: %+v\nits negation: %+v", out, not)
			}
			if !strings.Contains(out.Got, tt.got) || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("got %q, cause %q; want parts %q, %q", out.Got, out.Cause, tt.got, tt.cause)
			}
			for _, o := range []Outcome{out, not} {
				if o.Want == "" || o.Got == "" || o.OK != (o.Cause == "") {
					t.Errorf("want and got are always said, a cause for each failure: %+v", o)
				}
			}
		})
	}
}

func answer(from, to string, ttl int) *measure.Ping {
	return &measure.Ping{From: from, To: ip(to), Sent: 1, Received: 1, Fate: measure.Answered, TTL: ttl, RTT: 42 * time.Microsecond}
}

func failure(fate measure.Fate, errno string, icmp *measure.ICMPError) *measure.Ping {
	return &measure.Ping{From: "ns1", To: ip("10.1.1.4"), Sent: 1, Fate: fate, Errno: errno, Text: "the words", ICMP: icmp}
}

func TestPings(t *testing.T) {
	ping := func(ttl int) Check { return Check{Ping: &Ping{In: "ns1", To: ip("10.1.1.4"), TTL: ttl}} }
	not := func(how string) Check {
		return Check{Not: true, Ping: &Ping{In: "ns1", To: ip("10.1.1.4"), Error: how}}
	}
	host := &measure.ICMPError{From: ip("10.1.1.1"), Type: 3, Code: 1, Text: "Destination Host Unreachable"}
	late := &measure.ICMPError{From: ip("10.1.1.1"), Type: 11, Text: "Time to live exceeded"}
	tests := []struct {
		name       string
		check      Check
		ping       *measure.Ping
		ok         bool
		got, cause string
	}{
		{"answered", ping(0), answer("ns1", "10.1.1.4", 64), true, "10.1.1.4 answered after 42µs (ttl 64)", ""},
		{"answered with the right ttl", ping(63), answer("ns1", "10.1.1.4", 63), true, "ttl 63", ""},
		{"answered over one router too many", ping(64), answer("ns1", "10.1.1.4", 63), false, "ttl 63", "1 router more than expected"},
		{"answered over two routers too few", ping(62), answer("ns1", "10.1.1.4", 64), false, "ttl 64", "2 routers fewer than expected"},
		{"silent", ping(0), failure(measure.Silent, "", nil), false, "no answer", "a firewall rule in host may drop"},
		{"refused", ping(0), failure(measure.Refused, "EPERM", nil), false, "the kernel would not send it: the words (EPERM)", "a firewall rule in ns1"},
		{"reported", ping(0), failure(measure.Reported, "", late), false, "10.1.1.1 said: Time to live exceeded", "10.1.1.1 answered: time to live exceeded"},
		{"never sent", ping(0), nil, false, "no ping was sent", "could not be tried"},
		{"without a fate", ping(0), &measure.Ping{From: "ns1", To: ip("10.1.1.4")}, false, "no echo was sent", "could not be tried"},
		{"to somebody else", ping(0), answer("ns1", "10.1.1.5", 64), false, "another ping", ""},
		{"from somebody else", ping(0), answer("ns2", "10.1.1.4", 64), false, "another ping", ""},

		{"silent, as it must be", not(""), failure(measure.Silent, "", nil), true, "no answer", ""},
		{"refused, as it must be", not(""), failure(measure.Refused, "ENETUNREACH", nil), true, "ENETUNREACH", ""},
		{"reported, as it must be", not(""), failure(measure.Reported, "", host), true, "Destination Host Unreachable", ""},
		{"silent, and silence is asked for", not("silent"), failure(measure.Silent, "", nil), true, "", ""},
		{"refused, but silence is asked for", not("silent"), failure(measure.Refused, "ENETUNREACH", nil), false, "ENETUNREACH", "firewall"},
		{"the errno that is asked for", not("ENETUNREACH"), failure(measure.Refused, "ENETUNREACH", nil), true, "", ""},
		{"another errno", not("ENETUNREACH"), failure(measure.Refused, "EPERM", nil), false, "EPERM", "a firewall rule in ns1"},
		{"silent, but an errno is asked for", not("ENETUNREACH"), failure(measure.Silent, "", nil), false, "no answer", ""},
		{"unreachable", not("unreachable"), failure(measure.Reported, "", host), true, "", ""},
		{"unreachable, as the own kernel found", not("unreachable"), failure(measure.Refused, "EHOSTUNREACH", host), true, "", ""},
		{"EHOSTUNREACH, as the own kernel found", not("EHOSTUNREACH"), failure(measure.Refused, "EHOSTUNREACH", host), true, "", ""},
		{"another report than unreachable", not("unreachable"), failure(measure.Reported, "", late), false, "Time to live", ""},
		{"answered, but must not be", not(""), answer("ns1", "10.1.1.4", 64), false, "answered", "the way from ns1 to host, which has 10.1.1.4, is open"},
		{"answered, but must be silent", not("silent"), answer("ns1", "10.1.1.4", 64), false, "answered", "is open"},
		{"one of two answered", not(""), &measure.Ping{From: "ns1", To: ip("10.1.1.4"), Sent: 2, Received: 1, Fate: measure.Answered}, false, "", ""},
		{"must fail, but was never sent", not(""), nil, false, "no ping was sent", "could not be tried"},
		{"must fail, but has no fate", not(""), &measure.Ping{From: "ns1", To: ip("10.1.1.4")}, false, "no echo was sent", ""},
		{"must fail, but nothing went out", not(""), &measure.Ping{From: "ns1", To: ip("10.1.1.4"), Fate: measure.Silent}, false, "no echo was sent", ""},
		{"must fail, but went to somebody else", not(""), &measure.Ping{From: "ns1", To: ip("10.1.1.5"), Sent: 1, Fate: measure.Silent}, false, "another ping", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Judge(tt.check, lab(), measure.Found{Ping: tt.ping})
			if out.OK != tt.ok || !strings.Contains(out.Got, tt.got) || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("%+v\nwant ok %v, parts %q and %q", out, tt.ok, tt.got, tt.cause)
			}
			if out.Want == "" || out.OK != (out.Cause == "") {
				t.Errorf("want is always said, a cause for each failure: %+v", out)
			}
		})
	}
}

func TestAPingFromAMissingNamespaceNeverPasses(t *testing.T) {
	for _, negated := range []bool{false, true} {
		c := Check{Not: negated, Ping: &Ping{In: "ns9", To: ip("10.1.1.4")}}
		for _, p := range []*measure.Ping{nil, answer("ns9", "10.1.1.4", 64), {From: "ns9", To: ip("10.1.1.4"), Sent: 1, Fate: measure.Silent}} {
			if out := Judge(c, lab(), measure.Found{Ping: p}); out.OK || out.Got != "there is no namespace ns9" {
				t.Errorf("not=%v, ping %+v: %+v", negated, p, out)
			}
		}
	}
}
