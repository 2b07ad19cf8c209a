package interp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/event"
	"netlab/internal/netlabtest"
)

// small are limits that a test reaches soon.
func small() Options {
	o := Options{
		CommandTime: 20 * time.Second, RunTime: 30 * time.Second, MaxOutput: 16 << 10,
		Memory: 192 << 20, Processes: 40, FileSize: 1 << 20,
	}
	if raced {
		o.Memory = 8 << 30
	}
	return o
}

// breach is a snippet that goes beyond a limit.
type breach struct {
	run   string
	limit string
	line  string
	lives bool // the shell itself goes on
}

// orThreads: what was asked for and not yet touched is no part of the peak by which
// a thread that got no memory is known (peer.end).
const orThreads = LimitMemory + " or " + LimitProcesses

func TestLimitsAreToldByTheirName(t *testing.T) {
	holds(t, map[string]breach{
		"a command that never ends":              {"echo a; sleep 1000", LimitTime, "sleep 1000", false},
		"a loop that never ends":                 {"while :; do :; done", LimitTime, "while :; do :; done", false},
		"endless recursion":                      {"f() { f; }; f", LimitStack, "f", false},
		"recursion through a pipe":               {"f() { echo | f; }; f", LimitProcesses + " or " + LimitMemory, "", false},
		"endless output of a program":            {"yes", LimitOutput, "yes", false},
		"endless output through two programs":    {"yes | cat", LimitOutput, "cat", false},
		"endless output of the shell":            {"while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done", LimitOutput, "echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", false},
		"a string that doubles":                  {"x=0123456789abcdef; while :; do x=$x$x; done", orThreads, "while :; do x=$x$x; done", false},
		"a program that takes all memory":        {"tail /dev/zero", LimitMemory, "tail /dev/zero", true},
		"a program inside a substitution":        {"x=$(tail /dev/zero)", LimitMemory, "tail /dev/zero", true},
		"output that fills a variable":           {"x=$(yes)", orThreads, "", false},
		"somebody kills the shell":               {"sh -c 'kill -9 $PPID'; sleep 1", LimitKilled, "", false},
		"a program that leaves its limits alone": {"sh -c 'exit 3'", "", "sh -c 'exit 3'", true},
	})
}

func TestAForkBombIsStopped(t *testing.T) {
	if !bounded(t) {
		netlabtest.Nested(t, "^TestAForkBombIsStopped$")
		return
	}
	holds(t, map[string]breach{
		"a fork bomb of the shell": {"b() { b | b & }; b; wait; sleep 5", LimitProcesses, "", false},
		// One that leaves nothing behind may be over before anybody has counted.
		"a fork bomb of programs":             {`sh -c 'b() { sleep 4 & b | b & }; b; sleep 5; wait'`, LimitProcesses, "", false},
		"a fork bomb that leaves the session": {`printf '#!/bin/sh\nsetsid -f "$0"; setsid -f "$0"; sleep 2\n' >/tmp/bomb; chmod +x /tmp/bomb; /tmp/bomb; sleep 5`, LimitProcesses, "", false},
	})
}

func holds(t *testing.T, tests map[string]breach) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if raced && (strings.HasPrefix(tt.limit, LimitMemory) || tt.limit == LimitStack) {
				t.Skip("under the race detector memory has other limits")
			}
			o := small()
			if tt.limit == LimitTime {
				o.CommandTime, o.RunTime = 500*time.Millisecond, time.Second
			}
			s := open(t, o)
			before := time.Now()
			k := do(t, s, tt.run)
			// Which of two limits is hit first may depend on the moment.
			if !slices.Contains(strings.Split(tt.limit, " or "), k.Limit) || k.Exit == 0 || tt.line != "" && k.Line != tt.line {
				t.Errorf("%+v after %v\n%s", k.Result, time.Since(before), tail(k.story()))
			}
			if n := len(k.output("")); n > 2*16<<10 {
				t.Errorf("%d bytes of output are shown", n)
			}
			if begun, ended := len(k.of(event.Command)), len(k.of(event.CommandEnd)); begun != ended {
				t.Errorf("%d commands begin, %d end", begun, ended)
			}
			after := do(t, s, "echo well")
			if after.output("stdout") != "well\n" {
				t.Errorf("the next run: %+v\n%s", after.Result, tail(after.story()))
			}
			if restarted := strings.Contains(after.notes(), "a new shell is started"); restarted == tt.lives {
				t.Errorf("restarted: %v; notes: %s", restarted, after.notes())
			}
			s.Close()
			within(t, 5*time.Second, "nothing is left", func() bool { return leftovers() == 0 })
		})
	}
}

// bounded tells whether RLIMIT_NPROC holds: not for the machine's own root,
// who owns /usr.
func bounded(t *testing.T) bool {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat("/usr", &st); err != nil {
		t.Fatal(err)
	}
	return st.Uid != 0
}

func tail(s string) string { return s[max(0, len(s)-1500):] }

// leftovers counts the living processes besides those of the test itself.
func leftovers() int {
	n := 0
	for _, p := range processes() {
		if line := commandLine(p.pid); p.alive() && !strings.Contains(line, "interp.test") && !strings.Contains(line, "netlab-test") && !strings.Contains(line, "netlab-init") {
			n++
		}
	}
	return n
}

func TestOutputIsBounded(t *testing.T) {
	s := open(t, small())
	k := do(t, s, "head -c 100000 /dev/zero | tr '\\0' x; echo; head -c 20000 /dev/zero | tr '\\0' y")
	if k.Exit != 0 {
		t.Fatalf("%+v", k.Result)
	}
	out := k.output("stdout")
	if x, y := strings.Count(out, "x"), strings.Count(out, "y"); x != 16<<10 || y != 16<<10 {
		t.Errorf("%d and %d bytes are shown", x, y)
	}
	want := fmt.Sprintf("only the first 16 KiB of the output of tr '\\0' x is shown; %d bytes more were dropped", 100000-16<<10)
	if !strings.Contains(k.notes(), want) {
		t.Errorf("notes: %s", k.notes())
	}
}

func TestOutputComesWhileTheCommandRuns(t *testing.T) {
	s := open(t, Options{})
	var at []time.Duration
	start := time.Now()
	_, err := s.Run(t.Context(), Snippet{Text: "sh -c 'echo one; sleep 0.5; echo two'"}, func(e event.Event) {
		if e.Kind == event.Output {
			at = append(at, time.Since(start))
		}
	})
	if err != nil || len(at) != 2 || at[1]-at[0] < 300*time.Millisecond {
		t.Errorf("%v, output at %v", err, at)
	}
}

func TestAFileMayNotBecomeTooLarge(t *testing.T) {
	s := open(t, small())
	k := do(t, s, "dd if=/dev/zero of=/tmp/big bs=64k count=64 2>/dev/null")
	if k.Exit != 128+25 || !strings.Contains(k.story(), "larger than 1 MiB") {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	k = do(t, s, "x=0123456789; while :; do echo $x$x$x$x$x$x$x$x >>/tmp/big2; x=$x$x; done")
	if k.Exit == 0 && k.Limit == "" {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	do(t, s, "rm -f /tmp/big /tmp/big2")
}

func TestBackgroundJobs(t *testing.T) {
	s := open(t, Options{CommandTime: 400 * time.Millisecond})
	k := do(t, s, "sleep 77 & serve() { sleep 78; }; serve & setsid -f sleep 79; while grep -qx setsid /proc/[0-9]*/comm 2>/dev/null; do :; done; echo here")
	if k.Exit != 0 || k.output("stdout") != "here\n" {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	if want := "still running in the background: sleep 77, sleep 78, sleep 79"; k.notes() != want {
		t.Errorf("notes: %s", k.notes())
	}
	k = do(t, s, "sleep 0.6 & wait $!; echo waited; sh -c 'echo late' & wait $!")
	if k.Exit != 0 || k.output("stdout") != "waited\nlate\n" || k.notes() != "" {
		t.Errorf("a job may run longer than a command: %+v\n%s", k.Result, k.story())
	}
	if n := count("sleep 77"); n != 1 {
		t.Errorf("%d of the first job run", n)
	}
}

func TestCommandsAreToldInTheOrderInWhichTheyAreWritten(t *testing.T) {
	s := open(t, Options{})
	var text string
	var want []string
	for n := range 20 {
		job, next := fmt.Sprintf("sleep 0.%d", n), fmt.Sprintf("sleep 0.000%d", n)
		text += job + " &\n" + next + "\n"
		want = append(want, job+" &", next)
	}
	k := do(t, s, text)
	var got []string
	for _, e := range k.of(event.Command) {
		got = append(got, e.Line)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestJobsThatEndAreNotNamed(t *testing.T) {
	s := open(t, Options{})
	k := do(t, s, "sh -c 'echo from a job' & wait; echo done")
	if k.notes() != "" || !strings.Contains(k.output("stdout"), "from a job\n") {
		t.Errorf("%s", k.story())
	}
	k = do(t, s, "true & false & echo x")
	if k.notes() != "" || k.Exit != 0 {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
}

func TestTheShellReapsOrphans(t *testing.T) {
	s := open(t, Options{})
	k := do(t, s, "for i in 1 2 3 4 5 6 7 8; do sh -c 'sleep 0.01 &'; done; sleep 0.3; cat /proc/[0-9]*/stat 2>/dev/null | grep -c ' Z ' || true")
	if strings.TrimSpace(k.output("stdout")) != "0" {
		t.Errorf("zombies: %s", k.story())
	}
}
