package diagnose

import (
	"net/netip"
	"slices"
	"strings"

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
	return q.elsewhere(from, names, n.Of, to)
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
		if c := q.lostAsking(asked[i], at); len(c) > 0 {
			return c
		}
	}
	if path := way(q.lab, from, at.space, func(end) bool { return true }); path != nil {
		for _, e := range path[1:] {
			p, _ := e.find(q.lab)
			if c := q.portFaults(e, p, ""); len(c) > 0 {
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
func (q inquest) lostAsking(v trace.Visit, goal end) []Cause {
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

// heard says that a question came to an interface, or to the bridge in front
// of it.
func (q inquest) heard(at end, n trace.Question) bool {
	return slices.ContainsFunc(q.sights, func(s trace.Sight) bool {
		return s.Part == trace.Asking && s.Frame.Ask.For == n.Of && s.Space == at.space && s.Link == at.link && !s.Out() && s.At >= n.At
	})
}

// deaf: a question came to the one who has the address, and got no answer.
func (q inquest) deaf(at end, l snapshot.Link, own snapshot.Addr, n trace.Question) []Cause {
	s, _ := q.lab.Space(at.space)
	if c := q.verdicts(at.space); len(c) > 0 {
		return c
	}
	if why := unused(s, own); why != "" {
		return []Cause{q.cause(DADFailed, at, true, why, own.Prefix.String()+" is "+strings.Join(own.Flags, " "))}
	}
	if slices.Contains(l.Flags, "NOARP") {
		return []Cause{q.cause(ARPOff, at, true, at.String()+" does not answer when its hardware address is asked for: ARP is switched off there (NOARP)", linkLine(at.space, l))}
	}
	if key := q.ignores(s, l); key != "" && n.Of.Is4() {
		return []Cause{q.cause(ARPIgnore, at, true, at.String()+" does not answer when its hardware address is asked for, because a setting forbids it", key)}
	}
	for _, v := range q.visits(trace.Asking, n.Of) {
		by := v.Sights[0].Frame.Ask.By
		if l := q.wayFrom(at.space, by); by.IsValid() && l.Errno != "" {
			return q.refusedBy(at.space, by, l, true)
		}
	}
	if c := q.marked(at.space, n.Of); len(c) > 0 {
		return c
	}
	if s.Rules > 0 {
		return []Cause{q.cause(Firewall, end{at.space, ""}, false, "a firewall rule in "+at.space+" may drop the question, or the answer", strings.TrimSpace(ruleCount(q.lab, at.space)))}
	}
	return []Cause{q.cause("", at, false, at.String()+" is asked for its hardware address, and does not answer", linkLine(at.space, l))}
}

// ignores is the setting that keeps an interface from answering ARP; empty: it
// answers.
func (q inquest) ignores(s snapshot.Space, l snapshot.Link) string {
	if l.Conf != nil && l.Conf.ARPIgnore > 0 {
		return "net.ipv4.conf." + l.Name + ".arp_ignore in " + s.Name + " is set"
	}
	if v := s.Sysctls["net.ipv4.conf.all.arp_ignore"]; v != "" && v != "0" {
		return "net.ipv4.conf.all.arp_ignore in " + s.Name + " is " + v
	}
	return ""
}

// nobody: an address is asked for that nobody has.
func (q inquest) nobody(from end, of, to netip.Addr) []Cause {
	h := &hop{trip: trip{lab: q.lab, from: from.space, to: to}, space: mustSpace(q.lab, from.space), next: of}
	h.out = from
	f := h.nobody()
	bare := q.bare(from, of)
	if of != to.WithZone("") {
		text := from.space + " sends to " + to.String() + " by the gateway " + of.String() + ", and no namespace of this lab has this address"
		if q.knowsBetter(from.space, of, to) {
			return []Cause{q.cause(NoGateway, end{from.space, ""}, true, text, routeList(q.lab, from.space)+"\n"+q.present(from, of))}
		}
		lonely := len(bare) == 0 || !bare[0].Sure && q.users(of) < 2
		c := q.cause(NoGateway, end{from.space, ""}, len(bare) == 0, text, routeList(q.lab, from.space)+"\n"+q.present(from, of))
		if lonely {
			return append([]Cause{c}, bare...)
		}
		return append(bare, c)
	}
	if len(bare) > 1 && !bare[0].Sure { // which of them should have it nobody can tell
		return append([]Cause{q.cause(NoAddress, end{}, true, f.Text, q.present(from, of))}, bare...)
	}
	if len(bare) > 0 {
		return bare
	}
	if c := q.unplugged(mustSpace(q.lab, from.space)); len(c) > 0 {
		return c
	}
	return []Cause{q.cause(NoAddress, end{}, true, f.Text, f.Evidence)}
}

// present lists who is there on a network, with the addresses they have.
func (q inquest) present(from end, like netip.Addr) string {
	var out []string
	for _, e := range segment(q.lab, from) {
		for _, a := range addressesOf(mustSpace(q.lab, e.space), e.link, like.Is4()) {
			out = append(out, a.Prefix.Addr().String()+" ("+e.space+")")
		}
	}
	return "in the network of " + from.String() + ": " + list(out)
}

// knowsBetter says that a namespace has another route to a target, by a gateway
// that is there.
func (q inquest) knowsBetter(space string, than, to netip.Addr) bool {
	for _, r := range mustSpace(q.lab, space).Routes {
		if r.Via != than && r.Via.IsValid() && r.Dst.Contains(to.WithZone("")) && len(owners(q.lab, r.Via)) > 0 {
			return true
		}
		if !r.Via.IsValid() && r.Link != "" && r.Dst.Contains(to.WithZone("")) {
			return true
		}
	}
	return false
}

// users counts the routes that have an address as their gateway.
func (q inquest) users(a netip.Addr) int {
	n := 0
	for _, s := range q.lab.Spaces {
		for _, r := range s.Routes {
			if r.Via.IsValid() && r.Via == a {
				n++
			}
		}
	}
	return n
}

// addressOf is the first address of the interface that a cause is about.
func addressOf(lab snapshot.Lab, c Cause) netip.Addr {
	for _, four := range []bool{true, false} {
		if has := addressesOf(mustSpace(lab, c.Space), c.Link, four); len(has) > 0 {
			return has[0].Prefix.Addr()
		}
	}
	return netip.Addr{}
}

// bare finds interfaces on a network that have no address there, or one of
// another network: one of them may be meant to have the one that is missing.
func (q inquest) bare(from end, of netip.Addr) []Cause {
	var out []Cause
	own := mustSpace(q.lab, from.space)
	for _, e := range segment(q.lab, from) {
		l, _ := e.find(q.lab)
		if e == from || l.Master != "" || l.Kind == "bridge" && !q.hasAny(e, of) && !q.talks(e.space) || l.Kind == "vxlan" {
			continue
		}
		switch has := addressesOf(mustSpace(q.lab, e.space), e.link, of.Is4()); {
		case len(has) == 0:
			text := e.String() + " has no address, and nobody has " + of.String()
			if of.Is6() && disabled(mustSpace(q.lab, e.space), l) && l.Up {
				out = append(out, q.cause(NoIPv6, e, true, "nobody has "+of.String()+": IPv6 is switched off on "+e.String(), addrList(q.lab, e.space)))
				continue
			}
			if !l.Up && slices.Contains(q.strays(""), e) {
				out = append(out, q.displaced(e, of)...)
				continue
			}
			if !l.Up {
				out = append(out, q.cause(LinkDown, e, true, "nobody has "+of.String()+", and "+e.String()+" is down: an interface that is switched off loses its IPv6 addresses", linkLine(e.space, l)))
				continue
			}
			if why := lacks(mustSpace(q.lab, e.space)); why != "" && of.Is6() {
				out = append(out, q.cause(NoIPv6, e, true, "nobody has "+of.String()+": "+why, addrList(q.lab, e.space)))
				continue
			}
			out = append(out, q.cause(NoAddress, e, true, text, addrList(q.lab, e.space)))
		case !slices.ContainsFunc(has, func(a snapshot.Addr) bool { return neighbours(own, from.link, a.Prefix.Addr()) }):
			out = append(out, q.cause(WrongAddress, e, true, e.String()+" has "+has[0].Prefix.String()+", which is not in the network of "+from.String()+", and nobody has "+of.String(), addrList(q.lab, e.space)+"\n"+addrList(q.lab, from.space)))
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, e := range segment(q.lab, from) {
		has := addressesOf(mustSpace(q.lab, e.space), e.link, of.Is4())
		router := q.users(of) > 0
		if e == from || len(has) == 0 || q.asked(e, has) && !router || router && !q.passes(e.space) {
			continue
		}
		out = append(out, q.cause(WrongAddress, e, false, "nobody has "+of.String()+"; "+e.String()+" has "+has[0].Prefix.Addr().String(), addrList(q.lab, e.space)))
	}
	if len(out) > maxGuesses {
		return nil
	}
	return out
}

// maxGuesses is how many machines are named of which one may be meant to have
// an address: with more of them nobody is.
const maxGuesses = 3

// asked says that some namespace has a route or a neighbour for one of the
// addresses of an interface: others know it by that.
func (q inquest) asked(e end, has []snapshot.Addr) bool {
	for _, s := range q.lab.Spaces {
		for _, a := range has {
			known := func(r snapshot.Route) bool { return r.Via == a.Prefix.Addr() }
			if s.Name != e.space && slices.ContainsFunc(s.Routes, known) {
				return true
			}
		}
	}
	return false
}

// talks says that the bridge of a namespace is more than a switch: others are
// to talk to the namespace itself.
func (q inquest) talks(space string) bool { return space == snapshot.Host || q.passes(space) }

// passes says that a namespace is a router.
func (q inquest) passes(space string) bool {
	s := mustSpace(q.lab, space)
	return s.Sysctls[forwardKey(netip.IPv4Unspecified())] == "1" || s.Sysctls[forwardKey(netip.IPv6Unspecified())] == "1"
}

// displaced: an interface lies unused in one namespace, and another one lacks
// one.
func (q inquest) displaced(e end, of netip.Addr) []Cause {
	for _, s := range q.lab.Spaces {
		alone := !slices.ContainsFunc(s.Links, func(l snapshot.Link) bool { return l.Kind != "loopback" })
		if alone && s.Name != snapshot.Host {
			return []Cause{q.cause(NoPeer, end{s.Name, ""}, true, s.Name+" has no interface but lo, and "+e.String()+" is used by nobody: it may belong to "+s.Name, cable(q.lab, e))}
		}
	}
	for _, s := range q.lab.Spaces {
		if q.passes(s.Name) && s.Name != e.space && len(s.Links) < 3 {
			return []Cause{q.cause(NoPeer, end{s.Name, ""}, true, s.Name+" is a router with one interface, and "+e.String()+" is used by nobody: it may belong to "+s.Name, cable(q.lab, e))}
		}
	}
	l, _ := e.find(q.lab)
	return []Cause{q.cause(NoAddress, e, false, e.String()+" is down and has no address, and nobody has "+of.String(), linkLine(e.space, l))}
}

func (q inquest) hasAny(e end, like netip.Addr) bool {
	return len(addressesOf(mustSpace(q.lab, e.space), e.link, like.Is4())) > 0
}

// addressesOf are those of a link that somebody gave it.
func addressesOf(s snapshot.Space, link string, four bool) []snapshot.Addr {
	var out []snapshot.Addr
	for _, a := range s.Addrs {
		if a.Link == link && a.Prefix.Addr().Is4() == four && !automatic(a.Prefix) {
			out = append(out, a)
		}
	}
	return out
}

// neighbours says that an address is in a network of a link.
func neighbours(s snapshot.Space, link string, a netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(o snapshot.Addr) bool { return o.Link == link && o.Prefix.Contains(a) })
}
