package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/term"
	"netlab/internal/topology"
)

// chain is so many computers in a row, with cables between them.
func chain(nodes int) *topology.Graph {
	var g topology.Graph
	for i := range nodes {
		n := topology.Node{Name: fmt.Sprint("n", i), Kind: topology.Host}
		for _, name := range []string{"left", "right"} {
			n.Links = append(n.Links, topology.Link{Name: name, Kind: "veth", State: topology.Up, Addrs: []topology.Addr{{Text: "10.0.0.1/24"}}})
		}
		g.Nodes = append(g.Nodes, n)
		if i > 0 {
			g.Cables = append(g.Cables, topology.Cable{Kind: topology.Veth,
				A: topology.End{Node: fmt.Sprint("n", i-1), Link: "right"}, B: topology.End{Node: n.Name, Link: "left"}})
		}
	}
	return &g
}

func TestAPictureTakesTheRoomThatThereIs(t *testing.T) {
	const boxes, tree, nothing = "┌", "└─ ● right", ""
	tests := []struct {
		name string
		kind event.Kind
		g    *topology.Graph
		opt  Options
		want string
	}{
		{"to one who reads along", event.Picture, chain(2), Options{Guided: true}, boxes},
		{"into a file it is left out", event.Picture, chain(2), Options{}, nothing},
		{"for one who wants more it is there", event.Picture, chain(2), Options{More: true}, boxes},
		{"but not for one who wants less", event.Picture, chain(2), Options{Guided: true, Quiet: true}, nothing},
		{"one that is too tall is a tree", event.Picture, chain(5), Options{Guided: true}, tree},
		{"a taller one is left out", event.Picture, chain(9), Options{Guided: true}, nothing},
		{"more has room for it", event.Picture, chain(9), Options{Guided: true, More: true}, tree},
		{"but not for everything", event.Picture, chain(40), Options{More: true}, nothing},
		{"none", event.Picture, nil, Options{Guided: true}, nothing},
		{"a scene is always shown", event.Scene, chain(2), Options{}, boxes},
		{"a tall one as a tree", event.Scene, chain(9), Options{}, tree},
		{"a taller one by the names in it", event.Scene, chain(40), Options{}, "40 nodes: n0, n1"},
		{"a scene of nothing", event.Scene, &topology.Graph{}, Options{}, nothing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, _ := shown(t, "plain", []event.Event{{Kind: tt.kind, Picture: tt.g}}, look{width: 80}, tt.opt)
			if tt.want == nothing && out != "" || !strings.Contains(out, tt.want) {
				t.Errorf("it shows\n%s", out)
			}
			if tt.want != boxes && strings.Contains(out, boxes) {
				t.Errorf("it shows boxes\n%s", out)
			}
			most := maxPicture
			switch {
			case tt.opt.More:
				most = maxPictureMore
			case tt.kind == event.Scene:
				most = maxScene + 1
			}
			if n := strings.Count(out, "\n"); n > most {
				t.Errorf("%d lines", n)
			}
		})
	}
}

func TestAPictureStandsBetweenChangesAndChecks(t *testing.T) {
	out, _ := shown(t, "plain", []event.Event{
		{Kind: event.StepStart, Step: 1, Title: "A link"},
		{Kind: event.Change, Step: 1, Sign: "+", Place: "A", Line: "link eth0"},
		{Kind: event.Picture, Step: 1, Picture: picture("10.0.0.1/24", topology.New)},
		{Kind: event.Check, Step: 1, Check: "x", Text: "It is there", Status: event.Pass},
	}, look{width: 40}, Options{Guided: true})
	want := `── 1 · A link ──────────────────────────

    + A link eth0

  ┌+A ────────────┐
  │ ● eth0        │
  │   10.0.0.1/24 │
  └───────────────┘
  + new

  ✓ It is there
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAGraphOnATerminal(t *testing.T) {
	g := picture("10.0.0.1/24", topology.New)
	g.Nodes[0].Links[0].State = topology.Down
	tests := []struct {
		name         string
		look         look
		tree, colour bool
		want         string
	}{
		{"boxes", look{width: 60}, false, false, "┌+A ────────────┐\n│ ○ eth0        │\n│   10.0.0.1/24 │\n└───────────────┘\n● up  ○ down  + new\n"},
		{"a tree", look{width: 60}, true, false, "+A\n└─ ○ eth0  10.0.0.1/24\n"},
		{"ASCII", look{width: 60, ascii: true}, true, false, "+A\n`- o eth0  10.0.0.1/24\n"},
		{"colour beside each sign", look{width: 60, colour: true}, true, true, "\x1b[32m+A\x1b[0m\n\x1b[2m└─ \x1b[0m\x1b[1;31m○\x1b[0m eth0  10.0.0.1/24\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := term.Test(strings.NewReader(""), tt.look.width)
			tm.OutColour, tm.UTF8 = tt.look.colour, !tt.look.ascii
			if err := Graph(tm, *g, tt.tree, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, bufs.Out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatActsInAPictureIsMadeHarmless(t *testing.T) {
	g := chain(2)
	g.Nodes[0].Name, g.Nodes[1].Links[0].Addrs[0].Text = "\x1b[31mred", "\x9b2J"
	out, _ := shown(t, "tty", []event.Event{{Kind: event.Picture, Picture: g}}, look{width: 80}, Options{Guided: true})
	if term.Clean(out) != out || !strings.Contains(out, `\x1b[31mred`) {
		t.Errorf("%q", out)
	}
	if g.Nodes[0].Name != "\x1b[31mred" {
		t.Error("the caller's event has been changed")
	}
}
