package scene

import (
	"net/netip"

	"netlab/internal/op"
)

// Ops are the lines that build the scene one by one, in their order: with the
// real ip they leave what package kernel builds in one go.
func (s Scene) Ops() []op.Line {
	p := plan{sysctls: s.Sysctls(), switches: map[string]Node{}}
	for _, n := range s.Nodes {
		p.node(n)
	}
	for _, c := range s.Cables {
		p.cable(c)
	}
	for _, n := range s.Nodes {
		if n.Kind == Switch {
			p.up(n.Name, n.Bridge()) // last: with all ports there at once, nothing is flooded to those before
		}
	}
	for _, n := range s.Nodes {
		for _, r := range n.Routes {
			p.route(n.Name, r)
		}
	}
	return p.lines
}

type plan struct {
	sysctls  Settings
	switches map[string]Node
	lines    []op.Line
}

func (p *plan) add(node string, o op.Op) { p.lines = append(p.lines, op.Line{Netns: node, Op: o}) }

func (p *plan) up(node, dev string) {
	up := true
	p.add(node, &op.LinkSet{Dev: dev, Up: &up})
}

func (p *plan) route(node string, r Route) {
	line := op.Line{Netns: node, Op: &op.RouteAdd{Dst: r.To, Via: r.Via}}
	if r.To.Bits() == 0 {
		line.Op = &op.RouteAdd{Default: true, Via: r.Via}
		if r.Via.Is6() {
			line.Family = op.IPv6
		}
	}
	p.lines = append(p.lines, line)
}

func (p *plan) node(n Node) {
	p.add("", &op.NetnsAdd{Name: n.Name})
	for _, set := range p.sysctls.Of(n) {
		p.add(n.Name, &set)
	}
	p.up(n.Name, "lo")
	if n.Kind == Switch {
		p.switches[n.Name] = n
		p.add(n.Name, &op.LinkAdd{Name: n.Bridge(), Kind: "bridge"})
	}
}

func (p *plan) cable(c Cable) {
	p.add(c.A.Node, &op.LinkAdd{Name: c.A.Dev, Kind: "veth", Address: c.A.MAC,
		Peer: op.Peer{Name: c.B.Dev, Netns: c.B.Node, Address: c.B.MAC}})
	for _, e := range []End{c.A, c.B} {
		set := &op.LinkSet{Dev: e.Dev, Up: new(bool)}
		*set.Up = true
		if n, ok := p.switches[e.Node]; ok {
			bridge := n.Bridge()
			set.Master = &bridge
		}
		for _, a := range e.Addrs {
			p.add(e.Node, &op.AddrAdd{Prefix: a, Dev: e.Dev, NoDAD: NoDAD(a)})
		}
		p.add(e.Node, set)
	}
}

// NoDAD says that an address is ready at once: no other node has it, so that
// nobody need be asked (duplicate address detection, RFC 4862, takes a second).
func NoDAD(a netip.Prefix) bool { return a.Addr().Is6() }
