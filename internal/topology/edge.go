package topology

// edge is a line between two links of a diagram, the upper one first.
type edge struct {
	a, b string
	kind edgeKind
}

type edgeKind int

const (
	edgeCable edgeKind = iota
	edgeTunnel
	edgePort  // between a bridge and its port
	edgeOrder // not to be seen: it holds one link above another
)

// edges are all lines, from the upper rows of boxes to the lower ones, so that
// other programs put the nodes in the same rows.
func (d *diagram) edges() []edge {
	up, down := d.sides()
	var out []edge
	for i := range d.g.Nodes {
		n := &d.g.Nodes[i]
		for _, l := range n.Links {
			out = append(out, d.inside(n, l, up, down)...)
		}
	}
	for _, c := range d.g.Cables {
		a, b := c.A, c.B
		if up[a] {
			a, b = b, a
		}
		if d.ids[a] == "" || d.ids[b] == "" {
			continue
		}
		kind := edgeCable
		if c.Kind == VXLAN {
			kind = edgeTunnel
		}
		out = append(out, edge{d.ids[a], d.ids[b], kind})
	}
	return out
}

// inside are the lines of a link to others of its node: to its bridge, or, if
// it has none and its cable leads up, to those whose cables lead down.
func (d *diagram) inside(n *Node, l Link, up, down map[End]bool) []edge {
	end := End{n.Name, l.Name}
	if b := n.Link(l.Master); b != nil {
		upper, lower := End{n.Name, b.Name}, end
		if up[end] {
			upper, lower = lower, upper
		}
		return []edge{{d.ids[upper], d.ids[lower], edgePort}}
	}
	if !up[end] {
		return nil
	}
	var out []edge
	for _, o := range n.Links {
		if far := (End{n.Name, o.Name}); down[far] && o.Master == "" {
			out = append(out, edge{d.ids[end], d.ids[far], edgeOrder})
		}
	}
	return out
}

// sides says of which links the cable leads to a row above, and of which to
// one below.
func (d *diagram) sides() (up, down map[End]bool) {
	up, down = map[End]bool{}, map[End]bool{}
	w, row := webOf(d.g), map[string]int{}
	for _, part := range w.islands() {
		for y, nodes := range w.layers(part) {
			for _, n := range nodes {
				row[d.g.Nodes[n].Name] = y
			}
		}
	}
	for _, c := range d.g.Cables {
		for _, e := range [][2]End{{c.A, c.B}, {c.B, c.A}} {
			if c.Kind == Veth && row[e[0].Node] > row[e[1].Node] {
				up[e[0]], down[e[1]] = true, true
			}
		}
	}
	return up, down
}
