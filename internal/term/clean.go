package term

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from outside harmless to a terminal and to its reader's
// eyes. What would act (control characters but newline and tab, escape
// sequences, direction marks), what cannot be seen (zero-width characters)
// and what is not UTF-8 is written out in ASCII, as \x1b or \u202e. The end of
// line of other systems, carriage return and newline, becomes a newline.
func Clean(s string) string {
	if !strings.ContainsFunc(s, acts) && utf8.ValidString(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, acts(r) && r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !acts(r):
			b.WriteString(s[:n])
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[n:]
	}
	return b.String()
}

// acts says whether a rune does something to a terminal other than filling
// cells. Category Cf holds the direction marks, the zero-width characters and
// the tags; the Hangul fillers are letters that nobody can see.
func acts(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case 0x115f, 0x1160, 0x3164, 0xffa0:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// ASCII writes text for a terminal that shows nothing else: the signs of
// typography by their nearest spelling, any other character as a question mark.
func ASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteString(spell(r))
	}
	return b.String()
}

func spell(r rune) string {
	switch {
	case r < 0x80:
		return string(r)
	case unicode.Is(unicode.Mn, r):
		return "" // stands on the letter before it
	}
	switch r {
	case '\u00a0', '\u2009', '\u202f':
		return " "
	case '‘', '’', '′':
		return "'"
	case '“', '”', '″', '«', '»':
		return `"`
	case '–', '‐', '‑', '−', '─', '━':
		return "-"
	case '—':
		return "--"
	case '…':
		return "..."
	case '•', '·', '×', '✕':
		return map[rune]string{'•': "*", '·': "-", '×': "x", '✕': "x"}[r]
	case '→', '⇒':
		return "->"
	case '←', '⇐':
		return "<-"
	case '↔', '⇄', '⇔':
		return "<->"
	case '≤':
		return "<="
	case '≥':
		return ">="
	case '≠':
		return "!="
	case '│', '┃':
		return "|"
	case '┌', '┐', '└', '┘', '├', '┤', '┬', '┴', '┼', '╭', '╮', '╯', '╰':
		return "+"
	case '✓', '✔':
		return "ok"
	case '✗', '✘':
		return "FAIL"
	}
	return "?"
}
