package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

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
