package render

// minColumn is the width under which a last column is not worth wrapping: the
// rows are written as small lists instead.
const minColumn = 18

// columns writes rows of cells below each other, the last column wrapped;
// headed says that the first row is the heading. Where the screen is too
// narrow for columns each row becomes a few lines.
func (c *canvas) columns(rows [][][]span, first, rest line, headed bool) {
	for _, row := range rows {
		for i := range row {
			row[i] = c.sayAll(row[i])
		}
	}
	widths := natural(rows)
	if len(widths) == 0 {
		return
	}
	last := len(widths) - 1
	fixed, ok := c.fits(widths, rest)
	if !ok {
		c.stacked(rows, first, rest, headed)
		return
	}
	for _, row := range rows {
		prefix := first
		for i := range last {
			prefix = join(prefix, cell(row, i, widths[i]+2)...)
		}
		c.put(prefix, join(rest, pad(fixed)...), cell(row, last, 0)...)
		first = rest
	}
}

// fits tells whether there is room for columns of these widths, and how many
// cells all but the last take.
func (c *canvas) fits(widths []int, rest line) (fixed int, ok bool) {
	last := len(widths) - 1
	for _, w := range widths[:last] {
		fixed += w + 2
	}
	room := c.width - line(c.sayAll(rest)).cells() - fixed
	return fixed, room >= min(widths[last], minColumn)
}

func natural(rows [][][]span) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], line(cell).cells())
		}
	}
	return widths
}

// cell is a cell of a row, filled up to a width; a row may be too short.
func cell(row [][]span, i, width int) line {
	if i >= len(row) {
		return pad(width)
	}
	return join(row[i], pad(width-line(row[i]).cells())...)
}

// stacked writes each row as its first cell and, below it, the others with
// their headings.
func (c *canvas) stacked(rows [][][]span, first, rest line, headed bool) {
	var head [][]span
	if headed {
		head, rows = rows[0], rows[1:]
	}
	below := join(rest, pad(2)...)
	for _, row := range rows {
		for i, cell := range row {
			switch {
			case i == 0:
				c.put(first, rest, cell...)
				first = rest
			case line(cell).cells() > 0:
				c.put(below, below, labelledCell(head, i, cell)...)
			}
		}
	}
}

func labelledCell(head [][]span, i int, cell []span) []span {
	if i >= len(head) || line(head[i]).cells() == 0 {
		return cell
	}
	return join(head[i], append([]span{text(": ")}, cell...)...)
}
