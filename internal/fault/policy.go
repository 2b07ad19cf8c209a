package fault

import (
	"fmt"
	"slices"
)

func policyKinds() []Kind {
	return []Kind{
		{Name: "policy-rule-wrong-table", Title: "a policy rule sends the packets to a table with a wrong route", at: ruleWrongTable},
		{Name: "policy-rule-blackhole", Title: "a policy rule drops the packets", at: func(t *trip) []Fault { return t.ruled("blackhole") }},
		{Name: "policy-rule-unreachable", Title: "a policy rule says that the target is unreachable", at: func(t *trip) []Fault { return t.ruled("unreachable") }},
		{Name: "policy-rule-prohibit", Title: "a policy rule forbids the target", at: func(t *trip) []Fault { return t.ruled("prohibit") }},
		{Name: "mark-rule", Needs: []string{NFT}, Title: "a firewall marks the packets, and a policy rule drops what has the mark", at: markRule},
	}
}

// faultTable is a routing table that no lesson uses, and faultMark a mark.
const (
	faultTable = 107
	faultMark  = 7
)

// rule is a line of "ip rule".
func rule(l leg, verb, what string) string {
	if l.dst.Is6() {
		return line(l.out.in, "-6 rule %s %s", verb, what)
	}
	return line(l.out.in, "rule %s %s", verb, what)
}

func ruleWrongTable(t *trip) (out []Fault) {
	for _, l := range t.targets() {
		p, ok := t.prefixWith(l.out, l.next)
		if !ok {
			continue
		}
		a, ok := t.spare(p)
		if !ok {
			continue
		}
		route := fmt.Sprintf("%s via %s dev %s table %d", single(l.dst), a, l.out.link, faultTable)
		what := fmt.Sprintf("to %s lookup %d", l.dst, faultTable)
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, What: what, Also: nobodysGateway(l)},
			Says: fmt.Sprintf("a policy rule in %s sends packets for %s to table %d, where the gateway is %s, and nobody has this address",
				l.out.in, l.dst, faultTable, a),
			Harm: lines(line(l.out.in, "route add %s", route), rule(l, "add", what)),
			Mend: lines(rule(l, "del", what), line(l.out.in, "route del %s", route)),
		})
	}
	return out
}

func (t *trip) ruled(action string) (out []Fault) {
	for _, l := range t.targets() {
		what := "to " + l.dst.String() + " " + action
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, What: what},
			Says:  "a policy rule in " + l.out.in + " says " + action + " for packets to " + l.dst.String(),
			Harm:  lines(rule(l, "add", what)),
			Mend:  lines(rule(l, "del", what)),
		})
	}
	return out
}

func markRule(t *trip) (out []Fault) {
	arriving := map[seat]leg{} // by whom it leaves
	for _, p := range slices.Concat(t.passes(), t.passesUnder()) {
		arriving[p.to.out] = p.from
	}
	for _, l := range t.targets() {
		f := firewall{in: l.out.in, family: family(l.dst), table: "mangle", kind: "route", hook: "output", priority: -150}
		dst := l.dst
		if from, passes := arriving[l.out]; passes {
			f.kind, f.hook, dst = "filter", "prerouting", from.dst
		}
		f.rules = []string{fmt.Sprintf("%s daddr %s meta mark set %d", family(dst), dst, faultMark)}
		what := fmt.Sprintf("fwmark %d blackhole", faultMark)
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, What: what + " to " + l.dst.String(), Also: []Cause{{Kind: "policy-rule-blackhole", In: l.out.in}}},
			Says:  fmt.Sprintf("the firewall of %s marks packets to %s with %d, and a policy rule drops what has this mark", l.out.in, l.dst, faultMark),
			Harm:  append(f.build(), rule(l, "add", what)),
			Mend:  append(f.remove(), rule(l, "del", what)),
		})
	}
	return out
}
