package topology

import (
	"fmt"
	"strings"
)

// diagram is a graph for the formats of other programs: every name is a short
// one of its own, and all that comes from the lab is in the labels.
type diagram struct {
	g   *Graph
	ids map[End]string // of links
}

func nodeID(i int) string { return fmt.Sprintf("n%d", i) }

func linkID(i, j int) string { return fmt.Sprintf("n%d_%d", i, j) }

// diagramOf takes what is usually drawn of a graph.
func diagramOf(g Graph, opt Options) *diagram {
	opt.ASCII = false
	g = shown(g, opt)
	d := &diagram{g: &g, ids: map[End]string{}}
	for i, n := range g.Nodes {
		for j, l := range n.Links {
			d.ids[End{n.Name, l.Name}] = linkID(i, j)
		}
	}
	return d
}

// title is the label of a node.
func (d *diagram) title(n *Node) string {
	sign, _ := marked(n.Mark, Plain)
	return strings.TrimSpace(sign + strings.Join(append([]string{n.name()}, n.traits()...), " · "))
}

// lines are the label of a link.
func (d *diagram) lines(l *Link) []string {
	mark, _ := marked(l.Mark, Plain)
	out := []string{sign(l.State, false) + mark + l.name()}
	if about := l.about(); about != "" {
		out = append(out, about)
	}
	for _, a := range l.Addrs {
		mark, _ := marked(a.Mark, Plain)
		out = append(out, strings.TrimSpace(mark)+a.words())
	}
	return out
}

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
			b, end := n.Link(l.Master), End{n.Name, l.Name}
			switch {
			case b != nil && up[end]:
				out = append(out, edge{d.ids[end], d.ids[End{n.Name, b.Name}], edgePort})
			case b != nil:
				out = append(out, edge{d.ids[End{n.Name, b.Name}], d.ids[end], edgePort})
			case up[end]:
				for _, o := range n.Links {
					if far := (End{n.Name, o.Name}); down[far] && o.Master == "" {
						out = append(out, edge{d.ids[end], d.ids[far], edgeOrder})
					}
				}
			}
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

// class is the look of a link: that of a new one, or of its state.
func class(l *Link) string {
	switch {
	case l.Mark == New:
		return "fresh"
	case l.State == Down:
		return "down"
	case l.State == NoCarrier:
		return "idle"
	}
	return "up"
}

// classes are the looks that a diagram uses, in order.
func (d *diagram) classes() map[string][]string {
	out := map[string][]string{}
	for i := range d.g.Nodes {
		n := &d.g.Nodes[i]
		for j := range n.Links {
			l := &n.Links[j]
			out[class(l)] = append(out[class(l)], linkID(i, j))
		}
	}
	return out
}
