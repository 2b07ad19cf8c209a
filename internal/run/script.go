package run

import (
	"context"

	"netlab/internal/control"
	"netlab/internal/event"
)

// Played is how a script ended.
type Played struct {
	Exit  int    // its own exit code: 128+n when signal n ended it
	Limit string // what it means that a limit stopped it; empty: none did
}

// Play runs a foreign script in the lab. What it writes goes to the streams as
// it is, in order with the events. The error may be a *Lacking: the lab has no
// such shell.
func (c *Client) Play(ctx context.Context, script control.Script, args []string, s Streams, sink event.Sink) (Played, error) {
	taken := make(chan struct{}, control.MaxInput/minInput+1)
	answer, err := c.exchange(ctx, control.Request{Verb: control.Play, Script: &script, Args: args},
		func(f control.Frame) error {
			if f.Kind != control.KindEvent {
				return s.take(f, taken)
			}
			var ev event.Event
			if err := f.Into(&ev); err != nil {
				return err
			}
			sink(ev)
			return nil
		},
		func(ctx context.Context) { c.feed(ctx, s, taken) },
		func(ctx context.Context) { c.relaySignals(ctx, s.Signals) })
	played := Played{Exit: answer.Exit}
	if answer.Limit != "" {
		played.Limit = answer.Text
	}
	return played, lacks(answer, err)
}
