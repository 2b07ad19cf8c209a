package run

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// fault is one way to make a claim false, as commands that a learner could
// type by mistake.
type fault struct {
	name  string
	harm  string
	mend  string   // empty: the lab must be built again
	names []string // words that the cause, or what was got where there is none, must have
}

// faultsOf lists the ways to break what a check claims. The lab is as the
// check holds in it.
func faultsOf(c check.Check, lab snapshot.Lab) []fault {
	switch {
	case c.Ping != nil && c.Not && c.Ping.Error == "EACCES":
		return broadcastFaults(*c.Ping, lab)
	case c.Ping != nil && c.Not:
		return answerFaults(*c.Ping, lab)
	case c.Ping != nil:
		return silenceFaults(*c.Ping, lab)
	case c.Reach != nil:
		return reachFaults(*c.Reach, c.Not, lab)
	case c.Path != nil:
		return pathFaults(*c.Path, c.Not, lab)
	case c.Seen != nil && c.Not && !near(spaceOf(lab, c.Seen.At.In), c.Seen.To):
		return []fault{doorFault(*c.Seen, lab)}
	case c.Seen != nil && c.Seen.At.In == c.Seen.In:
		return frameFaults(*c.Seen, lab)
	case c.Seen != nil:
		return append(seenFaults(*c.Seen, c.Not, lab), frameFaults(*c.Seen, lab)...)
	case c.Lookup != nil:
		return wayFaults(*c.Lookup, c.Not, lab)
	case c.Conntrack != nil:
		return conntrackFaults(*c.Conntrack, lab)
	case c.Resolves != nil:
		return untaught(len(c.Resolves.Asks) > 1, resolvesFaults(*c.Resolves, c.Not, lab))
	case c.DNS != nil:
		return untaught(len(c.DNS.Asks) > 0, dnsFaults(*c.DNS, c.Not, lab))
	case c.Namespace != nil:
		return namespaceFaults(*c.Namespace, c.Not)
	case c.Link != nil:
		return linkFaults(*c.Link, c.Not, lab)
	case c.Addr != nil:
		return addrFaults(*c.Addr, c.Not)
	case c.Route != nil:
		return routeFaults(*c.Route, c.Not, lab)
	case c.Neigh != nil:
		return neighFaults(*c.Neigh, c.Not, lab)
	case c.FDB != nil:
		return fdbFaults(*c.FDB, c.Not, lab)
	case c.Sysctl != nil:
		return []fault{sysctlFault(*c.Sysctl)}
	case c.Rules != nil:
		return []fault{rulesFault(*c.Rules)}
	}
	return nil
}

// ip begins a line of ip in a namespace.
func ip(in string) string {
	if in == "" || in == snapshot.Host {
		return "ip "
	}
	return "ip -n " + in + " "
}

// exe begins any other command there.
func exe(in string) string {
	if in == "" || in == snapshot.Host {
		return ""
	}
	return "ip netns exec " + in + " "
}

func namespaceFaults(n check.Namespace, not bool) []fault {
	if not {
		return []fault{{"made", "ip netns add " + n.Name, "ip netns del " + n.Name, []string{n.Name}}}
	}
	return []fault{{"deleted", "ip netns del " + n.Name, "", []string{n.Name}}}
}

func linkFaults(l check.Link, not bool, lab snapshot.Lab) []fault {
	at := ip(l.In)
	s, _ := lab.Space(l.In)
	is, exists := s.Link(l.Name)
	if not && !exists {
		return []fault{{"made", at + "link add " + l.Name + " type bridge", at + "link del " + l.Name, []string{l.Name}}}
	}
	up, down := at+"link set "+l.Name+" up", at+"link set "+l.Name+" down"
	peer := ip(is.PeerSpace) + "link set " + is.Peer
	if not { // only what makes a link work can be said not to be
		return []fault{{"connected", up + "\n" + peer + " up", "", []string{"state up", "carrier", "it is so: up"}}}
	}
	var out []fault
	switch {
	case l.Up != nil && *l.Up:
		out = append(out, fault{"down", down, up, []string{l.Name, "down"}})
	case l.Up != nil:
		out = append(out, fault{"up", up, down, []string{"up"}})
	}
	connected := l.Carrier != nil && *l.Carrier || l.State == "up"
	cut := l.Carrier != nil && !*l.Carrier || l.State == "lowerlayerdown"
	switch {
	case connected && is.Peer != "":
		out = append(out, fault{"other end down", peer + " down", peer + " up", []string{is.Peer, is.PeerSpace}})
	case cut: // a state of the kernel's that does not come back when the other end goes down
		out = append(out, fault{"other end up", peer + " up", "", []string{"carrier", "state up"}})
	case l.State == "unknown":
		out = append(out, fault{"another state", down, up, []string{"down"}})
	}
	if l.Peer != "" {
		other := ip(is.PeerSpace) + "link set "
		out = append(out, fault{"other peer", other + l.Peer + " name x0", other + "x0 name " + l.Peer, []string{"x0"}})
	}
	if l.Master != nil && *l.Master != "" {
		out = append(out, fault{"unplugged", at + "link set " + l.Name + " nomaster", at + "link set " + l.Name + " master " + *l.Master, []string{"no master"}})
	}
	if l.Kind != "" {
		out = append(out, otherKind(l))
	}
	return append(out, fault{"deleted", removal(l), "", []string{l.Name}})
}

// removal takes a link away, also one that cannot be deleted.
func removal(l check.Link) string {
	if l.Name == "lo" {
		return ip(l.In) + "link set lo name x0"
	}
	return ip(l.In) + "link del " + l.Name
}

func otherKind(l check.Link) fault {
	other := "bridge"
	if l.Kind == other {
		other = "vxlan id 7 dstport 4789"
	}
	return fault{"other kind", ip(l.In) + "link del " + l.Name + "\n" + ip(l.In) + "link add " + l.Name + " type " + other, "",
		[]string{"kind " + strings.Fields(other)[0], "is down"}}
}

func addrFaults(a check.Addr, not bool) []fault {
	p := a.Prefix
	if !p.IsValid() {
		p = netip.MustParsePrefix("192.0.2.1/24")
	}
	add, del := gives(a.In, p, a.Dev), fmt.Sprintf("%saddr del %s dev %s", ip(a.In), p, a.Dev)
	if a.Flag != "" {
		return flagFaults(a, not, add, del)
	}
	if not {
		return []fault{{"added", add, del, []string{p.String()}}}
	}
	mask := netip.PrefixFrom(p.Addr(), p.Addr().BitLen()-2)
	other := del + "\n" + gives(a.In, mask, a.Dev)
	back := fmt.Sprintf("%saddr del %s dev %s\n%s", ip(a.In), mask, a.Dev, add)
	return []fault{
		{"deleted", del, add, []string{a.Dev}},
		{"another mask", other, back, []string{mask.String(), "mask"}},
	}
}

func routeFaults(r check.Route, not bool, lab snapshot.Lab) []fault {
	if not {
		line := fmt.Sprintf("route %%s unreachable %s", r.Dst)
		return []fault{{"added", ip(r.In) + fmt.Sprintf(line, "add"), ip(r.In) + fmt.Sprintf(line, "del"), []string{"unreachable " + r.Dst.String(), "unreachable default"}}}
	}
	s, _ := lab.Space(r.In)
	line := r.Dst.String()
	if r.Via.IsValid() {
		line += " via " + r.Via.String()
	}
	line += " dev " + r.Dev
	f := fault{"deleted", ip(r.In) + "route del " + line, "", []string{r.In}}
	same := routesTo(s, r.Dst)
	if len(same) == 1 {
		f.mend = fmt.Sprintf("%sroute add %s proto %s", ip(r.In), line, same[0].Proto)
		if r.Dst.Addr().Is6() {
			f.mend += fmt.Sprintf(" metric %d", same[0].Metric)
		} else {
			f.mend += " scope " + same[0].Scope
		}
		if same[0].Src.IsValid() {
			f.mend += " src " + same[0].Src.String()
		}
	} else {
		f.names = []string{"another one"}
	}
	return []fault{f, {"interface down", ip(r.In) + "link set " + r.Dev + " down", "", []string{r.Dev, r.In, "another one"}}}
}

func routesTo(s snapshot.Space, dst netip.Prefix) []snapshot.Route {
	return slices.DeleteFunc(slices.Clone(s.Routes), func(r snapshot.Route) bool { return r.Dst != dst })
}

func neighFaults(n check.Neigh, not bool, lab snapshot.Lab) []fault {
	s, _ := lab.Space(n.In)
	route, _ := s.Lookup(n.Addr)
	dev := n.Dev
	if dev == "" {
		dev = route.Link
	}
	del := fmt.Sprintf("%sneigh del %s dev %s", ip(n.In), n.Addr, dev)
	if not {
		add := fmt.Sprintf("%sneigh replace %s lladdr 02:00:00:00:00:07 nud stale dev %s", ip(n.In), n.Addr, dev)
		return []fault{{"known", add, del, []string{n.Addr.String(), "02:00:00:00:00:07"}}}
	}
	ask := fmt.Sprintf("%sping -c 1 %s", exe(n.In), n.Addr)
	return []fault{
		{"deleted", del, ask, []string{n.Addr.String()}},
		{"flushed", ip(n.In) + "neigh flush dev " + dev, ask, []string{n.Addr.String()}},
	}
}

func sysctlFault(s check.Sysctl) fault {
	other := "1"
	if s.Value == other {
		other = "0"
	}
	set := exe(s.In) + "sysctl -w " + s.Key + "="
	return fault{"another value", set + other, set + s.Value, []string{s.Key + " = " + other}}
}

func rulesFault(r check.Rules) fault {
	f := dropping(r.In, false)
	f.name, f.names = "one more", []string{fmt.Sprintf("%d nftables rule", r.Count+1)}
	return f
}

// dropping is a firewall that lets no ping in.
func dropping(in string, six bool) fault {
	nft, table, icmp := exe(in)+"nft ", "ip x", "icmp"
	if six {
		table, icmp = "ip6 x", "icmpv6"
	}
	harm := nft + "add table " + table + "\n" + nft + "add chain " + table + " input '{ type filter hook input priority 0 ; }'\n" +
		nft + "add rule " + table + " input " + icmp + " type echo-request drop"
	return fault{"dropped", harm, nft + "delete table " + table, []string{"firewall", in}}
}

func spaceOf(lab snapshot.Lab, name string) snapshot.Space {
	s, _ := lab.Space(name)
	return s
}
