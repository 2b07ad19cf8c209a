package run

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"netlab/internal/control"
)

// outlet passes on what a script writes to one of its streams, byte by byte as
// it is. What is in the pipe can be fetched at any time, so that it is told in
// front of what happens next.
type outlet struct {
	from  *os.File
	raw   syscall.RawConn
	conn  *control.Conn
	kind  control.Kind
	meter *atomic.Int64 // bytes, of all outlets

	mu  sync.Mutex
	buf []byte
}

// newOutlet returns the outlet and the file to write to, which the caller
// closes when the script has it.
func newOutlet(conn *control.Conn, kind control.Kind, meter *atomic.Int64) (*outlet, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	raw, err := r.SyscallConn()
	if err != nil {
		return nil, nil, errors.Join(err, r.Close(), w.Close())
	}
	o := &outlet{from: r, raw: raw, conn: conn, kind: kind, meter: meter, buf: make([]byte, 32<<10)}
	go o.run()
	return o, w, nil
}

// run passes on until nobody can write any more, or the pipe is closed.
func (o *outlet) run() {
	open := true
	for open {
		err := o.raw.Read(func(fd uintptr) bool {
			n, err := o.pass(int(fd))
			open = n > 0 || waits(err)
			return !waits(err)
		})
		open = open && err == nil
	}
}

// waits says that there is nothing to read yet.
func waits(err error) bool { return errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) }

// pass passes on one piece.
func (o *outlet) pass(fd int) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := syscall.Read(fd, o.buf)
	if n > 0 {
		o.meter.Add(int64(n))
		err = o.conn.SendBytes(o.kind, o.buf[:n])
	}
	return n, err
}

// drain passes on what is there.
func (o *outlet) drain() {
	_ = o.raw.Control(func(fd uintptr) {
		const pipe = 4 // pieces that a pipe holds (pipe(7)): a script that goes on writing must not keep us here
		for range pipe {
			if n, _ := o.pass(int(fd)); n <= 0 {
				return
			}
		}
	})
}

func (o *outlet) close() { _ = o.from.Close() }
