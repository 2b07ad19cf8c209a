package dns

import (
	"fmt"
	"strings"
)

// Style says what of a message is shown, as the options of dig do.
type Style struct {
	Short      bool // only the data of the answers
	Typed      bool // with Short: the type before the data
	Comments   bool // header, EDNS, titles of sections
	Question   bool
	Answer     bool
	Authority  bool
	Additional bool
	Stats      bool
	NoTTL      bool
	NoClass    bool
	TTLUnits   bool
	Split      int // long hex and base64 in pieces of so many characters; 0: in one
}

// DefaultStyle is what dig shows when it is not told what.
func DefaultStyle() Style {
	const pieces = 56
	return Style{Comments: true, Question: true, Answer: true, Authority: true, Additional: true, Stats: true, Split: pieces}
}

// Sections writes the sections of a message in dig's own words, without its
// header. Sent is the question that it answers, whose cookie it gives back;
// nil: it is the question itself.
func (s Style) Sections(m Message, sent *Message) string {
	var b strings.Builder
	if s.Comments && m.EDNS != nil {
		s.edns(&b, *m.EDNS, sent)
	}
	if s.Question && len(m.Questions) > 0 {
		var lines []string
		for _, q := range m.Questions {
			lines = append(lines, s.question(q))
		}
		s.section(&b, "QUESTION", lines)
	}
	for _, part := range []struct {
		title   string
		show    bool
		records []Record
	}{{"ANSWER", s.Answer, m.Answers}, {"AUTHORITY", s.Authority, m.Authority}, {"ADDITIONAL", s.Additional, m.Additional}} {
		if !part.show || len(part.records) == 0 {
			continue
		}
		var lines []string
		for _, r := range part.records {
			lines = append(lines, s.Record(r))
		}
		s.section(&b, part.title, lines)
	}
	return b.String()
}

func (s Style) section(b *strings.Builder, title string, lines []string) {
	if s.Comments {
		fmt.Fprintf(b, ";; %s SECTION:\n", title)
	}
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	if s.Comments {
		b.WriteString("\n")
	}
}

func (s Style) edns(b *strings.Builder, e EDNS, sent *Message) {
	flags := ""
	if e.DO {
		flags = " do"
	}
	fmt.Fprintf(b, ";; OPT PSEUDOSECTION:\n; EDNS: version: %d, flags:%s; udp: %d\n", e.Version, flags, e.UDPSize)
	for _, o := range e.Options {
		text := "; " + o.Name + ":"
		if o.Data != "" {
			text += " " + o.Data
		}
		b.WriteString(text + cookieMark(o, sent) + "\n")
	}
}

// cookieMark says whether a cookie that came back begins with the one that was
// sent, as it must (RFC 7873, 5.3).
func cookieMark(o Option, sent *Message) string {
	const client = 16 // digits of the client's part
	if o.Name != "COOKIE" || len(o.Data) < client || sent == nil || sent.EDNS == nil {
		return ""
	}
	for _, own := range sent.EDNS.Options {
		if own.Name == "COOKIE" && strings.HasPrefix(own.Data, o.Data[:client]) {
			return " (good)"
		}
	}
	return " (bad)"
}

// Header writes the header of a message in dig's own words.
func (s Style) Header(m Message) string {
	if !s.Comments {
		return ""
	}
	extra := len(m.Additional)
	if m.EDNS != nil {
		extra++
	}
	text := fmt.Sprintf(";; ->>HEADER<<- opcode: %s, status: %s, id: %d\n;; flags:%s; QUERY: %d, ANSWER: %d, AUTHORITY: %d, ADDITIONAL: %d\n",
		m.Opcode, m.Status, m.ID, flagsText(m), len(m.Questions), len(m.Answers), len(m.Authority), extra)
	if m.Response && m.RecursionDesired && !m.RecursionAvailable {
		text += ";; WARNING: recursion requested but not available\n"
	}
	return text
}

func flagsText(m Message) string {
	var b strings.Builder
	for _, f := range []struct {
		set  bool
		name string
	}{
		{m.Response, " qr"}, {m.Authoritative, " aa"}, {m.Truncated, " tc"}, {m.RecursionDesired, " rd"},
		{m.RecursionAvailable, " ra"}, {m.AuthenticData, " ad"}, {m.CheckingDisabled, " cd"},
	} {
		if f.set {
			b.WriteString(f.name)
		}
	}
	return b.String()
}

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
