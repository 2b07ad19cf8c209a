package service

import (
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// rank says how far a record is trusted, RFC 2181 section 5.4.1: what is known
// from a better place is not replaced by what a worse one says.
type rank int

const (
	rankGlue     rank = iota + 1 // from the additional section
	rankReferral                 // NS records of who delegates
	rankAnswer
)

// key names what is asked.
type key struct {
	name  string // lower case, with the last dot
	rtype uint16
	all   bool // all types: that there is no such name is known of all
}

func keyOf(name string, rtype uint16) key { return key{name: dns.CanonicalName(name), rtype: rtype} }

// noName is the key under which it is known that there is no such name.
func noName(name string) key { return key{name: name, all: true} }

// known is what the cache knows of a key. Without records it is known that
// there are none; soa, if there is one, is the proof (RFC 2308).
type known struct {
	records []dns.RR
	soa     dns.RR
	rank    rank
	stored  time.Time
	life    time.Duration
}

// cache remembers answers as long as they say, within the limits.
type cache struct {
	limits ttlLimits
	known  map[key]known
}

// ttlLimits are cache-max-ttl, cache-min-ttl and cache-max-negative-ttl, in seconds.
type ttlLimits struct{ most, least, mostNegative uint32 }

// maxKnown bounds how much a cache holds.
const maxKnown = 10_000

func newCache(l ttlLimits) *cache { return &cache{limits: l, known: map[key]known{}} }

// get returns what is known, with the time to live that is left.
func (c *cache) get(now time.Time, k key, least rank) (known, bool) {
	e, ok := c.known[k]
	if !ok || e.rank < least {
		return known{}, false
	}
	age := now.Sub(e.stored)
	if age >= e.life {
		return known{}, false
	}
	e.records = aged(e.records, age)
	if e.soa != nil {
		e.soa = aged([]dns.RR{e.soa}, age)[0]
	}
	return e, true
}

// aged are copies of records that are so much older.
func aged(all []dns.RR, age time.Duration) []dns.RR {
	out := make([]dns.RR, 0, len(all))
	for _, rr := range all {
		rr = dns.Copy(rr)
		rr.Header().Ttl -= min(rr.Header().Ttl, uint32(age/time.Second))
		out = append(out, rr)
	}
	return out
}

// answer looks for the answer to a question: records, or that there are none,
// or that there is no such name.
func (c *cache) answer(now time.Time, k key, least rank) (known, bool) {
	if e, ok := c.get(now, noName(k.name), rankAnswer); ok {
		return e, true
	}
	return c.get(now, k, least)
}

// put remembers the records of one owner and type.
func (c *cache) put(now time.Time, records []dns.RR, r rank) {
	if len(records) == 0 {
		return
	}
	h := records[0].Header()
	k := keyOf(h.Name, h.Rrtype)
	if old, ok := c.get(now, k, r+1); ok && len(old.records) > 0 {
		return
	}
	ttl := h.Ttl
	for _, rr := range records {
		ttl = min(ttl, rr.Header().Ttl) // RFC 2181 section 5.2: they should be equal
	}
	ttl = max(min(ttl, c.limits.most), c.limits.least)
	copies := aged(records, 0)
	for _, rr := range copies {
		rr.Header().Ttl = ttl
	}
	c.set(k, known{records: copies, rank: r, stored: now, life: time.Duration(ttl) * time.Second})
}

// putNone remembers that there is nothing. Without a SOA record it is not
// remembered.
func (c *cache) putNone(now time.Time, k key, soa dns.RR) {
	if s, ok := c.negative(soa); ok {
		c.set(k, known{soa: s, rank: rankAnswer, stored: now, life: time.Duration(s.Header().Ttl) * time.Second})
	}
}

// negative is a SOA record as it goes with a negative answer: its time to live
// is that of the answer, RFC 2308 section 5.
func (c *cache) negative(soa dns.RR) (dns.RR, bool) {
	s, ok := soa.(*dns.SOA)
	if !ok {
		return nil, false
	}
	s = dns.Copy(s).(*dns.SOA)
	s.Hdr.Ttl = min(s.Hdr.Ttl, s.Minttl, c.limits.mostNegative, c.limits.most)
	return s, true
}

func (c *cache) set(k key, e known) {
	if len(c.known) >= maxKnown {
		c.evict(e.stored)
	}
	c.known[k] = e
}

// evict makes room: what is over goes first, else whatever comes first.
func (c *cache) evict(now time.Time) {
	for k, e := range c.known {
		if now.Sub(e.stored) >= e.life {
			delete(c.known, k)
		}
	}
	for k := range c.known {
		if len(c.known) < maxKnown {
			return
		}
		delete(c.known, k)
	}
}

// cut finds the deepest zone above a name, or at it, of which servers are
// known, and the names of these.
func (c *cache) cut(now time.Time, name string) (zone string, servers []string) {
	name = dns.CanonicalName(name)
	for i, end := 0, false; !end; i, end = dns.NextLabel(name, i) {
		if zone, servers := c.delegation(now, name[i:]); len(servers) > 0 {
			return zone, servers
		}
	}
	return c.delegation(now, ".")
}

func (c *cache) delegation(now time.Time, zone string) (string, []string) {
	e, _ := c.get(now, keyOf(zone, dns.TypeNS), rankGlue)
	return zone, serversOf(e.records)
}

// serversOf are the names in NS records.
func serversOf(records []dns.RR) []string {
	var servers []string
	for _, rr := range records {
		if ns, ok := rr.(*dns.NS); ok {
			servers = append(servers, dns.CanonicalName(ns.Ns))
		}
	}
	slices.Sort(servers)
	return slices.Compact(servers)
}

// addresses are those that are known of a name.
func (c *cache) addresses(now time.Time, name string, types []uint16) (out []netip.Addr) {
	for _, t := range types {
		e, _ := c.answer(now, keyOf(name, t), rankGlue)
		for _, rr := range e.records {
			if a, ok := addressOf(rr); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

func addressOf(rr dns.RR) (netip.Addr, bool) {
	switch rr := rr.(type) {
	case *dns.A:
		a, ok := netip.AddrFromSlice(rr.A.To4())
		return a, ok
	case *dns.AAAA:
		a, ok := netip.AddrFromSlice(rr.AAAA.To16())
		return a, ok
	}
	return netip.Addr{}, false
}
