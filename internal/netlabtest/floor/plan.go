package floor

import (
	"fmt"
	"net/netip"
)

// Plan is a network to build: who there is, what is plugged in where, and who
// pings whom.
type Plan struct {
	Nodes  []Node
	Cables []Cable
	Among  []Host // they all ping each other
}

// Node is a namespace.
type Node struct {
	Name           string
	Switch, Router bool
	Routes         []Route
}

// Route is a way through another node.
type Route struct {
	To  netip.Prefix
	Via netip.Addr
}

// Cable is a veth pair. The end of a switch is always the near one.
type Cable struct{ Near, Far End }

// End is an end of a cable. Its node is a place in the plan's list; without an
// address it is a port of a switch.
type End struct {
	Node, Index int
	Dev         string
	Addr        netip.Prefix
}

// Host is a place in the list of nodes, and the address to ping there.
type Host struct {
	Node int
	Addr netip.Addr
}

// New plans "pair", or "star" or "chain" of n. It is nil for other words.
func New(kind string, n int) *Plan {
	switch kind {
	case "pair":
		return pair()
	case "star":
		return star(n)
	case "chain":
		return chain(n)
	}
	return nil
}

// pair is two hosts on one cable.
func pair() *Plan {
	a, b := prefix(10, 0, 0, 1, 24), prefix(10, 0, 0, 2, 24)
	return &Plan{
		Nodes:  []Node{{Name: "a"}, {Name: "b"}},
		Cables: []Cable{{End{0, 2, "eth0", a}, End{1, 3, "eth0", b}}},
		Among:  []Host{{0, a.Addr()}, {1, b.Addr()}},
	}
}

// star is n hosts on one switch.
func star(n int) *Plan {
	p := &Plan{Nodes: []Node{{Name: "sw", Switch: true}}}
	for i := 1; i <= n; i++ {
		addr := prefix(10, 0, i>>8, i, 16)
		p.Nodes = append(p.Nodes, Node{Name: fmt.Sprint("h", i)})
		p.Cables = append(p.Cables, Cable{End{Node: 0, Index: 1000 + i, Dev: fmt.Sprint("p", i)}, End{i, 2, "eth0", addr}})
		p.Among = append(p.Among, Host{i, addr.Addr()})
	}
	return p
}

// chain is a host, n routers in a row, and a host. A router knows the ways to
// the networks of the two hosts and no others.
func chain(n int) *Plan {
	p := &Plan{Nodes: []Node{{Name: "h1"}}}
	for i := 1; i <= n; i++ {
		p.Nodes = append(p.Nodes, Node{Name: fmt.Sprint("r", i), Router: true})
	}
	p.Nodes = append(p.Nodes, Node{Name: "h2"})
	for i := range n + 1 {
		near, far := hop(i, n)
		p.Cables = append(p.Cables, Cable{End{i, 3, "right", near}, End{i + 1, 2, "left", far}})
	}
	start, end := p.Cables[0], p.Cables[n]
	p.Among = []Host{{0, start.Near.Addr.Addr()}, {n + 1, end.Far.Addr.Addr()}}
	p.route(0, prefix(0, 0, 0, 0, 0), start.Far)
	p.route(n+1, prefix(0, 0, 0, 0, 0), end.Near)
	for i := 1; i < n; i++ {
		p.route(i, end.Far.Addr.Masked(), p.Cables[i].Far)
		p.route(i+1, start.Near.Addr.Masked(), p.Cables[i].Near)
	}
	return p
}

func (p *Plan) route(node int, to netip.Prefix, via End) {
	n := &p.Nodes[node]
	n.Routes = append(n.Routes, Route{to, via.Addr.Addr()})
}

// hop are the two addresses of the cable behind node i of a chain.
func hop(i, n int) (near, far netip.Prefix) {
	switch i {
	case 0:
		return prefix(10, 1, 0, 2, 24), prefix(10, 1, 0, 1, 24)
	case n:
		return prefix(10, 2, 0, 1, 24), prefix(10, 2, 0, 2, 24)
	}
	return prefix(10, 3, (i+1)>>6, (i+1)<<2+1, 30), prefix(10, 3, (i+1)>>6, (i+1)<<2+2, 30)
}

// prefix takes the lowest byte of each number.
func prefix(a, b, c, d, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(a), byte(b), byte(c), byte(d)}), bits)
}
