package diagnose

import (
	"fmt"
	"net/netip"

	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// lost: a packet was seen on its way, and has not arrived. Its last visit says
// where it was lost.
func (q inquest) lost(visits []trace.Visit, reply bool) []Cause {
	v := visits[len(visits)-1]
	outs := v.Outs(q.before)
	if c := q.addressed(visits); len(c) > 0 {
		return c
	}
	if len(outs) == 0 {
		in := v.Last()
		if c := q.bridged(v, in); c != nil {
			return c
		}
		return q.stopped(v, in, reply)
	}
	all := q.turned(v, outs)
	for _, out := range outs {
		all = append(all, q.beyond(v, out)...)
	}
	if len(all) > 0 {
		return all
	}
	if in, ok := v.In(); ok && q.switches(v, outs[0]) && v.Sights[0].Part != trace.Asking {
		if all = q.bridged(v, in); len(all) > 0 {
			return all
		}
	}
	return all
}

// addressed looks at the hardware address that the last sender behind the
// switches has written.
func (q inquest) addressed(visits []trace.Visit) []Cause {
	for i := len(visits) - 1; i >= 0; i-- {
		var all []Cause
		sends := false
		for _, out := range visits[i].Outs(q.before) {
			all = append(all, q.misled(visits[i], out)...)
			sends = sends || !q.switches(visits[i], out)
		}
		if len(all) > 0 || sends {
			return all
		}
	}
	return nil
}

// turned: a bridge sent a frame out of a port where its target is not, because
// of an entry in its table.
func (q inquest) turned(v trace.Visit, outs []trace.Sight) []Cause {
	in, entered := v.In()
	port, _ := end{v.Space, in.Link}.find(q.lab)
	if !entered || port.Master == "" || len(outs) != 1 {
		return nil
	}
	s, _ := q.before.Space(v.Space)
	bridge := end{v.Space, port.Master}
	var out []Cause
	for _, e := range s.FDB {
		if e.MAC == in.Frame.To && e.Master == port.Master && e.Link == outs[0].Link {
			out = append(out, q.pinned(end{v.Space, in.Link}, bridge, e)...)
		}
	}
	return out
}

// beyond: a packet went out by an interface, and was seen nowhere else.
func (q inquest) beyond(v trace.Visit, out trace.Sight) []Cause {
	at := end{v.Space, out.Link}
	l, _ := at.find(q.before)
	if l.Kind == "bridge" || l.Kind == "vxlan" && out.Frame.Outer == nil {
		return q.swallowed(at, l, out)
	}
	var found []Cause
	peer, ok := peerOf(q.before, at)
	if !ok {
		return append(found, q.noPeer(at, l))
	}
	p, _ := peer.find(q.lab)
	switch {
	case !p.Up:
		found = append(found, q.cause(LinkDown, peer, true, peer.String()+" is down: what "+at.String()+" sends into the cable is lost", linkLine(peer.space, p)))
	case p.Master != "":
		found = append(found, q.portFaults(peer, p)...)
	case out.Frame.Size > p.MTU && p.MTU > 0:
		found = append(found, q.cause(MTUSmall, peer, true,
			fmt.Sprintf("the packet has %d bytes, and %s takes no more than %d (its MTU)", out.Frame.Size, peer.String(), p.MTU), mtuLine(peer.space, p)))
	}
	return found
}

// next is whom a namespace hands a packet to; via says that it is a router.
func (q inquest) next(v trace.Visit, out trace.Sight) (next netip.Addr, via bool) {
	dest := out.Frame.Dest
	if out.Frame.Outer != nil {
		dest = out.Frame.Outer.Dest
	}
	if l := q.route(v, dest); l.Via.IsValid() {
		return l.Via, true
	}
	return dest, false
}

// switches says that a namespace handed a frame on by its hardware address; of a
// tunnel, the frame inside.
func (q inquest) switches(v trace.Visit, out trace.Sight) bool {
	in, ok := v.In()
	return ok && in.Frame.TTL == out.Frame.TTL && in.Frame.From == out.Frame.From
}

func (q inquest) noPeer(at end, l snapshot.Link) Cause {
	return q.cause(NoPeer, at, false, "the other end of the cable of "+at.String()+" is in no namespace of this lab", linkLine(at.space, l))
}
