package scenario

import (
	"os"
	"strings"
	"testing"
)

func TestExampleOfTheGuideIsAScenario(t *testing.T) {
	guide, err := os.ReadFile("../../docs/SCENARIOS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(guide), "```yaml\n")
	example, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatal("the guide has no example")
	}
	if errs := Lint("example", []byte(example), nil, byLines); len(errs) > 0 {
		t.Error(errs.Show())
	}
}

func TestChecksOfTheGuideAreRight(t *testing.T) {
	guide, err := os.ReadFile("../../docs/SCENARIOS.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range strings.Split(string(guide), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !strings.Contains(cells[2], ": ") {
			continue
		}
		seen++
		if _, err := Parse("guide", []byte(withCheck(strings.Trim(cells[2], " `")))); err != nil {
			t.Errorf("%s: %v", cells[2], err)
		}
	}
	if seen < 9 {
		t.Errorf("only %d checks are shown", seen)
	}
}

func TestScenesOfTheGuideAreRight(t *testing.T) {
	guide, err := os.ReadFile("../../docs/SCENARIOS.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, part := range strings.Split(string(guide), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(part, "```")
		if !strings.Contains(example, "scene:") {
			continue
		}
		seen++
		file := "name: demo\ntitle: A demo\nsummary: Shows one thing\n" + example
		if errs := Lint("guide", []byte(file), nil, byLines); len(errs) > 0 {
			t.Error(errs.Show())
		}
	}
	if seen != 2 {
		t.Errorf("%d scenes are shown", seen)
	}
}
