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
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/kernel"
	"netlab/internal/machine"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
)

// StageEngine is the argv[0] under which a program calls Engine.
const StageEngine = "netlab-engine"

// Engine is the main of a lab's engine. It serves requests until the outer
// process is gone.
func Engine() int {
	sock, err := sandbox.EnterEngine()
	if err != nil {
		fmt.Fprintln(os.NewFile(2, "stderr"), "netlab-engine:", err)
		return 1
	}
	e := &engine{conn: control.New(sock), kernel: kernel.New(), frames: make(chan control.Frame)}
	if err := e.prepare(); err != nil {
		e.startError = err
	}
	err = e.serve()
	e.closeShell()
	if err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.NewFile(2, "stderr"), "netlab-engine:", err)
		return 1
	}
	return 0
}

// engine is the state of one lab's engine.
type engine struct {
	conn       *control.Conn
	kernel     *kernel.Kernel
	shell      *interp.Shell
	lesson     scenario.Scenario
	number     int          // step that is running
	before     snapshot.Lab // as it was after the last step
	startError error
	frames     chan control.Frame
	readError  error // why frames was closed
}

// prepare makes the lab's root namespace what a computer's is: a place for
// named namespaces, and a loopback interface that is up.
func (e *engine) prepare() error {
	if err := netns.Setup(); err != nil {
		return fmt.Errorf("make /run/netns: %w", err)
	}
	up := true
	return e.kernel.Do(op.Line{Op: &op.LinkSet{Dev: "lo", Up: &up}})
}

// receive passes on the frames of the outer process until it is gone.
func (e *engine) receive() {
	defer close(e.frames)
	for {
		f, err := e.conn.Receive()
		if err != nil {
			e.readError = err
			return
		}
		e.frames <- f
	}
}

func (e *engine) serve() error {
	go e.receive()
	for f := range e.frames {
		var req control.Request
		if f.Kind != control.KindRequest {
			continue // bytes for a shell that has just ended
		}
		if err := f.Into(&req); err != nil {
			return err
		}
		if req.Verb == control.Resize {
			continue
		}
		answer, err := e.do(context.Background(), req)
		if err != nil {
			answer.Error = err.Error()
		}
		if err := e.conn.Send(control.KindAnswer, answer); err != nil {
			return err
		}
	}
	return e.readError
}

func (e *engine) do(ctx context.Context, req control.Request) (control.Answer, error) {
	if e.startError != nil {
		return control.Answer{}, e.startError
	}
	switch req.Verb {
	case control.Load:
		return e.load(ctx, req)
	case control.Step:
		return e.step(ctx, req.Number, req.Quiet)
	case control.Shell:
		return e.terminal(req)
	case control.Features:
		return control.Answer{Features: machine.Try(e.kernel)}, nil
	}
	return control.Answer{}, fmt.Errorf("the engine does not know the request %q", req.Verb)
}

// load takes a lesson, and builds the end of the lessons that it starts from.
func (e *engine) load(ctx context.Context, req control.Request) (control.Answer, error) {
	if req.Scenario == nil {
		return control.Answer{}, errors.New("load without a scenario")
	}
	for _, s := range append(req.Chain, *req.Scenario) {
		if missing := machine.Missing(e.kernel, s.Requires); len(missing) > 0 {
			return control.Answer{Status: string(event.Skip), Text: lacks(missing), Features: missing}, nil
		}
	}
	for _, s := range req.Chain {
		e.lesson = s
		for n := range s.Steps {
			if a, err := e.step(ctx, n+1, true); err != nil || a.Status == string(event.Fail) {
				return a, errors.Join(err, fmt.Errorf("the start of this lesson, the end of %q, could not be built", s.Name))
			}
		}
	}
	e.lesson = *req.Scenario
	var err error
	e.before, err = e.kernel.Snapshot(ctx)
	return control.Answer{Status: string(event.Pass)}, err
}

// emit sends an event. A lost connection shows in the next receive.
func (e *engine) emit(ev event.Event) {
	ev.V, ev.Lesson, ev.Step = event.Version, e.lesson.Name, e.number
	_ = e.conn.Send(control.KindEvent, ev)
}

func (e *engine) closeShell() {
	if e.shell != nil {
		_ = e.shell.Close()
		e.shell = nil
	}
}

func lacks(missing []control.Feature) string {
	text := ""
	for i, f := range missing {
		if i > 0 {
			text += "; "
		}
		text += f.Name + ": " + f.Why
	}
	return text
}

func millis(since time.Time) float64 {
	return float64(time.Since(since).Microseconds()) / 1000
}
