package diagnose

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"netlab/internal/dns"
	"netlab/internal/nss"
)

// unnamed: the library has found no address. It goes through the sources as the
// library did.
func (q *search) unnamed() []Cause {
	if c := q.impossible(); len(c) > 0 {
		return c
	}
	if c := q.waiting(); len(c) > 0 {
		return c
	}
	if len(q.sources.Sources) == 0 {
		return []Cause{q.misspelt("nsswitch.conf of " + q.from + " names no source that can be used for host names, so no name is found at all")}
	}
	if c := q.passedBy(); len(c) > 0 {
		return c
	}
	var found []Cause
	if q.source("dns") {
		found = q.unserved()
	} else {
		found = q.unasked()
	}
	near := q.nearHosts()
	switch {
	case len(near) == 0 && (len(found) == 0 || !q.anyServer() && found[0].Kind == NoNameserver):
		return append(q.noLine(), found...)
	case len(near) > 0 && near[0].Sure && !q.anyServer():
		return near
	case len(found) > 0 && found[0].Sure && found[0].Kind != NoNameserver && found[0].Kind != RecordMissing:
		return append(found, near...)
	}
	return append(near, found...)
}

// impossible: no question can have this name.
func (q *search) impossible() []Cause {
	if err := dns.CheckName(q.name); err != nil {
		return []Cause{q.blame(NameImpossible, q.from, true, "no such name can be asked for: "+err.Error(), "")}
	}
	beyond := strings.ContainsFunc(q.name, func(r rune) bool { return r > unicode.MaxASCII })
	if beyond && q.source("dns") && len(q.asked(q.from, func(exchange) bool { return true })) == 0 {
		text := cmp.Or(q.t.Resolved.By, "the library") + " has asked nobody for " + q.name + ": it has letters beyond ASCII, and in DNS such a name is written with xn-- (RFC 5890)"
		return []Cause{q.blame(NameImpossible, q.from, true, text, "")}
	}
	return nil
}

// passedBy: the hosts file has the name, and the library did not come to it.
func (q *search) passedBy() []Cause {
	lines := q.hosts.Find(q.name, q.family())
	if len(lines) == 0 {
		return nil
	}
	shows := q.hostsLine(lines[0])
	if !q.source("files") {
		if near, ok := q.unknownSource(); ok {
			return []Cause{q.misspelt("nsswitch.conf of "+q.from+" has the source "+quoted(near)+", which there is not: files is meant, and so the hosts file is not read", shows)}
		}
		return []Cause{q.blame(SwitchNoFiles, q.from, true, "the hosts file of "+q.from+" has "+q.name+", but nsswitch.conf does not name files, so nobody reads it",
			cat(q.from, "nsswitch.conf"), q.switchLine(), shows)}
	}
	for _, s := range q.sources.Sources {
		if s.Name == "files" {
			break
		}
		if len(s.Actions) > 0 {
			return []Cause{q.blame(SwitchReturn, q.from, true, fmt.Sprintf("the hosts file of %s has %s, but nsswitch.conf ends the search at %s: %s stands behind it",
				q.from, q.name, s.Name, actions(s)), cat(q.from, "nsswitch.conf"), q.switchLine(), shows)}
		}
	}
	return nil
}

func actions(s nss.Source) string {
	var out []string
	for _, a := range s.Actions {
		out = append(out, a.String())
	}
	return strings.Join(out, " ")
}

// unasked: nsswitch.conf does not name dns.
func (q *search) unasked() []Cause {
	for _, name := range q.candidates {
		e, ok := q.truth(name)
		if !ok {
			continue
		}
		shows := e.String()
		if near, ok := q.unknownSource(); ok {
			return []Cause{q.misspelt("nsswitch.conf of "+q.from+" has the source "+quoted(near)+", which there is not: dns is meant, and so no name server is asked", shows)}
		}
		return []Cause{q.blame(SwitchNoDNS, q.from, true, "nsswitch.conf of "+q.from+" does not name dns, so no name server is asked; "+e.Server+" knows "+shown(name),
			cat(q.from, "nsswitch.conf"), q.switchLine(), shows)}
	}
	if q.files.Switch.Flaw != "" {
		return []Cause{q.unread(q.files.Switch, false)}
	}
	text := "the hosts file of " + q.from + " has no line for " + q.name + ", and nsswitch.conf names no other source that has it"
	return []Cause{q.blame(HostsMissing, q.from, true, text, cat(q.from, "hosts"), q.switchLine())}
}

// truth is an answer that gives a name an address: of a server that has it by
// itself.
func (q *search) truth(name string) (exchange, bool) {
	var found exchange
	for _, e := range q.all {
		if e.Answer == nil || !e.Is(name, q.typ) || e.Means().Sense != dns.Found {
			continue
		}
		if found.Answer == nil || q.knows(e) && !q.knows(found) {
			found = e
		}
	}
	return found, found.Answer != nil
}

func (q *search) misspelt(text string, more ...string) Cause {
	c := q.blame(SwitchMistake, q.from, true, text, cat(q.from, "nsswitch.conf"), append([]string{q.switchLine()}, more...)...)
	for _, m := range q.sources.Mistakes {
		c.Evidence = eachOnce(c.Evidence + "\n" + m.Why)
	}
	return c
}

// unknownSource is one that no library knows.
func (q *search) unknownSource() (string, bool) {
	for _, s := range q.sources.Sources {
		if _, known := nss.About(s.Name); !known {
			return s.Name, true
		}
	}
	return "", false
}

func (q *search) switchLine() string {
	var words []string
	for _, s := range q.sources.Sources {
		words = append(words, strings.TrimSpace(s.Name+" "+actions(s)))
	}
	text := "hosts: " + strings.Join(words, " ")
	if q.sources.Line == 0 {
		return "nsswitch.conf of " + q.from + " has no line hosts:, which is as " + text
	}
	return fmt.Sprintf("nsswitch.conf of %s, line %d: %s", q.from, q.sources.Line, text)
}

func (q *search) hostsLine(l nss.HostsLine) string {
	return fmt.Sprintf("hosts of %s, line %d: %s %s", q.from, l.Line, l.Addr, strings.Join(l.Names, " "))
}
