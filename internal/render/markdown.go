package render

import (
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"netlab/internal/term"
)

// markdown writes an explanation: paragraphs, lists, quotes, code and
// headings, with a prefix before its first line and one before the others.
// Pictures become their text, links are followed by their address, HTML is
// shown as it was typed.
func (c *canvas) markdown(src string, first, rest line) {
	m, doc := c.parse(src)
	m.blocks(doc, first, rest)
}

func (c *canvas) parse(src string) (markdown, ast.Node) {
	m := markdown{c: c, src: []byte(src)}
	if c.parser == nil {
		c.parser = goldmark.New().Parser()
	}
	return m, c.parser.Parse(gtext.NewReader(m.src))
}

// rich is a sentence in which code and emphasis are marked, as authors write
// them. What would be more than one paragraph stays as it is.
func (c *canvas) rich(t tone, src string) []span {
	m, doc := c.parse(src)
	if p, ok := doc.FirstChild().(*ast.Paragraph); ok && p.NextSibling() == nil {
		return m.inline(p, t)
	}
	return []span{in(t, src)}
}

type markdown struct {
	c   *canvas
	src []byte
}

// blocks writes the children of n, with a blank line between them; the first
// line of all has its own prefix (a list mark).
func (m markdown) blocks(n ast.Node, first, rest line) {
	begun := false
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if _, unseen := child.(*ast.LinkReferenceDefinition); unseen {
			continue
		}
		if begun && !tightItem(child) {
			m.c.raw(rest)
		}
		m.block(child, first, rest)
		first, begun = rest, true
	}
}

// tightItem says whether no blank line stands before a block: an item of a
// tight list, or what is inside one.
func tightItem(n ast.Node) bool {
	switch p := n.Parent().(type) {
	case *ast.List:
		return p.IsTight
	case *ast.ListItem:
		l, ok := p.Parent().(*ast.List)
		return ok && l.IsTight
	}
	return false
}

func (m markdown) block(n ast.Node, first, rest line) {
	switch n := n.(type) {
	case *ast.Heading:
		m.c.put(first, rest, m.inline(n, strong)...)
	case *ast.List:
		m.list(n, first, rest)
	case *ast.Blockquote:
		bar := line{in(quiet, "│ ")}
		m.blocks(n, m.deeper(first, bar), m.deeper(rest, bar))
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.code(n, first, rest, code)
	case *ast.HTMLBlock:
		m.code(n, first, rest, plain)
	case *ast.ThematicBreak:
		m.c.raw(join(first, rule(min(20, m.c.width-first.cells()), quiet)))
	default:
		m.c.put(first, rest, m.inline(n, plain)...)
	}
}

func (m markdown) list(l *ast.List, first, rest line) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "• "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		if item.PreviousSibling() != nil && !l.IsTight {
			m.c.raw(rest)
		}
		m.blocks(item, m.deeper(first, line{in(quiet, mark)}), m.deeper(rest, pad(cells(mark))))
		first = rest
	}
}

// deeper is a prefix and more, unless the text would have no room left.
func (m markdown) deeper(prefix, more line) line {
	if prefix.cells()+more.cells() > m.c.width/2 {
		return prefix
	}
	return join(prefix, more...)
}

// code writes the lines of a block as they are, two cells in.
func (m markdown) code(n ast.Node, first, rest line, t tone) {
	segments := n.Lines()
	width := m.c.width - rest.cells() - 2
	for i := range segments.Len() {
		s := segments.At(i)
		text := strings.TrimRight(string(s.Value(m.src)), "\n")
		for _, row := range chop(m.c.say(text), width) {
			m.c.raw(join(first, indented(row, t)...))
			first = rest
		}
	}
}

func indented(row string, t tone) line { return line{{text: "  "}, in(t, row)} }

func (m markdown) inline(n ast.Node, t tone) []span {
	var out []span
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		out = append(out, m.span(child, t)...)
	}
	return out
}

func (m markdown) span(n ast.Node, t tone) []span {
	switch n := n.(type) {
	case *ast.Text:
		return m.text(n, t)
	case *ast.String:
		return []span{in(t, term.Clean(string(n.Value)))}
	case *ast.CodeSpan:
		return []span{m.codeSpan(n)}
	case *ast.Emphasis:
		return m.inline(n, stressed(n.Level, t))
	case *ast.Link:
		return m.link(n, t)
	case *ast.AutoLink:
		return []span{in(t, string(n.Label(m.src)))}
	case *ast.RawHTML:
		return []span{in(t, string(n.Segments.Value(m.src)))}
	}
	return m.inline(n, t)
}

func stressed(level int, t tone) tone {
	switch {
	case t == strong, level > 1:
		return strong
	}
	return emph
}

// text resolves escapes and character references, which may name a control
// character: so it is cleaned once more.
func (m markdown) text(n *ast.Text, t tone) []span {
	s := n.Segment.Value(m.src)
	out := []span{in(t, term.Clean(html.UnescapeString(string(util.UnescapePunctuations(s)))))}
	switch {
	case n.HardLineBreak():
		out = append(out, span{breaks: true})
	case n.SoftLineBreak():
		out = append(out, in(t, " "))
	}
	return out
}

// codeSpan is marked by its colour, or by backquotes where there is none.
func (m markdown) codeSpan(n *ast.CodeSpan) span {
	var b strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if t, ok := child.(*ast.Text); ok {
			b.WriteString(strings.ReplaceAll(string(t.Segment.Value(m.src)), "\n", " "))
		}
	}
	s := untab(b.String())
	if !m.c.paint.on {
		s = "`" + s + "`"
	}
	return span{text: s, tone: code, whole: true}
}

func (m markdown) link(n *ast.Link, t tone) []span {
	out := m.inline(n, t)
	label := ""
	for _, s := range out {
		label += s.text
	}
	if to := term.Clean(string(n.Destination)); to != label && to != "" {
		out = append(out, in(t, " ("), in(quiet, to), in(t, ")"))
	}
	return out
}

// join makes a new line of a prefix and more.
func join(l line, more ...span) line {
	return append(append(line{}, l...), more...)
}
