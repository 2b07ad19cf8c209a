package service

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// readHints reads a file of root hints: the names of the root's servers, and
// their addresses, in the form of a zone file.
func readHints(file, text string) (hints, error) {
	h := hints{addresses: map[string][]netip.Addr{}}
	p := dns.NewZoneParser(strings.NewReader(text), ".", file)
	p.SetDefaultTTL(0)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		name := dns.CanonicalName(rr.Header().Name)
		a, isAddress := addressOf(rr)
		switch {
		case isAddress:
			h.addresses[name] = append(h.addresses[name], a)
		case rr.Header().Rrtype != dns.TypeNS:
			return h, fmt.Errorf("%s: a %s record is no root hint", file, typeName(rr.Header().Rrtype))
		case name == ".":
			h.servers = append(h.servers, serversOf([]dns.RR{rr})...)
		}
	}
	if err := p.Err(); err != nil {
		return h, fmt.Errorf("read root hints: %w", err)
	}
	for _, s := range h.servers {
		if len(h.addresses[s]) > 0 {
			return h, nil
		}
	}
	return h, fmt.Errorf("%s: it names no server of the root with its address", file)
}
