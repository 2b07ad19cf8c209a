package topology

import (
	"cmp"
	"slices"
)

// width is that of a bar's text: a space, the sign, the mark, a space behind.
func (b *bar) width() int { return cells(b.text.text) + 4 }

// arrange sorts the columns by seat. Of several bridges, all of whose ports are
// at one side, each keeps its ports together and has room for its name, so that
// the bars can stand side by side.
func (f *form) arrange(seat func(*column) int) {
	f.abreast = len(f.bars) > 1 && !(f.hasPort(f.up) && f.hasPort(f.down))
	group := func(c *column) int {
		i := slices.IndexFunc(f.bars, func(b *bar) bool { return f.abreast && b.link.Name == c.link.Master })
		if i < 0 {
			return len(f.bars)
		}
		return i
	}
	last := make([]*column, len(f.bars)+1)
	for _, cols := range [][]*column{f.up, f.down} {
		slices.SortStableFunc(cols, func(a, b *column) int {
			return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(seat(a), seat(b)))
		})
		for _, c := range cols {
			last[group(c)] = c
		}
	}
	for i, b := range f.bars {
		if b.ports = last[i] != nil; b.ports && f.abreast {
			last[i].room = b.width() + 1
		}
	}
}

// gap is the least space between two columns.
const gap = 2

// place gives the columns their places, from cursor on to the right, and the
// box its own. desire is where a column would like to be.
func (f *form) place(cursor int, desire func(*column) (int, bool)) {
	lay := func(cols []*column, x int) {
		for _, c := range cols {
			if d, ok := desire(c); ok && d > x {
				x = d
			}
			c.x = x
			x += c.width() + gap
		}
	}
	wants := func(cols []*column) bool {
		return slices.ContainsFunc(cols, func(c *column) bool { _, ok := desire(c); return ok })
	}
	start := -1
	for _, cols := range [][]*column{f.up, f.down} {
		if wants(cols) {
			lay(cols, cursor+2)
			if start < 0 || cols[0].x < start {
				start = cols[0].x
			}
		}
	}
	f.x = max(cursor, start-2)
	for _, cols := range [][]*column{f.up, f.down} {
		if !wants(cols) {
			lay(cols, f.x+2)
		}
	}
	for _, c := range f.rest {
		c.x = f.x + 2
	}
	f.fit()
}

// fit makes the box as wide as what is in it.
func (f *form) fit() {
	right := f.x + 2
	for _, cols := range [][]*column{f.up, f.down, f.rest} {
		for _, c := range cols {
			right = max(right, c.x+c.width())
		}
	}
	for _, b := range f.bars {
		right = max(right, f.putLabel(b, right))
	}
	right = max(right, f.put(&f.title, f.up, right))
	right = max(right, f.put(&f.foot, f.down, right))
	f.w = right + f.pad + 1 - f.x
	for _, b := range f.bars {
		if len(f.bars) == 1 {
			b.from, b.to = f.x+2, right-1
		}
	}
}

// put finds the first place in a wall where no cable of cols comes through. It
// returns where the inside of the box must end for that.
func (f *form) put(t *wallText, cols []*column, right int) int {
	if t.text == "" {
		return right
	}
	width := cells(t.text) + 2 // mark before, space behind
	var cables []int
	for _, c := range cols {
		if c.far != nil {
			cables = append(cables, c.x)
		}
	}
	t.x = f.free(f.x+1, width, right+f.pad, cables)
	return t.x + width - f.pad
}

// free is the first cell from which width cells hold none of the taken ones,
// and end before right; or else behind all of them.
func (f *form) free(from, width, right int, taken []int) int {
	slices.Sort(taken)
	at := from
	for _, x := range taken {
		if x >= at+width && at+width <= right {
			return at
		}
		at = max(at, x+1)
	}
	return at
}

// putLabel finds a place for a bridge's name on its bar, and how far the bar
// goes. It returns where the inside of the box must end for that.
func (f *form) putLabel(b *bar, right int) int {
	var taken, own []int
	for _, c := range slices.Concat(f.up, f.down) {
		if f.port(c.link) {
			taken = append(taken, c.x)
		}
		if c.link.Master == b.link.Name {
			own = append(own, c.x)
		}
	}
	width := b.width()
	b.from = f.x + 2
	if f.abreast && len(own) > 0 {
		b.from, right = slices.Min(own), right+width
	}
	b.labelX = 1 + f.free(b.from+1, width, right, taken)
	b.to = b.labelX + width - 1
	for _, x := range own {
		b.to = max(b.to, x)
	}
	return b.to + 1
}
