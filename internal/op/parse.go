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
func (r *reader) take(text func(word string) string) string {
	word := r.peek()
	r.trail = append(r.trail, said{r.at, text})
	r.at++
	return word
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

// form is one run through the rows of an op or a question.
type form struct {
	rows    func() []field
	section string
	given   map[string]bool
	family  Family // of the addresses so far
}

// fill reads the rest of the line into the rows. The rows are asked for again
// after each word, since "type vxlan" brings more of them.
func (r *reader) fill(rows func() []field) error {
	all := rows()
	f := &form{rows: rows, given: map[string]bool{}, family: r.line.Family}
	if len(all) > 0 {
		f.section = all[0].in
	}
	for r.more() {
		if err := r.fillOne(f); err != nil {
			return err
		}
	}
	for _, row := range rows() {
		if row.need && !f.given[row.in+" "+row.key] {
			return r.fail(len(r.args), "", []string{row.words()}, nil)
		}
	}
	return nil
}

// fillOne reads one keyword with its value, or one word that stands alone.
func (r *reader) fillOne(f *form) error {
	full, known := lookup(vocabulary(f.section), r.peek())
	if row, ok := f.row(r.peek()); !known && ok {
		return r.fillKey(f, row, r.peek())
	}
	if !known {
		return r.fillBare(f)
	}
	if row, ok := f.row(full); ok {
		return r.fillKey(f, row, full)
	}
	return r.fail(r.at, "is a word that is left to ip itself", f.expected(), f.keywords())
}

// fillKey reads a keyword of the row, and its value unless it is a flag.
func (r *reader) fillKey(f *form, row field, full string) error {
	if row.val.flag {
		if f.given[row.in+" "+row.key] {
			return r.fail(r.at, "is said twice", nil, nil)
		}
		if err := row.val.set(full); err != nil {
			return r.fail(r.at, err.Error(), nil, nil)
		}
		r.keyword(full, row.help)
		f.done(row)
		return nil
	}
	r.keyword(full, row.help)
	if !r.more() {
		return r.fail(r.at, "", []string{row.val.holder}, nil)
	}
	return r.fillValue(f, row, true)
}

// fillBare reads a word without a keyword.
func (r *reader) fillBare(f *form) error {
	var last error
	for _, row := range f.rows() {
		if row.in != f.section || !row.bare || f.given[row.in+" "+row.key] {
			continue
		}
		if last = r.fillValue(f, row, false); last == nil {
			return nil
		}
	}
	if last != nil {
		return last
	}
	return r.fail(r.at, "", f.expected(), f.keywords())
}

// fillValue reads the value of the row; keyed says that its keyword was there.
func (r *reader) fillValue(f *form, row field, keyed bool) error {
	if f.given[row.in+" "+row.key] {
		return r.fail(r.at, "is one too many: "+row.words()+" is given already", nil, nil)
	}
	if err := row.val.set(r.peek()); err != nil {
		expected := []string{row.val.holder}
		if !keyed {
			expected = f.expected()
		}
		return r.fail(r.at, err.Error(), expected, f.keywords())
	}
	if row.val.family != nil && !f.fits(row.val.family()) {
		return r.fail(r.at, "is of another address family than the rest of the line", nil, nil)
	}
	r.take(func(string) string {
		if keyed {
			return row.val.about()
		}
		return row.help + ": " + row.val.about()
	})
	f.done(row)
	return nil
}

// row finds the row of a keyword in the present section.
func (f *form) row(keyword string) (field, bool) {
	for _, row := range f.rows() {
		if row.in == f.section && row.named(keyword) {
			return row, true
		}
	}
	return field{}, false
}

// done notes that the row is filled and enters the section behind it, which
// may depend on the value that was just read.
func (f *form) done(row field) {
	f.given[row.in+" "+row.key] = true
	for _, now := range f.rows() {
		if now.in == row.in && now.key == row.key && now.then != "" {
			f.section = now.then
		}
	}
}

// fits tells whether an address of the family may stand in the line, which
// from then on is of that family.
func (f *form) fits(family Family) bool {
	if family == AnyFamily {
		return true
	}
	if f.family == AnyFamily {
		f.family = family
	}
	return f.family == family
}

// expected lists what could stand next.
func (f *form) expected() []string {
	var all []string
	for _, row := range f.rows() {
		if row.in == f.section && !f.given[row.in+" "+row.key] {
			all = append(all, row.words())
		}
	}
	return all
}

// keywords lists the keywords that could stand next.
func (f *form) keywords() []string {
	var all []string
	for _, row := range f.rows() {
		if row.in == f.section && !f.given[row.in+" "+row.key] {
			all = append(all, row.keywords()...)
		}
	}
	return all
}

// baseName is the last part of a path.
func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
