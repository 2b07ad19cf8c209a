package scenario

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parsedFile keeps where everything was, for what is checked after decoding.
type parsedFile struct {
	src *source
	top *yaml.Node
}

// step returns the node of a step, counted from 0.
func (f *parsedFile) step(i int) *yaml.Node { return entry(f.top, "steps", i) }

// inText finds the place in the file of a place inside a text value, whose
// column counts bytes. Where quotes or folded lines hide it, the value's own place
// is the answer.
func (f *parsedFile) inText(n *yaml.Node, line, column int) (int, int) {
	lines := strings.Split(n.Value, "\n")
	if line < 1 || line > len(lines) {
		return n.Line, n.Column
	}
	want := lines[line-1]
	column = utf8.RuneCountInString(want[:min(max(column-1, 0), len(want))]) + 1
	switch {
	case n.Style&yaml.LiteralStyle != 0:
		have := f.src.line(n.Line + line)
		if strings.HasSuffix(have, want) {
			return n.Line + line, utf8.RuneCountInString(have) - utf8.RuneCountInString(want) + column
		}
	case len(lines) == 1 && n.Style == 0 && strings.HasPrefix(fromColumn(f.src.line(n.Line), n.Column), want):
		return n.Line, n.Column + column - 1
	}
	return n.Line, n.Column
}

func fromColumn(s string, column int) string {
	runes := []rune(s)
	return string(runes[min(max(column-1, 0), len(runes)):])
}
