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
	room  int // width that is kept for it at least
}

// width is that of dot, mark and texts.
func (c *column) width() int {
	w := 0
	for _, t := range c.texts {
		w = max(w, cells(t.text))
	}
	return max(w+2, c.room)
}

// bar is a bridge in a box: a line to which its ports lead.
type bar struct {
	link     *Link
	text     label
	labelX   int // of its sign
	from, to int // first and last cell
	y        int
	ports    bool // it has some
}

// wallText is a text in the upper or the lower wall of a box.
type wallText struct {
	label
	x int // of its mark
}

// form is a node's box: cables from above go into up, others into down, and
// what has no cable is rest, one below the other.
type form struct {
	node           *Node
	title, foot    wallText
	up, down, rest []*column
	bars           []*bar
	x, y, w, h     int
	pad            int  // cells left free before the right wall
	abreast        bool // the bars stand side by side
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

func (s speller) title(n *Node, traits []string) label {
	words := append([]string{s.name(n.name())}, traits...)
	return label{s.say(strings.Join(words, " · ")), n.Mark, Title}
}

// foot is what stands in the lower wall of a box.
func (s speller) foot(n *Node) label {
	return label{s.say(strings.Join(n.firewall(), " · ")), "", Plain}
}

func (s speller) column(l *Link) *column {
	texts := []label{{s.name(l.name()), l.Mark, Plain}}
	for _, about := range folded(l.about()) {
		texts = append(texts, label{s.name(about), "", Quiet})
	}
	for _, a := range l.Addrs {
		texts = append(texts, label{s.say(a.words()), a.Mark, Plain})
	}
	return &column{link: l, texts: texts}
}

// folded is a text in lines: one with a colon has a line for each word behind it.
func folded(text string) []string {
	if text == "" {
		return nil
	}
	head, rest, list := strings.Cut(text, ": ")
	if !list {
		return []string{text}
	}
	return append([]string{head + ":"}, strings.Fields(rest)...)
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
	f := &form{node: n, title: wallText{label: s.title(n, n.role())}, foot: wallText{label: s.foot(n)}, pad: s.pad}
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
