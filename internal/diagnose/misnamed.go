package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
)

// misnamed: the library has found addresses. Are they the right ones, and did it
// find them at once?
func (q *search) misnamed() []Cause {
	var found []Cause
	if q.byHosts() {
		found = q.stale()
	} else {
		found = q.misanswered()
	}
	return append(found, q.late()...)
}

// byHosts says that the addresses are those of the hosts file.
func (q *search) byHosts() bool {
	lines := q.hosts.Find(q.name, q.family())
	if !q.source("files") || len(lines) == 0 {
		return false
	}
	for _, l := range lines {
		if !slices.Contains(q.t.Resolved.Addrs, l.Addr) {
			return false
		}
	}
	return q.before("files", "dns") || !q.answeredWith(q.t.Resolved.Addrs)
}

// answeredWith says that a server gave the library one of the addresses.
func (q *search) answeredWith(addrs []netip.Addr) bool {
	for _, e := range q.all {
		if e.From == q.from && !e.onPurpose && e.Answer != nil && overlap(e.Means().Addrs, addrs) {
			return true
		}
	}
	return false
}

func overlap(a, b []netip.Addr) bool {
	return slices.ContainsFunc(a, func(x netip.Addr) bool { return slices.Contains(b, x) })
}

// nobodys are addresses that no namespace of the lab has.
func (q *search) nobodys(addrs []netip.Addr) bool {
	return !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return len(owners(q.lab, a)) > 0 })
}

// unwanted says that addresses are none of those that the name should have.
func (q *search) unwanted(addrs []netip.Addr) bool {
	return len(q.t.Wants) > 0 && !overlap(addrs, q.t.Wants)
}

// stale: the hosts file has the name. Do name servers contradict?
func (q *search) stale() []Cause {
	addrs := q.t.Resolved.Addrs
	lines := q.hosts.Find(q.name, q.family())
	gone := q.nobodys(addrs)
	says := fmt.Sprintf("the hosts file of %s, line %d, says that %s is %s", q.from, lines[0].Line, q.name, addrs[0])
	shows := []string{q.hostsLine(lines[0]), q.switchLine()}
	for _, name := range q.candidates {
		e, ok := q.truth(name)
		if !ok {
			continue
		}
		other := e.Means().Addrs
		if overlap(other, addrs) || !gone && q.nobodys(other) && !q.unwanted(addrs) {
			return nil // they agree, or the hosts file knows better
		}
		text := fmt.Sprintf("%s, and %s says %s: nsswitch.conf has files first", says, e.Server, other[0])
		sure := gone && !q.nobodys(other) || q.unwanted(addrs) && !q.unwanted(other)
		if gone {
			text = fmt.Sprintf("%s, which nobody in this lab has; %s says %s, but nsswitch.conf has files first", says, e.Server, other[0])
		}
		return []Cause{q.blame(StaleHosts, q.from, sure, text, cat(q.from, "hosts"), append(shows, e.String())...)}
	}
	if gone || q.unwanted(addrs) {
		text := says
		if gone {
			text += ", and nobody in this lab has this address"
		}
		return []Cause{q.blame(StaleHosts, q.from, true, text, cat(q.from, "hosts"), shows...)}
	}
	return nil
}
