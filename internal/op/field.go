package op

import "strings"

// field is one row of an op's table: a keyword of the line, the place its
// value is kept in, and what it means. Parse, print, Explain, Keywords and
// the error messages all read the same rows.
type field struct {
	key  string // the keyword as ip writes it in full; "" for a word without one
	also string // more keywords of the same row, separated by spaces
	val  value
	need bool   // the line is not complete without it
	bare bool   // the value may stand without its keyword, and is printed so
	in   string // the section of the line that the row belongs to
	then string // the section that begins behind the value
	help string // what the keyword is for
}

// named tells whether word is a keyword of the row.
func (f field) named(word string) bool {
	if word == "" {
		return false
	}
	if word == f.key {
		return true
	}
	for other := range strings.FieldsSeq(f.also) {
		if word == other {
			return true
		}
	}
	return false
}

// keywords lists the keywords of the row.
func (f field) keywords() []string {
	return strings.Fields(f.key + " " + f.also)
}

// words is the row as the error messages show it: "via ADDRESS".
func (f field) words() string {
	switch {
	case f.val.flag:
		return strings.Join(f.keywords(), " or ")
	case f.bare || f.key == "":
		return f.val.holder
	}
	return f.key + " " + f.val.holder
}

// section puts rows into one section of the line: a section has its own
// keywords, as those behind "type vxlan".
func section(name string, rows ...field) []field {
	for i := range rows {
		rows[i].in = name
	}
	return rows
}

// value ties one word of a line to a place in an op, as flag.Value does.
// A flag has no word of its own: set is given the keyword, and get gives it.
type value struct {
	holder string                  // what a manual page calls such a word: ADDRESS
	set    func(word string) error // reads the word; the error says what is wrong with it
	get    func() (string, bool)   // the word to print; false: not given
	about  func() string           // what the word says, for a learner
	family func() Family           // the address family it belongs to; nil: none
	flag   bool
	name   bool   // the word is a name, which says nothing more about itself
	words  string // the vocabulary of words that may stand here as they are
}
