package fault

import (
	"net/netip"
	"slices"

	"netlab/internal/scene"
	"netlab/internal/snapshot"
)

// strangers are the machines on the network of a leg that have nothing to do
// with it: their interfaces, and their addresses there.
func (t *trip) strangers(l leg) []seat {
	reached := map[seat]bool{l.out: true}
	var out []seat
	for queue := []seat{l.out}; len(queue) > 0; queue = queue[1:] {
		for _, next := range joined(t.Lab, queue[0]) {
			if reached[next] {
				continue
			}
			reached[next] = true
			queue = append(queue, next)
			is, _ := t.link(next)
			if _, ok := t.addrOf(next, l.next.Is4()); ok && is.Master == "" && next.in != l.in.in && next.in != l.out.in {
				out = append(out, next)
			}
		}
	}
	return out
}

// onTheWay says that a machine passes the probe or its answer on.
func (t *trip) onTheWay(in string) bool {
	return slices.ContainsFunc(t.every(), func(l leg) bool { return l.out.in == in || l.in.in == in })
}

// spare is an address of a network that nobody in the lab has.
func (t Topology) spare(p netip.Prefix) (netip.Addr, bool) {
	const after = 20 // far enough from all others to be no neighbour of them
	for n := range after {
		for _, by := range []int{after + n, -after - n} {
			a, ok := scene.ShiftedAddr(p.Addr(), by)
			if ok && p.Contains(a) && !slices.ContainsFunc(t.Lab.Spaces, func(s snapshot.Space) bool { return owns(s, a) }) {
				return a, true
			}
		}
	}
	return netip.Addr{}, false
}

// routerAt is the address of the router at the other end of a cable.
func (t *trip) routerAt(at seat) (netip.Addr, bool) {
	l, _ := t.link(at)
	s, _ := t.Lab.Space(l.PeerSpace)
	if s.Sysctls["net.ipv4.ip_forward"] != "1" {
		return netip.Addr{}, false
	}
	return t.addrOf(seat{l.PeerSpace, l.Peer}, true)
}
