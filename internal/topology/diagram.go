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
