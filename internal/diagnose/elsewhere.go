package diagnose

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// elsewhere: a namespace asks on one of its networks for an address, and those
// who have it hang on another one.
func (q inquest) elsewhere(from end, names []string, of, to netip.Addr) []Cause {
	var out []Cause
	net := segment(q.lab, from)
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, of)
		for _, e := range net {
			if e.space == name && e.link != own.Link && !isPort(q.lab, e) {
				out = append(out, q.cause(WrongLink, end{name, own.Link}, true, name+" has the address "+own.Prefix.String()+" on "+own.Link+", and "+from.String()+" is connected with its "+e.link, addrList(q.lab, name)))
			}
		}
	}
	if len(out) == 0 {
		out = append(out, q.looseOn(names, from, of)...)
	}
	s, _ := q.lab.Space(from.space)
	if a, ok := q.ownNetwork(s, from, names, of); ok && len(out) == 0 {
		out = append(out, q.cause(WrongLink, end{s.Name, a.Link}, true, s.Name+" has the address "+a.Prefix.String()+" on "+a.Link+", and that network is behind another interface of "+s.Name, addrList(q.lab, s.Name)))
	}
	for _, r := range s.Routes {
		if r.Link != from.link || r.Via.IsValid() || !r.Dst.Contains(of) || len(out) > 0 {
			continue
		}
		text := from.space + " takes " + of.String() + " for a neighbour on " + from.link + ", because of the route " + routeText(r) + ", and it is behind a router"
		kind := GatewayLeftOut
		if r.Proto == "kernel" {
			kind = MaskTooWide
			text = from.space + " takes " + of.String() + " for a neighbour on " + from.link + ", because of its address " + prefixOn(s, from.link, of) + ", and it is behind a router"
		}
		if q.routed(net, names, of) {
			out = append(out, q.cause(kind, end{from.space, linkFor(kind, from.link)}, true, text, routeList(q.lab, from.space)+"\n"+addrList(q.lab, from.space)))
		}
	}
	if len(out) > 0 {
		return out
	}
	return q.torn(from, names, of)
}

func linkFor(kind Kind, link string) string {
	if kind == MaskTooWide {
		return link
	}
	return ""
}

func isPort(lab snapshot.Lab, e end) bool {
	l, _ := e.find(lab)
	return l.Master != ""
}

// prefixOn is the address of a link in whose network another one lies.
func prefixOn(s snapshot.Space, link string, of netip.Addr) string {
	for _, a := range s.Addrs {
		if a.Link == link && a.Prefix.Contains(of) {
			return a.Prefix.String()
		}
	}
	return link
}

// routed says that a machine of the network is a router, and has another
// interface in the network of those who have the address.
func (q inquest) routed(net []end, names []string, of netip.Addr) bool {
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, of)
		if own.Link == "lo" {
			return true
		}
		far := segment(q.lab, end{name, own.Link})
		for _, e := range net {
			s, _ := q.lab.Space(e.space)
			for _, l := range s.Links {
				if slices.Contains(far, end{e.space, l.Name}) && l.Name != e.link && q.hasAny(e, of) && q.hasAny(end{e.space, l.Name}, of) {
					return true
				}
			}
		}
		for _, e := range net { // by several routers
			if s, _ := q.lab.Space(e.space); forwards(s, of) && e.space != name && len(s.Routes) > 1 && q.hasAny(e, of) {
				return true
			}
		}
	}
	return false
}

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
	}
	return out
}

// ownNetwork: a namespace asks on one interface for an address that is behind
// another of its own, because of an address that is on the wrong one.
func (q inquest) ownNetwork(s snapshot.Space, from end, names []string, of netip.Addr) (snapshot.Addr, bool) {
	for _, name := range names {
		o, _ := q.lab.Space(name)
		own, _ := owns(o, of)
		for _, e := range segment(q.lab, end{name, own.Link}) {
			if e.space != s.Name || e.link == from.link || isPort(q.lab, e) {
				continue
			}
			for _, a := range s.Addrs {
				if a.Link == from.link && a.Prefix.Contains(of) {
					return a, true
				}
			}
		}
	}
	return snapshot.Addr{}, false
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

// maskCauses: the mask of an address is too long for the neighbours that it
// should have.
func (q inquest) maskCauses(s snapshot.Space, to netip.Addr) []Cause {
	var out []Cause
	next := []netip.Addr{to.WithZone("")}
	for _, a := range s.Addrs {
		at := end{s.Name, a.Link}
		for _, e := range segment(q.lab, at) {
			for _, o := range addressesOf(mustSpace(q.lab, e.space), e.link, to.Is4()) {
				if e == at || a.Prefix.Addr().Is4() != to.Is4() || automatic(a.Prefix) || a.Prefix.Contains(o.Prefix.Addr()) || !o.Prefix.Contains(a.Prefix.Addr()) {
					continue
				}
				if slices.Contains(next, o.Prefix.Addr()) || q.gatewayLost(s, o.Prefix.Addr(), to) {
					out = append(out, q.cause(WrongMask, at, true,
						fmt.Sprintf("%s has %s on %s, a mask with which %s of %s is not in its network (that one has %s)", s.Name, a.Prefix, a.Link, o.Prefix.Addr(), e.space, o.Prefix), addrList(q.lab, s.Name)+"\n"+addrList(q.lab, e.space)))
				}
			}
		}
	}
	return out
}

// gatewayLost says that an address belongs to a router which has the way to a
// target that a namespace lacks.
func (q inquest) gatewayLost(s snapshot.Space, gateway, to netip.Addr) bool {
	for _, name := range owners(q.lab, gateway) {
		r, _ := q.lab.Space(name)
		if _, ok := lookup(r, to); ok && forwards(r, to) && name != s.Name {
			return true
		}
	}
	return false
}

// addressless: a namespace lacks the address in the network of a target, or
// has one of another network.
func (q inquest) addressless(s snapshot.Space, to netip.Addr) []Cause {
	var out []Cause
	for _, l := range s.Links {
		at := end{s.Name, l.Name}
		if l.Kind == "loopback" || l.Kind == "vxlan" || l.Kind == "bridge" && !q.talks(s.Name) {
			continue
		}
		near, ok := q.near(at, s, to)
		if !ok {
			continue
		}
		has := addressesOf(s, l.Name, to.Is4())
		switch {
		case l.Master != "" && len(has) > 0:
			out = append(out, q.cause(OnPort, at, true, at.String()+", which has "+has[0].Prefix.String()+", is a port of the bridge "+l.Master+": it does not use the address", linkLine(s.Name, l)))
		case l.Master != "" || slices.ContainsFunc(has, func(a snapshot.Addr) bool { return near.Contains(a.Prefix.Addr()) }):
		case len(has) > 0:
			out = append(out, q.cause(WrongAddress, at, true, at.String()+" has "+has[0].Prefix.String()+", which is not in the network "+near.String()+" of those that it is connected with", addrList(q.lab, s.Name)))
		case to.Is6() && disabled(s, l):
			out = append(out, q.cause(NoIPv6, at, true, "IPv6 is switched off on "+at.String()+", so it has no address there", addrList(q.lab, s.Name)))
		default:
			if other, ok := q.strayed(s, near); ok {
				out = append(out, q.cause(WrongLink, end{s.Name, other.Link}, true, s.Name+" has "+other.Prefix.String()+" on "+other.Link+", and that network is behind "+l.Name, addrList(q.lab, s.Name)))
				continue
			}
			out = append(out, q.cause(NoAddress, at, true, at.String()+" has no address in the network "+near.String()+" of those that it is connected with", addrList(q.lab, s.Name)))
		}
	}
	return out
}

func disabled(s snapshot.Space, l snapshot.Link) bool {
	return s.Sysctls[disabledKey] == "1" || l.Conf != nil && l.Conf.DisableIPv6 != 0
}

// strayed finds an address of a network on an interface that is not in it.
func (q inquest) strayed(s snapshot.Space, near netip.Prefix) (snapshot.Addr, bool) {
	for _, a := range s.Addrs {
		if near.Contains(a.Prefix.Addr()) {
			return a, true
		}
	}
	return snapshot.Addr{}, false
}

// near is the network of the machines that an interface is connected with, if
// the target is one of them or one of them knows the way to it.
func (q inquest) near(at end, s snapshot.Space, to netip.Addr) (netip.Prefix, bool) {
	for _, e := range segment(q.lab, at) {
		if e.space == at.space {
			continue
		}
		for _, o := range addressesOf(mustSpace(q.lab, e.space), e.link, to.Is4()) {
			if o.Prefix.Contains(to.WithZone("")) || q.gatewayLost(s, o.Prefix.Addr(), to) {
				return o.Prefix.Masked(), true
			}
		}
	}
	return netip.Prefix{}, false
}
