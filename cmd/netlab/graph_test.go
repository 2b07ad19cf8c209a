package main_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/topology"
)

var record = flag.Bool("record", false, "record the labs that package topology draws in its tests")

// TestTheLabsThatAreDrawnInTestsAreReal: package topology draws labs that were
// recorded from the lessons. They must be what the lessons build today; with
// -record they are written anew, and make golden draws them.
func TestTheLabsThatAreDrawnInTestsAreReal(t *testing.T) {
	files := glob("../../internal/topology/testdata/labs/*.json")
	if len(files) == 0 {
		t.Fatal("no lab is recorded")
	}
	w := everyone()[0]
	for _, file := range files {
		lesson := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(lesson, func(t *testing.T) {
			w.does(t, "up", lesson, "--name", "drawn")
			defer w.does(t, "down", "drawn")
			now := w.does(t, "graph", "--json", "-l", "drawn")
			if *record {
				if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			recorded, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(typed(t, string(recorded)), typed(t, now)); diff != "" {
				t.Errorf("(-recorded +now; go test ./cmd/netlab -run %s -record writes it):\n%s", t.Name(), diff)
			}
		})
	}
}

// typed reads a graph, without the addresses that the kernel makes of MAC
// addresses, which it draws.
func typed(t *testing.T, text string) topology.Document {
	t.Helper()
	var d topology.Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	for i := range d.Nodes {
		for j := range d.Nodes[i].Links {
			l := &d.Nodes[i].Links[j]
			l.Addrs = slices.DeleteFunc(l.Addrs, func(a topology.Addr) bool { return a.Own })
		}
	}
	return d
}
