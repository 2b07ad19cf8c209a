// Package run runs lessons: the driver walks through the steps in the outer
// process and tells what happens as events, the engine does the work of each
// step inside the lab.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/kernel"
	"netlab/internal/machine"
	"netlab/internal/measure"
	"netlab/internal/netns"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

// StageEngine is the argv[0] under which a program calls Engine.
const StageEngine = "netlab-engine"

// Engine is the main of a lab's engine. It serves requests until the outer
// process is gone, and in a lab that stays for ever.
func Engine() int {
	ends, err := sandbox.EnterEngine()
	if err != nil {
		fmt.Fprintln(os.NewFile(2, "stderr"), "netlab-engine:", err)
		return 1
	}
	e := newEngine(control.New(ends.Control))
	e.startError = e.prepare()
	if e.startError == nil {
		e.welcome(ends.Listener)
	}
	err = e.attend(e.conn, 0)
	if ends.Listener != nil {
		<-make(chan struct{}) // until init ends
	}
	e.closeShell()
	if err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.NewFile(2, "stderr"), "netlab-engine:", err)
		return 1
	}
	return 0
}

// engine is the state of one lab's engine.
type engine struct {
	kernel     *kernel.Kernel
	patience   func(check.Check) (within, echo time.Duration)
	startError error // the lab is no lab: every request is refused with it
	since      time.Time
	player     atomic.Pointer[player] // of the script that runs
	diary      diary

	mu       sync.Mutex // one request at a time has what follows
	conn     *control.Conn
	shell    *interp.Shell
	lesson   scenario.Scenario
	number   int  // of the step that is running, or was the last
	pictures bool // the caller wants to be told how the lab looks
	netlink  bool // what commands send to the kernel is told
	netlab   string
	view     view
	found    measure.Found // by the last try of a check
	marks    marks
}

func newEngine(conn *control.Conn) *engine {
	return &engine{conn: conn, kernel: kernel.New(), patience: check.Check.Patience, since: time.Now()}
}

// prepare makes the lab's root namespace what a computer's is: a place for
// named namespaces, and a loopback interface that is up.
func (e *engine) prepare() error {
	if err := netns.Setup(); err != nil {
		return fmt.Errorf("make /run/netns: %w", err)
	}
	return e.kernel.Up(netns.Host, "lo")
}

// load takes a lesson, builds all scenes, and then the end of the lessons that
// it starts from.
func (e *engine) load(ctx context.Context, req control.Request) (control.Answer, error) {
	if req.Scenario == nil {
		return control.Answer{}, errors.New("load without a scenario")
	}
	e.netlink = req.Netlink
	all := append(slices.Clone(req.Chain), *req.Scenario)
	if slices.ContainsFunc(all, func(s scenario.Scenario) bool { return len(s.Steps) > 0 }) {
		if err := e.openShell(ctx); err != nil { // it starts while the machine is tried
			return control.Answer{}, err
		}
	}
	if missing, err := e.furnish(ctx, all); err != nil || len(missing) > 0 {
		return skipped(missing), err
	}
	for _, s := range req.Chain {
		e.lesson = s
		for n := range s.Steps {
			if a, err := e.step(ctx, n+1, true); err != nil || a.Status == string(event.Fail) {
				return a, errors.Join(fmt.Errorf("the start of this lesson, the end of %q, could not be built: its step %d fails", s.Name, n+1), err)
			}
		}
	}
	e.lesson, e.number, e.netlab = *req.Scenario, 0, req.Netlab
	e.marks.due = true
	e.diary.turn("before step 1 of " + e.lesson.Label())
	return control.Answer{Status: string(event.Pass)}, nil
}

// furnish builds all scenes, and finds out what this machine lacks for the
// lessons. What a scene needs is tried only when it could not be built.
func (e *engine) furnish(ctx context.Context, all []scenario.Scenario) (missing []control.Feature, err error) {
	failed := e.build(ctx, all)
	if limit(failed) != "" { // nothing could be tried now: the machine is full
		return nil, failed
	}
	var needs, proved []string
	for _, s := range all {
		needs = append(needs, s.Requires...)
		proved = append(proved, s.Scene.Needs()...)
	}
	if failed == nil {
		needs = slices.DeleteFunc(needs, func(word string) bool { return slices.Contains(proved, word) })
	}
	if missing = machine.Missing(e.kernel, needs); len(missing) > 0 {
		return missing, nil
	}
	return nil, failed
}

// emit sends an event. A lost connection shows in the next receive.
func (e *engine) emit(ev event.Event) {
	ev.V, ev.Lesson, ev.Step = event.Version, e.lesson.Label(), e.number
	_ = e.conn.Send(control.KindEvent, ev)
}

func (e *engine) closeShell() {
	if e.shell != nil {
		_ = e.shell.Close()
		e.shell = nil
	}
}

// skipped is the answer for what this machine cannot do.
func skipped(missing []control.Feature) control.Answer {
	var why []string
	for _, f := range missing {
		why = append(why, f.Name+": "+f.Why)
	}
	return control.Answer{Status: string(event.Skip), Text: strings.Join(why, "; "), Features: missing}
}

func millis(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}
