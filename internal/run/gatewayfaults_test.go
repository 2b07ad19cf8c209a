package run

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// frameFaults are the ways to make a frame come by with something else in it.
func frameFaults(s check.Seen, lab snapshot.Lab) []fault {
	var out []fault
	if s.Source.IsValid() {
		out = append(out, sourceFault(s, lab))
	}
	if s.MACTo != nil && s.Reply {
		out = append(out, replyFault(s, lab))
	}
	return out
}

// sourceFault makes a sender hide its address, or a router forget to.
func sourceFault(s check.Seen, lab snapshot.Lab) fault {
	if owner, addr := ownerOf(lab, check.Ping{To: s.Source}); owner != s.In {
		return fault{"no NAT", exe(owner) + "nft flush ruleset", "", []string{addr.Link, "nothing on the way has changed it"}}
	}
	nft, family := exe(s.In)+"nft ", "ip"
	if s.Source.Is6() {
		family = "ip6"
	}
	bytes := s.Source.AsSlice()
	bytes[len(bytes)-1] = 77
	other, _ := netip.AddrFromSlice(bytes)
	table := family + " x"
	harm := nft + "add table " + table + "\n" + nft + "add chain " + table + " post '{ type nat hook postrouting priority 100 ; }'\n" +
		nft + "add rule " + table + " post snat to " + other.String()
	return fault{"another source", harm, nft + "delete table " + table, []string{"has changed the source address"}}
}

// replyFault lets the reply take the way by which the request came.
func replyFault(s check.Seen, lab snapshot.Lab) fault {
	from, _ := lab.Space(s.In)
	route, _ := from.Lookup(s.To)
	gate, _ := ownerOf(lab, check.Ping{To: route.Via})
	at, _ := lab.Space(s.At.In)
	router, _ := lab.Space(gate)
	i := slices.IndexFunc(router.Addrs, func(a snapshot.Addr) bool { return near(at, a.Prefix.Addr()) && a.Prefix.Addr().IsGlobalUnicast() })
	back := fmt.Sprintf("%sroute add %%s via %s dev %s", ip(at.Name), router.Addrs[i].Prefix.Addr(), s.At.Dev)
	own := from.Addrs[slices.IndexFunc(from.Addrs, func(a snapshot.Addr) bool {
		return a.Link == route.Link && a.Prefix.Addr().IsGlobalUnicast() && a.Prefix.Addr().Is4() == s.To.Is4()
	})]
	return fault{"it goes back as it came", fmt.Sprintf(back, own.Prefix.Masked()), ip(at.Name) + "route del " + own.Prefix.Masked().String(), []string{"in " + gate}}
}

// near says that an address is in a network of the namespace.
func near(s snapshot.Space, a netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(own snapshot.Addr) bool { return own.Prefix.Contains(a) })
}

// doorFault opens a door for what comes to a router: it goes on to the one who
// must not see it.
func doorFault(s check.Seen, lab snapshot.Lab) fault {
	router, _ := ownerOf(lab, check.Ping{To: s.To})
	at, _ := lab.Space(s.At.In)
	i := slices.IndexFunc(at.Addrs, func(a snapshot.Addr) bool { return a.Link == s.At.Dev && a.Prefix.Addr().Is4() == s.To.Is4() })
	nft := exe(router) + "nft "
	harm := nft + "add table ip door\n" + nft + "add chain ip door pre '{ type nat hook prerouting priority -100 ; }'\n" +
		nft + "add rule ip door pre ip daddr " + s.To.String() + " dnat to " + at.Addrs[i].Prefix.Addr().String()
	return fault{"a door", harm, nft + "delete table ip door", []string{"the way of the packet leads over " + s.At.Dev}}
}

// conntrackFaults: with the interface go the connections whose source it lent.
func conntrackFaults(c check.Conntrack, lab snapshot.Lab) []fault {
	s, _ := lab.Space(c.In)
	route, _ := s.Lookup(c.To)
	return []fault{{"forgotten", ip(c.In) + "link set " + route.Link + " down", "", []string{"no such packet has passed " + c.In}}}
}

// wayFaults take a route away that is for one address alone, or make one.
func wayFaults(l check.Lookup, not bool, lab snapshot.Lab) []fault {
	own := netip.PrefixFrom(l.To, l.To.BitLen())
	s, _ := lab.Space(l.In)
	way, _ := s.Lookup(l.To)
	line := fmt.Sprintf("%sroute %%s %s via %s dev %s", ip(l.In), own, l.Via, way.Link)
	add, del := fmt.Sprintf(line, "add"), fmt.Sprintf(line, "del")
	switch {
	case not && l.Error == "":
		return []fault{{"a way by it", add, del, []string{l.Via.String()}}}
	case len(routesTo(s, own)) > 0:
		return []fault{{"gone", del, add, []string{l.To.String()}}}
	}
	return lookupFaults(l, not)
}
