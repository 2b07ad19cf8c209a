package topology

import "netlab/internal/scene"

// OfScene makes the graph that a lab has when a scene was built in it: what Of
// makes of its snapshot, but for host and the addresses of the kernel's own.
func OfScene(s scene.Scene) Graph {
	g := Graph{Nodes: []Node{}, Cables: []Cable{}}
	at, bridges := map[string]int{}, map[string]string{}
	six := s.Uses6()
	for _, n := range s.Nodes {
		at[n.Name] = len(g.Nodes)
		node := Node{Name: n.Name, Links: []Link{{Name: "lo", Kind: loopback, State: Up, Addrs: []Addr{}}}, Forward4: n.Forward, Forward6: n.Forward && six}
		if n.Kind == scene.Switch {
			bridges[n.Name] = n.Bridge()
			node.Links = append(node.Links, Link{Name: n.Bridge(), Kind: bridge, State: NoCarrier, Addrs: []Addr{}})
		}
		g.Nodes = append(g.Nodes, node)
	}
	for _, c := range s.Cables {
		for _, e := range []scene.End{c.A, c.B} {
			n := &g.Nodes[at[e.Node]]
			l := Link{Name: e.Dev, Kind: "veth", State: Up, Master: bridges[e.Node], Addrs: []Addr{}}
			for _, a := range e.Addrs {
				l.Addrs = append(l.Addrs, Addr{Text: a.String()})
			}
			n.Links = append(n.Links, l)
			if b := n.Link(l.Master); b != nil {
				b.State = Up // a bridge has a carrier when a port has one
			}
		}
		g.Cables = append(g.Cables, Cable{Veth, End{c.A.Node, c.A.Dev}, End{c.B.Node, c.B.Dev}})
	}
	for i := range g.Nodes {
		g.Nodes[i].Kind = kindOf(g.Nodes[i])
	}
	return g
}
