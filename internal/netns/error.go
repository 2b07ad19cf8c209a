package netns

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Error is what went wrong, in the words that iproute2 prints.
type Error struct {
	Text  string     // iproute2's line on standard error
	Errno unix.Errno // the kernel's answer; 0 if it was not asked
}

// Error returns iproute2's words.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the kernel's error number.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// Words is a kernel error as the C library writes it (strerror(3)): Go writes
// the same words with a small first letter.
func Words(err error) string {
	s := errno(err).Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

// errno is the kernel's number in err; EIO stands for an error without one.
func errno(err error) unix.Errno {
	var no unix.Errno
	if errors.As(err, &no) {
		return no
	}
	return unix.EIO
}

// failed is the error of one system call: what was tried, and the kernel's
// answer.
func failed(err error, format string, args ...any) error {
	return &Error{Text: fmt.Sprintf(format, args...) + ": " + Words(err), Errno: errno(err)}
}

func invalidName(name string) error {
	return &Error{Text: fmt.Sprintf("Invalid netns name \"%s\"", name), Errno: unix.EINVAL}
}
