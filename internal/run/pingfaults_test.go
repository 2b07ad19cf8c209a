package run

import (
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// gives sets an address, which is used at once in IPv6, too.
func gives(in string, p netip.Prefix, dev string) string {
	line := fmt.Sprintf("%saddr add %s dev %s", ip(in), p, dev)
	if p.Addr().Is6() {
		line += " nodad"
	}
	return line
}

// flagFaults change what the kernel says of an address that stays there.
func flagFaults(a check.Addr, not bool, add, del string) []fault {
	asks := strings.TrimSuffix(add, " nodad") // is duplicate address detection
	gone := fault{"deleted", del, "", []string{a.Dev}}
	switch {
	case a.Flag == check.DADFailed && not:
		// Another one takes it first, and says so within a second.
		other := netip.PrefixFrom(a.Prefix.Addr(), a.Prefix.Bits())
		taken := "ip -n ns2 addr del " + other.String() + " dev veth_ns2\n" + gives("ns2", other, "veth_ns2")
		return []fault{{"taken", taken + "\n" + del + "\n" + asks + "\nsleep 1.3", "", []string{"another one in this network"}}, gone}
	case not:
		return []fault{{"asked for", del + "\n" + asks, del + "\n" + add, []string{"still finds out", "ask nobody"}}, gone}
	}
	return []fault{{"not asked for", del + "\n" + add, "", []string{"not " + a.Flag}}, gone}
}

// silenceFaults make a ping go unanswered, at its owner and on its way.
func silenceFaults(p check.Ping, lab snapshot.Lab) []fault {
	owner, addr := ownerOf(lab, p)
	six := p.To.Is6()
	dev := ip(owner) + "link set " + addr.Link
	out := []fault{
		{"target down", dev + " down", dev + " up", []string{addr.Link}},
		{"address gone", fmt.Sprintf("%saddr del %s dev %s", ip(owner), addr.Prefix, addr.Link), gives(owner, addr.Prefix, addr.Link), []string{p.To.WithZone("").String()}},
	}
	s, _ := lab.Space(p.In)
	if route, ok := s.Lookup(p.To); ok && owner != p.In {
		from := ip(p.In) + "link set " + route.Link
		f := fault{"sender down", from + " down", from + " up", []string{route.Link}}
		if len(routesTo(s, route.Dst)) > 1 && p.To.Zone() == "" { // the other one is used, and stays the first
			f.mend, f.names = "", []string{p.To.String()}
		}
		out = append(out, f)
	}
	if six {
		for i := range out {
			if strings.HasSuffix(out[i].name, "down") { // which IPv6 does not forget
				out[i].mend = ""
			}
		}
		out[0].names = append(out[0].names, "no namespace of this lab has the address "+p.To.WithZone("").String())
	}
	if route, _ := s.Lookup(p.To); route.Via.IsValid() {
		out[2].names = append(out[2].names, "no route to")
		if gate, near := ownerOf(lab, check.Ping{In: p.In, To: route.Via}); gate == owner { // the target is the router itself
			out[0] = fault{"target down", ip(owner) + "link set " + near.Link + " down", "", []string{near.Link}}
			out[1].names = []string{owner}
		}
	}
	for i := range out {
		if hasGateway(lab, owner) || hasGateway(lab, p.In) { // the route via it is lost
			out[i].mend = ""
		}
	}
	if _, err := exec.LookPath("nft"); err == nil {
		out = append(out, dropping(owner, six))
	}
	if p.TTL > 0 {
		set := exe(owner) + "sysctl -w net.ipv4.ip_default_ttl="
		if six {
			set = exe(owner) + "sysctl -w net.ipv6.conf." + addr.Link + ".hop_limit="
		}
		out = append(out, fault{"other ttl", set + "63", set + "64", []string{"1 router"}})
	}
	return out
}

// hasGateway says that a namespace has a route that goes for good when its
// interface goes down, or loses its address.
func hasGateway(lab snapshot.Lab, in string) bool {
	return slices.ContainsFunc(spaceOf(lab, in).Routes, func(r snapshot.Route) bool { return r.Via.IsValid() })
}

// ownerOf finds where an address is that a ping must reach. All of 127.0.0.0/8
// is where the ping comes from.
func ownerOf(lab snapshot.Lab, p check.Ping) (string, snapshot.Addr) {
	for _, s := range lab.Spaces {
		for _, a := range s.Addrs {
			switch {
			case p.To.IsLoopback() && s.Name == p.In && a.Prefix.Contains(p.To):
				return s.Name, a
			case !p.To.IsLoopback() && a.Prefix.Addr() == p.To.WithZone(""):
				return s.Name, a
			}
		}
	}
	return "", snapshot.Addr{}
}

// answerFaults make a ping that must fail be answered, or fail in another way.
func answerFaults(p check.Ping, lab snapshot.Lab) []fault {
	s, _ := lab.Space(p.In)
	lo, _ := s.Link("lo")
	up, down := ip(p.In)+"link set lo up", ip(p.In)+"link set lo down"
	if !slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Prefix.Addr().IsLoopback() && a.Prefix.Addr().Is4() }) {
		down += "\n" + ip(p.In) + "addr del 127.0.0.1/8 dev lo" // from the kernel, and it stays when lo goes down
	}
	switch {
	case p.To.IsLoopback() && lo.Up:
		return []fault{{"let in", exe(p.In) + "nft flush ruleset", "", []string{p.In}}}
	case p.To.IsLoopback():
		return []fault{{"lo up", up, down, []string{p.In}}}
	case p.To.Zone() != "":
		return zoneFaults(p, up)
	}
	own := netip.PrefixFrom(p.To, p.To.BitLen())
	give := gives(p.In, own, "lo") + "\n" + up
	take := fmt.Sprintf("%saddr del %s dev lo", ip(p.In), own)
	if !lo.Up {
		take += "\n" + down
	}
	forbid := ip(p.In) + "route %s unreachable " + own.String()
	otherwise := fault{"fails in another way", fmt.Sprintf(forbid, "add"), fmt.Sprintf(forbid, "del"), []string{"forbids", p.In}}
	if p.Error == "EADDRNOTAVAIL" { // as soon as there is any address, a route is missing
		otherwise.harm, otherwise.mend, otherwise.names = up, down, []string{"has no route to"}
	}
	answered := fault{"its own address", give, take, []string{p.In, p.To.String()}}
	if p.Error == "" { // any other way is as good
		return []fault{answered}
	}
	return []fault{answered, otherwise}
}

// zoneFaults do that for an address that is valid on one link.
func zoneFaults(p check.Ping, up string) []fault {
	own, zone := netip.PrefixFrom(p.To, p.To.BitLen()), p.To.Zone()
	out := []fault{{"its own address", gives(p.In, own, zone) + "\n" + up, fmt.Sprintf("%saddr del %s dev %s", ip(p.In), own, zone), []string{p.In}}}
	if p.Error == check.Silent {
		out = append(out, fault{"fails in another way", ip(p.In) + "link set " + zone + " down", "", []string{zone}})
	}
	return out
}
