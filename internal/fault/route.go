package fault

import "slices"

func routeKinds() []Kind {
	forbidding := func(kind string) func(*trip) []Fault {
		return func(t *trip) []Fault { return t.forbidden(kind) }
	}
	return []Kind{
		{Name: "missing-route", Title: "a machine on the way has no route to the target", at: func(t *trip) []Fault { return t.routeless(t.there) }},
		{Name: "missing-return-route", Title: "a machine has no route for the answer", at: func(t *trip) []Fault { return t.routeless(t.home) }},
		{Name: "wrong-gateway", Title: "the gateway of a route is a machine that is no router", at: wrongGateway},
		{Name: "gateway-nobody", Title: "the gateway of a route is an address that nobody has", at: gatewayNobody},
		{Name: "gateway-left-out", Title: "a route has no gateway: it takes far machines for neighbours", at: gatewayLeftOut},
		{Name: "specific-route-wrong", Title: "a route for the target alone goes to the wrong next hop", at: specificRouteWrong},
		{Name: "wrong-source", Title: "a route writes a source address to which nobody can answer", at: wrongSource},
		{Name: "blackhole-route", Title: "a blackhole route: packets are dropped without a word", at: forbidding("blackhole")},
		{Name: "unreachable-route", Title: "an unreachable route: the sender is told that the host is unreachable", at: forbidding("unreachable")},
		{Name: "prohibit-route", Title: "a prohibit route: the sender is told that it is forbidden", at: forbidding("prohibit")},
	}
}

// routed are the legs whose sender uses a gateway.
func routed(legs []leg) []leg {
	return slices.DeleteFunc(slices.Clone(legs), func(l leg) bool { return !l.route.Via.IsValid() })
}

// routeless takes the routes of legs away, each once: those there, or those
// back which are not also used there.
func (t *trip) routeless(legs []leg) (out []Fault) {
	if len(legs) == 0 {
		return nil
	}
	var done []seat
	for _, l := range slices.Concat(routed(legs), routed(t.under())) {
		at := seat{l.out.in, l.route.Destination()}
		if slices.Contains(done, at) || slices.ContainsFunc(t.there, func(o leg) bool { return legs[0].back && same(o, l) }) {
			continue
		}
		done = append(done, at)
		out = append(out, Fault{
			Cause: Cause{Kind: "missing-route", In: l.out.in, What: l.route.Destination()},
			Says:  l.out.in + " has no route to " + l.dst.String() + " (it lacks " + l.route.Destination() + " via " + l.route.Via.String() + ")",
			Harm:  lines(routeLine(l.out.in, "del", l.route, how(l.route))),
			Mend:  lines(routeLine(l.out.in, "add", l.route, how(l.route))),
		})
	}
	return out
}

// same says that two legs begin with one route of one machine.
func same(a, b leg) bool { return a.out.in == b.out.in && a.route.Dst == b.route.Dst }

// reroute replaces the way of a route.
func (t *trip) reroute(l leg, way string) Fault {
	return Fault{
		Cause: Cause{In: l.out.in, What: l.route.Destination()},
		Harm:  lines(routeLine(l.out.in, "replace", l.route, way)),
		Mend:  lines(routeLine(l.out.in, "replace", l.route, how(l.route))),
	}
}

// gateways are the legs with a gateway, each route once.
func (t *trip) gateways() []leg {
	var out []leg
	for _, l := range routed(t.every()) {
		if !slices.ContainsFunc(out, func(o leg) bool { return same(o, l) }) {
			out = append(out, l)
		}
	}
	return out
}

func wrongGateway(t *trip) (out []Fault) {
	for _, l := range t.gateways() {
		for _, at := range t.strangers(l) {
			a, _ := t.addrOf(at, l.next.Is4())
			s, _ := t.Lab.Space(at.in)
			if s.Sysctls["net.ipv4.ip_forward"] == "1" || s.Sysctls["net.ipv6.conf.all.forwarding"] == "1" || t.onTheWay(at.in) {
				continue
			}
			f := t.reroute(l, "via "+a.String()+" dev "+l.out.link)
			f.Says = l.out.in + " sends to " + l.route.Destination() + " via " + a.String() + ", which is " + at.in + " and no router"
			f.Cause.Also = []Cause{{Kind: "forwarding-off", In: at.in}}
			out = append(out, f)
			break
		}
	}
	return out
}

func gatewayNobody(t *trip) (out []Fault) {
	for _, l := range t.gateways() {
		p, ok := t.prefixWith(l.out, l.next)
		if !ok {
			continue
		}
		a, ok := t.spare(p)
		if !ok {
			continue
		}
		f := t.reroute(l, "via "+a.String()+" dev "+l.out.link)
		f.Cause.Also = append(nobodysGateway(l), Cause{Kind: "wrong-address", In: l.in.in})
		f.Says = l.out.in + " sends to " + l.route.Destination() + " via " + a.String() + ", and nobody has this address"
		out = append(out, f)
	}
	return out
}

// nobodysGateway is how a route via an address that nobody has looks.
func nobodysGateway(l leg) []Cause {
	return []Cause{{Kind: "gateway-nobody", In: l.out.in}, {Kind: "wrong-gateway", In: l.out.in}, nobodyHas()}
}

func gatewayLeftOut(t *trip) (out []Fault) {
	for _, l := range t.gateways() {
		f := t.reroute(l, "dev "+l.out.link)
		f.Says = l.out.in + " has the route to " + l.route.Destination() + " without a gateway, and takes " + l.dst.String() + " for a neighbour"
		out = append(out, f)
	}
	return out
}
