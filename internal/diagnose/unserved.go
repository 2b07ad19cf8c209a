package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// unserved: name servers were to be asked, and no address came of it.
func (q *search) unserved() []Cause {
	switch {
	case q.resolv.Assumed:
		return q.noServer()
	case q.resolv.Attempts == 0:
		return []Cause{q.blame(ResolvMistake, q.from, true, "resolv.conf of "+q.from+" allows no attempts, so that no name server is asked", cat(q.from, "resolv.conf"), q.attempts())}
	}
	var silent, answers []exchange
	for _, s := range q.resolv.Servers {
		e, ok := q.best(s)
		switch {
		case ok && e.Answer != nil:
			answers = append(answers, e)
		case ok:
			silent = append(silent, e)
		}
	}
	var found []Cause
	if len(answers) > 0 {
		found = q.otherNames()
	}
	for _, e := range answers {
		if len(found) == 0 {
			found = q.explain(e, nil)
		}
	}
	if len(answers)+len(silent) == 0 {
		silent = q.unheard()
	}
	if len(answers) == 0 {
		for _, e := range silent {
			found = append(found, q.unanswered(e, nil)...)
		}
	}
	return found
}

// attempts is the line that says how often servers are asked.
func (q *search) attempts() string {
	line := ""
	for l := range strings.Lines(q.files.Resolv.Text) {
		if strings.HasPrefix(l, "options") && strings.Contains(l, "attempts:") {
			line = strings.TrimSpace(l)
		}
	}
	return line
}

// best is the question to one of the library's servers that tells most: one
// with an answer before one without, and of those the name that is likeliest.
func (q *search) best(s nss.Server) (exchange, bool) {
	var out exchange
	found := false
	rank := func(e exchange) int {
		n := 0
		if e.Answer != nil {
			n += 2
		}
		if e.Name == q.likely() {
			n++
		}
		return n
	}
	for _, e := range q.all {
		if e.From != q.from || e.To.Addr() != s.Addr || e.own() && !e.Recursive || !slices.Contains(q.candidates, e.Name) || e.TCP {
			continue
		}
		if !found || rank(e) > rank(out) {
			out, found = e, true
		}
	}
	if out.gives() && !out.Answer.Truncated { // it was seen to arrive, and the library did not get it
		for _, e := range q.all {
			if e.onPurpose && e.From == q.from && e.To == out.To && e.Is(out.Name, out.Type) && e.Answer == nil {
				return e, true
			}
		}
	}
	return out, found
}

// likely is the name that is meant: one with a dot as it is, one without in the
// first domain.
func (q *search) likely() string {
	if len(q.candidates) == 0 {
		return asAsked(q.name)
	}
	whole := asAsked(q.name)
	if strings.Contains(strings.TrimSuffix(q.name, "."), ".") && slices.Contains(q.candidates, whole) {
		return whole
	}
	return q.candidates[0]
}

// noServer: resolv.conf names no server, so that the machine itself is asked.
func (q *search) noServer() []Cause {
	for _, m := range q.resolv.Mistakes {
		if strings.Contains(strings.ToLower(m.Text), "server") {
			return []Cause{q.blame(ResolvMistake, q.from, true, fmt.Sprintf("line %d of resolv.conf of %s does not count, so that it has no nameserver: %s", m.Line, q.from, strings.TrimPrefix(m.Why, "this line is ignored: ")),
				cat(q.from, "resolv.conf"), "line "+fmt.Sprint(m.Line)+": "+m.Text)}
		}
	}
	evidence := "without one, the library asks 127.0.0.1, and nothing listens there"
	if s, _ := q.lab.Space(q.from); listens(s) {
		evidence = "without one, the library asks 127.0.0.1"
		if e, asked := q.best(q.resolv.Servers[0]); asked {
			if e.Answer == nil {
				return q.unanswered(e, nil)
			}
			return q.explain(e, nil)
		}
	}
	if q.files.Resolv.Flaw != "" {
		return []Cause{q.unread(q.files.Resolv, false)}
	}
	text := "no nameserver is configured: resolv.conf of " + q.from + " names none"
	if q.files.Resolv.Path == "" {
		text = "no nameserver is configured: " + q.from + " has no resolv.conf"
	}
	return []Cause{q.blame(NoNameserver, q.from, true, text, cat(q.from, "resolv.conf"), evidence)}
}

// unanswered: a question got no answer. Seen are the servers that led to it.
func (q *search) unanswered(e exchange, seen []string) []Cause {
	own := e.From == q.from && len(seen) == 0
	if len(e.Odd) > 0 || e.OtherID {
		return []Cause{q.odd(e)}
	}
	alone := own && q.alone(e)
	e.closed = e.closed || alone
	network := q.network(e)
	if len(network) == 0 {
		network = q.guessed(e)
	}
	if c := q.misdirected(e, network, own); len(c) > 0 {
		return c
	}
	if alone {
		return []Cause{q.blame(NotListening, e.From, true, fmt.Sprintf("%s asks itself, at %s, and no name server listens there", e.From, e.To.Addr()), listening(e.From), q.serverLine(e), e.String())}
	}
	if len(network) > 0 && network[0].Kind != "" {
		return network
	}
	if e.Server != "" && !slices.Contains(seen, e.Server) {
		if c := q.stuck(e, seen); len(c) > 0 {
			return c
		}
	}
	if len(network) > 0 {
		return network
	}
	return []Cause{q.blame("", e.Server, false, "no answer comes from "+e.To.Addr().String(), dig(e.From, e.To.Addr(), e.Name, e.Type), e.String())}
}

// alone says that a machine asked itself, and has no server at this address.
func (q *search) alone(e exchange) bool {
	s, _ := q.lab.Space(e.Server)
	return e.From == e.Server && e.Server != "" && !slices.ContainsFunc(s.Sockets, func(k snapshot.Socket) bool {
		return k.Proto == "udp" && k.Port == e.To.Port() && hearsAt(k.Addr, k.V6Only, e.To.Addr())
	})
}

// odd: what came is no answer to the question.
func (q *search) odd(e exchange) Cause {
	what := "what " + e.To.Addr().String() + " (" + e.Server + ") answers "
	show := dig(e.From, e.To.Addr(), e.Name, e.Type)
	switch {
	case e.OtherID:
		return q.blame(ServerOtherID, e.Server, true, what+"has another id than the question, so nobody takes it for the answer", show, e.String())
	case e.OtherQuestion:
		return q.blame(ServerOtherAnswer, e.Server, true, what+"is no answer to the question of "+e.From+", so nobody takes it for one", show, e.String())
	}
	return q.blame(ServerGarbage, e.Server, true, what+"is no DNS message: something else than a name server listens on port 53", listening(e.Server), e.String())
}

// network is why a packet to a server gets no answer, in words of both.
func (q *search) network(e exchange) []Cause {
	for _, w := range q.t.Ways {
		if w.Trace.From != e.From || w.Trace.To != e.To.Addr() || (w.Trace.Proto == measure.TCP) != e.TCP {
			continue
		}
		found := Why(w.Before, w.After, w.Trace)
		for i := range found {
			what := "its nameserver "
			if e.From != q.from {
				what = "the name server "
			}
			found[i].Text = e.From + " gets no answer from " + what + e.To.Addr().String() + ": " + found[i].Text
			found[i].Evidence = eachOnce(e.String() + "\n" + found[i].Evidence)
		}
		return found
	}
	return nil
}

// listening shows the sockets of a namespace.
func listening(space string) string {
	_, _, exec := programs(space)
	return exec + "ss -lntup"
}
