package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

const dashes = "\n----\n"

// errorCase is one file of testdata/errors: a scenario, a line of dashes, and
// what Show gives for it.
type errorCase struct{ name, file, input, want string }

func errorCases(t testing.TB) []errorCase {
	t.Helper()
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/errors: %v", err)
	}
	var cases []errorCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.LastIndex(string(text), dashes)
		if at < 0 {
			t.Fatalf("%s has no line of dashes", file)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		cases = append(cases, errorCase{name, file, string(text[:at+1]), string(text[at+len(dashes):])})
	}
	return cases
}

func TestMistakesAreShownWithTheirPlace(t *testing.T) {
	for _, c := range errorCases(t) {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("demo.yaml", []byte(c.input))
			var all Errors
			if !errors.As(err, &all) {
				t.Fatalf("no mistake is found (%v)", err)
			}
			golden.Equal(t, c.file, c.input+dashes[1:]+all.Show()+"\n")
		})
	}
}
