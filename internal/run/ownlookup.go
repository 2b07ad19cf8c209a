package run

import (
	"context"
	"net/netip"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/probe"
)

// byItself is who finds a name where the machine has no getent of glibc.
const byItself = "netlab's own resolver: this machine has no getent of glibc"

// The exit codes of getent(1).
const (
	getentFound, getentUnknown, getentNotFound = 0, 1, 2
)

// ownLookUp is lookUp without the machine's resolver library: netlab reads the
// files of the node as glibc would, and asks the servers itself.
func (p prober) ownLookUp(ctx context.Context, l lookup) (measure.Resolved, error) {
	found := measure.Resolved{From: l.node, Name: l.name, Family: l.family, By: byItself, Exit: getentNotFound}
	lab, err := p.state(ctx)
	if err != nil {
		return found, err
	}
	s, _ := lab.Space(l.node)
	var own []netip.Addr
	for _, a := range s.Addrs {
		own = append(own, a.Prefix.Addr())
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	got, err := ownResolver{from: l.node, files: s.Names, addrs: own}.lookUp(ctx, l.name, l.family)
	found.Took = time.Since(begun)
	for _, a := range got.Addrs {
		if a.Is4() == (l.family == 4) && !a.Is4In6() {
			found.Addrs, found.Canon, found.Exit = append(found.Addrs, a), got.Canon, getentFound
		}
	}
	if found.Slow = len(found.Addrs) == 0 && ctx.Err() != nil; found.Slow {
		found.Exit = -1
	}
	return found, err
}

// ownResolver stands in for glibc's in one namespace.
type ownResolver struct {
	from  string // the namespace; empty: the one in which this process runs
	files nss.Files
	addrs []netip.Addr // of the namespace
}

// lookUp finds the addresses of a name for family 4, 6 or 0.
func (r ownResolver) lookUp(ctx context.Context, name string, family int) (nss.Found, error) {
	as, looked := nss.Looked(r.addrs, family)
	if !looked {
		return nss.Found{}, nil
	}
	return r.anyway(ctx, name, as)
}

// anyway is lookUp whatever addresses the namespace has.
func (r ownResolver) anyway(ctx context.Context, name string, family int) (nss.Found, error) {
	var trouble error
	found := nss.Lookup(r.files, name, family, func(q nss.Query) nss.Reply {
		if ctx.Err() != nil || trouble != nil {
			return nss.Reply{Closed: true} // nobody is waited for any more
		}
		asked, err := probe.DNS(ctx, probe.DNSRequest{
			From: r.from, Server: netip.AddrPortFrom(q.Server, dns.Port), Query: dns.Ask(q.Question.Name, q.Question.Type), TCP: q.TCP, Whole: true, Timeout: q.Wait,
		})
		if err != nil && ctx.Err() == nil {
			trouble = err
		}
		return nss.Reply{Answer: asked.Answer, Closed: asked.Fate != measure.Answered && asked.Fate != measure.Silent}
	})
	return found, trouble
}
