package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// cross follows the cables and bridges from h.out to whoever has the next
// hop's address. It returns the namespace where the packet comes in, or
// nothing and the reason in w.stop.
func (h *hop) cross(w *walked) string {
	names := slices.DeleteFunc(owners(h.lab, h.next), func(n string) bool { return n == h.space.Name })
	if h.home != "" && h.next == h.to && slices.Contains(names, h.home) {
		names = []string{h.home}
	}
	if len(names) == 0 {
		w.stop = []Finding{h.nobody()}
		return ""
	}
	var reached, entries []string
	for _, name := range names {
		if path := way(h.lab, h.out, name, func(e end) bool { return open(h.lab, e) }); path != nil {
			reached = append(reached, name)
			entries = append(entries, path[len(path)-1].link)
			w.spaces = append(w.spaces, between(path)...)
		}
	}
	if len(reached) == 0 {
		w.stop = h.blocked(names)
		return ""
	}
	w.doubts = append(w.doubts, h.twins(reached)...)
	w.entry = entries[0]
	w.doubts = append(w.doubts, h.deaf(end{reached[0], w.entry})...)
	return reached[0]
}

// between lists the namespaces whose bridges the path goes through.
func between(path []end) []string {
	var out []string
	for _, e := range path {
		if !slices.Contains(out, e.space) {
			out = append(out, e.space)
		}
	}
	return out[1:]
}

// maxEvidence is how many namespaces are listed with their addresses.
const maxEvidence = 12

func (h *hop) nobody() Finding {
	evidence := make([]string, 0, len(h.lab.Spaces))
	for _, s := range h.lab.Spaces {
		evidence = append(evidence, addrList(h.lab, s.Name))
	}
	if more := len(evidence) - maxEvidence; more > 0 {
		evidence = append(evidence[:maxEvidence], fmt.Sprintf("and %d more namespaces", more))
	}
	who := "no namespace of this lab has the address " + h.next.String()
	if h.next != h.to {
		who = "no namespace of this lab has the address " + h.next.String() + " of the gateway"
	}
	if h.next.Is6() {
		who = because(who, lacksOf(h.lab, h.space.Name))
	}
	return Finding{who, strings.Join(evidence, "\n")}
}

// deaf finds an interface that is told not to answer for its hardware address.
func (h *hop) deaf(e end) []Finding {
	l, _ := e.find(h.lab)
	if !h.next.Is4() || !slices.Contains(l.Flags, "NOARP") {
		return nil
	}
	return []Finding{{e.String() + " does not answer when its hardware address is asked for (NOARP)", linkLine(e.space, l)}}
}

// twins finds an address that two namespaces of one network have.
func (h *hop) twins(reached []string) []Finding {
	if len(reached) > 1 {
		return []Finding{{h.next.String() + " is there twice: in " + strings.Join(reached, " and in "), "owners: " + list(reached)}}
	}
	from := h.source()
	for _, other := range owners(h.lab, from) {
		if other == h.space.Name || h.reply || from.IsLoopback() {
			continue
		}
		if way(h.lab, h.out, other, func(e end) bool { return open(h.lab, e) }) != nil {
			return []Finding{{from.String() + " is there twice: in " + h.space.Name + " and in " + other, "owners: " + list(owners(h.lab, from))}}
		}
	}
	return nil
}

// blocked says why none of the owners can be reached from h.out.
func (h *hop) blocked(names []string) []Finding {
	for _, name := range names {
		if f, ok := h.wrongLink(name); ok {
			return []Finding{f}
		}
	}
	for _, name := range names {
		path := way(h.lab, h.out, name, func(end) bool { return true })
		if f, ok := h.obstacle(path); ok {
			return []Finding{f}
		}
	}
	return []Finding{h.gap(names[0])}
}

// wrongLink: the owner is behind another interface than the route's.
func (h *hop) wrongLink(name string) (Finding, bool) {
	for _, l := range h.space.Links {
		other := end{h.space.Name, l.Name}
		if other == h.out || l.Master != "" || l.Kind == "loopback" {
			continue
		}
		if path := way(h.lab, other, name, func(e end) bool { return open(h.lab, e) }); path != nil {
			return Finding{
				fmt.Sprintf("%s sends to %s out of %s, though %s is behind %s", h.space.Name, h.next, h.out.link, h.next, l.Name),
				routeList(h.lab, h.space.Name),
			}, true
		}
	}
	return Finding{}, false
}

// obstacle is the first thing on a way that stops frames.
func (h *hop) obstacle(path []end) (Finding, bool) {
	for i, e := range path {
		l, _ := e.find(h.lab)
		line := linkLine(e.space, l)
		switch {
		case !l.Up && l.Kind == "bridge":
			return Finding{"the bridge " + e.String() + " is down", line}, true
		case !l.Up && l.Master != "":
			return Finding{e.String() + ", a port of the bridge " + l.Master + ", is down", line}, true
		case !l.Up && i > 0:
			return Finding{"the interface " + e.String() + ", on the way to " + h.next.String() + ", is down", line}, true
		case shut(h.lab, e, l):
			return Finding{"the bridge " + l.Master + " in " + e.space + " passes nothing on at its port " + e.link + ": the port is " + l.PortState, line}, true
		}
	}
	return Finding{}, false
}

// gap: no cable leads to the owner. Where one end of a cable lies loose beside
// a bridge, that is the likely place.
func (h *hop) gap(name string) Finding {
	s, _ := h.lab.Space(name)
	own, _ := owns(s, h.next)
	target := end{name, own.Link}
	for _, e := range slices.Concat(segment(h.lab, target), segment(h.lab, h.out)) {
		if f, ok := h.loose(e); ok && e.space != name && e.space != h.space.Name {
			return f
		}
	}
	if l, ok := target.find(h.lab); ok && l.Master != "" {
		return Finding{
			target.String() + ", which has " + own.Prefix.String() + ", is a port of the bridge " + l.Master + ": what comes in there goes to the bridge",
			linkLine(name, l),
		}
	}
	return Finding{
		"no cable or bridge leads from " + h.out.String() + " to " + target.String() + ", which has " + h.next.String(),
		cable(h.lab, h.out) + "\n" + cable(h.lab, target),
	}
}

// loose says whether e is the end of a cable in a namespace with a bridge,
// without being a port or having an address.
func (h *hop) loose(e end) (Finding, bool) {
	l, _ := e.find(h.lab)
	s, _ := h.lab.Space(e.space)
	addressed := slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool {
		return a.Link == e.link && !automatic(a.Prefix)
	})
	if l.Kind != "veth" || l.Master != "" || addressed {
		return Finding{}, false
	}
	for _, b := range s.Links {
		if b.Kind == "bridge" {
			return Finding{e.String() + " is not a port of a bridge", linkLine(e.space, l)}, true
		}
	}
	return Finding{}, false
}

func cable(lab snapshot.Lab, e end) string {
	if peer, ok := peerOf(lab, e); ok {
		return "the cable of " + e.String() + " ends at " + peer.String()
	}
	return e.String() + " is the end of no cable of this lab"
}
