package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"netlab/internal/capture"
	"netlab/internal/check"
	"netlab/internal/dns"
	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// listenNames hears every DNS message in the lab while something is done. At
// counts from its beginning; missed is how many frames there was no room for.
func listenNames(ctx context.Context, lab snapshot.Lab, during func(context.Context) error) (heard []measure.Heard, missed int, err error) {
	program, err := filter.Compile(fmt.Sprintf("port %d", dns.Port), capture.MaxFrame, filter.AnyLink)
	if err != nil {
		return nil, 0, err
	}
	taps, err := capture.OpenFor(names(lab), program)
	if err != nil {
		return nil, 0, err
	}
	defer func() { go taps.Close() }() // it takes the kernel a while, and nobody waits for it
	begun := time.Now()
	if err := errors.Join(during(ctx), pause(ctx, lull)); err != nil {
		return nil, 0, err
	}
	caught, err := taps.Take(ctx, links(lab), func([]byte, bool) bool { return true })
	if err != nil {
		return nil, 0, err
	}
	heard = trace.Heard(lab, caught)
	if len(caught.Packets) > 0 {
		before := caught.Packets[0].Time.Sub(begun)
		for i := range heard {
			heard[i].At += before
		}
	}
	return heard, caught.Lost, nil
}

// resolve has the resolver library of a node look a name up, and listens. It
// returns nil where there is no such node.
func (p prober) resolve(ctx context.Context, c check.Resolves) (*measure.Resolved, error) {
	node := cmp.Or(c.In, snapshot.Host)
	if _, there := p.mark.Lab.Space(node); !there {
		return nil, nil
	}
	var found measure.Resolved
	heard, missed, err := listenNames(ctx, p.mark.Lab, func(ctx context.Context) error {
		var err error
		found, err = p.lookUp(ctx, lookup{node, c.Name, cmp.Or(c.Family, 4), p.echo})
		return err
	})
	found.Heard, found.Missed = heard, missed
	return &found, err
}

// askAgain is after how long a question is sent once more, while its answer is
// waited for: a datagram may be lost.
const askAgain = time.Second

// ask puts the question of a check to a name server, and listens.
func (p prober) ask(ctx context.Context, c check.DNS) (*measure.DNS, error) {
	node := cmp.Or(c.In, snapshot.Host)
	if _, there := p.mark.Lab.Space(node); !there {
		return nil, nil
	}
	var found measure.DNS
	heard, missed, err := listenNames(ctx, p.mark.Lab, func(ctx context.Context) error {
		var err error
		tries := 1
		if !c.TCP {
			tries = max(1, int(p.echo/askAgain))
		}
		found, err = probe.DNS(ctx, probe.DNSRequest{
			From: node, Server: netip.AddrPortFrom(c.Server, dns.Port), Query: dns.Ask(c.Name, cmp.Or(c.Type, "A")), TCP: c.TCP,
			Tries: tries, Timeout: p.echo / time.Duration(tries),
		})
		return err
	})
	found.Heard, found.Missed = heard, missed
	return &found, err
}
