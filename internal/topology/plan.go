package topology

import (
	"cmp"
	"slices"
)

// plan is a drawing as boxes and wires, in cells of a screen.
type plan struct {
	w, h  int
	forms []*form
	wires []*wire
}

// wire is a cable or tunnel as it is drawn, from dot to dot.
type wire struct {
	a, b  *column
	track int // its row in the channel below a's row of boxes
	y     int // of that row; 0: it runs straight
}

// planner plans one island.
type planner struct {
	speller
	w      *web
	width  int
	rows   [][]*form
	forms  map[string]*form
	row    map[string]int // of a node
	col    map[End]*column
	wires  []*wire
	apart  int         // cells between two boxes
	widths map[int]int // of boxes by themselves
}

// planOf makes the plan of an island; nil: it does not fit. Of several orders
// in which rows are placed it takes the one with the fewest bends.
func planOf(w *web, part []int, opt Options) *plan {
	nodes := w.layers(part)
	for _, room := range []struct{ apart, pad int }{{2, 1}, {1, 1}, {1, 0}} {
		var best *plan
		for _, first := range []func([]*form) int{boxesFirst, columnsWidth, nothingFirst} {
			p := &planner{speller: speller{opt.ASCII, room.pad}, w: w, width: opt.Width, apart: room.apart, widths: map[int]int{}}
			rows := p.balance(nodes)
			w.order(rows)
			p.build(rows)
			if !p.place(first) || !p.clear() {
				continue
			}
			if out := p.finish(); out != nil && (best == nil || out.cost() < best.cost()) {
				best = out
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// boxesFirst places the rows without bridges first, wide ones before others:
// bridges can be stretched.
func boxesFirst(row []*form) int {
	for _, f := range row {
		if len(f.bars) > 0 {
			return columnsWidth(row) - 1<<20
		}
	}
	return columnsWidth(row)
}

// columnsWidth places wide rows first.
func columnsWidth(row []*form) int {
	total := 0
	for _, f := range row {
		widest := 0
		for _, cols := range [][]*column{f.up, f.down} {
			w := 0
			for _, c := range cols {
				w += c.width() + gap
			}
			widest = max(widest, w)
		}
		total += widest + gap
	}
	return total
}

// nothingFirst places the rows from top to bottom.
func nothingFirst([]*form) int { return 0 }

// cost is higher for a plan that is harder to read.
func (p *plan) cost() int {
	const bend = 1000
	cost := p.w + p.h
	for _, w := range p.wires {
		if w.y > 0 {
			cost += bend
		}
	}
	return cost
}

// build makes the boxes of all rows.
func (p *planner) build(rows [][]int) {
	p.row, p.forms, p.col = map[string]int{}, map[string]*form{}, map[End]*column{}
	order := map[string]int{} // of a node in its row
	for y, row := range rows {
		for x, n := range row {
			p.row[p.w.g.Nodes[n].Name] = y
			order[p.w.g.Nodes[n].Name] = x
		}
	}
	cables := p.drawn()
	p.rows = make([][]*form, len(rows))
	for y, row := range rows {
		for _, i := range row {
			n := &p.w.g.Nodes[i]
			f := p.formOf(n, func(l *Link) (bool, bool) {
				far, ok := cables[End{n.Name, l.Name}]
				return ok, ok && p.row[far.Node] < y
			})
			p.rows[y], p.forms[n.Name] = append(p.rows[y], f), f
			for _, cols := range [][]*column{f.up, f.down} {
				for _, c := range cols {
					p.col[End{n.Name, c.link.Name}] = c
				}
			}
			f.arrange(func(c *column) int { return seat(order, cables, n, c) })
		}
	}
	p.connect()
}

// seat is where in its row the far end of a column's cable is; those without a
// cable come last.
func seat(order map[string]int, cables map[End]End, n *Node, c *column) int {
	far, ok := cables[End{n.Name, c.link.Name}]
	if !ok {
		return len(order)
	}
	return order[far.Node]
}

// drawn are the cables that are drawn, from each of their ends: those of this
// island, and tunnels where each end has just one, in rows that are not far
// from each other.
func (p *planner) drawn() map[End]End {
	out, count := map[End]End{}, map[End]int{}
	for _, c := range p.w.g.Cables {
		if c.Kind == Veth {
			out[c.A], out[c.B] = c.B, c.A
		}
		count[c.A]++
		count[c.B]++
	}
	for _, c := range p.w.g.Cables {
		ra, okA := p.row[c.A.Node]
		rb, okB := p.row[c.B.Node]
		if c.Kind == VXLAN && count[c.A] == 1 && count[c.B] == 1 && okA && okB && max(ra-rb, rb-ra) <= 1 {
			out[c.A], out[c.B] = c.B, c.A
		}
	}
	for e := range out {
		if _, ok := p.row[e.Node]; !ok {
			delete(out, e)
		}
	}
	return out
}

// connect lets the columns of each cable know each other.
func (p *planner) connect() {
	for _, c := range p.w.g.Cables {
		a, b := p.col[c.A], p.col[c.B]
		if a == nil || b == nil || a.far != nil || b.far != nil || a == b {
			continue
		}
		a.far, b.far, a.kind, b.kind = b, a, c.Kind, c.Kind
		if p.row[c.A.Node] > p.row[c.B.Node] {
			a, b = b, a
		}
		p.wires = append(p.wires, &wire{a: a, b: b})
	}
}

// place gives all boxes their places from left to right, one row after the
// other, so that the cables to rows that have their place run straight where
// they can. It says whether all fit.
func (p *planner) place(first func([]*form) int) bool {
	rows := slices.Clone(p.rows)
	slices.SortStableFunc(rows, func(a, b []*form) int { return cmp.Compare(first(b), first(a)) })
	placed := map[*column]bool{}
	desire := func(c *column) (int, bool) {
		if c.far != nil && placed[c.far] {
			return c.far.x, true
		}
		return 0, false
	}
	for _, r := range rows {
		if p.lay(r, desire) > p.width && p.lay(r, func(*column) (int, bool) { return 0, false }) > p.width {
			return false
		}
		for _, f := range r {
			for _, c := range slices.Concat(f.up, f.down) {
				placed[c] = true
			}
		}
	}
	return true
}

// lay places the boxes of a row, and returns where the last one ends.
func (p *planner) lay(row []*form, desire func(*column) (int, bool)) int {
	x := -p.apart
	for _, f := range row {
		f.place(x+p.apart, desire)
		x = f.x + f.w
	}
	return x
}

// clear says that no line from a port to its bar crosses another bar.
func (p *planner) clear() bool {
	for _, f := range p.forms {
		for i, b := range f.bars {
			for _, c := range slices.Concat(f.up, f.down) {
				own := slices.IndexFunc(f.bars, func(b *bar) bool { return b.link.Name == c.link.Master })
				between := own > i && slices.Contains(f.up, c) || own >= 0 && own < i && slices.Contains(f.down, c)
				if between && b.from <= c.x && c.x <= b.to {
					return false
				}
			}
		}
	}
	return true
}
