package interp

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"netlab/internal/event"
)

// mouth writes messages to the engine. Output is held back until a line is
// whole, or for a moment, so that a word is not an event of its own; any other
// event first lets go of it, so that the order holds.
type mouth struct {
	to io.Writer

	mu    sync.Mutex
	name  string // stream of what is held back
	held  []byte
	timer *time.Timer
	shut  bool // the last message is sent
}

// The bounds of what is held back: for how long, and how much in bytes.
const (
	holdTime = 50 * time.Millisecond
	holdSize = 16 << 10
)

func newMouth(to io.Writer) *mouth {
	m := &mouth{to: to}
	m.timer = time.AfterFunc(time.Hour, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.letGo(true)
	})
	return m
}

// say sends an event.
func (m *mouth) say(e event.Event) {
	e.V = event.Version
	m.send(message{Event: &e})
}

func (m *mouth) send(msg message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letGo(false)
	m.write(msg)
	m.shut = m.shut || msg.Dead
}

// output sends a piece of output, soon.
func (m *mouth) output(stream string, p []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.name != stream {
		m.letGo(false)
		m.name = stream
	}
	for len(p) > 0 {
		n := min(len(p), holdSize)
		m.held = append(m.held, p[:n]...)
		p = p[n:]
		if len(m.held) >= holdSize {
			m.letGo(true)
		}
	}
	if bytes.HasSuffix(m.held, []byte("\n")) {
		m.letGo(false)
	} else if len(m.held) > 0 {
		m.timer.Reset(holdTime)
	}
}

// letGo sends what is held back; if more is expected, without the beginning
// of a character at its end.
func (m *mouth) letGo(more bool) {
	end := len(m.held)
	if more {
		end = whole(m.held)
	}
	if end == 0 {
		return
	}
	m.write(message{Event: &event.Event{V: event.Version, Kind: event.Output, Stream: m.name, Text: string(m.held[:end])}})
	m.held = append(m.held[:0], m.held[end:]...)
}

func (m *mouth) write(msg message) {
	if m.shut {
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(msg) == nil {
		_, _ = m.to.Write(b.Bytes()) // without a reader the process is about to end
	}
}

// whole is the length of b without an unfinished UTF-8 character at its end.
func whole(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}

// meter counts the output of one command.
type meter struct {
	show int64 // bytes that are shown

	mu      sync.Mutex
	used    int64
	writes  int
	flooded bool
}

// A command that writes floodFactor times more than what is shown, or so many
// times, is ended. A loop of the shell's own echo would need minutes for the
// first.
const (
	floodFactor = 64
	floodWrites = 1 << 17
)

// add counts n bytes more. It returns how many of them are shown, and whether
// they are the ones with which it became a flood.
func (m *meter) add(n int) (show int, flood bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	show = int(max(0, min(int64(n), m.show-m.used)))
	m.used += int64(n)
	m.writes++
	flood = !m.flooded && (m.used > m.show*floodFactor || m.writes > floodWrites)
	m.flooded = m.flooded || flood
	return show, flood
}

// dropped is how many bytes were not shown.
func (m *meter) dropped() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(0, m.used-m.show)
}

// stream is the standard output or error of the shell, or of one command.
type stream struct {
	name  string // stdout, stderr
	mouth *mouth
	meter *meter
	flood func() // called once, when the meter says so
}

// Write never fails: what is too much is dropped and counted.
func (s *stream) Write(p []byte) (int, error) {
	show, flood := s.meter.add(len(p))
	if show > 0 {
		s.mouth.output(s.name, p[:show])
	}
	if flood {
		s.flood()
	}
	return len(p), nil
}
