package render

import (
	"fmt"
	"strings"

	"netlab/internal/complaint"
	"netlab/internal/term"
)

// Complaint writes to t.Out what is known of a message of a program.
func Complaint(t *term.Term, f complaint.Found) error {
	c := outCanvas(t)
	asked := term.Clean(f.Line)
	c.hang(pad(2), in(strong, asked))
	var below []span
	if !strings.Contains(asked, " ") {
		below = append(below, text(f.Said))
	}
	if f.Errno != "" && asked != f.Errno {
		below = append(below, in(code, f.Errno))
	}
	if f.Of != "" {
		below = append(below, in(quiet, after(f.Of)))
	}
	if len(below) > 0 {
		c.hang(pad(2), dots(below...)...)
	}
	c.blank()
	c.rowsOf([]said{{"who says it", f.By}, {"where", f.Where}, {"it means", f.Means}})
	c.blank()
	c.hang(pad(2), in(title, "Usual causes, the likeliest first"))
	for i, cause := range f.Causes {
		c.hang(line{in(quiet, fmt.Sprintf("    %d. ", i+1))}, text(cause.Why))
		c.hang(line{text("       "), in(quiet, "look: ")}, in(code, cause.Look))
	}
	c.blank()
	c.rowsOf([]said{{"beware", f.Not}, {"see", f.See}})
	c.others(f.Others, asked)
	return c.flush(t.Out)
}

// others names the commands after which the same words mean something else.
func (c *canvas) others(of []string, asked string) {
	if len(of) == 0 {
		return
	}
	var names []string
	for _, o := range of {
		if o == complaint.Connects {
			o = "a program that connects"
		}
		names = append(names, o)
	}
	c.blank()
	c.hang(pad(2), text("The same words mean something of their own after "+strings.Join(names, ", ")+". With the command in front, the answer is about that one:"))
	c.hang(pad(6), in(code, fmt.Sprintf("netlab explain '%s …' '%s'", strings.Replace(of[0], complaint.Connects, "curl", 1), asked)))
}

// after says behind which command a message means this.
func after(of string) string {
	if of == complaint.Connects {
		return "of a program that connects or listens"
	}
	return "after " + of
}

// said is a label and what stands beside it.
type said struct{ label, text string }

// rowsOf writes labels and texts in two columns; rows without a text are left
// out.
func (c *canvas) rowsOf(all []said) {
	const room = 13
	for _, s := range all {
		if s.text != "" {
			c.hang(line{text("  "), in(quiet, s.label), pad(room - len(s.label))[0]}, text(s.text))
		}
	}
}
