package topology

import "slices"

// Boxes draws the graph as boxes with cables between them; false: it does not
// fit into the width, or could not be followed.
func Boxes(g Graph, opt Options) (Text, bool) {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	g = shown(g, opt)
	p := layout(&g, opt)
	if p == nil {
		return nil, false
	}
	return p.text(opt.ASCII), true
}

// maxBoxes is how many boxes are drawn, if so many are wanted.
const maxBoxes = 40

// layout plans a graph: each island by itself, and then all of them from left
// to right like words in a text; nil: it does not fit.
func layout(g *Graph, opt Options) *plan {
	if most := map[bool]int{false: few + 1, true: maxBoxes}[opt.All]; len(g.Nodes) > most {
		return nil
	}
	w := webOf(g)
	all := &plan{}
	x, y, height := 0, 0, 0
	islands := w.islands()
	slices.SortStableFunc(islands, func(a, b []int) int { return min(len(b), 2) - min(len(a), 2) }) // single ones last
	for _, part := range islands {
		p := planOf(w, part, opt)
		if p == nil {
			return nil
		}
		if x > 0 && x+p.w > opt.Width {
			x, y, height = 0, y+height, 0
		}
		p.shift(x, y)
		all.forms, all.wires = append(all.forms, p.forms...), append(all.wires, p.wires...)
		all.w, all.h = max(all.w, x+p.w), max(all.h, y+p.h)
		x, height = x+p.w+2, max(height, p.h)
	}
	return all
}

// shift moves a plan to the right and down.
func (p *plan) shift(dx, dy int) {
	for _, f := range p.forms {
		f.x, f.y, f.title.x, f.foot.x = f.x+dx, f.y+dy, f.title.x+dx, f.foot.x+dx
		for _, cols := range [][]*column{f.up, f.down, f.rest} {
			for _, c := range cols {
				c.x, c.y = c.x+dx, c.y+dy
			}
		}
		for _, b := range f.bars {
			b.labelX, b.from, b.to, b.y = b.labelX+dx, b.from+dx, b.to+dx, b.y+dy
		}
	}
	for _, w := range p.wires {
		if w.y > 0 {
			w.y += dy
		}
	}
}

// text draws a plan in characters.
func (p *plan) text(ascii bool) Text {
	g := newGrid(p.w, p.h, ascii)
	for _, f := range p.forms {
		g.box(f.x, f.y, f.w, f.h, Quiet)
	}
	for _, w := range p.wires {
		g.wire(w)
	}
	for _, f := range p.forms {
		g.form(f)
	}
	return g.lines()
}

// bends are the corners of a wire, with its ends.
func (w *wire) bends() [][2]int {
	if w.y == 0 {
		return [][2]int{{w.a.x, w.a.y}, {w.b.x, w.b.y}}
	}
	return [][2]int{{w.a.x, w.a.y}, {w.a.x, w.y}, {w.b.x, w.y}, {w.b.x, w.b.y}}
}

// mark is that of the newer end.
func (w *wire) mark() Mark {
	if w.a.link.Mark == New || w.b.link.Mark == New {
		return New
	}
	return ""
}

func (g *grid) wire(w *wire) {
	style := round
	if w.a.kind == VXLAN {
		style |= dashed
	}
	_, tone := marked(w.mark(), Quiet)
	at := w.bends()
	for i := 1; i < len(at); i++ {
		g.run(at[i-1][0], at[i-1][1], at[i][0], at[i][1], style, tone)
	}
}

// form draws what is in a box, and its title.
func (g *grid) form(f *form) {
	for _, b := range f.bars {
		g.run(b.from, b.y, b.to, b.y, double, Quiet)
		for _, cols := range [][]*column{f.up, f.down} {
			for _, c := range cols {
				if c.link.Master == b.link.Name {
					g.run(c.x, c.y, c.x, b.y, 0, Quiet)
				}
			}
		}
	}
	for _, b := range f.bars {
		g.put(b.labelX-1, b.y, " ", Plain)
		g.put(b.labelX, b.y, sign(b.link.State, g.ascii), toneOf(b.link.State))
		g.label(b.labelX+1, b.y, b.text)
		g.put(b.labelX+2+cells(b.text.text), b.y, " ", Plain)
	}
	for _, cols := range [][]*column{f.up, f.down, f.rest} {
		for _, c := range cols {
			g.put(c.x, c.y, sign(c.link.State, g.ascii), toneOf(c.link.State))
			for i, t := range c.texts {
				g.label(c.x+1, c.y+i, t)
			}
		}
	}
	g.wallText(f.title, f.y)
	g.wallText(f.foot, f.y+f.h-1)
}

func (g *grid) wallText(t wallText, y int) {
	if t.text == "" {
		return
	}
	g.label(t.x, y, t.label)
	g.put(t.x+1+cells(t.text), y, " ", Plain)
}

// label writes the mark of a text and the text.
func (g *grid) label(x, y int, l label) {
	sign, tone := marked(l.mark, l.tone)
	g.put(x, y, sign, tone)
	g.put(x+1, y, l.text, tone)
}
