package run

import (
	"context"
	"io"
	"os"

	"netlab/internal/control"
)

// Console is the user's terminal as a shell in a lab uses it. It is in raw
// mode while Shell runs.
type Console struct {
	// Read waits for what is typed, and gives up when its context ends.
	Read func(context.Context, []byte) (int, error)
	Out  io.Writer
	// Size is the terminal's, in characters.
	Size func() (cols, rows int, ok bool)
	// Resizes signals each change of the size.
	Resizes func(context.Context) <-chan os.Signal
}

// Lacking says that a program was to run in a node that the lab does not
// have, or that the lab has no such program.
type Lacking struct {
	What control.Missing
	Text string
}

func (l *Lacking) Error() string { return l.Text }

// Program is what to run in a node of a lab; without Args it is a shell.
type Program struct {
	Node string // empty means host
	Args []string
	Term string // what kind of terminal it gets, as in TERM
}

// Shell runs a program of the lab on the user's terminal, and returns its exit
// code. The error may be a *Lacking.
func (c *Client) Shell(ctx context.Context, p Program, tty Console) (int, error) {
	show := func(f control.Frame) error {
		if f.Kind != control.KindBytes {
			return nil
		}
		_, err := tty.Out.Write(f.Payload)
		return err
	}
	cols, rows, _ := tty.Size()
	answer, err := c.exchange(ctx, control.Request{Verb: control.Shell, Node: p.Node, Args: p.Args, Term: p.Term, Rows: rows, Cols: cols}, show,
		func(ctx context.Context) { c.relayTyped(ctx, tty) },
		func(ctx context.Context) { c.relaySize(ctx, tty) })
	return answer.Exit, lacks(answer, err)
}

// lacks words an answer that tells of something missing.
func lacks(answer control.Answer, err error) error {
	if answer.Missing != "" {
		return &Lacking{answer.Missing, answer.Error}
	}
	return err
}

func (c *Client) relayTyped(ctx context.Context, tty Console) {
	buf := make([]byte, 4<<10)
	for {
		n, err := tty.Read(ctx, buf)
		if n > 0 && c.conn.SendBytes(control.KindBytes, buf[:n]) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

func (c *Client) relaySize(ctx context.Context, tty Console) {
	changes := tty.Resizes(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
		}
		if cols, rows, ok := tty.Size(); ok {
			_ = c.conn.Send(control.KindRequest, control.Request{Verb: control.Resize, Rows: rows, Cols: cols})
		}
	}
}
