package topology

import (
	"slices"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// reader reads a drawing back: it follows the lines of boxes in UTF-8 from dot
// to dot, as a person does, and so finds out what the drawing says.
type reader struct {
	rows [][]string
	t    testing.TB
}

func readerOf(t testing.TB, text Text) *reader {
	r := &reader{t: t}
	for _, l := range text {
		var row []string
		s := l.text()
		for state := -1; len(s) > 0; {
			var c string
			var w int
			c, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
			row = append(row, c)
			for range w - 1 {
				row = append(row, "")
			}
		}
		r.rows = append(r.rows, row)
	}
	return r
}

func (r *reader) at(x, y int) string {
	if y < 0 || y >= len(r.rows) || x < 0 || x >= len(r.rows[y]) {
		return " "
	}
	return r.rows[y][x]
}

func isDot(c string) bool { return c == "●" || c == "◐" || c == "○" }

// name is the word behind a dot and its mark.
func (r *reader) name(x, y int) string {
	var b strings.Builder
	for x += 2; r.at(x, y) != " " && r.at(x, y) != "│"; x++ {
		b.WriteString(r.at(x, y))
	}
	return b.String()
}

// box is the title of the box around a cell.
func (r *reader) box(x, y int) string {
	for r.at(x, y) != "│" && r.at(x, y) != "├" || r.leftWall(x, y) == "" {
		if x--; x < 0 {
			return ""
		}
	}
	return r.leftWall(x, y)
}

// leftWall is the title of the box whose left wall goes through a cell: the
// line leads up to a corner, from which a title runs to the right.
func (r *reader) leftWall(x, y int) string {
	for r.at(x, y) == "│" {
		y--
	}
	if r.at(x, y) != "┌" {
		return ""
	}
	var words []string
	word := ""
	for x++; r.at(x, y) != "┐"; x++ {
		c := r.at(x, y)
		if strings.ContainsAny(c, "─┼ +~") || c == "" {
			if word != "" {
				words = append(words, word)
			}
			word = ""
			continue
		}
		word += c
	}
	if len(words) == 0 {
		return "?"
	}
	return words[0]
}

// follow goes along a line from a dot, up (dy = -1) or down, to the dot at its
// other end, or to the bridge whose bar it meets.
func (r *reader) follow(x, y, dy int) (node, link string, bar, ok bool) {
	dx := 0
	for step := range 10_000 {
		x, y = x+dx, y+dy
		switch c := r.at(x, y); {
		case isDot(c) && step == 0: // only the next one in a list
			return "", "", false, false
		case isDot(c) && dy != 0:
			return r.box(x, y), r.name(x, y), false, true
		case dy < 0 && strings.Contains("╤╪╞╒╡╕", c), dy > 0 && strings.Contains("╧╪╞╘╡╛", c):
			return r.box(x, y), r.bar(x, y), true, true
		case c == "┼", c == "│" && dy != 0, c == "─" && dx != 0, c == "┆" && dy != 0, c == "┄" && dx != 0:
		case strings.Contains("╭╮╰╯", c):
			dx, dy = turn(c, dx, dy)
		default:
			return "", "", false, false
		}
	}
	r.t.Fatal("a line goes in circles")
	return
}

// turn is the direction behind a corner.
func turn(c string, dx, dy int) (int, int) {
	switch {
	case dy > 0 && c == "╰", dy < 0 && c == "╭":
		return 1, 0
	case dy > 0 && c == "╯", dy < 0 && c == "╮":
		return -1, 0
	case dx > 0 && c == "╮", dx < 0 && c == "╭":
		return 0, 1
	case dx > 0 && c == "╯", dx < 0 && c == "╰":
		return 0, -1
	}
	return 0, 0
}

// bar is the name on the bar that goes through a cell: it begins at a corner,
// or behind the wall, and bears its name somewhere.
func (r *reader) bar(x, y int) string {
	for !strings.Contains("╘╒╞", r.at(x, y)) && (r.at(x-1, y) != " " || r.at(x-2, y) != "│") {
		if x--; x < 0 {
			return ""
		}
	}
	for range 500 {
		if isDot(r.at(x, y)) {
			return r.name(x, y)
		}
		x++
	}
	return ""
}

// picture is all that the reader finds: "node link up" for a dot, "node link of
// bridge" for a port, and "node link - node link" for a cable.
func (r *reader) picture() []string {
	var out []string
	state := map[string]State{"●": Up, "◐": NoCarrier, "○": Down}
	for y, row := range r.rows {
		for x, c := range row {
			if !isDot(c) {
				continue
			}
			me := r.box(x, y) + " " + r.name(x, y)
			out = append(out, me+" "+string(state[c]))
			if strings.ContainsAny(r.at(x-2, y)+r.at(x+3+cells(r.name(x, y)), y), "═╧╤╪╞╘╒╡╛╕") {
				continue // a bridge on its bar
			}
			for _, dy := range []int{-1, 1} {
				switch node, link, bar, ok := r.follow(x, y, dy); {
				case ok && bar:
					out = append(out, me+" of "+link)
				case ok && me < node+" "+link:
					out = append(out, me+" - "+node+" "+link)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// told is what a drawing of the graph says, with its cables of one kind.
func told(g Graph, kind CableKind) []string {
	var out []string
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for _, l := range n.Links {
			me := n.Name + " " + l.Name
			out = append(out, me+" "+string(l.State))
			if l.Master != "" {
				out = append(out, me+" of "+l.Master)
			}
		}
	}
	for _, c := range g.Cables {
		if c.Kind != kind {
			continue
		}
		a, b := c.A.Node+" "+c.A.Link, c.B.Node+" "+c.B.Link
		out = append(out, min(a, b)+" - "+max(a, b))
	}
	slices.Sort(out)
	return out
}
