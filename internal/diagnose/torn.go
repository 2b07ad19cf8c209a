package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
)

// torn: those who have an address should hang on the network, and something
// between is missing.
func (q inquest) torn(from end, names []string, of netip.Addr) []Cause {
	out := q.looseOn(names, from, of)
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, of)
		at := end{name, own.Link}
		out = append(out, q.tunnelsApart(from, at)...)
		if l, _ := at.find(q.lab); l.Kind == "loopback" && len(out) == 0 {
			out = append(out, q.cause(WrongLink, at, false, name+" has the address "+own.Prefix.String()+" on "+own.Link+", where nobody is connected", addrList(q.lab, name)))
		}
		if len(out) == 0 {
			out = append(out, q.cause(NoPeer, at, false, fmt.Sprintf("no cable or bridge leads from %s to %s, which has %s", from.String(), at.String(), of), cable(q.lab, from)+"\n"+cable(q.lab, at)))
		}
	}
	return out
}

// looseOn finds the ends of cables that should be ports of a bridge, beside the
// two who do not reach each other.
func (q inquest) looseOn(names []string, from end, of netip.Addr) []Cause {
	var out []Cause
	h := &hop{trip: trip{lab: q.lab}}
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, of)
		at := end{name, own.Link}
		for _, e := range slices.Concat(segment(q.lab, at), segment(q.lab, from)) {
			if f, ok := h.loose(e); ok && e.space != name && e.space != from.space {
				out = append(out, q.cause(NoPort, e, true, f.Text+", so nothing passes between its cable and the bridge", f.Evidence))
			}
		}
		for _, e := range []end{at, from} {
			if f, ok := q.looseBeside(e); ok && len(out) == 0 {
				out = append(out, f)
			}
		}
		out = append(out, q.looseTunnels(segment(q.lab, at))...)
		out = append(out, q.looseTunnels(segment(q.lab, from))...)
	}
	return out
}

// looseTunnels are those that should be ports of a bridge which is there.
func (q inquest) looseTunnels(net []end) []Cause {
	var out []Cause
	for _, e := range net {
		if l, _ := e.find(q.lab); l.Kind != "bridge" {
			continue
		}
		s := mustSpace(q.lab, e.space)
		for _, l := range s.Links {
			four, six := addressesOf(s, l.Name, true), addressesOf(s, l.Name, false)
			if l.VXLAN != nil && l.Master == "" && len(four)+len(six) == 0 {
				out = append(out, q.cause(NoPort, end{s.Name, l.Name}, true, "the tunnel "+l.Name+" in "+s.Name+" is not a port of a bridge, so nothing passes between it and the bridge "+e.link, linkLine(s.Name, l)))
			}
		}
	}
	return out
}

// looseBeside: in a namespace with a bridge of its own, a cable is no port of
// it. The bridge has the address, or the question.
func (q inquest) looseBeside(e end) (Cause, bool) {
	l, _ := e.find(q.lab)
	if l.Kind != "bridge" {
		return Cause{}, false
	}
	h := &hop{trip: trip{lab: q.lab}}
	s, _ := q.lab.Space(e.space)
	for _, o := range s.Links {
		if f, ok := h.loose(end{e.space, o.Name}); ok {
			return q.cause(NoPort, end{e.space, o.Name}, true, f.Text+", so nothing passes between its cable and the bridge", f.Evidence), true
		}
	}
	return Cause{}, false
}
