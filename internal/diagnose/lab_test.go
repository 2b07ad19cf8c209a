package diagnose

import (
	"fmt"
	"net/netip"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// net builds snapshots for tests: what somebody configured goes in, and done
// adds what the kernel derives from it.
type net struct {
	spaces []string
	links  []*snapshot.Link
	at     map[*snapshot.Link]string
	addrs  []place2
	routes []place2
	edits  []func(*snapshot.Lab)
}

// place2 is something said about one interface of one namespace.
type place2 struct {
	space, link string
	prefix      netip.Prefix
	via         netip.Addr
	kind        string
}

func newNet(spaces ...string) *net {
	n := &net{at: make(map[*snapshot.Link]string)}
	for _, s := range spaces {
		n.spaces = append(n.spaces, s)
		n.link(s, "lo", "loopback")
	}
	return n
}

func (n *net) link(space, name, kind string) *snapshot.Link {
	l := &snapshot.Link{Name: name, Kind: kind, Up: true, PeerNSID: -1, MAC: fmt.Sprintf("02:00:00:00:00:%02x", len(n.links))}
	n.links = append(n.links, l)
	n.at[l] = space
	return l
}

// cable is a veth pair, both ends up.
func (n *net) cable(a, aName, b, bName string) *net {
	x, y := n.link(a, aName, "veth"), n.link(b, bName, "veth")
	x.Peer, x.PeerSpace, y.Peer, y.PeerSpace = bName, b, aName, a
	return n
}

func (n *net) bridge(space, name string, ports ...string) *net {
	n.link(space, name, "bridge")
	for _, p := range ports {
		n.find(space, p).Master = name
	}
	return n
}

func (n *net) find(space, name string) *snapshot.Link {
	for _, l := range n.links {
		if n.at[l] == space && l.Name == name {
			return l
		}
	}
	panic("a test speaks of an interface that it did not make: " + name + " in " + space)
}

func (n *net) addr(space, link, prefix string) *net {
	n.addrs = append(n.addrs, place2{space: space, link: link, prefix: netip.MustParsePrefix(prefix)})
	return n
}

func (n *net) noAddr(space, link string) *net {
	var kept []place2
	for _, a := range n.addrs {
		if a.space != space || a.link != link {
			kept = append(kept, a)
		}
	}
	n.addrs = kept
	return n
}

func (n *net) route(space, dst, via, link string) *net {
	r := place2{space: space, link: link, prefix: netip.MustParsePrefix(dst)}
	if via != "" {
		r.via = netip.MustParseAddr(via)
	}
	n.routes = append(n.routes, r)
	return n
}

func (n *net) noRoutes(space string) *net {
	var kept []place2
	for _, r := range n.routes {
		if r.space != space {
			kept = append(kept, r)
		}
	}
	n.routes = kept
	return n
}

func (n *net) forbid(space, dst, kind string) *net {
	n.routes = append(n.routes, place2{space: space, prefix: netip.MustParsePrefix(dst), kind: kind})
	return n
}

func (n *net) down(space, link string) *net {
	n.find(space, link).Up = false
	return n
}

func (n *net) free(space, port string) *net {
	n.find(space, port).Master = ""
	return n
}

// edit changes the finished snapshot of one namespace.
func (n *net) edit(space string, f func(*snapshot.Space)) *net {
	n.edits = append(n.edits, func(lab *snapshot.Lab) {
		for i := range lab.Spaces {
			if lab.Spaces[i].Name == space {
				f(&lab.Spaces[i])
			}
		}
	})
	return n
}

func (n *net) sysctl(space, key, value string) *net {
	return n.edit(space, func(s *snapshot.Space) { s.Sysctls[key] = value })
}

func (n *net) rules(space string, count int) *net {
	return n.edit(space, func(s *snapshot.Space) { s.Rules = count })
}

func (n *net) neigh(space, link, addr, state string) *net {
	return n.edit(space, func(s *snapshot.Space) {
		s.Neighs = append(s.Neighs, snapshot.Neigh{Link: link, Addr: netip.MustParseAddr(addr), State: state})
	})
}

func (n *net) flag(space, addr, flag string) *net {
	return n.edit(space, func(s *snapshot.Space) {
		for i := range s.Addrs {
			if s.Addrs[i].Prefix.Addr().String() == addr {
				s.Addrs[i].Flags = append(s.Addrs[i].Flags, flag)
			}
		}
	})
}

// done is the snapshot that the kernel would give.
func (n *net) done() snapshot.Lab {
	for range 2 { // a bridge's carrier depends on its ports'
		for _, l := range n.links {
			n.carrier(l)
		}
	}
	var lab snapshot.Lab
	for _, name := range n.spaces {
		s := snapshot.Space{Name: name, Sysctls: map[string]string{"net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0"}}
		for _, l := range n.links {
			if n.at[l] == name {
				s.Links = append(s.Links, *l)
			}
		}
		n.layer3(&s)
		lab.Spaces = append(lab.Spaces, s)
	}
	for _, f := range n.edits {
		f(&lab)
	}
	return lab
}

func (n *net) carrier(l *snapshot.Link) {
	switch {
	case l.Kind == "veth" && l.Peer != "":
		l.Carrier = l.Up && n.find(l.PeerSpace, l.Peer).Up
	case l.Kind == "bridge":
		l.Carrier = false
		for _, p := range n.links {
			l.Carrier = l.Carrier || (n.at[p] == n.at[l] && p.Master == l.Name && p.Carrier && l.Up)
		}
	default:
		l.Carrier = l.Up
	}
	l.State, l.Flags = "DOWN", []string{"BROADCAST", "MULTICAST"}
	if l.Up && !l.Carrier {
		l.State, l.Flags = "LOWERLAYERDOWN", []string{"NO-CARRIER", "BROADCAST", "MULTICAST", "UP"}
	}
	if l.Carrier {
		l.State, l.Flags = "UP", []string{"BROADCAST", "MULTICAST", "UP", "LOWER_UP"}
	}
	if l.Master != "" {
		l.PortState = "disabled"
		if l.Carrier && n.find(n.at[l], l.Master).Up {
			l.PortState = "forwarding"
		}
	}
}

func (n *net) layer3(s *snapshot.Space) {
	if lo := n.find(s.Name, "lo"); lo.Up {
		s.Addrs = append(s.Addrs, snapshot.Addr{Link: "lo", Prefix: netip.MustParsePrefix("127.0.0.1/8"), Scope: "host"})
	}
	for _, a := range n.addrs {
		if a.space != s.Name {
			continue
		}
		s.Addrs = append(s.Addrs, snapshot.Addr{Link: a.link, Prefix: a.prefix, Scope: "global"})
		if l := n.find(s.Name, a.link); l.Up && !a.prefix.IsSingleIP() {
			s.Routes = append(s.Routes, snapshot.Route{Dst: a.prefix.Masked(), Link: a.link, Src: a.prefix.Addr(), LinkDown: !l.Carrier, Table: 254})
		}
	}
	for _, r := range n.routes {
		if r.space == s.Name && (r.link == "" || n.find(s.Name, r.link).Up) {
			s.Routes = append(s.Routes, snapshot.Route{Dst: r.prefix, Via: r.via, Link: r.link, Type: r.kind, Table: 254})
		}
	}
}

// pair is the lesson of two namespaces and a cable.
func pair() *net {
	return newNet("host", "ns1", "ns2").
		cable("ns1", "veth_ns1", "ns2", "veth_ns2").
		addr("ns1", "veth_ns1", "10.1.1.1/24").
		addr("ns2", "veth_ns2", "10.1.1.2/24")
}

// bridged is the lesson of the bridge, with a third namespace and the host.
func bridged() *net {
	n := newNet("host", "ns1", "ns2", "ns3")
	for _, s := range []string{"ns1", "ns2", "ns3"} {
		n.cable(s, "veth_"+s, "host", "veth_"+s+"_br0")
		n.addr(s, "veth_"+s, "10.1.1."+s[2:]+"/24")
	}
	return n.bridge("host", "br0", "veth_ns1_br0", "veth_ns2_br0", "veth_ns3_br0").addr("host", "br0", "10.1.1.4/24")
}

// routed is two networks and a router.
func routed() *net {
	return newNet("host", "A", "R", "F").
		cable("A", "eth0", "R", "eth1").cable("F", "eth0", "R", "eth2").
		addr("A", "eth0", "192.168.1.1/24").addr("R", "eth1", "192.168.1.5/24").
		addr("R", "eth2", "192.168.2.5/24").addr("F", "eth0", "192.168.2.3/24").
		route("A", "192.168.2.0/24", "192.168.1.5", "eth0").
		route("F", "192.168.1.0/24", "192.168.2.5", "eth0").
		sysctl("R", "net.ipv4.ip_forward", "1")
}

// twoCables is the mistake before the bridge: one namespace with two cables
// into the same network.
func twoCables() *net {
	return newNet("host", "ns1", "ns2", "ns3").
		cable("ns1", "veth_a", "ns2", "veth_ns2").cable("ns1", "veth_b", "ns3", "veth_ns3").
		addr("ns1", "veth_a", "10.1.1.1/24").addr("ns1", "veth_b", "10.1.1.4/24").
		addr("ns2", "veth_ns2", "10.1.1.2/24").addr("ns3", "veth_ns3", "10.1.1.3/24")
}

func silent(from, to string) measure.Ping {
	return measure.Ping{From: from, To: netip.MustParseAddr(to), Sent: 1, Fate: measure.Silent}
}

func refusal(from, to, errno string) measure.Ping {
	return measure.Ping{From: from, To: netip.MustParseAddr(to), Sent: 1, Fate: measure.Refused, Errno: errno, Text: "words"}
}

// row is the hosts a and b with n routers between them. The last network is
// always 10.0.64.0/24, and a has 10.0.0.1.
func row(n int) *net {
	spaces := []string{"a"}
	for i := range n {
		spaces = append(spaces, fmt.Sprint("r", i+1))
	}
	spaces = append(spaces, "b")
	lab := newNet(spaces...)
	for i := range n + 1 {
		third := i
		if i == n {
			third = 64
		}
		left, right := spaces[i], spaces[i+1]
		lab.cable(left, "right", right, "left").
			addr(left, "right", fmt.Sprintf("10.0.%d.1/24", third)).addr(right, "left", fmt.Sprintf("10.0.%d.2/24", third)).
			route(left, "10.0.64.0/24", fmt.Sprintf("10.0.%d.2", third), "right")
		if i > 0 {
			lab.route(right, "10.0.0.0/24", fmt.Sprintf("10.0.%d.1", third), "left").sysctl(left, "net.ipv4.ip_forward", "1")
		}
	}
	return lab
}
