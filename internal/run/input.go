package run

import (
	"io"
	"sync"

	"netlab/internal/control"
)

// input hands bytes to a program at its own pace and tells the caller of each
// piece that it has taken. What waits is bounded, and does not keep signals waiting.
type input struct {
	to   io.WriteCloser
	conn *control.Conn

	mu    sync.Mutex
	more  *sync.Cond
	queue [][]byte
	held  int // bytes in the queue and with the program
	shut  bool
}

func newInput(to io.WriteCloser, conn *control.Conn) *input {
	in := &input{to: to, conn: conn}
	in.more = sync.NewCond(&in.mu)
	go in.hand()
	return in
}

// hand writes until the end of the input. A program that has closed its input
// takes the rest without reading it.
func (in *input) hand() {
	defer in.to.Close()
	broken := false
	for b := in.next(); b != nil; b = in.next() {
		if !broken {
			_, err := in.to.Write(b)
			broken = err != nil
		}
		in.mu.Lock()
		in.held -= len(b)
		in.mu.Unlock()
		_ = in.conn.SendBytes(control.KindTaken, nil)
	}
}

// next waits for bytes; nil is their end.
func (in *input) next() []byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.queue) == 0 && !in.shut {
		in.more.Wait()
	}
	if len(in.queue) == 0 {
		return nil
	}
	b := in.queue[0]
	in.queue = in.queue[1:]
	return b
}

// put queues bytes. A caller that sends more than MaxInput loses them.
func (in *input) put(b []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.shut || len(b) == 0 || in.held+len(b) > control.MaxInput {
		return
	}
	in.held += len(b)
	in.queue = append(in.queue, b)
	in.more.Signal()
}

// close says that nothing more comes.
func (in *input) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.shut = true
	in.more.Signal()
}
