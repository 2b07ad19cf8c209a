package run

import (
	"cmp"
	"context"
	"errors"
	"syscall"
	"time"

	"netlab/internal/check"
	"netlab/internal/kernel"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// prober sends what one check asks for.
type prober struct {
	mark *kernel.Mark  // the lab as it was just before
	echo time.Duration // how long one echo waits for its answer
	// state reads the whole lab.
	state func(context.Context) (snapshot.Lab, error)
	after func() // called after each turn of many pings; nil: nobody looks
}

func (p prober) find(ctx context.Context, c check.Check) (measure.Found, error) {
	var found measure.Found
	var err error
	switch {
	case c.Ping != nil:
		found.Ping, err = p.ping(ctx, *c.Ping)
	case c.Reach != nil:
		found.Pings, err = p.reach(ctx, *c.Reach)
	case c.Path != nil:
		found.Path, err = p.path(ctx, *c.Path)
	case c.Seen != nil:
		found.Seen, err = p.seen(ctx, *c.Seen)
	case c.Lookup != nil:
		found.Lookup, err = p.mark.Lookup(c.Lookup.In, c.Lookup.To)
	case c.Conntrack != nil:
		found.Connections, err = p.connections(*c.Conntrack)
	case c.Resolves != nil:
		found.Resolved, err = p.resolve(ctx, *c.Resolves)
	case c.DNS != nil:
		found.DNS, err = p.ask(ctx, *c.DNS)
	}
	if errors.Is(err, probe.ErrNoNamespace) || errors.Is(err, syscall.ENODEV) {
		err = nil // the judge says that it is missing
	}
	return found, err
}

func (p prober) ping(ctx context.Context, c check.Ping) (*measure.Ping, error) {
	found, err := probe.Ping(ctx, probe.Request{From: c.In, To: c.To, Count: 1, Timeout: p.echo})
	if err != nil {
		return nil, err
	}
	return &found, nil
}

func (p prober) path(ctx context.Context, c check.Path) (*measure.Path, error) {
	found, err := probe.Path(ctx, c.In, c.To, p.echo)
	if err != nil {
		return nil, err
	}
	return &found, nil
}

func (p prober) seen(ctx context.Context, c check.Seen) (*measure.Seen, error) {
	found, err := probe.Seen(ctx, probe.Watch{
		From: c.In, To: c.To, In: c.At.In, Dev: c.At.Dev, Reply: c.Reply, Timeout: p.echo,
	})
	if err != nil {
		return nil, err
	}
	return &found, nil
}

func (p prober) connections(c check.Conntrack) (*measure.Connections, error) {
	if _, there := p.mark.Lab.Space(cmp.Or(c.In, snapshot.Host)); !there {
		return nil, nil
	}
	found, err := kernel.Connections(c.In)
	if err != nil {
		return nil, err
	}
	return &found, nil
}
