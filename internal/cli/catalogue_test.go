package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/machine"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/op"
	"netlab/internal/render"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

// decode reads JSON of which every field is known.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if dec.More() {
		t.Errorf("more follows the value in %s", text)
	}
	return v
}

// aMachine has some features and lacks others.
func aMachine() []control.Feature {
	return []control.Feature{
		{Name: "veth", OK: true, What: "the kernel makes virtual cables"},
		{Name: "nft", What: "nftables in the kernel, and its program nft", Why: "the program nft is not installed", Get: "on Debian and Ubuntu: apt install nftables"},
		{Name: "dummy", What: "the kernel makes dummy interfaces", Why: "no modules"},
		{Name: "dig", What: "the program dig", Why: "the program dig is not installed", Get: "apt install dnsutils"},
	}
}

func refusal() error {
	return &sandbox.Refusal{Stage: "clone", Err: syscall.EPERM, Why: "ordinary users may not", Todo: "run it with sudo"}
}

func TestListAsJSON(t *testing.T) {
	cat, err := catalog()
	six, err6 := catalogIPv6()
	if err := errors.Join(err, err6); err != nil {
		t.Fatal(err)
	}
	for name, lab := range map[string]*fakeLab{"": {}, "this machine cannot make a sandbox: ordinary users may not (clone: operation not permitted)": {refuse: refusal()}} {
		got := lab.call("list", "--json")
		if got.code != 0 || got.errs != "" {
			t.Errorf("exit code %d, %s", got.code, got.errs)
		}
		var want []entry
		for _, s := range cat.All() {
			want = append(want, entry{s.Name, s.Title, s.Summary, s.Minutes, len(s.Steps), slices.Contains(six.Names(), s.Name), name == "", name})
		}
		if diff := cmp.Diff(want, decode[[]entry](t, got.out)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(lab.opened) != 1 || !lab.opened[0] || lab.refuse == nil && lab.closed != 1 {
			t.Errorf("labs opened %v, closed %d", lab.opened, lab.closed)
		}
	}
}

func TestObstacle(t *testing.T) {
	needs := func(words ...string) scenario.Scenario { return scenario.Scenario{Requires: words} }
	tests := []struct {
		name    string
		s       scenario.Scenario
		refused error
		want    string
	}{
		{"nothing is needed", needs(), nil, ""},
		{"what is needed is there", needs("veth"), nil, ""},
		{"one thing is missing", needs("veth", "nft"), nil, "nft: the program nft is not installed"},
		{"two things are missing", needs("dummy", "nft"), nil, "nft: the program nft is not installed; dummy: no modules"},
		{"no lab at all", needs("veth"), errors.New("no lab"), "no lab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := obstacle(tt.s, aMachine(), tt.refused); got != tt.want {
				t.Errorf("obstacle = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnInterruptedListIsNoFault(t *testing.T) {
	for _, verb := range []string{"list", "doctor"} {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(&signalled{syscall.SIGINT})
		tm, b := term.Test(strings.NewReader(""), 80)
		if code := new(fakeLab).on(ctx, tm, verb); code != 130 || b.Out.Len() > 0 || strings.Contains(b.Err.String(), "fault") {
			t.Errorf("%s: exit code %d, %q, %q", verb, code, b.Out, b.Err)
		}
	}
}

func TestPrintedTables(t *testing.T) {
	entries := []entry{
		{Name: "one", Title: "A network of its own", Minutes: 5, IPv6: true, Runs: true},
		{Name: "twenty-one", Title: "A title of so many words that a line of sixty cells cannot hold it", Minutes: 120, Runs: true},
		{Name: "three", Title: "Rules", Minutes: 10, Why: "nft: the program nft is not installed"},
	}
	good := diagnosis{
		Kernel: "6.18.1", Sandbox: finding{OK: true, Text: "a sandbox can be made"}, Memory: memory(nil), Features: aMachine(),
		Warnings: []finding{{Text: "something is odd", Hint: "look at it"}, {Text: "more is odd"}},
	}
	boundless := diagnosis{Kernel: "6.18.1", Sandbox: good.Sandbox, Memory: memory(errors.New("there is no systemd"))}
	bad := diagnosis{Kernel: "4.19", Sandbox: finding{Text: "no sandbox", Hint: "get a newer kernel"}}
	meanings := []op.Meaning{{Word: "ip", Text: "shows and changes the network"}, {Word: "route", Text: "which way packets take, and to where, and through which interface they leave"}}
	tests := []struct {
		name  string
		print func(*app) error
	}{
		{"list", func(a *app) error { return printEntries(a, entries) }},
		{"doctor", func(a *app) error { return printDiagnosis(a, good) }},
		{"doctor-unlimited", func(a *app) error { return printDiagnosis(a, boundless) }},
		{"doctor-refused", func(a *app) error { return printDiagnosis(a, bad) }},
		{"explain", func(a *app) error { return printMeanings(a, render.Table{}, meanings) }},
		{"welcome", welcome},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var all bytes.Buffer
			for _, width := range []int{80, 60, 40} {
				tm, b := term.Test(strings.NewReader(""), width)
				if err := tt.print(&app{term: tm}); err != nil {
					t.Fatal(err)
				}
				for line := range strings.Lines(b.Out.String()) {
					line = strings.TrimSuffix(line, "\n")
					if n := utf8.RuneCountInString(line); n > width || strings.HasSuffix(line, " ") {
						t.Errorf("at %d columns a line of %d cells: %q", width, n, line)
					}
				}
				all.WriteString("--- " + strings.Repeat("-", width-4) + "\n" + b.Out.String())
			}
			golden.Equal(t, "testdata/"+tt.name+".txt", all.String())
		})
	}
}

func TestTablesInASCII(t *testing.T) {
	tm, b := term.Test(strings.NewReader(""), 80)
	tm.UTF8 = false
	if code := (&fakeLab{features: aMachine()}).on(soon(t), tm, "doctor"); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if got := b.Out.String(); regexp.MustCompile(`[^\n -~]`).MatchString(got) || !strings.Contains(got, "FAIL nft") {
		t.Errorf("it prints %s", got)
	}
}

func TestDoctor(t *testing.T) {
	tests := []struct {
		name string
		lab  fakeLab
		code int
		want diagnosis
	}{
		{"a good machine", fakeLab{features: aMachine()}, 0, diagnosis{
			Sandbox: finding{OK: true, Text: "a sandbox can be made: lessons run without touching this machine"}, Features: aMachine(),
			Memory: &finding{OK: true, Text: "a lab may use 2 GiB at most: systemd sees to it"},
		}},
		{"no systemd", fakeLab{features: aMachine(), unlimited: errors.New("there is no systemd")}, 0, diagnosis{
			Sandbox: finding{OK: true, Text: "a sandbox can be made: lessons run without touching this machine"}, Features: aMachine(),
			Memory: &finding{
				Text: "a lab as a whole is not limited (there is no systemd); each of its commands is, and their number",
				Hint: "run files of strangers with care",
			},
		}},
		{"no sandbox", fakeLab{refuse: refusal()}, 3, diagnosis{
			Sandbox:  finding{Text: "this machine cannot make a sandbox: ordinary users may not (clone: operation not permitted)", Hint: "run it with sudo"},
			Features: []control.Feature{},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Kernel = machine.Kernel()
			tt.want.Warnings = warnings("")
			got := tt.lab.call("doctor", "--json")
			if diff := cmp.Diff(tt.want, decode[diagnosis](t, got.out)); diff != "" || got.code != tt.code || got.errs != "" {
				t.Errorf("exit code %d, %q (-want +got):\n%s", got.code, got.errs, diff)
			}
			if strings.Contains(got.out, "null") {
				t.Errorf("an empty list is null: %s", got.out)
			}
			text := tt.lab.call("doctor")
			if next := strings.Contains(text.out, "next: netlab run"); next != (tt.code == 0) || text.code != tt.code || text.errs != "" {
				t.Errorf("as text: exit code %d, %q, %s", text.code, text.errs, text.out)
			}
		})
	}
}

func TestDoctorThatBreaks(t *testing.T) {
	got := (&fakeLab{refuse: errors.New("broken")}).call("doctor")
	if got.code != event.CodeFault || got.out != "" || !strings.Contains(got.errs, "netlab failed: broken") {
		t.Errorf("it says %+v", got)
	}
}

func TestWarnings(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other, mine := filepath.Dir(write(t, "netlab", "#!/bin/sh\n")), t.TempDir()
	if err := errors.Join(os.Chmod(other+"/netlab", 0o755), os.Symlink(self, mine+"/netlab")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		path string
		want bool
	}{
		"no other":             {"/nowhere", false},
		"another one":          {"/nowhere:" + other, true},
		"another one is first": {other + ":" + mine, true},
		"this one is first":    {mine + ":" + other, false},
	} {
		found := warnings(tt.path)
		switch {
		case len(found) > 1, (len(found) == 1) != tt.want:
			t.Errorf("%s: %+v", name, found)
		case tt.want && !(strings.Contains(found[0].Text, other+"/netlab") && strings.Contains(found[0].Hint, self)):
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestExplain(t *testing.T) {
	want := []string{"ip", "link", "set", "lo", "up"}
	for _, args := range [][]string{{"ip link set lo up"}, {"ip", "link", "set", "lo", "up"}, {"ip link", "set lo up"}} {
		got := noLab(t).call(append([]string{"explain", "--json"}, args...)...)
		var words []string
		for _, w := range decode[[]word](t, got.out) {
			words = append(words, w.Word)
			if w.Meaning == "" {
				t.Errorf("%q has no meaning", w.Word)
			}
		}
		if diff := cmp.Diff(want, words); diff != "" || got.code != 0 {
			t.Errorf("%q: exit code %d (-want +got):\n%s", args, got.code, diff)
		}
	}
	got := noLab(t).call("explain", "ip", "-6", "route", "show")
	if got.code != 0 || !strings.Contains(got.out, "-6") {
		t.Errorf("a flag of the command is taken for netlab's: %+v", got)
	}
}

func TestShowAsJSON(t *testing.T) {
	for _, arg := range []string{"bridge-host", write(t, "a.yaml", ownLesson)} {
		l, err := find(arg)
		if err != nil {
			t.Fatal(err)
		}
		got := noLab(t).call("show", arg, "--json")
		want, err := json.Marshal(l.Scenario)
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(got.out)); err != nil || got.code != 0 {
			t.Fatalf("%v, exit code %d", err, got.code)
		}
		if diff := cmp.Diff(string(want), compact.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if fields := decode[map[string]any](t, got.out); fields["name"] != l.Name || len(fields["steps"].([]any)) != len(l.Steps) {
			t.Errorf("it shows %v", fields)
		}
	}
}

func TestShow(t *testing.T) {
	got := noLab(t).call("show", write(t, "a.yaml", ownLesson))
	for _, part := range []string{"My own", "is it?", "1 of 1 · One", "A namespace.", "$ ip netns add ns1", "there it is"} {
		if !strings.Contains(got.out, part) {
			t.Errorf("it does not show %q", part)
		}
	}
	if got.code != 0 || got.errs != "" {
		t.Errorf("exit code %d, %s", got.code, got.errs)
	}
}

func TestScript(t *testing.T) {
	got := noLab(t).call("script", "bridge-host")
	if got.code != 0 || got.errs != "" || !strings.HasPrefix(got.out, "#!/bin/") {
		t.Errorf("exit code %d, %q, %.80q", got.code, got.errs, got.out)
	}
	before := strings.Index(got.out, "type bridge")
	if at := strings.LastIndex(got.out, "10.1.1.4/24"); before < 0 || at < before {
		t.Errorf("the lesson before it does not come first: %d, %d", before, at)
	}
}

func TestLint(t *testing.T) {
	good, wrong := write(t, "a.yaml", ownLesson), write(t, "a.yaml", strings.Replace(ownLesson, "netns add", "nets add", 1))
	start := write(t, "a.yaml", strings.Replace(ownLesson, "minutes: 1", "start: x\nminutes: 1", 1))
	odd := write(t, "\x1b[31mred.yaml", ownLesson)
	tests := []struct {
		name string
		args []string
		code int
		out  string
		errs []string
	}{
		{"a good file", []string{good}, 0, good + ": ok\n", nil},
		{"a folder", []string{filepath.Dir(write(t, "scenario.yaml", ownLesson)) + "/"}, 0, ": ok\n", nil},
		{"a name that acts on terminals", []string{odd}, 0, filepath.Dir(odd) + "/\\x1b[31mred.yaml: ok\n", nil},
		{"a wrong command", []string{wrong}, 4, "", []string{wrong + ":9:", `"nets"`, "hint: netlab schema"}},
		{"all files are looked at", []string{start, wrong, good}, 4, good + ": ok\n", []string{start + ":5:1: start", wrong + ":9:"}},
		{"a file that is not there", []string{good + "x"}, 2, "", []string{"no such file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := noLab(t).call(append([]string{"lint"}, tt.args...)...)
			if got.code != tt.code || !strings.HasSuffix(got.out, tt.out) || tt.out == "" && got.out != "" || tt.errs == nil && got.errs != "" {
				t.Errorf("it says %+v", got)
			}
			for _, part := range tt.errs {
				if !strings.Contains(got.errs, part) {
					t.Errorf("%q is not in %s", part, got.errs)
				}
			}
		})
	}
}

func TestSimpleCommands(t *testing.T) {
	got, err := simpleCommands("ip link set lo up\nif true; then sysctl -w a=1; fi\n")
	want := []scenario.Simple{
		{Line: 1, Column: 1, Args: []string{"ip", "link", "set", "lo", "up"}},
		{Line: 2, Column: 4, Args: []string{"true"}},
		{Line: 2, Column: 15, Args: []string{"sysctl", "-w", "a=1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := simpleCommands("if true"); err == nil {
		t.Errorf("half a command is %v", got)
	}
}

func TestVersion(t *testing.T) {
	got := noLab(t).call("version", "--json")
	want := map[string]string{"version": version(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	if diff := cmp.Diff(want, decode[map[string]string](t, got.out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := noLab(t).call("version"); got.out != "netlab "+version()+" ("+runtime.Version()+", "+runtime.GOOS+"/"+runtime.GOARCH+")\n" {
		t.Errorf("it prints %q", got.out)
	}
	defer func(old string) { linkedVersion = old }(linkedVersion)
	if linkedVersion = ""; version() == "" {
		t.Error("a build of one's own has no version")
	}
	if linkedVersion = "v1.2.3"; version() != "v1.2.3" {
		t.Errorf("what the linker says is lost: %s", version())
	}
}

func TestSchema(t *testing.T) {
	got := noLab(t).call("schema")
	fields := decode[map[string]any](t, got.out)
	if got.code != 0 || fields["$schema"] == nil || fields["properties"].(map[string]any)["steps"] == nil {
		t.Errorf("exit code %d, %v", got.code, fields)
	}
}

func TestJSONThatCannotBeMade(t *testing.T) {
	tm, b := term.Test(strings.NewReader(""), 80)
	if err := printJSON(&app{term: tm}, func() {}); err == nil || b.Out.Len() > 0 {
		t.Errorf("%v, %q", err, b.Out)
	}
}
