package run

import (
	"context"
	"errors"
	"fmt"
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
	"netlab/internal/topology"
)

// step runs the commands of a step, shows what they changed, and judges its
// checks. A quiet step only runs its commands. Step 0 is the scene: it has
// only checks.
func (e *engine) step(ctx context.Context, number int, quiet bool) (control.Answer, error) {
	if number == 0 && len(e.lesson.Checks) > 0 {
		return e.proveScene(ctx)
	}
	if number < 1 || number > len(e.lesson.Steps) {
		return control.Answer{}, fmt.Errorf("the lesson %q has no step %d", e.lesson.Name, number)
	}
	e.number = number
	e.marks.due = true
	s := e.lesson.Steps[number-1]
	e.diary.turn(fmt.Sprintf("step %d of %s: %s", number, e.lesson.Label(), s.Title))
	if missing := machine.Missing(e.kernel, s.Requires); len(missing) > 0 {
		return skipped(missing), nil
	}
	if quiet {
		ran, err := e.commands(ctx, s, func(event.Event) {})
		if idle(s) {
			return control.Answer{Status: status(ran)}, err
		}
		return control.Answer{Status: status(ran)}, errors.Join(err, e.kernel.Settle(ctx))
	}
	before, err := e.before(ctx, s)
	if err != nil {
		return control.Answer{}, err
	}
	proved, err := e.commands(ctx, s, e.emit)
	if proved && err == nil {
		proved, err = e.prove(ctx, s, before)
	}
	return control.Answer{Status: status(proved)}, err
}

// before is the lab as the step finds it; a step without commands changes
// nothing, and needs no look.
func (e *engine) before(ctx context.Context, s scenario.Step) (snapshot.Lab, error) {
	if idle(s) {
		return snapshot.Lab{}, nil
	}
	return e.look(ctx)
}

func idle(s scenario.Step) bool { return strings.TrimSpace(s.Run) == "" }

func status(ok bool) string {
	if ok {
		return string(event.Pass)
	}
	return string(event.Fail)
}

// commands runs a step's commands, and says whether they ended as they should.
func (e *engine) commands(ctx context.Context, s scenario.Step, sink event.Sink) (bool, error) {
	if idle(s) {
		return true, nil
	}
	if err := e.openShell(ctx); err != nil {
		return false, err
	}
	defer e.changed()
	start := time.Now()
	res, err := e.shell.Run(ctx, interp.Snippet{Text: s.Run, ExpectFail: s.Fails}, e.diary.follow(sink))
	if err != nil {
		return false, err
	}
	text, want, got := verdict(s.Fails, res)
	if text == "" {
		return true, nil
	}
	cause := ""
	if place, to := pingedBy(res.Line); res.Exit != 0 && !s.Fails {
		cause, err = whyPing(ctx, e.kernel, place, to)
	}
	sink(event.Event{Kind: event.Check, Check: "command " + res.Line, Text: text, Status: event.Fail,
		Want: want, Got: got, Cause: cause, Line: res.Line, Millis: millis(start)})
	return false, err
}

func (e *engine) openShell(ctx context.Context) error {
	if e.shell != nil {
		return nil
	}
	var err error
	e.shell, err = interp.Start(ctx, interp.Options{Netlink: e.netlink})
	return err
}

// verdict words what a step's commands should have done and did; text is
// empty when the one is the other. Only the last command may be meant to fail.
func verdict(fails bool, res interp.Result) (text, want, got string) {
	exit := "exit status " + strconv.Itoa(res.Exit)
	switch {
	case res.Limit != "":
		return "the commands stay within their limits", "an end within the limits", "stopped at the limit: " + res.Limit
	case res.Early && res.Exit == 0:
		return "each command runs", "a run to the last command", "an end before it"
	case res.Early && fails:
		return "each command before the last succeeds", "exit status 0", exit
	case fails && res.Exit == 0:
		return "this command is meant to fail", "a failure", "it succeeded"
	case !fails && res.Exit != 0:
		return "each command succeeds", "exit status 0", exit
	}
	return "", "", ""
}

// prove shows what a step has changed since before, and judges its checks.
func (e *engine) prove(ctx context.Context, s scenario.Step, before snapshot.Lab) (bool, error) {
	if !idle(s) {
		now, err := e.look(ctx)
		if err != nil {
			return false, err
		}
		for _, c := range snapshot.Diff(before, now) {
			e.emit(event.Event{Kind: event.Change, Sign: c.Sign, Place: c.Space, Line: c.Line, Text: c.Reason})
		}
		if e.pictures {
			e.picture(before, now)
		}
	}
	return e.judgeAll(ctx, s.Checks)
}

// picture tells how the lab looks, if that has changed. A large lab is told
// with equal nodes as one.
func (e *engine) picture(before, now snapshot.Lab) {
	if g, other := topology.Marked(topology.Of(before), topology.Of(now)); other {
		g = g.Collapsed()
		e.emit(event.Event{Kind: event.Picture, Picture: &g})
	}
}

// judgeAll judges checks one after the other, and says whether all hold.
func (e *engine) judgeAll(ctx context.Context, checks []check.Check) (bool, error) {
	all := true
	for _, c := range checks {
		ok, err := e.judge(ctx, c)
		if err != nil {
			return false, err
		}
		all = all && ok
	}
	return all, nil
}

// judge decides a check and tells the outcome.
func (e *engine) judge(ctx context.Context, c check.Check) (bool, error) {
	start := time.Now()
	out, err := e.decide(ctx, c)
	if err == nil && !out.OK {
		err = e.why(ctx, c, &out)
	}
	if err != nil {
		return false, err
	}
	e.emit(event.Event{Kind: event.Check, Check: c.String(), Text: c.Says, Status: event.Status(status(out.OK)),
		Want: out.Want, Got: out.Got, Cause: out.Cause, Millis: millis(start)})
	return out.OK, nil
}

// decide tries a check until it holds or its time is over.
func (e *engine) decide(ctx context.Context, c check.Check) (check.Outcome, error) {
	within, echo := e.patience(c)
	wait := time.Duration(0) // before the next try
	return check.Until(ctx, within, func(ctx context.Context) (check.Outcome, bool, error) {
		if err := pause(ctx, wait); err != nil {
			return check.Outcome{}, true, err
		}
		wait = rest(c)
		out, final, err := e.attempt(ctx, c, echo)
		if !out.OK {
			e.changed() // the next try is about another moment
		}
		return out, final, err
	})
}
