package sandbox

import (
	"strings"
	"sync"
)

// tailSize bounds what is kept of a crash: a Go trace with a few goroutines. Its
// first lines say why, so headSize of it are those.
const tailSize, headSize = 16 << 10, 1 << 10

// between stands where something was left out.
const between = "\n…\n"

// tail keeps the first and the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	head []byte
	buf  []byte // what follows the head
	cut  bool
}

func newTail() *tail { return &tail{} }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := min(len(p), headSize-len(t.head))
	t.head = append(t.head, p[:first]...)
	t.buf = append(t.buf, p[first:]...)
	if over := len(t.buf) - (tailSize - headSize - len(between)); over > 0 {
		t.buf, t.cut = append(t.buf[:0], t.buf[over:]...), true
	}
	return len(p), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.head) == 0 {
		return ""
	}
	text := string(t.head) + string(t.buf)
	if t.cut {
		text = string(t.head) + between + string(t.buf)
	}
	return "\n" + strings.TrimSpace(text)
}
