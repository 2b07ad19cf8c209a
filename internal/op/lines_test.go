package op

import (
	"os"
	"strings"
	"testing"
)

// lines reads a file of the table: lines.txt holds "ok" and "bad" lines with
// a tab between, left.txt lines that the real ip takes and Parse leaves to it,
// questions.txt lines that ask. Other rooms read the same files.
func lines(t testing.TB, file, prefix string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), prefix); ok && rest != "" {
			all = append(all, rest)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no line that starts with %q", file, prefix)
	}
	return all
}
