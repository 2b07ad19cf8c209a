package diagnose

import (
	"slices"

	"netlab/internal/snapshot"
)

// end is one interface of the lab: a knot in the net of cables and bridges.
type end struct{ space, link string }

func (e end) find(lab snapshot.Lab) (snapshot.Link, bool) {
	s, _ := lab.Space(e.space)
	return s.Link(e.link)
}

// wired lists the interfaces that a frame at e can go to next when everything
// is up: the other end of the cable, the bridge of a port, the ports of a
// bridge, the other ends of a tunnel.
func wired(lab snapshot.Lab, e end) []end {
	l, ok := e.find(lab)
	if !ok {
		return nil
	}
	var out []end
	if peer, ok := peerOf(lab, e); ok {
		out = append(out, peer)
	}
	if l.Master != "" {
		out = append(out, end{e.space, l.Master})
	}
	s, _ := lab.Space(e.space)
	for _, port := range s.Links {
		if port.Master == e.link {
			out = append(out, end{e.space, port.Name})
		}
	}
	return append(out, tunnels(lab, e, l)...)
}

// tunnels joins vxlan interfaces of one network identifier. Whether the
// packets between them arrive is another question, which is not asked here.
func tunnels(lab snapshot.Lab, e end, l snapshot.Link) []end {
	if l.VXLAN == nil {
		return nil
	}
	var out []end
	for _, s := range lab.Spaces {
		for _, o := range s.Links {
			if o.VXLAN != nil && o.VXLAN.ID == l.VXLAN.ID && (end{s.Name, o.Name}) != e {
				out = append(out, end{s.Name, o.Name})
			}
		}
	}
	return out
}

// peerOf gives the other end of a cable; false when it is not in the lab.
func peerOf(lab snapshot.Lab, e end) (end, bool) {
	l, _ := e.find(lab)
	if l.Kind != "veth" || l.Peer == "" {
		return end{}, false
	}
	peer := end{l.PeerSpace, l.Peer}
	if peer.space == "" {
		peer.space = e.space
	}
	_, ok := peer.find(lab)
	return peer, ok
}

// open says whether frames pass this interface.
func open(lab snapshot.Lab, e end) bool {
	l, ok := e.find(lab)
	return ok && l.Up && !shut(lab, e, l)
}

// shut says that a bridge does not forward on this port although port and
// bridge are up. Without a carrier the kernel disables a port: that is the
// fault of the other end.
func shut(lab snapshot.Lab, e end, l snapshot.Link) bool {
	bridge, ok := end{e.space, l.Master}.find(lab)
	if l.Master == "" || !ok || !bridge.Up || !l.Up || !l.Carrier {
		return false
	}
	return l.PortState != "" && l.PortState != "forwarding"
}

// way is the shortest way from start to an interface that takes frames for
// space, over the cables and bridges for which pass is true; empty if none.
func way(lab snapshot.Lab, start end, space string, pass func(end) bool) []end {
	if !pass(start) {
		return nil
	}
	before := map[end]end{start: {}}
	for queue := []end{start}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != start && at.space == space && takes(lab, at) {
			return unwind(before, at)
		}
		for _, next := range wired(lab, at) {
			if _, seen := before[next]; !seen && pass(next) {
				before[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func unwind(before map[end]end, at end) []end {
	var out []end
	for at != (end{}) {
		out = append(out, at)
		at = before[at]
	}
	slices.Reverse(out)
	return out
}

// takes says whether a frame that comes to e is given to its namespace: what
// comes to a port is given to the bridge.
func takes(lab snapshot.Lab, e end) bool {
	l, _ := e.find(lab)
	return l.Master == ""
}

// segment is all that hangs on the same cables and bridges as start.
func segment(lab snapshot.Lab, start end) []end {
	out := []end{start}
	for i := 0; i < len(out); i++ {
		for _, next := range wired(lab, out[i]) {
			if !slices.Contains(out, next) {
				out = append(out, next)
			}
		}
	}
	return out
}
