package op

import "strings"

// Meaning says what one word of a line is for.
type Meaning struct{ Word, Text string }

// Explain gives the meaning of every word of a command line, in order: of one
// that changes, one that asks, and of "ip netns exec NS CMD…". The texts are
// those of the tables that parse and print use. The error is that of Split, or
// a *SyntaxError. A prompt in front of the line ("$ ") is passed over, and sudo
// is explained like a word of the line.
func Explain(text string) ([]Meaning, error) {
	args, sudo, err := typed(text)
	if err != nil {
		return nil, err
	}
	var all []Meaning
	if sudo {
		all = append(all, Meaning{"sudo", "does the rest as the user root; inside a lab it is not needed"})
	}
	rest, err := explainArgs(args)
	if err != nil {
		return nil, err
	}
	return append(all, rest...), nil
}

// ParseTyped is ParseLine for a line as people copy it: a prompt in front of it
// and sudo are passed over.
func ParseTyped(text string) (Line, error) {
	args, _, err := typed(text)
	if err != nil {
		return Line{}, err
	}
	return Parse(args)
}

// typed splits a line into its words, without a prompt and without sudo.
func typed(text string) (args []string, sudo bool, err error) {
	args, err = Split(withoutPrompt(text))
	if len(args) > 1 && args[0] == "sudo" {
		return args[1:], true, err
	}
	return args, false, err
}

// withoutPrompt takes away what tutorials print in front of a command.
func withoutPrompt(text string) string {
	text = strings.TrimSpace(text)
	for _, prompt := range []string{"$ ", "# "} {
		if rest, ok := strings.CutPrefix(text, prompt); ok {
			return rest
		}
	}
	return text
}

func explainArgs(args []string) ([]Meaning, error) {
	if len(args) > 0 && aboutCommand(baseName(args[0])) != "" {
		return aboutWords(args), nil
	}
	r := newReader(args)
	if err := r.program(); err != nil {
		return nil, err
	}
	var all []Meaning
	for _, s := range r.trail {
		all = append(all, Meaning{args[s.index], s.text(args[s.index])})
	}
	if r.line.Op == nil && r.query == nil {
		all = append(all, aboutWords(args[r.inner:])...)
	}
	return all, nil
}

// Summary says in one short sentence what the line does.
func Summary(l Line) string {
	if l.Op == nil {
		return ""
	}
	where := ""
	if l.Netns != "" {
		where = " in " + l.Netns
	}
	return l.Op.summary(where)
}
