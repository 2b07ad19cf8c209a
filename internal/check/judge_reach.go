package check

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// MaxPairs is how many pairs a reach check may ping: all of 256 namespaces.
const MaxPairs = 256 * 255

// shownPairs is how many pairs are named when something is wrong with many.
const shownPairs = 3

// Pair is one ping of a reach check, from a namespace to another.
type Pair struct{ From, To string }

func (p Pair) String() string { return p.From + " to " + p.To }

// Pairs lists the pairs in the order in which the author named them. Nobody
// pings himself.
func (r Reach) Pairs() ([]Pair, error) {
	senders, targets, number, err := r.ends()
	if err != nil {
		return nil, err
	}
	out := make([]Pair, 0, number)
	for _, a := range senders {
		for _, b := range targets {
			if a != b {
				out = append(out, Pair{place(a), place(b)})
			}
		}
	}
	return out, nil
}

// ends are who pings and who is pinged, and how many pairs that makes.
func (r Reach) ends() (senders, targets []string, number int, err error) {
	from, to := r.From, r.To
	if len(r.Among) > 0 {
		from, to = r.Among, r.Among
	}
	if senders, err = names(from); err != nil {
		return nil, nil, 0, err
	}
	if targets, err = names(to); err != nil {
		return nil, nil, 0, err
	}
	number = len(senders) * len(targets)
	pinged := map[string]bool{}
	for _, b := range targets {
		pinged[b] = true
	}
	for _, a := range senders {
		if pinged[a] {
			number--
		}
	}
	if number > MaxPairs {
		return nil, nil, 0, fmt.Errorf("reach: these are more than %d pairs", MaxPairs)
	}
	return senders, targets, number, nil
}

// names writes out what stands for several, and refuses a name that is there
// twice.
func names(words []string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		some, err := op.Braces(w)
		if err != nil {
			return nil, fmt.Errorf("reach: %w", err)
		}
		for _, name := range some {
			if seen[place(name)] {
				return nil, fmt.Errorf("reach: %s is named twice", place(name))
			}
			seen[place(name)] = true
			out = append(out, name)
		}
	}
	return out, nil
}

// Target is the address that others ping: the first global one of the wanted
// family, lo aside.
func (r Reach) Target(s snapshot.Space) (netip.Addr, bool) {
	for _, a := range s.Addrs {
		is := a.Prefix.Addr()
		if a.Scope == "global" && a.Link != "lo" && is.Is6() == (r.Family == 6) {
			return is, true
		}
	}
	return netip.Addr{}, false
}

func (r Reach) judge(now snapshot.Lab, found []measure.Ping, not bool) verdict {
	m, v := r.matrix(now, found)
	if v.blind != "" {
		return v
	}
	v.holds = len(m.failed) == 0
	v.got = m.count(r)
	if not {
		v.holds = len(m.answered) > 0
		if v.holds {
			v.got += ": " + some(m.answered)
			v.shows = diagnose.Answered(now, m.of[m.answered[0]])
		}
		return v
	}
	if !v.holds {
		v.got += ", not " + some(m.failed)
		v.cause = m.causes(now)
	}
	return v
}

// matrix is what became of each pair.
type matrix struct {
	of               map[Pair]measure.Ping
	answered, failed []Pair
}

// matrix sorts the pings of a check by their pairs. The verdict is blind when
// one of them could not be tried.
func (r Reach) matrix(now snapshot.Lab, found []measure.Ping) (matrix, verdict) {
	m := matrix{of: map[Pair]measure.Ping{}}
	pairs, err := r.Pairs()
	v := verdict{want: fmt.Sprintf("%d of %d answered", len(pairs), len(pairs)), deny: "none answered"}
	if err != nil {
		v.blind, v.cause = err.Error(), "the check names no pairs"
		return m, v
	}
	sent := map[Pair]measure.Ping{} // To is an address here
	for _, p := range found {
		sent[Pair{place(p.From), p.To.String()}] = p
	}
	targets := r.targets(&v, now, pairs)
	for _, p := range pairs {
		if v.blind != "" {
			return m, v
		}
		got, ok := sent[Pair{p.From, targets[p.To].String()}]
		switch {
		case !ok:
			v.blind, v.cause = "no ping was sent from "+p.String(), "the ping could not be tried"
		case !tried(got):
			v.blind, v.cause = "no echo was sent from "+p.String(), "the ping could not be tried"
		case replied(&got):
			m.answered = append(m.answered, p)
		default:
			m.failed = append(m.failed, p)
		}
		m.of[p] = got
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
	text := fmt.Sprintf("%d of %d answered", len(m.answered), len(m.of))
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
		why := first(diagnose.Ping(now, m.of[p]))
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

func (r Reach) validate() error {
	both := len(r.From) > 0 && len(r.To) > 0
	switch {
	case len(r.Among) > 0 && (len(r.From) > 0 || len(r.To) > 0):
		return errors.New("reach: among says all, without from and to")
	case len(r.Among) == 0 && !both:
		return errors.New("reach: among is missing, or from and to")
	case !slices.Contains([]int{0, 4, 6}, r.Family):
		return fmt.Errorf("reach: family is 4 or 6, not %d", r.Family)
	}
	_, _, number, err := r.ends()
	if err == nil && number == 0 {
		return errors.New("reach: nobody is left to ping: two namespaces are needed")
	}
	return err
}
