package diagnose

import (
	"fmt"
	"slices"

	"netlab/internal/dns"
)

// decisive is the last question about a name that a server asked another one.
func (q *search) decisive(e exchange) (exchange, bool) {
	ups := q.asked(e.Server, func(o exchange) bool { return q.about(o, e.Name) && o.Type == e.Type && o.Server != e.Server })
	if len(ups) == 0 {
		return exchange{}, false
	}
	for _, o := range ups {
		if o.Answer != nil && e.Answer != nil && o.Answer.Status == e.Answer.Status {
			return o, true
		}
	}
	return ups[len(ups)-1], true
}

// failed: a server could not find out (SERVFAIL). What did it ask?
func (q *search) failed(e exchange, seen []string) []Cause {
	if c := q.stuck(e, seen); len(c) > 0 {
		return c
	}
	text := e.Server + " could not find out what " + shown(e.Name) + " is (" + e.Answer.Status + "), and "
	switch asked := q.asked(e.Server, func(o exchange) bool { return o.Server != e.Server }); {
	case e.Answer.Status != dns.ServFail:
		text = e.Whom() + " answers " + e.Answer.Status
	case len(asked) > 0:
		text += "what it was heard to ask does not show why"
	default:
		text += "nothing was heard that it asked"
	}
	return []Cause{q.blame(ServerFails, e.Server, false, text, dig(e.From, e.To.Addr(), e.Name, e.Type), e.String())}
}

// stuck: a server gives no answer, or SERVFAIL, because of what it asks others.
func (q *search) stuck(e exchange, seen []string) []Cause {
	if slices.Contains(seen, e.Server) {
		return []Cause{q.blame(ForwardLoop, e.Server, true, fmt.Sprintf("the question for %s goes round in a circle: %s", shown(e.Name), list(append(seen, e.Server))), "", e.String())}
	}
	seen = append(slices.Clone(seen), e.Server)
	if c := q.circle(e.Name); len(c) > 0 {
		return c
	}
	for _, o := range q.onward(e) {
		if slices.Contains(seen, o.Server) && o.Server != "" {
			return []Cause{q.blame(ForwardLoop, e.Server, true, fmt.Sprintf("%s forwards the question for %s to %s, from where it came", e.Server, shown(e.Name), o.To.Addr()), "", e.String(), o.String())}
		}
		if c := q.upstream(o, e.Name, seen); len(c) > 0 {
			return c
		}
	}
	if c := q.walk(e, seen); len(c) > 0 {
		return c
	}
	return q.cutOff(e)
}

// onward are the questions by which a server asks on for another one's. Those of
// the library are left out where a machine asks its own server.
func (q *search) onward(e exchange) []exchange {
	library := 0
	if e.From == q.from && e.Server == q.from {
		library = q.resolv.Attempts
	}
	return q.asked(e.Server, func(o exchange) bool {
		if !o.Recursive || !q.about(o, e.Name) || o.Type != e.Type {
			return false
		}
		if o.Server == q.from && library > 0 {
			library--
			return false
		}
		return true
	})
}

// cutOff: a server was not heard to ask anybody. Where does a packet from there
// to other name servers end?
func (q *search) cutOff(e exchange) []Cause {
	if len(q.asked(e.Server, func(o exchange) bool { return o.Server != e.Server })) > 0 {
		return nil
	}
	for _, w := range q.t.Ways {
		if w.Trace.From != e.Server || w.Trace.To.IsLoopback() {
			continue
		}
		found := Why(w.Before, w.After, w.Trace)
		if len(found) == 0 || found[0].Kind == "" {
			continue
		}
		for i := range found {
			found[i].Text = fmt.Sprintf("%s cannot ask other name servers, such as %s: %s", e.Server, w.Trace.To, found[i].Text)
			found[i].Evidence = eachOnce(e.String() + "\n" + found[i].Evidence)
		}
		return found
	}
	return nil
}

// upstream: what a server asked another one about a name, for which it has no
// answer.
func (q *search) upstream(o exchange, name string, seen []string) []Cause {
	if o.Answer != nil && !dns.SameName(o.Name, name) && o.Means().Sense != dns.Failed { // a decoy: what would it say of the name?
		there, ok := q.says(o.Server, name, o.Type)
		if !ok {
			return nil
		}
		o = there
	}
	if o.Answer != nil {
		if o.Means().Sense == dns.Found {
			return nil
		}
		return q.explain(o, seen)
	}
	found := q.unanswered(o, seen)
	if o.Server != "" || len(placed(found)) > 0 {
		return found
	}
	c := q.blame(UpstreamWrong, o.From, true, fmt.Sprintf("%s forwards questions to %s, and nobody in this lab has this address", o.From, o.To.Addr()), dig(o.From, o.To.Addr(), name, o.Type), o.String())
	return []Cause{c}
}
