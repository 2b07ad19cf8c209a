package fault

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// seat is an interface somewhere in the lab.
type seat struct{ in, link string }

// leg is the way from one machine to the next one that reads the IP header.
type leg struct {
	out, in seat   // where a packet leaves the one and comes to the other
	between []seat // cable ends, ports, bridges and tunnels between them, in order
	route   snapshot.Route
	next    netip.Addr // whose hardware address is asked for
	dst     netip.Addr // the target address in the packet
	back    bool       // it is on the way of the answer
}

// trip is the way of the probe to its target, and of the answer back.
type trip struct {
	Topology
	src    netip.Addr // the address that the probe is sent from
	target string     // the namespace that answers
	there  []leg
	home   []leg
}

// maxLegs ends a walk in a circle.
const maxLegs = 16

func (t Topology) trip() (*trip, bool) {
	from, ok := t.Lab.Space(t.Probe.From)
	if !ok {
		return nil, false
	}
	out := &trip{Topology: t}
	end, ok := out.walk(from.Name, t.Probe.To, false, &out.there)
	if !ok {
		return nil, false
	}
	if t.DNAT != nil && end == t.DNAT.In && t.DNAT.To.Addr() != t.Probe.To {
		if end, ok = out.walk(end, t.DNAT.To.Addr(), false, &out.there); !ok {
			return nil, false
		}
	}
	out.target, out.src = end, t.source(out.there)
	answer := out.src
	if t.SNAT != nil && slices.ContainsFunc(out.there, func(l leg) bool { return l.out == seat{t.SNAT.In, t.SNAT.Out} }) {
		if answer, ok = t.addrOf(seat{t.SNAT.In, t.SNAT.Out}, t.Probe.To.Is4()); !ok {
			return nil, false
		}
	}
	end, ok = out.walk(end, answer, true, &out.home)
	if ok && end != from.Name {
		end, ok = out.walk(end, out.src, true, &out.home)
	}
	return out, ok && end == from.Name
}

// source is the address that the sender writes into the probe.
func (t Topology) source(there []leg) netip.Addr {
	if len(there) == 0 {
		return t.Probe.To // to itself
	}
	first := there[0]
	if first.route.Src.IsValid() {
		return first.route.Src
	}
	s, _ := t.Lab.Space(first.out.in)
	for _, a := range s.Addrs {
		if a.Link == first.out.link && a.Prefix.Contains(first.next) {
			return a.Prefix.Addr()
		}
	}
	own, _ := t.addrOf(first.out, first.next.Is4())
	return own
}

// walk follows the routes from a namespace to an address, and says which
// namespace has it.
func (t *trip) walk(from string, to netip.Addr, back bool, legs *[]leg) (string, bool) {
	for range maxLegs {
		s, _ := t.Lab.Space(from)
		if owns(s, to) {
			return from, true
		}
		r, ok := s.Lookup(to)
		if !ok || r.Link == "" {
			return from, false
		}
		l := leg{out: seat{from, r.Link}, route: r, next: to, dst: to, back: back}
		if r.Via.IsValid() {
			l.next = r.Via
		}
		if l.in, l.between, ok = wire(t.Lab, l.out, l.next); !ok {
			return from, false
		}
		*legs = append(*legs, l)
		from = l.in.in
	}
	return from, false
}

func owns(s snapshot.Space, addr netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool {
		return a.Prefix.Addr() == addr || a.Link == "lo" && a.Prefix.Contains(addr)
	})
}

// wire finds the shortest way by cables, bridges and tunnels to an interface
// of a machine that has the address.
func wire(lab snapshot.Lab, from seat, to netip.Addr) (seat, []seat, bool) {
	before := map[seat]seat{from: from}
	for queue := []seat{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		s, _ := lab.Space(at.in)
		if l, _ := s.Link(at.link); at.in != from.in && l.Master == "" && owns(s, to) {
			return at, wayTo(before, from, at), true
		}
		for _, next := range joined(lab, at) {
			if _, seen := before[next]; !seen {
				before[next] = at
				queue = append(queue, next)
			}
		}
	}
	return seat{}, nil, false
}

func wayTo(before map[seat]seat, from, to seat) []seat {
	var out []seat
	for at := before[to]; at != from; at = before[at] {
		out = append(out, at)
	}
	slices.Reverse(out)
	return out
}

// joined are the interfaces to which a frame goes on from one.
func joined(lab snapshot.Lab, at seat) []seat {
	s, _ := lab.Space(at.in)
	l, _ := s.Link(at.link)
	var out []seat
	if l.Kind == "veth" && l.Peer != "" {
		out = append(out, seat{l.PeerSpace, l.Peer})
	}
	if l.Master != "" {
		out = append(out, seat{at.in, l.Master})
	}
	if l.Kind == "bridge" {
		for _, p := range s.Links {
			if p.Master == l.Name {
				out = append(out, seat{at.in, p.Name})
			}
		}
	}
	if l.VXLAN != nil {
		out = append(out, farEnds(lab, s, l)...)
	}
	return out
}

// farEnds are the tunnel interfaces at the other ends of one.
func farEnds(lab snapshot.Lab, s snapshot.Space, l snapshot.Link) []seat {
	var out []seat
	for _, to := range remotes(s, l) {
		for _, other := range lab.Spaces {
			if other.Name == s.Name || !owns(other, to) {
				continue
			}
			for _, far := range other.Links {
				if far.VXLAN != nil && far.VXLAN.ID == l.VXLAN.ID {
					out = append(out, seat{other.Name, far.Name})
				}
			}
		}
	}
	return out
}

// remotes are the addresses that a tunnel interface sends to.
func remotes(s snapshot.Space, l snapshot.Link) []netip.Addr {
	var out []netip.Addr
	if l.VXLAN.Remote.IsValid() && !l.VXLAN.Remote.IsUnspecified() {
		out = append(out, l.VXLAN.Remote)
	}
	for _, f := range s.FDB {
		if f.Link == l.Name && f.Dst.IsValid() && !slices.Contains(out, f.Dst) {
			out = append(out, f.Dst)
		}
	}
	return out
}
