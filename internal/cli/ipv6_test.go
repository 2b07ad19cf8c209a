package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/render"
)

// pairOfFiles is a folder with a scenario of one's own and its IPv6 variant.
func pairOfFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	six := strings.Replace(ownLesson, "minutes: 1\n", "minutes: 1\nstart: bridge\n", 1)
	for name, text := range map[string]string{"scenario.yaml": ownLesson, "ipv6.yaml": six} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindVariant(t *testing.T) {
	dir := pairOfFiles(t)
	tests := []struct {
		name  string
		arg   string
		ipv6  bool
		label string
		path  string
		chain []string
	}{
		{"a lesson", "bridge-host", false, "bridge-host", "", []string{"bridge"}},
		{"its variant", "bridge-host", true, "bridge-host (ipv6)", "", []string{"bridge (ipv6)"}},
		{"a folder", dir, false, "mine", dir + "/scenario.yaml", nil},
		{"the variant in a folder", dir, true, "mine (ipv6)", dir + "/ipv6.yaml", []string{"bridge (ipv6)"}},
		{"the variant beside a file", dir + "/scenario.yaml", true, "mine (ipv6)", dir + "/ipv6.yaml", []string{"bridge (ipv6)"}},
		{"the variant by its own path", dir + "/ipv6.yaml", false, "mine (ipv6)", dir + "/ipv6.yaml", []string{"bridge (ipv6)"}},
		{"the same, said twice", dir + "/ipv6.yaml", true, "mine (ipv6)", dir + "/ipv6.yaml", []string{"bridge (ipv6)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := findVariant(tt.arg, tt.ipv6)
			if err != nil {
				t.Fatal(err)
			}
			var chain []string
			for _, s := range l.chain {
				chain = append(chain, s.Label())
			}
			if l.Label() != tt.label || l.path != tt.path || cmp.Diff(tt.chain, chain) != "" {
				t.Errorf("it finds %q of %q behind %q", l.Label(), l.path, chain)
			}
		})
	}
}

func TestFindVariantRefuses(t *testing.T) {
	alone := write(t, "a.yaml", ownLesson)
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "ipv6.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, arg  string
		code       int
		text, hint string
	}{
		{"no such lesson", "veth-par", event.CodeUsage, `there is no scenario "veth-par"`, "did you mean veth-pair"},
		{"a file without one beside it", alone, event.CodeUsage, "has no IPv6 variant: there is no file " + filepath.Dir(alone) + "/ipv6.yaml", "docs/SCENARIOS.md"},
		{"a path that there is not", "./nowhere/scenario.yaml", event.CodeUsage, "there is no file nowhere/ipv6.yaml", "beside the scenario.yaml"},
		{"a folder in its place", folder, event.CodeUsage, "cannot read", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := findVariant(tt.arg, true)
			code, text, hint := verdict(err)
			if code != tt.code || !strings.Contains(text, tt.text) || !strings.Contains(hint, tt.hint) {
				t.Errorf("exit code %d, %q, %q", code, text, hint)
			}
		})
	}
}

// Reports tell a variant from its lesson, each in its own way.
func TestReportsTellTheVariantApart(t *testing.T) {
	for format, want := range map[string]string{
		"text": "bridge (ipv6)", "json": `"lesson":"bridge (ipv6)"`, "junit": `<testsuite name="bridge (ipv6)"`, "tap": "ok 1 - bridge (ipv6)",
	} {
		got := new(fakeLab).call("verify", "bridge", "--ipv6", "--format", format)
		if got.code != 0 || got.errs != "" || !strings.Contains(got.out, want) {
			t.Errorf("%s: exit code %d, %s, without %q:\n%s", format, got.code, got.errs, want, got.out)
		}
	}
	lab := new(fakeLab)
	lab.call("run", "bridge-host", "--ipv6")
	for _, s := range append(lab.asked[0].Chain, *lab.asked[0].Scenario) {
		if !s.IPv6 {
			t.Errorf("the lab is asked for %s", s.Label())
		}
	}
}

func TestAMachineWithoutIPv6(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"run", "bridge", "--ipv6"}, event.CodeMachine},
		{[]string{"verify", "bridge", "--ipv6"}, event.CodeMachine},
		{[]string{"verify", "--ipv6", "-j1"}, event.CodeMachine}, // nothing ran
	} {
		got := (&fakeLab{skip: "ipv6: IPv6 is disabled"}).call(tt.args...)
		if got.code != tt.code || !strings.Contains(got.out, "IPv6 is disabled") {
			t.Errorf("%q: exit code %d, %s%s", tt.args, got.code, got.out, got.errs)
		}
	}
}

func TestVerifyTakesAllVariants(t *testing.T) {
	six, err := catalogIPv6()
	if err != nil {
		t.Fatal(err)
	}
	lessons, err := findAll(nil, true)
	if err != nil || len(lessons) != len(six.Names()) || len(lessons) < 4 {
		t.Fatalf("%d lessons, %v", len(lessons), err)
	}
	for _, l := range lessons {
		if !l.IPv6 {
			t.Errorf("%s is no variant", l.Label())
		}
	}
}

func TestCompletionBehindIPv6(t *testing.T) {
	six, err := catalogIPv6()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &cobra.Command{}
	var ipv6 bool
	ipv6Flag(cmd, &ipv6)
	if err := cmd.ParseFlags([]string{"--ipv6"}); err != nil {
		t.Fatal(err)
	}
	got, _ := completeNames(cmd, nil, "")
	if len(got) != len(six.Names()) || !strings.Contains(strings.Join(got, " "), "in IPv6") {
		t.Errorf("offered are %q", got)
	}
}

func TestAListSaysWhichHaveAVariant(t *testing.T) {
	var table render.Table
	for _, e := range []entry{{Name: "a", IPv6: true}, {Name: "b"}} {
		table.Rows = append(table.Rows, row("", e.Name, yesNo(e.IPv6)))
	}
	if table.Rows[0].Cells[1] != "yes" || table.Rows[1].Cells[1] != "no" {
		t.Errorf("%+v", table.Rows)
	}
}
