package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"netlab/internal/capture"
	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/kernel"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// lull is how long frames may still be under way when the answer has come: a
// switch sends to all its ports, and the kernel hands on what waits.
const lull = 5 * time.Millisecond

// trace sends one probe, listens everywhere, and tells the probe's way.
func (c *caller) trace(ctx context.Context, req control.Request) (control.Answer, error) {
	if req.Probe == nil {
		return control.Answer{}, errors.New("trace without a probe")
	}
	p := *req.Probe
	lab, err := c.kernel.Snapshot(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	to, err := trace.Resolve(lab, p.From, p.To, p.Family)
	if err != nil {
		return control.Answer{Missing: missingIn(err)}, err
	}
	defer c.changed()
	t, after, err := follow(ctx, c.kernel, lab, probe.Knock{From: p.From, To: to, Proto: p.Proto, Port: p.Port, Size: p.Size, Timeout: p.Timeout})
	if err != nil {
		return control.Answer{}, err
	}
	seen := control.Seen{Story: trace.Tell(lab, t), Causes: diagnose.Why(lab, after, t), Tunnels: trace.Tunnels(lab)}
	seen.Capture = seen.Story.Only(t.Capture)
	return control.Answer{Seen: &seen}, nil
}

// why finds the cause of a ping that was not answered: one more is sent and
// followed. What the state of the lab alone shows stays where that is not sure.
func (e *engine) why(ctx context.Context, c check.Check, out *check.Outcome) error {
	if c.Ping == nil || c.Not || c.Ping.Error != "" {
		return nil
	}
	lab, err := e.kernel.Snapshot(ctx)
	if _, there := lab.Space(cmp.Or(c.Ping.In, snapshot.Host)); err != nil || !there {
		return err
	}
	e.changed()
	t, after, err := follow(ctx, e.kernel, lab, probe.Knock{From: c.Ping.In, To: c.Ping.To, Proto: measure.ICMP, Timeout: check.EchoWait})
	if err != nil {
		return err
	}
	if causes := diagnose.Why(lab, after, t); len(causes) > 0 && causes[0].Sure {
		out.Cause = causes[0].Text
	}
	return nil
}

func missingIn(err error) control.Missing {
	var no *trace.UnknownError
	switch {
	case !errors.As(err, &no):
		return ""
	case no.Node:
		return control.MissingNode
	}
	return control.MissingAddress
}

// follow sends a probe and listens at every interface while it is under way.
// What the probe leaves behind is removed. After is the lab before that.
func follow(ctx context.Context, k *kernel.Kernel, lab snapshot.Lab, knock probe.Knock) (t measure.Trace, after snapshot.Lab, err error) {
	mark, err := k.Mark(ctx)
	if err != nil {
		return t, after, err
	}
	defer mark.Close()
	tunnels := len(trace.Tunnels(lab)) > 0
	taps, err := capture.Open(names(lab), trace.Protocols(knock.To, tunnels)...)
	if err != nil {
		return t, after, err
	}
	defer func() { go taps.Close() }() // it takes the kernel a while, and nobody waits for it
	rules := k.TraceRules(ctx, lab, knock.Proto)
	t, err = knock.Reach(ctx)
	if err == nil {
		err = pause(ctx, lull)
	}
	verdicts, err2 := rules.Close(ctx)
	if err = errors.Join(err, err2); err != nil {
		return t, after, errors.Join(err, mark.Forget())
	}
	t.Verdicts = verdicts
	if t.Capture, err = taps.Take(ctx, links(lab), trace.Near(knock.To, tunnels)); err != nil {
		return t, after, err
	}
	after, err = k.Snapshot(ctx)
	for _, l := range trace.Lookups(lab, t) {
		if found, err := mark.Route(l); err == nil && found != nil {
			t.Lookups = append(t.Lookups, *found)
		}
	}
	// To forget a neighbour that somebody waits for makes a router send a word
	// about it, by which neighbours are learned again.
	return t, after, errors.Join(err, mark.Forget(), mark.Forget())
}

func names(lab snapshot.Lab) []string {
	out := make([]string, len(lab.Spaces))
	for i, s := range lab.Spaces {
		out[i] = s.Name
	}
	return out
}

// links gives the name of an interface by its number.
func links(lab snapshot.Lab) func(string, int) (string, bool) {
	known := map[string]string{}
	key := func(space string, index int) string { return fmt.Sprint(space, " ", index) }
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			known[key(s.Name, l.Index)] = l.Name
		}
	}
	return func(space string, index int) (string, bool) {
		name, ok := known[key(space, index)]
		return name, ok
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
