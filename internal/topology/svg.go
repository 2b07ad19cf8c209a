package topology

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// The size of a cell in an SVG, in its own units. Nearly all fonts of one width
// are 0.6 em wide.
const (
	cellW  = 9 // of a font of 15
	cellH  = 20
	margin = 12
)

// SVG draws the graph as a picture that stands alone: no script, no font from
// elsewhere, text that can be selected, and colours for light and dark. What
// has no room as boxes is drawn as a tree.
func SVG(g Graph, title string, opt Options) string {
	opt.ASCII = false
	seen := shown(g, opt)
	s := &svg{}
	var p *plan
	for _, width := range []int{80, 120, 180} {
		opt.Width = width
		if p = layout(&seen, opt); p != nil {
			break
		}
	}
	lines := legend(g, opt)
	if p != nil {
		s.plan(p)
		s.text(lines, p.h+1)
		return s.document(title, seen, p.w, p.h+min(len(lines), 1)+len(lines))
	}
	opt.Width = 100
	tree := append(Tree(g, opt), lines...)
	s.text(tree, 0)
	w := 0
	for _, l := range tree {
		w = max(w, cells(l.text()))
	}
	return s.document(title, seen, w, len(tree))
}

type svg struct{ b strings.Builder }

// document puts what was drawn into a whole of w by h cells.
func (s *svg) document(title string, g Graph, w, h int) string {
	width, height := max(w, 1)*cellW+2*margin, max(h, 1)*cellH+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", escape(spell(title, false)), escape(description(g)))
	fmt.Fprintf(&b, "<style>%s</style>\n", style())
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d" rx="8"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n%s</g>\n</svg>\n", margin, margin, s.b.String())
	return b.String()
}

// description says in words what is to be seen.
func description(g Graph) string {
	var all []string
	for i := range g.Nodes {
		n := &g.Nodes[i]
		var links []string
		for j := range n.Links {
			l := &n.Links[j]
			words := []string{l.name(), string(l.State)}
			for _, a := range l.Addrs {
				words = append(words, a.words())
			}
			links = append(links, strings.Join(words, " "))
		}
		all = append(all, strings.Join(append([]string{n.name()}, n.traits()...), ", ")+": "+strings.Join(links, ", ")+".")
	}
	for _, c := range g.Cables {
		all = append(all, fmt.Sprintf("%s from %s %s to %s %s.", c.Kind, c.A.Node, c.A.Link, c.B.Node, c.B.Link))
	}
	return strings.Join(all, " ")
}

// escape makes text of XML.
func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// middle is the middle of a cell.
func middle(x, y int) (int, int) { return x*cellW + cellW/2, y*cellH + cellH/2 }

// put writes text. Of several spaces in a row XML keeps one, so what stands
// behind them is a text of its own.
func (s *svg) put(x, y int, text, class string) {
	const base = 15 // of the letters, below the upper edge of the cell
	for text != "" {
		word, rest, _ := strings.Cut(text, "  ")
		if trimmed := strings.TrimSpace(word); trimmed != "" {
			at := x + cells(word) - cells(strings.TrimLeft(word, " "))
			fmt.Fprintf(&s.b, `<text x="%d" y="%d"%s>%s</text>`+"\n", at*cellW, y*cellH+base, attr(class), escape(trimmed))
		}
		x, text = x+cells(word)+2, rest
	}
}

func attr(class string) string {
	if class == "" {
		return ""
	}
	return fmt.Sprintf(` class="%s"`, class)
}

func (s *svg) path(class string, at ...[2]int) {
	var d strings.Builder
	for i, p := range at {
		x, y := middle(p[0], p[1])
		fmt.Fprintf(&d, "%c%d %d", "ML"[min(i, 1)], x, y)
	}
	fmt.Fprintf(&s.b, `<path class="%s" d="%s"/>`+"\n", class, d.String())
}

// plan draws boxes, then cables, then what is in the boxes.
func (s *svg) plan(p *plan) {
	for _, f := range p.forms {
		x, y := middle(f.x, f.y)
		fmt.Fprintf(&s.b, `<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", x, y, (f.w-1)*cellW, (f.h-1)*cellH)
	}
	for _, w := range p.wires {
		class := "cable"
		if w.a.kind == VXLAN {
			class += " tunnel"
		}
		if w.mark() == New {
			class += " fresh"
		}
		s.path(class, w.bends()...)
	}
	for _, f := range p.forms {
		s.form(f)
	}
}

func (s *svg) form(f *form) {
	for _, b := range f.bars {
		s.bar(f, b)
	}
	for _, cols := range [][]*column{f.up, f.down, f.rest} {
		for _, c := range cols {
			s.dot(c.x, c.y, c.link)
			for i, t := range c.texts {
				s.label(c.x+1, c.y+i, t)
			}
		}
	}
	s.wallText(f.title, f.y)
	s.wallText(f.foot, f.y+f.h-1)
}

func (s *svg) wallText(t wallText, y int) {
	if t.text != "" {
		s.behind(t.x, y, cells(t.text)+2)
		s.label(t.x, y, t.label)
	}
}

// behind is a piece of the page on which text stands over a line.
func (s *svg) behind(x, y, n int) {
	fmt.Fprintf(&s.b, `<rect class="behind" x="%d" y="%d" width="%d" height="%d"/>`+"\n", x*cellW+cellW/2, y*cellH, n*cellW-cellW, cellH)
}

// bar is a bridge, with the lines to its ports.
func (s *svg) bar(f *form, b *bar) {
	for _, cols := range [][]*column{f.up, f.down} {
		for _, c := range cols {
			if c.link.Master == b.link.Name {
				s.path("port", [2]int{c.x, c.y}, [2]int{c.x, b.y})
			}
		}
	}
	s.path("bar", [2]int{b.from, b.y}, [2]int{b.to, b.y})
	s.behind(b.labelX-1, b.y, cells(b.text.text)+4)
	s.dot(b.labelX, b.y, b.link)
	s.label(b.labelX+1, b.y, b.text)
}

func (s *svg) dot(x, y int, l *Link) {
	look := map[State]string{Up: "up", NoCarrier: "idle", Down: "down"}[l.State]
	cx, cy := middle(x, y)
	fmt.Fprintf(&s.b, `<circle class="dot %s" cx="%d" cy="%d" r="4.5"><title>%s</title></circle>`+"\n", look, cx, cy, escape(l.Name+": "+string(l.State)))
}

func (s *svg) label(x, y int, l label) {
	sign, _ := marked(l.mark, Plain)
	class := map[Tone]string{Title: "title", Quiet: "quiet"}[l.tone]
	if l.mark != "" {
		class = strings.TrimSpace(class + " " + string(l.mark))
	}
	s.put(x, y, sign, class)
	s.put(x+1, y, l.text, class)
}

// text draws lines of characters, span by span.
func (s *svg) text(lines Text, y int) {
	looks := map[Tone]string{Quiet: "quiet", Title: "title", Fresh: "new", Differs: "changed", Good: "good", Warn: "warn", Bad: "bad"}
	for i, l := range lines {
		x := 0
		for _, span := range l {
			s.put(x, y+i, span.Text, looks[span.Tone])
			x += cells(span.Text)
		}
	}
}
