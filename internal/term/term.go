// Package term is the terminal: the three streams, what is known about them
// (is it a terminal, how wide, colour, UTF-8), single keys, raw mode and
// changes of the window's size. It is the only place that touches os.Stdout.
package term

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	xterm "golang.org/x/term"
)

// The widths that output is made for, in display cells.
const (
	DefaultWidth = 80 // when nothing is known
	MinWidth     = 40 // narrower terminals get lines of this width
)

// Term is the streams of the program. Out and Err remember their first error
// and drop what comes after it, see OutErr.
type Term struct {
	In       io.Reader
	Out, Err io.Writer

	InTTY, OutTTY, ErrTTY bool
	OutColour, ErrColour  bool
	UTF8                  bool // text may leave ASCII

	columns  int      // from COLUMNS; 0: ask the terminal
	in, out  *os.File // nil in tests
	pending  chan input
	guard    *writer
	settings func() (restore func(), err error) // key mode of In; nil: none needed
}

// System is the real terminal. Colour is decided as "auto" until SetColour.
//
// From here on a write to a closed pipe is an error and does not end the
// program; children still get the default action, since a caught signal is
// reset by exec and an ignored one would not be.
func System() *Term {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	t := &Term{
		In:      os.Stdin,
		InTTY:   xterm.IsTerminal(int(os.Stdin.Fd())),
		OutTTY:  xterm.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY:  xterm.IsTerminal(int(os.Stderr.Fd())),
		UTF8:    utf8Locale(os.Getenv),
		columns: columns(os.Getenv),
		in:      os.Stdin,
		out:     os.Stdout,
	}
	t.guard = &writer{to: os.Stdout}
	t.Out, t.Err = t.guard, &writer{to: os.Stderr}
	if t.InTTY {
		t.settings = t.keyMode
	}
	t.OutColour = autoColour(os.Getenv, t.OutTTY)
	t.ErrColour = autoColour(os.Getenv, t.ErrTTY)
	return t
}

// OnErr is the same terminal for one who writes to Err what else goes to Out.
func (t *Term) OnErr() *Term {
	return &Term{
		In: t.In, Out: t.Err, Err: t.Err, InTTY: t.InTTY, OutTTY: t.ErrTTY, ErrTTY: t.ErrTTY,
		OutColour: t.ErrColour, ErrColour: t.ErrColour, UTF8: t.UTF8, columns: t.columns, in: t.in,
	}
}

// OutErr is the first error of writing to Out, or nil. With Closed(err) the
// reader has gone away, which is no failure of ours.
func (t *Term) OutErr() error {
	if t.guard == nil {
		return nil
	}
	return t.guard.failed()
}

// Interactive says whether a person can be asked: In and Out are terminals.
func (t *Term) Interactive() bool { return t.InTTY && t.OutTTY }

// Width is the number of cells in a line of Out, never under MinWidth.
func (t *Term) Width() int {
	if t.columns > 0 {
		return max(t.columns, MinWidth)
	}
	if cols, _, ok := t.Size(); ok {
		return max(cols, MinWidth)
	}
	return DefaultWidth
}

// Size is the true size of the terminal behind Out, or of the one behind In,
// in cells; ok is false when there is none or it does not say.
func (t *Term) Size() (cols, rows int, ok bool) {
	for _, f := range []*os.File{t.out, t.in} {
		if f == nil {
			continue
		}
		if cols, rows, err := xterm.GetSize(int(f.Fd())); err == nil && cols > 0 && rows > 0 {
			return cols, rows, true
		}
	}
	return 0, 0, false
}
