package scenario

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/check"
)

// ran is how a script ended: what it printed, which programs it called, and
// its exit status.
type ran struct {
	out, calls string
	status     int
}

// runScript runs a whole script in bash, with programs that only write down
// how they are called in place of all that could change the machine.
func runScript(t *testing.T, script string, programs map[string]string) ran {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash (program missing)")
	}
	dir := t.TempDir()
	all := map[string]string{"ip": "", "ping": "", "nft": "", "unshare": "", "sudo": "exit 9"}
	for name, body := range programs {
		all[name] = body
	}
	for name, body := range all {
		text := "#!/bin/bash\necho " + name + " \"$*\" >>\"$CALLS\"\n" + body + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	calls := filepath.Join(t.TempDir(), "calls")
	cmd := exec.Command(bash)
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader(script)
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "TMPDIR=" + dir, "CALLS=" + calls}
	out, err := cmd.CombinedOutput()
	got := ran{out: string(out)}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got.status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(calls)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	got.calls = string(text)
	if made, err := os.ReadDir(cmd.Dir); err != nil || len(made) > 0 {
		t.Errorf("the script made files: %v %v", made, err)
	}
	return got
}

func lesson(steps ...Step) Scenario {
	s := demo()
	s.Steps = steps
	return s
}

func TestScriptsRun(t *testing.T) {
	claim := []check.Check{{Says: "ns1 is there", Namespace: &check.Namespace{Name: "ns1"}}}
	shows := map[string]string{"ip": `[ "$*" != "netns list" ] || echo ns1`}
	tests := []struct {
		name     string
		script   string
		programs map[string]string
		want     ran
	}{
		{"a step and its claim", Script(demo(), nil), shows,
			ran{"1. One\n   ok: ns1 exists\nall checks of demo hold\n", "ip link set lo up\nip netns add ns1\nip netns list\n", 0}},
		{"a command that fails ends it", Script(lesson(Step{Title: "A", Run: "ip x\nfalse\nip y"}), nil), nil,
			ran{"1. A\n", "ip link set lo up\nip x\n", 1}},
		{"a command that must fail", Script(lesson(Step{Title: "A", Run: "ip x && false", Fails: true}, Step{Title: "B", Run: "ip y"}), nil), nil,
			ran{"1. A\n2. B\nall checks of demo hold\n", "ip link set lo up\nip x\nip y\n", 0}},
		{"a command that must fail, and does not", Script(lesson(Step{Title: "A", Run: "ip x", Fails: true, Checks: claim}), nil), nil,
			ran{"1. A\nFAILED: the command succeeded, and it is meant to fail\n", "ip link set lo up\nip x\n", 1}},
		{"a failing command with a comment behind it", Script(lesson(Step{Title: "A", Run: "false # it fails", Fails: true}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\n", 0}},
		{"a step without commands and claims", Script(lesson(Step{Title: "A"}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\n", 0}},
		{"the end of the start", Script(demo(), []Scenario{lesson(Step{Title: "Z", Run: "ip before", Checks: claim}, Step{Title: "Y", Run: "false", Fails: true})}), shows,
			ran{"before: A demo\n1. One\n   ok: ns1 exists\nall checks of demo hold\n", "ip link set lo up\nip before\nip netns add ns1\nip netns list\n", 0}},
		{"a start without commands that needs a program", Script(demo(), []Scenario{lesson(Step{Title: "Z", Requires: []string{"nothing-of-this-name"}})}), shows,
			ran{"before: A demo\n1. One\n   ok: ns1 exists\nall checks of demo hold\n", "ip link set lo up\nip netns add ns1\nip netns list\n", 0}},
		{"a step of comments that needs a program", Script(lesson(Step{Title: "A", Run: "# only words", Requires: []string{"nft"}}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\n", 0}},
		{"a step that the machine can do", Script(lesson(Step{Title: "A", Run: "ip x", Requires: []string{"nft", "veth"}}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\nunshare -n nft list ruleset\nunshare -n ip link add try0 type veth\nip x\n", 0}},
		{"a step that the machine cannot do", Script(lesson(Step{Title: "A", Run: "ip x", Checks: claim, Requires: []string{"vxlan"}}), nil), map[string]string{"unshare": "exit 2"},
			ran{"1. A\n   skipped: needs vxlan\nall checks of demo hold\n", "ip link set lo up\nunshare -n ip link add try0 type vxlan id 1 dstport 4789\n", 0}},
		{"a frame where nothing can see it", Script(lesson(Step{Title: "A", Run: "ip x", Checks: []check.Check{{Says: "it's seen", Seen: &check.Seen{At: check.Interface{In: "host", Dev: "v"}, In: "host", To: netip.MustParseAddr("10.1.1.2")}}}}), nil), map[string]string{"tcpdump": "exit 1"},
			ran{"1. A\n   skipped, needs tcpdump: it's seen\nall checks of demo hold\n", "ip link set lo up\nip x\ntcpdump -i lo -w /dev/null\n", 0}},
		{"a name where getent is not glibc's", Script(lesson(Step{Title: "A", Run: "ip x", Checks: []check.Check{{Says: "it's found", Resolves: &check.Resolves{In: "host", Name: "web"}}}}), nil), map[string]string{"getent": "echo getent: unrecognized option; exit 1"},
			ran{"1. A\n   skipped, needs getent: it's found\nall checks of demo hold\n", "ip link set lo up\nip x\ngetent --version\n", 0}},
		{"a name, and who is asked", Script(lesson(Step{Title: "A", Run: "ip x", Checks: []check.Check{{Says: "it's found", Resolves: &check.Resolves{In: "host", Name: "web", Asks: []string{"host"}}}}}), nil), map[string]string{"getent": `case $1 in --version) echo "getent (GNU libc) 2.36" ;; *) echo "10.1.1.1        STREAM web" ;; esac`},
			ran{"1. A\n   ok: it's found\n   not proved here: which servers are asked\nall checks of demo hold\n", "ip link set lo up\nip x\ngetent --version\ngetent ahostsv4 web\n", 0}},
		{"a lesson that the machine cannot do", Script(func() Scenario { s := demo(); s.Requires = []string{"ip", "bridge"}; return s }(), nil), map[string]string{"unshare": "exit 2"},
			ran{"this machine lacks one of: ip bridge\n", "ip link set lo up\nunshare -n ip link add try0 type bridge\n", 3}},
		{"commands cannot read the script", Script(lesson(Step{Title: "A", Run: "cat\nip x"}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\nip x\n", 0}},
		{"a ping without an end, and sudo", Script(lesson(Step{Title: "A", Run: "sudo ping 10.1.1.1"}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\nping -c 1 -w 3 10.1.1.1\n", 0}},
		{"commands of several lines", Script(lesson(Step{Title: "A", Run: "for i in 1 2; do\n  ip x \\\n    $i\ndone\ncat <<END >/dev/null\nip z\nEND\n"}), nil), nil,
			ran{"1. A\nall checks of demo hold\n", "ip link set lo up\nip x 1\nip x 2\n", 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := runScript(t, tt.script, tt.programs); got != tt.want {
				compare(t, [3]any{tt.want.out, tt.want.calls, tt.want.status}, [3]any{got.out, got.calls, got.status})
			}
		})
	}
}

// hostile are texts that would do something if they were not quoted.
func hostile() []string {
	return []string{
		"$(touch made)", "`touch made`", "'; touch made; '", `"; touch made; "`, "a\\", "\\'; touch made #",
		"END\ntouch made", "*", "~", "$HOME ${x:?}", "!!", "--", "-n", "%s%n", "a  b", "# no", "}", "ä日本", "&& touch made", ">made",
	}
}

func TestHostileTextsAreOnlyPrinted(t *testing.T) {
	for _, text := range hostile() {
		t.Run(text, func(t *testing.T) {
			s := lesson(Step{Title: text, Checks: []check.Check{{Says: text, Namespace: &check.Namespace{Name: "ns1"}}}})
			s.Title, s.Summary = text, text
			got := runScript(t, Script(s, []Scenario{s}), map[string]string{"ip": `[ "$*" != "netns list" ] || echo ns1`})
			want := "before: " + text + "\n1. " + text + "\n   ok: " + text + "\nall checks of demo hold\n"
			if got.out != want || got.status != 0 {
				t.Errorf("status %d, printed %q, want %q", got.status, got.out, want)
			}
		})
	}
}

func TestQuotedTextsAreOneWord(t *testing.T) {
	for _, text := range append(hostile(), "", " ", "'", "''", "a'b", "\t", "a=b", "x/y.z:1@%+,-_") {
		out, ok := shell(t, nil, "printf '<%s>' "+quote(text)+" "+quoteAll([]string{text, "end"}))
		if want := strings.TrimSpace("<" + text + "><" + text + "><end>"); !ok || out != want {
			t.Errorf("got %q, want %q", out, want)
		}
	}
}

func TestSimpleWordsAreNotQuoted(t *testing.T) {
	for text, want := range map[string]string{"": "''", "ns1": "ns1", "10.1.1.1/24": "10.1.1.1/24", "fe80::1%v1": "fe80::1%v1", "a b": "'a b'", "it's": `'it'\''s'`, "a=b": "a=b", "ä": "'ä'", "~": "'~'"} {
		if got := quote(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestCommandLines(t *testing.T) {
	tests := []struct {
		name, run string
		want      []string
	}{
		{"none", "", nil},
		{"blank lines and comments", "\n  \n# a\n  # b\n", nil},
		{"two", "a b\nc\n", []string{"a b", "c"}},
		{"one that goes on", "a \\\n  b\nc", []string{"a    b", "c"}},
		{"a comment behind a command stays", "a # b", []string{"a # b"}},
		{"space around", "   a\t\n", []string{"a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { compare(t, tt.want, commandLines(tt.run)) })
	}
}

func TestFunctionsThatATextCalls(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"none", "ip netns list", ""},
		{"one", "say x", "say"},
		{"one that calls another", "fail x", "fail"},
		{"through others", "check x paired host a host b", "say fail check paired leads show_link"},
		{"in a subshell", `shows "^$(mac ns1 v1)" x`, "shows mac show_link"},
		{"as a part of a word", "saying unsay say_it", ""},
		{"behind a condition", "if have x; then", "have"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var names []string
			for _, block := range strings.Split(strings.Trim(functions(tt.text), "\n"), "\n\n") {
				names = append(names, functionName(block))
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
