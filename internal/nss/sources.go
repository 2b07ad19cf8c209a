package nss

import (
	"fmt"
	"slices"
	"strings"
)

// sources reads what stands behind "hosts:". It says why that cannot be read.
func sources(text string) (all []Source, why string) {
	for {
		text = strings.TrimLeftFunc(text, space)
		end := strings.IndexFunc(text, func(r rune) bool { return space(r) || r == '[' })
		if end < 0 {
			end = len(text)
		}
		if end == 0 { // the end, or actions without a source, and what is behind them
			return all, ""
		}
		s := Source{Name: text[:end]}
		text = strings.TrimLeftFunc(text[end:], space)
		if inside, ok := strings.CutPrefix(text, "["); ok {
			if s.Actions, text, why = actions(inside); why != "" {
				return nil, why
			}
		}
		all = append(all, s)
	}
}

// actions reads what stands between [ and ], and returns what is behind that.
func actions(text string) (all []Action, rest, why string) {
	text = strings.TrimLeftFunc(text, space)
	for {
		a := Action{}
		text, a.Not = strings.CutPrefix(text, "!")
		status, then := "", ""
		status, text = word(text)
		if a.Status = strings.ToUpper(status); !slices.Contains([]string{Success, NotFound, Unavail, TryAgain}, a.Status) {
			return nil, "", fmt.Sprintf("%q is none of SUCCESS, NOTFOUND, UNAVAIL and TRYAGAIN", status)
		}
		var is bool
		if text, is = strings.CutPrefix(text, "="); !is {
			return nil, "", "no = stands behind " + a.Status
		}
		then, text = word(strings.TrimLeftFunc(text, space))
		if a.Then = lowered(then); !slices.Contains([]string{Return, Continue, Merge}, a.Then) {
			return nil, "", fmt.Sprintf("%q is none of return, continue and merge", then)
		}
		all = append(all, a)
		if rest, done := strings.CutPrefix(text, "]"); done {
			return all, rest, ""
		}
		if text == "" {
			return nil, "", "the ] is missing"
		}
	}
}

// word takes a word of an action, and the blanks behind it.
func word(text string) (word, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return space(r) || r == '=' || r == ']' })
	if end < 0 {
		end = len(text)
	}
	return text[:end], strings.TrimLeftFunc(text[end:], space)
}

// About says in words who answers for a source, and whether the source is
// known at all.
func About(source string) (words string, known bool) {
	const daemon = "a daemon of the machine"
	switch source {
	case "files":
		return "/etc/hosts", true
	case "dns":
		return "the servers in /etc/resolv.conf", true
	case "myhostname", "gw_name":
		return "a library that knows localhost and the machine's own name", true
	case "resolve":
		return "systemd-resolved, " + daemon, true
	case "mymachines":
		return "systemd-machined, " + daemon, true
	case "mdns", "mdns4", "mdns6", "mdns_minimal", "mdns4_minimal", "mdns6_minimal":
		return "avahi, " + daemon + " that asks all neighbours", true
	case "sss":
		return "sssd, " + daemon, true
	case "libvirt", "libvirt_guest":
		return "libvirt, " + daemon, true
	case "ldap", "nis", "nisplus", "hesiod", "wins", "winbind":
		return "a server of another kind (" + source + ")", true
	case "db", "compat":
		return "a database under /var/db", true
	}
	return "nobody knows whom", false
}
