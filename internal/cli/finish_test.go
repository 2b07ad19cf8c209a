package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

func TestFinishSaysItOnceAndOnStderr(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code int
		errs string
	}{
		{"all well", nil, 0, ""},
		{"a failed check was told by the lesson", &exitError{event.CodeFailed}, 1, ""},
		{"a signal was told by the lesson", &exitError{130}, 130, ""},
		{"an error and a hint", &usageError{"no", "try yes"}, 2, "netlab: no\nhint: try yes\n"},
		{"an error alone", &usageError{"no", ""}, 2, "netlab: no\n"},
		{"an error in another", fmt.Errorf("lesson a: %w", &machineError{"no nft", "install it"}), 3, "netlab: no nft\nhint: install it\n"},
		{"what acts on a terminal is written out", &usageError{"a\x1b[2Jb", ""}, 2, "netlab: a\\x1b[2Jb\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, b := term.Test(strings.NewReader(""), 80)
			code := (&app{term: tm}).finish(soon(t), tt.err)
			if code != tt.code || b.Err.String() != tt.errs || b.Out.Len() > 0 {
				t.Errorf("exit code %d, stderr %q, stdout %q", code, b.Err, b.Out)
			}
		})
	}
}

func TestFinishOfASignal(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(&signalled{syscall.SIGTERM})
	for name, tt := range map[string]struct {
		err  error
		code int
		says int
	}{
		"a verb that ended well in spite of it": {nil, 143, 1},
		"the signal itself":                     {context.Cause(ctx), 143, 1},
		"told by the lesson already":            {&exitError{143}, 143, 0},
		"another error came first":              {&usageError{"no", ""}, 2, 0},
	} {
		tm, b := term.Test(strings.NewReader(""), 80)
		code := (&app{term: tm}).finish(ctx, tt.err)
		if code != tt.code || strings.Count(b.Err.String(), "stopped (terminated)") != tt.says {
			t.Errorf("%s: exit code %d, %q", name, code, b.Err)
		}
	}
}

func TestFinishWithALostOutput(t *testing.T) {
	full := fmt.Errorf("write: %w", syscall.ENOSPC)
	tests := []struct {
		name string
		lost error
		err  error
		code int
		says string // all of it
	}{
		{"nobody reads, all well", syscall.EPIPE, nil, 141, ""},
		{"nobody reads what went wrong", io.ErrClosedPipe, &usageError{"no", ""}, 141, ""},
		{"nobody reads of a failed check", syscall.EPIPE, &exitError{1}, 141, ""},
		{"a full disk", full, nil, 3, "netlab: cannot write the output: write: no space left on device\n"},
		{"a full disk is the error", full, fmt.Errorf("print: %w", full), 3, "netlab: cannot write the output: write: no space left on device\n"},
		{"a report of a failed check is lost", full, &exitError{1}, 3, "netlab: cannot write the output: write: no space left on device\n"},
		{"a report of a fault is lost", full, &exitError{70}, 70, "netlab: cannot write the output: write: no space left on device\n"},
		{"another error matters more", full, &usageError{"no", ""}, 2, "netlab: no\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var errs bytes.Buffer
			tm := term.TestTo(strings.NewReader(""), 80, failing{tt.lost})
			tm.Err = &errs
			fmt.Fprint(tm.Out, "x")
			if code := (&app{term: tm}).finish(soon(t), tt.err); code != tt.code || errs.String() != tt.says {
				t.Errorf("exit code %d, %q", code, errs.String())
			}
		})
	}
}

func TestWhatRunsOutIsTheMachines(t *testing.T) {
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EAGAIN, syscall.ENOMEM, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if code, text, hint := verdict(fmt.Errorf("fork: %w", e)); code != event.CodeMachine || !strings.Contains(text, e.Error()) || hint == "" {
			t.Errorf("%v: exit code %d, %q, %q", e, code, text, hint)
		}
	}
	for _, e := range []error{syscall.EINVAL, syscall.EPERM, io.EOF, context.Canceled} {
		if code, _, _ := verdict(e); code != event.CodeFault {
			t.Errorf("%v: exit code %d", e, code)
		}
	}
}

// recorder keeps the events that a renderer is given.
type recorder struct {
	events []event.Event
	closed []event.Report
	err    error // what Close says
}

var _ render.Renderer = (*recorder)(nil)

func (r *recorder) Event(e event.Event) { r.events = append(r.events, e) }
func (r *recorder) Close(rep event.Report) error {
	r.closed = append(r.closed, rep)
	return r.err
}

func (r *recorder) kinds() string {
	var all []string
	for _, e := range r.events {
		all = append(all, string(e.Kind))
	}
	return strings.Join(all, " ")
}

func lessonEnd(name string, s event.Status) event.Event {
	return event.Event{V: event.Version, Kind: event.LessonEnd, Lesson: name, Status: s}
}

func TestReport(t *testing.T) {
	refused := &sandbox.Refusal{Stage: "clone", Err: syscall.EPERM, Why: "ordinary users may not", Todo: "run it with sudo"}
	pass, fail, skip := lessonEnd("a", event.Pass), lessonEnd("a", event.Fail), lessonEnd("a", event.Skip)
	tests := []struct {
		name  string
		tells []event.Event
		err   error
		named bool
		code  int
		fault string // its text; empty: there is none
		hint  string
	}{
		{"a lesson that passes", []event.Event{pass}, nil, true, 0, "", ""},
		{"a lesson that fails", []event.Event{fail}, nil, true, 1, "", ""},
		{"a lesson that was named and is left out", []event.Event{skip}, nil, true, 3, "", ""},
		{"of all lessons one is left out", []event.Event{skip, lessonEnd("b", event.Pass)}, nil, false, 0, "", ""},
		{"all lessons are left out", []event.Event{skip, lessonEnd("b", event.Skip)}, nil, false, 3, "", ""},
		{"the learner leaves", []event.Event{{Kind: event.LessonStart, Lesson: "a"}}, run.ErrQuit, true, 0, "", ""},
		{"the learner leaves a lesson that has failed", []event.Event{fail}, run.ErrQuit, true, 1, "", ""},
		{"the machine refuses", nil, refused, true, 3, "ordinary users may not", "run it with sudo"},
		{"a signal comes after a failure", []event.Event{fail}, &signalled{syscall.SIGINT}, true, 130, "stopped (interrupt)", ""},
		{"netlab itself fails", []event.Event{pass}, errors.New("boom"), true, 70, "netlab failed: boom", "report"},
		{"a file is wrong", nil, scenario.Errors{{File: "a", Line: 1, Column: 2, Text: "no"}}, true, 4, "a:1:2: no", "schema"},
		{"a lesson tells a fault of its own", []event.Event{{Kind: event.Fault, Text: "lost"}, pass}, nil, true, 70, "lost", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, b := term.Test(strings.NewReader(""), 80)
			var r recorder
			err := report(&app{term: tm}, &r, asked{lessons: 2, named: tt.named}, func(sink event.Sink) error {
				for _, e := range tt.tells {
					sink(e)
				}
				return tt.err
			})
			code, text, _ := verdict(err)
			if code != tt.code || text != "" || b.Err.Len()+b.Out.Len() > 0 {
				t.Errorf("exit code %d; said beside the events: %q %q %q", code, text, b.Err, b.Out)
			}
			checkFrame(t, r)
			var faults []event.Event
			for _, e := range r.events {
				if e.Kind == event.Fault {
					faults = append(faults, e)
				}
			}
			switch {
			case tt.fault == "" && len(faults) > 0, tt.fault != "" && len(faults) != 1:
				t.Errorf("the faults are %+v", faults)
			case tt.fault != "" && (!strings.Contains(faults[0].Text, tt.fault) || !strings.Contains(faults[0].Hint, tt.hint)):
				t.Errorf("the fault is %+v", faults[0])
			case tt.fault != "" && tt.err != nil && faults[0].Code != tt.code:
				t.Errorf("the fault asks for exit code %d", faults[0].Code)
			}
		})
	}
}

// checkFrame: every run has a start, an end, and is closed once.
func checkFrame(t *testing.T, r recorder) {
	t.Helper()
	kinds := r.kinds()
	if !strings.HasPrefix(kinds, "run-start") || !strings.HasSuffix(kinds, "run-end") || strings.Count(kinds, "run-") != 2 {
		t.Errorf("the events are %s", kinds)
	}
	if first := r.events[0]; first.Total != 2 || first.Text != version() || first.V != event.Version {
		t.Errorf("it begins with %+v", first)
	}
	if last := r.events[len(r.events)-1]; last.Millis < 0 || last.Millis > 60_000 || last.V != event.Version {
		t.Errorf("it ends with %+v", last)
	}
	if len(r.closed) != 1 || !r.closed[0].Ended {
		t.Errorf("it was closed with %+v", r.closed)
	}
}

func TestReportThatCannotBeWritten(t *testing.T) {
	broken := errors.New("a renderer's own fault")
	fine := func(sink event.Sink) error { sink(lessonEnd("a", event.Pass)); return nil }
	tm, _ := term.Test(strings.NewReader(""), 80)
	if err := report(&app{term: tm}, &recorder{err: broken}, asked{lessons: 1}, fine); !errors.Is(err, broken) {
		t.Errorf("it returns %v", err)
	}
	lost := term.TestTo(strings.NewReader(""), 80, failing{syscall.ENOSPC})
	fmt.Fprint(lost.Out, "x")
	a := &app{term: lost}
	err := report(a, &recorder{err: syscall.ENOSPC}, asked{lessons: 1}, fine)
	if err != nil || a.finish(soon(t), err) != event.CodeMachine {
		t.Errorf("with a full disk it returns %v", err)
	}
	wrong := func(sink event.Sink) error { sink(lessonEnd("a", event.Fail)); return nil }
	if code, _, _ := verdict(report(a, &recorder{err: syscall.ENOSPC}, asked{lessons: 1}, wrong)); code != event.CodeFailed {
		t.Errorf("of a lesson that fails it returns %d", code)
	}
}
