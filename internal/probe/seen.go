//go:build linux

package probe

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"netlab/internal/measure"
)

// Watch is one echo, and the interface at which it is looked for.
type Watch struct {
	From    string // who sends it
	To      netip.Addr
	In, Dev string        // the interface; an empty Dev watches all of In
	Reply   bool          // the reply is waited for, not the request
	Timeout time.Duration // how long the echo waits for its answer
}

// grace is how long a frame may take that is not there when the answer has
// come: a switch sends to all its ports at once.
const grace = 30 * time.Millisecond

// Seen sends an echo, and tells which frames with it came by an interface, in
// either direction: also those for other machines. They are known by a random
// number in the data of the echo. It comes back when the answer has come or
// its time is over, and a moment later where what is looked for was not seen.
//
// Errors are those of Ping, and ENODEV when there is no such interface.
func Seen(ctx context.Context, w Watch) (measure.Seen, error) {
	out := measure.Seen{In: w.In, Dev: w.Dev, Ping: measure.Ping{From: w.From, To: w.To}}
	req := Request{From: w.From, To: w.To, Timeout: w.Timeout}
	if err := req.check(); err != nil {
		return out, err
	}
	s, err := open(w.From, is6(w.To), DefaultSize)
	if err != nil {
		return out, err
	}
	defer s.close()
	there, err := openTap(w.In, w.Dev, s.cookie, func(f sight) bool { return f.Reply == w.Reply })
	if err != nil {
		return out, err
	}
	defer there.close()
	here, err := openTap(w.From, "", s.cookie, func(f sight) bool { return f.leaves && !f.Reply })
	if err != nil {
		return out, err
	}
	defer here.close()
	err = newSession(s, []Request{req}, func(_ int, r Reply) { fold(&out.Ping, r) }).run(ctx)
	until := time.Now().Add(grace)
	frames, _, err1 := there.end(until)
	_, left, err2 := here.end(until)
	out.Left = left
	for _, f := range frames {
		out.Frames = append(out.Frames, f.Frame)
	}
	return out, errors.Join(err, err1, err2)
}
