package fault

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// legs are those there and those back.
func (t *trip) legs() []leg { return slices.Concat(t.there, t.home) }

// under is the way of the packets of a tunnel that the probe goes through, if
// it goes through one: from one end of the tunnel to the other, and back.
func (t *trip) under() []leg {
	var out []leg
	for _, l := range t.there {
		var ends []seat
		for _, at := range l.between {
			if is, _ := t.link(at); is.VXLAN != nil {
				ends = append(ends, at)
			}
		}
		if len(ends) != 2 {
			continue
		}
		for i, at := range ends {
			is, _ := t.link(ends[1-i])
			_, _ = t.walk(at.in, is.VXLAN.Local, i == 1, &out)
		}
	}
	return out
}

// tunnelEnds are the addresses between which a tunnel sends.
func (t *trip) tunnelEnds() []netip.Addr {
	var out []netip.Addr
	for _, l := range t.under() {
		out = append(out, l.dst)
	}
	return out
}

// every are the legs of the probe, and those of the tunnel it goes through.
func (t *trip) every() []leg { return slices.Concat(t.legs(), t.under()) }

func (t Topology) link(at seat) (snapshot.Link, bool) {
	s, _ := t.Lab.Space(at.in)
	return s.Link(at.link)
}

// addrOf is the first address of an interface that has meaning elsewhere.
func (t Topology) addrOf(at seat, four bool) (netip.Addr, bool) {
	s, _ := t.Lab.Space(at.in)
	for _, a := range s.AddrsOf(at.link) {
		if a.Prefix.Addr().Is4() == four && a.Scope == "global" {
			return a.Prefix.Addr(), true
		}
	}
	return netip.Addr{}, false
}

// prefixWith is the address of an interface in whose network another one is.
func (t Topology) prefixWith(at seat, other netip.Addr) (netip.Prefix, bool) {
	s, _ := t.Lab.Space(at.in)
	for _, a := range s.AddrsOf(at.link) {
		if a.Prefix.Contains(other) {
			return a.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

// prefixOf is the place of an address in a namespace.
func (t Topology) prefixOf(in string, addr netip.Addr) (seat, netip.Prefix, bool) {
	s, _ := t.Lab.Space(in)
	for _, a := range s.Addrs {
		if a.Prefix.Addr() == addr {
			return seat{in, a.Link}, a.Prefix, true
		}
	}
	return seat{}, netip.Prefix{}, false
}

// once leaves out places that were there before.
func once[T comparable](all []T) []T {
	var out []T
	for _, one := range all {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// seats are the interfaces of the machines at both ends of legs.
func seats(legs []leg) []seat {
	var out []seat
	for _, l := range legs {
		out = append(out, l.out, l.in)
	}
	return once(out)
}

// between are the interfaces that a frame passes on the way of legs.
func between(legs []leg) []seat {
	var out []seat
	for _, l := range legs {
		out = append(out, l.between...)
	}
	return once(out)
}

// pass is a packet that comes to a router by one leg and leaves it by another.
type pass struct{ from, to leg }

func (t *trip) passes() []pass {
	var out []pass
	for _, way := range [][]leg{t.there, t.home} {
		for i := 1; i < len(way); i++ {
			out = append(out, pass{way[i-1], way[i]})
		}
	}
	return out
}

// passesUnder are those of the packets of a tunnel.
func (t *trip) passesUnder() []pass {
	var out []pass
	all := t.under()
	for i := 1; i < len(all); i++ {
		if all[i-1].dst == all[i].dst {
			out = append(out, pass{all[i-1], all[i]})
		}
	}
	return out
}

// questions are the legs on which the sender does not know its next hop yet:
// whoever was asked for its hardware address knows that of the asker.
func (t *trip) questions() []leg {
	var out []leg
	for _, l := range t.every() {
		if !slices.ContainsFunc(out, func(o leg) bool { return o.out == l.in && o.in == l.out }) {
			out = append(out, l)
		}
	}
	return out
}

// routers are the machines that pass the probe on, and its answer.
func (t *trip) routers() []string {
	var out []string
	for _, p := range t.passes() {
		out = append(out, p.to.out.in)
	}
	return once(out)
}

// ports are the interfaces on the way that are ports of a bridge.
func (t *trip) ports(legs []leg) []seat {
	return slices.DeleteFunc(between(legs), func(at seat) bool {
		l, _ := t.link(at)
		return l.Master == ""
	})
}
