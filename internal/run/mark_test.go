package run

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/snapshot"
)

// since are the changes in a lab since a mark, as lines.
func since(t *testing.T, c *Client, name string) []string {
	t.Helper()
	before, at, err := c.Recall(soon(t), name)
	must(t, err)
	if at.IsZero() {
		t.Error("nobody says when that was")
	}
	now, _, err := c.Look(soon(t))
	must(t, err)
	var lines []string
	for _, change := range snapshot.Diff(before, now) {
		lines = append(lines, change.String())
	}
	return lines
}

func byHand(t *testing.T, c *Client, script string) {
	t.Helper()
	code, err := c.Exec(soon(t), Program{Args: []string{"sh", "-c", script}}, streams("", t.Output(), t.Output(), nil))
	if err != nil || code != 0 {
		t.Fatalf("%s: code %d, %v", script, code, err)
	}
}

func TestALabRemembersWhatItWas(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1", "ip netns add ns2"))
	c, _ := enter(t, h, "lab")
	if got := since(t, c, MarkStart); got != nil {
		t.Errorf("when it has come up: %v", got)
	}
	byHand(t, c, "ip netns add ns3")
	if d := cmp.Diff([]string{"+ ns3 namespace ns3"}, since(t, c, MarkStart)); d != "" {
		t.Error(d)
	}
	must(t, c.Mark(soon(t), "mine"))
	byHand(t, c, "ip netns del ns3; ip netns add ns4")
	other, _ := enter(t, h, "lab") // marks belong to the lab
	if d := cmp.Diff([]string{"+ ns4 namespace ns4", "- ns3 namespace ns3"}, since(t, other, "mine")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"+ ns4 namespace ns4"}, since(t, other, MarkStart)); d != "" {
		t.Error(d)
	}
	must(t, c.Mark(soon(t), MarkStart))
	if got := since(t, other, MarkStart); got != nil {
		t.Errorf("since the new start: %v", got)
	}
	_, _, err := c.Recall(soon(t), "yours")
	var none *NoMark
	if !errors.As(err, &none) || none.Name != "yours" || !slices.Equal(none.Have, []string{"mine", MarkStart}) {
		t.Errorf("a mark that nobody has set: %v", err)
	}
}

// TestTheStartIsTheLastStep: what was typed before a step is no change after it,
// and what is typed before anybody asks is one.
func TestTheStartIsTheLastStep(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1", "ip netns add ns2"))
	c, _ := enter(t, h, "lab")
	byHand(t, c, "ip netns add ns3; ip netns del ns2")
	_, _, err := ask(t, c, control.Request{Verb: control.Step, Number: 2})
	must(t, err)
	byHand(t, c, "ip netns add ns4")
	if d := cmp.Diff([]string{"+ ns4 namespace ns4"}, since(t, c, MarkStart)); d != "" {
		t.Error(d)
	}
}

func TestALabDoesNotRememberWithoutEnd(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("true"))
	c, _ := enter(t, h, "lab")
	for i := range maxMarks - 1 { // and that of the start
		must(t, c.Mark(soon(t), fmt.Sprint("m", i)))
	}
	if err := c.Mark(soon(t), "one-more"); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
	must(t, c.Mark(soon(t), "m0"))
	if got := since(t, c, "m0"); got != nil {
		t.Errorf("%v", got)
	}
}
