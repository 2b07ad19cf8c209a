package topology

import (
	"regexp"
	"strings"
	"testing"
)

// checkMermaid reads a flowchart by the few forms of lines that there may be,
// and returns its nodes and its edges. Each edge must be between nodes.
func checkMermaid(t testing.TB, text string) (nodes, edges int) {
	t.Helper()
	node := regexp.MustCompile(`^    (n\d+_(?:\d+|x))(\["[^"<>\x60]*(?:<br/>[^"<>\x60]*)*"\]|\[\["[^"<>\x60]*(?:<br/>[^"<>\x60]*)*"\]\])$`)
	edge := regexp.MustCompile(`^  (n\d+_\d+) (---|===|-\.-|~~~) (n\d+_\d+)$`)
	subgraph := regexp.MustCompile(`^  subgraph n\d+\["[^"<>\x60]*"\]$`)
	class := regexp.MustCompile(`^  (classDef \w+ [\w:#,. -]+|class n[\dn_,]+ \w+)$`)
	known := map[string]bool{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "flowchart TB" {
		t.Fatalf("it begins with %q", lines[0])
	}
	for _, l := range lines[1:] {
		switch m := node.FindStringSubmatch(l); {
		case m != nil && !known[m[1]]:
			known[m[1]] = true
		case subgraph.MatchString(l), class.MatchString(l), l == "  end":
		default:
			e := edge.FindStringSubmatch(l)
			if e == nil || !known[e[1]] || !known[e[3]] {
				t.Fatalf("a line of Mermaid: %q\n%s", l, text)
			}
			edges++
		}
	}
	return len(known), edges
}

// checkDOT does the same for Graphviz.
func checkDOT(t testing.TB, text string) (nodes, edges int) {
	t.Helper()
	quoted := `"(?:[^"\\\n]|\\.)*"`
	node := regexp.MustCompile(`^    (n\d+_(?:\d+|x)) \[label=` + quoted + `(?:, \w+=\w+)+\]$`)
	edge := regexp.MustCompile(`^  (n\d+_\d+) -- (n\d+_\d+)(?: \[\w+=\w+\])?$`)
	other := regexp.MustCompile(`^  (?:node|graph) \[(?:[\w]+=(?:\w+|"\w+")(?:, )?)+\]$|^  subgraph cluster_\d+ \{$|^    label=` + quoted + `$|^  \}$|^\}$`)
	known := map[string]bool{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "graph lab {" || lines[len(lines)-1] != "}" {
		t.Fatalf("it begins with %q and ends with %q", lines[0], lines[len(lines)-1])
	}
	for _, l := range lines[1:] {
		switch m := node.FindStringSubmatch(l); {
		case m != nil && !known[m[1]]:
			known[m[1]] = true
		case other.MatchString(l):
		default:
			e := edge.FindStringSubmatch(l)
			if e == nil || !known[e[1]] || !known[e[2]] {
				t.Fatalf("a line of DOT: %q\n%s", l, text)
			}
			edges++
		}
	}
	return len(known), edges
}

func TestDiagramsAreWhole(t *testing.T) {
	for name, g := range labs(t) {
		t.Run(name, func(t *testing.T) {
			seen := shown(g, Options{})
			nodes, least := 0, len(seen.Cables)+linksOf(seen, func(l Link) bool { return l.Master != "" })
			for _, n := range seen.Nodes {
				nodes += max(len(n.Links), 1)
			}
			for format, check := range map[string]func() (int, int){
				"Mermaid": func() (int, int) { return checkMermaid(t, Mermaid(g, Options{})) },
				"DOT":     func() (int, int) { return checkDOT(t, DOT(g, Options{})) },
			} {
				if n, e := check(); n != nodes || e < least {
					t.Errorf("%s: %d nodes and %d edges, want %d and %d or more", format, n, e, nodes, least)
				}
			}
		})
	}
}
