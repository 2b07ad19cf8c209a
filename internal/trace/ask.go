package trace

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Question is one for a hardware address, and the answers that came.
type Question struct {
	Space, Link string
	Of          netip.Addr
	At          time.Duration
	Answers     []string // hardware addresses that came back, each once
	By          []string // the namespaces that gave them
}

// Questions are those that a namespace itself asked in a span of time, each
// once.
func Questions(sights []Sight, space string, from, until time.Duration) []Question {
	var out []Question
	for _, s := range sights {
		if s.Part != Asking || s.Space != space || !s.Out() || s.At < from || s.At > until || passedOn(sights, s) {
			continue
		}
		if slices.ContainsFunc(out, func(q Question) bool { return q.Of == s.Frame.Ask.For }) {
			continue
		}
		q := Question{Space: space, Link: s.Link, Of: s.Frame.Ask.For, At: s.At}
		q.listen(sights)
		out = append(out, q)
	}
	return out
}

// passedOn says that a frame had come into the namespace before it left: a
// bridge handed it on.
func passedOn(sights []Sight, s Sight) bool {
	return slices.ContainsFunc(sights, func(o Sight) bool {
		return o.Space == s.Space && !o.Out() && o.Part == s.Part && o.Index < s.Index && o.Frame.From == s.Frame.From && o.Frame.Ask.For == s.Frame.Ask.For
	})
}

// listen collects the answers that came back to who asked.
func (q *Question) listen(sights []Sight) {
	for _, s := range sights {
		if s.Part != Telling || s.Frame.Ask.For != q.Of || s.At < q.At {
			continue
		}
		switch came := s.Space == q.Space && !s.Out() && s.For != measure.ForOther; {
		case came && !slices.Contains(q.Answers, s.Frame.Ask.MAC):
			q.Answers = append(q.Answers, s.Frame.Ask.MAC)
		case s.Out() && !passedOn(sights, s) && !slices.Contains(q.By, s.Space):
			q.By = append(q.By, s.Space)
		}
	}
}

// asks words the questions that a namespace asked.
func (n narrator) asks(space string, from, until time.Duration) []string {
	var out []string
	for _, q := range Questions(n.sights, space, from, until) {
		out = append(out, "asks on "+q.Link+" who has "+q.Of.String()+" ("+protocol(q.Of)+"): "+q.answer())
	}
	return out
}

func (q Question) answer() string {
	switch {
	case len(q.Answers) == 0 && len(q.By) > 0:
		return "the answer of " + strings.Join(q.By, " and ") + " does not come back"
	case len(q.Answers) == 0:
		return "nobody answers"
	case len(q.Answers) > 1:
		return "there are several answers, from " + strings.Join(q.By, " and ")
	case len(q.By) > 0:
		return q.By[0] + " answers, at " + q.Answers[0]
	}
	return "the answer is " + q.Answers[0]
}

func protocol(a netip.Addr) string {
	if a.Is6() {
		return "neighbour discovery"
	}
	return "ARP"
}

// rules words what the firewall of a namespace said of the packet.
func (n narrator) rules(v Visit) []string {
	var out []string
	s, _ := n.lab.Space(v.Space)
	for _, d := range n.trace.Verdicts {
		if d.Space != v.Space || !about(d, v) {
			continue
		}
		if text := ruled(s, d); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// about says that a verdict is on the packet of a visit: rules see its
// addresses before or after they were changed.
func about(d measure.Verdict, v Visit) bool {
	if d.Source == "" {
		return true
	}
	return slices.ContainsFunc(v.Sights, func(s Sight) bool {
		return s.Frame.Source.String() == d.Source && s.Frame.Dest.String() == d.Dest
	})
}

func ruled(s snapshot.Space, d measure.Verdict) string {
	where := d.Family + " " + d.Table + " " + d.Chain
	switch {
	case d.Kind == "policy" && d.Says == "accept":
		return ""
	case d.Kind == "policy":
		return "policy of " + where + ": " + d.Says
	case d.Kind != "rule" || d.Says == "continue" || d.Says == "return":
		return ""
	}
	for _, f := range s.Filters {
		if f.Tool == "nft" && f.Handle == d.Handle && f.Family == d.Family && f.Table == d.Table && f.Chain == d.Chain {
			return "rule in " + where + ": " + f.Text
		}
	}
	return "rule in " + where + ": " + d.Says
}
