package snapshot

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"netlab/internal/op"
)

// addresses gives links what does not come by itself, and takes what lo would
// have by itself.
func (r *rebuilder) addresses(s Space) {
	off := s.Sysctls["net.ipv6.conf.all.disable_ipv6"] == "1"
	allowed := map[string]bool{}
	for _, a := range s.Addrs {
		switch {
		case s.ownAddr(a) || !r.rebuilt(s, a.Link):
			continue
		case !slices.Contains(a.Flags, "permanent"):
			r.note(s, "address %s of %s: it holds for a limited time", a.Prefix, a.Link)
			continue
		case off && a.Prefix.Addr().Is6() && !allowed[a.Link]:
			allowed[a.Link] = true
			r.do(s.Name, &op.SysctlSet{Key: "net.ipv6.conf." + strings.ReplaceAll(a.Link, ".", "/") + ".disable_ipv6", Value: "0"})
		}
		r.addr(s, a)
	}
}

func (r *rebuilder) addr(s Space, a Addr) {
	o := &op.AddrAdd{Prefix: a.Prefix, Peer: a.Peer, Dev: a.Link, NoDAD: slices.Contains(a.Flags, "nodad") && a.Prefix.Addr().Is6()}
	if a.Peer.IsValid() {
		// The length belongs to the peer.
		o.Prefix = netip.PrefixFrom(a.Prefix.Addr(), a.Prefix.Addr().BitLen())
	}
	if a.Prefix.Addr().Is4() {
		if a.Scope != usualScope(a.Prefix.Addr()) {
			o.Scope = a.Scope
		}
		o.Broadcast = address(a.Broadcast)
	}
	if a.Label != a.Link {
		o.Label = a.Label
	}
	more := words{}
	more.opt("metric", positive(a.Metric))
	for _, flag := range []string{"home", "mngtmpaddr", "noprefixroute", "autojoin"} {
		more.flag(slices.Contains(a.Flags, flag), flag)
	}
	if slices.Contains(a.Flags, "deprecated") {
		more.opt("preferred_lft", "0")
	}
	r.do(s.Name, o, more...)
	if slices.Contains(a.Flags, "dadfailed") {
		r.note(s, "that %s of %s is not used: another machine had it first", a.Prefix.Addr(), a.Link)
	}
}

// usualScope is the scope that ip gives an IPv4 address.
func usualScope(a netip.Addr) string {
	if a.IsLoopback() {
		return "host"
	}
	return "global"
}

// routes adds what does not come with addresses, routes to gateways last, and
// deletes what came and was not there.
func (r *rebuilder) routes(s Space) {
	own := s.ownRoutes()
	taken := map[string]bool{}
	for _, o := range own {
		taken[o.key()] = true
	}
	for _, gateway := range []bool{false, true} {
		for _, route := range s.Routes {
			isOwn := slices.ContainsFunc(own, route.sameAs)
			if route.Via.IsValid() == gateway && !isOwn && route.Proto != "ra" && route.Proto != "redirect" {
				r.route(s, route, taken)
			}
		}
	}
	for _, a := range s.missingLoopback() {
		r.do(s.Name, &op.AddrDel{Prefix: a, Dev: "lo"})
	}
	for _, gone := range s.missingRoutes() {
		if r.rebuilt(s, gone.Link) && gone.Link != "lo" {
			r.family(s.Name, gone.family(), &op.RouteDel{Dst: gone.Dst, Dev: gone.Link, Proto: "kernel"})
		}
	}
}

// missingLoopback are the addresses that lo would have by itself, and has not.
func (s Space) missingLoopback() []netip.Prefix {
	if lo, _ := s.Link("lo"); !lo.Up {
		return nil
	}
	return slices.DeleteFunc(loopbackAddrs(), func(p netip.Prefix) bool {
		off := p.Addr().Is6() && s.Sysctls["net.ipv6.conf.all.disable_ipv6"] == "1"
		return off || slices.ContainsFunc(s.Addrs, func(a Addr) bool { return a.Link == "lo" && a.Prefix == p })
	})
}

func (r Route) family() op.Family {
	if r.Family == 6 {
		return op.IPv6
	}
	return op.AnyFamily
}

// key is what two routes must not share, unless the second is appended.
func (r Route) key() string {
	return strings.Join([]string{r.Dst.String(), strconv.Itoa(int(r.Table)), strconv.Itoa(int(r.Metric))}, " ")
}

func (r *rebuilder) route(s Space, t Route, taken map[string]bool) {
	switch {
	case t.Link != "" && !r.rebuilt(s, t.Link):
		return
	case t.Dead:
		r.note(s, "the route to %s: its link is down", t.destination())
		return
	case t.Ways > 1:
		r.note(s, "the route to %s: it has %d ways", t.destination(), t.Ways)
		return
	}
	o := t.added()
	if taken[t.key()] {
		o.Verb = "append"
	}
	taken[t.key()] = true
	more := words{}
	if t.Family == 4 && t.Via.Is6() {
		o.Via = netip.Addr{}
		more.opt("via inet6", t.Via.String())
	}
	if t.Pref != "medium" {
		more.opt("pref", t.Pref)
	}
	r.family(s.Name, t.family(), o, more...)
}

// added is the line that adds a route, but for words that op does not know.
func (r Route) added() *op.RouteAdd {
	o := &op.RouteAdd{Dst: r.Dst, Via: r.Via, Dev: r.Link, Src: r.Src, Metric: r.Metric, MTU: r.MTU, Onlink: r.Onlink, Scope: r.oddScope()}
	if r.Type != "unicast" {
		o.Type = r.Type
		if r.Type != "local" {
			o.Dev = ""
		}
	}
	if r.Dst.Bits() == 0 {
		o.Dst, o.Default = netip.Prefix{}, true
	}
	if r.Family == 6 && r.Metric == userMetric6 {
		o.Metric = 0
	}
	if !r.isMain() || r.Type == "local" {
		o.Table = strconv.Itoa(int(r.Table))
	}
	if r.Proto != "boot" {
		o.Proto = r.Proto
	}
	return o
}

// oddScope is the scope of an IPv4 route if it is not what ip gives such a
// route (iproute_modify in iproute2): link without a gateway, else global.
func (r Route) oddScope() string {
	usual := "global"
	switch {
	case r.Family == 6:
		return ""
	case r.Type == "local":
		usual = "host"
	case r.Type == "unicast" && !r.Via.IsValid():
		usual = "link"
	}
	if r.Scope == usual {
		return ""
	}
	return r.Scope
}
