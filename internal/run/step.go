package run

import (
	"context"
	"strconv"
	"strings"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/machine"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
)

// step runs the commands of a step, shows what they changed, and judges its
// checks. A quiet step only runs its commands.
func (e *engine) step(ctx context.Context, number int, quiet bool) (control.Answer, error) {
	if number < 1 || number > len(e.lesson.Steps) {
		return control.Answer{Status: string(event.Skip), Text: "no such step"}, nil
	}
	e.number = number
	s := e.lesson.Steps[number-1]
	if missing := machine.Missing(e.kernel, s.Requires); len(missing) > 0 {
		return control.Answer{Status: string(event.Skip), Text: lacks(missing), Features: missing}, nil
	}
	sink := event.Sink(e.emit)
	if quiet {
		sink = func(event.Event) {}
	}
	ran, err := e.commands(ctx, s, sink)
	if err != nil || !ran {
		return control.Answer{Status: string(event.Fail)}, err
	}
	if err := e.kernel.Settle(ctx); err != nil {
		return control.Answer{}, err
	}
	if quiet {
		return control.Answer{Status: string(event.Pass)}, nil
	}
	return e.prove(ctx, s)
}

// commands runs a step's commands, and says whether they ended as they should.
func (e *engine) commands(ctx context.Context, s scenario.Step, sink event.Sink) (bool, error) {
	if strings.TrimSpace(s.Run) == "" {
		return true, nil
	}
	if err := e.openShell(ctx); err != nil {
		return false, err
	}
	start := time.Now()
	res, err := e.shell.Run(ctx, interp.Snippet{Text: s.Run, ExpectFail: s.Fails}, sink)
	if err != nil {
		return false, err
	}
	failed := res.Exit != 0 || res.Limit != ""
	if res.Limit == "" && failed == s.Fails {
		return true, nil
	}
	ev := event.Event{Kind: event.Check, Check: "command " + res.Line, Status: event.Fail, Line: res.Line, Millis: millis(start)}
	ev.Text, ev.Want, ev.Got = expectation(s, res)
	sink(ev)
	return false, nil
}

func (e *engine) openShell(ctx context.Context) error {
	if e.shell != nil {
		return nil
	}
	var err error
	e.shell, err = interp.Start(ctx, interp.Options{})
	return err
}

// expectation words what a step's commands should have done and did.
func expectation(s scenario.Step, res interp.Result) (text, want, got string) {
	switch {
	case res.Limit != "":
		return "the commands stay within their limits", "an end within the limits", "stopped at the limit: " + res.Limit
	case s.Fails:
		return "this command is meant to fail", "a failure", "it succeeded"
	}
	return "each command succeeds", "exit status 0", "exit status " + strconv.Itoa(res.Exit)
}

// prove shows what a step changed and judges its checks.
func (e *engine) prove(ctx context.Context, s scenario.Step) (control.Answer, error) {
	now, err := e.kernel.Snapshot(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	for _, c := range snapshot.Diff(e.before, now) {
		e.emit(event.Event{Kind: event.Change, Sign: c.Sign, Place: c.Space, Line: c.Line, Text: c.Reason})
	}
	e.before = now
	status := event.Pass
	for _, c := range s.Checks {
		out, err := e.judge(ctx, c)
		if err != nil {
			return control.Answer{}, err
		}
		if !out {
			status = event.Fail
		}
	}
	return control.Answer{Status: string(status)}, nil
}

func (e *engine) judge(ctx context.Context, c check.Check) (bool, error) {
	start := time.Now()
	within, echo := c.Patience()
	out, err := check.Until(ctx, within, func(ctx context.Context) (check.Outcome, error) {
		return e.try(ctx, c, echo)
	})
	if err != nil {
		return false, err
	}
	ev := event.Event{
		Kind: event.Check, Check: c.String(), Text: c.Says, Status: event.Pass,
		Want: out.Want, Got: out.Got, Millis: millis(start),
	}
	if !out.OK {
		ev.Status, ev.Cause = event.Fail, out.Cause
	}
	e.emit(ev)
	return out.OK, nil
}
