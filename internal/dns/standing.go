package dns

import (
	"fmt"
	"strings"
)

// Standing says for people who stands behind an answer: the server itself, or
// one that it asked, and for how long the answer may be kept.
func (m Message) Standing() string {
	var who string
	switch sense := m.Sense(); {
	case sense == Failed || sense == Referral || sense == CutShort:
		return ""
	case m.Authoritative:
		who = "authoritative: the server has the zone itself"
	case m.RecursionAvailable:
		who = "from a resolver, which has asked or still knows"
	default:
		who = "from a server that is not authoritative"
	}
	if ttl, ok := m.TTL(); ok {
		who += fmt.Sprintf("; it may be kept for %s (TTL)", counted(int(ttl), "second"))
	}
	return who
}

// TTL is for how many seconds an answer may be kept: the least of its records.
// That of a negative answer is in the SOA record (RFC 2308, 5).
func (m Message) TTL() (seconds uint32, ok bool) {
	kept := m.Answers
	if sense := m.Sense(); sense == NoName || sense == NoData {
		kept = nil
		for _, r := range m.Authority {
			if r.Type == "SOA" {
				kept = append(kept, Record{TTL: min(r.TTL, minimum(r.Data))})
			}
		}
	}
	for i, r := range kept {
		if i == 0 || r.TTL < seconds {
			seconds, ok = r.TTL, true
		}
	}
	return seconds, ok
}

// minimum is the last number of a SOA record.
func minimum(soa string) uint32 {
	var n uint32
	if _, err := fmt.Sscan(soa[strings.LastIndexByte(soa, ' ')+1:], &n); err != nil {
		return 0
	}
	return n
}
