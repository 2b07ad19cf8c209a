package topology

import (
	"encoding/xml"
	"errors"
	"io"
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

// linksOf counts the links of a graph that are such.
func linksOf(g Graph, such func(Link) bool) int {
	n := 0
	for _, node := range g.Nodes {
		for _, l := range node.Links {
			if such(l) {
				n++
			}
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
			links, bridges := linksOf(seen, func(Link) bool { return true }), linksOf(seen, func(l Link) bool { return l.Kind == bridge })
			veths := 0
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
