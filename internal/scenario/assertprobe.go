package scenario

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"netlab/internal/check"
	"netlab/internal/op"
)

// whenAble puts a check behind the condition that the machine has a program
// that can prove it.
func whenAble(c check.Check, text string) string {
	var program, why, test string
	switch {
	case c.Seen != nil:
		program, why, test = "tcpdump", "only tcpdump sees frames", "have tcpdump"
	case c.Conntrack != nil:
		program, why, test = "conntrack", "only the program conntrack lists connections", "command -v conntrack >/dev/null"
	case c.Resolves != nil:
		program, why, test = "getent", "only getent of glibc asks the resolver library so", "getent --version 2>/dev/null | grep -Eqi 'glibc|gnu libc'"
	case c.DNS != nil:
		program, why, test = "dig", "only dig asks a name server", "command -v dig >/dev/null"
	default:
		return text
	}
	return fmt.Sprintf("# %s\nif %s; then\n  %selse\n  say %s\nfi\n", why, test, text, quote("   skipped, needs "+program+": "+c.Says))
}

// reachAssertion has the senders in one word of the shell, and the targets in
// another.
func reachAssertion(c check.Check) assertion {
	r := c.Reach
	verb, family := "reach", "4"
	if c.Not {
		verb = "reach_none"
	}
	if r.Family == 6 {
		family = "6"
	}
	from, to := r.From, r.To
	if len(r.Among) > 0 {
		from, to = r.Among, r.Among
	}
	return assertion{words: []string{verb, family, spread(from), spread(to)}}
}

func pathWords(p *check.Path) []string {
	words := []string{"path", orHost(p.In), p.To.String()}
	for _, h := range p.Hops {
		if h.IsValid() {
			words = append(words, h.String())
		} else {
			words = append(words, check.Silent)
		}
	}
	return words
}

// seenAssertion is a pattern for what tcpdump prints of a frame. It is raw
// shell where hardware addresses are asked for.
func seenAssertion(c check.Check) assertion {
	s := c.Seen
	verb := "sees"
	if c.Not {
		verb = "sees_none"
	}
	mac := func(i *check.Interface) string {
		if i == nil {
			return "[^ ]+"
		}
		return fmt.Sprintf("$(mac %s %s)", orHost(i.In), i.Dev)
	}
	pattern := fmt.Sprintf("%s > %s,? .*", mac(s.MACFrom), mac(s.MACTo))
	if s.TTL > 0 {
		pattern += fmt.Sprintf("(ttl|hlim) %d,.*", s.TTL)
	}
	source, to, kind := "[^ ]+", regexp.QuoteMeta(s.To.String()), "request"
	if s.Reply {
		source, to, kind = to, "[^ ]+", "reply"
	}
	if s.Source.IsValid() {
		source = regexp.QuoteMeta(s.Source.String())
	}
	pattern += fmt.Sprintf(" %s > %s: .*echo %s", source, to, kind)
	command := execIn(s.In, "ping", "-c", "1", "-W", "1", s.To.String())
	return assertion{words: append([]string{verb}, command...), raw: fmt.Sprintf(`"%s" %s %s`, pattern, orHost(s.At.In), s.At.Dev)}
}

// lookupAssertion: an answer has its parts in this order, each followed by a
// blank or the end.
func lookupAssertion(c check.Check) assertion {
	l := c.Lookup
	command := ipIn(l.In, "route", "get", l.To.WithZone("").String())
	if zone := l.To.Zone(); zone != "" {
		command = append(command, "oif", zone)
	}
	if l.Error != "" {
		return assertion{words: append([]string{"unanswered", failurePattern(l.Error)}, command...)}
	}
	pattern := regexp.QuoteMeta(l.To.WithZone("").String()) + " "
	part := func(key, value string) {
		if value != "" {
			pattern += ".*" + key + " " + regexp.QuoteMeta(value) + "( |$)"
		}
	}
	if l.Via.IsValid() {
		part("via", l.Via.String())
	}
	part("dev", l.Dev)
	if l.From.IsValid() {
		part("src", l.From.String())
	}
	return turned(c.Not, append([]string{"shows", pattern}, command...))
}

// conntrackPattern: an entry has the addresses of the packets, and then those
// of the replies.
func conntrackPattern(c *check.Conntrack) string {
	addr := func(a netip.Addr) string {
		if !a.IsValid() {
			return "[^ ]+"
		}
		return regexp.QuoteMeta(a.String())
	}
	return fmt.Sprintf("src=%s dst=%s .*src=[^ ]+ dst=%s ", addr(c.From), addr(c.To), addr(c.ReplyTo))
}

// spread writes the namespaces out.
func spread(words []string) string {
	var out []string
	for _, w := range words {
		names, _ := op.Braces(w)
		out = append(out, names...)
	}
	return strings.Join(out, " ")
}
