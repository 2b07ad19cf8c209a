package scenario

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSize bounds a scenario file, in bytes. The longest lesson has about 30 KiB.
const maxSize = 256 << 10

// source is the text of a file, with line breaks made equal, and its name.
type source struct {
	file  string
	text  []byte
	lines []string
}

// newSource accepts UTF-8 text with or without a byte order mark, with \n or
// \r\n, and refuses everything that could not be shown or counted.
func newSource(file string, text []byte) (*source, *Error) {
	whole := func(text, hint string) *Error { return &Error{File: file, Text: text, Hint: hint} }
	if len(text) > maxSize {
		return nil, whole(fmt.Sprintf("the file has %d bytes; at most %d are read", len(text), maxSize), "split the lesson into two")
	}
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		return nil, whole("the file is UTF-16, not UTF-8", "save it as UTF-8 in your editor")
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, whole("this is not a text file: it has zero bytes", "a scenario is a YAML file in UTF-8")
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	s := &source{file: file, text: text, lines: strings.Split(string(text), "\n")}
	return s, s.firstBad()
}

// firstBad finds the first character that a scenario may not hold.
func (s *source) firstBad() *Error {
	for i, line := range s.lines {
		column := 0
		for at, r := range line {
			column++
			switch {
			case r == utf8.RuneError && !strings.HasPrefix(line[at:], "\uFFFD"):
				return s.errorAt(i+1, column, fmt.Sprintf("byte %#02x is not UTF-8", line[at]), "save the file as UTF-8 in your editor")
			case r != '\t' && dangerous(r):
				return s.errorAt(i+1, column, fmt.Sprintf("control character %U is not allowed", r), "remove it; in a command write it as the shell does, as in printf '\\033'")
			}
		}
	}
	return nil
}

func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

func (s *source) errorAt(line, column int, text, hint string) *Error {
	return &Error{File: s.file, Line: line, Column: column, Text: text, Hint: hint, Source: s.line(line)}
}

// indentTab finds a tab in the indentation of a line near the given one: the
// usual reason for a YAML error that nobody can see.
func (s *source) indentTab(near int) (line, column int, ok bool) {
	for _, n := range []int{near, near - 1, near + 1} {
		text := s.line(n)
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if at := strings.IndexByte(indent, '\t'); at >= 0 {
			return n, at + 1, true
		}
	}
	return 0, 0, false
}

// firstText is the column of the first character of a line that is not blank.
func (s *source) firstText(line int) int {
	text := s.line(line)
	return len(text) - len(strings.TrimLeft(text, " \t")) + 1
}

// blank says whether the file holds nothing but comments and white space.
func (s *source) blank() bool {
	return !slices.ContainsFunc(s.lines, func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && line[0] != '#'
	})
}
