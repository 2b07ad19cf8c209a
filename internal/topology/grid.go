package topology

import (
	"strings"

	"github.com/rivo/uniseg"
)

// The ways in which a line leaves a cell.
const (
	toUp = 1 << iota
	toDown
	toLeft
	toRight
	double // its level part is a bridge
	dashed // it is a tunnel
	round  // it is a cable: its corners are round
)

// cell is one cell of a screen: a line through it, or text.
type cell struct {
	line int
	text string
	tone Tone
	part bool // the cell before it reaches into it
}

// grid is a screen on which lines join where they meet.
type grid struct {
	ascii bool
	rows  [][]cell
}

func newGrid(w, h int, ascii bool) *grid {
	g := &grid{ascii: ascii, rows: make([][]cell, h)}
	for y := range g.rows {
		g.rows[y] = make([]cell, w)
	}
	return g
}

func (g *grid) at(x, y int) *cell {
	if y < 0 || y >= len(g.rows) || x < 0 || x >= len(g.rows[y]) {
		return &cell{}
	}
	return &g.rows[y][x]
}

// run draws a straight line from cell to cell, both ends included as far as
// their middle.
func (g *grid) run(x1, y1, x2, y2, style int, t Tone) {
	dx, dy := step(x1, x2), step(y1, y2)
	ahead, back := toRight, toLeft
	if dx < 0 {
		ahead, back = toLeft, toRight
	}
	if dy != 0 {
		ahead, back = toDown, toUp
	}
	if dy < 0 {
		ahead, back = toUp, toDown
	}
	for x, y := x1, y1; x != x2 || y != y2; x, y = x+dx, y+dy {
		g.mark(x, y, ahead|style, t)
		g.mark(x+dx, y+dy, back|style, t)
	}
}

func (g *grid) mark(x, y, line int, t Tone) {
	c := g.at(x, y)
	if c.line == 0 || t != Quiet {
		c.tone = t
	}
	if c.line != 0 && c.line&dashed != line&dashed {
		c.line, line = c.line&^dashed, line&^dashed
	}
	c.line |= line
}

func step(from, to int) int {
	switch {
	case from < to:
		return 1
	case from > to:
		return -1
	}
	return 0
}

// put writes text over what is there.
func (g *grid) put(x, y int, s string, t Tone) {
	last := &cell{}
	for state := -1; len(s) > 0; {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if w == 0 {
			last.text += cluster
			continue
		}
		last = g.at(x, y)
		*last = cell{text: cluster, tone: t}
		for i := 1; i < w; i++ {
			*g.at(x+i, y) = cell{part: true}
		}
		x += w
	}
}

// box draws walls.
func (g *grid) box(x, y, w, h int, t Tone) {
	g.run(x, y, x+w-1, y, 0, t)
	g.run(x, y+h-1, x+w-1, y+h-1, 0, t)
	g.run(x, y, x, y+h-1, 0, t)
	g.run(x+w-1, y, x+w-1, y+h-1, 0, t)
}

// lines is the grid as text.
func (g *grid) lines() Text {
	out := make(Text, 0, len(g.rows))
	for _, row := range g.rows {
		var l Line
		for _, c := range row {
			if c.part {
				continue
			}
			s := c.text
			if s == "" {
				s = g.rune(c.line)
			}
			if n := len(l); n > 0 && (l[n-1].Tone == c.tone || s == " ") {
				l[n-1].Text += s
				continue
			}
			l = append(l, Span{s, c.tone})
		}
		out = append(out, trimmed(l))
	}
	return out
}

// trimmed is the line without space at its end.
func trimmed(l Line) Line {
	for len(l) > 0 {
		last := &l[len(l)-1]
		if last.Text = strings.TrimRight(last.Text, " "); last.Text != "" {
			break
		}
		l = l[:len(l)-1]
	}
	return l
}

// rune is the character of a line: of toUp, toDown, toLeft and toRight as bits.
func (g *grid) rune(line int) string {
	level := line&(toLeft|toRight) != 0
	upright := line&(toUp|toDown) != 0
	set := " ││││─┘┐┤─└┌├─┴┬┼"
	switch {
	case g.ascii && line&dashed != 0:
		set = " ::::.+++.+++.+++"
	case g.ascii && line&double != 0 && level:
		set = " ||||=+++=+++=+++"
	case g.ascii:
		set = " ||||-+++-+++-+++"
	case line&double != 0 && level:
		set = " ││││═╛╕╡═╘╒╞═╧╤╪"
	case line&dashed != 0 && !(level && upright):
		set = " ┆┆┆┆┄┘┐┤┄└┌├┄┴┬┼"
	case line&round != 0:
		set = " ││││─╯╮┤─╰╭├─┴┬┼"
	}
	// Sixteen ways, but for up, down and both there is one character more.
	return string([]rune(set)[index(line&(toUp|toDown|toLeft|toRight))])
}

// index is the place of a line's character: none, the uprights, then the rest.
func index(ways int) int {
	if ways <= toUp|toDown {
		return ways
	}
	return ways + 1
}
