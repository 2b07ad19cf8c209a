package run

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"

	"netlab/internal/control"
)

// Streams are the caller's own, for a program without a terminal.
type Streams struct {
	// Read waits for input, and gives up when its context ends.
	Read     func(context.Context, []byte) (int, error)
	Out, Err io.Writer
	// Signals are passed on to the program.
	Signals <-chan os.Signal
}

// Exec runs a program of the lab with the caller's streams, and returns its
// exit code: 128+n when signal n ended it. The error may be a *Lacking.
func (c *Client) Exec(ctx context.Context, p Program, s Streams) (int, error) {
	taken := make(chan struct{}, control.MaxInput/minInput+1)
	answer, err := c.exchange(ctx, control.Request{Verb: control.Exec, Node: p.Node, Args: p.Args, Term: p.Term},
		func(f control.Frame) error { return s.take(f, taken) },
		func(ctx context.Context) { c.feed(ctx, s, taken) },
		func(ctx context.Context) { c.relaySignals(ctx, s.Signals) })
	return answer.Exit, lacks(answer, err)
}

// take writes what the program writes.
func (s Streams) take(f control.Frame, taken chan<- struct{}) error {
	var err error
	switch f.Kind {
	case control.KindBytes:
		_, err = s.Out.Write(f.Payload)
	case control.KindErrors:
		_, err = s.Err.Write(f.Payload)
	case control.KindTaken:
		select {
		case taken <- struct{}{}:
		default: // more than were sent: it cannot be believed
		}
	}
	return err
}

// minInput bounds how many pieces the input may be in: a smaller piece counts
// as one of this size, in bytes.
const minInput = 64

// feed sends input, never more than the program has room for.
func (c *Client) feed(ctx context.Context, s Streams, taken <-chan struct{}) {
	room, buf := allowance{left: control.MaxInput, taken: taken}, make([]byte, 32<<10)
	for {
		n, err := s.Read(ctx, buf)
		if n > 0 && (!room.use(ctx, max(n, minInput)) || c.conn.SendBytes(control.KindBytes, buf[:n]) != nil) {
			return
		}
		if errors.Is(err, io.EOF) {
			_ = c.conn.SendBytes(control.KindEnd, nil)
		}
		if err != nil {
			return
		}
	}
}

// allowance is how much may still be sent.
type allowance struct {
	left  int
	sent  []int // sizes of the pieces that are not taken yet
	taken <-chan struct{}
}

// use takes n of it, as soon as there is so much; false when ctx ends first.
func (a *allowance) use(ctx context.Context, n int) bool {
	for a.left < n && len(a.sent) > 0 {
		select {
		case <-ctx.Done():
			return false
		case <-a.taken:
			a.left += a.sent[0]
			a.sent = a.sent[1:]
		}
	}
	a.left -= n
	a.sent = append(a.sent, n)
	return true
}

func (c *Client) relaySignals(ctx context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-signals:
			if n, ok := s.(syscall.Signal); ok {
				_ = c.conn.Send(control.KindRequest, control.Request{Verb: control.Signal, Number: int(n)})
			}
		}
	}
}
