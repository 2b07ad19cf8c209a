package snapshot

import (
	"net/netip"
	"testing"
)

// ruled is host with v0, the rules of the beginning, and more things.
func ruled(things ...any) Lab {
	return labOf(host(append(append([]any{veth(2, "v0", "", "")}, append(firstRules(4), firstRules(6)...)...), things...)...))
}

func TestRulesOfTheRoutingPolicyComeAndGo(t *testing.T) {
	in := func(table uint32) func(*Route) { return func(r *Route) { r.Table = table } }
	act := func(action string) func(*PolicyRule) {
		return func(r *PolicyRule) { r.Action, r.Table = action, 0 }
	}
	six := func(r *PolicyRule) { r.Family = 6 }
	without := func(i int) Lab {
		lab := ruled()
		lab.Spaces[0].PolicyRules = append(lab.Spaces[0].PolicyRules[:i:i], lab.Spaces[0].PolicyRules[i+1:]...)
		return lab
	}
	tellAll(t, []diffCase{
		{
			"to a table with routes", ruled(routeVia("10.9.0.0/16", "", "v0", in(100))),
			ruled(routeVia("10.9.0.0/16", "", "v0", in(100)), ruleFor(1000, "10.1.0.0/16", 100)),
			[]string{"+ host rule 1000: from 10.1.0.0/16 lookup 100"}, "for such packets, table 100 is asked before table main",
		},
		{"to an empty table", ruled(), ruled(ruleFor(1000, "10.1.0.1/32", 100)), []string{"+ host rule 1000: from 10.1.0.1 lookup 100"}, "it has no route yet, so the next rule is asked"},
		{"for everybody", ruled(), ruled(ruleFor(1000, "", 100)), []string{"+ host rule 1000: from all lookup 100"}, "for all packets, table 100 is asked"},
		{"of IPv6 for everybody", ruled(), ruled(ruleFor(1000, "", 100, six)), []string{"+ host rule 1000: from all lookup 100 (IPv6)"}, "for all packets"},
		{"of IPv6", ruled(), ruled(ruleFor(1000, "fd00::/64", 100)), []string{"+ host rule 1000: from fd00::/64 lookup 100"}, "for such packets"},
		{"behind table main", ruled(), ruled(ruleFor(40000, "", 100)), []string{"+ host rule 40000: from all lookup 100"}, "for all packets, table 100 is asked; it has no route"},
		{"a blackhole", ruled(), ruled(ruleFor(5, "10.1.0.0/16", 0, act("blackhole"))), []string{"+ host rule 5: from 10.1.0.0/16 blackhole"}, "such packets are dropped, and nobody is told"},
		{"a prohibition", ruled(), ruled(ruleFor(5, "10.1.0.0/16", 0, act("prohibit"))), []string{"+ host rule 5: from 10.1.0.0/16 prohibit"}, "such packets are refused, and their sender is told"},
		{"unreachable", ruled(), ruled(ruleFor(5, "", 0, act("unreachable"))), []string{"+ host rule 5: from all unreachable"}, "all packets are refused"},
		{"nop", ruled(), ruled(ruleFor(5, "", 0, act("nop"))), []string{"+ host rule 5: from all nop"}, "it does nothing"},
		{"goto", ruled(), ruled(ruleFor(5, "", 0, act("goto 32766"))), []string{"+ host rule 5: from all goto 32766"}, "all packets skip the rules up to that one"},
		{"one goes", ruled(ruleFor(5, "", 100)), ruled(), []string{"- host rule 5: from all lookup 100"}, "the rules after it decide now"},
		{"table local goes", ruled(), without(0), []string{"- host rule 0: from all lookup local"}, "does not know its own addresses"},
		{"table main goes", ruled(), without(1), []string{"- host rule 32766: from all lookup main"}, "table main are not used"},
		{"table local comes back", without(0), ruled(), []string{"+ host rule 0: from all lookup local"}, "from the beginning"},
		{"a new namespace has those of the beginning", labOf(host()), labOf(host(), spaceOf("a", firstRules(4)...)), []string{"+ a namespace a"}, "of its own"},
		{
			"a new namespace with another", labOf(host()), labOf(host(), spaceOf("a", append(firstRules(4), ruleFor(7, "", 8))...)),
			[]string{"+ a namespace a", "+ a rule 7: from all lookup 8"}, "",
		},
		{
			"a route that nobody asks for", ruled(), ruled(routeVia("10.9.0.0/16", "", "v0", in(100))),
			[]string{"+ host route 10.9.0.0/16 dev v0 table 100"}, "; no rule asks table 100 yet, so no packet uses it",
		},
		{
			"a route that a rule asks for", ruled(ruleFor(7, "", 100)), ruled(ruleFor(7, "", 100), routeVia("10.9.0.0/16", "", "v0", in(100))),
			[]string{"+ host route 10.9.0.0/16 dev v0 table 100"}, "; only packets for which a rule asks table 100 use it",
		},
		{
			"a rule of the other family does not ask for it", ruled(ruleFor(7, "", 100, six)), ruled(ruleFor(7, "", 100, six), routeVia("10.9.0.0/16", "", "v0", in(100))),
			[]string{"+ host route 10.9.0.0/16 dev v0 table 100"}, "no rule asks table 100 yet",
		},
		{"a route in table default", ruled(), ruled(routeVia("10.9.0.0/16", "", "v0", in(253))), []string{"+ host route 10.9.0.0/16 dev v0 table 253"}, "looked for directly on v0"},
	})
}

// TestARuleReadsAsIPWritesIt: package kernel compares it with the real ip.
func TestARuleReadsAsIPWritesIt(t *testing.T) {
	to := func(p string) func(*PolicyRule) { return func(r *PolicyRule) { r.Dst = netip.MustParsePrefix(p) } }
	tests := map[string]PolicyRule{
		"0: from all lookup local":                                  ruleFor(0, "", 255),
		"9: not from 10.0.0.0/8 to 10.1.0.1 lookup default":         ruleFor(9, "10.0.0.0/8", 253, to("10.1.0.1/32"), func(r *PolicyRule) { r.Not = true }),
		"9: from all fwmark 0x7 lookup main":                        ruleFor(9, "", 254, func(r *PolicyRule) { r.Mark, r.Mask = 7, 1<<32-1 }),
		"9: from all fwmark 0/0xff lookup main":                     ruleFor(9, "", 254, func(r *PolicyRule) { r.Mask = 255 }),
		"9: from all fwmark 0x10/0xf0 iif v0 oif v1 lookup 5":       ruleFor(9, "", 5, func(r *PolicyRule) { r.Mark, r.Mask, r.IIF, r.OIF = 16, 240, "v0", "v1" }),
		"9: from all tos 0x10 iif v0 ipproto tcp dport 80 nop":      ruleFor(9, "", 0, func(r *PolicyRule) { r.Action, r.IIF, r.More = "nop", "v0", "tos 0x10 ipproto tcp dport 80" }),
		"9: from all uidrange 0-9 lookup 5 suppress_prefixlength 0": ruleFor(9, "", 5, func(r *PolicyRule) { r.More = "uidrange 0-9 suppress_prefixlength 0" }),
		"9: from all tos 0x10 lookup 5":                             ruleFor(9, "", 5, func(r *PolicyRule) { r.More = "tos 0x10" }),
	}
	for want, r := range tests {
		if got := r.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
