package topology

import "slices"

// stackBars gives each bar a row of its own. Those side by side have one for
// all, on the side of their ports.
func (f *form) stackBars(y int) int {
	const together = -1
	rows := []int{}
	for i, b := range f.bars {
		if !f.abreast || !b.ports {
			rows = append(rows, i)
		}
	}
	switch {
	case len(rows) == len(f.bars):
	case f.hasPort(f.down):
		rows = append(rows, together)
	default:
		rows = slices.Insert(rows, 0, together)
	}
	for i, b := range f.bars {
		b.y = y + slices.IndexFunc(rows, func(r int) bool { return r == i || r == together && f.abreast && b.ports })
	}
	return len(rows)
}

// stack gives everything in the box its row, from the top of the box on, and
// the box its height.
func (f *form) stack() {
	y := f.y + 1
	block := func(cols []*column) {
		most := 0
		for _, c := range cols {
			c.y = y
			most = max(most, len(c.texts))
		}
		y += most
	}
	rest := func() {
		for _, c := range f.rest {
			c.y = y
			y += len(c.texts)
		}
	}
	block(f.up)
	if f.top {
		rest()
	}
	y += f.stackBars(y)
	if !f.top {
		rest()
	}
	block(f.down)
	f.h = max(y, f.y+2) + 1 - f.y
}

// stackRow stacks the boxes of a row that begins at y, and returns its height.
// Boxes that no cable enters from above stand at the bottom of the row.
func stackRow(row []*form, y int) int {
	height, hang := 0, false
	for _, f := range row {
		f.y = y
		f.stack()
		height = max(height, f.h)
		hang = hang || slices.ContainsFunc(f.up, func(c *column) bool { return c.far != nil })
	}
	for _, f := range row {
		if !hang && f.h < height {
			f.y += height - f.h
			f.stack()
		}
	}
	return height
}

// finish gives everything its row, and makes the plan; nil: the wires cannot
// be drawn.
func (p *planner) finish() *plan {
	out := &plan{wires: p.wires}
	rowOf := map[*column]int{}
	for y, row := range p.rows {
		for _, f := range row {
			for _, c := range slices.Concat(f.up, f.down) {
				rowOf[c] = y
			}
		}
	}
	below := make([][]*wire, len(p.rows))
	flat := map[*wire]bool{}
	for _, w := range p.wires {
		y := rowOf[w.a]
		below[y] = append(below[y], w)
		flat[w] = rowOf[w.b] == y
	}
	y := 0
	for i, row := range p.rows {
		height := stackRow(row, y)
		tracks, ok := channel(below[i], func(w *wire) bool { return flat[w] })
		if !ok {
			return nil
		}
		for _, w := range below[i] {
			if flat[w] || w.a.x != w.b.x {
				w.y = y + height + w.track
			}
		}
		if y += height; len(below[i]) > 0 {
			y += max(tracks, 1)
		}
		out.forms = append(out.forms, row...)
	}
	out.h = y
	for _, f := range out.forms {
		out.w = max(out.w, f.x+f.w)
	}
	return out
}
