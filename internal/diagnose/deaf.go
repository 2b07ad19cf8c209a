package diagnose

import (
	"slices"
	"strings"

	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// heard says that a question came to an interface, or to the bridge in front
// of it.
func (q inquest) heard(at end, n trace.Question) bool {
	return slices.ContainsFunc(q.sights, func(s trace.Sight) bool {
		return s.Part == trace.Asking && s.Frame.Ask.For == n.Of && s.Space == at.space && s.Link == at.link && !s.Out() && s.At >= n.At
	})
}

// deaf: a question came to the one who has the address, and got no answer.
func (q inquest) deaf(at end, l snapshot.Link, own snapshot.Addr, n trace.Question) []Cause {
	s, _ := q.lab.Space(at.space)
	if c := q.verdicts(at.space); len(c) > 0 {
		return c
	}
	if why := unused(s, own); why != "" {
		return []Cause{q.cause(DADFailed, at, true, why, own.Prefix.String()+" is "+strings.Join(own.Flags, " "))}
	}
	if slices.Contains(l.Flags, "NOARP") {
		return []Cause{q.cause(ARPOff, at, true, at.String()+" does not answer when its hardware address is asked for: ARP is switched off there (NOARP)", linkLine(at.space, l))}
	}
	if key := q.ignores(s, l); key != "" && n.Of.Is4() {
		return []Cause{q.cause(ARPIgnore, at, true, at.String()+" does not answer when its hardware address is asked for, because a setting forbids it", key)}
	}
	for _, v := range q.visits(trace.Asking, n.Of) {
		by := v.Sights[0].Frame.Ask.By
		if l := q.wayFrom(at.space, by); by.IsValid() && l.Errno != "" {
			return q.refusedBy(at.space, by, l, true)
		}
	}
	if c := q.marked(at.space, n.Of); len(c) > 0 {
		return c
	}
	if s.Rules > 0 {
		return []Cause{q.cause(Firewall, end{at.space, ""}, false, "a firewall rule in "+at.space+" may drop the question, or the answer", strings.TrimSpace(ruleCount(q.lab, at.space)))}
	}
	return []Cause{q.cause("", at, false, at.String()+" is asked for its hardware address, and does not answer", linkLine(at.space, l))}
}

// ignores is the setting that keeps an interface from answering ARP; empty: it
// answers.
func (q inquest) ignores(s snapshot.Space, l snapshot.Link) string {
	if l.Conf != nil && l.Conf.ARPIgnore > 0 {
		return "net.ipv4.conf." + l.Name + ".arp_ignore in " + s.Name + " is set"
	}
	if v := s.Sysctls["net.ipv4.conf.all.arp_ignore"]; v != "" && v != "0" {
		return "net.ipv4.conf.all.arp_ignore in " + s.Name + " is " + v
	}
	return ""
}
