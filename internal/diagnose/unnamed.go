package diagnose

import (
	"cmp"
	"fmt"
	"net/netip"
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
	if c := q.unlooked(); len(c) > 0 {
		return c
	}
	if len(q.sources.Sources) == 0 {
		return []Cause{q.misspelt("nsswitch.conf of " + q.from + " names no source that can be used for host names, so no name is found at all")}
	}
	if c := q.passedBy(); len(c) > 0 {
		return c
	}
	var found []Cause
	switch ended := q.ended(); {
	case !q.source("dns"):
		found = q.unasked()
	case len(ended) > 0:
		found = ended
	default:
		found = q.unserved()
	}
	near := q.nearHosts()
	guesses := !q.inquired() && len(near) > 0 && !near[0].Sure // both of them: the way of the library counts more
	switch {
	case len(near) == 0 && (len(found) == 0 || !q.anyServer() && found[0].Kind == NoNameserver):
		return append(q.noLine(), found...)
	case len(near) > 0 && near[0].Sure && !q.anyServer():
		return near
	case len(found) > 0 && (found[0].Sure || guesses) && found[0].Kind != NoNameserver && found[0].Kind != RecordMissing:
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

// unlooked: nothing was looked for, since the namespace has no IPv6 address.
func (q *search) unlooked() []Cause {
	s, ok := q.lab.Space(q.from)
	if !ok || q.family() != 6 {
		return nil
	}
	var addrs []netip.Addr
	for _, a := range s.Addrs {
		addrs = append(addrs, a.Prefix.Addr())
	}
	if _, looked := nss.Looked(addrs, 6); looked {
		return nil
	}
	ip, _, _ := programs(q.from)
	return []Cause{q.blame(NoIPv6Address, q.from, true, q.from+" has no IPv6 address, so the library looks for none: it reads no file and asks no server (AI_ADDRCONFIG)", ip+"-6 addr show")}
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

func (q *search) hostsLine(l nss.HostsLine) string {
	return fmt.Sprintf("hosts of %s, line %d: %s %s", q.from, l.Line, l.Addr, strings.Join(l.Names, " "))
}
