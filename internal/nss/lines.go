package nss

import (
	"iter"
	"strings"
)

// A line of a file, as getline(3) and C strings have it: up to the newline, or
// to a zero byte before that.
type line struct {
	at     int // from 1
	text   string
	closed bool // it ends with a newline
}

func lines(text string) iter.Seq[line] {
	return func(yield func(line) bool) {
		n := 0
		for l := range strings.Lines(text) {
			n++
			l, closed := strings.CutSuffix(l, "\n")
			l, _, _ = strings.Cut(l, "\x00")
			if !yield(line{n, l, closed}) {
				return
			}
		}
	}
}

func (l line) mistake(why string) Mistake { return Mistake{Line: l.at, Text: l.text, Why: why} }

// space is isspace(3) in the C locale.
func space(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) }

// blank is what parts the words of resolv.conf.
func blank(r rune) bool { return r == ' ' || r == '\t' }
