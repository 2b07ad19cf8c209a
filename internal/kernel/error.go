package kernel

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/op"
)

// Error is an op that failed: what the kernel answered, and what the real ip
// (or bridge, or sysctl) says then.
type Error struct {
	Line  op.Line
	Errno unix.Errno // 0: the kernel was not asked, such as for a link that is not there
	Ext   string     // the kernel's own words, if it had any
	Text  string     // the real tool's standard error, whole, without the last line end
	Exit  int        // the real tool's exit code
	Hint  string     // what to look at; never the command that cures it
}

// Error returns the real tool's words.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the kernel's error number.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// Exit codes of iproute2: wrong words end the program at once with -1, a
// function that could not go on returns -1 which is negated, and the kernel's
// no is 2. The bridge tool does not negate.
const (
	exitLookup  = 1
	exitRefused = 2
	exitWords   = 255
)

// stop is an error of the tool itself, before or instead of the kernel's.
type stop struct {
	text string
	exit int
	err  error
}

func (s *stop) Error() string { return s.text }

func (s *stop) Unwrap() error { return s.err }

// noDevice is what ip says of a link that is not there.
func (t *task) noDevice(name string) error {
	return &stop{text: `Cannot find device "` + name + `"`, exit: t.toolExit(exitLookup)}
}

// wrong is what ip says of a word whose value makes no sense.
func wrong(word, why string) error {
	return &stop{text: `Error: argument "` + word + `" is wrong: ` + why, exit: exitWords}
}

// toolExit is the exit code for a failure of ip, or of bridge, which returns
// -1 for all of them.
func (t *task) toolExit(ip int) int {
	switch t.line.Op.(type) {
	case *op.FDBAdd, *op.FDBDel, *op.PortSet:
		return exitWords
	}
	return ip
}

// explain turns what went wrong into the real tool's words.
func (t *task) explain(err error) *Error {
	e := &Error{Line: t.line, Exit: t.toolExit(exitRefused)}
	var no unix.Errno
	if errors.As(err, &no) {
		e.Errno = no
	}
	var (
		said    *stop
		refused *refusal
		named   *netns.Error
	)
	switch {
	case errors.As(err, &said):
		e.Text, e.Exit = said.text, said.exit
	case errors.As(err, &named):
		e.Text, e.Exit = named.Text, t.namedExit()
	case errors.As(err, &refused):
		e.Ext = refused.ext
		e.Text = refusedText(refused)
	case e.Errno != 0:
		e.Text = "Cannot talk to rtnetlink: " + netns.Words(err)
	default:
		e.Text = err.Error()
	}
	return e
}

// namedExit is the exit code for a namespace that cannot be made, removed or
// entered.
func (t *task) namedExit() int {
	switch o := t.line.Op.(type) {
	case *op.NetnsAdd:
		if netns.Valid(o.Name) {
			return exitLookup
		}
	case *op.NetnsDel:
		if netns.Valid(o.Name) {
			return exitLookup
		}
	}
	return exitWords
}

// refusedText is what libnetlink prints: the kernel's own words, or else the
// words for the number.
func refusedText(r *refusal) string {
	if r.ext == "" {
		return "RTNETLINK answers: " + netns.Words(r.errno)
	}
	return "Error: " + dotted(r.ext)
}

func dotted(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func isErrno(err error, no unix.Errno) bool { return errors.Is(err, no) }
