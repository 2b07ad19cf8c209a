package topology

import (
	"fmt"
	"strings"
)

// Mermaid writes the graph as a flowchart of Mermaid.
func Mermaid(g Graph, opt Options) string {
	d := diagramOf(g, opt)
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	for i := range d.g.Nodes {
		n := &d.g.Nodes[i]
		id := nodeID(i)
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
			fmt.Fprintf(&b, "    %s%s%s%s\n", linkID(i, j), left, strings.Join(label, "<br/>"), right)
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
