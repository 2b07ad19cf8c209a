package render

import (
	"strings"

	"netlab/internal/event"
	"netlab/internal/term"
)

// Row is a row of a Table. Its Mark, when any row has one, is shown as a sign
// in a column before the others.
type Row struct {
	Mark  event.Status
	Cells []string
}

// Table is rows below each other, such as a list of lessons. The last column
// is wrapped; where the screen is too narrow each row becomes a few lines.
type Table struct {
	Title  string   // a command that the table is about; may be empty
	Head   []string // may be empty: no line of headings
	Rows   []Row
	Indent int // cells before each line
}

// Print writes the table to t.Out.
func (tb Table) Print(t *term.Term) error {
	c := outCanvas(t)
	edge := pad(tb.Indent)
	if tb.Title != "" {
		c.hang(edge, in(strong, term.Clean(tb.Title)))
	}
	marks := 0
	for _, r := range tb.Rows {
		if r.Mark != "" {
			marks = max(marks, cells(c.say(sign(r.Mark).text))+1)
		}
	}
	var rows [][][]span
	if len(tb.Head) > 0 {
		rows = append(rows, c.row(Row{Cells: tb.Head}, strong, marks))
	}
	for _, r := range tb.Rows {
		rows = append(rows, c.row(r, plain, marks))
	}
	c.columns(rows, edge, edge, len(tb.Head) > 0)
	return c.flush(t.Out)
}

// row makes the cells of a row; its mark stands in the first one, in a field
// of a fixed width.
func (c *canvas) row(r Row, t tone, marks int) [][]span {
	var out [][]span
	for _, s := range r.Cells {
		out = append(out, []span{in(t, term.Clean(s))})
	}
	if marks == 0 || len(out) == 0 {
		return out
	}
	var mark line
	if r.Mark != "" {
		mark = line{sign(r.Mark)}
	}
	mark = c.sayAll(mark)
	out[0] = append(join(mark, fixedBlank(marks-mark.cells())), out[0]...)
	return out
}

// fixedBlank is white space that is not taken for a gap between words.
func fixedBlank(n int) span {
	return span{text: strings.Repeat(" ", n), whole: true}
}
