package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// elsewhere: a namespace asks on one of its networks for an address, and those
// who have it hang on another one.
func (q inquest) elsewhere(from end, names []string, of netip.Addr) []Cause {
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
