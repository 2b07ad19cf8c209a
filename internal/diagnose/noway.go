package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// noWay: no table has a route.
func (q inquest) noWay(s snapshot.Space, to netip.Addr, l measure.Lookup, reply bool) []Cause {
	h := &hop{trip: trip{lab: q.lab, from: s.Name, to: to, reply: reply}, space: s}
	f := h.noRoute()[0]
	if _, ok := lookup(s, to); ok {
		if c := q.marked(s.Name, to); len(c) > 0 {
			return c
		}
		return []Cause{q.cause("", end{s.Name, ""}, false, s.Name+" has a route to "+to.String()+", and the kernel does not take it ("+l.Errno+")", routeList(q.lab, s.Name))}
	}
	if c := q.downLinks(s, to, f); len(c) > 0 {
		return c
	}
	if c := q.earlier(s.Name, to); len(c) > 0 {
		return c
	}
	if c := q.unplugged(s); len(c) > 0 {
		return c
	}
	var out []Cause
	out = append(out, q.maskCauses(s, to)...)
	out = append(out, q.addressless(s, to)...)
	return append(out, q.cause(NoRoute, end{s.Name, ""}, len(out) == 0, f.Text, f.Evidence))
}

// downLinks: an interface is down behind which the target is, or the way to it.
// With it the routes over it are gone, and its IPv6 addresses.
func (q inquest) downLinks(s snapshot.Space, to netip.Addr, f Finding) []Cause {
	var out []Cause
	for _, l := range s.Links {
		at := end{s.Name, l.Name}
		if l.Up || l.Kind == "loopback" || l.Master != "" {
			continue
		}
		if _, near := q.near(at, s, to); near || q.inNetworkOf(s, l.Name, to) {
			kind := LinkDown
			if l.Kind == "bridge" {
				kind = BridgeDown
			}
			text := "the interface " + at.String() + " is down, and with it the way from " + s.Name + " to " + to.String() + " is gone"
			out = append(out, q.cause(kind, at, true, text, linkLine(s.Name, l)+"\n"+f.Evidence))
		}
	}
	return out
}

func (q inquest) inNetworkOf(s snapshot.Space, link string, to netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Link == link && a.Prefix.Contains(to.WithZone("")) })
}

// unplugged: a namespace lacks an interface, and one lies unused elsewhere.
func (q inquest) unplugged(s snapshot.Space) []Cause {
	strays := q.strays(s.Name)
	alone := !slices.ContainsFunc(s.Links, func(l snapshot.Link) bool { return l.Kind != "loopback" })
	switch {
	case len(strays) == 0:
		return nil
	case alone:
		return []Cause{q.cause(NoPeer, end{s.Name, ""}, true, s.Name+" has no interface but lo, and "+strays[0].String()+" is used by nobody: it may belong to "+s.Name, cable(q.lab, strays[0]))}
	}
	return []Cause{q.cause(NoPeer, end{s.Name, ""}, false, strays[0].String()+" is used by nobody, and "+s.Name+" may lack an interface", cable(q.lab, strays[0]))}
}

// strays are the interfaces of other namespaces that are down, and have no
// address and no bridge: an interface that is moved to another namespace loses
// all of that.
func (q inquest) strays(but string) []end {
	var out []end
	for _, s := range q.lab.Spaces {
		for _, l := range s.Links {
			if s.Name != but && l.Kind == "veth" && !l.Up && l.Master == "" && len(s.Links) > 2 &&
				!slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Link == l.Name }) {
				out = append(out, end{s.Name, l.Name})
			}
		}
	}
	return out
}

// earlier: a router on the way is connected with the network of the target, or
// should be, and sent the packet on by another way.
func (q inquest) earlier(but string, to netip.Addr) []Cause {
	for _, part := range []trace.Part{trace.Request, trace.Reply} {
		for _, v := range q.visits(part, netip.Addr{}) {
			s, _ := q.lab.Space(v.Space)
			if v.Space == but || !q.beside(s, to) {
				continue
			}
			found := append(q.downLinks(s, to, Finding{}), q.maskCauses(s, to)...)
			if found = append(found, q.addressless(s, to)...); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// beside says that a namespace hangs on the network in which an address is.
func (q inquest) beside(s snapshot.Space, to netip.Addr) bool {
	for _, name := range owners(q.lab, to) {
		o, _ := q.lab.Space(name)
		own, _ := owns(o, to)
		for _, e := range segment(q.lab, end{name, own.Link}) {
			if e.space == s.Name && name != s.Name && !isPort(q.lab, e) {
				return true
			}
		}
	}
	return false
}
