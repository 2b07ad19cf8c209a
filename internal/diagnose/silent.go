package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// unheard: a router has asked for the hardware address of the next hop, in
// vain.
func (q inquest) unheard(v trace.Visit, in trace.Sight, reply bool) []Cause {
	for _, n := range trace.Questions(q.sights, v.Space, in.At, trace.Forever) {
		if len(n.Answers) == 0 {
			return q.silent(v.Space, n, in.Frame.Dest, reply)
		}
	}
	if l, ok := q.lookup(v.Space, in.Frame.Dest, in.Link); ok && l.Errno == "" {
		if n, ok := q.pending(v.Space, l, in.Frame.Dest); ok {
			return q.silent(v.Space, n, in.Frame.Dest, reply)
		}
	}
	return nil
}

// pending is a question that was asked in vain before the capture began: the
// kernel asks again only after a second.
func (q inquest) pending(space string, l measure.Lookup, to netip.Addr) (trace.Question, bool) {
	next := l.Via
	if !next.IsValid() {
		next = to
	}
	n, ok := neighbour(mustSpace(q.before, space), l.Dev, next)
	if !ok || n.State != "INCOMPLETE" && n.State != "FAILED" {
		return trace.Question{}, false
	}
	return trace.Question{Space: space, Link: l.Dev, Of: n.Addr}, true
}

// silent: a namespace asked who has an address, and got no answer.
func (q inquest) silent(space string, n trace.Question, to netip.Addr, reply bool) []Cause {
	from := end{space, n.Link}
	names := slices.DeleteFunc(owners(q.lab, n.Of), func(o string) bool { return o == space })
	if len(names) == 0 {
		return q.nobody(from, n.Of, to)
	}
	net := segment(q.lab, from)
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, n.Of)
		at := end{name, own.Link}
		l, _ := at.find(q.lab)
		if bridge := (end{name, l.Master}); l.Master != "" && slices.Contains(net, at) {
			return []Cause{q.cause(OnPort, at, true, at.String()+", which has "+own.Prefix.String()+", is a port of the bridge "+bridge.link+": what comes in there goes to the bridge", linkLine(name, l))}
		}
		if slices.Contains(net, at) {
			return q.unanswered(from, at, own, n, reply)
		}
	}
	return q.elsewhere(from, names, n.Of)
}

// unanswered: the one who has the address hangs on the same network.
func (q inquest) unanswered(from, at end, own snapshot.Addr, n trace.Question, reply bool) []Cause {
	l, _ := at.find(q.lab)
	if told := q.visits(trace.Telling, n.Of); len(told) > 0 && slices.Contains(n.By, at.space) {
		told = slices.DeleteFunc(told, func(v trace.Visit) bool { return v.Sights[0].At < n.At })
		if len(told) > 0 {
			return q.lost(told, reply)
		}
	}
	if q.heard(at, n) {
		return q.deaf(at, l, own, n)
	}
	if !l.Up {
		return []Cause{q.cause(LinkDown, at, true, "the interface "+at.String()+", which has "+own.Prefix.String()+", is down", linkLine(at.space, l))}
	}
	asked := q.visits(trace.Asking, n.Of)
	for i := len(asked) - 1; i >= 0; i-- {
		if c := q.lostAsking(asked[i]); len(c) > 0 {
			return c
		}
	}
	if path := way(q.lab, from, at.space, func(end) bool { return true }); path != nil {
		for _, e := range path[1:] {
			p, _ := e.find(q.lab)
			if c := q.portFaults(e, p); len(c) > 0 {
				return c
			}
			if p.Kind == "bridge" && !p.Up {
				return []Cause{q.cause(BridgeDown, e, true, "the bridge "+e.String()+" is down", linkLine(e.space, p))}
			}
		}
	}
	return nil
}

// lostAsking looks at one machine through which a question went, and did not
// come to the one it is for.
func (q inquest) lostAsking(v trace.Visit) []Cause {
	if c := q.verdicts(v.Space); len(c) > 0 {
		return c
	}
	outs := v.Outs(q.before)
	for _, out := range outs {
		at := end{v.Space, out.Link}
		l, _ := at.find(q.lab)
		if l.Kind == "bridge" || l.Kind == "vxlan" && out.Frame.Outer == nil {
			if c := q.swallowed(at, l, out); len(c) > 0 {
				return c
			}
			continue
		}
		if out.Frame.Outer != nil {
			if c := q.carried(v, out); len(c) > 0 {
				return c
			}
		}
	}
	in := v.Last()
	if e, ok := v.In(); ok {
		in = e
	}
	for _, s := range v.Sights { // out of the tunnel
		if l, _ := (end{v.Space, s.Link}).find(q.before); !s.Out() && s.Frame.Outer == nil && l.Master != "" {
			in = s
		}
	}
	if in.Out() {
		return nil
	}
	if in.Frame.Outer != nil {
		return q.underlay(v, in, false)
	}
	return slices.DeleteFunc(q.bridged(v, in), func(c Cause) bool { return c.Kind == "" })
}
