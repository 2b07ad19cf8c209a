package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/nss"
)

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

// ended: nsswitch.conf ends the search before it comes to dns.
func (q *search) ended() []Cause {
	steps := nss.Plan(q.files, q.name, q.family())
	if len(steps) == 0 || slices.ContainsFunc(steps, func(s nss.Step) bool { return s.Source == "dns" }) {
		return nil
	}
	if steps[len(steps)-1].Says == nss.Success { // the hosts file has the name, for the other family
		return nil
	}
	last := q.sources.Sources[len(steps)-1]
	text := fmt.Sprintf("nsswitch.conf of %s ends the search at %s: dns stands behind it, so no name server is asked", q.from, strings.TrimSpace(last.Name+" "+actions(last)))
	return []Cause{q.blame(SwitchReturn, q.from, true, text, cat(q.from, "nsswitch.conf"), q.switchLine())}
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
	if near, ok := q.unknownSource(); ok && !q.inquired() {
		c := q.misspelt("nsswitch.conf of " + q.from + " has the source " + quoted(near) + ", which there is not, and does not name dns, so no name server is asked")
		c.Sure = false
		return []Cause{c}
	}
	if q.files.Switch.Flaw != "" {
		return []Cause{q.unread(q.files.Switch, false)}
	}
	text := "the hosts file of " + q.from + " has no line for " + q.name + ", and nsswitch.conf does not name dns, so no name server is asked"
	if q.anyServer() && !q.inquired() { // it may know the name
		return []Cause{q.blame(SwitchNoDNS, q.from, false, text, cat(q.from, "nsswitch.conf"), q.switchLine())}
	}
	return []Cause{q.blame(HostsMissing, q.from, true, text, cat(q.from, "hosts"), q.switchLine())}
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

func actions(s nss.Source) string {
	var out []string
	for _, a := range s.Actions {
		out = append(out, a.String())
	}
	return strings.Join(out, " ")
}
