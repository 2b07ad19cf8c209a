package service

import (
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// silent tells the walk that a question got no answer in time.
func (w *walk) silent(now time.Time, q ask) { w.health.failed(now, q.to) }

// heard tells the walk what a server answered. What the message is about was
// looked at already: it has the question's id, name and type.
func (w *walk) heard(now time.Time, q ask, m *dns.Msg) (meaning string) {
	w.health.well(q.to)
	g := w.goal()
	a := sift(q, m)
	switch {
	case a.lame != "":
		g.lame[q.to] = true
		return a.lame
	case a.alias != nil:
		w.cache.put(now, []dns.RR{a.alias}, rankAnswer)
		if e, ok := w.cache.answer(now, keyOf(g.name, dns.TypeCNAME), rankAnswer); ok {
			a.alias = e.records[0]
		}
		w.follow(g, a.alias)
		return "it is an alias"
	case len(a.records) > 0:
		if g.rtype != dns.TypeANY { // records of many types, and not all of them
			w.cache.put(now, a.records, rankAnswer)
		}
		w.remember(now, a)
		w.reachHeard(now, g, a.records)
		return "the answer"
	case a.none:
		k := keyOf(g.name, g.rtype)
		meaning = "there is no such record"
		f := found{records: slices.Clone(g.aliases)}
		if m.Rcode == dns.RcodeNameError {
			k, f.rcode, meaning = noName(g.name), dns.RcodeNameError, "there is no such name"
		}
		w.cache.putNone(now, k, a.soa)
		f.soa, _ = w.cache.negative(a.soa)
		w.end(f)
		return meaning
	}
	w.cache.put(now, a.referral, rankReferral)
	w.remember(now, a)
	g.enter(dns.CanonicalName(a.referral[0].Header().Name), serversOf(a.referral))
	return "a referral to " + g.zone
}

// reachHeard ends a goal with records that were just heard: those with a time
// to live of zero are answered, and not remembered.
func (w *walk) reachHeard(now time.Time, g *goal, records []dns.RR) {
	if e, ok := w.cache.answer(now, keyOf(g.name, g.rtype), rankAnswer); ok {
		w.reach(e, now)
		return
	}
	w.end(found{records: append(slices.Clone(g.aliases), records...)})
}

// remember keeps the addresses of servers that came with an answer.
func (w *walk) remember(now time.Time, a sifted) {
	for _, set := range a.glue {
		w.cache.put(now, set, rankGlue)
		w.learn(set)
	}
}

// sifted is what of an answer may be believed: what lies in the zone of the
// server that was asked.
type sifted struct {
	records  []dns.RR
	alias    dns.RR
	none     bool
	soa      dns.RR
	referral []dns.RR   // NS records of a zone below
	glue     [][]dns.RR // addresses of the servers of the referral
	lame     string     // why the server is of no use
}

// sift finds out what an answer is: RFC 1034 section 4.3.2 and 5.3.3, RFC 2308
// section 2.
func sift(q ask, m *dns.Msg) sifted {
	var a sifted
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		a.lame = "it says " + dns.RcodeToString[m.Rcode]
		return a
	}
	if !m.Authoritative && m.RecursionAvailable && (len(m.Answer) > 0 || m.Rcode == dns.RcodeNameError) {
		a.lame = "it is no server of " + q.zone + ": it has the answer from another one"
		return a
	}
	answers, authority := within(q.zone, m.Answer), within(q.zone, m.Ns)
	a.records = owned(answers, q.name, q.rtype)
	if alias := owned(answers, q.name, dns.TypeCNAME); len(a.records) == 0 && len(alias) > 0 {
		a.alias = alias[0]
	}
	if q.rtype == dns.TypeNS {
		a.glue = glue(a.records, within(q.zone, m.Extra))
	}
	if len(a.records) > 0 || a.alias != nil {
		return a
	}
	for _, rr := range authority {
		if soa, ok := rr.(*dns.SOA); ok && dns.IsSubDomain(soa.Hdr.Name, q.name) {
			a.none, a.soa = true, soa
		}
	}
	if a.none || m.Rcode == dns.RcodeNameError {
		a.none = true
		return a
	}
	return siftReferral(q, m, authority, a)
}

// siftReferral reads an answer that has no answer in it.
func siftReferral(q ask, m *dns.Msg, authority []dns.RR, a sifted) sifted {
	for _, rr := range authority {
		if owner := dns.CanonicalName(rr.Header().Name); rr.Header().Rrtype == dns.TypeNS && owner != q.zone && dns.IsSubDomain(owner, q.name) {
			a.referral = owned(authority, owner, dns.TypeNS)
			break
		}
	}
	switch {
	case len(a.referral) > 0:
		a.glue = glue(a.referral, within(q.zone, m.Extra))
	case m.Authoritative:
		a.none = true
	case len(m.Ns) > 0:
		a.lame = "it sends us back, and not down from " + q.zone
	default:
		a.lame = "it is no server of " + q.zone
	}
	return a
}

// glue are the addresses of the servers that a referral names.
func glue(referral, extra []dns.RR) [][]dns.RR {
	var out [][]dns.RR
	for _, rr := range referral {
		for _, t := range []uint16{dns.TypeA, dns.TypeAAAA} {
			if set := owned(extra, dns.CanonicalName(rr.(*dns.NS).Ns), t); len(set) > 0 {
				out = append(out, set)
			}
		}
	}
	return out
}

// within are the records whose names lie in a zone.
func within(zone string, all []dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(all), func(rr dns.RR) bool {
		return rr.Header().Class != dns.ClassINET || !dns.IsSubDomain(zone, rr.Header().Name)
	})
}

// owned are the records of one owner and type.
func owned(all []dns.RR, name string, rtype uint16) []dns.RR {
	return slices.DeleteFunc(slices.Clone(all), func(rr dns.RR) bool {
		return rr.Header().Rrtype != rtype && rtype != dns.TypeANY || dns.CanonicalName(rr.Header().Name) != name
	})
}

// health remembers which servers did not answer, for a while.
type health struct{ bad map[netip.Addr]time.Time }

// suspectFor is how long a silent server is asked after the others.
const suspectFor = time.Minute

func newHealth() *health { return &health{bad: map[netip.Addr]time.Time{}} }

func (h *health) suspect(now time.Time, a netip.Addr) bool {
	at, ok := h.bad[a]
	return ok && now.Sub(at) < suspectFor
}

func (h *health) failed(now time.Time, a netip.Addr) {
	if len(h.bad) >= maxKnown {
		clear(h.bad)
	}
	h.bad[a] = now
}

func (h *health) well(a netip.Addr) { delete(h.bad, a) }
