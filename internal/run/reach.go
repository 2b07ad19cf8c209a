package run

import (
	"context"
	"net/netip"
	"slices"

	"netlab/internal/check"
	"netlab/internal/measure"
	"netlab/internal/probe"
)

// block is how many namespaces ping how many others in one turn. Each of two
// that talk enters the other in its table of neighbours, and for IPv6 the
// group that the question goes to is entered as well: at most 600 entries,
// where 1024 are allowed for the whole machine (gc_thresh3 in arp(7)).
func block(six bool) int {
	if six {
		return 10
	}
	return 16
}

// reach pings all pairs of a check, in turns. What it cannot send, because
// there is no such namespace or address, is left out.
func (p prober) reach(ctx context.Context, c check.Reach) ([]measure.Ping, error) {
	pairs, err := c.Pairs()
	if err != nil {
		return nil, nil // the judge says what is wrong with them
	}
	targets := map[string]netip.Addr{}
	for _, s := range p.mark.Lab.Spaces {
		if to, ok := c.Target(s); ok {
			targets[s.Name] = to
		}
	}
	pairs = slices.DeleteFunc(pairs, func(pair check.Pair) bool { return !targets[pair.To].IsValid() })
	reqs := make([]probe.Request, len(pairs))
	for i, pair := range pairs {
		reqs[i] = probe.Request{From: pair.From, To: targets[pair.To], Timeout: p.echo}
	}
	return probe.InTurns(ctx, reqs, turns(pairs, block(c.Family == 6)), func() error {
		if p.after != nil {
			p.after()
		}
		return p.mark.Forget()
	})
}

// turns divides the pairs into lists of their indexes. In a turn some ping
// some others, and those ping them: the entries in the tables of neighbours
// serve both directions.
func turns(pairs []check.Pair, size int) [][]int {
	number := map[string]int{}
	block := func(name string) int {
		if _, known := number[name]; !known {
			number[name] = len(number)
		}
		return number[name] / size
	}
	type blocks struct{ low, high int }
	var order []blocks
	members := map[blocks][]int{}
	for i, p := range pairs {
		a, b := block(p.From), block(p.To)
		t := blocks{min(a, b), max(a, b)}
		if members[t] == nil {
			order = append(order, t)
		}
		members[t] = append(members[t], i)
	}
	var out [][]int
	room := 0 // for entries in the last turn
	for _, t := range order {
		need := entries(pairs, members[t])
		if need > room {
			out, room = append(out, nil), 2*size*size
		}
		room -= need
		last := len(out) - 1
		out[last] = append(out[last], members[t]...)
	}
	return out
}

// entries counts the neighbours that some pairs enter: each of a pair the
// other.
func entries(pairs []check.Pair, some []int) int {
	made := make(map[check.Pair]bool, 2*len(some))
	for _, i := range some {
		p := pairs[i]
		made[p], made[check.Pair{From: p.To, To: p.From}] = true, true
	}
	return len(made)
}
