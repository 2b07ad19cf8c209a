package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/nss"
)

// nearHosts: the hosts file has nearly the name, or has it in a line that does
// not count.
func (q *search) nearHosts() []Cause {
	if !q.source("files") {
		return nil
	}
	for _, m := range q.hosts.Mistakes {
		if slices.ContainsFunc(strings.Fields(m.Text), func(w string) bool { return strings.EqualFold(w, q.name) }) {
			return []Cause{q.blame(HostsMistake, q.from, true, fmt.Sprintf("line %d of the hosts file of %s, which has %s, does not count: %s", m.Line, q.from, q.name, strings.TrimPrefix(m.Why, "this line is ignored: ")),
				cat(q.from, "hosts"), m.Text)}
		}
	}
	if lines := q.hosts.Find(q.name, 0); len(lines) > 0 {
		return []Cause{q.blame(HostsOtherFamily, q.from, true, fmt.Sprintf("the hosts file of %s has for %s only %s, and an IPv%d address is wanted", q.from, q.name, lines[0].Addr, q.family()),
			cat(q.from, "hosts"), q.hostsLine(lines[0]))}
	}
	for _, l := range q.hosts.Lines {
		for _, n := range l.Names {
			if near(n, q.name) {
				return []Cause{q.blame(HostsTypo, q.from, !q.anyServer(), fmt.Sprintf("the hosts file of %s has %s, and not %s", q.from, n, q.name), cat(q.from, "hosts"), q.hostsLine(l))}
			}
		}
	}
	for _, s := range q.lab.Spaces {
		lines := nss.ReadHosts(s.Names.Hosts.Text).Find(q.name, q.family())
		if len(lines) > 0 && s.Name != q.from && s.Names.Hosts.Path != q.files.Hosts.Path {
			return []Cause{q.blame(HostsMissing, q.from, !q.anyServer(), fmt.Sprintf("the hosts file of %s has no line for %s; that of %s has one", q.from, q.name, s.Name), cat(q.from, "hosts"),
				fmt.Sprintf("hosts of %s, line %d: %s %s", s.Name, lines[0].Line, lines[0].Addr, strings.Join(lines[0].Names, " ")))}
		}
	}
	return nil
}

// noLine: the hosts file does not have the name, and nobody else can.
func (q *search) noLine() []Cause {
	if !q.source("files") || q.anyServer() {
		return nil
	}
	return []Cause{q.blame(HostsMissing, q.from, true, "the hosts file of "+q.from+" has no line for "+q.name+", and there is no name server in this lab", cat(q.from, "hosts"), q.switchLine())}
}

// anyServer says that there are name servers in the lab.
func (q *search) anyServer() bool { return len(servers(q.lab)) > 0 }

// near says that two words differ by one slip of the hand: a letter more, less
// or another one, or two that have changed places.
func near(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b || len(a) < 2 || len(b) < 2 {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

func quoted(s string) string { return "“" + s + "”" }
