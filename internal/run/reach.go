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
	count := func(name string) int {
		if _, known := number[name]; !known {
			number[name] = len(number)
		}
		return number[name] / size
	}
	type turn struct{ low, high int }
	var order []turn
	members := map[turn][]int{}
	for i, p := range pairs {
		a, b := count(p.From), count(p.To)
		t := turn{min(a, b), max(a, b)}
		if members[t] == nil {
			order = append(order, t)
		}
		members[t] = append(members[t], i)
	}
	var out [][]int
	for _, t := range order {
		// From one block to another there are twice as many pairs as entries; a
		// list that names one side only may have more.
		out = slices.AppendSeq(out, slices.Chunk(members[t], 2*size*size))
	}
	return out
}
