package run

import (
	"fmt"
	"net/netip"
	"strings"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// reachFaults break the first pair of a reach: its ping is like any other.
func reachFaults(r check.Reach, not bool, lab snapshot.Lab) []fault {
	pairs, _ := r.Pairs()
	s, _ := lab.Space(pairs[0].To)
	to, _ := r.Target(s)
	ping := check.Ping{In: pairs[0].From, To: to}
	if not {
		return answerFaults(ping, lab)[:1]
	}
	faults := silenceFaults(ping, lab)
	faults[1].names = []string{pairs[0].To + " has no IPv"} // its address is gone
	for i := range faults {
		if to.Is6() && strings.HasSuffix(faults[i].name, "down") { // and in IPv6 it goes with the interface
			faults[i].names = append(faults[i].names, "has no IPv6 address")
		}
	}
	return faults
}

// pathFaults make the way end before the target. A way that must not be is one
// that nobody knows how to make.
func pathFaults(p check.Path, not bool, lab snapshot.Lab) []fault {
	if not {
		return nil
	}
	return silenceFaults(check.Ping{In: p.In, To: p.To}, lab)
}

// lookupFaults forbid the way, or make another one.
func lookupFaults(l check.Lookup, not bool) []fault {
	own := netip.PrefixFrom(l.To, l.To.BitLen())
	route := ip(l.In) + "route %s %s " + own.String()
	forbid := fault{"forbidden", fmt.Sprintf(route, "add", "prohibit"), fmt.Sprintf(route, "del", "prohibit"), []string{"EACCES", "forbids"}}
	if not && l.Error == "" {
		return nil
	}
	return []fault{forbid}
}
