//go:build linux

package probe

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"

	"netlab/internal/measure"
	"netlab/internal/netns"
)

// InTurns sends many requests, turn by turn, and gives their results in the
// order of the requests. A turn is a list of indexes of reqs, which go out at
// once. Between two turns it calls between, which may remove the neighbour
// entries that the turn has made: the kernel's table is one for all namespaces
// of a machine, and full at 1024 entries by default (gc_thresh3 in arp(7)).
// When that would overflow, pings are lost for a reason that is not the lab's.
//
// Errors are those of Pings, or the one of between, which ends the work.
func InTurns(ctx context.Context, reqs []Request, turns [][]int, between func() error) ([]measure.Ping, error) {
	out := make([]measure.Ping, len(reqs))
	for i, r := range reqs {
		out[i] = measure.Ping{From: r.From, To: r.To}
	}
	for _, r := range reqs {
		if err := r.check(); err != nil {
			return out, err
		}
	}
	f, err := openFleet(reqs)
	defer f.close()
	errs := []error{err}
	for i, turn := range turns {
		if i > 0 {
			if err := between(); err != nil {
				return out, err
			}
		}
		errs = append(errs, f.together(ctx, reqs, turn, out))
	}
	return out, errors.Join(errs...)
}

// key is one socket.
type key struct {
	from string
	six  bool
}

// fleet is the sockets of many senders.
type fleet struct {
	sockets map[key]*socket
	slots   chan struct{}
}

// crowd is how many senders may wait for the answers to their first echoes at
// once: together with burst it bounds how much is under way.
const crowd = 8

// openFleet makes a socket for each sender, all on one thread. Where a
// namespace is missing, or a socket cannot be made, the error says so, and the
// others are there all the same.
func openFleet(reqs []Request) (*fleet, error) {
	f := &fleet{sockets: make(map[key]*socket), slots: make(chan struct{}, crowd)}
	wanted := make(map[key]bool)
	var names []string
	for _, r := range reqs {
		wanted[key{r.From, is6(r.To)}] = true
		if !slices.Contains(names, r.From) {
			names = append(names, r.From)
		}
	}
	// The thread that walks cannot come back to the lab's own namespace.
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	there := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return rank(name) > 0 && !netns.Exists(name) })
	var errs []error
	seen := make(map[string]bool)
	errs = append(errs, netns.Each(there, func(name string) error {
		seen[name] = true
		for _, six := range []bool{false, true} {
			if !wanted[key{name, six}] {
				continue
			}
			s, err := openHere(six, largest(reqs))
			if err != nil {
				errs = append(errs, notOpened(name, err))
				continue
			}
			f.sockets[key{name, six}] = s
		}
		return nil
	}))
	for _, name := range names {
		if !seen[name] {
			errs = append(errs, notOpened(name, fs.ErrNotExist))
		}
	}
	return f, errors.Join(errs...)
}

// rank puts the lab's own namespace first.
func rank(name string) int {
	if name == "" || name == netns.Host {
		return 0
	}
	return 1
}

func (f *fleet) close() {
	for _, s := range f.sockets {
		s.close()
	}
}

// together sends the requests of one turn, each socket in a goroutine of its
// own, and writes the results. A request without a socket is left out.
func (f *fleet) together(ctx context.Context, reqs []Request, turn []int, out []measure.Ping) error {
	groups := make(map[key][]int)
	for _, i := range turn {
		k := key{reqs[i].From, is6(reqs[i].To)}
		if f.sockets[k] != nil {
			groups[k] = append(groups[k], i)
		}
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(groups))
	for k, indexes := range groups {
		wg.Go(func() {
			own := make([]Request, len(indexes))
			for n, i := range indexes {
				own[n] = reqs[i]
			}
			s := f.sockets[k]
			s.rename()
			x := newSession(s, own, func(n int, r Reply) { fold(&out[indexes[n]], r) })
			x.slots = f.slots
			errs <- x.run(ctx)
		})
	}
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}
