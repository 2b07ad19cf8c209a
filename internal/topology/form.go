package topology

import (
	"slices"
	"strings"
)

// label is a piece of text in a box, with the mark that stands before it.
type label struct {
	text string
	mark Mark
	tone Tone
}

// column is a link in a box: a dot, and its texts to the right of it. The cable
// comes straight down or up into the dot.
type column struct {
	link  *Link
	texts []label
	far   *column // other end of its cable, if that is drawn
	kind  CableKind
	x, y  int // of the dot
}

// width is that of dot, mark and texts.
func (c *column) width() int {
	w := 0
	for _, t := range c.texts {
		w = max(w, cells(t.text))
	}
	return w + 2
}

// bar is a bridge in a box: a line to which its ports lead.
type bar struct {
	link     *Link
	text     label
	labelX   int // of its sign
	from, to int // first and last cell
	y        int
}

// form is a node's box: cables from above go into up, others into down, and
// what has no cable is rest, one below the other.
type form struct {
	node           *Node
	title          label
	titleX         int
	up, down, rest []*column
	bars           []*bar
	x, y, w, h     int
	pad            int  // cells left free before the right wall
	top            bool // of rest: it stands above the bars
}

// maxLabel is how much of a name is drawn, in cells.
const maxLabel = 28

// speller gives the texts of a drawing.
type speller struct {
	ascii bool
	pad   int // cells between the texts of a box and its right wall
}

// say spells netlab's own words.
func (s speller) say(text string) string {
	if s.ascii {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "…", ".."), "·", "-")
	}
	return text
}

func (s speller) name(text string) string { return clip(s.say(text), maxLabel, s.ascii) }

func (s speller) title(n *Node) label {
	words := append([]string{s.name(n.name())}, n.traits()...)
	return label{s.say(strings.Join(words, " · ")), n.Mark, Title}
}

func (s speller) column(l *Link) *column {
	texts := []label{{s.name(l.name()), l.Mark, Plain}}
	if about := l.about(); about != "" {
		texts = append(texts, label{s.name(about), "", Quiet})
	}
	for _, a := range l.Addrs {
		texts = append(texts, label{s.say(a.words()), a.Mark, Plain})
	}
	return &column{link: l, texts: texts}
}

func (s speller) bar(l *Link) *bar {
	words, mark := []string{s.name(l.Name)}, l.Mark
	for _, a := range l.Addrs {
		words = append(words, a.Text)
		if mark == "" {
			mark = a.Mark
		}
	}
	return &bar{link: l, text: label{strings.Join(words, "  "), mark, Plain}}
}

// formOf makes the box of a node. side says whether a link's cable is drawn,
// and whether it leads up.
func (s speller) formOf(n *Node, side func(*Link) (wired, up bool)) *form {
	f := &form{node: n, title: s.title(n), pad: s.pad}
	for i := range n.Links {
		l := &n.Links[i]
		if l.Kind == bridge {
			f.bars = append(f.bars, s.bar(l))
			continue
		}
		switch wired, up := side(l); {
		case wired && !up:
			f.down = append(f.down, s.column(l))
		case wired || f.port(l):
			f.up = append(f.up, s.column(l))
		default:
			f.rest = append(f.rest, s.column(l))
		}
	}
	f.restGoes()
	return f
}

// port says that a link is a port of a bridge of this node.
func (f *form) port(l *Link) bool {
	b := f.node.Link(l.Master)
	return l.Master != "" && b != nil && b.Kind == bridge
}

func (f *form) hasPort(cols []*column) bool {
	return slices.ContainsFunc(cols, func(c *column) bool { return f.port(c.link) })
}

// restGoes finds a place for the links without cables, where no line from a
// port to its bar runs through them.
func (f *form) restGoes() {
	switch {
	case !f.hasPort(f.down):
	case !f.hasPort(f.up):
		f.top = true
	default:
		f.up, f.rest = append(f.up, f.rest...), nil
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
	right = max(right, f.putTitle(right))
	f.w = right + f.pad + 1 - f.x
	for _, b := range f.bars {
		if len(f.bars) == 1 {
			b.from, b.to = f.x+2, right-1
		}
	}
}

// putTitle finds the first place in the upper wall where no cable comes
// through. It returns where the inside of the box must end for that.
func (f *form) putTitle(right int) int {
	width := cells(f.title.text) + 2 // mark before, space behind
	var walls []int
	for _, c := range f.up {
		if c.far != nil {
			walls = append(walls, c.x)
		}
	}
	f.titleX = f.free(f.x+1, width, right+f.pad, walls)
	return f.titleX + width - f.pad
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
	width := cells(b.text.text) + 4 // a space, the sign, the mark; a space behind
	b.labelX = 1 + f.free(f.x+3, width, right, taken)
	b.from, b.to = f.x+2, b.labelX+width-1
	for _, x := range own {
		b.to = max(b.to, x)
	}
	return b.to + 1
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
	for _, b := range f.bars {
		b.y = y
		y++
	}
	if !f.top {
		rest()
	}
	block(f.down)
	f.h = max(y, f.y+2) + 1 - f.y
}
