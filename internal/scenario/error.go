package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is one mistake in a scenario file, with its place. Line and Column
// count from 1, Column in characters; 0 means the file as a whole.
type Error struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
	Source string `json:"source,omitempty"` // the line, as it is in the file
}

// Error gives the place and the text in one line, without hint and source. It
// holds no control characters.
func (e *Error) Error() string {
	if e.Line == 0 {
		return harmless(e.File + ": " + e.Text)
	}
	return harmless(fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text))
}

// Show gives the error for people: the message, the line with a caret under
// the column, and the hint. Long lines are cut around the column, and control
// characters are shown as \x1b and the like. There is no line break at the end.
func (e *Error) Show() string {
	var b strings.Builder
	b.WriteString(e.Error())
	if e.Line > 0 {
		line, pad := excerpt(e.Source, e.Column)
		number := fmt.Sprint(e.Line)
		gap := strings.Repeat(" ", len(number))
		fmt.Fprintf(&b, "\n  %s | %s\n  %s | %s^", number, line, gap, strings.Repeat(" ", pad))
	}
	if e.Hint != "" {
		b.WriteString("\n  hint: " + harmless(e.Hint))
	}
	return b.String()
}

// Errors are the mistakes of one file, sorted by place.
type Errors []*Error

// Error gives one line for each mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Show gives Show of each mistake, with an empty line between two.
func (e Errors) Show() string {
	parts := make([]string, len(e))
	for i, one := range e {
		parts[i] = one.Show()
	}
	return strings.Join(parts, "\n\n")
}

// Unwrap lets errors.As find a single *Error.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// excerptWidth is how much of a source line is shown: the narrowest terminal
// that netlab is made for has 60 columns, the line number and frame need 9.
const excerptWidth = 51

// excerpt returns a harmless part of line that holds the column, and how many
// screen columns lie before it.
func excerpt(line string, column int) (part string, pad int) {
	runes := []rune(line)
	at := min(max(column-1, 0), len(runes))
	from, to := 0, len(runes)
	if len(runes) > excerptWidth {
		from = min(max(at-excerptWidth/2, 0), len(runes)-excerptWidth)
		to = from + excerptWidth
	}
	before, after := harmless(string(runes[from:at])), harmless(string(runes[at:to]))
	if from > 0 {
		before = "…" + before
	}
	if to < len(runes) {
		after += "…"
	}
	return before + after, width(before)
}

// harmless replaces what a terminal could act on: control characters, marks
// that change the direction of text, and bytes that are no UTF-8.
func harmless(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "\\x%02x", s[i])
		case !dangerous(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, "\\x%02x", r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

// dangerous says whether r may not stand in a scenario: C0 and C1 controls
// (ISO 6429), line and paragraph separators, and bidirectional controls
// (Unicode UAX #9), which can make a line look like another one.
func dangerous(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r == 0xFEFF || unicode.Is(unicode.Bidi_Control, r)
}

// width is how many columns s takes on the screen, near enough for a caret.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			n += 2
		default:
			n++
		}
	}
	return n
}
