package run

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/dns"
	"netlab/internal/kernel"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// How long a name may take, and how long a question that is asked to find out
// why it is not found.
const (
	nameWait     = 20 * time.Second
	nameAskWait  = 1500 * time.Millisecond
	nameWayWait  = 400 * time.Millisecond
	maxNameTurns = 8
)

// inquirer finds out what became of a name.
type inquirer struct {
	kernel *kernel.Kernel
	lab    snapshot.Lab
	t      diagnose.NameTrace
}

// inquire asks on purpose what helps to say why a name was found as it was, or
// not: of all servers in the lab, and of the ways to those who do not answer. What
// servers keep because of that, they keep; all else is removed.
func inquire(ctx context.Context, k *kernel.Kernel, lab snapshot.Lab, t diagnose.NameTrace) (diagnose.NameTrace, error) {
	mark, err := k.Mark(ctx)
	if err != nil {
		return t, err
	}
	defer mark.Close()
	q := inquirer{kernel: k, lab: lab, t: t}
	for range maxNameTurns {
		asks, ways := diagnose.NextName(lab, q.t)
		if len(asks)+len(ways) == 0 {
			break
		}
		if err = errors.Join(q.ask(ctx, asks), q.follow(ctx, ways)); err != nil {
			break
		}
	}
	return q.t, errors.Join(err, mark.Forget())
}

// ask asks all at once, and listens.
func (q *inquirer) ask(ctx context.Context, all []diagnose.NameQuestion) error {
	if len(all) == 0 {
		return nil
	}
	answers, errs := make([]measure.DNS, len(all)), make([]error, len(all))
	heard, _, err := listenNames(ctx, q.lab, func(ctx context.Context) error {
		var wg sync.WaitGroup
		for i, n := range all {
			wg.Go(func() { answers[i], errs[i] = askOne(ctx, n) })
		}
		wg.Wait()
		return errors.Join(errs...)
	})
	q.t.Asked = append(q.t.Asked, answers...)
	q.t.Heard = append(q.t.Heard, heard...)
	return err
}

func askOne(ctx context.Context, n diagnose.NameQuestion) (measure.DNS, error) {
	query := dns.Ask(n.Question.Name, n.Question.Type)
	query.RecursionDesired = n.Recursive
	out, err := probe.DNS(ctx, probe.DNSRequest{From: n.From, Server: n.Server, Query: query, TCP: n.TCP, Whole: true, Timeout: nameAskWait})
	if errors.Is(err, probe.ErrNoNamespace) {
		err = nil
	}
	return out, err
}

// follow follows questions on their way, one after the other.
func (q *inquirer) follow(ctx context.Context, all []diagnose.NameQuestion) error {
	for _, n := range all {
		query := dns.Ask(n.Question.Name, n.Question.Type)
		query.RecursionDesired, query.ID = n.Recursive, someID()
		data, err := query.Pack()
		if err != nil {
			return err
		}
		knock := probe.Knock{From: n.From, To: n.Server.Addr(), Proto: measure.UDP, Port: n.Server.Port(), Timeout: nameWayWait, Data: data}
		if n.TCP {
			knock.Proto, knock.Data = measure.TCP, nil
		}
		before, err := q.kernel.Snapshot(ctx)
		if err != nil {
			return err
		}
		t, after, err := follow(ctx, q.kernel, before, knock)
		if err != nil {
			return err
		}
		q.t.Ways = append(q.t.Ways, diagnose.NameWay{Before: before, After: after, Trace: t})
	}
	return nil
}

func someID() uint16 {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return binary.BigEndian.Uint16(b[:])
}

// lookName has a node look up a name, and listens to all that is said about it.
// What that leaves behind is removed, but for what servers keep.
func lookName(ctx context.Context, k *kernel.Kernel, l lookup) (measure.Resolved, error) {
	mark, err := k.Mark(ctx)
	if err != nil {
		return measure.Resolved{}, err
	}
	defer mark.Close()
	found, err := prober{mark: mark, echo: l.wait, state: k.Snapshot}.resolve(ctx, check.Resolves{In: l.node, Name: l.name, Family: l.family})
	if found == nil {
		found = &measure.Resolved{From: l.node, Name: l.name, Family: l.family}
	}
	return *found, errors.Join(err, mark.Forget())
}

// traceName looks a name up, tells how, and then sends the probe to the address
// that came of it. What is wrong with the name is said with the causes of the
// probe: before them what is sure, behind them what is not.
func (c *caller) traceName(ctx context.Context, lab snapshot.Lab, p control.Probe) (control.Seen, error) {
	r, err := c.resolved(ctx, lab, p)
	if err != nil {
		return control.Seen{}, err
	}
	story := trace.TellName(lab, r)
	var seen control.Seen
	if len(r.Addrs) > 0 {
		if seen, err = c.sent(ctx, lab, p, r.Addrs[0]); err != nil {
			return control.Seen{}, err
		}
	}
	seen.Name = &story
	if len(r.Addrs) == 0 {
		nodes := slices.DeleteFunc(names(lab), func(n string) bool { return n == p.To })
		seen.Near = scenario.Nearest(p.To, nodes)
	}
	if !p.Why && seen.Story.Fate == measure.Answered && r.Took < nameSlow {
		return seen, nil
	}
	causes, err := whyName(ctx, c.kernel, lab, diagnose.NameTrace{Resolved: r})
	seen.Causes = diagnose.Joined(causes, seen.Causes)
	return seen, err
}

// nameSlow is how long a name may take: what takes longer has a cause.
const nameSlow = 800 * time.Millisecond

// resolved looks the name up for IPv4 addresses, and where there are none and
// the node has IPv6, for these.
func (c *caller) resolved(ctx context.Context, lab snapshot.Lab, p control.Probe) (measure.Resolved, error) {
	s, _ := lab.Space(p.From)
	r, err := lookName(ctx, c.kernel, lookup{p.From, p.To, cmp.Or(p.Family, 4), nameWait})
	six := slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Prefix.Addr().Is6() && a.Scope == "global" })
	if err != nil || len(r.Addrs) > 0 || p.Family != 0 || !six || r.Slow {
		return r, err
	}
	other, err := lookName(ctx, c.kernel, lookup{p.From, p.To, 6, nameWait})
	if len(other.Addrs) > 0 {
		return other, err
	}
	return r, err
}

// whyName says what is wrong with how a name was found, or why it was not.
func whyName(ctx context.Context, k *kernel.Kernel, lab snapshot.Lab, t diagnose.NameTrace) ([]diagnose.Cause, error) {
	t, err := inquire(ctx, k, lab, t)
	return diagnose.WhyName(lab, t), err
}
