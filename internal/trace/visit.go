package trace

import (
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Visit is what one namespace saw of a packet: it came in, and perhaps went out
// again.
type Visit struct {
	Space  string
	Sights []Sight // at least one
}

// Visits follows one part of the story from namespace to namespace, in the
// order in which each first saw the packet. A packet that comes again is
// another visit.
func Visits(lab snapshot.Lab, sights []Sight, part Part) []Visit {
	var out []Visit
	last := map[string]int{} // index in out of a namespace's latest visit
	for _, s := range sights {
		if s.Part != part || s.Frame.Piece > 0 { // the first fragment stands for all
			continue
		}
		n, been := last[s.Space]
		if been && !(enters(lab, s) && out[n].left()) {
			out[n].Sights = append(out[n].Sights, s)
			continue
		}
		last[s.Space] = len(out)
		out = append(out, Visit{Space: s.Space, Sights: []Sight{s}})
	}
	return out
}

// enters says that a packet comes from outside of its namespace, not from one
// of its own bridges or tunnels.
func enters(lab snapshot.Lab, s Sight) bool {
	space, _ := lab.Space(s.Space)
	l, _ := space.Link(s.Link)
	return !s.Out() && l.Kind == "veth" && l.PeerSpace != s.Space
}

func (v Visit) left() bool { return slices.ContainsFunc(v.Sights, Sight.Out) }

// In is where the packet came in; false where it began.
func (v Visit) In() (Sight, bool) {
	first := v.Sights[0]
	return first, !first.Out()
}

// Outs are the sights of it at interfaces by which it left the namespace: of a
// packet that leaves a bridge by a port, the port.
func (v Visit) Outs(lab snapshot.Lab) []Sight {
	space, _ := lab.Space(v.Space)
	var out []Sight
	for _, s := range v.Sights {
		if !s.Out() || (s.Link == loopback || inner(space, s.Link)) && v.goesOn(s) {
			continue
		}
		out = append(out, s)
	}
	return out
}

// inner says that what leaves a link stays in the namespace for now: a bridge
// hands it to its ports, a tunnel wraps it.
func inner(space snapshot.Space, link string) bool {
	l, _ := space.Link(link)
	return l.Kind == "bridge" || l.Kind == "vxlan"
}

// goesOn says that the packet was seen again behind a sight.
func (v Visit) goesOn(s Sight) bool {
	return v.Sights[len(v.Sights)-1].Index > s.Index
}

// Aside says that the packet was not for this namespace: a switch had sent it
// to all of its ports, and the interface threw it away.
func (v Visit) Aside(lab snapshot.Lab) bool {
	space, _ := lab.Space(v.Space)
	return !slices.ContainsFunc(v.Sights, func(s Sight) bool {
		l, _ := space.Link(s.Link)
		return s.For != measure.ForOther || l.Master != "" // a bridge takes every frame
	})
}
