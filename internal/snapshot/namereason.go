package snapshot

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/nss"
)

// reason says what a line that came or went means for who reads the file.
func (c fileChange) reason(sign, text string) string {
	switch c.name {
	case "hosts":
		return c.hostsReason(sign, text)
	case "resolv.conf":
		return c.resolvReason(sign, text)
	}
	return c.switchReason(sign, text)
}

// mistake is what is wrong with a line that came, in glibc's eyes.
func mistake(sign, text string, all []nss.Mistake) (why string, found bool) {
	i := slices.IndexFunc(all, func(m nss.Mistake) bool { return m.Text == text })
	if sign == "-" || i < 0 {
		return "", false
	}
	return all[i].Why, true
}

func (c fileChange) hostsReason(sign, text string) string {
	if why, wrong := mistake(sign, text, nss.ReadHosts(c.now.Text).Mistakes); wrong {
		return why
	}
	lines := nss.ReadHosts(text + "\n").Lines
	if len(lines) == 0 {
		return "it meant nothing"
	}
	l := lines[0]
	if sign == "-" {
		return fmt.Sprintf("%s does not find %s here any more", c.who, listed(l.Names))
	}
	if !slices.ContainsFunc(nss.ReadSwitch(c.space.Names.Switch.Text).Sources, func(s nss.Source) bool { return s.Name == "files" }) {
		return "nobody looks here: nsswitch.conf does not name files"
	}
	return fmt.Sprintf("from now on %s finds %s at %s here, and need not ask a server", c.who, listed(l.Names), l.Addr)
}

func (c fileChange) resolvReason(sign, text string) string {
	was, now := nss.ReadResolv(c.was.Text), nss.ReadResolv(c.now.Text)
	if why, wrong := mistake(sign, text, now.Mistakes); wrong {
		return why
	}
	words := strings.Fields(text)
	switch words[0] {
	case "nameserver":
		one := nss.ReadResolv(text + "\n")
		if one.Assumed {
			return "it meant nothing"
		}
		return c.serverReason(sign, one.Servers[0].Addr, now)
	case "search", "domain":
		return c.searchReason(sign, now)
	case "options":
		return optionsReason(was, now)
	}
	return "it changes nothing of who is asked for what"
}

func (c fileChange) serverReason(sign string, server netip.Addr, now nss.Resolv) string {
	at := slices.IndexFunc(now.Servers, func(s nss.Server) bool { return s.Addr == server && s.Line > 0 })
	switch {
	case sign == "-" && now.Assumed:
		return fmt.Sprintf("no server is named any more: %s asks the own machine, 127.0.0.1", c.who)
	case sign == "-" && at < 0:
		return fmt.Sprintf("%s does not ask this server any more", c.who)
	case sign == "-":
		return "another line names the same server"
	case at == 0 && len(now.Servers) == 1:
		return fmt.Sprintf("from now on %s asks this server", c.who)
	case at == 0:
		return fmt.Sprintf("from now on %s asks this server first", c.who)
	}
	return fmt.Sprintf("%s asks this server only when those before it are silent, refuse or fail", c.who)
}

func (c fileChange) searchReason(sign string, now nss.Resolv) string {
	switch {
	case sign == "-" && len(now.Search) == 0:
		return fmt.Sprintf("from now on %s looks for every name as it is, and nowhere else", c.who)
	case sign == "-":
		return "this list is not searched any more"
	}
	which := fmt.Sprintf("a name with fewer than %d dots", now.Ndots)
	switch now.Ndots {
	case 0:
		return fmt.Sprintf("%s looks here for names that are not found as they are", c.who)
	case 1:
		which = "a name without a dot"
	}
	return fmt.Sprintf("%s looks for %s here first: %s", c.who, which, listed(now.Search))
}

// optionsReason says which of the numbers and switches are not what they were.
func optionsReason(was, now nss.Resolv) string {
	var all []string
	say := func(changed bool, format string, args ...any) {
		if changed {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	say(was.Ndots != now.Ndots, "a name with fewer than %s is looked for in the search list first", counted(now.Ndots, "dot"))
	say(was.Timeout != now.Timeout, "a server has %s to answer", counted(now.Timeout, "second"))
	say(was.Attempts != now.Attempts, "each server is asked %s before the lookup fails", counted(now.Attempts, "time"))
	say(was.Rotate != now.Rotate && now.Rotate, "the servers take turns in being asked first")
	say(was.Rotate != now.Rotate && !now.Rotate, "the first server is asked first")
	say(was.UseTCP != now.UseTCP && now.UseTCP, "servers are asked by TCP")
	say(was.UseTCP != now.UseTCP && !now.UseTCP, "servers are asked by UDP")
	say(was.NoAAAA != now.NoAAAA && now.NoAAAA, "IPv6 addresses are not asked for")
	say(was.NoAAAA != now.NoAAAA && !now.NoAAAA, "IPv6 addresses are asked for, too")
	if all == nil {
		return "it changes nothing of who is asked for what"
	}
	return strings.Join(all, "; ")
}

func (c fileChange) switchReason(sign, text string) string {
	now := nss.ReadSwitch(c.now.Text)
	if why, wrong := mistake(sign, text, now.Mistakes); wrong {
		return why
	}
	one := nss.ReadSwitch(text + "\n")
	switch {
	case one.Line == 0:
		return "it is not about names of machines"
	case sign == "+":
		return fmt.Sprintf("%s looks for names in this order: %s", c.who, order(one))
	case now.Line == 0:
		return "no line is about hosts any more: the order is " + order(now)
	}
	return "the order was " + order(one)
}

// order names the sources of names in words, and where the search may end
// although the name is not found.
func order(s nss.Switch) string {
	if len(s.Sources) == 0 {
		return "none"
	}
	words := s.Sources[0].Name
	for i, source := range s.Sources[1:] {
		before := s.Sources[i]
		switch {
		case before.Then(nss.NotFound) != nss.Return:
			words += ", then " + source.Name
		case before.Then(nss.Unavail) != nss.Return:
			words += ", and only if that gives no answer, " + source.Name
		default:
			return words + ", and nowhere else"
		}
	}
	return words
}

// listed joins names to be read.
func listed(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
