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
func Pings(ctx context.Context, reqs []Request) ([]measure.Ping, error) {
	all := make([]int, len(reqs))
	for i := range all {
		all[i] = i
	}
	return InTurns(ctx, reqs, [][]int{all}, func() error { return nil })
}

// Each sends the echoes of one request and calls f for each reply, error and
// silence as it comes, all from one goroutine.
func Each(ctx context.Context, req Request, f func(Reply)) error {
	return run(ctx, req.From, is6(req.To), []Request{req}, func(_ int, r Reply) { f(r) })
}

// run opens the socket and keeps the requests going until all is answered.
func run(ctx context.Context, from string, six bool, reqs []Request, f func(int, Reply)) error {
	for _, r := range reqs {
		if err := r.check(); err != nil {
			return err
		}
	}
	s, err := open(from, six, largest(reqs))
	if err != nil {
		return err
	}
	defer s.close()
	return newSession(s, reqs, f).run(ctx)
}

// largest is how many bytes of data an answer to one of the requests has.
func largest(reqs []Request) int {
	most := 0
	for _, r := range reqs {
		most = max(most, r.size())
	}
	return most
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
