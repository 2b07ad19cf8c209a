package check

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// matrix is what became of each pair.
type matrix struct {
	of               map[sent]*measure.Ping
	targets          map[string]netip.Addr
	answered, failed []Pair
}

// sent is one ping: who sent it, and to which address.
type sent struct {
	from string
	to   netip.Addr
}

func (m matrix) ping(p Pair) (*measure.Ping, bool) {
	got, ok := m.of[sent{p.From, m.targets[p.To]}]
	return got, ok
}

// matrix sorts the pings of a check by their pairs. The verdict is blind when
// one of them could not be tried.
func (r Reach) matrix(now snapshot.Lab, found []measure.Ping) (matrix, verdict) {
	m := matrix{of: make(map[sent]*measure.Ping, len(found))}
	pairs, err := r.Pairs()
	v := verdict{want: fmt.Sprintf("%d of %d answered", len(pairs), len(pairs)), deny: "none answered"}
	if err != nil {
		v.blind, v.cause = err.Error(), "the check names no pairs"
		return m, v
	}
	for i, p := range found {
		m.of[sent{place(p.From), p.To}] = &found[i]
	}
	m.targets = r.targets(&v, now, pairs)
	for _, p := range pairs {
		if v.blind != "" {
			return m, v
		}
		got, ok := m.ping(p)
		switch {
		case !ok:
			v.blind, v.cause = "no ping was sent from "+p.String(), "the ping could not be tried"
		case !tried(*got):
			v.blind, v.cause = "no echo was sent from "+p.String(), "the ping could not be tried"
		case replied(got):
			m.answered = append(m.answered, p)
		default:
			m.failed = append(m.failed, p)
		}
	}
	return m, v
}

// targets finds the addresses that the pairs ping. All namespaces must be
// there, and all that are pinged must have an address.
func (r Reach) targets(v *verdict, now snapshot.Lab, pairs []Pair) map[string]netip.Addr {
	spaces := map[string]snapshot.Space{}
	for _, s := range now.Spaces {
		spaces[s.Name] = s
	}
	out := map[string]netip.Addr{}
	for _, p := range pairs {
		for _, name := range []string{p.From, p.To} {
			if _, there := spaces[name]; !there && v.blind == "" {
				v.subject(now, name)
			}
		}
		if _, known := out[p.To]; known || v.blind != "" {
			continue
		}
		to, ok := r.Target(spaces[p.To])
		if !ok {
			v.blind = fmt.Sprintf("%s has no IPv%d address that others could ping", p.To, cmp.Or(r.Family, 4))
			v.cause = "nobody can be reached without an address"
		}
		out[p.To] = to
	}
	return out
}

// count is "32 hosts: 992 of 992 answered".
func (m matrix) count(r Reach) string {
	text := fmt.Sprintf("%d of %d answered", len(m.answered), len(m.answered)+len(m.failed))
	if len(r.Among) > 0 {
		members, _ := names(r.Among)
		text = plural(len(members), "host") + ": " + text
	}
	return text
}

// causes explains the first pairs that failed, each cause once.
func (m matrix) causes(now snapshot.Lab) string {
	var out []string
	seen := map[string]bool{}
	for _, p := range m.failed[:min(shownPairs, len(m.failed))] {
		ping, _ := m.ping(p)
		why := first(diagnose.Ping(now, *ping))
		if why != "" && !seen[why] {
			seen[why] = true
			out = append(out, p.String()+": "+why)
		}
	}
	return cmp.Or(strings.Join(out, "; "), "the state of the lab shows no reason")
}

// some names the first of many pairs.
func some(pairs []Pair) string {
	var out []string
	for _, p := range pairs[:min(shownPairs, len(pairs))] {
		out = append(out, p.String())
	}
	text := strings.Join(out, ", ")
	if more := len(pairs) - shownPairs; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (r Reach) text() string {
	text := "reach from " + strings.Join(r.From, ", ") + " to " + strings.Join(r.To, ", ")
	if len(r.Among) > 0 {
		text = "reach among " + strings.Join(r.Among, ", ")
	}
	if r.Family != 0 {
		text += fmt.Sprintf(" family %d", r.Family)
	}
	return text
}
