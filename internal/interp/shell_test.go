package interp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func TestEventsComeInOrder(t *testing.T) {
	s := open(t, Options{})
	tests := map[string]struct{ run, want string }{
		"a program and its output": {
			"ls /proc/self/fd/0", "$ ls /proc/self/fd/0  [host, machine]\nstdout: /proc/self/fd/0\n= 0\n",
		},
		"echo is output, not a command": {
			"echo a; true; x=1; [ $x = 1 ]; echo b", "stdout: a\nstdout: b\n",
		},
		"what is written is between command and end": {
			"sh -c 'echo one; sleep 0.1; echo two >&2'; echo three",
			"$ sh -c 'echo one; sleep 0.1; echo two >&2'  [host, machine]\nstdout: one\nstderr: two\n= 0\nstdout: three\n",
		},
		"words are expanded and quoted": {
			`d="a b"; mkdir -p "/run/$d"; ls -d /run/a*`,
			"$ mkdir -p '/run/a b'  [host, machine]\n= 0\n$ ls -d '/run/a b'  [host, machine]\nstdout: /run/a b\n= 0\n",
		},
		"a failure ends it and is marked": {
			"ls /nope 2>/dev/null; echo never", "$ ls /nope 2> /dev/null  [host, machine]\n= 2 fail\n",
		},
		"a failure that is asked for is not": {
			"ls /nope 2>/dev/null || echo no", "$ ls /nope 2> /dev/null  [host, machine]\n= 2\nstdout: no\n",
		},
		"a command inside another": {
			`echo "<$(cat /proc/sys/kernel/ostype)>"`, "$ cat /proc/sys/kernel/ostype  [host, machine]\n= 0\nstdout: <Linux>\n",
		},
		"no such program": {
			"nosuch 2>&1", "$ nosuch 2>&1  [host, netlab]\nstdout: nosuch: command not found\n= 127 fail\n",
		},
		"a syntax error runs nothing": {
			"echo a\nif", "stderr: syntax error: 2:1: `if` must be followed by a statement list\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, do(t, s, tt.run).story()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestStateGoesFromOneRunToTheNext(t *testing.T) {
	s := open(t, Options{})
	do(t, s, `name=ns1; greet() { echo "hello $1"; }; cd /usr; export SHOWN=yes`)
	k := do(t, s, `greet $name; pwd; sh -c 'echo $SHOWN $name.'`)
	if d := cmp.Diff("hello ns1\n/usr\nyes .\n", k.output("stdout")); d != "" {
		t.Error(d)
	}
}

func TestAFailureDoesNotEndTheShell(t *testing.T) {
	s := open(t, Options{})
	for _, run := range []string{"false", "exit 3", "nosuch", "if", "sh -c 'kill -9 $$'"} {
		if k := do(t, s, "x=$x."+"\n"+run); k.Exit == 0 {
			t.Errorf("%q did not fail", run)
		}
	}
	if got := do(t, s, "echo $x").output("stdout"); got != "....\n" { // "if" did not run at all
		t.Errorf("x is %q", got)
	}
}

func TestResultNamesTheCommandThatFailed(t *testing.T) {
	s := open(t, Options{})
	tests := map[string]struct {
		run  string
		want Result
	}{
		"none":                           {"true", Result{}},
		"a program":                      {"true\nls /nope 'a b'\ntrue", Result{Exit: 2, Line: "ls /nope 'a b'", Early: true}},
		"the last one":                   {"true\nls /nope", Result{Exit: 2, Line: "ls /nope"}},
		"a builtin":                      {"cd /nope", Result{Exit: 1, Line: "cd /nope"}},
		"in a function":                  {"f() { sh -c 'exit 9'; }; f; true", Result{Exit: 9, Line: "sh -c 'exit 9'", Early: true}},
		"in an assignment":               {"x=$(sh -c 'exit 4'); true", Result{Exit: 4, Line: "sh -c 'exit 4'", Early: true}},
		"exit":                           {"exit 5; true", Result{Exit: 5, Line: "exit 5", Early: true}},
		"exit 0 is no failure":           {"exit 0; false", Result{Early: true}},
		"set -e is on at each beginning": {"set +e; false; true", Result{}},
		"and again":                      {"false; true", Result{Exit: 1, Line: "false", Early: true}},
	}
	for _, name := range []string{"none", "a program", "the last one", "a builtin", "in a function", "in an assignment", "exit", "exit 0 is no failure", "set -e is on at each beginning", "and again"} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tests[name].want, do(t, s, tests[name].run).Result); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnExpectedFailureIsNotMarked(t *testing.T) {
	s := open(t, Options{})
	tests := map[string]struct{ run, want string }{
		"the last one is meant":    {"true\nsh -c 'exit 3'", "$ sh -c 'exit 3'  [host, machine]\n= 3\n"},
		"one before it never is":   {"sh -c 'exit 3'\ntrue", "$ sh -c 'exit 3'  [host, machine]\n= 3 fail\n"},
		"success is for the judge": {"sh -c 'exit 0'", "$ sh -c 'exit 0'  [host, machine]\n= 0\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, try(t, s, Snippet{Text: tt.run, ExpectFail: true}).story()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSurroundingsAreAShortList(t *testing.T) {
	t.Setenv("SECRET", "of the host")
	s := open(t, Options{})
	k := do(t, s, "env | sort; ls /proc/self/fd | wc -l; cat; echo end")
	want := "HOME=/root\nLANG=C.UTF-8\nLOGNAME=root\nPATH=" + OwnDir + ":" + DefaultPath + "\nPWD=/root\nSHELL=/bin/sh\nTERM=dumb\nUSER=root\n4\nend\n"
	if d := cmp.Diff(want, k.output("stdout")); d != "" { // 0, 1, 2 and ls's own
		t.Error(d)
	}
	if k.Exit != 0 {
		t.Errorf("%+v", k)
	}
}

func TestClosedAndCancelled(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	var kinds []event.Kind
	_, err := s.Run(ctx, Snippet{Text: "sleep 1000"}, func(e event.Event) {
		kinds = append(kinds, e.Kind)
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if d := cmp.Diff([]event.Kind{event.Command, event.CommandEnd}, kinds); d != "" {
		t.Error(d)
	}
	if k := do(t, s, "echo again"); k.output("") != "again\n" || !strings.Contains(k.notes(), "a new shell is started") {
		t.Errorf("after a cancel:\n%s", k.story())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Run(context.Background(), Snippet{Text: "true"}, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestCloseEndsWhatTheShellStarted(t *testing.T) {
	s := open(t, Options{})
	do(t, s, "sleep 4711 & setsid -f sleep 4711; sh -c 'setsid sleep 4711 &'")
	within(t, 5*time.Second, "three jobs run", func() bool { return count("sleep 4711") == 3 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	within(t, 5*time.Second, "the jobs are gone", func() bool { return count("sleep 4711") == 0 })
}

// count counts the living processes with a command line.
func count(line string) int {
	n := 0
	for _, p := range processes() {
		if p.alive() && commandLine(p.pid) == line {
			n++
		}
	}
	return n
}

// within waits until something becomes true.
func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("after %v it is still not so that %s", limit, what)
		}
	}
}

func TestALongSnippetIsRefused(t *testing.T) {
	s := open(t, Options{})
	if _, err := s.Run(context.Background(), Snippet{Text: strings.Repeat("#", MaxSnippet+1)}, nil); err == nil {
		t.Error("no error")
	}
}
