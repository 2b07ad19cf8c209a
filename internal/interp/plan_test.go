package interp

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"mvdan.cc/sh/v3/expand"

	"netlab/internal/op"
)

// desk is a session whose tools write down what they are asked.
type desk struct {
	session
	log         []string
	no          *refusal
	showErr     error
	out, errOut strings.Builder
}

func newDesk() *desk {
	d := &desk{}
	d.opts = Options{}.withDefaults()
	d.tools = tools{
		parse: op.Parse, parseExec: op.ParseExec, parseQuery: op.ParseQuery, summary: op.Summary,
		enter: func(ns string) error {
			if ns == "gone" {
				return errors.New("Cannot open network namespace \"gone\": No such file or directory")
			}
			return nil
		},
		do: func(l op.Line) *refusal {
			d.log = append(d.log, "do "+l.String())
			return d.no
		},
		show: func(_ context.Context, q op.Query) (string, error) {
			d.log = append(d.log, "show "+q.Object+" in "+q.Netns)
			return "the answer\n", d.showErr
		},
		setting: func(ns, path string) (string, error) {
			d.log = append(d.log, "read "+path+" in "+ns)
			switch filepath.Base(path) {
			case "missing":
				return "", fs.ErrNotExist
			case "secret":
				return "", fs.ErrPermission
			case "two":
				return "a\tb\nc\n", nil
			}
			return "1\n", nil
		},
	}
	return d
}

// run plans words and carries the plan out, without any program installed.
func (d *desk) run(words ...string) outcome {
	c := &call{args: words, vars: expand.ListEnviron("PATH=" + noTools), dir: "/", stdout: &d.out, stderr: &d.errOut}
	return d.plan(c).run(context.Background(), c)
}

func TestAPlanIsCarriedOut(t *testing.T) {
	for name, tt := range map[string]struct {
		line string
		no   *refusal
		log  []string
		out  string
		err  string
		want outcome
	}{
		"an op":                {line: "ip link set lo up", log: []string{"do ip link set lo up"}},
		"an op in a namespace": {line: "ip netns exec ns1 ip link set lo up", log: []string{"do ip -n ns1 link set lo up"}},
		"the short way":        {line: "ip -n ns1 l s lo up", log: []string{"do ip -n ns1 link set lo up"}},
		"an op that is refused": {
			line: "ip link set x up", no: &refusal{1, "Cannot find device \"x\"", "ip link shows all"},
			log: []string{"do ip link set x up"}, err: "Cannot find device \"x\"\n", want: outcome{exit: 1, text: "Cannot find device \"x\"", hint: "ip link shows all"},
		},
		"a refusal without words":   {line: "ip link set x up", no: &refusal{exit: 2}, log: []string{"do ip link set x up"}, want: outcome{exit: 2}},
		"a question":                {line: "ip -n ns1 addr", log: []string{"show addr in ns1"}, out: "the answer\n"},
		"a question about a bridge": {line: "bridge fdb show", log: []string{"show fdb in "}, out: "the answer\n"},
		"a namespace that is gone": {
			line: "ip netns exec gone ls", err: "Cannot open network namespace \"gone\": No such file or directory\n",
			want: outcome{exit: 255, text: "Cannot open network namespace \"gone\": No such file or directory", hint: `a namespace is made by "ip netns add"; "ip netns list" shows those that there are`},
		},
		"sudo of nothing":              {line: "sudo -n", err: "usage: sudo COMMAND\n", want: outcome{exit: 1, text: "usage: sudo COMMAND", hint: "in a lab you are root already: sudo does nothing here"}},
		"ping's wrong value":           {line: "ping -c x 10.1.1.2", err: "ping: invalid argument: 'x'\n", want: outcome{exit: 1, text: "ping: invalid argument: 'x'"}},
		"ping's wrong time to live":    {line: "ping -t 0 10.1.1.2", err: "ping: cannot set unicast time-to-live: Invalid argument\n", want: outcome{exit: 2, text: "ping: cannot set unicast time-to-live: Invalid argument"}},
		"the first wrong value counts": {line: "ping -c 0 -t 999 10.1.1.2", err: "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n", want: outcome{exit: 1, text: "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807"}},
		"ping of the wrong family":     {line: "ping -4 fd00::1", err: "ping: fd00::1: Address family for hostname not supported\n", want: outcome{exit: 2, text: "ping: fd00::1: Address family for hostname not supported"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			d.no = tt.no
			got := d.run(strings.Fields(tt.line)...)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.log, d.log); diff != "" {
				t.Error(diff)
			}
			if d.out.String() != tt.out || d.errOut.String() != tt.err {
				t.Errorf("stdout %q, stderr %q", &d.out, &d.errOut)
			}
		})
	}
}

func TestAnAnswerThatCannotBeGivenIsAnError(t *testing.T) {
	d := newDesk()
	d.showErr = errors.New(`Device "eth9" does not exist.`)
	if o := d.run("ip", "link", "show", "eth9"); o.exit != 1 || d.errOut.String() != "Device \"eth9\" does not exist.\n" || d.out.Len() > 0 {
		t.Errorf("%+v, stdout %q, stderr %q", o, &d.out, &d.errOut)
	}
}

func TestSysctlReadsAndWrites(t *testing.T) {
	for name, tt := range map[string]struct {
		words []string
		no    *refusal
		log   []string
		out   string
		err   string
		exit  int
	}{
		"several lines":                     {words: []string{"net.two"}, log: []string{"read /proc/sys/net/two in "}, out: "net.two = a\tb\nnet.two = c\n"},
		"only values":                       {words: []string{"-n", "net.two"}, log: []string{"read /proc/sys/net/two in "}, out: "a\tb\nc\n"},
		"two keys":                          {words: []string{"net.a", "net.b"}, log: []string{"read /proc/sys/net/a in ", "read /proc/sys/net/b in "}, out: "net.a = 1\nnet.b = 1\n"},
		"one of two is not there":           {words: []string{"net.missing", "net.b"}, log: []string{"read /proc/sys/net/missing in ", "read /proc/sys/net/b in "}, out: "net.b = 1\n", err: "sysctl: cannot stat /proc/sys/net/missing: No such file or directory\n", exit: 1},
		"ignored":                           {words: []string{"-e", "net.missing"}, log: []string{"read /proc/sys/net/missing in "}},
		"not for our eyes":                  {words: []string{"net.secret"}, log: []string{"read /proc/sys/net/secret in "}, err: "sysctl: permission denied on key \"net.secret\"\n", exit: 1},
		"write":                             {words: []string{"-w", "net.a=5"}, log: []string{"do sysctl -w net.a=5"}, out: "net.a = 5\n"},
		"write quietly":                     {words: []string{"-qw", "net.a=5"}, log: []string{"do sysctl -w net.a=5"}},
		"write, only values":                {words: []string{"-n", "-w", "net.a=5"}, log: []string{"do sysctl -w net.a=5"}, out: "5\n"},
		"a value with =":                    {words: []string{"net.a=b=c"}, log: []string{"do sysctl -w net.a=b=c"}, out: "net.a = b=c\n"},
		"both":                              {words: []string{"net.a=5", "net.a"}, log: []string{"do sysctl -w net.a=5", "read /proc/sys/net/a in "}, out: "net.a = 5\nnet.a = 1\n"},
		"slashes are shown as dots":         {words: []string{"net/a"}, log: []string{"read /proc/sys/net/a in "}, out: "net.a = 1\n"},
		"refused":                           {words: []string{"net.a=x"}, no: &refusal{1, "sysctl: setting key \"net.a\": Invalid argument", ""}, log: []string{"do sysctl -w net.a=x"}, err: "sysctl: setting key \"net.a\": Invalid argument\n", exit: 1},
		"-e ignores only what is not there": {words: []string{"-e", "net.a=x"}, no: &refusal{1, "sysctl: setting key \"net.a\": Invalid argument", ""}, log: []string{"do sysctl -w net.a=x"}, err: "sysctl: setting key \"net.a\": Invalid argument\n", exit: 1},
		"-e of a write":                     {words: []string{"-e", "net.a=x"}, no: &refusal{1, "sysctl: cannot stat /proc/sys/net/a: No such file or directory", ""}, log: []string{"do sysctl -w net.a=x"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			d.no = tt.no
			if o := d.run(append([]string{"sysctl"}, tt.words...)...); o.exit != tt.exit {
				t.Errorf("exit %d", o.exit)
			}
			if diff := cmp.Diff(tt.log, d.log); diff != "" {
				t.Error(diff)
			}
			if d.out.String() != tt.out || d.errOut.String() != tt.err {
				t.Errorf("stdout %q, stderr %q", &d.out, &d.errOut)
			}
		})
	}
}

func TestToolsAreKnownByTheirPlace(t *testing.T) {
	for word, want := range map[string]string{
		"ip": "ip", "/sbin/ip": "ip", "/usr/sbin/ip": "ip", "/bin/ping": "ping", "/usr/bin/sudo": "sudo",
		"./ip": "./ip", "bin/ip": "bin/ip", "/usr/local/bin/ip": "/usr/local/bin/ip", "/tmp/ip": "/tmp/ip", "": "", "/usr/bin/../bin/ip": "ip",
	} {
		if got := tool(word); got != want {
			t.Errorf("%q is %q, not %q", word, got, want)
		}
	}
}

func TestALineIsWrittenAgainForItsNamespace(t *testing.T) {
	args := []string{"ip", "link"}
	if d := cmp.Diff([]string{"ip", "netns", "exec", "a", "ip", "link"}, inside("a", args)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(args, inside("", args)); d != "" {
		t.Error(d)
	}
}

func TestSudoKeepsVariables(t *testing.T) {
	for line, want := range map[string]struct {
		args, env string
		exit      int // of a plan that only explains; -1: there is none
	}{
		"sudo A=1 B= cmd C=3":     {"cmd C=3", "A=1 B=", -1},
		"sudo -- A=1 cmd":         {"cmd", "A=1", -1},
		"sudo -nEH cmd -u nobody": {"cmd -u nobody", "", -1},
		"sudo --user root cmd":    {"cmd", "", -1},
		"sudo -g root cmd":        {"cmd", "", -1},
		"sudo --user=root cmd":    {"cmd", "", -1},
		"sudo --user=nobody cmd":  {"sudo --user=nobody cmd", "", 1},
		"sudo -unobody cmd":       {"sudo -unobody cmd", "", 1},
		"sudo -u":                 {"sudo -u", "", 1},
		"sudo -s":                 {"sudo -s", "", 1},
		"sudo --":                 {"sudo --", "", 1},
		"sudo A=1":                {"sudo A=1", "A=1", 1},
		"sudo 1-x=2":              {"1-x=2", "", -1},
		"sudo =x":                 {"=x", "", -1},
	} {
		t.Run(line, func(t *testing.T) {
			c := &call{args: strings.Fields(line), stderr: &strings.Builder{}}
			p, failed := dropSudo(c)
			if strings.Join(c.args, " ") != want.args || strings.Join(c.env, " ") != want.env {
				t.Errorf("words %q, variables %q", c.args, c.env)
			}
			if failed != (want.exit >= 0) {
				t.Fatalf("failed = %v", failed)
			}
			if failed {
				if o := p.run(context.Background(), c); o.exit != want.exit || o.text == "" {
					t.Errorf("%+v", o)
				}
			}
		})
	}
}

func TestAFailureIsToldOnce(t *testing.T) {
	shown := &stream{name: "stderr", mouth: newMouth(&strings.Builder{}), meter: &meter{show: 100}}
	if o := (&call{stderr: shown}).fail(2, "oops", "try"); o.text != "" || o.hint != "try" || o.exit != 2 {
		t.Errorf("what is shown is told again: %+v", o)
	}
	var hidden strings.Builder
	if o := (&call{stderr: &hidden}).fail(2, "oops", ""); o.text != "oops" || hidden.String() != "oops\n" {
		t.Errorf("what a redirection hides is not told: %+v, %q", o, &hidden)
	}
}

func TestProgramsGetExportedVariablesOnly(t *testing.T) {
	str := func(name, value string, exported bool) pairOf {
		return pairOf{name, expand.Variable{Set: true, Exported: exported, Kind: expand.String, Str: value}}
	}
	vars := listed{
		str("B", "2", true), str("A", "1", true), str("own", "x", false), str("PWD", "/wrong", true), str("EMPTY", "", true),
		str("A", "new", true), // the one that comes last counts
		str("B", "hidden", false),
		{"LIST", expand.Variable{Set: true, Exported: true, Kind: expand.Indexed, List: []string{"a"}}},
		{"UNSET", expand.Variable{Exported: true, Kind: expand.String}},
	}
	if d := cmp.Diff([]string{"A=new", "EMPTY=", "PWD=/wrong"}, exported(vars, "/here")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"PWD=/here"}, exported(listed{}, "/here")); d != "" {
		t.Error(d)
	}
}

// listed is an environment of pairs.
type listed []pairOf

type pairOf struct {
	name string
	v    expand.Variable
}

func (l listed) Get(name string) (v expand.Variable) {
	for _, p := range l {
		if p.name == name {
			v = p.v
		}
	}
	return v
}

func (l listed) Each(f func(string, expand.Variable) bool) {
	for _, p := range l {
		if !f(p.name, p.v) {
			return
		}
	}
}

func TestPathsAreTakenFromTheDirectory(t *testing.T) {
	for _, tt := range []struct {
		dir, name, want string
		slash           bool
	}{{"/a", "b", "/a/b", false}, {"/a", "/b", "/b", true}, {"/a", "../b", "/b", true}, {"/a", "./b", "/a/b", true}} {
		if got := inDir(tt.dir, tt.name); got != tt.want || hasSlash(tt.name) != tt.slash {
			t.Errorf("%q in %q is %q", tt.name, tt.dir, got)
		}
	}
}

func TestAProgramForANamespaceIsLookedForFirst(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"nosuch": "exec of \"nosuch\" failed: No such file or directory\n",
		"./no":   "exec of \"./no\" failed: No such file or directory\n",
		"./text": "exec of \"./text\" failed: Permission denied\n",
		"/etc":   "exec of \"/etc\" failed: Permission denied\n",
	} {
		d := newDesk()
		c := &call{args: []string{word}, vars: expand.ListEnviron("PATH=" + noTools), dir: dir, stdout: &d.out, stderr: &d.errOut}
		if o := d.planHelper("ns1", c, c.args).run(context.Background(), c); o.exit != 1 || d.errOut.String() != want {
			t.Errorf("%s: %+v, %q", word, o, &d.errOut)
		}
	}
}
