package diagnose

import (
	"fmt"
	"net/netip"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// stopped: a packet came to a namespace itself, to be passed on or because it
// is for it, and nothing came of it.
func (q inquest) stopped(v trace.Visit, in trace.Sight, reply bool) []Cause {
	if c := q.verdicts(v.Space); len(c) > 0 {
		return c
	}
	p := in.Frame.Packet
	if in.Frame.Outer != nil {
		return q.underlay(v, in, reply)
	}
	s, _ := q.lab.Space(v.Space)
	_, mine := owns(s, p.Dest)
	if real, ok := trace.Real(q.before, q.t, q.sights, in); ok && mine {
		if c := q.misdirected(v, in, real); len(c) > 0 {
			return c
		}
		in.Frame.Dest, p.Dest, mine = real, real, false
	}
	if c := q.unheard(v, in, reply); len(c) > 0 && !mine {
		return c
	}
	entry := in.Link
	if l, _ := s.Link(entry); l.Kind == "bridge" && (in.For == measure.ForOther || !q.talks(v.Space)) {
		return q.swallowed(end{v.Space, entry}, l, in)
	}
	if in.For == measure.ForOther {
		return nil
	}
	l, looked := q.lookup(v.Space, p.Dest, entry)
	if c := q.filtered(s, in, l); len(c) > 0 {
		return c
	}
	if mine {
		return nil
	}
	if c := q.formerOwner(v, in); len(c) > 0 {
		return c
	}
	if c := q.wrongMachine(v, in); len(c) > 0 && !q.forwards(s, entry, p.Dest) {
		return c
	}
	switch {
	case !q.forwards(s, entry, p.Dest):
		return []Cause{q.cause(ForwardingOff, end{v.Space, ""}, true, v.Space+" receives the packet and does not pass it on: forwarding is switched off there", forwardKey(p.Dest)+" in "+v.Space+" is 0")}
	case p.TTL <= 1:
		return q.usedUp(v, p)
	case looked && l.Errno != "":
		return q.refusedBy(v.Space, p.Dest, l, reply)
	}
	if looked {
		if c := q.leaving(v, in, l); len(c) > 0 {
			return c
		}
	}
	if c := q.wrongMachine(v, in); len(c) > 0 {
		return c
	}
	return q.marked(v.Space, p.Dest)
}

// forwards says that a namespace passes on what comes in by an interface.
func (q inquest) forwards(s snapshot.Space, entry string, to netip.Addr) bool {
	l, _ := s.Link(entry)
	if l.Conf != nil && to.Is4() {
		return l.Conf.Forwarding != 0
	}
	return forwards(s, to)
}

// wrongMachine: a packet came to a machine that is neither its target nor on
// the way, because its sender took that one for somebody else.
func (q inquest) wrongMachine(v trace.Visit, in trace.Sight) []Cause {
	mac := in.Frame.To
	at := end{v.Space, in.Link}
	if twins := q.twins(mac); twins != nil {
		return []Cause{q.twinMACs(twins, mac)}
	}
	sender, ok := ownerOf(q.lab, in.Frame.From)
	if !ok {
		return nil
	}
	l := q.wayFrom(sender.space, in.Frame.Dest)
	next, via := l.Via, true
	if !next.IsValid() {
		next, via = in.Frame.Dest, false
	}
	s, _ := q.lab.Space(v.Space)
	if own, has := owns(s, next); has && own.Link != "" {
		names := owners(q.lab, next)
		if len(names) > 1 {
			return []Cause{q.cause(DuplicateAddr, end{v.Space, own.Link}, true, next.String()+" is there twice: in "+names[0]+" and in "+names[1], "owners: "+list(names))}
		}
		if via && !q.forwards(s, in.Link, in.Frame.Dest) {
			c := q.cause(ForwardingOff, end{v.Space, ""}, true, sender.space+" takes "+v.Space+" for the router to "+in.Frame.Dest.String()+", and "+v.Space+" does not pass packets on", forwardKey(in.Frame.Dest)+" in "+v.Space+" is 0\n"+routeList(q.lab, sender.space))
			w := q.cause(WrongGateway, end{sender.space, ""}, false, "the gateway "+next.String()+" of "+sender.space+" is "+v.Space+", which is no router", routeList(q.lab, sender.space))
			return []Cause{c, w}
		}
		return nil
	}
	n, pinned := neighbour(mustSpace(q.lab, sender.space), sender.link, next)
	switch {
	case pinned && n.State == "PERMANENT":
		return []Cause{q.cause(NeighPinned, sender, true, sender.space+" sends to "+next.String()+" at the hardware address "+mac+", which somebody has entered by hand, and which is that of "+at.String(), sender.space+": neighbour "+next.String()+" on "+sender.link+" is "+n.MAC+" "+n.State)}
	case q.proxies(at):
		return []Cause{q.cause(ProxyARP, at, true, at.String()+" answers for "+next.String()+", which it cannot reach (proxy ARP)", "net.ipv4.conf."+at.link+".proxy_arp in "+at.space+" is 1")}
	}
	return nil
}

func mustSpace(lab snapshot.Lab, name string) snapshot.Space {
	s, _ := lab.Space(name)
	return s
}

// usedUp: the packet may pass no more routers.
func (q inquest) usedUp(v trace.Visit, p trace.Packet) []Cause {
	first := q.t.From
	if visits := q.visits(trace.Request, netip.Addr{}); len(visits) > 0 && visits[0].Sights[0].Frame.Source != p.Source && p.Source.IsValid() {
		if names := owners(q.lab, p.Source); len(names) > 0 {
			first = names[0]
		}
	}
	count := 0
	var spaces []string
	for _, part := range []trace.Part{trace.Request, trace.Reply} {
		for _, w := range q.visits(part, netip.Addr{}) {
			if w.Space == v.Space && w.Sights[0].Frame.Source == p.Source {
				count++
			}
			spaces = append(spaces, w.Space)
		}
	}
	if count > 2 {
		return []Cause{q.cause(Circle, end{v.Space, ""}, true, "the packet goes in a circle until its time to live is over", "its way is "+wayText(spaces))}
	}
	return []Cause{q.cause(TTLTooSmall, end{first, ""}, true, "the packet is used up in "+v.Space+": "+first+" sends it with a time to live that is too small for this way", fmt.Sprintf("it comes to %s with a time to live of %d, and each router takes one away", v.Space, p.TTL))}
}

// reported says that a router's word about the packet left it.
func (q inquest) reported() bool {
	for _, s := range q.sights {
		if s.Part == trace.Report && s.Space == q.t.From && !s.Out() {
			return true
		}
	}
	return q.t.ICMP != nil
}

// formerOwner: a packet came to a machine because others still know it by an
// address that it does not have any more.
func (q inquest) formerOwner(v trace.Visit, in trace.Sight) []Cause {
	sender, ok := ownerOf(q.lab, in.Frame.From)
	dest := in.Frame.Dest
	if !ok || len(owners(q.lab, dest)) > 0 {
		return nil
	}
	l := q.wayFrom(sender.space, dest)
	if l.Errno != "" || l.Via.IsValid() || l.Dev != sender.link {
		return nil
	}
	at := end{v.Space, in.Link}
	has := addressesOf(mustSpace(q.lab, v.Space), in.Link, dest.Is4())
	if len(has) == 0 {
		return []Cause{q.cause(NoAddress, at, true, at.String()+" has no address, and nobody has "+dest.String(), addrList(q.lab, v.Space))}
	}
	return []Cause{q.cause(WrongAddress, at, true, sender.space+" has known "+at.String()+" as "+dest.String()+", and it has "+has[0].Prefix.String()+" now", addrList(q.lab, v.Space))}
}
