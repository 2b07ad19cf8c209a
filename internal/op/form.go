package op

import "fmt"

// form is one run through the rows of an op or a question.
type form struct {
	ask     func() []field
	rows    []field // what ask gave last
	section string
	given   map[string]bool
	family  Family // of the addresses so far
}

// fill reads the rest of the line into the rows. The rows are asked for again
// after each word, since "type vxlan" brings more of them.
func (r *reader) fill(rows func() []field) error {
	f := &form{ask: rows, rows: rows(), given: map[string]bool{}, family: r.line.Family}
	if len(f.rows) > 0 {
		f.section = f.rows[0].in
	}
	for r.more() {
		if err := r.fillOne(f); err != nil {
			return err
		}
	}
	for _, row := range f.rows {
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
	reason := "is left to the real command"
	if r.peek() != full {
		reason = fmt.Sprintf("is read as %q, which is left to the real command", full)
	}
	return r.wrong(reason, f.expected(), f.keywords())
}

// fillKey reads a keyword of the row, and its value unless it is a flag.
func (r *reader) fillKey(f *form, row field, full string) error {
	if row.val.flag {
		if f.given[row.in+" "+row.key] {
			reason := "is said twice"
			if before, _ := row.val.get(); before != full {
				reason = fmt.Sprintf("cannot stand beside %q", before)
			}
			return r.fail(r.at, reason, nil, nil)
		}
		if err := row.val.set(full); err != nil {
			return r.wrong(err.Error(), nil, nil)
		}
		help := row.help
		if about := row.val.about(); about != "" {
			help = about
		}
		r.keyword(full, help)
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
	for _, row := range f.rows {
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
		if !keyed {
			return r.wrong(err.Error(), f.expected(), f.keywords())
		}
		return r.wrong(err.Error()+r.readAs(row), []string{row.val.holder}, spellings(row.val.words))
	}
	if row.val.family != nil && !f.fits(row.val.family()) {
		return r.fail(r.at, "is of another address family than the rest of the line", nil, nil)
	}
	r.take(func(string) string {
		switch {
		case keyed:
			return row.val.about()
		case row.val.name:
			return row.help
		}
		return row.help + ": " + row.val.about()
	})
	f.done(row)
	return nil
}

// readAs reminds of a keyword that was cut short: "a" is to ip the start of
// "address", not a name.
func (r *reader) readAs(row field) string {
	before := r.args[r.at-1]
	if row.named(before) {
		return ""
	}
	return fmt.Sprintf(" (%q in front of it is read as %q)", before, row.key)
}

// row finds the row of a keyword in the present section.
func (f *form) row(keyword string) (field, bool) {
	for _, row := range f.rows {
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
	f.rows = f.ask()
	for _, now := range f.rows {
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
	for _, row := range f.rows {
		if row.in == f.section && !f.given[row.in+" "+row.key] {
			all = append(all, row.words())
		}
	}
	return all
}

// keywords lists the keywords that could stand next.
func (f *form) keywords() []string {
	var all []string
	for _, row := range f.rows {
		if row.in == f.section && !f.given[row.in+" "+row.key] {
			all = append(all, row.keywords()...)
			if row.bare {
				all = append(all, spellings(row.val.words)...)
			}
		}
	}
	return all
}
