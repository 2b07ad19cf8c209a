package render

import (
	"strings"

	"github.com/rivo/uniseg"
)

// span is text of one tone. A whole span is not broken if it fits on a line; a
// breaks span is the end of a line and has no text.
type span struct {
	text   string
	tone   tone
	whole  bool
	breaks bool
}

// line is one line of a screen.
type line []span

func (l line) cells() int {
	n := 0
	for _, s := range l {
		n += cells(s.text)
	}
	return n
}

// word is what is not broken unless it is wider than a line.
type word struct {
	parts  []span
	width  int
	spaced bool // a space stands before it
	breaks bool // it begins a new line
}

// wrap fills lines of at most width cells. White space counts as one space,
// except in whole spans. Only what is wider than a line is broken inside.
func wrap(spans []span, width int) []line {
	width = max(width, 2) // the width of one wide character
	f := filler{width: width}
	for _, w := range words(spans, width) {
		f.add(w)
	}
	return f.done()
}

// filler puts words into lines.
type filler struct {
	width int
	lines []line
	cur   line
	used  int
}

func (f *filler) newline() {
	f.lines = append(f.lines, f.cur)
	f.cur, f.used = nil, 0
}

func (f *filler) add(w word) {
	if w.breaks {
		f.newline()
	}
	space := w.spaced && f.used > 0
	need := w.width
	if space {
		need++
	}
	if f.used > 0 && f.used+need > f.width {
		f.newline()
		space = false
	}
	if space {
		f.cur = append(f.cur, span{text: " ", tone: f.spaceTone(w)})
		f.used++
	}
	for _, p := range w.parts {
		f.put(p)
	}
}

// spaceTone keeps the tone when the words on both sides have it.
func (f *filler) spaceTone(w word) tone {
	if n := len(f.cur); n > 0 && len(w.parts) > 0 && f.cur[n-1].tone == w.parts[0].tone {
		return w.parts[0].tone
	}
	return plain
}

// put adds a part of a word, broken where it must be.
func (f *filler) put(s span) {
	n := cells(s.text)
	if f.used+n <= f.width {
		f.cur = append(f.cur, s)
		f.used += n
		return
	}
	if s.whole && n <= f.width {
		f.newline()
		f.put(s)
		return
	}
	for rest, state := s.text, -1; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if f.used+w > f.width && f.used > 0 {
			f.newline()
		}
		f.cur = append(f.cur, span{text: c, tone: s.tone})
		f.used += w
	}
}

func (f *filler) done() []line {
	if len(f.cur) > 0 || len(f.lines) == 0 {
		f.newline()
	}
	return f.lines
}

// words cuts spans at white space, and beside wide characters, which need none.
func words(spans []span, width int) []word {
	c := cutter{}
	for _, s := range spans {
		switch {
		case s.breaks:
			c.end()
			c.next.breaks = true
		case s.whole && cells(s.text) <= width:
			c.glue(s, cells(s.text))
			c.open = false
		default:
			c.cut(s)
		}
	}
	c.end()
	return c.words
}

type cutter struct {
	words []word
	next  word
	open  bool // an opening bracket: nothing is cut after it
}

// glue adds a part of known width to the word.
func (c *cutter) glue(s span, width int) {
	if s.text == "" {
		return
	}
	c.next.parts = append(c.next.parts, s)
	c.next.width += width
}

func (c *cutter) end() {
	if len(c.next.parts) == 0 {
		return
	}
	c.words = append(c.words, c.next)
	c.next, c.open = word{}, false
}

// The wide punctuation that does not begin a line, or does not end one.
const (
	closing = "。，、．：；！？）」』】》〉”’…"
	opening = "（「『【《〈“‘"
)

// cut takes the words out of a span. The word that runs is the text from
// start on; it is cut off before white space and beside wide characters.
func (c *cutter) cut(s span) {
	start, width, at := 0, 0, 0
	piece := func(end int) {
		c.glue(span{text: s.text[start:end], tone: s.tone}, width)
		start, width = end, 0
	}
	wideBefore := false
	for rest, state := s.text, -1; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		end := at + len(cluster)
		switch {
		case strings.TrimSpace(cluster) == "" && cluster != "\u00a0":
			piece(at)
			c.end()
			c.next.spaced = true
			start, wideBefore = end, false
		default:
			if (w > 1 || wideBefore) && !c.open && !strings.Contains(closing, cluster) {
				piece(at)
				c.end()
			}
			width += w
			c.open = strings.Contains(opening, cluster)
			wideBefore = w > 1
		}
		at = end
	}
	piece(at)
}

// chop breaks a line of a program's output, whose spaces mean something, into
// rows of at most width cells: after a space if there is one in the second
// half, else anywhere. Tabs go to each eighth column.
func chop(s string, width int) []string {
	s = untab(s)
	if cells(s) <= width {
		return []string{s}
	}
	var rows []string
	var row strings.Builder
	used := 0
	for rest, state := s, -1; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > width && used > 0 {
			head, tail := atSpace(row.String())
			rows = append(rows, head)
			row.Reset()
			row.WriteString(tail)
			used = cells(tail)
		}
		row.WriteString(c)
		used += w
	}
	return append(rows, row.String())
}

func atSpace(row string) (head, tail string) {
	i := strings.LastIndexByte(row, ' ')
	if i < len(row)/2 {
		return row, ""
	}
	return row[:i+1], row[i+1:]
}

func untab(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	column := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			gap := 8 - column%8
			b.WriteString(strings.Repeat(" ", gap))
			column += gap
		}
		b.WriteString(part)
		column += cells(part)
	}
	return b.String()
}
