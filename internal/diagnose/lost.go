package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

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
		all = append(all, q.beyond(v, out, reply)...)
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
func (q inquest) beyond(v trace.Visit, out trace.Sight, reply bool) []Cause {
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
		found = append(found, q.portFaults(peer, p, out.Frame.To)...)
	case out.Frame.Size > p.MTU && p.MTU > 0:
		found = append(found, q.cause(MTUSmall, peer, true,
			fmt.Sprintf("the packet has %d bytes, and %s takes no more than %d (its MTU)", out.Frame.Size, peer.String(), p.MTU), mtuLine(peer.space, p)))
	}
	return found
}

// misled: a frame bears a hardware address that is not that of the next hop.
func (q inquest) misled(v trace.Visit, out trace.Sight) []Cause {
	if twins := q.macOwners(out.Frame.To); len(twins) > 1 {
		return []Cause{q.twinMACs(twins, out.Frame.To)}
	}
	next, via := q.next(v, out)
	if !next.IsValid() || out.Frame.Outer == nil && q.switches(v, out) {
		return nil
	}
	to := out.Frame.To
	if out.Frame.Outer != nil {
		to = out.Frame.Carrier
	}
	at := end{v.Space, out.Link}
	if l, _ := at.find(q.lab); l.Master != "" { // the bridge is who sends, by its port
		at.link = l.Master
	}
	if l, _ := at.find(q.lab); l.MAC == to && slices.Contains(l.Flags, "NOARP") {
		return []Cause{q.cause(ARPOff, at, true, at.String()+" asks nobody for a hardware address, and writes its own: ARP is switched off there (NOARP)", linkLine(at.space, l))}
	}
	names := owners(q.lab, next)
	s, _ := q.lab.Space(v.Space)
	for _, name := range names {
		o, _ := q.lab.Space(name)
		for _, l := range o.Links {
			if l.MAC == to {
				return nil
			}
		}
	}
	n, pinned := neighbour(s, at.link, next)
	who := "the gateway " + next.String()
	if !via {
		who = next.String()
	}
	other, known := ownerOf(q.lab, to)
	switch {
	case pinned && n.State == "PERMANENT" && n.MAC == to:
		text := v.Space + " sends to " + who + " at the hardware address " + to + ", which somebody has entered by hand, and which nobody has"
		if known {
			text = v.Space + " sends to " + who + " at the hardware address " + to + ", which somebody has entered by hand, and which is that of " + other.String()
		}
		return []Cause{q.cause(NeighPinned, at, true, text, v.Space+": neighbour "+next.String()+" on "+at.link+" is "+n.MAC+" "+n.State)}
	case known && q.proxies(other):
		return []Cause{q.cause(ProxyARP, other, true, other.String()+" answers for "+next.String()+", which it cannot reach (proxy ARP)", "net.ipv4.conf."+other.link+".proxy_arp in "+other.space+" is 1")}
	}
	return nil
}

func (q inquest) twinMACs(twins []end, mac string) Cause {
	return q.cause(DuplicateMAC, twins[1], true, twins[0].String()+" and "+twins[1].String()+" have one hardware address, "+mac, "interfaces with "+mac+": "+twins[0].String()+", "+twins[1].String())
}

func neighbour(s snapshot.Space, link string, of netip.Addr) (snapshot.Neigh, bool) {
	for _, n := range s.Neighs {
		if n.Link == link && n.Addr == of.WithZone("") && !n.Proxy {
			return n, true
		}
	}
	return snapshot.Neigh{}, false
}

func (q inquest) proxies(at end) bool {
	l, _ := at.find(q.lab)
	return l.Conf != nil && (l.Conf.ProxyARP != 0 || l.Conf.ProxyNDP != 0)
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

// cause puts one together, with where to look.
func (q inquest) cause(kind Kind, at end, sure bool, text, evidence string) Cause {
	return Cause{Finding: Finding{text, eachOnce(evidence)}, Kind: kind, Space: at.space, Link: at.link, Look: look(kind, at), Sure: sure}
}

// eachOnce leaves out the lines of evidence that stand there already.
func eachOnce(evidence string) string {
	var out []string
	for _, l := range strings.Split(evidence, "\n") {
		if l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// mtuLine shows the MTU of a link much as ip does.
func mtuLine(space string, l snapshot.Link) string {
	return fmt.Sprintf("%s: %s: mtu %d", space, l.Name, l.MTU)
}

// twinsOf finds that the address of a probe that was answered, or its sender's,
// is there twice: who answers is chance.
func (q inquest) twinsOf(from string, to netip.Addr) []Cause {
	for _, v := range q.visits(trace.Request, netip.Addr{}) {
		for _, n := range trace.Questions(q.sights, v.Space, 0, trace.Forever) {
			if len(n.Answers) > 1 && len(n.By) > 1 {
				s, _ := q.before.Space(n.By[1])
				own, _ := owns(s, n.Of)
				return []Cause{q.cause(DuplicateAddr, end{n.By[1], own.Link}, true, v.Space+" asked who has "+n.Of.String()+", and got two answers: from "+n.By[0]+" and from "+n.By[1], "hardware addresses: "+list(n.Answers))}
			}
		}
	}
	names := owners(q.before, to)
	if to.IsLoopback() || slices.Contains(names, from) || len(names) < 2 {
		return nil
	}
	visits := q.visits(trace.Request, netip.Addr{})
	if len(visits) == 0 {
		return nil
	}
	by := visits[len(visits)-1].Space
	for _, name := range names {
		s, _ := q.before.Space(name)
		own, _ := owns(s, to)
		if name != by && q.together(end{name, own.Link}, visits) {
			return []Cause{q.cause(DuplicateAddr, end{name, own.Link}, true, to.String()+" is there twice: in "+by+", which has answered now, and in "+name, "owners: "+list(names))}
		}
	}
	return nil
}

// together says that an interface is in a network through which the visits went.
func (q inquest) together(at end, visits []trace.Visit) bool {
	for _, e := range segment(q.before, at) {
		for _, v := range visits[1:] {
			if e.space == v.Space && e != at {
				return true
			}
		}
	}
	return false
}
