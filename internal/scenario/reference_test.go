package scenario

import (
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

func TestReferencePageIsUpToDate(t *testing.T) {
	golden.Equal(t, "../../docs/REFERENCE.md", Reference())
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
