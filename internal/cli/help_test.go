package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/term"
)

func TestTheVerbs(t *testing.T) {
	var got []string
	for _, c := range newRoot(&app{}).Commands() {
		if c.Runnable() {
			got = append(got, c.Name())
		}
	}
	want := []string{
		"capture", "check", "completion", "diff", "dig", "doctor", "down", "exec", "explain", "graph", "inspect", "lint", "list", "play", "ps", "run", "schema", "script",
		"shell", "show", "trace", "up", "verify", "version", "watch", "why",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, slices.DeleteFunc(got, func(n string) bool { return n == "help" })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryHelpTextIsWhole(t *testing.T) {
	root := newRoot(&app{})
	for _, c := range append(root.Commands(), root) {
		t.Run(c.Name(), func(t *testing.T) {
			if c.Short == "" || c.Name() != "netlab" && c.Name() != "exit-codes" && c.Runnable() && c.Args == nil && c.ValidArgsFunction == nil {
				t.Errorf("short %q, arguments %v", c.Short, c.Args != nil)
			}
			if usage := c.UseLine(); !strings.HasPrefix(usage, "netlab") {
				t.Errorf("usage %q", usage)
			}
			for line := range strings.Lines(c.Example) {
				if !strings.HasPrefix(line, "  netlab ") {
					t.Errorf("an example is %q", line)
				}
			}
			for text := range strings.Lines(c.Long + "\n" + c.Short) {
				if n := utf8.RuneCountInString(strings.TrimSpace(text)); n > 80 || strings.Contains(text, "\t") {
					t.Errorf("a line of %d cells: %q", n, text)
				}
			}
			for _, f := range each(c.Flags().VisitAll) {
				if f.Usage == "" || strings.HasSuffix(f.Usage, ".") || f.Name == "json" && f.NoOptDefVal != "true" {
					t.Errorf("--%s: %q, %q", f.Name, f.Usage, f.NoOptDefVal)
				}
			}
		})
	}
}

// each collects what is visited.
func each[T any](visit func(func(T))) []T {
	var all []T
	visit(func(v T) { all = append(all, v) })
	return all
}

func TestEveryExampleIsUnderstood(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir()) // not where yours are; root has but one place
	if names, err := openLabs().List(); err != nil || len(names) > 0 {
		t.Skipf("labs are up that this test would end: %q, %v", names, err)
	}
	defer onMachine(soon(t), "down", "--all")
	for _, c := range newRoot(&app{}).Commands() {
		for line := range strings.Lines(c.Example) {
			words, _, _ := strings.Cut(strings.TrimSpace(line), " >")
			words, _, _ = strings.Cut(words, " <")
			words, _, _ = strings.Cut(words, " |")
			words = strings.NewReplacer("tutorial.sh", write(t, "a.sh", "ip netns add ns1"), "lab.svg", filepath.Join(t.TempDir(), "lab.svg"), "lab.pcapng", filepath.Join(t.TempDir(), "lab.pcapng"), "./my-lesson/scenario.yaml", write(t, "a.yaml", ownLesson)).Replace(words)
			got := example(t, c.Name(), unquoted(words)[1:])
			if got.code != 0 || got.errs != "" {
				t.Errorf("%q: exit code %d, %s", words, got.code, got.errs)
			}
		}
	}
}

// unquoted are the words of a line, of which one in quotes is one.
func unquoted(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// example runs a command line as an example of a verb: on labs that do nothing,
// or, for the verbs of labs that stay, on one that is up.
func example(t *testing.T, verb string, args []string) said {
	t.Helper()
	switch verb {
	case "watch": // it ends by itself only when it is told so
		args = append(args, "--duration", "50ms")
		fallthrough
	case "shell", "exec", "check", "inspect", "graph", "ps", "down", "diff":
		onMachine(soon(t), "down", "second") // which an example has started
		onMachine(soon(t), "up", "bridge")   // if it is not up any more
		return onMachine(soon(t), args...)
	case "trace", "why":
		onMachine(soon(t), "down", "bridge", "second")
		onMachine(soon(t), "up", "routing")
		got := onMachine(soon(t), args...)
		if got.code == event.CodeFailed { // nobody listens there
			got.code = 0
		}
		return got
	case "dig":
		onMachine(soon(t), "down", "bridge", "second")
		onMachine(soon(t), "up", "routing")
		got := onMachine(soon(t), args...)
		if got.code == event.CodeFailed { // there is no name server
			got.code = 0
		}
		return said{got.code, got.out, regexp.MustCompile(`(?m)^; netlab: .*names no name server.*\n`).ReplaceAllString(got.errs, "")}
	case "capture": // which tells on its standard error that it has begun
		onMachine(soon(t), "down", "routing")
		onMachine(soon(t), "up", "bridge")
		got := onMachine(soon(t), append(args, "--duration", "50ms")...)
		return said{got.code, got.out, strings.Join(regexp.MustCompile(`(?m)^netlab: .*$`).FindAllString(got.errs, -1), "")}
	case "play":
		return onMachine(soon(t), append([]string{"play", "--quiet"}, args[1:]...)...)
	case "up":
		onMachine(soon(t), "down", "--all")
		return onMachine(soon(t), args...)
	}
	tm, b := term.Test(strings.NewReader(""), 80)
	a := new(sideBySide).app()
	a.term = tm
	code := a.finish(soon(t), a.execute(soon(t), newRoot(a), args))
	return said{code, b.Out.String(), b.Err.String()}
}

func TestBareNetlab(t *testing.T) {
	help := noLab(t).call("--help")
	for name, tt := range map[string]struct {
		in, out bool
		welcome bool
	}{
		"on a terminal":        {true, true, true},
		"into a file":          {true, false, false},
		"from a file":          {false, true, false},
		"without any terminal": {false, false, false},
	} {
		tm, b := term.Test(strings.NewReader(""), 80)
		tm.InTTY, tm.OutTTY = tt.in, tt.out
		code := noLab(t).on(soon(t), tm)
		if code != 0 || b.Err.Len() > 0 || strings.Contains(b.Out.String(), "start with") != tt.welcome || (b.Out.String() == help.out) == tt.welcome {
			t.Errorf("%s: exit code %d, %s", name, code, b.Out)
		}
	}
}

func TestHelp(t *testing.T) {
	root := noLab(t).call("help")
	if root.code != 0 || root.out != noLab(t).call("-h").out || !strings.Contains(root.out, "It needs no root") {
		t.Errorf("of netlab: %+v", root)
	}
	for _, c := range newRoot(&app{}).Commands() {
		got := noLab(t).call("help", c.Name())
		if flag := noLab(t).call(c.Name(), "-h"); got != flag || got.code != 0 {
			t.Errorf("%s: help and -h differ: %+v %+v", c.Name(), got, flag)
		}
		if !strings.Contains(root.out, " "+c.Name()+" ") {
			t.Errorf("netlab --help does not name %s", c.Name())
		}
	}
	got := noLab(t).call("verify", "--help")
	for _, part := range []string{"netlab verify [NAME|PATH…]", "-j, --jobs", "--format", "netlab verify --format junit > report.xml", "--color"} {
		if !strings.Contains(got.out, part) {
			t.Errorf("the help of verify lacks %q", part)
		}
	}
}

func TestExitCodesAreThoseOfTheProgram(t *testing.T) {
	got := noLab(t).call("exit-codes")
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []int{event.CodeOK, event.CodeFailed, event.CodeUsage, event.CodeMachine, event.CodeFile, event.CodeFault} {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^    %d +\S`, code)).MatchString(got.out) {
			t.Errorf("the help lacks %d", code)
		}
		if !strings.Contains(string(readme), fmt.Sprintf("| %d | ", code)) {
			t.Errorf("the README lacks %d", code)
		}
	}
	for _, sig := range []string{"129 hangup", "130 Ctrl-C", "141 closed output", "143 terminated"} {
		if !strings.Contains(strings.Join(strings.Fields(got.out), " "), sig) {
			t.Errorf("the help lacks %q: %s", sig, got.out)
		}
	}
}

func TestNearestVerb(t *testing.T) {
	for word, want := range map[string]string{
		"verfy": "did you mean verify?", "lst": "did you mean list or ps or lint?", "shwo": "did you mean show?", "docter": "did you mean doctor?",
		"veth-pair": "it is a lesson: netlab run veth-pair", "bridge": "it is a lesson: netlab run bridge",
		"run": "a verb stands before any --: netlab run", "zzzzzzzz": "netlab --help shows all commands", "": "netlab --help shows all commands",
	} {
		err := notAVerb(newRoot(&app{}), word)
		if code, _, hint := verdict(err); code != event.CodeUsage || hint != want {
			t.Errorf("%q: exit code %d, hint %q", word, code, hint)
		}
	}
}

func TestWrongFlagSaysNothingOfTheParser(t *testing.T) {
	cmd := newRun(&app{}, nil)
	err := cmd.ParseFlags([]string{"--auto=x"})
	if err == nil || !strings.Contains(err.Error(), "strconv") {
		t.Fatalf("the parser says %v", err)
	}
	code, text, hint := verdict(wrongFlag(cmd, err))
	if code != event.CodeUsage || strings.Contains(text, "strconv") || !strings.Contains(text, `"x"`) || !strings.Contains(text, "--auto") || hint != "run --help shows the flags" {
		t.Errorf("exit code %d, %q, %q", code, text, hint)
	}
}

func TestWantArgs(t *testing.T) {
	cmd := &cobra.Command{Use: "verb THING"}
	for _, tt := range []struct {
		least, most, n int
		ok             bool
	}{{1, 1, 0, false}, {1, 1, 1, true}, {1, 1, 2, false}, {1, -1, 0, false}, {1, -1, 9, true}, {0, 2, 0, true}, {0, 2, 3, false}} {
		if err := wantArgs("a thing", tt.least, tt.most)(cmd, make([]string, tt.n)); (err == nil) != tt.ok {
			t.Errorf("%d of %d to %d: %v", tt.n, tt.least, tt.most, err)
		}
	}
}

func TestHints(t *testing.T) {
	for want, names := range map[string][]string{
		"netlab list shows all lessons":              nil,
		"did you mean a? netlab list shows all":      {"a"},
		"did you mean a or b? netlab list shows all": {"a", "b"},
	} {
		if got := nearestHint(names); got != want {
			t.Errorf("nearestHint(%q) = %q", names, got)
		}
	}
	if got := withHint("it is broken", ""); got != "it is broken" {
		t.Errorf("without a hint: %q", got)
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, mark := range map[string]string{"bash": "complete -o default", "zsh": "#compdef netlab", "fish": "complete -c netlab"} {
		got := noLab(t).call("completion", shell)
		if got.code != 0 || got.errs != "" || !strings.Contains(got.out, mark) || !strings.Contains(got.out, "netlab") {
			t.Errorf("%s: exit code %d, %q, %d bytes", shell, got.code, got.errs, len(got.out))
		}
	}
}

func TestCompletion(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want []string
		not  []string
	}{
		{"verbs", []string{""}, []string{"run\tRun a lesson", "verify\t", "completion\t"}, []string{"__complete"}},
		{"the start of a verb", []string{"ve"}, []string{"verify\t", "version\t"}, []string{"run\t"}},
		{"a lesson to run", []string{"run", ""}, []string{"veth-pair\tTwo namespaces", "bridge\t"}, nil},
		{"a lesson to show", []string{"show", ""}, []string{"veth-pair\t"}, nil},
		{"a lesson to script", []string{"script", ""}, []string{"veth-pair\t"}, nil},
		{"another lesson to verify", []string{"verify", "bridge", ""}, []string{"veth-pair\t"}, []string{"bridge\t"}},
		{"a format", []string{"verify", "--format", ""}, []string{"text\n", "json\n", "junit\n", "tap\n"}, []string{"veth-pair"}},
		{"a flag", []string{"run", "--"}, []string{"--auto\t", "--more\t", "--json\t"}, nil},
		{"a shell", []string{"completion", ""}, []string{"bash\n", "zsh\n", "fish\n"}, []string{"veth-pair"}},
		{"a command's help", []string{"help", ""}, []string{"run\t", "lint\t"}, nil},
		{"nothing after it", []string{"help", "run", ""}, nil, []string{"run\t"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := noLab(t).call(append([]string{"__complete"}, tt.args...)...)
			if got.code != 0 {
				t.Errorf("exit code %d, %s", got.code, got.errs)
			}
			lines := "\n" + got.out
			for _, part := range tt.want {
				if !strings.Contains(lines, "\n"+part) {
					t.Errorf("%q is not offered in %s", part, got.out)
				}
			}
			for _, part := range tt.not {
				if strings.Contains(lines, "\n"+part) {
					t.Errorf("%q is offered", part)
				}
			}
		})
	}
}
