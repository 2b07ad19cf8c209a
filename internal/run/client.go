package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
)

// Client is a lab as the outer process uses it: a sandbox whose engine
// answers requests. One goroutine uses it at a time.
type Client struct {
	lab  *sandbox.Lab
	conn *control.Conn
}

// Open starts a lab. Trusted says that only netlab's own lessons will run in
// it. Whoever opens a lab closes it.
func Open(trusted bool) (*Client, error) {
	lab, err := sandbox.Start(sandbox.Options{Args: []string{StageEngine}, Trusted: trusted})
	if err != nil {
		return nil, err
	}
	return &Client{lab: lab, conn: control.New(lab.Control)}, nil
}

// Close ends the lab at once; when it returns, nothing of it is left.
func (c *Client) Close() { c.lab.Kill() }

// Reduced says that the lab has no user namespace around it.
func (c *Client) Reduced() bool { return c.lab.Reduced }

// Unlimited says why the memory of the lab is not limited to
// sandbox.MaxMemory; nil: it is.
func (c *Client) Unlimited() error { return c.lab.Unlimited }

// Starved is how many processes of the lab the kernel has ended so far because
// the lab had used up its memory.
func (c *Client) Starved() int { return c.lab.Starved() }

// Killed says that the lab was ended by a signal from inside or outside.
type Killed struct{ Signal int }

func (k *Killed) Error() string {
	return fmt.Sprintf("the lab was killed (signal %d): by one of its own commands, or for lack of memory", k.Signal)
}

// Do asks the engine for something, passes on the events and returns the
// answer. When ctx ends, the lab is ended with it, and so it is by an error
// that is not the engine's own.
func (c *Client) Do(ctx context.Context, req control.Request, sink event.Sink) (control.Answer, error) {
	return c.exchange(ctx, req, func(f control.Frame) error {
		if f.Kind != control.KindEvent {
			return nil
		}
		var ev event.Event
		if err := f.Into(&ev); err != nil {
			return err
		}
		sink(ev)
		return nil
	})
}

// exchange sends a request and gives each frame but the answer to other. The
// relays run from then on until the answer comes.
func (c *Client) exchange(ctx context.Context, req control.Request, other func(control.Frame) error, relays ...func(context.Context)) (control.Answer, error) {
	stop := context.AfterFunc(ctx, c.lab.Kill)
	defer stop()
	answer, err := c.converse(ctx, req, other, relays)
	if err != nil && ctx.Err() != nil {
		return answer, context.Cause(ctx)
	}
	return answer, err
}

func (c *Client) converse(ctx context.Context, req control.Request, other func(control.Frame) error, relays []func(context.Context)) (control.Answer, error) {
	if err := c.conn.Send(control.KindRequest, req); err != nil {
		return control.Answer{}, c.lost(err)
	}
	relay, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, r := range relays {
		running.Go(func() { r(relay) })
	}
	answer, err := c.receive(other)
	cancel()
	if err != nil && answer.Error == "" {
		c.lab.Kill() // a relay may wait for an engine that reads no more
	}
	running.Wait()
	return answer, err
}

// receive gives each frame to other until the answer comes.
func (c *Client) receive(other func(control.Frame) error) (answer control.Answer, err error) {
	for {
		f, err := c.conn.Receive()
		if err != nil {
			return answer, c.lost(err)
		}
		if f.Kind == control.KindAnswer {
			if err = f.Into(&answer); err == nil && answer.Error != "" {
				err = errors.New(answer.Error)
			}
			return answer, err
		}
		if err := other(f); err != nil {
			return answer, err
		}
	}
}

// lost explains why nothing can be had from the engine any more. A lab which
// says what makes no sense is ended: it would not end by itself.
func (c *Client) lost(err error) error {
	if !hungUp(err) {
		c.lab.Kill()
		return fmt.Errorf("the lab's engine cannot be understood: %w", err)
	}
	const signalled = 128
	switch code := c.lab.Wait(); {
	case c.lab.Crash() != "":
		return fmt.Errorf("the lab's engine crashed:%s", c.lab.Crash())
	case code > signalled:
		return &Killed{Signal: code - signalled}
	default:
		return fmt.Errorf("the lab's engine ended with code %d: %w", code, err)
	}
}

// hungUp says that the other side of the control socket is gone.
func hungUp(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, os.ErrClosed, syscall.EPIPE, syscall.ECONNRESET} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
