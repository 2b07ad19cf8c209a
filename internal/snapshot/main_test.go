package snapshot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// step is a line that was done, and the lab after it.
type step struct {
	Line string
	Lab  Lab
}

// recording reads what was recorded from a kernel (TestRecord in package
// kernel).
func recording(t testing.TB, name string) []step {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for dec := json.NewDecoder(bytes.NewReader(b)); dec.More(); {
		var s step
		if err := dec.Decode(&s); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return steps
}

// golden compares text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (- want, + got):\n%s", name, d)
	}
}
