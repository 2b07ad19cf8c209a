package cli

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/term"
)

func TestWrongUse(t *testing.T) {
	list := "usage: netlab"
	tests := []struct {
		name string
		args string
		text string
		hint string
	}{
		{"run needs a lesson", "run", "run needs the name or the path of one scenario", list + " run NAME|PATH"},
		{"play needs a script", "play", "play needs a shell script, or - for standard input", list + " play FILE.sh [ARG…]"},
		{"a time of play is one", "play --time long x.sh", `invalid argument "long" for "--time"`, "netlab play --help"},
		{"a time of play is more than nothing", "play --time 0s x.sh", "--time must be more than 0", "90s"},
		{"a script that there is not", "play nothing.sh", `cannot read "nothing.sh": no such file or directory`, "give the path of a shell script"},
		{"a lesson for a script", "play veth-pair", `cannot read "veth-pair"`, "netlab run veth-pair"},
		{"run takes one lesson", "run a b", `"b" is too much`, list + " run"},
		{"show needs a lesson", "show", "show needs the name", list + " show NAME|PATH"},
		{"show takes one lesson", "show a b c", `"b" is too much`, list},
		{"script needs a lesson", "script", "script needs the name", list + " script NAME|PATH"},
		{"script takes one lesson", "script a b", `"b" is too much`, list},
		{"lint needs a path", "lint", "lint needs the path of a scenario.yaml", list + " lint PATH…"},
		{"explain needs a command", "explain", "explain needs a command", list + " explain 'ip …'"},
		{"completion needs a shell", "completion", "completion needs the name of a shell", list},
		{"completion takes one shell", "completion bash zsh", `"zsh" is too much`, list},
		{"completion knows three shells", "completion tcsh", `there is no completion for "tcsh"`, "the shells are bash, zsh and fish"},
		{"list takes nothing", "list all", `list takes no argument, but was given "all"`, "netlab list --help"},
		{"doctor takes nothing", "doctor me", `was given "me"`, "netlab doctor --help"},
		{"schema takes nothing", "schema json", `was given "json"`, "netlab schema --help"},
		{"version takes nothing", "version 2", `was given "2"`, "netlab version --help"},
		{"help takes one command", "help list more", `"more" is too much`, list + " help [COMMAND]"},
		{"help of what there is not", "help nothing", `"nothing" is not a command`, "netlab --help"},
		{"trace needs two ends", "trace A", "trace needs two nodes, or a node and an address", list + " trace FROM TO"},
		{"trace takes two ends", "trace A B C", `"C" is too much`, list + " trace FROM TO"},
		{"why needs two ends", "why", "why needs two nodes", list + " why FROM TO"},
		{"a protocol that there is not", "trace A B --proto sctp", `"sctp" is no protocol that can be sent`, "icmp, tcp or udp"},
		{"an echo has no port", "trace A B --proto icmp --port 7", "an echo request (icmp) has no port", "--proto tcp"},
		{"a datagram needs a port", "why A B --proto udp", "udp needs a port", "--port 80"},
		{"a connection needs a port", "trace A B --proto TCP", "tcp needs a port", "--port 80"},
		{"a port is a number", "trace A B --port http", `invalid argument "http" for "--port"`, "netlab trace --help"},
		{"a port is not so large", "why A B --port 70000", `invalid argument "70000" for "--port"`, "netlab why --help"},
		{"the beginning of a connection has no size", "trace A B --port 80 -s 9", "carries no data", "--size is for icmp and udp"},
		{"no packet is so large", "trace A B -s 65508", "from 1 to 65507 bytes of data, not 65508", "--help"},
		{"no packet is less than nothing", "trace A B -s -1", "not -1", "--help"},
		{"nobody waits for nothing", "trace A B -W 0s", "--wait must be more than 0", "500ms"},
		{"nobody waits so long", "why A B -W 61s", "one minute at most, not 1m1s", "500ms"},
		{"a time has a unit", "why A B -W 5", `invalid argument "5" for "-W, --wait"`, "netlab why --help"},
		{"one family of addresses", "trace A B -4 -6", "-4 and -6 exclude each other", "choose one"},
		{"an address of many", "trace A 224.0.0.1", `"224.0.0.1" is not the address of one machine`, "give a node"},
		{"an IPv6 address of many", "trace A ff02::1%eth0", `"ff02::1%eth0" is not the address of one machine`, "give a node"},
		{"an address of nobody", "why A ::", `"::" is not the address of one machine`, "give a node"},
		{"an IPv6 address is not IPv4", "trace A fd00::1 -4", `"fd00::1" is an address of the other family`, "leave -4 and -6 out"},
		{"an IPv4 address is not IPv6", "why A 10.0.0.1 -6", `"10.0.0.1" is an address of the other family`, "leave -4 and -6 out"},
		{"dig needs a node", "dig", "dig needs a node before what it asks for", "usage: netlab dig NODE NAME"},
		{"dig has no option for a node", "dig +short web.lab", "dig needs a node", "netlab dig NODE"},
		{"dig needs a node before a server", "dig @10.0.0.1 web.lab", "dig needs a node", "netlab dig NODE"},
		{"an option that dig has not", "dig A web.lab +nothing", "dig has no option +nothing", "netlab dig --help shows examples"},
		{"an option that netlab's dig has not", "dig A web.lab +yaml", "dig knows +yaml, netlab's own does not", "netlab dig --help shows examples"},
		{"a letter that dig has not", "dig A web.lab -Z", "dig has no option -Z", "netlab dig --help shows examples"},
		{"a flag that netlab has not", "dig A web.lab --short", "unknown flag: --short", "netlab dig --help shows the flags"},
		{"a name that is none", "dig A web..lab", `"web..lab" is no name`, "netlab dig --help shows examples"},
		{"a name that is too long", "dig A " + strings.Repeat("abcdefghi.", 30), "RFC 1035 (2.3.4) allows 255", "netlab dig --help shows examples"},
		{"dig's own help", "dig A -v", "-h and -v are for dig itself", "netlab dig --help"},
		{"a colour of dig", "dig A web.lab --color blue", `unknown colour mode "blue"`, "netlab --help"},
		{"an unknown verb", "frobnicate", `"frobnicate" is not a command of netlab`, "netlab --help shows all commands"},
		{"a slip in a verb", "verfy", `"verfy" is not a command`, "did you mean verify?"},
		{"a lesson in the verb's place", "veth-pair", `"veth-pair" is not a command`, "it is a lesson: netlab run veth-pair"},
		{"a verb after two dashes", "-- list", `"list" is not a command`, "a verb stands before any --: netlab list"},
		{"an unknown lesson", "show veth", `there is no scenario "veth"`, "did you mean veth-pair?"},
		{"a lesson like none", "show zzzzzzzzzz", `there is no scenario "zzzzzzzzzz"`, "netlab list shows all"},
		{"a lesson without a name", "show \x00", `there is no scenario ""`, "netlab list"},
		{"an unknown lesson among good ones", "verify bridge brige", `there is no scenario "brige"`, "did you mean bridge"},
		{"an unknown flag", "list --all", "unknown flag: --all", "netlab list --help shows the flags"},
		{"an unknown flag before a verb", "--all list", "unknown flag: --all", "netlab --help shows the flags"},
		{"an unknown short flag", "run -z veth-pair", "unknown shorthand flag: 'z'", "netlab run --help"},
		{"a colour that there is not", "--color blue list", `unknown colour mode "blue"`, "netlab --help"},
		{"json is yes or no", "list --json=maybe", `invalid argument "maybe"`, "netlab list --help"},
		{"json of a run is yes or no", "run --json=maybe x", `invalid argument "maybe"`, "netlab run --help"},
		{"an unknown format", "verify --format xml", `there is no format "xml"`, "text, json, junit and tap"},
		{"a format without a value", "verify --format", "flag needs an argument: --format", "netlab verify --help"},
		{"jobs are a number", "verify -j many", `invalid argument "many" for "-j, --jobs" flag`, "netlab verify --help"},
		{"there is at least one job", "verify -j 0", "--jobs must be at least 1", ""},
		{"jobs are not below nothing", "verify --jobs=-3", "--jobs must be at least 1", ""},
		{"a path that there is not", "run ./nothing.yaml", `cannot read "./nothing.yaml": no such file or directory`, "netlab list shows the names"},
		{"a path for a name", "run ./veth-pair", `cannot read "./veth-pair"`, "give its name alone"},
		{"a file for a lesson", "show main_test.go", `there is no scenario "main_test.go"`, "write ./main_test.go"},
		{"a command that is none of ip's", "explain ls -l", `"ls"`, "quote the whole command"},
		{"a slip in a command", "explain ip lnik set lo up", `"link"`, ""},
		{"a command of no words", "explain \x00", "the line ends too early", "quote the whole command"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := strings.Fields(tt.args)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "\x00", "")
			}
			got := noLab(t).call(args...)
			if got.code != event.CodeUsage || got.out != "" {
				t.Errorf("exit code %d, printed %q", got.code, got.out)
			}
			first, rest, _ := strings.Cut(got.errs, "\n")
			if !strings.HasPrefix(first, "netlab: ") || !strings.Contains(first, tt.text) || strings.HasSuffix(first, ".") {
				t.Errorf("it says %q, want %q", first, tt.text)
			}
			if strings.Contains(got.errs, "strconv") || strings.Contains(got.errs, "Usage:") {
				t.Errorf("it says %q", got.errs)
			}
			if tt.hint == "" && rest != "" || tt.hint != "" && !strings.HasPrefix(rest, "hint: ") || !strings.Contains(rest, tt.hint) || strings.Count(rest, "\n") > 1 {
				t.Errorf("it hints %q, want %q", rest, tt.hint)
			}
		})
	}
}

func TestLongWrongWordsAreCut(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, args := range [][]string{{long}, {"list", long}, {"run", "a", long}, {"completion", long}, {"help", long}, {"verify", "--format", long}, {"run", "./" + long}} {
		if got := noLab(t).call(args...); got.code != event.CodeUsage || len(got.errs) > 400 {
			t.Errorf("%.20q: exit code %d, %d bytes: %.200s", args, got.code, len(got.errs), got.errs)
		}
	}
}

// parse runs a command line of which only the flags matter: the verb that make
// gives stands alone below a root.
func parse(t *testing.T, verb func(*app) *cobra.Command, args string) error {
	t.Helper()
	tm, _ := term.Test(strings.NewReader(""), 80)
	a := &app{term: tm, open: noLab(t).open}
	root := newRoot(a)
	root.ResetCommands()
	root.AddCommand(verb(a))
	return a.execute(soon(t), root, strings.Fields(args))
}

func TestFlagsOfExecStandBeforeOrBehindTheNode(t *testing.T) {
	ls := []string{"ls", "-l"}
	for args, want := range map[string]execOptions{
		"exec A -- ls -l":               {node: "A", args: ls},
		"exec A ls -l":                  {node: "A", args: ls},
		"exec --lab x A -- ls -l":       {lab: "x", node: "A", args: ls},
		"exec A --lab x -- ls -l":       {lab: "x", node: "A", args: ls},
		"exec A -l x ls -l":             {lab: "x", node: "A", args: ls},
		"exec A ls -l -- --lab x":       {node: "A", args: []string{"ls", "-l", "--", "--lab", "x"}},
		"exec A --lab=x -- ls -l -- -l": {lab: "x", node: "A", args: []string{"ls", "-l", "--", "-l"}},
		"exec A -- --lab":               {node: "A", args: []string{"--lab"}},
	} {
		var got execOptions
		err := parse(t, func(a *app) *cobra.Command {
			return newExec(a, func(_ context.Context, _ *app, opt execOptions) error { got = opt; return nil })
		}, args)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(execOptions{})); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", args, err, diff)
		}
	}
	for args, want := range map[string]string{
		"exec A --lab x": "exec needs a command", "exec A --": "exec needs a command", "exec A --lob x ls": "unknown flag: --lob", "exec A -l": "flag needs an argument",
	} {
		err := parse(t, func(a *app) *cobra.Command {
			return newExec(a, func(context.Context, *app, execOptions) error { t.Errorf("%s is run", args); return nil })
		}, args)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestRunFlags(t *testing.T) {
	tests := []struct {
		name string
		args string
		want runOptions
	}{
		{"only a name", "run veth-pair", runOptions{arg: "veth-pair"}},
		{"straight through", "run veth-pair --auto", runOptions{arg: "veth-pair", auto: true}},
		{"a flag before the name", "run --more ./a.yaml", runOptions{arg: "./a.yaml", more: true}},
		{"events for programs", "run x --json", runOptions{arg: "x", format: "jsonl"}},
		{"no events for programs", "run x --json=false", runOptions{arg: "x"}},
		{"a name that looks like a flag", "run -- --auto", runOptions{arg: "--auto"}},
		{"all at once", "run --auto --more --json x", runOptions{arg: "x", auto: true, more: true, format: "jsonl"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got runOptions
			err := parse(t, func(a *app) *cobra.Command {
				return newRun(a, func(_ context.Context, _ *app, opt runOptions) error { got = opt; return nil })
			}, tt.args)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(runOptions{})); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestVerifyFlags(t *testing.T) {
	all := runtime.NumCPU()
	tests := []struct {
		name string
		args string
		want verifyOptions
	}{
		{"everything", "verify", verifyOptions{args: []string{}, format: "text", jobs: all}},
		{"two lessons", "verify a b", verifyOptions{args: []string{"a", "b"}, format: "text", jobs: all}},
		{"a format", "verify --format tap a", verifyOptions{args: []string{"a"}, format: "tap", jobs: all}},
		{"the last format counts", "verify --format tap --json", verifyOptions{args: []string{}, format: "jsonl", jobs: all}},
		{"json is a format", "verify --json a", verifyOptions{args: []string{"a"}, format: "jsonl", jobs: all}},
		{"json that is not wanted", "verify --json=0 --format junit", verifyOptions{args: []string{}, format: "junit", jobs: all}},
		{"one at a time", "verify -j1 --more", verifyOptions{args: []string{}, format: "text", jobs: 1, more: true}},
		{"jobs in full", "verify --jobs 7", verifyOptions{args: []string{}, format: "text", jobs: 7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got verifyOptions
			err := parse(t, func(a *app) *cobra.Command {
				return newVerify(a, func(_ context.Context, _ *app, opt verifyOptions) error { got = opt; return nil })
			}, tt.args)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(verifyOptions{})); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestWhatTheWorkSaysIsReturned(t *testing.T) {
	broken := errors.New("broken")
	for verb, make := range map[string]func(*app) *cobra.Command{
		"run x": func(a *app) *cobra.Command {
			return newRun(a, func(context.Context, *app, runOptions) error { return broken })
		},
		"verify x": func(a *app) *cobra.Command {
			return newVerify(a, func(context.Context, *app, verifyOptions) error { return broken })
		},
	} {
		if err := parse(t, make, verb); !errors.Is(err, broken) {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

func TestColourFlag(t *testing.T) {
	for mode, want := range map[string]bool{"always": true, "never": false, "auto": false} {
		tm, b := term.Test(strings.NewReader(""), 80)
		if code := noLab(t).on(soon(t), tm, "--color="+mode, "explain", "ip link set lo up"); code != 0 {
			t.Errorf("%s: exit code %d, %s", mode, code, b.Err)
		}
		if got := strings.Contains(b.Out.String(), "\x1b["); got != want {
			t.Errorf("%s: coloured %v: %q", mode, got, b.Out)
		}
	}
}
