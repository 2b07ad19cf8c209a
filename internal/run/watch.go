package run

import (
	"context"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/kernel"
	"netlab/internal/snapshot"
)

const (
	// watchSettle is for how long nothing may be heard before the lab is looked
	// at, watchPatience how long it is waited for that at most: one command is
	// many messages.
	watchSettle   = 3 * time.Millisecond
	watchPatience = 25 * time.Millisecond
	// watchLook is how often the lab is looked at although nothing was heard: the
	// kernel does not tell of sockets, of files and of some settings.
	watchLook = time.Second
)

// watch tells what changes in the lab, as it changes, until the caller is gone.
// It takes no turn: others are served meanwhile.
func (c *caller) watch(ctx context.Context) (control.Answer, error) {
	start := time.Now()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w, err := c.kernel.Watch(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	last, err := c.kernel.Snapshot(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	if err := c.tellEvent(event.Event{Kind: event.Note, Text: "watching"}); err != nil {
		return control.Answer{}, err
	}
	for c.wait(w) {
		now, err := c.kernel.Snapshot(ctx)
		if err != nil {
			return control.Answer{}, err
		}
		at := millis(start)
		for _, d := range snapshot.Diff(last, now) {
			err := c.tellEvent(event.Event{Kind: event.Change, Sign: d.Sign, Place: d.Space, Line: d.Line, Text: d.Reason, Millis: at})
			if err != nil {
				return control.Answer{}, err
			}
		}
		last = now
	}
	return control.Answer{}, nil
}

func (c *caller) tellEvent(ev event.Event) error {
	ev.V = event.Version
	return c.conn.Send(control.KindEvent, ev)
}

// wait waits until it is time to look at the lab; false: the caller is gone.
func (c *caller) wait(w *kernel.Watcher) bool {
	look := time.After(watchLook)
	select {
	case _, ok := <-c.frames:
		return ok // nothing that is said now means anything
	case <-look:
		return true
	case <-w.Heard():
	}
	late := time.After(watchPatience)
	for {
		select {
		case _, ok := <-c.frames:
			return ok
		case <-w.Heard():
		case <-time.After(watchSettle):
			return true
		case <-late:
			return true
		}
	}
}
