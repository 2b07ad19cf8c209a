package trace

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// question is one for a hardware address, and the answers that came.
type question struct {
	space, link string
	of          netip.Addr
	at          time.Duration
	answers     []string // hardware addresses, each once
	by          []string // the namespaces that gave them
}

// questions are those that a namespace itself asked in a span of time, each
// once.
func questions(sights []Sight, space string, from, until time.Duration) []question {
	var out []question
	for _, s := range sights {
		if s.Part != Asking || s.Space != space || !s.Out() || s.At < from || s.At > until || passedOn(sights, s) {
			continue
		}
		if slices.ContainsFunc(out, func(q question) bool { return q.of == s.Frame.Ask.For }) {
			continue
		}
		q := question{space: space, link: s.Link, of: s.Frame.Ask.For, at: s.At}
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
func (q *question) listen(sights []Sight) {
	for _, s := range sights {
		if s.Part != Telling || s.Frame.Ask.For != q.of || s.At < q.at {
			continue
		}
		switch came := s.Space == q.space && !s.Out(); {
		case came && !slices.Contains(q.answers, s.Frame.Ask.MAC):
			q.answers = append(q.answers, s.Frame.Ask.MAC)
		case s.Out() && !passedOn(sights, s) && !slices.Contains(q.by, s.Space):
			q.by = append(q.by, s.Space)
		}
	}
}

// asks words the questions that a namespace asked.
func (n narrator) asks(space string, from, until time.Duration) []string {
	var out []string
	for _, q := range questions(n.sights, space, from, until) {
		out = append(out, "asks on "+q.link+" who has "+q.of.String()+" ("+protocol(q.of)+"): "+q.answer())
	}
	return out
}

func (q question) answer() string {
	switch {
	case len(q.answers) == 0 && len(q.by) > 0:
		return "the answer of " + strings.Join(q.by, " and ") + " does not come back"
	case len(q.answers) == 0:
		return "nobody answers"
	case len(q.answers) > 1:
		return "there are " + "several answers, from " + strings.Join(q.by, " and ")
	case len(q.by) > 0:
		return q.by[0] + " answers, at " + q.answers[0]
	}
	return "the answer is " + q.answers[0]
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
