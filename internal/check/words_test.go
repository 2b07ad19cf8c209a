package check

import (
	"fmt"
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
)

// spoken are checks whose words a learner reads: one that holds and one that
// fails of each kind, each with its negation.
func spoken() []Check {
	return []Check{
		{Namespace: &Namespace{"ns1"}},
		{Namespace: &Namespace{"ns9"}},
		{Link: &Link{In: "ns1", Name: "eth0"}},
		{Link: &Link{In: "ns1", Name: "br0"}},
		{Link: &Link{In: "ns1", Name: "eth0", Up: yes(), Carrier: yes()}},
		{Link: &Link{In: "ns1", Name: "eth1", State: "up"}},
		{Link: &Link{Name: "loose", Master: str("br0")}},
		{Link: &Link{In: "ns9", Name: "eth0", Up: yes()}},
		{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/24"), ""}},
		{Addr: &Addr{In: "ns1", Dev: "eth1"}},
		{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/16"), ""}},
		{Addr: &Addr{"ns1", "eth7", prefix("10.1.1.1/24"), ""}},
		{Route: &Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: ip("10.1.1.4")}},
		{Route: &Route{In: "ns1", Dst: prefix("10.2.0.0/16")}},
		{Route: &Route{In: "ns1", Dst: prefix("10.9.0.0/16")}},
		{Route: &Route{In: "ns2"}},
		{Neigh: &Neigh{In: "ns1", Addr: ip("10.1.1.4")}},
		{Neigh: &Neigh{In: "ns1", Addr: ip("10.1.1.9")}},
		{Neigh: &Neigh{In: "ns2"}},
		{FDB: &FDB{Bridge: "br0", Port: "port1", OfIn: "ns1", OfDev: "eth0"}},
		{FDB: &FDB{Bridge: "br0", OfIn: "ns1", OfDev: "eth1"}},
		{FDB: &FDB{Bridge: "port1"}},
		{Sysctl: &Sysctl{"ns1", "net.ipv4.ip_forward", "1"}},
		{Sysctl: &Sysctl{"host", "net.ipv4.ip_forward", "1"}},
		{Rules: &Rules{"ns1", 0}},
		{Rules: &Rules{"host", 1}},
		{Rules: &Rules{"ns2", 0}},
	}
}

func TestTheWordsOfOutcomes(t *testing.T) {
	var b strings.Builder
	say := func(c Check, p *measure.Ping) {
		out := Judge(c, lab(), measure.Found{Ping: p})
		fmt.Fprintf(&b, "%s\n  %s\n  want  %s\n  got   %s\n", c, choose(out.OK, "pass", "FAIL"), out.Want, out.Got)
		if out.Cause != "" {
			fmt.Fprintf(&b, "  cause %s\n", out.Cause)
		}
	}
	for _, c := range spoken() {
		say(c, nil)
		c.Not = true
		say(c, nil)
	}
	ping := Check{Ping: &Ping{In: "ns1", To: ip("10.1.1.4"), TTL: 64}}
	for _, p := range []*measure.Ping{
		nil, answer("ns1", "10.1.1.4", 64), answer("ns1", "10.1.1.4", 62),
		failure(measure.Silent, "", nil), failure(measure.Refused, "EPERM", nil),
	} {
		say(ping, p)
		say(Check{Not: true, Ping: &Ping{In: "ns1", To: ip("10.1.1.4"), Error: "silent"}}, p)
	}
	golden.Equal(t, "testdata/words.txt", b.String())
}
