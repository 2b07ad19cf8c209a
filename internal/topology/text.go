package topology

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Tone is the role of a piece of text; who shows it knows its look.
type Tone int

// The tones.
const (
	Plain   Tone = iota
	Quiet        // walls and cables
	Title        // names of nodes
	Good         // what is up
	Bad          // what is down
	Warn         // what is up and has no carrier
	Fresh        // what is new
	Differs      // what has changed
)

// Span is text of one tone.
type Span struct {
	Text string
	Tone Tone
}

// Line is one line of a drawing.
type Line []Span

// Text is a drawing in characters.
type Text []Line

// String is the drawing without its tones, each line with its newline.
func (t Text) String() string {
	var b strings.Builder
	for _, l := range t {
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String is the line without its tones, and without space at its end.
func (l Line) String() string { return strings.TrimRight(l.text(), " ") }

func (l Line) text() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// cells is how many cells of a screen a text takes.
func cells(s string) int {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// spell makes a name from a lab fit to be drawn: what acts on a terminal, what
// cannot be seen, and, in ASCII, what that has not, is written as \u202e.
func spell(s string, ascii bool) string {
	odd := func(r rune) bool {
		filler := r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 // letters that nobody can see
		return !unicode.IsPrint(r) || filler || ascii && r >= utf8.RuneSelf
	}
	if utf8.ValidString(s) && !strings.ContainsFunc(s, odd) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[0])|0x100, 16)[1:])
		case odd(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// clip cuts a text that takes more than n cells, and says so with an ellipsis.
func clip(s string, n int, ascii bool) string {
	if cells(s) <= n {
		return s
	}
	dots := "…"
	if ascii {
		dots = ".."
	}
	n -= cells(dots)
	var b strings.Builder
	for state := -1; len(s) > 0; {
		var c string
		var w int
		c, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if n -= w; n < 0 {
			break
		}
		b.WriteString(c)
	}
	return b.String() + dots
}

// sign is a link's state as one character.
func sign(s State, ascii bool) string {
	signs := map[State]string{Up: "●", NoCarrier: "◐", Down: "○"}
	if ascii {
		signs = map[State]string{Up: "*", NoCarrier: "!", Down: "o"}
	}
	return signs[s]
}

func toneOf(s State) Tone {
	switch s {
	case Down:
		return Bad
	case NoCarrier:
		return Warn
	}
	return Good
}

// marked is the sign of a mark, and the tone of what has it.
func marked(m Mark, otherwise Tone) (string, Tone) {
	switch m {
	case New:
		return "+", Fresh
	case Changed:
		return "~", Differs
	}
	return " ", otherwise
}

// signsInWords say what the signs mean that the graph has besides that of a
// link that is up; empty: there are none.
func signsInWords(g Graph, ascii bool) []Line {
	var out []Line
	states, marks := signsOf(g)
	say := func(there bool, t Tone, sign, meaning string) {
		if there {
			out = append(out, Line{{sign, t}, {" " + meaning, Quiet}})
		}
	}
	idle, down := slices.Contains(states, NoCarrier), slices.Contains(states, Down)
	say(idle || down, Good, sign(Up, ascii), "up")
	say(idle, Warn, sign(NoCarrier, ascii), "up, no carrier")
	say(down, Bad, sign(Down, ascii), "down")
	say(slices.Contains(marks, New), Fresh, "+", "new")
	say(slices.Contains(marks, Changed), Differs, "~", "changed")
	return out
}

func signsOf(g Graph) (states []State, marks []Mark) {
	for _, n := range g.Nodes {
		marks = append(marks, n.Mark)
		for _, l := range n.Links {
			states, marks = append(states, l.State), append(marks, l.Mark)
			for _, a := range l.Addrs {
				marks = append(marks, a.Mark)
			}
		}
	}
	return states, marks
}
