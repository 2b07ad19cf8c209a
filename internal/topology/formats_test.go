package topology

import (
	"fmt"
	"slices"
	"testing"
)

func TestNothingOfALabActsInAFormat(t *testing.T) {
	for _, name := range []string{
		`"`, `\`, `\"`, `"]; x`, "</text><script>alert(1)</script>", "]]>", "<!--", "&amp;", "#quot;", "`x`", "%%{init}%%", "end", "a\nb", "\x00",
		"\x1b[31m", "\u202e", "\xff", "\\N", "\u2028", ";", "subgraph x", "{{", "|", "&#x1b;", "\ufffe",
	} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			g := Graph{Nodes: []Node{
				{Name: name, Links: []Link{{Name: name, Kind: name, State: Up, Over: name, Addrs: []Addr{{Text: name}}}}},
				{Name: "b", Links: []Link{{Name: "x", Kind: "veth", State: Down, Master: name}}},
			}, Cables: []Cable{{Veth, End{name, name}, End{"b", "x"}}}}
			if n, e := checkMermaid(t, Mermaid(g, Options{})); n != 2 || e != 1 {
				t.Errorf("Mermaid: %d nodes, %d edges", n, e)
			}
			if n, e := checkDOT(t, DOT(g, Options{})); n != 2 || e != 1 {
				t.Errorf("DOT: %d nodes, %d edges", n, e)
			}
			all := elements(t, SVG(g, name, Options{}))
			if count(all, "rect", "box") != 2 || slices.ContainsFunc(all, func(e element) bool { return e.name == "script" }) {
				t.Errorf("SVG: %+v", all)
			}
		})
	}
}
