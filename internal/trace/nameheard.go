package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"netlab/internal/dns"
)

// heard tells the questions and answers in the order of time.
func (t *nameTeller) heard() {
	var lines []NameLine
	for i, e := range t.all {
		lines = append(lines, NameLine{Space: cmp.Or(e.From, e.Client.Addr().String()), Does: Asks, Text: t.question(e), At: e.At})
		if e.Answer == nil {
			last := &lines[len(lines)-1]
			last.Does = Fails
			last.Text += ": " + t.silence(e)
			continue
		}
		lines = append(lines, NameLine{Space: cmp.Or(e.Server, e.To.Addr().String()), Does: Answers, Text: t.answer(i, e), At: e.AnsweredAt, Records: records(e.Answer)})
	}
	slices.SortStableFunc(lines, func(a, b NameLine) int { return cmp.Compare(a.At, b.At) })
	t.lines = append(t.lines, lines...)
}

func (t *nameTeller) question(e Exchange) string {
	text := "asks " + e.Whom() + " for " + e.Name + " " + e.Type
	if !e.Recursive {
		text += ", without recursion"
	}
	if e.Times > 1 {
		text += fmt.Sprintf(" (%d times)", e.Times)
	}
	return text
}

// silence says what came instead of an answer.
func (t *nameTeller) silence(e Exchange) string {
	switch {
	case e.OtherID:
		return "an answer comes with another id than the question's, and does not count"
	case e.OtherQuestion:
		return "an answer comes that is none to this question, and does not count: " + e.Odd[0]
	case len(e.Odd) > 0:
		return "what comes is no answer: " + e.Odd[0]
	case e.Server == "":
		return "nobody has this address"
	case !e.Arrived:
		return "it does not arrive"
	case !t.serves(e):
		return "nothing listens there"
	}
	return "no answer comes"
}

// serves says that a socket waits for the question.
func (t *nameTeller) serves(e Exchange) bool {
	s, _ := t.lab.Space(e.Server)
	proto := "udp"
	if e.TCP {
		proto = "tcp"
	}
	for _, k := range s.Sockets {
		if k.Proto == proto && k.Port == e.To.Port() {
			return true
		}
	}
	return false
}

// answer says what an answer means, and where it comes from.
func (t *nameTeller) answer(i int, e Exchange) string {
	text := "answers " + cmp.Or(e.From, e.Client.Addr().String()) + ": " + e.Answer.Words()
	if e.Means().Sense == dns.Found {
		if ttl, ok := e.Answer.TTL(); ok {
			text += fmt.Sprintf(" (TTL %d)", ttl)
		}
	}
	switch sense := e.Means().Sense; {
	case e.Answer.Authoritative && sense == dns.Found && t.askedBy(e.Server, i):
		text += "; it passes on what it was told, with the mark of the owner (aa)"
	case e.Answer.Authoritative && sense == dns.Found:
		text += "; it has the zone itself (aa)"
	case !e.Answer.Authoritative && (sense == dns.Found || sense == dns.NoName || sense == dns.NoData) && !t.askedBy(e.Server, i):
		text += "; it answers from its cache: nobody was asked"
	}
	if !e.Back {
		text += ". The answer does not come back"
	}
	return text
}

// askedBy says that a server asked others while it had a question.
func (t *nameTeller) askedBy(server string, than int) bool {
	e := t.all[than]
	return slices.ContainsFunc(t.all, func(o Exchange) bool { return o.From == server && o.At >= e.At && o.At <= e.AnsweredAt })
}

// records are those of an answer as a zone file has them.
func records(m *dns.Message) []string {
	var out []string
	for _, part := range []struct {
		name string
		all  []dns.Record
	}{{"answer", m.Answers}, {"authority", m.Authority}, {"additional", m.Additional}} {
		for _, r := range part.all {
			out = append(out, fmt.Sprintf("%s: %s %d %s %s %s", part.name, r.Name, r.TTL, r.Class, r.Type, r.Data))
		}
	}
	return out
}

// end says what came of it.
func (t *nameTeller) end() {
	by := cmp.Or(t.r.By, "the resolver library")
	var all []string
	for _, a := range t.r.Addrs {
		all = append(all, a.String())
	}
	switch {
	case len(all) > 0:
		t.say(Finds, by+" has found "+t.r.Name+": "+strings.Join(all, ", "))
	case t.r.Slow:
		t.say(FindsNot, by+" was ended after "+t.r.Took.Round(100*time.Millisecond).String()+", without an answer")
	default:
		t.say(FindsNot, by+" has found no address for "+t.r.Name)
	}
}
