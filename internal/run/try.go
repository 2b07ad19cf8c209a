package run

import (
	"context"
	"errors"
	"syscall"
	"time"

	"netlab/internal/check"
	"netlab/internal/measure"
	"netlab/internal/op"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// try judges a check once. A ping leaves nothing behind: the neighbour and
// forwarding entries that came with it are removed, so that no check can make
// another one true.
func (e *engine) try(ctx context.Context, c check.Check, echo time.Duration) (check.Outcome, error) {
	before, err := e.kernel.Snapshot(ctx)
	if err != nil || c.Ping == nil {
		return check.Judge(c, before, nil), err
	}
	if err := e.kernel.Settle(ctx); err != nil {
		return check.Outcome{}, err
	}
	found, err := probe.Ping(ctx, probe.Request{From: c.Ping.In, To: c.Ping.To, Count: 1, Timeout: echo})
	after, snapErr := e.kernel.Snapshot(ctx)
	if snapErr != nil {
		return check.Outcome{}, snapErr
	}
	var ping *measure.Ping
	switch {
	case err == nil:
		ping = &found
	case !errors.Is(err, probe.ErrNoNamespace):
		return check.Outcome{}, err
	}
	out := check.Judge(c, after, ping)
	return out, e.forget(before, after)
}

// forget removes the neighbours and the learned forwarding entries that are
// in after and were not in before.
func (e *engine) forget(before, after snapshot.Lab) error {
	for _, s := range after.Spaces {
		old, _ := before.Space(s.Name)
		for _, line := range leftBehind(old, s) {
			err := e.kernel.Do(line)
			if err != nil && !gone(err) {
				return err
			}
		}
	}
	return nil
}

// leftBehind lists the ops which turn the tables of now back into those of old.
func leftBehind(old, now snapshot.Space) []op.Line {
	ns := now.Name
	if ns == snapshot.Host {
		ns = ""
	}
	var out []op.Line
	known := map[string]bool{}
	for _, n := range old.Neighs {
		known[n.Link+" "+n.Addr.String()] = true
	}
	for _, f := range old.FDB {
		known[f.Link+" "+f.MAC] = true
	}
	for _, n := range now.Neighs {
		if !known[n.Link+" "+n.Addr.String()] && !n.Proxy {
			out = append(out, op.Line{Netns: ns, Op: &op.NeighDel{Addr: n.Addr, Dev: n.Link}})
		}
	}
	for _, f := range now.FDB {
		learned := f.State == "reachable" || f.State == "stale"
		if !known[f.Link+" "+f.MAC] && learned && f.Master != "" {
			out = append(out, op.Line{Netns: ns, Op: &op.FDBDel{LLAddr: f.MAC, Dev: f.Link, Master: true}})
		}
	}
	return out
}

// gone says that what was to be removed had gone by itself.
func gone(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENODEV)
}
