package render

import (
	"bytes"
	"io"
	"strings"

	"github.com/yuin/goldmark/parser"

	"netlab/internal/term"
)

// maxProse is the widest line that is read with ease; outputs of programs may
// be wider where the terminal is.
const maxProse = 80

// canvas lays text out in lines and keeps them until flush. Everything that
// is shown passes through put or raw, where text leaves UTF-8 if it must.
type canvas struct {
	paint painter
	utf8  bool
	width int // of prose
	wide  int // of outputs
	buf   bytes.Buffer

	parser parser.Parser // of Markdown, made when it is needed
}

func newCanvas(colour, utf8 bool, width int) *canvas {
	return &canvas{paint: newPainter(colour), utf8: utf8, width: min(width, maxProse), wide: width}
}

func outCanvas(t *term.Term) *canvas { return newCanvas(t.OutColour, t.UTF8, t.Width()) }

// say is text with the characters that the terminal has.
func (c *canvas) say(s string) string {
	if c.utf8 {
		return s
	}
	return term.ASCII(s)
}

func (c *canvas) sayAll(l []span) []span {
	if c.utf8 {
		return l
	}
	out := make([]span, len(l))
	for i, s := range l {
		s.text = term.ASCII(s.text)
		out[i] = s
	}
	return out
}

// put writes a paragraph: first stands before its first line, rest before the
// others. The two are of one width.
func (c *canvas) put(first, rest line, body ...span) {
	first, rest = c.sayAll(first), c.sayAll(rest)
	room := c.width - max(first.cells(), rest.cells())
	for i, l := range wrap(c.sayAll(body), room) {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		c.raw(append(append(line{}, prefix...), l...))
	}
}

// hang is put with blanks before the lines after the first.
func (c *canvas) hang(first line, body ...span) {
	first = c.sayAll(first)
	c.put(first, pad(first.cells()), body...)
}

// raw writes one line as it is.
func (c *canvas) raw(l line) {
	c.buf.WriteString(c.paint.paint(c.sayAll(l)))
	c.buf.WriteByte('\n')
}

func (c *canvas) blank() { c.buf.WriteByte('\n') }

// rule is a horizontal line over n cells.
func rule(n int, t tone) span { return span{text: strings.Repeat("─", max(n, 0)), tone: t} }

func pad(n int) line { return line{{text: strings.Repeat(" ", max(n, 0))}} }

func text(s string) span { return span{text: s} }

func in(t tone, s string) span { return span{text: s, tone: t} }

// flush writes what was laid out, in one call.
func (c *canvas) flush(w io.Writer) error {
	if c.buf.Len() == 0 {
		return nil
	}
	_, err := w.Write(c.buf.Bytes())
	c.buf.Reset()
	return err
}
