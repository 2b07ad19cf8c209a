package term

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// writer remembers the first error and drops what comes after it. It may be
// used by several goroutines.
type writer struct {
	mu  sync.Mutex
	to  io.Writer
	err error
}

// Write passes the bytes on, or returns the first error again.
func (w *writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.to.Write(b)
	w.err = err
	return n, err
}

func (w *writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Closed says whether a write failed only because its reader has gone, as in
// "netlab list | head -1".
func Closed(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}
