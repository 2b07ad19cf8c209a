package snapshot

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

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
