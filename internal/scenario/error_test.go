package scenario

import (
	"strings"
	"testing"
)

func TestErrorInOneLine(t *testing.T) {
	tests := []struct {
		name string
		err  Error
		want string
	}{
		{"with a place", Error{File: "f", Line: 3, Column: 9, Text: "no", Hint: "yes", Source: "x"}, "f:3:9: no"},
		{"of the whole file", Error{File: "f", Text: "no"}, "f: no"},
		{"with a file name that is a trick", Error{File: "a\nb\r\x1b]0;x\a", Line: 1, Column: 1, Text: "t\tu"}, `a\x0ab\x0d\x1b]0;x\x07:1:1: t u`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestErrorsForPeople(t *testing.T) {
	tests := []struct {
		name string
		errs Errors
		want string
	}{
		{"none", nil, ""},
		{"of the whole file: no line, a hint", Errors{{File: "f", Text: "no", Hint: "try"}}, "f: no\n  hint: try"},
		{"a caret under the first character", Errors{{File: "f", Line: 1, Column: 1, Text: "no", Source: "abc"}}, "f:1:1: no\n  1 | abc\n    | ^"},
		{"the frame grows with the number", Errors{{File: "f", Line: 100, Column: 3, Text: "no", Source: "abc"}}, "f:100:3: no\n  100 | abc\n      |   ^"},
		{"a caret behind the end", Errors{{File: "f", Line: 1, Column: 9, Text: "no", Source: "abc"}}, "f:1:9: no\n  1 | abc\n    |    ^"},
		{"a line that is not there", Errors{{File: "f", Line: 1, Column: 1, Text: "no"}}, "f:1:1: no\n  1 | \n    | ^"},
		{"wide characters before the caret", Errors{{File: "f", Line: 1, Column: 3, Text: "no", Source: "日本x"}}, "f:1:3: no\n  1 | 日本x\n    |     ^"},
		{"a mark over a letter takes no place", Errors{{File: "f", Line: 1, Column: 3, Text: "no", Source: "e\u0301x"}}, "f:1:3: no\n  1 | e\u0301x\n    |  ^"},
		{"a tab is one space", Errors{{File: "f", Line: 1, Column: 2, Text: "no", Source: "\tx"}}, "f:1:2: no\n  1 |  x\n    |  ^"},
		{"two", Errors{{File: "f", Text: "a"}, {File: "g", Text: "b", Hint: "c"}}, "f: a\n\ng: b\n  hint: c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.errs.Show(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestErrorsAreSortedByPlaceAndKeepTheirOrderOtherwise(t *testing.T) {
	e := Errors{{File: "e", Line: 2, Column: 1}, {File: "c", Line: 1, Column: 9, Text: "first"}, {File: "a"}, {File: "d", Line: 1, Column: 9, Text: "second"}, {File: "b", Line: 1, Column: 2}}
	e.sort()
	want := "a: \nb:1:2: \nc:1:9: first\nd:1:9: second\ne:2:1: "
	if got := e.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHarmlessText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "a ä 日 🙂", "a ä 日 🙂"},
		{"an escape sequence", "\x1b[31m", `\x1b[31m`},
		{"line breaks", "a\nb\rc", `a\x0ab\x0dc`},
		{"a tab", "a\tb", "a b"},
		{"delete, and the second set of controls", "\x7f\u0080\u009b", `\x7f\x80\x9b`},
		{"separators of lines and paragraphs", "\u2028\u2029", `\u2028\u2029`},
		{"marks that turn text round", "\u202d\u2066\u200f\u061c", `\u202d\u2066\u200f\u061c`},
		{"a byte order mark", "\ufeff", `\ufeff`},
		{"broken bytes", "a\xffb\xc3", `a\xffb\xc3`},
		{"a replacement character is no broken byte", "\uFFFD", "\uFFFD"},
		{"a joiner, which pictures need", "👩\u200d🔧", "👩\u200d🔧"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := harmless(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLongLinesAtTheirEdge(t *testing.T) {
	fits := strings.Repeat("a", excerptWidth)
	tests := []struct {
		name, line string
		column     int
		part       string
		pad        int
	}{
		{"just as long as the screen", fits, 51, fits, 50},
		{"one longer: the end is cut", fits + "b", 1, fits + "…", 0},
		{"one longer: the beginning is cut", "b" + fits, 52, "…" + fits, 51},
		{"long: both are cut", fits + "X" + fits, 52, "…" + strings.Repeat("a", 25) + "X" + strings.Repeat("a", 25) + "…", 26},
		{"column 0", "abc", 0, "abc", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			part, pad := excerpt(tt.line, tt.column)
			if part != tt.part || pad != tt.pad {
				t.Errorf("got %q, %d, want %q, %d", part, pad, tt.part, tt.pad)
			}
		})
	}
}

func TestWordsOfTheYAMLReaderAreExplained(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"a colon in text", "name: a: b\n", `f:1:1: ": " is not expected here`},
		{"a percent sign", "a: b\nname: %x\n", "f:2:1: a value cannot begin with this character"},
		{"a backquote", "name: `x`\n", "f:1:1: a value cannot begin with this character"},
		{"a star", "name: *x\n", "f:1:1: an alias is not allowed"},
		{"a quote without an end", "name: \"x\ntitle: y\n", "f:1:1: a quote is opened here and not closed"},
		{"a list that is not closed", "a: b\nname: [x\n", "f:2:1: a bracket is opened here and not closed"},
		{"a question mark in a list", "a: b\nname: [x?, y]\n", "f:2:1: a bracket is opened here and not closed"},
		{"a tab", "steps:\n\t- a\n", "f:2:1: a tab is used for indentation"},
		{"a tab after blanks", "steps:\n  - a: b\n  \tc: d\n", "f:3:3: a tab is used for indentation"},
		{"another indentation", "a:\n    b: c\n  d: e\n", "f:3:3: this line does not fit to the one before it"},
		{"a backslash", `name: "a\qb"` + "\n", "f:1:1: a backslash in double quotes begins an unknown sign"},
		{"a second document", "name: a\n---\nname: b\n", "f:2:1: a second document begins here"},
		{"a second document that is broken", "name: a\n---\nname: [b\n", "f:4:1: a bracket is opened here and not closed"},
		{"a merge", "a: &x {b: c}\n", "f:1:4: anchor &x is not allowed"},
		{"a tag", "a: !!int 5\n", "f:1:4: tag !!int is not allowed"},
		{"a tag of a program", "a: !ruby/object x\n", "f:1:4: tag !ruby/object is not allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.file))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
