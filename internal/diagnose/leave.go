package diagnose

import "netlab/internal/snapshot"

// leave finds the route and the interface, and what is wrong with them.
func (h *hop) leave() []Finding {
	lo, hasLo := h.space.Link("lo")
	if h.to.IsLoopback() && hasLo && !lo.Up {
		return []Finding{{"the loopback interface lo in " + h.space.Name + " is down", linkLine(h.space.Name, lo)}}
	}
	var ok bool
	if h.route, ok = lookup(h.space, h.to); !ok {
		return h.noRoute()
	}
	if t := h.route.Type; t != "" && t != "unicast" && t != "local" {
		return []Finding{{h.space.Name + " has a route which forbids to send to " + h.to.String(), routeText(h.route)}}
	}
	h.out, h.next = end{h.space.Name, h.route.Link}, h.to
	if h.route.Via.IsValid() {
		h.next = h.route.Via
	}
	return h.interfaceFault()
}

// interfaceFault looks at the interface of the route.
func (h *hop) interfaceFault() []Finding {
	l, ok := h.out.find(h.lab)
	line := linkLine(h.space.Name, l)
	switch {
	case !ok:
		return nil
	case !l.Up:
		return []Finding{{"the interface " + h.out.String() + " is down", line}}
	case !l.Carrier:
		return []Finding{h.noCarrier(l, line)}
	case l.Master != "":
		return []Finding{{l.Name + " is a port of the bridge " + l.Master + ": what comes in there goes to the bridge, and never to " + h.space.Name + " over " + l.Name, line}}
	case !h.source().IsValid():
		return []Finding{{h.space.Name + " has no address of its own to send from", addrList(h.lab, h.space.Name)}}
	}
	return nil
}

func (h *hop) noCarrier(l snapshot.Link, line string) Finding {
	if peer, ok := peerOf(h.lab, h.out); ok {
		p, _ := peer.find(h.lab)
		if !p.Up {
			return Finding{"the other end of the cable, " + peer.String() + ", is down", line + "\n" + linkLine(peer.space, p)}
		}
	}
	if l.Kind == "bridge" {
		return Finding{"no port of the bridge " + h.out.String() + " is up and connected", line}
	}
	return Finding{"the interface " + h.out.String() + " has no carrier", line}
}

// noRoute says why the routing table has nothing for the target.
func (h *hop) noRoute() []Finding {
	name := h.space.Name
	evidence := routeList(h.lab, name) + "\n" + addrList(h.lab, name)
	for _, a := range h.space.Addrs {
		l, _ := h.space.Link(a.Link)
		if a.Prefix.Contains(h.to.WithZone("")) && !l.Up {
			return []Finding{{"the interface " + (end{name, a.Link}).String() + ", which has " + a.Prefix.String() + ", is down, and so there is no route to its network", linkLine(name, l)}}
		}
	}
	text, reason := name+" has no route to "+h.to.String(), ""
	if h.to.Is6() {
		reason = lacks(h.space)
	}
	switch {
	case h.reply:
		text = because("the reply has no way back: "+text, reason)
	case reason != "":
		text = because(text, reason)
	default:
		text += ": it has no address in that network, and no default route"
	}
	return []Finding{{text, evidence}}
}
