package topology

import (
	"fmt"
	"slices"
	"strings"
)

// diagram is a graph for the formats of other programs: every name is a short
// one of its own, and all that comes from the lab is in the labels.
type diagram struct {
	g   *Graph
	ids map[End]string // of links; with an empty Link: of nodes
}

// diagramOf takes what is usually drawn of a graph.
func diagramOf(g Graph, opt Options) *diagram {
	opt.ASCII = false
	g = shown(g, opt)
	d := &diagram{g: &g, ids: map[End]string{}}
	for i, n := range g.Nodes {
		d.ids[End{n.Name, ""}] = fmt.Sprintf("n%d", i)
		for j, l := range n.Links {
			d.ids[End{n.Name, l.Name}] = fmt.Sprintf("n%d_%d", i, j)
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
			out[class(l)] = append(out[class(l)], d.ids[End{n.Name, l.Name}])
		}
	}
	return out
}

// Mermaid writes the graph as a flowchart of Mermaid.
func Mermaid(g Graph, opt Options) string {
	d := diagramOf(g, opt)
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	for i := range d.g.Nodes {
		n := &d.g.Nodes[i]
		id := d.ids[End{n.Name, ""}]
		fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n", id, mermaidText(d.title(n)))
		for j := range n.Links {
			l := &n.Links[j]
			left, right := `["`, `"]`
			if l.Kind == bridge {
				left, right = `[["`, `"]]`
			}
			var label []string
			for _, s := range d.lines(l) {
				label = append(label, mermaidText(s))
			}
			fmt.Fprintf(&b, "    %s%s%s%s\n", d.ids[End{n.Name, l.Name}], left, strings.Join(label, "<br/>"), right)
		}
		if len(n.Links) == 0 {
			fmt.Fprintf(&b, "    %s_x[\"no links\"]\n", id)
		}
		b.WriteString("  end\n")
	}
	for _, e := range d.edges() {
		fmt.Fprintf(&b, "  %s %s %s\n", e.a, []string{"---", "-.-", "===", "~~~"}[e.kind], e.b)
	}
	d.mermaidClasses(&b)
	return b.String()
}

// mermaidClasses gives the links looks that can be read in light and dark.
func (d *diagram) mermaidClasses(b *strings.Builder) {
	looks := []struct{ class, look string }{
		{"up", "stroke:#2da44e"},
		{"idle", "stroke:#bf8700,stroke-dasharray:4 2"},
		{"down", "stroke:#cf222e,stroke-dasharray:2 3"},
		{"fresh", "stroke:#2da44e,stroke-width:4px"},
	}
	used := d.classes()
	for _, l := range looks {
		if ids := used[l.class]; len(ids) > 0 {
			fmt.Fprintf(b, "  classDef %s %s\n  class %s %s\n", l.class, l.look, strings.Join(ids, ","), l.class)
		}
	}
}

// mermaidText writes what Mermaid, Markdown or HTML could read as their own as
// a number: #34; is a quote.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		plain := r == ' ' || r == '.' || r == '/' || r == ':' || r == '-' || r == '+' || r == ',' || r >= 0x80 ||
			'0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if plain {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}

// DOT writes the graph in the language of Graphviz.
func DOT(g Graph, opt Options) string {
	d := diagramOf(g, opt)
	var b strings.Builder
	b.WriteString("graph lab {\n  node [shape=box, style=rounded, fontname=\"monospace\", fontsize=11]\n  graph [fontname=\"monospace\", fontsize=12]\n")
	for i := range d.g.Nodes {
		n := &d.g.Nodes[i]
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s\n", i, dotText(d.title(n)))
		for j := range n.Links {
			l := &n.Links[j]
			look := "color=" + dotColours()[class(l)]
			if l.Kind == bridge {
				look += ", shape=box, peripheries=2"
			}
			if l.Mark == New {
				look += ", penwidth=3"
			}
			fmt.Fprintf(&b, "    %s [label=%s, %s]\n", d.ids[End{n.Name, l.Name}], dotText(d.lines(l)...), look)
		}
		if len(n.Links) == 0 {
			fmt.Fprintf(&b, "    n%d_x [label=\"no links\", color=gray]\n", i)
		}
		b.WriteString("  }\n")
	}
	for _, e := range d.edges() {
		fmt.Fprintf(&b, "  %s -- %s%s\n", e.a, e.b, []string{"", " [style=dashed]", " [penwidth=3]", " [style=invis]"}[e.kind])
	}
	b.WriteString("}\n")
	return b.String()
}

func dotColours() map[string]string {
	return map[string]string{"up": "forestgreen", "idle": "darkgoldenrod", "down": "firebrick", "fresh": "forestgreen"}
}

// dotText is a label of several lines as a quoted string.
func dotText(lines ...string) string {
	lines = slices.Clone(lines)
	for i, l := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l)
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
