package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/trace"
)

// exchange is a question to a name server and what came of it: heard, or asked
// on purpose.
type exchange struct {
	trace.Exchange
	onPurpose bool   // not by the library, and not by a server
	closed    bool   // nothing listens there
	lost      bool   // there was an answer, and it did not come back
	said      string // the kernel's word, when it did not send
}

// exchanges are those that were heard.
func (q *search) exchanges(heard []measure.Heard) []exchange {
	var out []exchange
	for _, e := range trace.Exchanges(q.lab, heard) {
		lost := e.Answer != nil && !e.Back
		if lost {
			e.Answer = nil
		}
		out = append(out, exchange{Exchange: e, lost: lost})
	}
	return out
}

// besides are those that were heard while questions were asked on purpose,
// without these themselves.
func (q *search) besides() []exchange {
	return slices.DeleteFunc(q.exchanges(q.t.Heard), func(e exchange) bool {
		return slices.ContainsFunc(q.t.Asked, func(d measure.DNS) bool {
			return place(d.From) == e.From && d.Server == e.To && e.Is(d.Question.Name, d.Question.Type)
		})
	})
}

// asking is a question that was asked on purpose.
func (q *search) asking(d measure.DNS) exchange {
	e := exchange{onPurpose: true, closed: d.Closed, said: d.Errno, Exchange: trace.Exchange{
		From: place(d.From), To: d.Server, TCP: d.TCP, Name: asAsked(d.Question.Name), Type: d.Question.Type,
		Answer: d.Answer, Back: d.Answer != nil, Odd: d.Odd, Times: 1, Recursive: true,
	}}
	if d.Answer != nil {
		e.Recursive, e.ID = d.Answer.RecursionDesired, d.Answer.ID
	}
	e.Server = trace.Owner(q.lab, e.From, d.Server.Addr())
	for _, o := range d.Odd {
		e.OtherID = e.OtherID || slices.Contains(strings.Fields(o), "id")
		e.OtherQuestion = e.OtherQuestion || strings.Contains(o, "another question") || strings.Contains(o, "which question")
	}
	return e
}

// own says that a server was asked what it knows by itself, mostly in its own
// namespace, where the network has no part in it.
func (e exchange) own() bool { return e.onPurpose && (e.From == e.Server || !e.Recursive) }

// gives says that the answer has what was asked for.
func (e exchange) gives() bool { return e.Answer != nil && e.Means().Sense == dns.Found }

// knows says that the answer comes from a server that has the zone. That it says
// so (aa) is not enough: a forwarder hands on what others said, and keeps it so.
func (q *search) knows(e exchange) bool {
	return e.Answer != nil && e.Answer.Authoritative && !q.asksOthers(e.Server, e.Name)
}

// asksOthers says that a server has to ask others for a name. It was heard to
// do so for this one, or for one below it of which nobody can have heard before.
func (q *search) asksOthers(server, name string) bool {
	return slices.ContainsFunc(q.all, func(e exchange) bool {
		return e.From == server && !e.onPurpose && e.Server != server && q.about(e, name)
	})
}

// about says that a question is one for a name, or for the decoy beside it.
func (q *search) about(e exchange, name string) bool {
	return dns.SameName(e.Name, name) || e.Name == q.decoy(name)
}

// decoy is a name beside another one that nobody can have asked for before.
func (q *search) decoy(name string) string {
	unlike := uint64(q.t.Resolved.Took)
	if q.t.Direct != nil {
		unlike = uint64(q.t.Direct.RTT)
	}
	label := fmt.Sprintf("%s%x.", decoyLabel, unlike)
	_, parent, _ := strings.Cut(strings.ToLower(name), ".")
	if parent == "" {
		parent = strings.ToLower(name)
	}
	return label + parent
}

const decoyLabel = "netlab-asks-"

// forwards says that a server hands questions on, instead of walking from the
// root itself.
func (q *search) forwards(server string) bool {
	return len(q.asked(server, func(e exchange) bool { return e.Recursive })) > 0
}

// says is what a server knows of a name by itself: its answer to a question in
// its own namespace that wants no help of others, else one with authority.
func (q *search) says(server, name, typ string) (exchange, bool) {
	for _, e := range q.all {
		if e.own() && e.Server == server && e.Answer != nil && !e.Recursive && e.Is(name, typ) {
			return e, true
		}
	}
	for _, e := range q.all {
		if e.Server == server && e.Answer != nil && e.Is(name, typ) && (q.knows(e) || !e.Recursive) {
			return e, true
		}
	}
	return exchange{}, false
}

// asked are the questions of a namespace that it asked by itself.
func (q *search) asked(by string, which func(exchange) bool) []exchange {
	return slices.DeleteFunc(slices.Clone(q.all), func(e exchange) bool {
		return e.From != by || e.onPurpose || !which(e)
	})
}

// String is the exchange in words, for evidence.
func (e exchange) String() string {
	what := e.Name + " " + e.Type
	if strings.HasPrefix(e.Name, decoyLabel) {
		what += " (netlab's question)"
	}
	if e.own() && e.Answer != nil {
		return e.Server + " itself, asked for " + what + ": " + e.result()
	}
	return e.From + " asks " + e.Whom() + " for " + what + ": " + e.result()
}

func (e exchange) result() string {
	switch {
	case e.Answer != nil:
		return e.Answer.Words()
	case e.closed:
		return "nothing listens there"
	case e.lost:
		return "there is an answer, and it does not come back"
	case e.said != "":
		return "not sent, " + e.said
	case len(e.Odd) > 0:
		return e.Odd[0]
	}
	return "no answer"
}
