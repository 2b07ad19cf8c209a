package fault

import (
	"net/netip"
	"slices"
)

// targets are the legs, each sender and target once.
func (t *trip) targets() []leg {
	var out []leg
	for _, l := range t.every() {
		if !slices.ContainsFunc(out, func(o leg) bool { return o.out.in == l.out.in && o.dst == l.dst }) {
			out = append(out, l)
		}
	}
	return out
}

func specificRouteWrong(t *trip) (out []Fault) {
	for _, l := range t.targets() {
		p, ok := t.prefixWith(l.out, l.next)
		if !ok {
			continue
		}
		a, ok := t.spare(p)
		if !ok || slices.ContainsFunc(t.routesTo(l), func(r netip.Prefix) bool { return r == single(l.dst) }) {
			continue
		}
		route := single(l.dst).String() + " via " + a.String() + " dev " + l.out.link
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, What: l.dst.String(), Also: nobodysGateway(l)},
			Says:  l.out.in + " has a route for " + l.dst.String() + " alone, via " + a.String() + ", and nobody has this address",
			Harm:  lines(line(l.out.in, "route add %s", route)),
			Mend:  lines(line(l.out.in, "route del %s", route)),
		})
	}
	return out
}

func (t *trip) routesTo(l leg) []netip.Prefix {
	s, _ := t.Lab.Space(l.out.in)
	var out []netip.Prefix
	for _, r := range s.Routes {
		out = append(out, r.Dst)
	}
	return out
}

func (t *trip) forbidden(kind string) (out []Fault) {
	for _, l := range t.targets() {
		if slices.Contains(t.routesTo(l), single(l.dst)) {
			continue
		}
		route := kind + " " + single(l.dst).String()
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, What: l.dst.String()},
			Says:  l.out.in + " has the route \"" + route + "\"",
			Harm:  lines(line(l.out.in, "route add %s", route)),
			Mend:  lines(line(l.out.in, "route del %s", route)),
		})
	}
	return out
}

// lastBefore is the machine at which an answer to an address ends, because it
// has no route there.
func (t *trip) lastBefore(addr netip.Addr) string {
	var unused []leg
	at, _ := t.walk(t.target, addr, true, &unused)
	return at
}

// without are the machines on the way that have no route to an address.
func (t *trip) without(addr netip.Addr) []Cause {
	var out []Cause
	for _, at := range seats(t.legs()) {
		s, _ := t.Lab.Space(at.in)
		if _, ok := s.Lookup(addr); !ok {
			out = append(out, Cause{Kind: "missing-route", In: at.in})
		}
	}
	return out
}

func wrongSource(t *trip) (out []Fault) {
	if len(t.there) == 0 {
		return nil
	}
	l := t.there[0]
	other := netip.MustParsePrefix("10.99.99.99/32")
	if l.dst.Is6() {
		other = netip.MustParsePrefix("fd99::99/128")
	}
	if slices.Contains(t.routesTo(l), single(l.dst)) {
		return nil
	}
	lo := seat{l.out.in, "lo"}
	route := single(l.dst).String() + " dev " + l.out.link
	if l.route.Via.IsValid() {
		route = single(l.dst).String() + " via " + l.route.Via.String() + " dev " + l.out.link
	}
	return []Fault{{
		Cause: Cause{In: l.out.in, What: other.Addr().String(), Also: t.without(other.Addr())},
		Says:  l.out.in + " writes the source address " + other.Addr().String() + " into its packets to " + l.dst.String() + ", and nobody has a route for the answer",
		Harm:  lines(giving(lo, other), line(l.out.in, "route add %s src %s", route, other.Addr())),
		Mend:  lines(line(l.out.in, "route del %s", route), taking(lo, other)),
	}}
}
