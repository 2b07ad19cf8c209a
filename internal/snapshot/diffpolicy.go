package snapshot

import (
	"fmt"
	"slices"
)

// standard tells whether each namespace has the rule from the beginning: the
// tables local, main and default are asked for all packets (ip-rule(8)).
func (r PolicyRule) standard() bool {
	plain := PolicyRule{Family: r.Family, Priority: r.Priority, Action: "lookup", Table: r.Table}
	switch r.Priority {
	case 0:
		return r == plain && r.Table == localTable
	case mainRule:
		return r == plain && r.Table == mainTable
	case defaultRule:
		return r == plain && r.Table == defaultTable
	}
	return false
}

const (
	mainRule     = 32766
	defaultRule  = 32767
	defaultTable = 253 // RT_TABLE_DEFAULT in linux/rtnetlink.h
)

// OwnRules are the rules of the routing policy that somebody has made.
func (s Space) OwnRules() []PolicyRule {
	return slices.DeleteFunc(slices.Clone(s.PolicyRules), PolicyRule.standard)
}

// title is the rule in ip's words. The family stands there where the words do
// not show it.
func (r PolicyRule) title() string {
	if r.Family == 6 && !r.Src.IsValid() && !r.Dst.IsValid() {
		return "rule " + r.String() + " (IPv6)"
	}
	return "rule " + r.String()
}

// rules compares the routing policy.
func (d *differ) rules(was, now Space) {
	compare(was.PolicyRules, now.PolicyRules, func(r PolicyRule) string { return fmt.Sprint(r.Family, r) }, func(r PolicyRule) {
		if !r.standard() || len(was.PolicyRules) > 0 {
			d.add("+", now.Name, r.title(), now.ruleCame(r))
		}
	}, func(r PolicyRule) {
		d.add("-", now.Name, r.title(), ruleWent(r))
	})
}

func (s Space) ruleCame(r PolicyRule) string {
	if r.standard() {
		return "each namespace has this rule from the beginning"
	}
	who := "such packets"
	if (r == PolicyRule{Family: r.Family, Priority: r.Priority, Action: r.Action, Table: r.Table}) {
		who = "all packets"
	}
	switch r.Action {
	case "lookup":
		reason := fmt.Sprintf("for %s, table %s is asked", who, ruleTable(r.Table))
		if r.Priority < mainRule && r.Table != mainTable {
			reason += " before table main"
		}
		if !s.hasTable(r) {
			reason += "; it has no route yet, so the next rule is asked"
		}
		return reason
	case "blackhole":
		return who + " are dropped, and nobody is told"
	case "unreachable", "prohibit":
		return who + " are refused, and their sender is told"
	case "nop":
		return "it does nothing: the next rule is asked"
	}
	return fmt.Sprintf("%s skip the rules up to that one", who)
}

// hasTable tells whether the table of a rule has a route of its family.
func (s Space) hasTable(r PolicyRule) bool {
	return r.Table == localTable || slices.ContainsFunc(s.Routes, func(o Route) bool {
		return o.Family == r.Family && (o.Table == r.Table || o.isMain() && r.Table == mainTable)
	})
}

func ruleWent(r PolicyRule) string {
	switch {
	case r.standard() && r.Table == localTable:
		return "without it the namespace does not know its own addresses"
	case r.standard() && r.Table == mainTable:
		return "without it the routes of table main are not used"
	}
	return "the rules after it decide now"
}

// tableReason says, of a route that is not in table main, who uses it; empty if
// everybody does.
func (s Space) tableReason(r Route) string {
	if r.isMain() || r.Table == defaultTable || s.PolicyRules == nil {
		return ""
	}
	asked := slices.ContainsFunc(s.PolicyRules, func(p PolicyRule) bool {
		return p.Action == "lookup" && p.Table == r.Table && p.Family == r.Family
	})
	if asked {
		return fmt.Sprintf("; only packets for which a rule asks table %d use it", r.Table)
	}
	return fmt.Sprintf("; no rule asks table %d yet, so no packet uses it", r.Table)
}
