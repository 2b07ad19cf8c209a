package trace

import (
	"net/netip"
	"slices"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Exchange is a question to a name server, and what came of it.
type Exchange struct {
	From   string // the namespace that asked; empty: not known
	To     netip.AddrPort
	Server string // the namespace that has this address; empty: nobody
	TCP    bool
	Client netip.AddrPort // from where it was asked
	ID     uint16

	Name, Type string // absolute, in small letters
	Class      string
	Recursive  bool // the server is to ask others, if it has to (rd)

	At, AnsweredAt time.Duration // since the beginning
	Times          int           // how often it was sent
	Arrived        bool          // it came to a namespace with this address

	Answer *dns.Message
	// Back says that the answer came back.
	Back bool
	// Odd is what came and is no answer: in words. Among it was a message under
	// another number (OtherID), or the answer to another question.
	Odd                    []string
	OtherID, OtherQuestion bool
}

// Exchanges joins DNS messages to questions and their answers, in the order of
// the questions.
func Exchanges(lab snapshot.Lab, heard []measure.Heard) []Exchange {
	var out []Exchange
	for _, h := range heard {
		switch {
		case h.Message == nil || h.Message.Response || comesBack(out, h):
			answer(out, h)
		case len(h.Message.Questions) > 0:
			out = ask(lab, out, h)
		}
	}
	return out
}

// comesBack says that a message goes from a server to who asked it.
func comesBack(all []Exchange, h measure.Heard) bool {
	return slices.ContainsFunc(all, func(e Exchange) bool { return e.Client == h.To && e.To == h.From && e.TCP == h.TCP })
}

// ask adds a question; one that is sent once more is the same.
func ask(lab snapshot.Lab, all []Exchange, h measure.Heard) []Exchange {
	q := h.Message.Questions[0]
	name := small(q.Name)
	for i := range all {
		e := &all[i]
		if e.Client == h.From && e.To == h.To && e.ID == h.Message.ID && e.Name == name && e.Type == q.Type && e.TCP == h.TCP {
			e.Times++
			e.Arrived = e.Arrived || h.Taker != ""
			return all
		}
	}
	e := Exchange{
		From: h.Sender, To: h.To, Server: h.Taker, TCP: h.TCP, Client: h.From, ID: h.Message.ID, Name: name, Type: q.Type, Class: q.Class,
		Recursive: h.Message.RecursionDesired, At: h.At, Times: 1, Arrived: h.Taker != "",
	}
	if e.Server == "" {
		e.Server = Owner(lab, h.Sender, h.To.Addr())
	}
	return append(all, e)
}

// answer gives an answer to the question that it belongs to.
func answer(all []Exchange, h measure.Heard) {
	for i := range slices.Backward(all) {
		e := &all[i]
		if e.Client != h.To || e.To != h.From || e.TCP != h.TCP {
			continue
		}
		e.take(h)
		return
	}
}

// take keeps the answer, and notes what is none: nobody takes that for one.
func (e *Exchange) take(h measure.Heard) {
	switch {
	case h.Message == nil:
		e.Odd = append(e.Odd, h.Wrong)
		return
	case !h.Message.Response:
		e.Odd = append(e.Odd, "a question comes back, and no answer")
		return
	case h.Message.ID != e.ID:
		e.OtherID = true
		e.Odd = append(e.Odd, "an answer with another id")
		return
	}
	asked := dns.Question{Name: e.Name, Type: e.Type, Class: e.Class}
	if err := asked.AnsweredBy(*h.Message); err != nil {
		e.OtherQuestion = true
		e.Odd = append(e.Odd, err.Error())
	} else if e.Answer == nil {
		e.Answer, e.AnsweredAt, e.Back = h.Message, h.At, h.Taker != ""
	}
}

// Owner is the namespace that has an address, as one of them sees it; empty:
// nobody has it.
func Owner(lab snapshot.Lab, seen string, a netip.Addr) string {
	if a.IsLoopback() {
		return seen
	}
	for _, s := range lab.Spaces {
		if owns(lab, s.Name, a) {
			return s.Name
		}
	}
	return ""
}

// Is says that the question is this one.
func (e Exchange) Is(name, typ string) bool { return e.Type == typ && dns.SameName(e.Name, name) }

// Whom is who was asked: 192.168.1.53 (dns).
func (e Exchange) Whom() string {
	out := e.To.Addr().String()
	switch {
	case e.Server == e.From && e.Server != "":
		out += " (itself)"
	case e.Server != "":
		out += " (" + e.Server + ")"
	}
	if e.TCP {
		out += " by TCP"
	}
	return out
}
