package diagnose

import (
	"net/netip"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// unsent: a namespace did not send a packet of its own.
func (q inquest) unsent(space string, to netip.Addr, reply bool) []Cause {
	s, _ := q.lab.Space(space)
	if c := q.verdicts(space); len(c) > 0 {
		return c
	}
	if c := q.toItself(s, to); c != nil {
		return c
	}
	for _, n := range trace.Questions(q.sights, space, 0, trace.Forever) {
		if next := q.wayFrom(space, to).Via; (next == n.Of || !next.IsValid() && n.Of == to.WithZone("")) && len(n.Answers) == 0 {
			return q.silent(space, n, to, reply)
		}
	}
	l := q.wayFrom(space, to)
	if n, ok := q.pending(space, l, to); ok {
		return q.silent(space, n, to, reply)
	}
	if l.Errno != "" {
		return q.refusedBy(space, to, l, reply)
	}
	if c := q.unsendable(s, l); c != nil {
		return c
	}
	at := end{space, l.Dev}
	if link, ok := at.find(q.lab); ok {
		if c := q.carrier(at, link); len(c) > 0 {
			return c
		}
		if link.Master != "" {
			return []Cause{q.cause(OnPort, at, true, at.String()+" is a port of the bridge "+link.Master+": what comes in there goes to the bridge, and never to "+space+" over "+at.link, linkLine(space, link)+"\n"+addrList(q.lab, space))}
		}
	}
	return q.marked(space, to)
}

// toItself: a namespace reaches its own addresses by lo.
func (q inquest) toItself(s snapshot.Space, to netip.Addr) []Cause {
	_, own := owns(s, to)
	lo, ok := s.Link("lo")
	if !own && !to.IsLoopback() || !ok || lo.Up {
		return nil
	}
	text := "the loopback interface lo in " + s.Name + " is down"
	if !to.IsLoopback() {
		text = to.String() + " is an address of " + s.Name + " itself, which it reaches through lo, and lo is down"
	}
	return []Cause{q.cause(LinkDown, end{s.Name, "lo"}, true, text, linkLine(s.Name, lo))}
}

// unsendable: there is a way, and the kernel will not send.
func (q inquest) unsendable(s snapshot.Space, l measure.Lookup) []Cause {
	at := end{s.Name, l.Dev}
	link, _ := at.find(q.lab)
	switch {
	case s.Name == q.t.From && q.t.Errno == "EMSGSIZE":
		return []Cause{q.cause(MTUSmall, at, true, "the packet is larger than "+at.String()+" lets through (its MTU)", mtuLine(s.Name, link))}
	case s.Name == q.t.From && q.t.Errno == "EPERM":
		return []Cause{q.cause(Firewall, end{s.Name, ""}, true, "a firewall rule in "+s.Name+" does not let it send this", "sending ended with EPERM"+ruleCount(q.lab, s.Name))}
	}
	return nil
}

// wayFrom is the kernel's decision for a packet of a namespace's own.
func (q inquest) wayFrom(space string, to netip.Addr) measure.Lookup {
	l, ok := q.lookup(space, to, "")
	if ok {
		return l
	}
	for _, other := range q.t.Lookups {
		if other.In == space && other.To == to.WithZone("") {
			return other
		}
	}
	return measure.Lookup{In: space, To: to}
}

// route is the decision for a packet of a visit.
func (q inquest) route(v trace.Visit, to netip.Addr) measure.Lookup {
	if in, ok := v.Entered(); ok {
		if l, ok := q.lookup(v.Space, to, in.Link); ok {
			return l
		}
	}
	return q.wayFrom(v.Space, to)
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return 4
	}
	return 6
}
