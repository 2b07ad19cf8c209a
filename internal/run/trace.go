package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"netlab/internal/capture"
	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/dns"
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
	defer c.changed()
	if _, there := lab.Space(p.From); there && (p.Name || trace.IsName(lab, p.To)) {
		seen, err := c.traceName(ctx, lab, p)
		return control.Answer{Seen: &seen}, err
	}
	to, err := trace.Resolve(lab, p.From, p.To, p.Family)
	if err != nil {
		return control.Answer{Missing: missingIn(err)}, err
	}
	seen, err := c.sent(ctx, lab, p, to)
	seen.NodeMeant = trace.AlsoName(lab, p.From, p.To)
	return control.Answer{Seen: &seen}, err
}

// sent is what is seen of a probe to an address.
func (c *caller) sent(ctx context.Context, lab snapshot.Lab, p control.Probe, to netip.Addr) (control.Seen, error) {
	t, after, err := follow(ctx, c.kernel, lab, probe.Knock{From: p.From, To: to, Proto: p.Proto, Port: p.Port, Size: p.Size, Timeout: p.Timeout})
	if err != nil {
		return control.Seen{}, err
	}
	seen := control.Seen{Story: trace.Tell(lab, t), Causes: diagnose.Why(lab, after, t), Tunnels: trace.Tunnels(lab)}
	seen.Capture = seen.Story.Only(t.Capture)
	return seen, nil
}

// why finds the cause of a ping that was not answered, or of a name that was
// not found, or not as claimed: one more probe is sent and followed, and all
// name servers are asked. What the state of the lab alone shows stays where that
// is not sure.
func (e *engine) why(ctx context.Context, c check.Check, out *check.Outcome) (err error) {
	if c.Not {
		return nil
	}
	cause := ""
	switch {
	case c.Ping != nil && c.Ping.Error == "":
		e.changed()
		cause, err = whyPing(ctx, e.kernel, cmp.Or(c.Ping.In, snapshot.Host), c.Ping.To.String())
	case c.Resolves != nil || c.DNS != nil:
		cause, err = e.whyName(ctx, c)
	}
	out.Cause = cmp.Or(cause, out.Cause)
	return err
}

// whyName is why for what the last try of a check has found of a name. What is
// claimed besides, such as whom it asks, has no cause but itself.
func (e *engine) whyName(ctx context.Context, c check.Check) (string, error) {
	t := diagnose.NameTrace{}
	switch r, d := e.found.Resolved, e.found.DNS; {
	case c.Resolves != nil && r != nil && (len(r.Addrs) == 0 || unlike(c.Resolves.To, r.Addrs)):
		t.Resolved, t.Wants = *r, c.Resolves.To
	case c.DNS != nil && d != nil && !answered(*d):
		t.Resolved.From, t.Direct = d.From, d
	default:
		return "", nil
	}
	lab, err := e.kernel.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	e.changed()
	causes, err := whyName(ctx, e.kernel, lab, t)
	return surely(causes), err
}

func unlike(want, got []netip.Addr) bool {
	return len(want) > 0 && !slices.ContainsFunc(want, func(a netip.Addr) bool { return slices.Contains(got, a) })
}

// answered says that a server has given what was asked for, or names who has it.
func answered(d measure.DNS) bool {
	return d.Answer != nil && (d.Answer.Sense() == dns.Found || d.Answer.Sense() == dns.Referral)
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
