package op

import (
	"errors"
	"strings"
)

func (o *SysctlSet) verb() []string {
	if o.Quiet {
		return []string{"sysctl", "-q", "-w"}
	}
	return []string{"sysctl", "-w"}
}

func (o *SysctlSet) fields() []field {
	return section("sysctl",
		field{val: setting(o), need: true, bare: true, help: "the setting"},
	)
}

func (o *SysctlSet) summary(where string) string {
	s := "sets " + o.Key + where + " to " + o.Value
	if about := aboutKey(o.Key); about != "" {
		s += ": " + about
	}
	return s
}

// setting is KEY=VALUE.
func setting(o *SysctlSet) value {
	return value{
		holder: "KEY=VALUE",
		set: func(word string) error {
			key, val, ok := strings.Cut(word, "=")
			if !ok {
				return errors.New("is a setting without =VALUE")
			}
			key, err := dotted(key)
			if err != nil {
				return err
			}
			if val == "" || strings.ContainsAny(val, "\x00\n") || strings.TrimSpace(val) != val {
				return errors.New("has no plain value behind the =")
			}
			o.Key, o.Value = key, val
			return nil
		},
		get: func() (string, bool) { return o.Key + "=" + o.Value, o.Key != "" },
		about: func() string {
			if about := aboutKey(o.Key); about != "" {
				return about
			}
			return "writes " + o.Value + " into /proc/sys/" + SysctlPath(o.Key)
		},
	}
}

// dotted gives the key with dots. Which of . and / comes first is what
// separates the parts; the other one then stands for a dot in a name.
func dotted(key string) (string, error) {
	if strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"'*?[]{}\;`, c) }) {
		return "", errors.New("is not the name of a setting")
	}
	if i := strings.IndexAny(key, "./"); i >= 0 && key[i] == '/' {
		key = strings.Map(swapDots, key)
	}
	parts := strings.FieldsFunc(key, func(c rune) bool { return c == '.' })
	if len(parts) < 2 || len(parts) != strings.Count(key, ".")+1 || strings.HasPrefix(key, "-") {
		return "", errors.New("is not the name of a setting, such as net.ipv4.ip_forward")
	}
	for _, part := range parts {
		if strings.Trim(part, "/") == "" {
			return "", errors.New("is not the name of a setting")
		}
	}
	return key, nil
}

func swapDots(c rune) rune {
	switch c {
	case '.':
		return '/'
	case '/':
		return '.'
	}
	return c
}

// SysctlPath gives the file of a key below /proc/sys, without a slash in front.
func SysctlPath(key string) string { return strings.Map(swapDots, key) }

// sysctl reads what follows the word sysctl.
func (r *reader) sysctl() error {
	set, write, q := &SysctlSet{}, false, &Query{Object: "sysctl", Verb: "show"}
	for strings.HasPrefix(r.peek(), "-") {
		switch r.peek() {
		case "-w", "--write":
			write = true
			r.keyword("-w", "writes")
		case "-q", "--quiet":
			set.Quiet = true
			r.keyword("-q", "does not print the new value")
		case "-n", "--values":
			q.Brief = true
			r.keyword("-n", "only the value, without the key")
		default:
			return r.fail(r.at, "is an option that is left to the real command", []string{"-w", "-q", "-n", "KEY", "KEY=VALUE"}, nil)
		}
	}
	switch {
	case !r.more():
		return r.fail(r.at, "", []string{"KEY", "KEY=VALUE"}, nil)
	case q.Brief && (write || strings.Contains(r.peek(), "=")):
		return r.fail(r.at, "with -n is left to the real command", nil, nil)
	case write, strings.Contains(r.peek(), "="):
		return r.change(set)
	}
	q.Netns = r.line.Netns
	return r.question(q)
}

// aboutKey says what a setting is for.
func aboutKey(key string) string {
	parts := strings.Split(key, ".")
	about := "of " + parts[max(0, len(parts)-2)]
	switch parts[len(parts)-1] {
	case "ip_forward":
		return "1 lets this namespace pass on packets that are not for itself: it is a router"
	case "forwarding":
		return "1 passes on packets that come in through these interfaces (" + about + ")"
	case "rp_filter":
		return "1 drops packets that come from where no route leads back (" + about + ")"
	case "disable_ipv6":
		return "1 switches IPv6 off (" + about + ")"
	case "keep_addr_on_down":
		return "1 keeps the IPv6 addresses of an interface that is switched off (" + about + ")"
	case "accept_dad":
		return "0 uses a new IPv6 address without asking whether another machine has it (" + about + ")"
	case "proxy_arp":
		return "1 answers ARP for addresses that it has a route to (" + about + ")"
	case "bridge-nf-call-iptables":
		return "1 sends bridged packets through the firewall too"
	case "ping_group_range":
		return "which groups may send pings without more rights"
	case "arp_ignore", "arp_announce":
		return "how strictly it answers and asks by ARP (" + about + ")"
	}
	return ""
}
