package render

import (
	"strings"

	"netlab/internal/term"
)

// Error tells t.Err what went wrong, and on a line below what to try, when
// hint is not empty. It is the one place in netlab that prints errors. Lines
// of a text that has several keep their place: a caret must stay under what it
// points at.
func Error(t *term.Term, text, hint string) error {
	c := newCanvas(t.ErrColour, t.UTF8, t.Width())
	c.told(t, in(bad, "netlab: "), text)
	if hint != "" {
		c.told(t, in(warn, "hint: "), hint)
	}
	return c.flush(t.Err)
}

// told writes a text behind its label. In a file a line stays a line.
func (c *canvas) told(t *term.Term, label span, s string) {
	lines := strings.Split(strings.TrimSpace(term.Clean(s)), "\n")
	for i, l := range lines {
		first := line{label}
		if i > 0 {
			first = nil
		}
		switch {
		case !t.ErrTTY:
			c.raw(join(first, text(l)))
		case len(lines) == 1:
			c.width = c.wide
			c.hang(first, text(l))
		default:
			for _, row := range chop(c.say(l), c.wide-first.cells()) {
				c.raw(join(first, text(row)))
				first = nil
			}
		}
	}
}

// Markdown writes a text of its own to t.Out, such as the page of a lesson.
func Markdown(t *term.Term, src string) error {
	c := outCanvas(t)
	c.markdown(term.Clean(src), nil, nil)
	return c.flush(t.Out)
}

// Entry is a command to type, and what it does.
type Entry struct{ Command, Meaning string }

// Welcome greets who typed only "netlab": what it is in one sentence, the
// command to type next, and a few more.
func Welcome(t *term.Term, what string, next Entry, more []Entry) error {
	c := outCanvas(t)
	c.hang(nil, in(title, "netlab"), text(" · "+term.Clean(what)))
	c.blank()
	c.hang(pad(2), text(term.Clean(next.Meaning)+":"))
	c.blank()
	c.hang(pad(6), in(strong, term.Clean(next.Command)))
	c.blank()
	var rows [][][]span
	for _, e := range more {
		rows = append(rows, [][]span{{in(code, term.Clean(e.Command))}, {in(quiet, term.Clean(e.Meaning))}})
	}
	c.columns(rows, pad(2), pad(2), false)
	return c.flush(t.Out)
}
