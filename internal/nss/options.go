package nss

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The most that options may say (RES_MAXNDOTS, RES_MAXRETRANS and RES_MAXRETRY
// in resolv.h).
const (
	maxNdots    = 15
	maxTimeout  = 30
	maxAttempts = 5
)

// options reads an options line. Options of several lines add up.
func (r *Resolv) options(l line, rest string) {
	for comment := false; ; {
		rest = strings.TrimLeftFunc(rest, blank)
		if rest == "" {
			return
		}
		comment = comment || rest[0] == '#' || rest[0] == ';'
		known, next := r.option(l, rest)
		if word := rest[:len(rest)-len(next)]; !known && !comment {
			r.wrong(l, fmt.Sprintf("%q is ignored: there is no such option", word))
		}
		rest = next
	}
}

// option reads the first option of a text, and returns what is behind it.
func (r *Resolv) option(l line, text string) (known bool, rest string) {
	end := strings.IndexFunc(text, blank)
	if end < 0 {
		end = len(text)
	}
	word, rest := text[:end], text[end:]
	name, value, _ := strings.Cut(word, ":")
	most, numeric := map[string]int{"ndots": maxNdots, "timeout": maxTimeout, "attempts": maxAttempts}[name]
	if !numeric || name == word {
		return r.flag(word), rest
	}
	if value == "" { // atoi(3) passes over blanks
		value, rest, _ = strings.Cut(strings.TrimLeftFunc(rest, blank), " ")
	}
	r.setNumber(l, name, r.number(l, name, value, most))
	return true, rest
}

func (r *Resolv) setNumber(l line, name string, n int) {
	switch name {
	case "ndots":
		if r.Ndots = n; n < 0 {
			r.Ndots = maxNdots // four bits without a sign hold it
		}
	case "timeout":
		r.Timeout = max(n, 1)
	case "attempts":
		if r.Attempts = max(n, 0); r.Attempts == 0 {
			r.wrong(l, "no server is asked at all: there are no attempts")
		}
	}
}

// flag reads an option without a value. glibc compares only as many letters as
// the option has.
func (r *Resolv) flag(word string) bool {
	for _, f := range []struct {
		name string
		set  *bool
	}{
		{"rotate", &r.Rotate}, {"use-vc", &r.UseTCP}, {"no-aaaa", &r.NoAAAA},
		{"no-tld-query", &r.NoTLD}, {"no_tld_query", &r.NoTLD},
	} {
		if strings.HasPrefix(word, f.name) {
			*f.set = true
			return true
		}
	}
	for _, name := range []string{
		"debug", "edns0", "inet6", "insecure1", "insecure2", "ip6-bytestring", "ip6-dotint", "no-check-names", "no-ip6-dotint", "no-reload",
		"single-request", "strict-error", "trust-ad",
	} {
		if strings.HasPrefix(word, name) {
			return true // it changes nothing of which names and servers are asked
		}
	}
	return false
}

// number reads a value as atoi(3) does, and no more than most.
func (r *Resolv) number(l line, name, value string, most int) int {
	n, whole := atoi(value)
	switch {
	case n > most:
		r.wrong(l, fmt.Sprintf("%s is %d: there cannot be more", name, most))
		return most
	case !whole:
		r.wrong(l, fmt.Sprintf("%q is no number: glibc takes %d", value, n))
	}
	return n
}

// atoi reads the number at the beginning of a text; none is 0. It says whether
// the text is a number and nothing else.
func atoi(text string) (n int, whole bool) {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[0] == '-' || text[0] == '+')) {
		end++
	}
	wide, err := strconv.ParseInt(text[:end], 10, 64)
	if err != nil && wide == 0 {
		return 0, false
	}
	// strtol(3) stops at the largest number, atoi(3) cuts it to 32 bits.
	return int(int32(wide & math.MaxUint32)), end == len(text)
}

func lowered(s string) string { return strings.ToLower(s) }
