package fault

import (
	"fmt"
	"net/netip"
	"strings"

	"netlab/internal/scene"
	"netlab/internal/snapshot"
)

// network is a scene in few words. Nodes are "h:A" for a host, "s:s1" for a switch
// and "r:R" for a router; a link is "A s1 10.0.0.1/24", a route
// "A 0.0.0.0/0 10.0.0.254".
func network(nodes string, lines ...string) snapshot.Lab {
	kinds := map[byte]scene.Kind{'h': scene.Host, 's': scene.Switch, 'r': scene.Router}
	var all []scene.Node
	for _, word := range strings.Fields(nodes) {
		n := scene.Node{Name: word[2:], Kind: kinds[word[0]], Forward: word[0] == 'r'}
		for _, l := range lines {
			if f := strings.Fields(l); f[0] == n.Name && strings.Contains(f[1], "/") {
				n.Routes = append(n.Routes, scene.Route{To: netip.MustParsePrefix(f[1]), Via: netip.MustParseAddr(f[2])})
			}
		}
		all = append(all, n)
	}
	var links []scene.Link
	for _, l := range lines {
		f := strings.Fields(l)
		if strings.Contains(f[1], "/") {
			continue
		}
		link := scene.Link{Node: f[0], To: f[1]}
		for _, a := range f[2:] {
			link.Addrs = append(link.Addrs, netip.MustParsePrefix(a))
		}
		links = append(links, link)
	}
	return labOf(scene.Wire(all, links))
}

// labOf is what the kernel would say of a scene, as far as faults look at it.
func labOf(s scene.Scene) snapshot.Lab {
	lab := snapshot.Lab{Spaces: []snapshot.Space{{Name: snapshot.Host}}}
	at := map[string]int{}
	for _, n := range s.Nodes {
		forward := "0"
		if n.Forward {
			forward = "1"
		}
		at[n.Name] = len(lab.Spaces)
		space := snapshot.Space{Name: n.Name, Sysctls: map[string]string{
			"net.ipv4.ip_forward": forward, "net.ipv6.conf.all.forwarding": forward, "net.bridge.bridge-nf-call-iptables": "1",
		}}
		space.Links = append(space.Links, snapshot.Link{Name: "lo", Kind: "loopback", Up: true})
		space.Addrs = append(space.Addrs, snapshot.Addr{Link: "lo", Prefix: netip.MustParsePrefix("127.0.0.1/8"), Scope: "host"})
		if n.Kind == scene.Switch {
			space.Links = append(space.Links, snapshot.Link{Name: n.Bridge(), Kind: "bridge", Up: true, MTU: 1500})
		}
		lab.Spaces = append(lab.Spaces, space)
	}
	for i, c := range s.Cables {
		plug(s, &lab.Spaces[at[c.A.Node]], c.A, c.B, 2*i)
		plug(s, &lab.Spaces[at[c.B.Node]], c.B, c.A, 2*i+1)
	}
	for _, n := range s.Nodes {
		for _, r := range n.Routes {
			space := &lab.Spaces[at[n.Name]]
			near, _ := space.Lookup(r.Via)
			space.Routes = append(space.Routes, snapshot.Route{Family: familyOf(r.To), Type: "unicast", Dst: r.To, Via: r.Via, Link: near.Link, Table: 254, Proto: "boot"})
		}
	}
	return lab
}

func familyOf(p netip.Prefix) int {
	if p.Addr().Is6() {
		return 6
	}
	return 4
}

func plug(s scene.Scene, space *snapshot.Space, own, other scene.End, number int) {
	l := snapshot.Link{Name: own.Dev, Kind: "veth", MAC: fmt.Sprintf("02:00:00:00:01:%02x", number), MTU: 1500, Up: true, Carrier: true,
		Peer: other.Dev, PeerSpace: other.Node}
	if n, _ := s.Node(own.Node); n.Kind == scene.Switch {
		l.Master = n.Bridge()
	}
	space.Links = append(space.Links, l)
	for _, a := range own.Addrs {
		space.Addrs = append(space.Addrs, snapshot.Addr{Link: own.Dev, Prefix: a, Scope: "global"})
		space.Routes = append(space.Routes, snapshot.Route{Family: familyOf(a), Type: "unicast", Dst: a.Masked(), Link: own.Dev, Src: a.Addr(), Table: 254, Proto: "kernel"})
	}
}

func probe(from, to, proto string, size int) Probe {
	p := Probe{From: from, To: netip.MustParseAddr(to), Proto: proto, Size: size}
	if proto != ICMP {
		p.Port = 8080
	}
	return p
}

func pair(proto string) Topology {
	t := Topology{Name: "pair", Lab: network("h:A h:B", "A B 10.0.0.1/24", "B A 10.0.0.2/24"), Probe: probe("A", "10.0.0.2", proto, 1400)}
	if proto != ICMP {
		t.Service = &Service{In: "B", Proto: proto, Addr: netip.IPv4Unspecified(), Port: 8080}
	}
	return t
}

func switched() Topology {
	return Topology{Name: "switched", Probe: probe("A", "10.0.0.2", UDP, 1400),
		Lab:     network("s:s1 h:A h:B h:C", "A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "C s1 10.0.0.3/24"),
		Service: &Service{In: "B", Proto: UDP, Addr: netip.IPv4Unspecified(), Port: 8080}}
}

func twoNetworks() Topology {
	return Topology{Name: "routed", Probe: probe("A", "192.168.2.1", ICMP, 1400), Lab: network("s:s1 s:s2 h:A h:B r:R h:D",
		"A s1 192.168.1.1/24", "B s1 192.168.1.2/24", "R s1 192.168.1.5/24", "R s2 192.168.2.5/24", "D s2 192.168.2.1/24",
		"A 192.168.2.0/24 192.168.1.5", "D 0.0.0.0/0 192.168.2.5")}
}

func twoNetworks6() Topology {
	return Topology{Name: "routed6", Probe: probe("A", "fd00:2::1", ICMP, 1400), Lab: network("h:A r:R h:D s:s1 h:B",
		"A s1 fd00:1::1/64", "B s1 fd00:1::2/64", "R s1 fd00:1::5/64", "R D fd00:2::5/64", "D R fd00:2::1/64",
		"A ::/0 fd00:1::5", "D fd00:1::/64 fd00:2::5")}
}

// gateway is a LAN behind a router with one public address.
func gateway() Topology {
	nft := "ip netns exec R nft "
	return Topology{Name: "gateway", Probe: probe("A", "198.51.100.9", ICMP, 0), Lab: network("h:A r:R r:isp h:web",
		"A R 192.168.1.1/24", "R A 192.168.1.5/24", "R isp 203.0.113.1/24", "isp R 203.0.113.254/24", "isp web 198.51.100.254/24", "web isp 198.51.100.9/24",
		"A 0.0.0.0/0 192.168.1.5", "R 0.0.0.0/0 203.0.113.254", "web 0.0.0.0/0 198.51.100.254"),
		SNAT: &SNAT{In: "R", Out: "eth1", Inner: "eth0", Table: "ip nat", Lines: []string{nft + "add table ip nat",
			nft + "add chain ip nat post '{ type nat hook postrouting priority 100 ; }'", nft + "add rule ip nat post oifname eth1 masquerade"}}}
}

// forward is a LAN with one server, which the router shows outside.
func forward() Topology {
	nft := "ip netns exec R nft "
	return Topology{Name: "forward", Probe: probe("web", "203.0.113.1", TCP, 0), Lab: network("h:A r:R h:web",
		"A R 192.168.1.1/24", "R A 192.168.1.5/24", "R web 203.0.113.1/24", "web R 203.0.113.9/24", "A 0.0.0.0/0 192.168.1.5"),
		Service: &Service{In: "A", Proto: TCP, Addr: netip.IPv4Unspecified(), Port: 80},
		DNAT: &DNAT{In: "R", To: netip.MustParseAddrPort("192.168.1.1:80"), Table: "ip nat", Lines: []string{nft + "add table ip nat",
			nft + "add chain ip nat pre '{ type nat hook prerouting priority -100 ; }'", nft + "add rule ip nat pre tcp dport 8080 dnat to 192.168.1.1:80"}}}
}

// ways is a network whose answers come back by another router.
func ways(back string) Topology {
	return Topology{Name: "ways", Probe: probe("A", "10.4.0.1", ICMP, 0), Lab: network("h:A r:r1 r:r2 r:r3 r:r4 h:B",
		"A r1 10.1.0.1/24", "r1 A 10.1.0.254/24", "r1 r2 10.12.0.1/24", "r1 r3 10.13.0.1/24", "r2 r1 10.12.0.2/24", "r2 r4 10.24.0.2/24",
		"r3 r1 10.13.0.3/24", "r3 r4 10.34.0.3/24", "r4 r2 10.24.0.4/24", "r4 r3 10.34.0.4/24", "r4 B 10.4.0.254/24", "B r4 10.4.0.1/24",
		"A 0.0.0.0/0 10.1.0.254", "B 0.0.0.0/0 10.4.0.254", "r1 10.4.0.0/24 10.12.0.2", "r2 10.4.0.0/24 10.24.0.4", "r2 10.1.0.0/24 10.12.0.1",
		"r3 10.1.0.0/24 10.13.0.1", "r3 10.4.0.0/24 10.34.0.4", "r4 10.1.0.0/24 "+back)}
}

// overlay is two pods on two nodes, with a tunnel between their bridges.
func overlay() Topology {
	lab := network("h:node1 r:R h:node2 h:pod1 h:pod2",
		"node1 R 10.0.1.1/24", "R node1 10.0.1.254/24", "R node2 10.0.2.254/24", "node2 R 10.0.2.1/24",
		"pod1 node1 10.244.0.1/24", "pod2 node2 10.244.0.2/24", "node1 0.0.0.0/0 10.0.1.254", "node2 0.0.0.0/0 10.0.2.254")
	for i := range lab.Spaces {
		s := &lab.Spaces[i]
		if !strings.HasPrefix(s.Name, "node") {
			if strings.HasPrefix(s.Name, "pod") {
				s.Links[1].MTU = 1450
			}
			continue
		}
		own, far := netip.MustParseAddr("10.0.1.1"), netip.MustParseAddr("10.0.2.1")
		if s.Name == "node2" {
			own, far = far, own
		}
		for j := range s.Links {
			if s.Links[j].Name == "eth1" {
				s.Links[j].Master = "cni0"
			}
		}
		s.Links = append(s.Links, snapshot.Link{Name: "cni0", Kind: "bridge", Up: true, MTU: 1450},
			snapshot.Link{Name: "vxlan0", Kind: "vxlan", Master: "cni0", Up: true, MTU: 1450, MAC: "02:00:00:00:02:0" + s.Name[4:],
				VXLAN: &snapshot.VXLAN{ID: 42, DstPort: 4789, Local: own, Learning: true}})
		s.FDB = append(s.FDB, snapshot.FDB{Link: "vxlan0", MAC: flooding, Dst: far, Self: true, State: "permanent"})
	}
	return Topology{Name: "overlay", Lab: lab, Probe: probe("pod1", "10.244.0.2", ICMP, 1440)}
}

func all() []Topology {
	return append([]Topology{pair(ICMP), pair(TCP), switched(), twoNetworks(), twoNetworks6(), gateway(), forward(), ways("10.34.0.3"), overlay()}, allNamed()...)
}

// give gives an interface an address, and the route of its network.
func give(s *snapshot.Space, link, addr string) {
	a := netip.MustParsePrefix(addr)
	s.Addrs = append(s.Addrs, snapshot.Addr{Link: link, Prefix: a, Scope: "global"})
	s.Routes = append(s.Routes, snapshot.Route{Family: familyOf(a), Type: "unicast", Dst: a.Masked(), Link: link, Src: a.Addr(), Table: 254, Proto: "kernel"})
}
