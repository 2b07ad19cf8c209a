package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/scene"
	"netlab/internal/topology"
)

// Lab is what the driver needs of a lab.
type Lab interface {
	Do(ctx context.Context, req control.Request, sink event.Sink) (control.Answer, error)
	// Starved counts the processes that the kernel ended because the lab had
	// used up its memory.
	Starved() int
	// Close ends the lab.
	Close()
}

// Driver walks through one lesson. It belongs to the outer process: it makes
// the lab, asks its engine for one step after the other, and tells everything
// as events.
type Driver struct {
	Scenario scenario.Scenario
	Chain    []scenario.Scenario // the lessons that it starts from
	Open     func() (Lab, error)
	Sink     event.Sink
	// Pictures lets the picture be told after each step that changed it.
	Pictures bool
	// Guide is asked what to do next; nil runs straight through.
	Guide Guide
	// Keep, if not nil, is asked at the end of the lesson whether the lab stays,
	// and has let it go when it says yes.
	Keep func(lab Lab, failed bool) (bool, error)
	// Netlab is this program's version, for those who find a lab that stays.
	Netlab string
	// Netlink says that what commands send to the kernel is told.
	Netlink bool

	lab    Lab
	failed map[int]bool // steps that did not go well the last time they were done
}

// Run runs the lesson. Its outcome is in the events; an error is netlab's or
// the machine's fault, or that of ctx.
func (d *Driver) Run(ctx context.Context) error {
	start := time.Now()
	s := d.Scenario
	d.failed = map[int]bool{}
	d.tell(event.Event{Kind: event.LessonStart, Title: s.Title, Text: s.Summary, Question: s.Question, Total: len(s.Steps)})
	defer d.close()
	end := event.Event{Kind: event.LessonEnd, Status: event.Pass}
	why, err := d.begin(ctx)
	if err == nil && why == "" {
		err = d.walkOn(ctx)
	}
	if err == nil && why == "" || errors.Is(err, ErrQuit) {
		if kept := d.keep(); kept != nil {
			err = kept
		}
	}
	switch {
	case errors.Is(err, ErrQuit):
		return nil
	case err != nil:
		return d.fault(err)
	case why != "":
		end.Status, end.Text = event.Skip, why
	case len(d.failed) > 0:
		end.Status = event.Fail
	default:
		d.conclude()
	}
	end.Millis = millis(start)
	d.tell(end)
	return nil
}

// fault lets a lab that was killed count as the lesson's failure: its own
// commands can do that.
func (d *Driver) fault(err error) error {
	var killed *Killed
	if !errors.As(err, &killed) {
		return err
	}
	d.tell(event.Event{Kind: event.Check, Check: "the lab lives", Text: "the lab outlives its commands", Status: event.Fail,
		Want: "a running lab", Got: killed.Error()})
	d.tell(event.Event{Kind: event.LessonEnd, Status: event.Fail})
	return nil
}

func (d *Driver) tell(ev event.Event) {
	ev.V, ev.Lesson = event.Version, d.Scenario.Label()
	d.Sink(ev)
}

func (d *Driver) close() {
	if d.lab != nil {
		d.lab.Close()
		d.lab = nil
	}
}

// keep lets the lab live on, if it shall.
func (d *Driver) keep() error {
	if d.Keep == nil || d.lab == nil {
		return nil
	}
	kept, err := d.Keep(d.lab, len(d.failed) > 0)
	if kept {
		d.lab = nil
	}
	return err
}

// begin makes the lab as the lesson finds it. It returns why the lesson is
// skipped, if it is.
func (d *Driver) begin(ctx context.Context) (skip string, err error) {
	d.close()
	if d.lab, err = d.Open(); err != nil {
		return "", err
	}
	answer, err := d.lab.Do(ctx, control.Request{Verb: control.Load, Scenario: &d.Scenario, Chain: d.Chain, Netlab: d.Netlab, Netlink: d.Netlink}, d.Sink)
	if answer.Status == string(event.Skip) {
		skip = answer.Text
	}
	return skip, err
}

// rebuild makes the lab anew as it is before step number. The steps from there
// on count as not done.
func (d *Driver) rebuild(ctx context.Context, number int) error {
	maps.DeleteFunc(d.failed, func(n int, _ bool) bool { return n >= number })
	if _, err := d.begin(ctx); err != nil {
		return err
	}
	for n := 1; n < number; n++ {
		answer, err := d.lab.Do(ctx, control.Request{Verb: control.Step, Number: n, Quiet: true}, d.Sink)
		if err != nil {
			return err
		}
		if answer.Status == string(event.Fail) && !d.failed[n] {
			d.tell(event.Event{Kind: event.Note, Step: n, Text: fmt.Sprintf("step %d does not go well this time", n)})
			d.failed[n] = true
		}
	}
	return nil
}

// walkOn shows and proves the scene, and goes through the steps.
func (d *Driver) walkOn(ctx context.Context) error {
	d.tellScene()
	if len(d.Scenario.Checks) > 0 {
		answer, err := d.lab.Do(ctx, control.Request{Verb: control.Step}, d.Sink)
		if err != nil {
			return err
		}
		if answer.Status == string(event.Fail) {
			d.failed[0] = true
			return nil
		}
	}
	return d.walk(ctx)
}

// tellScene tells what exists before the first step, if anything does.
func (d *Driver) tellScene() {
	var parts []scene.Scene
	for _, s := range append(slices.Clone(d.Chain), d.Scenario) {
		parts = append(parts, s.Scene)
	}
	if all := scene.Join(parts...); !all.Empty() {
		picture := topology.OfScene(all).Collapsed()
		var files []string
		for _, f := range all.Files {
			files = append(files, f.Path)
		}
		d.tell(event.Event{Kind: event.Scene, Picture: &picture, Text: strings.Join(files, " ")})
	}
}

// walk goes through the steps, as the guide says or straight.
func (d *Driver) walk(ctx context.Context) error {
	for n := 1; n <= len(d.Scenario.Steps); {
		ok, err := d.step(ctx, n)
		if err != nil {
			return err
		}
		delete(d.failed, n)
		if !ok {
			d.failed[n] = true
		}
		if d.Guide == nil && !ok {
			return nil
		}
		if n, err = d.choose(ctx, n, ok); err != nil {
			return err
		}
	}
	return nil
}

// step tells, runs and proves one step, and says whether it went well.
func (d *Driver) step(ctx context.Context, n int) (bool, error) {
	start := time.Now()
	s := d.Scenario.Steps[n-1]
	d.tell(event.Event{Kind: event.StepStart, Step: n, Title: s.Title, Text: s.Explain, Total: len(d.Scenario.Steps)})
	if err := d.predict(ctx, n, s); err != nil {
		return false, err
	}
	before := d.lab.Starved()
	answer, err := d.lab.Do(ctx, control.Request{Verb: control.Step, Number: n, Pictures: d.Pictures}, d.Sink)
	if err != nil {
		return false, err
	}
	if killed := d.lab.Starved() - before; killed > 0 {
		d.tell(event.Event{Kind: event.Note, Step: n, Text: starved(killed)})
	}
	status := event.Status(answer.Status)
	switch status {
	case event.Skip:
		d.tell(event.Event{Kind: event.Note, Step: n, Text: "this step is left out here: " + answer.Text})
	case event.Fail:
		for _, h := range s.Hints {
			d.tell(event.Event{Kind: event.Hint, Step: n, Text: h})
		}
	default:
		d.after(n, s)
	}
	d.tell(event.Event{Kind: event.StepEnd, Step: n, Status: status, Text: answer.Text, Millis: millis(start)})
	return status != event.Fail, nil
}

func starved(killed int) string {
	return fmt.Sprintf("the memory of the lab, %d GiB, was used up: the kernel ended %d of its processes", sandbox.MaxMemory>>30, killed)
}

// after tells what belongs behind a step that went well.
func (d *Driver) after(n int, s scenario.Step) {
	if s.Misbelief != "" {
		d.tell(event.Event{Kind: event.Misbelief, Step: n, Text: s.Misbelief})
	}
	if s.RealLife != "" {
		d.tell(event.Event{Kind: event.RealLife, Step: n, Text: s.RealLife})
	}
}

func (d *Driver) conclude() {
	for _, r := range d.Scenario.Recap {
		d.tell(event.Event{Kind: event.Recap, Text: r})
	}
	for _, q := range d.Scenario.Questions {
		d.tell(event.Event{Kind: event.Quiz, Text: q.Ask, Answer: q.Answer})
	}
}
