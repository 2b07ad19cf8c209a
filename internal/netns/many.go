package netns

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// maxThreads is how many threads create namespaces at once. The kernel does
// most of it under locks: more than a few threads only wait for each other.
const maxThreads = 4

// CreateMany makes the named namespaces, several at a time, and runs inside in
// each of them, on the thread that made it. When one fails, or ctx ends, none
// of them is left. Its threads are gone when it returns.
func CreateMany(ctx context.Context, names []string, inside func(i int) error) error {
	if err := Setup(); err != nil {
		return err
	}
	m := &many{ctx: ctx, names: names, made: make([]bool, len(names)), inside: inside}
	workers := min(len(names), maxThreads, runtime.GOMAXPROCS(0))
	tids := make([]int, workers)
	var running sync.WaitGroup
	for w := range workers {
		running.Go(func() {
			m.fail(onThread(func() error {
				tids[w] = unix.Gettid()
				return m.work()
			}))
		})
	}
	running.Wait()
	for _, tid := range tids {
		awaitEnd(tid)
	}
	if m.err != nil {
		m.undo()
	}
	return m.err
}

type many struct {
	ctx    context.Context
	names  []string
	made   []bool
	inside func(i int) error
	next   atomic.Int64

	mu  sync.Mutex
	err error // the first
}

func (m *many) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.err = err
	}
}

func (m *many) failed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err != nil
}

// work makes one namespace after the other on the calling thread, which each
// of them takes out of the one before.
func (m *many) work() error {
	for !m.failed() {
		i := int(m.next.Add(1)) - 1
		if i >= len(m.names) {
			return nil
		}
		if err := m.ctx.Err(); err != nil {
			return err
		}
		if err := m.create(i); err != nil {
			return err
		}
	}
	return nil
}

func (m *many) create(i int) error {
	path, err := reserve(m.names[i])
	if err != nil {
		return err
	}
	m.made[i] = true
	if err := pin(m.names[i], path); err != nil {
		return err
	}
	return m.inside(i)
}

func (m *many) undo() {
	for i, made := range m.made {
		if made {
			_ = Delete(m.names[i])
		}
	}
}

// awaitEnd waits until a thread of this process has ended. A thread whose
// goroutine is over ends by itself, a little later, and holds its namespace
// until then.
func awaitEnd(tid int) {
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
		if err := unix.Tgkill(unix.Getpid(), tid, 0); err != nil {
			return
		}
		<-time.After(20 * time.Microsecond)
	}
}
