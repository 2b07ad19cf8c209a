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
