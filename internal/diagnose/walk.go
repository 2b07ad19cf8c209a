package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// timeToLive is what Linux sends a packet with: each router takes one away, and
// drops a packet that comes to it with 1 (net.ipv4.ip_default_ttl and
// net.ipv6.conf.*.hop_limit in the kernel's ip-sysctl; RFC 1812, 5.3.1).
const timeToLive = 64

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
	hops    []string   // those of them that decide where it goes
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
	for !w.circles(at) {
		w.spaces, w.hops = append(w.spaces, at), append(w.hops, at)
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
		if len(w.hops) > timeToLive {
			w.stop = []Finding{{fmt.Sprintf("the packet is used up in %s: it may pass %d routers (its time to live is %d), and %[1]s would be one more", at, timeToLive-1, timeToLive), "its way is " + wayText(w.hops)}}
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
	w.stop = []Finding{{"the packet goes in a circle", "it comes again to " + at + ": " + wayText(append(w.hops, at))}}
	return w
}

// circles says that the packet has been here before as it comes now: the
// sender, too, may receive it once.
func (w walked) circles(at string) bool {
	first := slices.Index(w.hops, at)
	return first >= 0 && slices.Contains(w.hops[first+1:], at)
}

// wayText names the namespaces of a way; of a long one the ends.
func wayText(spaces []string) string {
	const shown = 4
	if len(spaces) > 2*shown {
		spaces = slices.Concat(spaces[:shown], []string{"…"}, spaces[len(spaces)-shown:])
	}
	return strings.Join(spaces, ", ")
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
