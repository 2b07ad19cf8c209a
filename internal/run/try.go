package run

import (
	"context"
	"errors"
	"time"

	"netlab/internal/check"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// overtaken is the age at which a snapshot is not believed any more: the
// kernel's own timers and a learner's background jobs change the lab, too.
const overtaken = 200 * time.Millisecond

// view is the last look at the lab. The zero value is no look at all.
type view struct {
	lab snapshot.Lab
	at  time.Time
}

// look returns the state of the lab: as it was seen last, when nothing has
// been done since.
func (e *engine) look(ctx context.Context) (snapshot.Lab, error) {
	if !e.view.at.IsZero() && time.Since(e.view.at) < overtaken {
		return e.view.lab, nil
	}
	lab, err := e.kernel.Snapshot(ctx)
	e.view = view{lab, time.Now()}
	if err != nil {
		e.changed()
	}
	return lab, err
}

// changed says that the last look is out of date.
func (e *engine) changed() { e.view = view{} }

// try judges a check once. A ping leaves nothing behind: the neighbour and
// forwarding entries that came with it are removed, so that no check can make
// another one true.
func (e *engine) try(ctx context.Context, c check.Check, echo time.Duration) (check.Outcome, error) {
	before, err := e.look(ctx)
	if err != nil || c.Ping == nil {
		return check.Judge(c, before, nil), err
	}
	ping, err := send(ctx, *c.Ping, echo)
	e.changed()
	if err != nil {
		return check.Outcome{}, err
	}
	after, err := e.look(ctx)
	if err != nil {
		return check.Outcome{}, err
	}
	return check.Judge(c, after, ping), e.forget(before, after)
}

// send sends one echo; nil: there is no namespace to send it from.
func send(ctx context.Context, p check.Ping, echo time.Duration) (*measure.Ping, error) {
	found, err := probe.Ping(ctx, probe.Request{From: p.In, To: p.To, Count: 1, Timeout: echo})
	switch {
	case errors.Is(err, probe.ErrNoNamespace):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &found, nil
}
