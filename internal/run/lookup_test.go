package run

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/kernel"
	"netlab/internal/netlabtest"
)

func TestALookupThatIsBrokenSaysWhy(t *testing.T) {
	b := newBench(t)
	b.routed()
	addr := netip.MustParseAddr
	lookup := func(l check.Lookup) check.Check { l.In = "A"; return check.Check{Lookup: &l} }
	refused := check.Check{Not: true, Lookup: &check.Lookup{In: "R", To: addr("203.0.113.10"), Error: "ENETUNREACH"}}
	other := lookup(check.Lookup{To: addr("192.168.2.3"), Via: addr("192.168.1.6")})
	other.Not = true
	by6 := "ip -n A route replace default via 192.168.1.6"
	by5 := "ip -n A route replace default via 192.168.1.5"
	b.breaks([]trouble{
		{"another gateway", lookup(check.Lookup{To: addr("203.0.113.10"), Via: addr("192.168.1.5"), Dev: "eth0", From: addr("192.168.1.1")}), by6, by5,
			[]string{"203.0.113.10 via 192.168.1.6 dev eth0 from 192.168.1.1", "A sends to 203.0.113.10 by the route default via 192.168.1.6 dev eth0"}},
		{"a longer prefix", lookup(check.Lookup{To: addr("203.0.113.10"), Via: addr("192.168.1.5")}), "ip -n A route add 203.0.113.0/24 via 192.168.1.6", "ip -n A route del 203.0.113.0/24",
			[]string{"via 192.168.1.6", "A sends to 203.0.113.10 by the route 203.0.113.0/24 via 192.168.1.6 dev eth0"}},
		{"another gateway of IPv6", lookup(check.Lookup{To: addr("2001:db8::1"), Via: addr("fd00:1::5")}), "ip -n A -6 route replace default via fd00:1::6", "ip -n A -6 route replace default via fd00:1::5",
			[]string{"2001:db8::1 via fd00:1::6 dev eth0", "by the route default via fd00:1::6"}},
		{"no route", lookup(check.Lookup{To: addr("203.0.113.10")}), "ip -n A route del default", by5,
			[]string{"network is unreachable (ENETUNREACH)", "A has no route to 203.0.113.10"}},
		{"a route where there must be none", refused, "ip -n R route add default via 192.168.1.6", "ip -n R route del default",
			[]string{"203.0.113.10 via 192.168.1.6 dev eth0", "R sends to 203.0.113.10 by the route default"}},
		{"another error", refused, "ip -n R route add prohibit 203.0.113.0/24", "ip -n R route del prohibit 203.0.113.0/24",
			[]string{"permission denied (EACCES)", "prohibit 203.0.113.0/24"}},
		{"the way that must not be", other, by6, by5, []string{"via 192.168.1.6", "by the route default via 192.168.1.6"}},
	})
}

// tracked is the routed network, where the kernel tracks connections and nft can
// make it do so.
func tracked(t *testing.T) *bench {
	t.Helper()
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b := newBench(t)
	b.routed()
	found, err := kernel.Connections("R")
	must(t, err)
	netlabtest.Require(t, found.Known, "connection tracking in the kernel")
	return b
}

func TestAConnectionIsSeenAndItsAbsenceExplained(t *testing.T) {
	b := tracked(t)
	b.patience = func(check.Check) (within, echo time.Duration) { return 0, check.EchoWait }
	addr := netip.MustParseAddr
	nat := check.Check{Conntrack: &check.Conntrack{In: "R", From: addr("192.168.1.1"), To: addr("192.168.2.3"), ReplyTo: addr("192.168.2.5")}}
	says := func(c check.Check, ok bool, words ...string) {
		t.Helper()
		out, err := b.decide(soon(t), c)
		must(t, err)
		for _, w := range words {
			if out.OK != ok || !strings.Contains(out.Got+"\n"+out.Cause, w) {
				t.Errorf("no %q in %+v", w, out)
			}
		}
	}
	not := nat
	not.Not = true
	ping := exe("A") + "ping -c 1 -W 2 192.168.2.3"
	says(nat, false, "no connections", "R has no nftables rules")
	says(not, true, "no connections")
	nft := exe("R") + "nft "
	must(t, b.sh(nft+"add table ip x\n"+nft+"add chain ip x post '{ type nat hook postrouting priority 100 ; }'\n"+nft+"add rule ip x post oifname eth9 masquerade"))
	says(nat, false, "no connections", "no such packet has passed R lately")
	must(t, b.sh(ping))
	says(nat, false, "icmp from 192.168.1.1 to 192.168.2.3, replies from 192.168.2.3 to 192.168.1.1", "NAT in R writes it, or none does")
	// The echo of a check is followed too, and proves nothing afterwards.
	must(t, b.sh(nft+"add rule ip x post oifname eth1 masquerade"))
	says(check.Check{Ping: &check.Ping{In: "A", To: addr("192.168.2.3")}}, true, "answered")
	says(nat, false, "NAT in R writes it, or none does")
	must(t, b.sh(ping))
	says(nat, true, "replies from 192.168.2.3 to 192.168.2.5")
	says(not, false, "replies from 192.168.2.3 to 192.168.2.5", "an entry stays for a while")
}
