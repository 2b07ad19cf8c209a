package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how deep mappings and lists are nested. The format itself needs 7.
const maxDepth = 20

// document reads the file as one YAML document and returns its topmost node.
func document(s *source) (*yaml.Node, *Error) {
	if s.blank() {
		return nil, &Error{File: s.file, Text: "the file is empty", Hint: "docs/SCENARIOS.md shows a whole one to begin with"}
	}
	dec := yaml.NewDecoder(bytes.NewReader(s.text))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, syntaxError(s, err)
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, s.errorAt(max(second.Line, 1), max(second.Column, 1), "a second document begins here", "one file holds one scenario; remove the line ---")
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(s, err)
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.ShortTag() == "!!null" {
		return nil, s.errorAt(top.Line, top.Column, "the file is empty", "docs/SCENARIOS.md shows a whole one to begin with")
	}
	return top, plain(s, top, 1)
}

// plain refuses what makes YAML dangerous or hard to read: anchors and
// aliases (a few lines can stand for millions), tags, and deep nesting.
func plain(s *source, n *yaml.Node, depth int) *Error {
	switch {
	case depth > maxDepth:
		return s.errorAt(n.Line, n.Column, fmt.Sprintf("nested deeper than %d levels", maxDepth), "")
	case n.Kind == yaml.AliasNode:
		return s.errorAt(n.Line, n.Column, fmt.Sprintf("alias *%s is not allowed", n.Value), "write the value out")
	case n.Anchor != "":
		return s.errorAt(n.Line, n.Column, fmt.Sprintf("anchor &%s is not allowed", n.Anchor), "write the value out where it is used; text that begins with & needs quotes")
	case n.Style&yaml.TaggedStyle != 0:
		return s.errorAt(n.Line, n.Column, fmt.Sprintf("tag %s is not allowed", n.Tag), "text that begins with ! needs quotes")
	}
	for _, child := range n.Content {
		if err := plain(s, child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// syntaxError turns the YAML reader's message into one with a place and plain words.
func syntaxError(s *source, err error) *Error {
	line := s.brokenLine(err.Error())
	if at, column, ok := s.indentTab(line); ok {
		return s.errorAt(at, column, "a tab is used for indentation", "YAML takes only spaces there: two for each level")
	}
	message := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	text, hint := plainWords(message)
	return s.errorAt(line, s.firstText(line), text, hint)
}

// brokenLine finds the line that makes the file wrong. The YAML reader names
// the line where the broken list or mapping begins; the line wanted is the
// first one after which the reader gives that same message.
func (s *source) brokenLine(message string) int {
	if strings.HasSuffix(message, "unexpected end of stream") && strings.Contains(message, fmt.Sprintf("line %d:", len(s.lines))) {
		return 1 // a quote opened in the first line is reported at the end of the file
	}
	n := sort.Search(len(s.lines), func(n int) bool {
		var doc yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(s.lines[:n+1], "\n")+"\n"), &doc)
		return err != nil && err.Error() == message
	})
	return min(n+1, len(s.lines))
}

// plainWords explains the messages that authors meet.
func plainWords(message string) (text, hint string) {
	has := func(part string) bool { return strings.Contains(message, part) }
	switch {
	case has("mapping values are not allowed"):
		return `": " is not expected here`, `text that holds ": " needs quotes; or the indentation of this line is wrong`
	case has("cannot start any token"):
		return "a value cannot begin with this character", "put quotes around text that begins with @, ` or %"
	case has("could not find expected ':'"):
		return `a key without ":" near here`, "write key: value; in a block of text (|) all lines are indented alike"
	case has("did not find expected key"), has("did not find expected '-' indicator"):
		return "this line does not fit to the one before it", "keys of one mapping begin in the same column; text that begins with a quote must end with one"
	case has("expected ',' or"), has("expected node content"):
		return "a bracket is opened here and not closed", "check [ ] and { }; text with a comma, a bracket or a question mark needs quotes there"
	case has("unexpected end of stream"):
		return "a quote is opened here and not closed", "text with a quote in it can go into a block: key: |"
	case has("unknown escape"), has("escape code"), has("hexdecimal"):
		return "a backslash in double quotes begins an unknown sign", "use single quotes: they keep backslashes as they are"
	case has("unknown anchor"):
		return "an alias is not allowed", "text that begins with * needs quotes"
	case has("exceeded max depth"):
		return fmt.Sprintf("nested deeper than %d levels", maxDepth), ""
	default:
		return "not valid YAML: " + message, ""
	}
}
