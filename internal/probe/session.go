//go:build linux

package probe

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

// burst is how many echoes are sent before answers are awaited, and pace how
// long they are awaited before the next burst. Each first echo to a neighbour
// begins with a question to all ports of a bridge, and the kernel's queue for
// what has come in holds 1000 packets for each processor
// (net.core.netdev_max_backlog): on a busy machine the rest would be lost.
const (
	burst = 4
	pace  = 3 * time.Millisecond
)

// busy is how long to wait when the send buffer is full.
const busy = 2 * time.Millisecond

// session is the echoes of one socket, from the first to the last answer. One
// goroutine owns it.
type session struct {
	*socket
	reqs   []Request
	tell   func(int, Reply)
	queue  []echo            // not sent yet, by due
	flying map[uint16]flight // by sequence number
	seq    uint16
	round  int // the number of the burst
	open   int // echoes of this burst without an answer

	slots chan struct{} // whoever sends a burst takes one of its places; nil: it sends alone
	slot  bool          // one is taken
}

// echo is one echo that is to be sent.
type echo struct {
	req int // index in session.reqs
	n   int // from 1
	due time.Time
}

// flight is one echo that was sent.
type flight struct {
	echo
	round int
	sent  time.Time
	until time.Time
}

func newSession(s *socket, reqs []Request, tell func(int, Reply)) *session {
	x := &session{socket: s, reqs: reqs, tell: tell, flying: make(map[uint16]flight)}
	now := time.Now()
	for i, r := range reqs {
		gap := cmp.Or(r.Interval, DefaultInterval)
		for n := range max(r.Count, 1) {
			x.queue = append(x.queue, echo{req: i, n: n + 1, due: now.Add(time.Duration(n) * gap)})
		}
	}
	slices.SortStableFunc(x.queue, func(a, b echo) int { return a.due.Compare(b.due) })
	return x
}

// run sends and receives until every echo has its fate. When ctx ends, the
// echoes without one get none.
func (x *session) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = x.file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for len(x.queue) > 0 || len(x.flying) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		x.enter()
		x.sendDue()
		err := x.receive(ctx)
		x.leave()
		if err != nil {
			return err
		}
		x.expire()
	}
	return nil
}

// enter waits for a place among those who send, and leave gives it back.
func (x *session) enter() {
	if x.slots != nil && x.isDue() {
		x.slots <- struct{}{}
		x.slot = true
	}
}

func (x *session) leave() {
	if x.slot {
		<-x.slots
		x.slot = false
	}
}

// sendDue sends at most one burst.
func (x *session) sendDue() {
	x.round++
	x.open = 0
	for range burst {
		if !x.isDue() || len(x.flying) > 1<<15 {
			return
		}
		e := x.queue[0]
		x.queue = x.queue[1:]
		if !x.sendOne(e) {
			e.due = time.Now().Add(busy)
			x.queue = slices.Insert(x.queue, 0, e)
			return
		}
	}
}

func (x *session) isDue() bool { return len(x.queue) > 0 && !x.queue[0].due.After(time.Now()) }

// sendOne reports false when the echo must be sent later.
func (x *session) sendOne(e echo) bool {
	r := x.reqs[e.req]
	for x.seq++; ; x.seq++ {
		if _, taken := x.flying[x.seq]; !taken {
			break
		}
	}
	now := time.Now()
	err := x.send(r, x.seq)
	switch {
	case errors.Is(err, unix.EAGAIN):
		return false
	case err != nil:
		x.tell(e.req, Reply{Seq: e.n, Fate: measure.Refused, Errno: errnoName(err), Text: err.Error()})
	default:
		x.open++
		x.flying[x.seq] = flight{echo: e, round: x.round, sent: now, until: now.Add(cmp.Or(r.Timeout, DefaultTimeout))}
	}
	return true
}

// receive reads what has come, and waits for more when there is nothing to send.
func (x *session) receive(ctx context.Context) error {
	until := x.wake()
	if err := x.file.SetReadDeadline(until); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	late := false
	// A stranger's flood of answers must not keep us from sending.
	for range 1 << 10 {
		m, err := x.read(!late && until.After(time.Now()))
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			late = true // on a busy machine an answer may be there already
			continue
		case errors.Is(err, unix.EAGAIN):
			return nil
		case err != nil:
			return err
		}
		x.take(m)
		if len(x.flying) == 0 || (x.open == 0 && x.isDue()) {
			break
		}
	}
	return nil
}

// wake is when to send or to give up next.
func (x *session) wake() time.Time {
	var at time.Time
	if len(x.queue) > 0 {
		at = x.queue[0].due
	}
	if next := time.Now().Add(pace); x.open > 0 && (x.slot || !at.IsZero()) && at.Before(next) {
		at = next
	}
	for _, f := range x.flying {
		if at.IsZero() || f.until.Before(at) {
			at = f.until
		}
	}
	return at
}

// take gives a message to the echo it is about, if it is one of ours.
func (x *session) take(m message) {
	f, ours := x.flying[m.seq]
	if !ours || m.id != x.id {
		return
	}
	r := Reply{Seq: f.n, From: m.from, Size: m.size, TTL: m.ttl, RTT: m.after(f.sent)}
	to := x.reqs[f.req].To
	switch {
	case m.report == nil && x.cookie.fits(m.data):
		r.Fate = measure.Answered
	case m.report == nil || m.to != to.Unmap().WithZone(""):
		return
	case m.own && noNeighbour(x.six, m.report):
		err := unix.EHOSTUNREACH
		r.Fate, r.Errno, r.Text, r.ICMP = measure.Refused, errnoName(err), err.Error(), m.report
	default:
		r.Fate, r.ICMP = measure.Reported, m.report
	}
	if r.Fate != measure.Reported || !redirect(to, m.report) {
		delete(x.flying, m.seq)
		if f.round == x.round {
			x.open--
		}
	}
	x.tell(f.req, r)
}

// expire ends the echoes whose time is over.
func (x *session) expire() {
	now := time.Now()
	var over []uint16
	for seq, f := range x.flying {
		if !f.until.After(now) {
			over = append(over, seq)
		}
	}
	slices.SortFunc(over, func(a, b uint16) int { return x.flying[a].until.Compare(x.flying[b].until) })
	for _, seq := range over {
		f := x.flying[seq]
		delete(x.flying, seq)
		x.tell(f.req, Reply{Seq: f.n, Fate: measure.Silent})
	}
}
