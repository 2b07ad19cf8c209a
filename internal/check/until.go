package check

import (
	"cmp"
	"context"
	"time"
)

// How long a check waits, when it does not say so itself.
const (
	// DefaultWithin is how long a claim may take to become true. A link needs
	// up to a second to be heard after it went up, IPv6 two for its addresses.
	DefaultWithin = 2 * time.Second
	// EchoWait is how long one echo of a ping that is tried again waits. An
	// answer inside a lab takes a few microseconds.
	EchoWait = 250 * time.Millisecond
	// NotWithin is how long a ping that must fail waits for an answer.
	NotWithin = 300 * time.Millisecond
)

// Pauses between two tries.
const (
	firstPause = 2 * time.Millisecond
	longPause  = 50 * time.Millisecond
)

// Patience is how a check is tried: for how long again and again (once when
// within is 0), and how long one echo waits. A ping that must fail, alone or
// among many, and a frame that must not be seen, are tried once: an echo that gets no answer proves nothing about the next one, and
// whoever waits for a failure would overlook the answers before it. Every
// other claim, negated or not, may still become true. The links must be
// settled before a ping that must fail, or it fails for a wrong reason.
//
// For a check of names, echo is how long one try may take; whether there is
// another one, Final decides.
func (c Check) Patience() (within, echo time.Duration) {
	switch {
	case c.Resolves != nil:
		return cmp.Or(c.Within, DefaultWithin), cmp.Or(c.Within, ResolveWait)
	case c.DNS != nil:
		return cmp.Or(c.Within, DefaultWithin), cmp.Or(c.Within, DNSWait)
	}
	silent := c.Not && (c.Ping != nil || c.Reach != nil || c.Seen != nil)
	switch {
	case silent && c.Within > 0:
		return 0, c.Within
	case silent:
		return 0, NotWithin
	case c.Within > 0:
		return c.Within, min(EchoWait, c.Within)
	}
	return DefaultWithin, EchoWait
}

// Until calls try again and again until its outcome is OK or final, or within is
// over, and returns the last outcome. It calls try at least once, pauses 2 ms
// after the first try and longer after each further one, up to 50 ms, and ends
// at once on an error of try or when ctx ends (with ctx's error).
func Until(ctx context.Context, within time.Duration, try func(context.Context) (out Outcome, final bool, err error)) (Outcome, error) {
	start := time.Now()
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		out, final, err := try(ctx)
		left := within - time.Since(start)
		if err != nil || out.OK || final || left <= 0 {
			return out, err
		}
		timer := time.NewTimer(min(pause, left))
		select {
		case <-ctx.Done():
			timer.Stop()
			return out, ctx.Err()
		case <-timer.C:
		}
	}
}
