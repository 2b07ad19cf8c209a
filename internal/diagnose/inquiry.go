package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Name gives the reasons why a name was found as it was, or not at all, the
// likeliest first. Of what the servers said, it knows what was heard.
func Name(lab snapshot.Lab, r measure.Resolved) []Finding {
	t := NameTrace{Resolved: r}
	if len(r.Addrs) > 0 {
		return newSearch(lab, t).told()
	}
	return onlyHeard(lab, r.From, t)
}

// DNS gives the reasons why a name server answered as it did, or not at all,
// the likeliest first.
func DNS(lab snapshot.Lab, d measure.DNS) []Finding {
	t := NameTrace{Resolved: measure.Resolved{From: d.From}, Direct: &d}
	if q := newSearch(lab, t); d.Answer != nil && d.Answer.Sense() == dns.Found {
		return q.vouched(q.asking(d))
	}
	return onlyHeard(lab, d.From, t)
}

// onlyHeard are the causes that can be found without further questions.
func onlyHeard(lab snapshot.Lab, from string, t NameTrace) []Finding {
	if _, ok := lab.Space(place(from)); !ok {
		return []Finding{noSpace(lab, place(from))}
	}
	var out []Finding
	for _, c := range WhyName(lab, t) {
		out = append(out, c.Finding)
	}
	return distinct(out)
}

// told says who has told the addresses that were found.
func (q *search) told() []Finding {
	for _, l := range q.hosts.Find(q.name, q.family()) {
		if slices.Contains(q.t.Resolved.Addrs, l.Addr) {
			return []Finding{{fmt.Sprintf("line %d of %s gives %s this address", l.Line, q.files.Hosts.Path, q.name), q.hostsLine(l) + "\n" + q.switchLine()}}
		}
	}
	if e, ok := q.answer(); ok {
		return q.vouched(e)
	}
	return nil
}

// vouched says how a server knows what it has answered.
func (q *search) vouched(e exchange) []Finding {
	if q.knows(e) {
		return []Finding{{e.Whom() + " says so, and has the zone itself", e.String()}}
	}
	return []Finding{{e.Whom() + " says so, and has it from others, or from its cache", e.String()}}
}

// Decisive is the question of a namespace that tells most of why it found no
// name, and the answer to it; nil: there is none. Each name is tried until a
// server answers: what comes last of a name counts. That there is no such name is
// usual for all but one of a search list; anything else is not.
func Decisive(heard []measure.Heard, from string) (question, answer *measure.Heard) {
	var names []string
	type exchange struct{ question, answer *measure.Heard }
	last := map[string]exchange{}
	for i := range heard {
		h := &heard[i]
		if h.Message == nil || len(h.Message.Questions) == 0 {
			continue
		}
		name := strings.ToLower(h.Message.Questions[0].Name)
		switch e, known := last[name]; {
		case !h.Message.Response && h.Sender == from:
			if !known {
				names = append(names, name)
			}
			last[name] = exchange{question: h}
		case known && h.Message.Response && h.Taker == from && h.From == e.question.To:
			last[name] = exchange{e.question, h}
		}
	}
	for _, name := range names {
		e := last[name]
		question, answer = e.question, e.answer
		if answer == nil || answer.Message.Status != dns.NXDomain {
			break
		}
	}
	return question, answer
}
