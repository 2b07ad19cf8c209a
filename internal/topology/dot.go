package topology

import (
	"fmt"
	"slices"
	"strings"
)

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
			fmt.Fprintf(&b, "    %s [label=%s, %s]\n", linkID(i, j), dotText(d.lines(l)...), look)
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
