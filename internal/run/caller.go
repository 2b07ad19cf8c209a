package run

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"netlab/internal/control"
	"netlab/internal/machine"
	"netlab/internal/netns"
	"netlab/internal/sandbox"
)

// caller is one who asks the engine: the outer process that made the lab, or
// somebody who found it by its socket.
type caller struct {
	*engine
	conn      *control.Conn
	frames    chan control.Frame
	readError error           // why frames was closed
	here      context.Context // until the caller is gone

	peer   int     // process of a caller inside the lab; 0: it is outside
	played *played // command of a script that this caller runs
}

// attend serves one caller until it is gone.
func (e *engine) attend(conn *control.Conn, peer int) error {
	here, gone := context.WithCancel(context.Background())
	c := &caller{engine: e, conn: conn, peer: peer, frames: make(chan control.Frame), here: here}
	go c.receive(gone)
	defer c.leave()
	for f := range c.frames {
		var req control.Request
		if f.Kind != control.KindRequest {
			continue // bytes for a program that has just ended
		}
		if err := f.Into(&req); err != nil {
			return err
		}
		if req.Verb == control.Resize || req.Verb == control.Signal || req.Verb == control.Stop {
			continue
		}
		answer, err := c.do(context.Background(), req)
		if err != nil {
			answer.Error = err.Error()
			answer.Limit = limit(err)
		}
		if err := conn.Send(control.KindAnswer, answer); err != nil {
			return err
		}
	}
	return c.readError
}

// receive passes on the frames of the caller until it is gone.
func (c *caller) receive(gone func()) {
	defer gone()
	defer close(c.frames)
	for {
		f, err := c.conn.Receive()
		if err != nil {
			c.readError = err
			return
		}
		c.frames <- f
	}
}

// do does what belongs to the caller alone, and the rest when nobody else is
// being served.
func (c *caller) do(ctx context.Context, req control.Request) (control.Answer, error) {
	if c.startError != nil {
		return control.Answer{}, c.startError
	}
	switch req.Verb {
	case control.Shell, control.Exec, control.Play, control.Watch:
		c.markBefore(ctx)
	}
	switch req.Verb {
	case control.Shell:
		return c.terminal(req)
	case control.Exec:
		return c.pipes(req)
	case control.Play:
		return c.play(ctx, req)
	case control.Watch:
		return c.watch(ctx)
	case control.Begin, control.End:
		return c.shim(req)
	case control.Capture:
		return c.capture(ctx, req)
	case control.Dig:
		return c.dig(req)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.engine.conn = c.conn
	switch req.Verb {
	case control.Load:
		return c.load(ctx, req)
	case control.Step:
		c.pictures = req.Pictures
		return c.step(ctx, req.Number, req.Quiet)
	case control.Features:
		return control.Answer{Features: machine.Try(c.kernel)}, nil
	case control.Hello:
		return c.hello()
	case control.Mark:
		c.markStart(ctx)
		return c.mark(ctx, req.Text)
	case control.Recall:
		c.markStart(ctx)
		return c.recall(req.Text)
	case control.Check:
		return c.checkNow(ctx)
	case control.Op:
		return c.sendOp(req)
	case control.Look:
		return c.tellState(ctx)
	case control.Trace: // it may wait for long, and nobody else is served meanwhile
		return c.trace(c.here, req)
	}
	return control.Answer{}, fmt.Errorf("the engine does not know the request %q", req.Verb)
}

// touched says that a caller's program may have changed the lab.
func (c *caller) touched() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed()
}

func (c *caller) hello() (control.Answer, error) {
	nodes, err := netns.List()
	return control.Answer{Lab: &control.Lab{
		V: control.Version, Netlab: c.netlab, Name: os.Getenv(sandbox.EnvLab), Lesson: c.lesson.Label(), Title: c.lesson.Title,
		Step: c.number, Steps: len(c.lesson.Steps), Since: c.since, Nodes: nodes,
	}}, err
}

// welcome serves those who come later: by the socket outside, if there is
// one, and by one inside, where the lab's own shells find it.
func (e *engine) welcome(outside *os.File) {
	if outside != nil {
		if l, err := net.FileListener(outside); err == nil {
			go e.accept(l)
		}
	}
	name := os.Getenv(sandbox.EnvLab)
	if name == "" {
		return
	}
	// A lab without a door inside is a lab all the same.
	home := sandbox.NewHome()
	if l, err := home.Listen(name); err == nil {
		if inside, err := net.FileListener(l.Socket()); err == nil {
			go e.accept(inside)
		}
		l.Close()
	}
}

// retry is how long the engine rests when it cannot take a caller, for want of
// descriptors mostly.
const retry = 10 * time.Millisecond

func (e *engine) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			<-time.After(retry)
			continue
		}
		go func() {
			defer conn.Close()
			_ = e.attend(control.New(conn), peerOf(conn)) // what it asked for last it will ask again
		}()
	}
}
