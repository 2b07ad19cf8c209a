package topology

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

// labs are the graphs of testdata/labs: those that end in .json are what
// "netlab graph --json" printed of lessons at their end, the others are made up.
func labs(t testing.TB) map[string]Graph {
	t.Helper()
	files, err := os.ReadDir("testdata/labs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no labs: %v", err)
	}
	out := map[string]Graph{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join("testdata/labs", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name, recorded := strings.CutSuffix(f.Name(), ".json")
		if !recorded {
			out[strings.TrimSuffix(name, ".txt")] = drawn(t, string(text))
			continue
		}
		var d Document
		if err := json.Unmarshal(text, &d); err != nil || d.V != Version || len(d.Nodes) == 0 {
			t.Fatalf("%s: version %d, %v", f.Name(), d.V, err)
		}
		out[name] = d.Graph
	}
	return out
}

// looks are the forms of text that have golden files.
func looks() map[string]func(Graph) Text {
	return map[string]func(Graph) Text{
		"80":       func(g Graph) Text { return ASCII(g, Options{Width: 80}) },
		"60-ascii": func(g Graph) Text { return ASCII(g, Options{Width: 60, ASCII: true}) },
		"tree-60":  func(g Graph) Text { return Tree(g, Options{Width: 60}) },
	}
}

func TestGolden(t *testing.T) {
	for name, g := range labs(t) {
		t.Run(name, func(t *testing.T) {
			for look, draw := range looks() {
				golden.Equal(t, "testdata/golden/"+name+"."+look+".txt", draw(g).String())
			}
			golden.Equal(t, "testdata/golden/"+name+".mmd", Mermaid(g, Options{}))
			golden.Equal(t, "testdata/golden/"+name+".dot", DOT(g, Options{}))
			golden.Equal(t, "testdata/golden/"+name+".svg", SVG(g, "the lab "+name, Options{}))
		})
	}
}

func TestEveryGoldenFileIsUsed(t *testing.T) {
	known := labs(t)
	files, err := os.ReadDir("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, look, _ := strings.Cut(f.Name(), ".")
		_, text := looks()[strings.TrimSuffix(look, ".txt")]
		if _, ok := known[name]; !ok || !text && !slices.Contains([]string{"mmd", "dot", "svg"}, look) {
			t.Errorf("%s belongs to no lab", f.Name())
		}
	}
}

// TestThePictureInTheDocuments: docs/routing.svg is what netlab draws of the
// lesson routing.
func TestThePictureInTheDocuments(t *testing.T) {
	golden.Equal(t, "../../docs/routing.svg", SVG(labs(t)["routing"], "the lab routing", Options{}))
}
