package service

import (
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// A walk finds the answer to one question, from the root downwards: RFC 1034
// section 5.3.3. It only decides. Whoever has it asks what next says, and tells
// what was heard, until next says that it is over.
type walk struct {
	rules  walkRules
	cache  *cache
	health *health
	pick   func(n int) int // one of n, by chance
	goals  []*goal         // the last one is worked on; the others wait for it
	// learned are addresses of servers that this walk has heard of, also those
	// that may not be remembered (a time to live of zero).
	learned map[string][]netip.Addr
	root    []string // the servers of the root, as this walk has heard of them
	asked   int
	result  *found
}

// walkRules are what a walk may do.
type walkRules struct {
	hints    hints
	types    []uint16              // of addresses: A, AAAA
	mayAsk   func(netip.Addr) bool // whether a server may be asked at all
	maxAsked int                   // questions that a walk may ask
	maxGoals int                   // names of servers that may depend on each other
	maxNames int                   // CNAME records that are followed
	maxTries int                   // questions to a server that does not answer
	patience func(try int) time.Duration
}

// newRules are the limits of a walk. Those of CNAME records and of questions are
// unbound's.
func newRules(h hints, types []uint16, mayAsk func(netip.Addr) bool) walkRules {
	const first, longest = 400 * time.Millisecond, 1600 * time.Millisecond
	return walkRules{
		hints: h, types: types, mayAsk: mayAsk, maxAsked: 32, maxGoals: 6, maxNames: 11, maxTries: 3,
		patience: func(try int) time.Duration { return min(first<<try, longest) },
	}
}

// hints are the servers of the root, of which a walk must know beforehand.
type hints struct {
	servers   []string
	addresses map[string][]netip.Addr
}

// goal is a question that is being walked for.
type goal struct {
	name    string // canonical
	rtype   uint16
	aliases []dns.RR // the CNAME records that led to the name
	zone    string   // whose servers are being asked; empty: none yet
	servers []string // their names
	primed  bool     // the servers of the root were asked for, once
	tries   map[netip.Addr]int
	lame    map[netip.Addr]bool // they answer, but not this
	sought  map[string]bool     // names of servers whose addresses were asked for
}

// ask is a question to be sent.
type ask struct {
	to       netip.Addr
	zone     string // what the server is asked as
	name     string
	rtype    uint16
	patience time.Duration // how long its answer is waited for
}

// found is the end of a walk.
type found struct {
	rcode   int
	records []dns.RR // answers, the CNAME records first
	soa     dns.RR
	why     string // why it failed, for the log
}

func newWalk(r walkRules, c *cache, h *health, pick func(int) int, name string, rtype uint16) *walk {
	w := &walk{rules: r, cache: c, health: h, pick: pick, learned: map[string][]netip.Addr{}}
	w.push(name, rtype)
	return w
}

func (w *walk) push(name string, rtype uint16) {
	w.goals = append(w.goals, &goal{name: dns.CanonicalName(name), rtype: rtype, tries: map[netip.Addr]int{}, lame: map[netip.Addr]bool{}, sought: map[string]bool{}})
}

func (w *walk) goal() *goal { return w.goals[len(w.goals)-1] }

// next says what to ask, or how it ended.
func (w *walk) next(now time.Time) (ask, *found) {
	for w.result == nil {
		g := w.goal()
		if w.fromCache(now, g) {
			continue
		}
		if g.zone == "" && w.begin(now, g) {
			continue
		}
		if to, ok := w.choose(now, g); ok {
			return w.question(g, to), w.result
		}
		if !w.seek(now, g) {
			w.fail("no server of " + g.zone + " gives an answer to " + g.name)
		}
	}
	return ask{}, w.result
}

func (w *walk) question(g *goal, to netip.Addr) ask {
	if w.asked++; w.asked > w.rules.maxAsked {
		w.goals = w.goals[:1]
		w.fail("it takes too many questions")
		return ask{}
	}
	try := g.tries[to]
	g.tries[to]++
	return ask{to: to, zone: g.zone, name: g.name, rtype: g.rtype, patience: w.rules.patience(try)}
}

// fromCache goes on with what is known already.
func (w *walk) fromCache(now time.Time, g *goal) bool {
	if e, ok := w.cache.answer(now, keyOf(g.name, g.rtype), rankAnswer); ok {
		w.reach(e, now)
		return true
	}
	if g.rtype == dns.TypeCNAME {
		return false
	}
	if e, ok := w.cache.answer(now, keyOf(g.name, dns.TypeCNAME), rankAnswer); ok && len(e.records) > 0 {
		w.follow(g, e.records[0])
		return true
	}
	return false
}

// reach ends a goal with what is known of its name.
func (w *walk) reach(e known, now time.Time) {
	g := w.goal()
	f := found{rcode: dns.RcodeSuccess, records: append(slices.Clone(g.aliases), e.records...), soa: e.soa}
	if _, none := w.cache.get(now, noName(g.name), rankAnswer); none {
		f.rcode = dns.RcodeNameError
	}
	w.end(f)
}

// end ends the goal that is worked on; the first one is the walk itself. Others
// are about addresses of servers.
func (w *walk) end(f found) {
	g := w.goal()
	w.goals = w.goals[:len(w.goals)-1]
	if len(w.goals) == 0 {
		w.result = &f
		return
	}
	if w.priming(g) {
		w.root = serversOf(f.records)
	}
	if len(g.aliases) == 0 { // a server's name is no alias, RFC 2181 section 10.3
		w.learn(f.records)
	}
}

// learn keeps the addresses of servers.
func (w *walk) learn(records []dns.RR) {
	for _, rr := range records {
		if a, ok := addressOf(rr); ok {
			name := dns.CanonicalName(rr.Header().Name)
			w.learned[name] = append(w.learned[name], a)
		}
	}
}

func (w *walk) fail(why string) { w.end(found{rcode: dns.RcodeServerFailure, why: why}) }

// follow goes on with the name that an alias stands for.
func (w *walk) follow(g *goal, alias dns.RR) {
	target := dns.CanonicalName(alias.(*dns.CNAME).Target)
	g.aliases = append(g.aliases, alias)
	if len(g.aliases) > w.rules.maxNames {
		w.fail("too many CNAME records, one behind the other")
		return
	}
	g.name, g.zone = target, ""
}

// enter turns to the servers of a zone.
func (g *goal) enter(zone string, servers []string) {
	g.zone, g.servers = zone, servers
	clear(g.tries)
	clear(g.lame)
	clear(g.sought)
}

// begin finds the deepest zone whose servers are known. It says whether the walk
// goes on elsewhere: the servers of the root are asked for once, by the hints.
func (w *walk) begin(now time.Time, g *goal) bool {
	zone, servers := w.cache.cut(now, g.name)
	if g.rtype == dns.TypeDS && zone == g.name && zone != "." { // it stands in the zone above, RFC 4034 section 5
		i, _ := dns.NextLabel(g.name, 0)
		zone, servers = w.cache.cut(now, g.name[i:])
	}
	switch {
	case len(servers) > 0:
		g.enter(zone, servers)
	case w.priming(g):
		g.enter(".", w.rules.hints.servers)
	case len(w.root) > 0:
		g.enter(".", w.root)
	case g.primed:
		w.fail("no server of the root gives an answer")
		return true
	default:
		g.primed = true
		w.push(".", dns.TypeNS)
		return true
	}
	return false
}

func (w *walk) priming(g *goal) bool { return g.name == "." && g.rtype == dns.TypeNS }

// addresses are those that are known of a server, as far as they may be asked,
// and whether any of the types in question are known.
func (w *walk) addresses(now time.Time, server string) (usable []netip.Addr, known bool) {
	all := w.cache.addresses(now, server, w.rules.types)
	all = append(all, w.learned[server]...)
	if len(all) == 0 {
		all = w.rules.hints.addresses[server]
	}
	for _, a := range all {
		if !w.wanted(a) {
			continue
		}
		known = true
		if w.rules.mayAsk(a) {
			usable = append(usable, a)
		}
	}
	return usable, known
}

func (w *walk) wanted(a netip.Addr) bool {
	t := uint16(dns.TypeAAAA)
	if a.Is4() {
		t = dns.TypeA
	}
	return slices.Contains(w.rules.types, t)
}

// choose picks a server of the zone to ask: of those that were asked least
// often, one that did not fail lately, by chance.
func (w *walk) choose(now time.Time, g *goal) (netip.Addr, bool) {
	var best []netip.Addr
	least := w.rules.maxTries * suspectCosts
	for _, s := range g.servers {
		all, _ := w.addresses(now, s)
		for _, a := range all {
			cost := g.tries[a]
			if w.health.suspect(now, a) {
				cost += suspectCosts
			}
			switch {
			case g.lame[a] || g.tries[a] >= w.rules.maxTries || slices.Contains(best, a):
			case cost < least:
				best, least = []netip.Addr{a}, cost
			case cost == least && len(best) > 0:
				best = append(best, a)
			}
		}
	}
	if len(best) == 0 {
		return netip.Addr{}, false
	}
	return best[w.pick(len(best))], true
}

// suspectCosts is how many tries a server is set back that did not answer lately.
const suspectCosts = 2

// seek sets out for an address of a server of which none is known.
func (w *walk) seek(now time.Time, g *goal) bool {
	if len(w.goals) >= w.rules.maxGoals {
		return false
	}
	for _, s := range g.servers {
		if _, known := w.addresses(now, s); known {
			continue
		}
		for _, t := range w.rules.types {
			what := s + dns.TypeToString[t]
			if _, asked := w.cache.answer(now, keyOf(s, t), rankAnswer); !asked && !g.sought[what] && !w.waits(s, t) {
				g.sought[what] = true
				w.push(s, t)
				return true
			}
		}
	}
	return false
}

// waits says that a goal waits for this already: to seek it again would never end.
func (w *walk) waits(name string, rtype uint16) bool {
	return slices.ContainsFunc(w.goals, func(g *goal) bool { return g.name == name && g.rtype == rtype })
}
