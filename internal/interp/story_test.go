package interp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func TestEachConstructTellsItsStory(t *testing.T) {
	for name, tt := range map[string]struct {
		run, want string
		result    Result
	}{
		"a pipe that fails at its end": {
			"echo x | grep y",
			"$ grep y  [host, machine]\n= 1 fail\n", Result{Exit: 1, Line: "grep y"},
		},
		"a program for a variable": {
			"x=$(printf abc | tr a-c A-C); echo $x",
			"$ tr a-c A-C  [host, machine]\n= 0\nstdout: ABC\n", Result{},
		},
		"a program as a word": {
			"ls -d $(echo /usr)",
			"$ ls -d /usr  [host, machine]\nstdout: /usr\n= 0\n", Result{},
		},
		"a failing program as a word": {
			"echo \"<$(sh -c 'exit 3')>\"; echo after",
			"$ sh -c 'exit 3'  [host, machine]\n= 3\nstdout: <>\nstdout: after\n", Result{},
		},
		"a function is not a command, its programs are": {
			"f() { env true; echo in $1; }; f here",
			"$ env true  [host, machine]\n= 0\nstdout: in here\n", Result{},
		},
		"a function that fails in the middle": {
			"f() { env true; env false; env true; }; f; echo never",
			"$ env true  [host, machine]\n= 0\n$ env false  [host, machine]\n= 1 fail\n", Result{Exit: 1, Line: "env false", Early: true},
		},
		"a subshell": {
			"(cd /usr; env true; exit 3) || echo saved $?",
			"$ env true  [host, machine]\n= 0\nstdout: saved 3\n", Result{},
		},
		"a group into a file": {
			"{ env echo a; echo b; } >/tmp/ev; cat /tmp/ev; rm /tmp/ev",
			"$ env echo a  [host, machine]\n= 0\n$ cat /tmp/ev  [host, machine]\nstdout: a\nb\n= 0\n$ rm /tmp/ev  [host, machine]\n= 0\n", Result{},
		},
		"a here-document": {
			"cat <<EOF\n1 $((1+1))\nEOF",
			"$ cat <<EOF  [host, machine]\nstdout: 1 2\n= 0\n", Result{},
		},
		"a here-string": {
			"tr a b <<<aaa",
			"$ tr a b <<< aaa  [host, machine]\nstdout: bbb\n= 0\n", Result{},
		},
		"input from a file": {
			"head -n1 </proc/sys/kernel/ostype",
			"$ head -n1 < /proc/sys/kernel/ostype  [host, machine]\nstdout: Linux\n= 0\n", Result{},
		},
		"output to nowhere": {
			"env echo a >/dev/null",
			"$ env echo a > /dev/null  [host, machine]\n= 0\n", Result{},
		},
		"a line into a file": {
			"echo 'a  b' >/tmp/ev; printf 'c\\n' >>/tmp/ev; cat /tmp/ev; rm /tmp/ev",
			"$ echo 'a  b' > /tmp/ev  [host, netlab]\n= 0\n$ printf 'c\\n' >> /tmp/ev  [host, netlab]\n= 0\n" +
				"$ cat /tmp/ev  [host, machine]\nstdout: a  b\nc\n= 0\n$ rm /tmp/ev  [host, machine]\n= 0\n", Result{},
		},
		"a line into a file that a variable names": {
			"for n in 1 2; do echo x >/tmp/ev$n; done; rm /tmp/ev1 /tmp/ev2",
			"$ echo x > /tmp/ev1  [host, netlab]\n= 0\n$ echo x > /tmp/ev2  [host, netlab]\n= 0\n$ rm /tmp/ev1 /tmp/ev2  [host, machine]\n= 0\n", Result{},
		},
		"a line into a file that a command names": {
			"echo x >/tmp/$(env echo ev); rm /tmp/ev",
			"$ env echo ev  [host, machine]\n= 0\n$ echo x > /tmp/$(env echo ev)  [host, netlab]\n= 0\n$ rm /tmp/ev  [host, machine]\n= 0\n", Result{},
		},
		"a line into a file that cannot be": {
			"echo x >/nope/ev",
			"stderr: open /nope/ev: no such file or directory\n", Result{Exit: 1},
		},
		"a line into nothing":  {"echo a >/dev/null", "", Result{}},
		"a line to the errors": {"echo a >&2", "stderr: a\n", Result{}},
		"a command that fails with its redirection": {
			"env false 2>/dev/null",
			"$ env false 2> /dev/null  [host, machine]\n= 1 fail\n", Result{Exit: 1, Line: "env false 2> /dev/null"},
		},
		"a job with its output in a file": {
			"env echo a >/tmp/ev 2>&1 & wait; rm /tmp/ev",
			"$ env echo a > /tmp/ev 2>&1 &  [host, machine]\n= 0\n$ rm /tmp/ev  [host, machine]\n= 0\n", Result{},
		},
		"error to output": {
			"sh -c 'echo e >&2' 2>&1",
			"$ sh -c 'echo e >&2' 2>&1  [host, machine]\nstdout: e\n= 0\n", Result{},
		},
		"a choice": {
			"case veth0 in veth*) env true;; *) env false;; esac",
			"$ env true  [host, machine]\n= 0\n", Result{},
		},
		"a condition that is false": {
			"if env false; then env echo never; else env echo no; fi",
			"$ env false  [host, machine]\n= 1\n$ env echo no  [host, machine]\nstdout: no\n= 0\n", Result{},
		},
		"a loop": {
			"for i in 1 2; do env echo $i; done",
			"$ env echo 1  [host, machine]\nstdout: 1\n= 0\n$ env echo 2  [host, machine]\nstdout: 2\n= 0\n", Result{},
		},
		"a loop that fails": {
			"for i in 1 2; do env test $i = 1; done; echo never",
			"$ env test 1 '=' 1  [host, machine]\n= 0\n$ env test 2 '=' 1  [host, machine]\n= 1 fail\n", Result{Exit: 1, Line: "env test 2 '=' 1", Early: true},
		},
		"while and until": {
			"n=2; while env test $n -gt 0; do n=$((n-1)); done; until env true; do :; done",
			"$ env test 2 -gt 0  [host, machine]\n= 0\n$ env test 1 -gt 0  [host, machine]\n= 0\n$ env test 0 -gt 0  [host, machine]\n= 1\n$ env true  [host, machine]\n= 0\n", Result{},
		},
		"and, or, not": {
			"env true && env false || env echo or; ! env false",
			"$ env true  [host, machine]\n= 0\n$ env false  [host, machine]\n= 1\n$ env echo or  [host, machine]\nstdout: or\n= 0\n$ env false  [host, machine]\n= 1\n", Result{},
		},
		"a job that is waited for": {
			"env true & wait; env echo after",
			"$ env true &  [host, machine]\n= 0\n$ env echo after  [host, machine]\nstdout: after\n= 0\n", Result{},
		},
		"variables for one command": {
			"A=1 env -u HOME sh -c 'echo $A'",
			"$ env -u HOME sh -c 'echo $A'  [host, machine]\nstdout: 1\n= 0\n", Result{},
		},
		"eval": {
			"eval 'env echo evaluated'",
			"$ env echo evaluated  [host, machine]\nstdout: evaluated\n= 0\n", Result{},
		},
		"command -v is the shell's": {
			"command -v sh >/dev/null; type cd >/dev/null",
			"", Result{},
		},
		"words that need quotes": {
			"env echo 'a  b' '' '$x' \"it's\" '*' '~'",
			"$ env echo 'a  b' '' '$x' \"it's\" '*' '~'  [host, machine]\nstdout: a  b  $x it's * ~\n= 0\n", Result{},
		},
		"an exit in the middle": {
			"env true; exit 0; env false",
			"$ env true  [host, machine]\n= 0\n", Result{Early: true},
		},
		"exec becomes a command like others": {
			"exec env true",
			"$ env true  [host, machine]\n= 0\n", Result{},
		},
		"test is the shell's": {
			"[ -e /usr ] && test -d /usr && [[ a == a ]]",
			"", Result{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := do(t, open(t, Options{}), tt.run)
			if d := cmp.Diff(tt.want, k.story()); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.result, k.Result); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestEventsAreWhole looks at what must hold for every snippet, also where
// programs run side by side and their order is not known.
func TestEventsAreWhole(t *testing.T) {
	s := open(t, Options{})
	for name, tt := range map[string]struct {
		run      string
		commands int
		out      string
	}{
		"a pipe of three":           {"printf 'b\\na\\n' | sort | tr a-z A-Z | head -n1", 3, "A\n"},
		"a failure inside a pipe":   {"sh -c 'exit 3' | cat", 2, ""},
		"two jobs":                  {"sh -c 'echo x' & sh -c 'echo x' & wait", 2, "x\nx\n"},
		"the same line twice":       {"env true; env true", 2, ""},
		"the same line in a pipe":   {"echo a | cat | cat", 2, "a\n"},
		"a failure that is the end": {"env true; env false; env true", 2, ""},
		"a program for a pipe":      {"echo $(env echo in) | cat", 2, "in\n"},
		"nested":                    {"echo $(env echo $(env echo deep))", 2, "deep\n"},
		"netlab's own":              {"ip netns add whole; ip netns exec whole ip link set lo up; ip netns del whole", 3, ""},
		"none":                      {"x=1; echo $x", 0, "1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if got := k.output(""); got != tt.out {
				t.Errorf("output %q, not %q", got, tt.out)
			}
			if n := len(k.of(event.Command)); n != tt.commands {
				t.Errorf("%d commands, not %d", n, tt.commands)
			}
			expectWhole(t, k)
		})
	}
}

// expectWhole: each command begins before it ends, and says who ran it and where.
func expectWhole(t *testing.T, k took) {
	t.Helper()
	open := map[string]int{}
	for _, e := range k.events {
		switch e.Kind {
		case event.Command:
			open[e.Line]++
		case event.CommandEnd:
			if open[e.Line]--; open[e.Line] < 0 {
				t.Errorf("%q ends before it begins", e.Line)
			}
			if e.Millis <= 0 || e.Millis > 60_000 {
				t.Errorf("%q took %v ms", e.Line, e.Millis)
			}
		case event.Output:
			if e.Stream != "stdout" && e.Stream != "stderr" || e.Text == "" {
				t.Errorf("%+v", e)
			}
			continue
		}
		if e.V != event.Version || e.Line == "" || e.Place == "" || e.By == "" {
			t.Errorf("a field is missing: %+v", e)
		}
	}
	for line, n := range open {
		if n != 0 {
			t.Errorf("%q never ends", line)
		}
	}
}

func TestAnExpectedFailureHasAnEarlyEndOnlyBeforeTheLast(t *testing.T) {
	for name, tt := range map[string]struct {
		run    string
		result Result
		marked string // the line of the CommandEnd that is marked
	}{
		"the last one":                  {"env true\nenv false", Result{Exit: 1, Line: "env false"}, ""},
		"one before it":                 {"env false\nenv true", Result{Exit: 1, Line: "env false", Early: true}, "env false"},
		"the last one succeeds":         {"env true", Result{}, ""},
		"a list on one line is one":     {"env true && env false", Result{Exit: 1, Line: "env false"}, ""},
		"two on one line are two":       {"env false; env true", Result{Exit: 1, Line: "env false", Early: true}, "env false"},
		"inside a loop at the end":      {"for i in 1 2; do env test $i -lt 2; done", Result{Exit: 1, Line: "env test 2 -lt 2"}, ""},
		"a comment behind it":           {"env false # as it must be\n# the end\n", Result{Exit: 1, Line: "env false"}, ""},
		"a builtin fails":               {"env true\nfalse", Result{Exit: 1, Line: "false"}, ""},
		"a syntax error is never meant": {"env true\n(", Result{Exit: 2, Line: "env true …", Early: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := try(t, open(t, Options{}), Snippet{Text: tt.run, ExpectFail: true})
			if d := cmp.Diff(tt.result, k.Result); d != "" {
				t.Error(d)
			}
			var marked []string
			for _, e := range k.of(event.CommandEnd) {
				if e.Status != "" {
					marked = append(marked, e.Line)
				}
			}
			if got := strings.Join(marked, ", "); got != tt.marked {
				t.Errorf("marked as failed: %q, not %q", got, tt.marked)
			}
		})
	}
}
