package service

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// How much a line of the log is about, as verbosity counts: what must be said,
// what goes wrong, what each question takes.
const (
	logAlways   = 0
	logProblems = 1
	logSteps    = 2
)

// logger writes lines in the form of unbound's.
type logger struct {
	pid       int
	verbosity int
	now       func() time.Time

	mu sync.Mutex // of what follows
	to io.Writer
}

// maxLogLine bounds a line, in bytes.
const maxLogLine = 2000

func (l *logger) line(kind, format string, args ...any) {
	text := strings.ToValidUTF8(fmt.Sprintf(format, args...), "?")
	if len(text) > maxLogLine {
		text = text[:maxLogLine]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.to, "[%d] unbound[%d:0] %s: %s\n", l.now().Unix(), l.pid, kind, text)
}

// tell writes a line of a level, if it is wanted.
func (l *logger) tell(level int, format string, args ...any) {
	if level <= l.verbosity {
		l.line("info", format, args...)
	}
}
