package term

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
	xterm "golang.org/x/term"
)

// ErrNoTerminal is returned by Raw when In is not a terminal.
var ErrNoTerminal = errors.New("standard input is not a terminal")

// Raw hands the terminal of In over to somebody else, such as a shell behind a
// pty: each byte passes as it is, output is not translated. The caller calls
// restore; more than once is fine.
func (t *Term) Raw() (restore func(), err error) {
	if !t.InTTY || t.in == nil {
		return func() {}, ErrNoTerminal
	}
	fd := int(t.in.Fd())
	old, err := xterm.MakeRaw(fd)
	if err != nil {
		return func() {}, err
	}
	return sync.OnceFunc(func() { _ = xterm.Restore(fd, old) }), nil
}

// Keys makes In give single keys until restore is called, as ReadKey does while
// it waits. Whoever asks for a key begins with it: what is typed between the
// question and ReadKey would otherwise be taken as a line, in which Ctrl-D is
// the end of the input and Ctrl-C a signal. Without a terminal it does nothing.
func (t *Term) Keys() (restore func(), err error) {
	if t.settings == nil {
		return func() {}, nil
	}
	return t.settings()
}

// keyMode makes In give single keys. Other than in raw mode the output side
// stays as it is, so that lines can be printed meanwhile.
func (t *Term) keyMode() (restore func(), err error) {
	fd := int(t.in.Fd())
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	mode := *old
	mode.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG | unix.IEXTEN
	mode.Iflag &^= unix.IXON
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &mode); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, old) }, nil
}

// Resizes tells of each change of the window's size until ctx ends; several
// in a row may be told once. The channel is never closed.
func (t *Term) Resizes(ctx context.Context) <-chan os.Signal {
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, unix.SIGWINCH)
	context.AfterFunc(ctx, func() { signal.Stop(changes) })
	return changes
}
