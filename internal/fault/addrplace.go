package fault

import (
	"net/netip"
	"slices"
)

// addressOnWrongLink moves the address of a router to its other interface, and
// that of a host to lo. IPv4 answers for it there, too: it is the route to the
// network that is gone.
func addressOnWrongLink(t *trip) (out []Fault) {
	for _, h := range t.asked() {
		// All of a longer prefix on lo would be the machine's own.
		now, p := seat{h.at.in, "lo"}, single(h.prefix.Addr())
		for _, through := range t.passes() {
			for _, at := range []seat{through.to.out, through.from.in} {
				if at.in == h.at.in && at != h.at {
					now, p = at, h.prefix
				}
			}
		}
		needed := h.prefix.Addr().Is6() || slices.ContainsFunc(t.nearby(), func(n held) bool { return n.at == h.at })
		if l, _ := t.link(h.at); !needed || h.at == now || l.Kind == "loopback" {
			continue
		}
		f := t.instead(h, now, p)
		f.Cause.Also = t.lost(h)
		f.Says = h.at.in + " has the address " + h.prefix.Addr().String() + " on " + now.link + " instead of " + h.at.link
		out = append(out, f)
	}
	return out
}

func addressOnBridgePort(t *trip) (out []Fault) {
	done := map[seat]bool{}
	for _, l := range t.legs() {
		for _, end := range []struct {
			at    seat
			ports []seat
			other netip.Addr
		}{{l.out, l.between, l.next}, {l.in, backwards(l.between), t.from(l)}} {
			is, _ := t.link(end.at)
			p, ok := t.prefixWith(end.at, end.other)
			if is.Kind != "bridge" || len(end.ports) == 0 || !ok || done[end.at] {
				continue
			}
			done[end.at] = true
			f := t.instead(held{at: end.at, prefix: p}, end.ports[0], p)
			f.Cause.Also = t.lost(held{at: end.at, prefix: p})
			f.Says = end.at.in + " has the address " + p.String() + " on " + end.ports[0].link + ", which is a port of " + end.at.link + " and gets no packets itself"
			out = append(out, f)
		}
	}
	return out
}

func backwards(all []seat) []seat {
	out := slices.Clone(all)
	slices.Reverse(out)
	return out
}

// from is the address of the sender of a leg in the network of the leg.
func (t *trip) from(l leg) netip.Addr {
	if p, ok := t.prefixWith(l.out, l.next); ok {
		return p.Addr()
	}
	return l.next
}

// duplicateAddress gives a machine the address of a neighbour. An echo would
// be answered all the same, by the wrong one, but not passed on.
func duplicateAddress(t *trip) (out []Fault) {
	for _, l := range t.questions() {
		final := l.next == l.dst && l.in.in == t.target && !l.back
		if final && t.Probe.Proto == ICMP || l.next == l.dst && l.back {
			continue
		}
		_, p, ok := t.prefixOf(l.in.in, l.next)
		if !ok {
			continue
		}
		for _, at := range t.strangers(l) {
			out = append(out, Fault{
				Cause: Cause{In: at.in, Link: at.link, What: p.Addr().String(), Also: []Cause{{Kind: "duplicate-address", In: l.in.in, Link: l.in.link}}},
				Says:  at.in + " has the address " + p.Addr().String() + " too, which is that of " + l.in.in,
				Race:  true,
				Harm:  lines(giving(at, p)),
				Mend:  lines(taking(at, p)),
			})
		}
	}
	return out
}
