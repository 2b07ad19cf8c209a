package fault

import (
	"net/netip"
	"slices"
)

func routerKinds() []Kind {
	return []Kind{
		{Name: "forwarding-off", Title: "a machine on the way is no router: forwarding is off", at: forwardingOff},
		{Name: "rp-filter-strict", Title: "strict reverse path filtering drops what comes by another way than answers go", at: rpFilterStrict},
		{Name: "asymmetric-return", Title: "answers go another way, and strict reverse path filtering is on", at: asymmetricReturn},
		{Name: "ttl-too-small", Title: "packets are sent with a time to live that is too small", at: ttlTooSmall},
		{Name: "echo-ignored", Title: "a setting keeps the target from answering echoes", at: echoIgnored},
	}
}

func forwardingOff(t *trip) (out []Fault) {
	key := "net.ipv4.ip_forward"
	if t.Probe.To.Is6() {
		key = "net.ipv6.conf.all.forwarding"
	}
	routers := t.routers()
	for _, l := range t.under() {
		if l.dst.Is4() == t.Probe.To.Is4() && l.next != l.dst {
			routers = append(routers, l.in.in)
		}
	}
	for _, in := range once(routers) {
		out = append(out, Fault{
			Cause: Cause{In: in, What: key},
			Says:  in + " does not pass packets on: " + key + " = 0",
			Harm:  lines(sysctl(in, key, 0)),
			Mend:  lines(sysctl(in, key, 1)),
		})
	}
	return out
}

// filter is the reverse path filter of an interface: the larger one of its own
// and that of all (ip-sysctl).
func (t *trip) filter(at seat) int {
	s, _ := t.Lab.Space(at.in)
	l, _ := s.Link(at.link)
	out := 0
	if l.Conf != nil {
		out = l.Conf.RPFilter
	}
	if all := s.Sysctls["net.ipv4.conf.all.rp_filter"]; all == "1" || all == "2" {
		out = max(out, int(all[0]-'0'))
	}
	return out
}

func rpFilterStrict(t *trip) (out []Fault) {
	for _, l := range t.legs() {
		s, _ := t.Lab.Space(l.in.in)
		r, ok := s.Lookup(t.sender(l))
		if !ok || r.Link == l.in.link || l.dst.Is6() || t.filter(l.in) == 1 || s.Sysctls["net.ipv4.conf.all.rp_filter"] == "2" {
			continue
		}
		was := 0
		if is, _ := t.link(l.in); is.Conf != nil {
			was = is.Conf.RPFilter
		}
		key := "net.ipv4.conf." + l.in.link + ".rp_filter"
		out = append(out, Fault{
			Cause: Cause{In: l.in.in, Link: l.in.link, What: key},
			Says:  l.in.in + " drops what comes from " + t.sender(l).String() + " by " + l.in.link + ": answers go by " + r.Link + ", and " + key + " = 1",
			Harm:  lines(sysctl(l.in.in, key, 1)),
			Mend:  lines(sysctl(l.in.in, key, was)),
		})
	}
	return out
}

// asymmetricReturn changes the route for answers at a machine which takes
// packets only from where its answers go.
func asymmetricReturn(t *trip) (out []Fault) {
	for _, l := range t.legs() {
		if t.filter(l.in) != 1 || l.dst.Is6() {
			continue
		}
		s, _ := t.Lab.Space(l.in.in)
		r, ok := s.Lookup(t.sender(l))
		if !ok || !r.Via.IsValid() {
			continue
		}
		for _, other := range s.Links {
			at := seat{l.in.in, other.Name}
			via, ok := t.routerAt(at)
			if other.Name == r.Link || !ok {
				continue
			}
			back := leg{out: at, route: r}
			f := t.reroute(back, "via "+via.String()+" dev "+other.Name)
			f.Cause.What += " by " + other.Name
			f.Cause.Link, f.Cause.Also = l.in.link, t.strict()
			f.Says = at.in + " sends to " + r.Destination() + " by " + other.Name + ", and drops what comes from there by " + l.in.link +
				": its reverse path filter is strict"
			out = append(out, f)
		}
	}
	return out
}

// strict are the filters of all machines on the way. What a machine sends by
// another way comes to the next one by another way, too.
func (t *trip) strict() []Cause {
	var out []Cause
	for _, at := range seats(t.legs()) {
		if t.filter(at) == 1 {
			out = append(out, Cause{Kind: "rp-filter-strict", In: at.in})
		}
	}
	return out
}

func ttlTooSmall(t *trip) (out []Fault) {
	for _, way := range [][]leg{t.there, t.home} {
		if len(way) < 2 {
			continue
		}
		at := way[0].out
		key := "net.ipv4.ip_default_ttl"
		if t.Probe.To.Is6() {
			key = "net.ipv6.conf." + at.link + ".hop_limit"
		}
		out = append(out, Fault{
			Cause: Cause{In: at.in, What: key},
			Says:  at.in + " sends with a time to live of 1 (" + key + "), which ends at the first router",
			Harm:  lines(sysctl(at.in, key, 1)),
			Mend:  lines(sysctl(at.in, key, 64)),
		})
	}
	return out
}

func echoIgnored(t *trip) []Fault {
	if t.Probe.Proto != ICMP {
		return nil
	}
	key := "net.ipv4.icmp_echo_ignore_all"
	if t.Probe.To.Is6() {
		key = "net.ipv6.icmp.echo_ignore_all"
	}
	return []Fault{{
		Cause: Cause{In: t.target, What: key},
		Says:  t.target + " answers no echo: " + key + " = 1",
		Harm:  lines(sysctl(t.target, key, 1)),
		Mend:  lines(sysctl(t.target, key, 0)),
	}}
}

// sender is the source address that packets have on a leg.
func (t *trip) sender(l leg) (from netip.Addr) {
	if l.back {
		if i := slices.IndexFunc(t.home, func(o leg) bool { return o.out == l.out }); t.DNAT != nil && i >= 0 &&
			slices.ContainsFunc(t.home[:i+1], func(o leg) bool { return o.out.in == t.DNAT.In }) {
			return t.Probe.To
		}
		if t.DNAT != nil {
			return t.DNAT.To.Addr()
		}
		return t.Probe.To
	}
	for _, o := range t.there {
		if t.SNAT != nil && o.out == (seat{t.SNAT.In, t.SNAT.Out}) {
			if a, ok := t.addrOf(o.out, l.dst.Is4()); ok {
				return a
			}
		}
		if o.out == l.out {
			break
		}
	}
	return t.src
}
