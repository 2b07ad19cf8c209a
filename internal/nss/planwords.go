package nss

import (
	"fmt"
	"slices"
	"strings"
)

// hasWords says in words what hosts has of a name.
func (f File) hasWords(name string, lines []HostsLine) string {
	switch {
	case f.Path == "":
		return "there is no file /etc/hosts"
	case len(lines) > 0:
		var all []string
		for _, l := range lines {
			all = append(all, fmt.Sprintf("line %d of %s says %s", l.Line, f.Path, l.Addr))
		}
		return strings.Join(all, ", ")
	case f.Flaw != "":
		return f.Flawed()
	}
	h := ReadHosts(f.Text)
	text := fmt.Sprintf("%s has no line with the name %s", f.Path, name)
	if others := h.Find(name, 0); len(others) > 0 {
		text += fmt.Sprintf("; line %d has it with %s, of the other family", others[0].Line, others[0].Addr)
	}
	if l := h.almost(name); l > 0 {
		text += fmt.Sprintf("; line %d has a name that begins with it, and names must be the same in full", l)
	}
	return text
}

// almost is a line with a longer name of the same machine: web.lab for web.
func (h Hosts) almost(name string) int {
	for _, l := range h.Lines {
		for _, n := range l.Names {
			if len(n) > len(name) && n[len(name)] == '.' && equalFold(n[:len(name)], name) {
				return l.Line
			}
		}
	}
	return 0
}

// askWords says in words who is asked for what.
func (f File) askWords(r Resolv, s Step, name string) string {
	switch {
	case r.Attempts == 0:
		return fmt.Sprintf("asks nobody: %s allows no attempts", f.Path)
	case len(s.Names) == 0:
		return fmt.Sprintf("cannot ask for %q: no question holds such a name", name)
	}
	text := "asks " + r.whom()
	if r.Assumed {
		text = "asks this machine itself, " + r.whom() + ", since " + f.namesNobody() + ","
	}
	text += " for the " + strings.Join(s.Types, ", then the ")
	if s.Types[0] == "A" && len(s.Types) == 2 {
		text = strings.TrimSuffix(text, "A, then the AAAA") + "A and the AAAA"
	}
	text += " record of " + strings.Join(s.Names, ", then of ")
	if s.Extra > 0 && strings.Contains(name, ".") {
		text += fmt.Sprintf(" (it has %s and ndots is %d, so the search list comes first: %s more)", plural(strings.Count(name, "."), "dot"), r.Ndots, plural(s.Extra, "question"))
	}
	switch {
	case s.Silent > 0:
		text += fmt.Sprintf("; if nobody answers, that takes %s", s.Silent)
	case r.UseTCP:
		text += "; by TCP, so if nobody answers, it takes as long as the kernel tries"
	}
	return text
}

// whom are the servers in words.
func (r Resolv) whom() string {
	var all []string
	for _, s := range r.Servers {
		all = append(all, s.Addr.String())
	}
	text := strings.Join(all, ", then ")
	if len(all) > 1 {
		text += " (the next one if one does not answer"
		if r.Rotate {
			text += ", and another one first each time"
		}
		text += ")"
	}
	return text
}

func (f File) namesNobody() string {
	if f.Path == "" {
		return "there is no file /etc/resolv.conf"
	}
	if f.Flaw != "" {
		return f.Flawed()
	}
	return f.Path + " names no server"
}

// ending says what the actions of the source make of its answer.
func (s Step) ending(source Source) string {
	statuses := []string{NotFound, Unavail}
	if s.Says != "" {
		statuses = []string{s.Says}
	}
	text := ""
	for _, status := range statuses {
		then := source.Then(status)
		i := slices.IndexFunc(source.Actions, func(a Action) bool { return (a.Status == status) != a.Not && a.Then == then })
		if i < 0 {
			continue
		}
		meaning := map[string]string{NotFound: "has no such name", Unavail: "cannot be asked", Success: "has the name"}[status]
		switch then {
		case Return:
			text += fmt.Sprintf("; %s: where %s %s, nobody else is asked", source.Actions[i], source.Name, meaning)
		case Merge:
			text += fmt.Sprintf("; %s: where %s %s, the lookup fails", source.Actions[i], source.Name, meaning)
		case Continue:
			if status == Success {
				text += fmt.Sprintf("; %s: what %s says is thrown away, and the next source is asked", source.Actions[i], source.Name)
			}
		}
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
