package diagnose

import (
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// portsTo are the ports of a bridge behind which those are for whom a frame is.
func (q inquest) portsTo(bridge end, s trace.Sight) []end {
	var out []end
	space, _ := q.lab.Space(bridge.space)
	for _, l := range space.Links {
		at := end{bridge.space, l.Name}
		if l.Master != bridge.link || at.link == s.Link && !s.Out() {
			continue
		}
		if q.behind(at, bridge, s) {
			out = append(out, at)
		}
	}
	return out
}

// behind says that a port leads to the owner of what a frame is for.
func (q inquest) behind(port, bridge end, s trace.Sight) bool {
	for _, t := range q.targets(s) {
		path := way(q.lab, port, t.space, func(e end) bool { return e != bridge })
		if path != nil && path[len(path)-1].space == t.space {
			return true
		}
	}
	return false
}

// targets are the interfaces that a frame is for: by its hardware address, or
// by the address that a question is about.
func (q inquest) targets(s trace.Sight) []end {
	var out []end
	if a := s.Frame.Ask; a != nil && !a.Answer {
		for _, name := range owners(q.lab, a.For) {
			o, _ := q.lab.Space(name)
			own, _ := owns(o, a.For)
			out = append(out, end{name, own.Link})
		}
		return out
	}
	for _, sp := range q.lab.Spaces {
		for _, l := range sp.Links {
			if l.MAC == s.Frame.To && l.Master == "" {
				out = append(out, end{sp.Name, l.Name})
			}
		}
	}
	return out
}

// portFaults are what keeps a port from passing frames on into its cable, or
// out of it.
func (q inquest) portFaults(at end, l snapshot.Link) []Cause {
	switch {
	case !l.Up:
		return []Cause{q.cause(LinkDown, at, true, at.String()+", a port of the bridge "+l.Master+", is down", linkLine(at.space, l))}
	case !l.Carrier:
		if peer, ok := peerOf(q.lab, at); ok {
			p, _ := peer.find(q.lab)
			if !p.Up {
				return []Cause{q.cause(LinkDown, peer, true, "the interface "+peer.String()+" is down", linkLine(peer.space, p))}
			}
		}
	case shut(q.lab, at, l):
		return []Cause{q.blockedPort(at, l)}
	}
	return nil
}

// gaps: nothing of the bridge leads to whom a frame is for. Beside it, or
// beside another one, a cable may lie loose.
func (q inquest) gaps(bridge end, s trace.Sight) []Cause {
	var found []Cause
	h := &hop{trip: trip{lab: q.lab}}
	for _, t := range q.targets(s) {
		for _, e := range append(segment(q.lab, t), segment(q.lab, bridge)...) {
			if f, ok := h.loose(e); ok && e.space != t.space {
				found = append(found, q.cause(NoPort, e, true, f.Text+", so nothing passes between its cable and the bridge", f.Evidence))
			}
		}
	}
	return found
}
