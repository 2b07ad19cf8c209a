package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/term"
)

// The sandbox needs a process whose first thread stays its own.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case sandbox.StageInit:
		os.Exit(sandbox.Init())
	case run.StageEngine:
		os.Exit(run.Engine())
	case interp.StageShell:
		os.Exit(interp.Child())
	case interp.StageNetnsExec:
		os.Exit(interp.NetnsExec(os.Args[1:]))
	case interp.StageScript:
		os.Exit(interp.ScriptChild(os.Args[1:]))
	}
	if interp.IsShim(os.Args[0]) {
		os.Exit(interp.Shim(os.Args))
	}
	if part := os.Getenv(envPart); part != "" {
		os.Exit(play(part))
	}
	os.Exit(m.Run())
}

// fakeLab is a lab that does nothing, and whose answers are known.
type fakeLab struct {
	refuse    error             // why it cannot be opened
	reduced   bool              // without a user namespace
	features  []control.Feature // what it finds on this machine
	unlimited error             // why its memory has no limit
	skip      string            // why it cannot do the lesson
	fail      int               // the number of a step whose check fails
	onStep    func(ctx context.Context, lesson string, number int) error

	lesson string
	opened []bool // for each time: was it for a trusted lesson
	asked  []control.Request
	closed int
}

func (l *fakeLab) open(s run.Start) (startedLab, error) {
	l.opened = append(l.opened, s.Trusted)
	if l.refuse != nil {
		return nil, l.refuse
	}
	return l, nil
}

func (l *fakeLab) Do(ctx context.Context, req control.Request, sink event.Sink) (control.Answer, error) {
	l.asked = append(l.asked, req)
	answer := control.Answer{Status: string(event.Pass), Features: l.features}
	switch req.Verb {
	case control.Load:
		l.lesson = req.Scenario.Label()
		if l.skip != "" {
			answer.Status, answer.Text = string(event.Skip), l.skip
		}
	case control.Step:
		if l.onStep != nil {
			if err := l.onStep(ctx, l.lesson, req.Number); err != nil {
				return control.Answer{}, err
			}
		}
		check := event.Event{V: event.Version, Kind: event.Check, Lesson: l.lesson, Step: req.Number, Check: "it holds", Text: "it holds", Status: event.Pass}
		if req.Number == l.fail {
			check.Status, check.Cause, answer.Status = event.Fail, "the cable is cut", string(event.Fail)
		}
		if !req.Quiet {
			sink(check)
		}
	}
	return answer, context.Cause(ctx)
}

func (l *fakeLab) Close()        { l.closed++ }
func (l *fakeLab) Reduced() bool { return l.reduced }

func (l *fakeLab) Starved() int { return 0 }

func (l *fakeLab) Unlimited() error { return l.unlimited }

// said is what a command line came to.
type said struct {
	code      int
	out, errs string
}

// call runs one command line on this lab, without a terminal.
func (l *fakeLab) call(args ...string) said {
	t, b := term.Test(strings.NewReader(""), 80)
	code := l.on(context.Background(), t, args...)
	return said{code, b.Out.String(), b.Err.String()}
}

func (l *fakeLab) on(ctx context.Context, t *term.Term, args ...string) int {
	a := &app{term: t, open: l.open}
	return a.finish(ctx, a.execute(ctx, newRoot(a), args))
}

// noLab is for what must not start one.
func noLab(t testing.TB) *fakeLab {
	t.Helper()
	l := &fakeLab{refuse: errors.New("a lab was opened")}
	t.Cleanup(func() {
		if len(l.opened) > 0 {
			t.Errorf("a lab was opened %d times", len(l.opened))
		}
	})
	return l
}

// soon is a context that ends before the test is given up.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// write makes a file in a folder of the test's own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// ownLesson is a good scenario of one step.
const ownLesson = `name: mine
title: My own
summary: all is well
question: is it?
minutes: 1
steps:
  - title: One
    explain: A namespace.
    run: ip netns add ns1
    checks:
      - says: there it is
        namespace: ns1
    hints: [look at the names]
recap: [it is]
`
