package scenario

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"strings"

	"netlab/internal/check"
)

// unproved are the words about what a check of names claims and only netlab can
// see; empty: nothing.
func unproved(c check.Check) string {
	tries, asks := false, false
	switch {
	case c.Resolves != nil:
		tries, asks = c.Resolves.Tries != nil, c.Resolves.Asks != nil
	case c.DNS != nil:
		asks = c.DNS.Asks != nil
	}
	switch {
	case tries && asks:
		return "which names and servers are asked for"
	case tries:
		return "which names are asked for"
	case asks:
		return "which servers are asked"
	}
	return ""
}

// resolvesAssertion: getent of glibc is the resolver library's own program.
func resolvesAssertion(c check.Check) assertion {
	r := c.Resolves
	family := "4"
	if r.Family == 6 {
		family = "6"
	}
	words := []string{"finds", orHost(r.In), family, r.Name}
	if c.Not {
		words[0] = "finds_none"
	}
	for _, a := range r.To {
		words = append(words, a.String())
	}
	if r.Waits > 0 {
		words = append([]string{"slowly", fmt.Sprint(r.Waits.Milliseconds())}, words...)
	}
	return assertion{words: words}
}

// dnsAssertion looks at what dig prints. A claim that is fulfilled passes on
// what it has read, to the next one before it.
func dnsAssertion(c check.Check) assertion {
	d := c.DNS
	kind := "A"
	if d.Type != "" {
		kind = d.Type
	}
	wait := check.DNSWait.Seconds()
	if c.Within > 0 {
		wait = math.Max(1, math.Ceil(c.Within.Seconds()))
	}
	words := execIn(d.In, "dig", "+tries=1", fmt.Sprintf("+time=%d", int(wait)))
	if d.TCP {
		words = append(words, "+tcp")
	}
	words = append(words, "@"+d.Server.String(), d.Name, kind)
	if c.Not {
		words = digFails(d, kind, words)
	} else {
		words = digAnswers(d, kind, words)
	}
	if d.Authoritative != nil {
		words = append([]string{verbFor(*d.Authoritative), "flags:[^;]* aa[ ;]"}, words...)
	}
	return assertion{words: words}
}

func verbFor(has bool) string {
	if has {
		return "shows"
	}
	return "lacks"
}

func digAnswers(d *check.DNS, kind string, words []string) []string {
	before := func(more ...string) { words = append(more, words...) }
	switch {
	case d.Refers != "":
		before("dig_refers", digName(d.Refers))
	case d.Alias != "" && len(d.Is) == 0:
		before("shows", "status: NOERROR")
	default:
		before("dig_has", kind, strings.Join(digData(d.Is), "\n"))
	}
	if d.Alias != "" {
		before("shows", "^"+regexp.QuoteMeta(digName(d.Name))+"[[:space:]].*[[:space:]]CNAME[[:space:]]+"+regexp.QuoteMeta(digName(d.Alias))+"$")
	}
	if d.TTL > 0 {
		before("dig_ttl", kind, fmt.Sprint(d.TTL), fmt.Sprint(d.TTL))
	}
	if d.TTLBelow > 0 {
		before("dig_ttl", kind, "0", fmt.Sprint(d.TTLBelow-1))
	}
	return words
}

// digFails: the ways to fail are those of check.DNSErrors.
func digFails(d *check.DNS, kind string, words []string) []string {
	switch d.Error {
	case "":
		return append([]string{"fails", "dig_has", kind, ""}, words...)
	case check.NoData:
		return append([]string{"shows", "status: NOERROR", "dig_lacks", kind}, words...)
	case check.Timeout:
		return append([]string{"unanswered", "timed out"}, words...)
	case check.Closed:
		return append([]string{"unanswered", "connection refused"}, words...)
	case check.NoWay:
		return append([]string{"unanswered", "network unreachable"}, words...)
	}
	return append([]string{"shows", "status: " + d.Error + ","}, words...)
}

// digName is a name as dig prints it.
func digName(name string) string { return strings.TrimSuffix(name, ".") + "." }

// digData is data as dig prints it, but for quotes and last dots.
func digData(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s
		if a, err := netip.ParseAddr(s); err == nil {
			out[i] = a.String()
		}
	}
	return out
}
