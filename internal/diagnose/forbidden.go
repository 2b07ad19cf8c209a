package diagnose

import (
	"net/netip"
	"slices"
	"strconv"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// marked: policy rules ask for a mark that only a firewall can have given.
func (q inquest) marked(space string, to netip.Addr) []Cause {
	s, _ := q.lab.Space(space)
	for _, r := range s.PolicyRules {
		if kind := ruleKind(r); kind != "" && r.Mark != 0 && r.Family == familyOf(to) {
			return []Cause{q.cause(kind, end{space, ""}, false, "a policy rule in "+space+" forbids packets with the mark that a firewall gives: "+ruleText(r), ruleText(r)+ruleCount(q.lab, space))}
		}
	}
	return nil
}

// ruleKind is the kind of a policy rule that forbids; empty: it does not.
func ruleKind(r snapshot.PolicyRule) Kind {
	switch r.Action {
	case "blackhole":
		return RuleBlackhole
	case "unreachable":
		return RuleUnreach
	case "prohibit":
		return RuleProhibit
	}
	return ""
}

// refusedBy: the kernel of a namespace has no way for a packet, or one that
// forbids it.
func (q inquest) refusedBy(space string, to netip.Addr, l measure.Lookup, reply bool) []Cause {
	s, _ := q.lab.Space(space)
	if r, ok := forbidding(s, to); ok {
		kind := map[string]Kind{"blackhole": Blackhole, "unreachable": Unreachable, "prohibit": Prohibit}[r.Type]
		if kind != "" {
			return []Cause{q.cause(kind, end{space, ""}, true, space+" has a route which forbids to send to "+to.String()+": "+routeText(r), routeText(r))}
		}
	}
	for _, r := range s.PolicyRules {
		if kind := ruleKind(r); kind != "" && r.Mark == 0 && (!r.Dst.IsValid() || r.Dst.Contains(to.WithZone(""))) && r.Family == familyOf(to) {
			return []Cause{q.cause(kind, end{space, ""}, true, "a policy rule in "+space+" forbids to send to "+to.String()+": "+ruleText(r), ruleText(r))}
		}
	}
	return q.noWay(s, to, l, reply)
}

// ruleText is a policy rule much as ip prints it.
func ruleText(r snapshot.PolicyRule) string {
	text := strconv.Itoa(int(r.Priority)) + ": from "
	if r.Src.IsValid() {
		text += r.Src.String()
	} else {
		text += "all"
	}
	if r.Dst.IsValid() {
		text += " to " + r.Dst.String()
	}
	if r.Mark != 0 {
		text += " fwmark 0x" + strconv.FormatUint(uint64(r.Mark), 16)
	}
	if r.IIF != "" {
		text += " iif " + r.IIF
	}
	text += " " + r.Action
	if r.Action == "lookup" {
		text += " " + tableName(r.Table)
	}
	return text
}

func tableName(n uint32) string {
	switch n {
	case 255:
		return "local"
	case 254:
		return "main"
	case 253:
		return "default"
	}
	return strconv.Itoa(int(n))
}

// forbidding is the route of any table that the kernel found for an address, if
// it is one that sends nothing.
func forbidding(s snapshot.Space, to netip.Addr) (snapshot.Route, bool) {
	i := slices.IndexFunc(s.Routes, func(r snapshot.Route) bool {
		return r.Dst.Contains(to.WithZone("")) && (r.Type == "blackhole" || r.Type == "unreachable" || r.Type == "prohibit") && !longer(s, r, to)
	})
	if i < 0 {
		return snapshot.Route{}, false
	}
	return s.Routes[i], true
}

func longer(s snapshot.Space, than snapshot.Route, to netip.Addr) bool {
	return slices.ContainsFunc(s.Routes, func(r snapshot.Route) bool {
		return r.Table == than.Table && r.Dst.Contains(to.WithZone("")) && r.Dst.Bits() > than.Dst.Bits()
	})
}
