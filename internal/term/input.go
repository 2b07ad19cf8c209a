package term

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// input is one byte that was read, or why there was none.
type input struct {
	b   byte
	err error
}

// Read waits for input and takes what there is, at most len(b) bytes: what a
// relay to somebody else's terminal needs. When ctx ends first, its error is
// returned, and nothing has been taken.
func (t *Term) Read(ctx context.Context, b []byte) (int, error) {
	if err := ctx.Err(); err != nil || len(b) == 0 {
		return 0, err
	}
	if t.in != nil {
		return pollRead(ctx, t.in, b, 0)
	}
	one, err := t.pumpByte(ctx, 0)
	if err != nil {
		return 0, err
	}
	b[0] = one
	return 1, nil
}

// readByte waits for one byte of In: until ctx ends, or for wait when that is
// not 0 (then errQuiet).
func (t *Term) readByte(ctx context.Context, wait time.Duration) (byte, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if t.in == nil {
		return t.pumpByte(ctx, wait)
	}
	var b [1]byte
	_, err := pollRead(ctx, t.in, b[:], wait)
	return b[0], err
}

// pollRead reads from a file, and only when there is something: a read that
// was given up must not take a byte from whoever reads next, such as a shell.
func pollRead(ctx context.Context, f *os.File, b []byte, wait time.Duration) (int, error) {
	wakeR, wakeW, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer wakeR.Close()
	defer wakeW.Close()
	defer context.AfterFunc(ctx, func() { _, _ = wakeW.Write([]byte{0}) })()
	timeout := -1
	if wait > 0 {
		timeout = int(wait.Milliseconds())
	}
	for {
		fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}, {Fd: int32(wakeR.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, timeout)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n == 0:
			return 0, errQuiet
		case fds[1].Revents != 0:
			return 0, ctx.Err()
		default:
			return readNow(f, b)
		}
	}
}

func readNow(f *os.File, b []byte) (int, error) {
	n, err := f.Read(b)
	switch {
	case n > 0:
		return n, nil
	case err == nil, errors.Is(err, unix.EIO): // EIO: the other side of the terminal has gone
		return 0, io.EOF
	}
	return 0, err
}

// pumpByte reads one byte of a reader that cannot be asked whether it has one.
// A read that was given up goes on, and its byte is the next one given out.
func (t *Term) pumpByte(ctx context.Context, wait time.Duration) (byte, error) {
	if t.pending == nil {
		t.pending = make(chan input, 1)
		go func(to chan<- input) {
			var b [1]byte
			_, err := io.ReadFull(t.In, b[:])
			to <- input{b[0], err}
		}(t.pending)
	}
	var late <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case got := <-t.pending:
		t.pending = nil
		return got.b, got.err
	case <-late:
		return 0, errQuiet
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
