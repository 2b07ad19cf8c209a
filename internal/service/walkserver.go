package service

import (
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

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
	t := dns.TypeAAAA
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
