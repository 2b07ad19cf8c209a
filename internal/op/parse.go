package op

import "strings"

// Parse reads one change. args[0] is ip, bridge or sysctl, or a path that ends
// so; "ip netns exec NS ip …" counts as "ip -n NS …". A line that only asks
// gives ErrQuestion. Any other error is a *SyntaxError, also where ip itself
// would understand the line: the caller then runs the real ip, whose own
// message is the right one. What Parse accepts, ip accepts too.
//
// A vxlan link needs its dstport: without it ip warns on its own.
func Parse(args []string) (Line, error) {
	r := newReader(args)
	err := r.program()
	switch {
	case r.query != nil:
		return Line{}, ErrQuestion
	case err != nil:
		return Line{}, err
	case r.line.Op == nil:
		return Line{}, r.fail(r.inner, "is not a command of ip, bridge or sysctl", programs(), programs())
	}
	return r.line, nil
}

// ParseLine splits text into words with Split and parses them.
func ParseLine(text string) (Line, error) {
	args, err := Split(text)
	if err != nil {
		return Line{}, err
	}
	return Parse(args)
}

// reader goes through the words of one line. It ends with an op in line, a
// question in query, or the words of another program from inner on.
type reader struct {
	args  []string
	at    int // the next word
	line  Line
	query *Query
	inner int    // where the program behind "ip netns exec NS" begins; 0: no such thing
	where string // its namespace
	shown options
	trail []said // one for each word that was read, for Explain
}

// said is what was learned about the words that were read: one entry a word.
// The text is made late, when the whole line is known.
type said struct {
	index int
	text  func(word string) string
}

func newReader(args []string) *reader { return &reader{args: args} }

// more tells whether a word is left.
func (r *reader) more() bool { return r.at < len(r.args) }

// peek is the next word, "" at the end.
func (r *reader) peek() string {
	if r.more() {
		return r.args[r.at]
	}
	return ""
}

// take moves on by one word, of which text says the meaning.
func (r *reader) take(text func(word string) string) {
	r.trail = append(r.trail, said{r.at, text})
	r.at++
}

// keyword moves on by a word that is known in full, of which help says what
// it is for.
func (r *reader) keyword(full, help string) {
	r.take(func(word string) string {
		if word != full && strings.HasPrefix(full, word) {
			return "short for " + full + ": " + help
		}
		return help
	})
}

// baseName is the last part of a path.
func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
