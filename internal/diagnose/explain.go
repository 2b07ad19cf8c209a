package diagnose

import (
	"fmt"
	"slices"

	"netlab/internal/dns"
	"netlab/internal/trace"
)

// explain says why a server answers what it does. Seen are the servers on the
// way to it: a question that comes back to one of them goes round in a circle.
func (q *search) explain(e exchange, seen []string) []Cause {
	if e.Answer == nil {
		return q.unanswered(e, seen)
	}
	r := e.Means()
	if c := q.circle(e.Name); len(c) > 0 {
		return c
	}
	if e.Answer.Truncated && !e.TCP {
		return q.cut(e)
	}
	switch r.Sense {
	case dns.Found:
		return q.unanswered(e, seen)
	case dns.Failed:
		if e.Answer.Status == dns.Refused {
			return q.refused(e)
		}
		return q.failed(e, seen)
	case dns.Referral:
		return q.onlyRefers(e, r, seen)
	}
	if q.knows(e) {
		return q.authority(e.Server, e.Name, r, e.String())
	}
	return q.passed(e, seen)
}

// passed: a server without authority says that there is no such record. Whose
// word is it?
func (q *search) passed(e exchange, seen []string) []Cause {
	seen = append(slices.Clone(seen), e.Server)
	if up, ok := q.decisive(e); ok && !slices.Contains(seen, up.Server) && up.Recursive {
		return q.upstream(up, e.Name, seen)
	}
	if found, ok := q.truth(e.Name); ok && q.knows(found) && found.Server != e.Server {
		if c := q.walk(e, seen); len(c) > 0 {
			return c
		}
		return []Cause{q.blame(StaleCache, e.Server, true, fmt.Sprintf("%s still keeps that there is no %s; %s, which has the zone, has it by now", e.Server, shown(e.Name), found.Server),
			dig(e.From, e.To.Addr(), e.Name, e.Type), e.String(), found.String())}
	}
	if c := q.walk(e, seen); len(c) > 0 {
		return c
	}
	for _, name := range servers(q.lab) {
		if there, ok := q.says(name, e.Name, e.Type); ok && q.knows(there) {
			return q.authority(name, e.Name, there.Means(), e.String())
		}
	}
	says := "that there is no name " + shown(e.Name) + " (NXDOMAIN)"
	if e.Means().Sense != dns.NoName {
		says = "that " + shown(e.Name) + " has no " + e.Type + " record"
	}
	return []Cause{q.blame(RecordMissing, e.Server, false, e.Whom()+" says "+says+", and has it from others, or from its cache", dig(e.From, e.To.Addr(), e.Name, e.Type), e.String())}
}

// refused: a server does not want to answer.
func (q *search) refused(e exchange) []Cause {
	if e.Server == "" {
		return nil
	}
	text := fmt.Sprintf("%s (%s) refuses to answer %s: it neither has a zone of %s, nor asks others for it", e.To.Addr(), e.Server, e.From, shown(e.Name))
	if !q.inquired() { // whether it answers others is not known
		text = fmt.Sprintf("%s (%s) refuses to answer %s: either it has no zone of %s and asks no others for it, or its access control does not let %s in", e.To.Addr(), e.Server, e.From, shown(e.Name), e.From)
	}
	evidence := append([]string{e.String()}, q.completed(e.Name)...)
	for _, o := range q.all {
		if o.Server == e.Server && o.own() && o.Recursive && o.Answer != nil && o.Answer.Status != dns.Refused && q.about(o, e.Name) {
			text = fmt.Sprintf("%s (%s) refuses to answer %s, and answers others: its access control does not let %s in", e.To.Addr(), e.Server, e.From, e.From)
			evidence = append(evidence, o.String())
		}
	}
	return []Cause{q.blame(ServerRefuses, e.Server, q.inquired(), text, dig(e.From, e.To.Addr(), e.Name, e.Type), evidence...)}
}

// onlyRefers: the server that is asked has only parts of the tree, and does not
// go on by itself.
func (q *search) onlyRefers(e exchange, r trace.Meaning, seen []string) []Cause {
	if !e.Recursive {
		if c := q.walk(e, seen); len(c) > 0 || e.From != q.from {
			return c
		}
		text := fmt.Sprintf("%s does not have %s itself, and leaves it to the asker to go on with the servers of %s", e.Whom(), shown(e.Name), shown(r.Zone))
		return []Cause{q.blame("", e.Server, false, text, dig(e.From, e.To.Addr(), e.Name, e.Type, "+norecurse"), e.String())}
	}
	return []Cause{q.blame(NoRecursion, e.Server, true, fmt.Sprintf("%s (%s) is no resolver: it only names the servers of %s, and %s does not ask them", e.To.Addr(), e.Server, shown(r.Zone), e.From),
		dig(e.From, e.To.Addr(), e.Name, e.Type), e.String())}
}
