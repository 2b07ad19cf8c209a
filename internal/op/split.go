package op

import (
	"errors"
	"fmt"
	"strings"
)

// Split cuts a command line into words as a shell does: blanks between them,
// quotes and backslashes keep characters together, and "#" at the start of a
// word begins a comment. Words of the shell's own language (pipes, variables,
// a second command) are an error: one simple command is all that is read.
func Split(text string) ([]string, error) {
	s := &splitter{text: strings.TrimRight(text, "\n")}
	for s.at < len(s.text) && !s.comment {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	s.end()
	return s.words, nil
}

type splitter struct {
	text    string
	at      int
	words   []string
	word    strings.Builder
	open    bool // a word has begun, perhaps an empty one
	comment bool
}

// next reads one character, or one quoted part.
func (s *splitter) next() error {
	c := s.text[s.at]
	s.at++
	switch {
	case c == ' ', c == '\t', c == '\r':
		s.end()
	case c == '#' && !s.open:
		s.comment = true
	case c == '\'':
		return s.single()
	case c == '"':
		return s.double()
	case c == '\\':
		return s.escape()
	case strings.IndexByte("|&;<>()$`\n*?[", c) >= 0:
		return fmt.Errorf("%q belongs to the shell: only one simple command is read", c)
	default:
		s.add(c)
	}
	return nil
}

func (s *splitter) add(c byte) {
	s.open = true
	s.word.WriteByte(c)
}

func (s *splitter) end() {
	if s.open {
		s.words = append(s.words, s.word.String())
	}
	s.open = false
	s.word.Reset()
}

// single reads up to the next single quote: nothing has a meaning in there.
func (s *splitter) single() error {
	part, rest, ok := strings.Cut(s.text[s.at:], "'")
	if !ok {
		return errors.New("a single quote is not closed")
	}
	s.open = true
	s.word.WriteString(part)
	s.at = len(s.text) - len(rest)
	return nil
}

// double reads up to the next double quote.
func (s *splitter) double() error {
	s.open = true
	for s.at < len(s.text) {
		c := s.text[s.at]
		s.at++
		switch {
		case c == '"':
			return nil
		case c == '\\' && s.at < len(s.text) && strings.IndexByte("\\\"$`\n", s.text[s.at]) >= 0:
			if s.text[s.at] != '\n' {
				s.add(s.text[s.at])
			}
			s.at++
		case c == '$', c == '`':
			return fmt.Errorf("%q belongs to the shell: only one simple command is read", c)
		default:
			s.add(c)
		}
	}
	return errors.New("a double quote is not closed")
}

// escape reads the character behind a backslash; a line break there is gone.
func (s *splitter) escape() error {
	if s.at >= len(s.text) {
		return errors.New("nothing follows the backslash")
	}
	if c := s.text[s.at]; c != '\n' {
		s.add(c)
	}
	s.at++
	return nil
}
