package render

import (
	"fmt"
	"io"
	"strings"

	"netlab/internal/term"
)

// KeyHelp is a key as a legend names it, and what it does in one word.
type KeyHelp struct{ Key, Does string }

// StepKeys are the keys between two steps.
func StepKeys() []KeyHelp {
	return []KeyHelp{
		{"space", "next"}, {"b", "back"}, {"s", "shell"}, {"t", "trace"}, {"?", "explain"}, {"a", "again"}, {"q", "quit"},
	}
}

// Prompt is the line at the foot of the screen on which guided mode asks. It
// stands without an end of line until Clear takes it away.
type Prompt struct {
	t     *term.Term
	shown bool
}

// NewPrompt makes a prompt on t.Out.
func NewPrompt(t *term.Term) *Prompt { return &Prompt{t: t} }

// Legend shows which keys there are, on one line: where the screen is narrow,
// the last keys but one are left out.
func (p *Prompt) Legend(keys []KeyHelp) error {
	c := outCanvas(p.t)
	for l := c.legend(keys); ; l = c.legend(keys) {
		if l.cells() <= c.width || len(keys) < 3 {
			return p.show(c, l)
		}
		keys = append(keys[:len(keys)-2:len(keys)-2], keys[len(keys)-1])
	}
}

func (c *canvas) legend(keys []KeyHelp) line {
	l := line{}
	for i, k := range keys {
		if i > 0 {
			l = append(l, in(quiet, " · "))
		}
		l = append(l, in(strong, k.Key), in(quiet, " "+k.Does))
	}
	return c.sayAll(l)
}

// Choose asks for one of n answers by its number.
func (p *Prompt) Choose(n int) error {
	c := outCanvas(p.t)
	return p.show(c, line{
		in(strong, fmt.Sprintf("1–%d", n)), in(quiet, " your answer · "), in(strong, "space"), in(quiet, " just show me"),
	})
}

// Confirm asks a question that is answered by y or n.
func (p *Prompt) Confirm(question string) error {
	c := outCanvas(p.t)
	return p.show(c, line{text(term.Clean(question) + " "), in(strong, "y"), in(quiet, "/"), in(strong, "n")})
}

func (p *Prompt) show(c *canvas, l line) error {
	if err := p.Clear(); err != nil {
		return err
	}
	p.shown = true
	if l = c.sayAll(l); l.cells()+2 <= c.width {
		l = join(pad(2), l...) // under the text of the lesson
	}
	_, err := io.WriteString(p.t.Out, "\n"+c.paint.paint(l))
	return err
}

// Clear takes the prompt away, so that the lesson goes on where it stood.
func (p *Prompt) Clear() error {
	if !p.shown {
		return nil
	}
	p.shown = false
	if !p.t.OutTTY {
		_, err := io.WriteString(p.t.Out, "\n")
		return err
	}
	_, err := io.WriteString(p.t.Out, erase(1))
	return err
}

// erase clears the line of the cursor and goes n lines up (ECMA-48: CR, EL,
// CUU).
func erase(n int) string { return "\r\x1b[2K" + strings.Repeat("\x1b[A", n) }
