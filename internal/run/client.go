package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
)

// Client is a lab as the outer process uses it: a sandbox whose engine
// answers requests. One goroutine uses it at a time.
type Client struct {
	lab      lab
	conn     *control.Conn
	listener *sandbox.Listener // of a lab that can stay, and will not unless kept
}

// lab is what a client needs of a lab besides the connection to its engine.
type lab interface {
	// Kill gives the lab up: one's own is ended.
	Kill()
	// Wait returns the exit code of an engine that has hung up.
	Wait() int
	// Crash is what the engine said last, if it crashed.
	Crash() string
}

// Start says what lab to open.
type Start struct {
	Name string
	// Trusted says that only netlab's own lessons will run in it.
	Trusted bool
	// Listener is given for a lab that can stay; the Client closes it.
	Listener *sandbox.Listener
}

// Open starts a lab. Whoever opens a lab closes it.
func Open(s Start) (*Client, error) {
	lab, err := sandbox.Start(sandbox.Options{Args: []string{StageEngine}, Trusted: s.Trusted, Name: s.Name, Listener: s.Listener})
	if err != nil {
		if s.Listener != nil {
			s.Listener.Remove()
		}
		return nil, err
	}
	return &Client{lab: lab, conn: control.New(lab.Control), listener: s.Listener}, nil
}

// Close ends the lab at once; when it returns, nothing of it is left.
func (c *Client) Close() {
	c.lab.Kill()
	if c.listener != nil {
		c.listener.Remove()
		c.listener = nil
	}
}

// Keep lets a lab that was started with a Listener live on by itself. Nothing
// can be asked of it any more by this Client.
func (c *Client) Keep() error {
	own, ok := c.lab.(*sandbox.Lab)
	if !ok || c.listener == nil {
		return errors.New("this lab cannot stay")
	}
	c.listener.Close()
	c.listener, c.lab = nil, kept{}
	return own.Keep()
}

// kept is a lab that was let go.
type kept struct{}

func (kept) Kill()         {}
func (kept) Wait() int     { return 0 }
func (kept) Crash() string { return "" }

// Reduced says that the lab has no user namespace around it.
func (c *Client) Reduced() bool {
	own, ok := c.lab.(*sandbox.Lab)
	return ok && own.Reduced
}

// Unlimited says why the memory of the lab is not limited to
// sandbox.MaxMemory; nil: it is.
func (c *Client) Unlimited() error {
	if own, ok := c.lab.(*sandbox.Lab); ok {
		return own.Unlimited
	}
	return nil
}

// Starved is how many processes of the lab the kernel has ended so far because
// the lab had used up its memory.
func (c *Client) Starved() int {
	if own, ok := c.lab.(*sandbox.Lab); ok {
		return own.Starved()
	}
	return 0
}

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
				err = refusal(answer)
			}
			return answer, err
		}
		if err := other(f); err != nil {
			return answer, err
		}
	}
}

// threadless says that a crash was one for want of threads, in the words of Go's
// runtime, with and without C.
func threadless(crash string) bool {
	return strings.Contains(crash, "failed to create new OS thread") || strings.Contains(crash, "pthread_create failed")
}

// lost explains why nothing can be had from the engine any more. A lab which
// says what makes no sense is ended: it would not end by itself.
func (c *Client) lost(err error) error {
	if _, ok := c.lab.(guest); ok && hungUp(err) {
		return ErrGone
	}
	if !hungUp(err) {
		c.lab.Kill()
		return fmt.Errorf("the lab's engine cannot be understood: %w", err)
	}
	const signalled = 128
	switch code := c.lab.Wait(); {
	case threadless(c.lab.Crash()):
		return &Limited{Text: "the lab's engine could not start another thread: this user may have no more", Hint: "ulimit -u shows how many processes and threads one user may have"}
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
