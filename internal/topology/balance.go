package topology

import "slices"

// balance moves leaves to the other side of the node they hang on, where their
// row is too wide for the screen.
func (p *planner) balance(rows [][]int) [][]int {
	rows = slices.Clone(rows)
	for y := 0; y < len(rows); y++ {
		for p.rowWidth(rows, y, rows[y]) > p.width {
			leaf, to := p.movable(rows, y)
			if leaf < 0 {
				break
			}
			if to < 0 || to == len(rows) {
				at := max(to, 0)
				rows = slices.Insert(rows, at, []int(nil))
				y, to = y+at-to, at
			}
			p.move(rows, leaf, y, to)
		}
	}
	return rows
}

// movable is the last leaf of a row, and the row at the other side of where it
// hangs, if there is room.
func (p *planner) movable(rows [][]int, y int) (leaf, to int) {
	for _, n := range slices.Backward(rows[y]) {
		if len(p.w.next[n]) != 1 {
			continue
		}
		to := y + 2
		if y > 0 && slices.Contains(rows[y-1], p.w.next[n][0]) {
			to = y - 2
		}
		if to < -1 || to > len(rows) || to >= 0 && to < len(rows) && p.rowWidth(rows, to, append(slices.Clip(rows[to]), n)) > p.width {
			continue
		}
		return n, to
	}
	return -1, 0
}

// move moves a leaf. Two rows of nothing but leaves of one node become of one
// length.
func (p *planner) move(rows [][]int, leaf, from, to int) {
	rows[from] = slices.DeleteFunc(slices.Clone(rows[from]), func(n int) bool { return n == leaf })
	rows[to] = append([]int{leaf}, rows[to]...)
	on := p.w.next[leaf]
	alike := func(n int) bool { return slices.Equal(p.w.next[n], on) }
	if len(rows[from]) > len(rows[to])+1 && !slices.ContainsFunc(slices.Concat(rows[from], rows[to]), func(n int) bool { return !alike(n) }) {
		p.move(rows, rows[from][len(rows[from])-1], from, to)
	}
}

// rowWidth is how wide row y is at least, if its nodes are these.
func (p *planner) rowWidth(rows [][]int, y int, nodes []int) int {
	total := -p.apart
	for _, n := range nodes {
		total += p.apart + p.nodeWidth(rows, y, n)
	}
	return total
}

// nodeWidth is how wide the box of a node is by itself, in row y. That of a
// leaf is the same everywhere.
func (p *planner) nodeWidth(rows [][]int, y, n int) int {
	leaf := len(p.w.next[n]) < 2
	if w := p.widths[n]; leaf && w > 0 {
		return w
	}
	node, up := &p.w.g.Nodes[n], map[string]bool{}
	for _, row := range rows[:max(y, 0)] {
		for _, above := range row {
			up[p.w.g.Nodes[above].Name] = true
		}
	}
	f := p.formOf(node, func(l *Link) (bool, bool) {
		far, wired := p.w.far[End{node.Name, l.Name}]
		return wired, up[far.Node]
	})
	f.place(0, func(*column) (int, bool) { return 0, false })
	p.widths[n] = f.w
	return f.w
}
