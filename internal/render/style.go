package render

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/rivo/uniseg"
)

// tone is the role of a piece of text; the painter knows its look.
type tone int

const (
	plain  tone = iota
	quiet       // beside the point: meanings, outputs, reasons
	strong      // bold
	emph        // italic
	code        // code in a sentence
	title       // headings
	good        // ✓ +
	bad         // ✗ −
	warn        // ~ and what surprises
	tones       // how many there are
)

// painter gives tones their look. It uses the 16 colours that every terminal
// has and its user has chosen; it never asks the terminal anything, since one
// that does not answer would be waited for.
type painter struct {
	on     bool
	styles [tones]lipgloss.Style
}

func newPainter(colour bool) painter {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI)
	r.SetHasDarkBackground(true)
	s := func() lipgloss.Style { return r.NewStyle().Inline(true) }
	return painter{on: colour, styles: [tones]lipgloss.Style{
		plain:  s(),
		quiet:  s().Faint(true),
		strong: s().Bold(true),
		emph:   s().Italic(true),
		code:   s().Foreground(lipgloss.Color("6")),
		title:  s().Bold(true).Foreground(lipgloss.Color("6")),
		good:   s().Foreground(lipgloss.Color("2")),
		bad:    s().Bold(true).Foreground(lipgloss.Color("1")),
		warn:   s().Foreground(lipgloss.Color("3")),
	}}
}

// paint makes the text of a line, without space at its end.
func (p painter) paint(l line) string {
	var b strings.Builder
	for _, s := range trimmed(merged(l)) {
		if !p.on || s.tone == plain {
			b.WriteString(s.text)
			continue
		}
		b.WriteString(p.styles[s.tone].Render(s.text))
	}
	return b.String()
}

// merged joins neighbours of one tone.
func merged(l line) line {
	var out line
	for _, s := range l {
		if n := len(out) - 1; n >= 0 && out[n].tone == s.tone {
			out[n].text += s.text
			continue
		}
		out = append(out, s)
	}
	return out
}

func trimmed(l line) line {
	for len(l) > 0 {
		last := &l[len(l)-1]
		last.text = strings.TrimRight(last.text, " ")
		if last.text != "" {
			return l
		}
		l = l[:len(l)-1]
	}
	return nil
}

// cells is the width of text on a screen: wide characters take two cells,
// marks that stand on others none.
func cells(s string) int { return uniseg.StringWidth(s) }
