package op

import (
	"errors"
	"fmt"
	"strings"
)

// ErrQuestion is the error of Parse for a line that changes nothing but asks:
// "ip addr show", "bridge fdb", "sysctl KEY". ParseQuery reads those.
var ErrQuestion = errors.New("the line asks and changes nothing")

// SyntaxError is the error for a line that this package does not understand.
// The real ip may still: the language here is a part of its own.
type SyntaxError struct {
	Args     []string
	Index    int      // which of Args; len(Args) when the line ends too early
	Word     string   // Args[Index], or ""
	Expected []string // what could stand there, as in a manual page: "via ADDRESS"
	Nearest  string   // the right word that looks most like Word; "" when none does
	Reason   string   // what is wrong with Word, as the end of a sentence; may be empty

	told bool // the reason says all: Error leaves Expected out
}

// Error names the word, what was expected, and the nearest right word.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	switch {
	case e.Index >= len(e.Args):
		b.WriteString("the line ends too early")
	case e.Reason != "":
		fmt.Fprintf(&b, "%q %s", e.Word, e.Reason)
	default:
		fmt.Fprintf(&b, "%q is not expected here", e.Word)
	}
	if e.Nearest != "" {
		fmt.Fprintf(&b, ": did you mean %q?", e.Nearest)
	}
	switch {
	case len(e.Expected) == 0, e.told:
	case len(e.Expected) == 1:
		fmt.Fprintf(&b, " (expected: %s)", e.Expected[0])
	default:
		fmt.Fprintf(&b, " (one of: %s)", strings.Join(e.Expected, ", "))
	}
	return b.String()
}

// fail makes the error for the word at index. The candidates are the words
// among which the nearest is looked for.
func (r *reader) fail(index int, reason string, expected, candidates []string) error {
	e := &SyntaxError{Args: r.args, Index: index, Expected: expected, Reason: reason}
	if index < len(r.args) {
		e.Word = r.args[index]
		e.Nearest = nearest(e.Word, candidates)
	}
	return e
}

// wrong makes the error for a word that does not fit where it stands, of
// which the reason says all.
func (r *reader) wrong(reason string, expected, candidates []string) error {
	e := &SyntaxError{Args: r.args, Index: r.at, Expected: expected, Reason: reason, told: true}
	if r.more() {
		e.Word = r.peek()
		e.Nearest = nearest(e.Word, candidates)
	}
	return e
}
