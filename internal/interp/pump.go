package interp

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pump carries what a program writes to a writer that is not a file.
type pump struct {
	from    *os.File
	to      io.Writer
	settled chan struct{} // closed when all that was there at settle has been carried
	eof     chan struct{} // closed when no program can write any more
}

// newPump returns the file for the program to write to. The caller closes it
// when the program has started.
func newPump(to io.Writer) (*pump, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p := &pump{from: r, to: to, settled: make(chan struct{}), eof: make(chan struct{})}
	go p.run()
	return p, w, nil
}

func (p *pump) run() {
	defer close(p.eof)
	defer p.from.Close()
	buf := make([]byte, 32<<10)
	settled := false
	for {
		n, err := p.from.Read(buf)
		_, _ = p.to.Write(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) && !settled {
			err = p.empty(buf)
			settled = true
			close(p.settled)
		}
		if err != nil {
			if !settled {
				close(p.settled)
			}
			return
		}
	}
}

// empty carries what is in the pipe now.
func (p *pump) empty(buf []byte) error {
	if err := p.from.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	raw, err := p.from.SyscallConn()
	if err != nil {
		return err
	}
	for n := 1; n > 0 && err == nil; {
		err = raw.Read(func(fd uintptr) bool {
			n, _ = unix.Read(int(fd), buf)
			return true
		})
		_, _ = p.to.Write(buf[:max(n, 0)]) // -1: nothing there; 0: the end, which Read finds again
	}
	return err
}

// settle waits until all that the program, which has ended, wrote is carried.
// A background job of it may go on writing: that comes later.
func (p *pump) settle() {
	_ = p.from.SetReadDeadline(time.Now())
	<-p.settled
}
