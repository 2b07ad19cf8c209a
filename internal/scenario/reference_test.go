package scenario

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencePageIsUpToDate(t *testing.T) {
	golden(t, "../../docs/REFERENCE.md", Reference())
}

func TestReferenceNamesEveryKeyAndWord(t *testing.T) {
	page := Reference()
	for _, want := range []string{"`misbelief`", "`peer_in`", "## Fdb", "`vxlan`", "## A prediction"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	for _, r := range Requirements() {
		if !strings.Contains(page, "| `"+r.Word+"` |") {
			t.Errorf("the page does not list %s", r.Word)
		}
	}
}

// golden compares got with a file, or writes the file under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if updating() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is stale (go test -update writes it; -want +got):\n%s", file, diff)
	}
}

// updating reads the flag -update.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files")
	flag.Parse()
	os.Exit(m.Run())
}
