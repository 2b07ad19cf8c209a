//go:build linux

// Package probe sends real packets from inside the namespaces of a lab and
// says what became of them.
//
// Its sockets are made inside a namespace and used from outside: no thread
// stays behind, and a namespace costs one socket for each address family. An
// echo is never repeated by the package itself, and nothing is prepared: no
// neighbour is entered by hand, nothing is sent beforehand. An echo fails
// where ARP is dead.
package probe

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"netlab/internal/measure"
)

// ErrNoNamespace is wrapped by the error of a probe from a namespace which
// does not exist.
var ErrNoNamespace = errors.New("no such namespace")

// What a Request means when it leaves something out. The size is ping's.
const (
	DefaultTimeout  = time.Second
	DefaultInterval = time.Second
	DefaultSize     = 56
)

// maxSize is the largest payload of an IPv4 packet with one echo.
const maxSize = 65507

// maxPairs is how many pairs of sender and target are under way at once. The
// table of neighbours is one for all namespaces of a machine, full at 1024
// entries by default (gc_thresh3 in arp(7)), and each pair takes two.
const maxPairs = 256

// Request is one or more echo requests to one address.
type Request struct {
	From     string        // namespace; empty means host
	To       netip.Addr    // a link-local address needs its zone, the name of an interface of From
	Count    int           // 0 means 1
	Interval time.Duration // between two echoes; 0 means DefaultInterval
	Timeout  time.Duration // how long each echo waits for its answer; 0 means DefaultTimeout
	Size     int           // bytes of data after the ICMP header; 0 means DefaultSize, negative none
	TTL      int           // time to live (hop limit) to send with; 0 means the kernel's
}

// Reply is what became of one echo request.
type Reply struct {
	Seq  int          // from 1
	Fate measure.Fate // Reported with an ICMP redirect is not the end: the answer may still come
	From netip.Addr   // who answered or reported
	Size int          // bytes of the ICMP message that came, header and all
	TTL  int          // time to live (hop limit) that it came with
	RTT  time.Duration
	// Errno and Text are the kernel's refusal, as in measure.Ping. EHOSTUNREACH
	// with ICMP set: nobody answered for the hardware address.
	Errno string
	Text  string
	ICMP  *measure.ICMPError
}

// Ping sends the echoes of one request and waits for the answers or until
// their time is over. What the network does is in the result; the error is
// ErrNoNamespace, ctx's, or trouble of the machine.
func Ping(ctx context.Context, req Request) (measure.Ping, error) {
	out, err := Pings(ctx, []Request{req})
	return out[0], err
}

// Pings sends many requests at once and gives their results in the same
// order. A request that could not be tried has a result without a fate, and
// the error tells of each namespace for which that is so.
//
// Among many requests the senders take turns, and the neighbour entries that
// a turn made are removed before the next one: the table would overflow, and
// pings would be lost for a reason that is not the lab's.
func Pings(ctx context.Context, reqs []Request) ([]measure.Ping, error) {
	out := make([]measure.Ping, len(reqs))
	for i, r := range reqs {
		out[i] = measure.Ping{From: r.From, To: r.To}
	}
	turns := turns(reqs)
	var mark *mark
	if len(turns) > 1 {
		var err error
		if mark, err = markNeighbours(senders(reqs)); err != nil {
			return out, err
		}
		defer mark.close()
	}
	var errs []error
	for i, turn := range turns {
		if i > 0 {
			if err := mark.restore(); err != nil {
				return out, err
			}
		}
		errs = append(errs, together(ctx, reqs, turn, out))
	}
	if mark != nil {
		errs = append(errs, mark.restore())
	}
	return out, errors.Join(errs...)
}

// Each sends the echoes of one request and calls f for each reply, error and
// silence as it comes, all from one goroutine.
func Each(ctx context.Context, req Request, f func(Reply)) error {
	return run(ctx, req.From, is6(req.To), []Request{req}, func(_ int, r Reply) { f(r) })
}

// key is one socket.
type key struct {
	from string
	six  bool
}

// turns divides requests into lists of their indexes, sender by sender.
func turns(reqs []Request) [][]int {
	order := make([]int, len(reqs))
	for i := range order {
		order[i] = i
	}
	rank := make(map[string]int)
	for i, name := range senders(reqs) {
		rank[name] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank[reqs[a].From] - rank[reqs[b].From] })
	return slices.Collect(slices.Chunk(order, maxPairs))
}

func senders(reqs []Request) []string {
	var out []string
	seen := make(map[string]bool)
	for _, r := range reqs {
		if !seen[r.From] {
			seen[r.From] = true
			out = append(out, r.From)
		}
	}
	return out
}

// together sends the requests of one turn, each socket in a goroutine of its
// own, and writes the results.
func together(ctx context.Context, reqs []Request, turn []int, out []measure.Ping) error {
	groups := make(map[key][]int)
	for _, i := range turn {
		k := key{reqs[i].From, is6(reqs[i].To)}
		groups[k] = append(groups[k], i)
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(groups))
	for k, indexes := range groups {
		wg.Go(func() {
			own := make([]Request, len(indexes))
			for n, i := range indexes {
				own[n] = reqs[i]
			}
			errs <- run(ctx, k.from, k.six, own, func(n int, r Reply) { fold(&out[indexes[n]], r) })
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

// run opens the socket and keeps the requests going until all is answered.
func run(ctx context.Context, from string, six bool, reqs []Request, f func(int, Reply)) error {
	for _, r := range reqs {
		if err := r.check(); err != nil {
			return err
		}
	}
	s, err := open(from, six)
	if err != nil {
		return err
	}
	defer s.close()
	return newSession(s, reqs, f).run(ctx)
}

// check refuses what cannot be sent at all.
func (r Request) check() error {
	switch {
	case !r.To.IsValid():
		return errors.New("a ping needs an address")
	case r.Size > maxSize:
		return fmt.Errorf("a ping carries %d bytes at most, not %d", maxSize, r.Size)
	case r.TTL < 0 || r.TTL > 255:
		return fmt.Errorf("a time to live is from 1 to 255, not %d", r.TTL)
	}
	return nil
}

func is6(a netip.Addr) bool { return a.Is6() && !a.Is4In6() }

// fold adds one reply to a result. An answer weighs more than an error, an
// error more than silence; of equals the first counts.
func fold(p *measure.Ping, r Reply) {
	if r.Fate == measure.Reported && redirect(p.To, r.ICMP) {
		return
	}
	p.Sent++
	switch {
	case r.Fate == measure.Answered:
		p.Received++
		if p.Received == 1 {
			p.Fate, p.RTT, p.TTL = r.Fate, r.RTT, r.TTL
			p.Errno, p.Text, p.ICMP = "", "", nil
		}
	case p.Fate == "" || (p.Fate == measure.Silent && r.Fate != measure.Silent):
		p.Fate, p.Errno, p.Text, p.ICMP = r.Fate, r.Errno, r.Text, r.ICMP
	}
}
