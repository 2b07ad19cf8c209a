package snapshot

import (
	"net/netip"
	"slices"
	"strings"
)

// What comes by itself, and what does not come although it should.

// usualAddrgen is how links make link-local addresses unless they are told
// otherwise: from the MAC address (RFC 4291, appendix A).
const usualAddrgen = "eui64"

// ownLinkLocal tells whether the link makes this address by itself when it has
// a carrier.
func (s Space) ownLinkLocal(l Link, a Addr) bool {
	if !isLinkLocal(a) || a.Prefix.Bits() != 64 || !s.makesLinkLocal(l) {
		return false
	}
	b := a.Prefix.Addr().As16()
	return l.Addrgen != usualAddrgen || b[11] == 0xff && b[12] == 0xfe
}

// minMTU6 is the smallest MTU with which a link has IPv6 (RFC 8200).
const minMTU6 = 1280

func (s Space) makesLinkLocal(l Link) bool {
	return l.Up && l.Carrier && l.Kind != "loopback" && l.MTU >= minMTU6 && l.Addrgen != "none" && l.Addrgen != "" &&
		s.Sysctls["net.ipv6.conf.all.disable_ipv6"] != "1"
}

// withoutOwn tells whether a link would make a link-local address, and has
// none of its own: somebody has deleted it.
func (s Space) withoutOwn(l Link) bool {
	return s.makesLinkLocal(l) && !slices.ContainsFunc(s.Addrs, func(a Addr) bool { return a.Link == l.Name && s.ownLinkLocal(l, a) })
}

// loopbackAddrs come with lo when it goes up.
func loopbackAddrs() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8"), netip.MustParsePrefix("::1/128")}
}

// ownAddr tells whether an address comes by itself.
func (s Space) ownAddr(a Addr) bool {
	l, ok := s.Link(a.Link)
	if l.Kind == "loopback" {
		return l.Up && slices.Contains(loopbackAddrs(), a.Prefix)
	}
	return ok && s.ownLinkLocal(l, a)
}

// ownRoutes are the routes that the kernel makes for addresses, on links that
// are up: fib_add_ifaddr (net/ipv4/fib_frontend.c) and addrconf_prefix_route
// (net/ipv6/addrconf.c).
func (s Space) ownRoutes() []Route {
	var own []Route
	for _, a := range s.Addrs {
		l, _ := s.Link(a.Link)
		if !l.Up || slices.Contains(a.Flags, "noprefixroute") {
			continue
		}
		r := Route{Family: 4, Type: "unicast", Dst: a.Prefix.Masked(), Link: a.Link, Proto: "kernel", Table: mainTable, Metric: a.Metric}
		if a.Peer.IsValid() {
			r.Dst = a.Peer.Masked()
		}
		if a.Prefix.Addr().Is4() {
			none := l.Kind == "loopback" || slices.Contains(a.Flags, "secondary") || r.Dst.Addr().As4()[0] == 0
			if none || r.Dst.IsSingleIP() && r.Dst.Addr() == a.Prefix.Addr() {
				continue
			}
			own = append(own, r)
			continue
		}
		if r.Family = 6; r.Metric == 0 {
			r.Metric = addrMetric6
		}
		own = append(own, r)
	}
	return own
}

// The metrics of IPv6 routes: those that come with addresses, and those that
// are added (IP6_RT_PRIO_ADDRCONF and IP6_RT_PRIO_USER in net/ip6_route.h).
const (
	addrMetric6 = 256
	userMetric6 = 1024
)

// sameAs tells whether a route is one that the kernel makes for an address.
func (r Route) sameAs(own Route) bool {
	return r.isMain() && r.Proto == own.Proto && r.Dst == own.Dst && r.Link == own.Link && r.Metric == own.Metric && !r.Via.IsValid()
}

// missingRoutes are routes that come with addresses and were deleted, each
// once.
func (s Space) missingRoutes() []Route {
	var missing []Route
	for _, own := range s.ownRoutes() {
		same := func(r Route) bool { return r.sameAs(own) }
		if !slices.ContainsFunc(s.Routes, same) && !slices.ContainsFunc(missing, same) {
			missing = append(missing, own)
		}
	}
	return missing
}

// meantMACs are the MAC addresses that entries refer to which somebody made:
// neighbours, forwarding entries, and routes to link-local addresses.
func meantMACs(l Lab) map[string]bool {
	meant := map[string]bool{}
	vias := map[netip.Addr]bool{}
	for _, s := range l.Spaces {
		for _, n := range s.Neighs {
			if n.State == "PERMANENT" {
				meant[n.MAC] = true
			}
			vias[n.Addr] = vias[n.Addr] || n.State == "PERMANENT"
		}
		for _, f := range s.FDB {
			if s.madeByHand(f) {
				meant[f.MAC] = true
			}
		}
		for _, r := range s.Routes {
			vias[r.Via] = true
		}
	}
	for _, s := range l.Spaces {
		for _, a := range s.Addrs {
			if l, ok := s.Link(a.Link); ok && isLinkLocal(a) && vias[a.Prefix.Addr()] {
				meant[l.MAC] = true
			}
		}
	}
	return meant
}

// madeByHand tells whether somebody made a forwarding entry that is not a
// port's, a bridge's or a group's own. A vxlan has one for its far end.
func (s Space) madeByHand(f FDB) bool {
	l, ok := s.Link(f.Link)
	if !ok || f.State != "permanent" && f.State != "static" || multicast(f.MAC) {
		return false
	}
	if l.VXLAN != nil && strings.Trim(f.MAC, "0:") == "" && f.Dst == l.VXLAN.Remote {
		return false
	}
	own := func(o Link) bool {
		return o.MAC == f.MAC && (o.Name == f.Link || o.Name == f.Master || o.Master == f.Link || f.Self && l.VXLAN == nil)
	}
	return !slices.ContainsFunc(s.Links, own) && !s.copiedEntry(l, f)
}

// copiedEntry tells whether a bridge has copied an entry into the filter of
// its only port that floods or learns (br_manage_promisc in net/bridge).
func (s Space) copiedEntry(port Link, f FDB) bool {
	return f.Self && port.Master != "" && slices.ContainsFunc(s.FDB, func(o FDB) bool { return o.MAC == f.MAC && o.Master == port.Master && !o.Self })
}
