package diagnose

import (
	"net/netip"
	"strings"

	"netlab/internal/snapshot"
)

// maxHops ends a walk in circles. It is smaller than the 64 hops a Linux
// packet may do, and larger than any lesson's network.
const maxHops = 32

// trip is one direction of a ping.
type trip struct {
	lab   snapshot.Lab
	from  string
	to    netip.Addr
	home  string // where a reply must arrive; empty: at any owner of to
	reply bool
}

// walked is how far a trip comes.
type walked struct {
	spaces  []string   // the namespaces that the packet meets
	arrived string     // where it arrives; empty if it does not
	entry   string     // the interface on which it comes in there
	source  netip.Addr // the address it is sent from
	gateway netip.Addr // the first next hop, as the sender's neighbour
	stop    []Finding  // why it goes no further
	doubts  []Finding  // what may be wrong although it arrives
}

// backTo is the address that a reply goes to, with the interface that a
// link-local address needs.
func (w walked) backTo() netip.Addr {
	if w.source.Is6() && w.source.IsLinkLocalUnicast() {
		return w.source.WithZone(w.entry)
	}
	return w.source
}

// hop is one decision: from one namespace over one interface to the next.
type hop struct {
	trip
	space snapshot.Space
	route snapshot.Route
	out   end
	next  netip.Addr // who is asked for its hardware address
}

// source is the address that the packet is sent from: IPv4 chooses it for the
// next hop, IPv6 for the target (RFC 6724).
func (h *hop) source() netip.Addr {
	if h.to.Is4() {
		return source(h.space, h.route, h.next)
	}
	return source(h.space, h.route, h.to)
}

func (t trip) walk() walked {
	var w walked
	at := t.from
	for range maxHops {
		w.spaces = append(w.spaces, at)
		s, _ := t.lab.Space(at)
		if own, ok := owns(s, t.to); ok && (t.home == "" || t.home == at) {
			w.stop = local(s, own, t.to, at == t.from)
			if len(w.stop) == 0 {
				w.arrived = at
			}
			return w
		}
		if at != t.from && !forwards(s, t.to) {
			w.stop = []Finding{{at + " receives the packet and does not pass it on: forwarding is switched off there", forwardKey(t.to) + " in " + at + " is 0"}}
			return w
		}
		h := hop{trip: t, space: s}
		if w.stop = h.leave(); len(w.stop) > 0 {
			w.gateway = h.next
			return w
		}
		if at == t.from {
			w.source, w.gateway = h.source(), h.next
		}
		if at = h.cross(&w); at == "" {
			return w
		}
		if w.stop = filtered(t.lab, at, w); len(w.stop) > 0 {
			return w
		}
	}
	w.stop = []Finding{{"the packet goes in a circle", "it comes again to " + at}}
	return w
}

// filtered: the kernel drops a packet whose answer would leave by another
// interface (rp_filter 1) or by none (2; ip-sysctl of the kernel).
func filtered(lab snapshot.Lab, at string, w walked) []Finding {
	s, _ := lab.Space(at)
	mode := s.Sysctls["net.ipv4.conf.all.rp_filter"]
	if !w.source.Is4() || (mode != "1" && mode != "2") {
		return nil
	}
	back, ok := lookup(s, w.source)
	if ok && (mode == "2" || back.Link == w.entry) {
		return nil
	}
	way := "by no interface"
	if ok {
		way = "by " + back.Link
	}
	return []Finding{{
		at + " drops what comes from " + w.source.String() + " on " + w.entry + ", because the answer would leave " + way,
		"net.ipv4.conf.all.rp_filter in " + at + " is " + mode + "\n" + routeList(lab, at),
	}}
}

// local is the end of the way: the address is the namespace's own.
func local(s snapshot.Space, own snapshot.Addr, to netip.Addr, sender bool) []Finding {
	lo, ok := s.Link("lo")
	if sender && ok && !lo.Up {
		if to.IsLoopback() {
			return []Finding{{"the loopback interface lo in " + s.Name + " is down", linkLine(s.Name, lo)}}
		}
		return []Finding{{to.String() + " is an address of " + s.Name + " itself, which it reaches through lo, and lo is down", linkLine(s.Name, lo)}}
	}
	if why := unused(s, own); why != "" {
		return []Finding{{why, own.Prefix.String() + " is " + strings.Join(own.Flags, " ")}}
	}
	return nil
}

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
