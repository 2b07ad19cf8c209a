package scenario

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

// everything is a scenario with each kind of step and check.
func everything(t *testing.T) (s, before Scenario) {
	t.Helper()
	src, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if s, err = Parse("everything.yaml", src); err != nil {
		t.Fatal(err)
	}
	if before, err = Parse("demo.yaml", []byte(small)); err != nil {
		t.Fatal(err)
	}
	return s, before
}

func TestScriptHasTheAuthorsTextAndTheChecks(t *testing.T) {
	s, before := everything(t)
	script := Script(s, []Scenario{before})
	golden.Equal(t, "testdata/everything.sh", script)
	for _, step := range s.Steps {
		if !strings.Contains(script, step.Run) {
			t.Errorf("the commands of %q are changed", step.Title)
		}
	}
}

func TestScriptHasOnlyTheFunctionsItNeeds(t *testing.T) {
	s, err := Parse("demo.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	script := Script(s, nil)
	for _, name := range []string{"say", "fail", "check", "shows"} {
		if !strings.Contains(script, "\n"+name+"() {") {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"wrap", "have", "unanswered", "mac", "trap"} {
		if calls(script, name) {
			t.Errorf("%s is not needed", name)
		}
	}
}

func TestScriptsAreCleanForShellcheck(t *testing.T) {
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("needs shellcheck (program missing)")
	}
	s, before := everything(t)
	cmd := exec.Command(program, "-")
	cmd.Stdin = strings.NewReader(Script(s, []Scenario{before}))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTextFromTheFileIsQuoted(t *testing.T) {
	evil := `it's $(touch /tmp/x) "a" \`
	s := demo()
	s.Steps[0].Title, s.Steps[0].Checks[0].Says, s.Title = evil, evil, "a\nb"
	script := Script(s, nil)
	for _, want := range []string{`say '1. it'\''s $(touch`, `check 'it'\''s $(touch /tmp/x) "a" \' shows`, "# demo: a b\n"} {
		if !strings.Contains(script, want) {
			t.Errorf("%s is missing in\n%s", want, script)
		}
	}
}

func TestEveryRequirementIsKnownToScripts(t *testing.T) {
	for _, r := range Requirements() {
		inCase := strings.Contains(helpers, " "+r.Word+" |") || strings.Contains(helpers, "| "+r.Word+")") || strings.Contains(helpers, "    "+r.Word+")")
		if !inCase && r.Word != r.Program {
			t.Errorf("%s is neither a program nor in the function have", r.Word)
		}
	}
}
