package run

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// broadcastFaults make a host's address of the last one of a network.
func broadcastFaults(p check.Ping, lab snapshot.Lab) []fault {
	s, _ := lab.Space(p.In)
	route, _ := s.Lookup(p.To)
	i := slices.IndexFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Link == route.Link })
	short := s.Addrs[i].Prefix
	long := netip.PrefixFrom(short.Addr(), short.Bits()-8)
	at := ip(p.In) + "addr %s %s dev " + route.Link
	return []fault{{"a larger network", fmt.Sprintf(at+"\n"+at, "del", short, "add", long), fmt.Sprintf(at+"\n"+at, "del", long, "add", short), []string{"no answer", "unreachable"}}}
}

func fdbFaults(f check.FDB, not bool, lab snapshot.Lab) []fault {
	of, _ := lab.Space(f.OfIn)
	owner, _ := of.Link(f.OfDev)
	s, _ := lab.Space(f.In)
	tool := exe(f.In) + "bridge "
	entry := tool + "fdb %s " + owner.MAC + " dev %s master %s\n"
	i := slices.IndexFunc(s.FDB, func(e snapshot.FDB) bool { return e.MAC == owner.MAC && e.Master == f.Bridge })
	if i < 0 { // nothing is known of it
		return []fault{{"learned", fmt.Sprintf(entry, "replace", owner.Peer, "dynamic"), fmt.Sprintf(entry, "del", owner.Peer, ""), []string{owner.Peer, owner.MAC}}}
	}
	right := s.FDB[i].Link
	// IPv6 sends by itself, from which the bridge would learn again.
	learning := tool + "link set dev " + right + " learning "
	mend := fmt.Sprintf(entry, "replace", right, "dynamic") + learning + "on"
	if not {
		harm := learning + "off\n" + fmt.Sprintf(entry, "replace", f.Port, "dynamic")
		return []fault{{"moved", harm, mend, []string{f.Port, owner.MAC}}}
	}
	return []fault{
		{"not learned", learning + "off\n" + fmt.Sprintf(entry, "del", f.Port, ""), mend, []string{"bridge"}},
		{"unplugged", ip(f.In) + "link set " + f.Port + " nomaster", "", []string{f.Port}},
		{"bridge down", ip(f.In) + "link set " + f.Bridge + " down", "", []string{f.Bridge}},
	}
}

// seenFaults make a frame stay away that should come by, or come by where it
// should not. An interface that is down sees nothing, not even its not being
// seen.
func seenFaults(s check.Seen, not bool, lab snapshot.Lab) []fault {
	route, _ := spaceOf(lab, s.In).Lookup(s.To)
	down := fault{"sender down", ip(s.In) + "link set " + route.Link + " down", "", []string{s.In, route.Link}}
	sw, bridge := switchOf(lab, s.At)
	switch owner, addr := ownerOf(lab, check.Ping{In: s.In, To: s.To}); {
	case not && s.At.In == owner: // behind a router
		gate, _ := ownerOf(lab, check.Ping{In: s.In, To: route.Via})
		forward := exe(gate) + "sysctl -w " + forwarding(s.To) + "="
		return []fault{down, {"it is forwarded", forward + "1", forward + "0", []string{"eth0 in F saw a request"}}}
	case not && bridge != "":
		at := ip(sw) + "link set " + bridge
		forget := at + " type bridge ageing_time 0\n" + at + " down\n" + at + " up"
		return []fault{down, {"the switch forgets", forget, "", []string{"sends a frame to all ports"}}}
	case not:
		return []fault{down}
	case s.At.In != owner && s.MACTo != nil && s.MACTo.In != s.At.In:
		known := fault{"the switch knows the target", exe(s.In) + "ping -c 1 " + s.To.String(), "", []string{"has learned that " + addr.Link + " in " + owner}}
		return []fault{down, known}
	case s.TTL > 0:
		set := exe(s.In) + "sysctl -w " + defaultTTL(s.To, route.Link) + "="
		return []fault{down, {"other ttl", set + "63", set + "64", []string{"1 router"}}}
	}
	return []fault{down}
}

func forwarding(to netip.Addr) string {
	if to.Is6() {
		return "net.ipv6.conf.all.forwarding"
	}
	return "net.ipv4.ip_forward"
}

func defaultTTL(to netip.Addr, link string) string {
	if to.Is6() {
		return "net.ipv6.conf." + link + ".hop_limit"
	}
	return "net.ipv4.ip_default_ttl"
}

// switchOf is the switch to which the cable of an interface leads, and the
// bridge in it; empty: it leads elsewhere.
func switchOf(lab snapshot.Lab, at check.Interface) (in, bridge string) {
	l, _ := spaceOf(lab, at.In).Link(at.Dev)
	port, _ := spaceOf(lab, l.PeerSpace).Link(l.Peer)
	return l.PeerSpace, port.Master
}
