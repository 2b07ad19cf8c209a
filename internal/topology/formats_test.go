package topology

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// element is an element of an SVG with the text in it.
type element struct {
	name, class, text string
}

// elements reads XML and returns what is in it.
func elements(t testing.TB, text string) []element {
	t.Helper()
	var all []element
	var open []int
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, text)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local}
			for _, a := range tok.Attr {
				if a.Name.Local == "class" {
					e.class = a.Value
				}
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("<%s> has %s=%q", e.name, a.Name.Local, a.Value)
				}
			}
			open = append(open, len(all))
			all = append(all, e)
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(tok)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func count(all []element, name, class string) int {
	n := 0
	for _, e := range all {
		if e.name == name && slices.Contains(strings.Fields(e.class), class) {
			n++
		}
	}
	return n
}

func TestAnSVGStandsAlone(t *testing.T) {
	for name, g := range labs(t) {
		t.Run(name, func(t *testing.T) {
			text := SVG(g, "a lab", Options{})
			all := elements(t, text)
			allowed := []string{"svg", "title", "desc", "style", "rect", "g", "path", "circle", "text"}
			for _, e := range all {
				if !slices.Contains(allowed, e.name) {
					t.Errorf("<%s>", e.name)
				}
			}
			for _, has := range []string{`viewBox="0 0 `, `role="img"`, "prefers-color-scheme: dark", `<title id="t">a lab</title>`, `<desc id="d">`} {
				if !strings.Contains(text, has) {
					t.Errorf("it lacks %s", has)
				}
			}
			if strings.Contains(text, "url(") || strings.Contains(text, "@import") || strings.Count(text, "http") != 1 {
				t.Error("it asks for something from elsewhere")
			}
			seen := shown(g, Options{})
			for _, n := range seen.Nodes {
				title := clip(n.name(), maxLabel, false)
				if !slices.ContainsFunc(all, func(e element) bool { return e.name == "text" && strings.Contains(e.text, title) }) {
					t.Errorf("no text names %q", title)
				}
			}
		})
	}
}

func TestAnSVGHasABoxForEachNodeAndALineForEachCable(t *testing.T) {
	for name, g := range labs(t) {
		t.Run(name, func(t *testing.T) {
			seen := shown(g, Options{})
			all := elements(t, SVG(g, "", Options{}))
			links, bridges, veths := 0, 0, 0
			for _, n := range seen.Nodes {
				links += len(n.Links)
				for _, l := range n.Links {
					if l.Kind == bridge {
						bridges++
					}
				}
			}
			for _, c := range seen.Cables {
				if c.Kind == Veth {
					veths++
				}
			}
			if got := count(all, "rect", "box"); got != len(seen.Nodes) {
				t.Errorf("%d boxes, want %d", got, len(seen.Nodes))
			}
			if got := count(all, "circle", "dot"); got != links {
				t.Errorf("%d dots, want %d", got, links)
			}
			if got := count(all, "path", "bar"); got != bridges {
				t.Errorf("%d bars, want %d", got, bridges)
			}
			if got := count(all, "path", "cable") - count(all, "path", "tunnel"); got != veths {
				t.Errorf("%d cables, want %d", got, veths)
			}
		})
	}
}

func TestALargeLabIsATreeInAnSVG(t *testing.T) {
	g := switchWith(t, 200, func(_ int, lines string) string { return lines })
	all := elements(t, SVG(g, "", Options{All: true}))
	if count(all, "rect", "box") > 0 {
		t.Error("there are boxes")
	}
	for _, want := range []string{"h1 eth0", "h200 eth0", "10.0.0.200/24"} {
		if !slices.ContainsFunc(all, func(e element) bool { return strings.Contains(e.text, want) }) {
			t.Errorf("%q is not there", want)
		}
	}
	if small := elements(t, SVG(g, "", Options{})); count(small, "rect", "box") != 2 {
		t.Error("collapsed it has two boxes")
	}
}

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
			nodes, least := 0, len(seen.Cables)
			for _, n := range seen.Nodes {
				nodes += max(len(n.Links), 1)
				for _, l := range n.Links {
					if l.Master != "" {
						least++
					}
				}
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
