package run

import (
	"fmt"
	"net/netip"

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

// seenFaults: an interface that is down sees nothing, not even its not being
// seen; a switch that forgets at once sends to all.
func seenFaults(s check.Seen, not bool, lab snapshot.Lab) []fault {
	owner, addr := ownerOf(lab, check.Ping{In: s.In, To: s.To})
	dev := ip(owner) + "link set " + addr.Link
	down := fault{"target down", dev + " down", dev + " up", []string{addr.Link}}
	if s.To.Is6() { // which loses its address
		down.mend = ""
	}
	if !not {
		return []fault{down}
	}
	at, _ := lab.Space(s.At.In)
	l, _ := at.Link(s.At.Dev)
	sw, _ := lab.Space(l.PeerSpace)
	port, _ := sw.Link(l.Peer)
	age := ip(sw.Name) + "link set " + port.Master + " type bridge ageing_time "
	return []fault{down, {"the switch forgets", age + "0", age + "30000", []string{"sends a frame to all ports"}}}
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
