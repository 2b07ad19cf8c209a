package check

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

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
			ping, _ := m.ping(m.answered[0])
			v.shows = diagnose.Answered(now, *ping)
		}
		return v
	}
	if !v.holds {
		v.got += ", not " + some(m.failed)
		v.cause = m.causes(now)
	}
	return v
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
