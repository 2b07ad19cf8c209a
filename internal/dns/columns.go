package dns

import (
	"fmt"
	"strings"
)

// Data writes the data of a record as the style has it, and its type before it
// if Typed is set.
func (s Style) Data(r Record) string {
	data := r.Data
	if s.Split > 0 && (long(r.Type) || strings.HasPrefix(data, `\# `)) {
		data = pieces(data, s.Split)
	}
	if s.Short && s.Typed {
		return r.Type + " " + data
	}
	return data
}

// pieces cuts the last word of a record's data.
func pieces(data string, size int) string {
	at := strings.LastIndexByte(data, ' ') + 1
	last := data[at:]
	var out []string
	for ; len(last) > size; last = last[size:] {
		out = append(out, last[:size])
	}
	return data[:at] + strings.Join(append(out, last), " ")
}

// Record writes a record in columns.
func (s Style) Record(r Record) string {
	l := line{}
	at := s.columns()
	l.add(0, r.Name)
	if !s.NoTTL {
		ttl := fmt.Sprint(r.TTL)
		if s.TTLUnits {
			ttl = shortened(r.TTL)
		}
		l.add(at.ttl, ttl)
	}
	if !s.NoClass {
		l.add(at.class, r.Class)
	}
	l.add(at.typ, r.Type)
	if data := s.Data(r); data != "" {
		l.add(at.data, data)
	}
	return l.text
}

func (s Style) question(q Question) string {
	l := line{}
	at := s.columns()
	l.add(0, q.Name)
	l.add(at.class, q.class())
	l.add(at.typ, q.Type)
	return ";" + l.text // the mark does not count
}

// columns are where the fields of a record begin, in cells.
type columns struct{ ttl, class, typ, data int }

func (s Style) columns() columns {
	switch {
	case s.NoTTL && s.NoClass:
		return columns{24, 24, 24, 32}
	case s.NoTTL || s.NoClass:
		return columns{24, 24, 32, 40}
	}
	return columns{24, 32, 40, 48}
}

// line is a line that is filled up with tabs.
type line struct {
	text string
	at   int // in cells
}

// add writes a field at a column, or behind one blank when the line is beyond it.
func (l *line) add(column int, field string) {
	const tab = 8
	if l.at > 0 {
		to := max(column, l.at+1)
		if tabs := to/tab - l.at/tab; tabs > 0 {
			l.text += strings.Repeat("\t", tabs)
			l.at = to / tab * tab
		}
		l.text += strings.Repeat(" ", to-l.at)
		l.at = to
	}
	l.text += field
	l.at += len(field)
}
