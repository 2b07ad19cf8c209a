package term

import (
	"bytes"
	"io"
)

// Buffers is what a Term from Test wrote.
type Buffers struct{ Out, Err *bytes.Buffer }

// Test is a Term of buffers for tests: no terminal, no colour, UTF-8, width
// columns (0: unknown). Set its fields to make it something else; a key that
// is read from In needs no real terminal.
func Test(in io.Reader, columns int) (*Term, Buffers) {
	b := Buffers{Out: new(bytes.Buffer), Err: new(bytes.Buffer)}
	t := TestTo(in, columns, b.Out)
	t.Err = &writer{to: b.Err}
	return t, b
}

// TestTo is Test with an Out of one's own, such as one that fails; what goes
// to Err is dropped.
func TestTo(in io.Reader, columns int, out io.Writer) *Term {
	w := &writer{to: out}
	return &Term{In: in, Out: w, Err: &writer{to: io.Discard}, UTF8: true, columns: columns, guard: w}
}
