package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// isLinkLocal tells whether a link gave itself the address (RFC 4862).
func isLinkLocal(a Addr) bool {
	return a.Prefix.Addr().Is6() && a.Prefix.Addr().IsLinkLocalUnicast()
}

// compare calls came for what is only in now, went for what is only in was.
// Things are the same if their keys are.
func compare[T any](was, now []T, key func(T) string, came, went func(T)) {
	keys := func(things []T) map[string]bool {
		all := map[string]bool{}
		for _, t := range things {
			all[key(t)] = true
		}
		return all
	}
	before, after := keys(was), keys(now)
	for _, t := range now {
		if !before[key(t)] {
			came(t)
		}
	}
	for _, t := range was {
		if !after[key(t)] {
			went(t)
		}
	}
}

func (d *differ) addrs(was, now Space) {
	var own []string
	key := func(a Addr) string { return fmt.Sprintln(a.Link, a.Prefix, a.Peer, a.Scope, a.Broadcast) }
	compare(was.Addrs, now.Addrs, key, func(a Addr) {
		if madeByItself(a) {
			own = append(own, a.Link)
			return
		}
		d.add("+", now.Name, a.title(), addrCame(a))
	}, func(a Addr) {
		if !madeByItself(a) {
			d.add("-", now.Name, a.title(), d.addrWent(a, now))
		}
	})
	if own != nil {
		slices.Sort(own)
		d.add("+", now.Name, "IPv6 link-local address on "+strings.Join(slices.Compact(own), ", "),
			"a link with IPv6 gives itself one when it comes up")
	}
}

// madeByItself tells the link-local address that a link gives itself from one
// that somebody has set. The kernel's own never has the flag nodad.
func madeByItself(a Addr) bool { return isLinkLocal(a) && !slices.Contains(a.Flags, "nodad") }

func (a Addr) title() string {
	line := "addr " + a.Prefix.String() + " on " + a.Link
	if a.Peer.IsValid() {
		line = fmt.Sprintf("addr %s peer %s on %s", a.Prefix.Addr(), a.Peer, a.Link)
	}
	return line
}

func addrCame(a Addr) string {
	switch {
	case a.Link == "lo" && a.Prefix.Addr().IsLoopback():
		return "lo gets its own addresses when it comes up"
	case slices.Contains(a.Flags, "dadfailed"):
		return "somebody else has this address already: the kernel does not use it"
	case slices.Contains(a.Flags, "tentative"):
		return "IPv6 does not use it yet: it is tentative until it is known that nobody else has it"
	case isLinkLocal(a):
		return "it is valid on this link alone, however many links have the same one"
	case a.Prefix.IsSingleIP():
		return "this host alone: no network comes with it"
	}
	return fmt.Sprintf("%s now answers to this address, and takes all of %s to be its neighbours", a.Link, a.Prefix.Masked())
}

// addrWent says where an address went: with its link, most of the time.
func (d *differ) addrWent(a Addr, now Space) string {
	if reason := d.linkWent(a.Link, now); reason != "" {
		return "it went with its link: " + reason
	}
	if l, _ := now.Link(a.Link); !l.Up && a.Prefix.Addr().Is6() {
		return "IPv6 addresses go when the link goes down"
	}
	return "the link does not answer to it any more"
}

// linkWent says that a link is not in the namespace any more, and why; empty
// if it is.
func (d *differ) linkWent(name string, now Space) string {
	for _, p := range d.pairs {
		if p.was.space == now.Name && p.was.link.Name == name && p.now.space != now.Name {
			return fmt.Sprintf("%s moved to %s, and addresses belong to the namespace", name, p.now.space)
		}
	}
	if _, ok := now.Link(name); !ok {
		return name + " is gone"
	}
	return ""
}

// shown tells whether a route is worth a line: not those that each link has
// for its link-local addresses and for multicast.
func shown(r Route) bool {
	return !r.Dst.Addr().IsLinkLocalUnicast() && !r.Dst.Addr().IsMulticast()
}

func (d *differ) routes(was, now Space) {
	key := func(r Route) string {
		r.LinkDown, r.Dead, r.Pref = false, false, ""
		return fmt.Sprint(r)
	}
	compare(was.Routes, now.Routes, key, func(r Route) {
		if shown(r) {
			d.add("+", now.Name, r.title(), now.routeCame(r)+now.tableReason(r))
		}
	}, func(r Route) {
		if shown(r) {
			d.add("-", now.Name, r.title(), d.routeWent(r, now))
		}
	})
	down := map[string]bool{}
	for _, r := range was.Routes {
		down[key(r)] = r.LinkDown
	}
	for _, r := range now.Routes {
		if before, ok := down[key(r)]; ok && before != r.LinkDown && shown(r) {
			d.add("~", now.Name, r.title(), downReason(r))
		}
	}
}

func downReason(r Route) string {
	if r.LinkDown {
		return fmt.Sprintf("%s has no carrier: the route stays, but leads nowhere", r.Link)
	}
	return fmt.Sprintf("%s has a carrier again: the route leads somewhere again", r.Link)
}

func (r Route) title() string {
	w := words{"route"}
	if r.Type != "unicast" {
		w.add(r.Type)
	}
	w.add(r.destination())
	w.opt("via", address(r.Via))
	w.opt("dev", r.Link)
	w.opt("metric", positive(r.Metric*shownMetric(r)))
	if !r.isMain() {
		w.opt("table", fmt.Sprint(r.Table))
	}
	w.flag(r.LinkDown, "linkdown")
	return w.String()
}

// shownMetric is 0 for the metrics that IPv6 routes have by themselves.
func shownMetric(r Route) uint32 {
	if r.Family == 6 && (r.Metric == 256 || r.Metric == 1024) {
		return 0
	}
	return 1
}

// routeCame says what a new route does, or for which address the kernel has
// made it.
func (s Space) routeCame(r Route) string {
	switch {
	case r.Proto == "kernel":
		reason := "connected route: the kernel adds it by itself" + s.addressBehind(r)
		if r.LinkDown {
			reason += "; linkdown says that the link has no carrier yet"
		}
		return reason
	case r.Proto == "ra":
		return "a router of this network has announced it (router advertisement)"
	case r.Type != "unicast":
		return "packets there are not sent, on purpose"
	case r.Dst.Bits() == 0 && r.Via.IsValid():
		return fmt.Sprintf("what no other route covers is handed to %s", r.Via)
	case r.Via.IsValid():
		return fmt.Sprintf("packets to this network are handed to %s, which must know the rest of the way", r.Via)
	}
	return "the hosts of this network are looked for directly on " + r.Link
}

// addressBehind names the address because of which a connected route is there.
func (s Space) addressBehind(r Route) string {
	for _, a := range s.Addrs {
		net := a.Prefix.Masked()
		if a.Peer.IsValid() {
			net = a.Peer.Masked()
		}
		if a.Link == r.Link && net == r.Dst {
			return fmt.Sprintf(", because of %s on %s, which is up", strings.TrimSpace(a.ends()), a.Link)
		}
	}
	return " when an address is set on a link that is up"
}

func (d *differ) routeWent(r Route, now Space) string {
	l, ok := now.Link(r.Link)
	switch {
	case r.Link != "" && !ok:
		return "routes go with their link: " + d.linkWent(r.Link, now)
	case ok && !l.Up:
		return "routes through a link go when it goes down"
	case r.Proto == "kernel":
		return "the connected route goes with its address"
	case ok && r.Via.IsValid() && !slices.ContainsFunc(now.Addrs, func(a Addr) bool { return a.Link == r.Link && a.Prefix.Contains(r.Via) }):
		return fmt.Sprintf("%s cannot be reached any more", r.Via)
	case r.Src.IsValid() && !slices.ContainsFunc(now.Addrs, func(a Addr) bool { return a.Prefix.Addr() == r.Src }):
		return fmt.Sprintf("routes go with the address that they send from: %s is gone", r.Src)
	}
	return "packets there take another way now, or none"
}
