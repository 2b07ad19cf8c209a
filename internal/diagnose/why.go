package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// Cause is why a probe failed: a finding with its place.
type Cause struct {
	Finding
	Kind  Kind   `json:"kind"`
	Space string `json:"space,omitempty"` // where it is
	Link  string `json:"link,omitempty"`
	Look  string `json:"look,omitempty"` // a command that shows it, and changes nothing
	Sure  bool   `json:"sure"`           // what was measured leaves no other way
}

// Why says why a probe was not answered, the likeliest cause first. Before and
// after are the lab around the probe; it returns nothing when the probe was
// answered by whom it was for.
//
// It follows what was captured to the last place where a packet was seen, and
// looks there at what the kernel would do with it: the way there, and if the
// packet has arrived the same for the answer.
func Why(before, after snapshot.Lab, t measure.Trace) []Cause {
	q := inquest{before: before, lab: after, t: t, sights: trace.Sights(before, t)}
	var found []Cause
	switch {
	case t.Fate == measure.Answered:
		return q.twinsOf(t.From, t.To)
	default:
		found = q.there()
	}
	found = append(found, q.suspects(len(found) == 0)...)
	return different(found)
}

// inquest is the search for the cause of one failure.
type inquest struct {
	before, lab snapshot.Lab
	t           measure.Trace
	sights      []trace.Sight
}

func different(in []Cause) []Cause {
	var out []Cause
	for _, c := range in {
		same := func(o Cause) bool {
			return o.Kind == c.Kind && o.Space == c.Space && o.Link == c.Link && c.Kind != "" || o.Text == c.Text
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	return out
}

// there follows the request.
func (q inquest) there() []Cause {
	visits := q.visits(trace.Request, netip.Addr{})
	if len(visits) == 0 {
		return q.unsent(q.t.From, q.t.To, false)
	}
	end := visits[len(visits)-1]
	if q.arrived(end) {
		return q.arrival(end)
	}
	return q.lost(visits, false)
}

// visits are those of one part of the story, without the machines that threw
// away what was for another one. An address chooses among the questions.
func (q inquest) visits(part trace.Part, of netip.Addr) []trace.Visit {
	some := q.sights
	if of.IsValid() {
		some = slices.DeleteFunc(slices.Clone(some), func(s trace.Sight) bool { return s.Part == part && s.Frame.Ask.For != of })
	}
	return slices.DeleteFunc(trace.Visits(q.before, some, part), func(v trace.Visit) bool { return v.Aside(q.before) })
}

// arrived says that a packet has come to the namespace whose address it bears,
// and is for it.
func (q inquest) arrived(v trace.Visit) bool {
	in, entered := v.Entered()
	s, _ := q.before.Space(v.Space)
	own, ok := owns(s, v.Last().Frame.Dest)
	l, _ := s.Link(in.Link)
	if _, translated := trace.Real(q.before, q.t, q.sights, v.Last()); translated && v.Space != q.t.From {
		return false
	}
	return entered && ok && in.For != measure.ForOther && l.Master == "" && len(v.Outs(q.before)) == 0 && own.Link != ""
}

// arrival: the request is there. What becomes of the answer?
func (q inquest) arrival(v trace.Visit) []Cause {
	in := v.Last()
	goal := in.Frame.Source
	if q.t.Fate == measure.Closed {
		return q.closed(v.Space, in)
	}
	replies := q.visits(trace.Reply, netip.Addr{})
	if c := q.badSource(goal); len(c) > 0 {
		return c
	}
	back := trip{lab: q.lab, from: v.Space, to: goal, home: q.t.From, reply: true}.walk()
	if c := q.unhidden(goal); len(back.stop) > 0 && len(c) > 0 {
		return c
	}
	if len(replies) == 0 {
		if c := q.stopped(v, in, true); len(c) > 0 {
			return c
		}
		return append(q.unsent(v.Space, goal, true), q.mute(v.Space, in)...)
	}
	end := replies[len(replies)-1]
	if !q.arrived(end) || end.Space != q.t.From {
		return q.lost(replies, true)
	}
	last := end.Last()
	return q.stopped(end, last, true)
}

// lookup is what the kernel of a namespace said about the way of a packet.
func (q inquest) lookup(space string, to netip.Addr, entry string) (measure.Lookup, bool) {
	for _, l := range q.t.Lookups {
		if l.In == space && l.To.WithZone("") == to.WithZone("") && (entry == "") == (l.Entry == "") {
			return l, true
		}
	}
	return measure.Lookup{}, false
}
