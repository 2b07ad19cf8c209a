package run

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/probe"
)

// The exit codes of dig (dig(1), RETURN CODES).
const (
	DigAnswered = 0  // whatever the answer says
	DigUsage    = 1  // also a server whose name has no address
	DigNoReply  = 9  // of any server
	DigInternal = 10 // also a name that is none
)

// Digging is a command line of dig, from a namespace.
type Digging struct {
	From    string // namespace; empty means host
	Files   nss.Files
	Command dns.Command
	// Tell takes what comes of it, as it comes. Its error ends the digging.
	Tell func(control.Dug) error
}

// Dig asks name servers as dig does: which servers, how often, with which
// names, and from the root down with +trace. It returns dig's exit code. All
// names of the command must be names (dns.CheckName). The error is Tell's,
// ctx's, or one of probe.DNS.
func Dig(ctx context.Context, d Digging) (exit int, err error) {
	conf := nss.ReadResolv(d.Files.Resolv.Text)
	for i, l := range d.Command.Lookups {
		g := &digger{Digging: d, lookup: l, number: i, conf: conf}
		work := g.plain
		if l.Trace {
			work = g.trace
		}
		code, err := work(ctx)
		if err != nil {
			return DigInternal, err
		}
		exit = max(exit, code)
	}
	return exit, nil
}

// digger works on one name of the command line.
type digger struct {
	Digging
	lookup dns.Lookup
	number int
	conf   nss.Resolv
}

// digServer is a server that is asked, and its name if it was given by name.
type digServer struct {
	addr netip.AddrPort
	name string
}

func (d *digger) tell(dug control.Dug) error {
	dug.Lookup = d.number
	return d.Tell(dug)
}

// plain asks for the name, with the search list if that is wanted.
func (d *digger) plain(ctx context.Context) (int, error) {
	servers, err := d.servers(ctx)
	if err != nil || len(servers) == 0 {
		return DigUsage, err
	}
	names := d.candidates()
	for i, name := range names {
		dug, err := d.ask(ctx, d.lookup, servers, name)
		if err != nil || dug == nil {
			return DigNoReply, err
		}
		last := i == len(names)-1 || dug.Found.Answer.Status != dns.NXDomain
		dug.Show = last || d.lookup.ShowSearch
		if err := d.tell(*dug); err != nil || last {
			return DigAnswered, err
		}
	}
	return DigAnswered, nil
}

// candidates are the names that are tried one after the other, until there is
// one that exists: dig takes the search list for names with less dots than
// ndots only.
func (d *digger) candidates() []string {
	l := d.lookup
	search, ndots := d.conf.Search, d.conf.Ndots
	if l.Domain != "" {
		search = []string{l.Domain}
	}
	if l.Ndots >= 0 {
		ndots = l.Ndots
	}
	if !l.Search || dns.IsAbsolute(l.Name) || dns.Dots(l.Name) >= ndots {
		return []string{dns.Absolute(l.Name)}
	}
	var out []string
	for _, domain := range search {
		name := dns.Absolute(l.Name + "." + domain)
		if dns.CheckName(name) == nil {
			out = append(out, name)
		}
	}
	return append(out, dns.Absolute(l.Name))
}

// ask asks the servers one after the other, each as often as there are tries,
// and returns the first answer; nil: no server has one, which has been told.
func (d *digger) ask(ctx context.Context, l dns.Lookup, servers []digServer, name string) (*control.Dug, error) {
	begun := false // the question went out at last
	for i, s := range servers {
		last := i == len(servers)-1
		for try := range l.Tries {
			dug, err := d.negotiated(ctx, l, s, name)
			if err != nil {
				return nil, err
			}
			if dug.Found.Fate == measure.Answered {
				if !l.NextOnFail || dug.Found.Answer.Status != dns.ServFail {
					return &dug, nil
				}
				dug.Remark = ";; Got SERVFAIL reply from " + s.addr.Addr().String()
				if last {
					return &dug, nil
				}
				dug.Remark += ", trying next server"
			} else if begun = !dug.Unsent(); !begun {
				dug.None = last || try < l.Tries-1
			}
			if err := d.tell(dug); err != nil {
				return nil, err
			}
			if dug.Found.Fate == measure.Answered {
				break
			}
		}
	}
	if !begun {
		return nil, nil
	}
	return nil, d.tell(control.Dug{None: true})
}

// negotiated asks a server once, and once more when it knows only a lower
// version of EDNS (RFC 6891, 6.1.3).
func (d *digger) negotiated(ctx context.Context, l dns.Lookup, s digServer, name string) (control.Dug, error) {
	dug, err := d.once(ctx, l, s, name)
	if err != nil || l.KeepVersion || l.EDNS == nil || dug.Found.Answer == nil {
		return dug, err
	}
	m := dug.Found.Answer
	if m.Status != "BADVERS" || m.EDNS == nil || m.EDNS.Version >= l.EDNS.Version {
		return dug, nil
	}
	dug.Remark = fmt.Sprintf(";; BADVERS, retrying with EDNS version %d.", m.EDNS.Version)
	if err := d.tell(dug); err != nil {
		return dug, err
	}
	lower := *l.EDNS
	lower.Version = m.EDNS.Version
	l.EDNS = &lower
	return d.once(ctx, l, s, name)
}

// once asks a server once.
func (d *digger) once(ctx context.Context, l dns.Lookup, s digServer, name string) (control.Dug, error) {
	q := l.Query(name, randomID(), randomCookie())
	dug := control.Dug{Server: s.name}
	octets, err := q.Pack()
	if err != nil {
		return dug, err
	}
	sent, err := dns.Parse(octets)
	if err != nil {
		return dug, err
	}
	found, err := probe.DNS(ctx, probe.DNSRequest{
		From: d.From, Server: s.addr, Source: l.Source, Query: q, TCP: l.TCP, Whole: l.Ignore, Timeout: l.Timeout,
	})
	dug.Sent, dug.Found = &sent, &found
	return dug, err
}

func randomID() uint16 {
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return max(binary.BigEndian.Uint16(id[:]), 1)
}

func randomCookie() []byte {
	cookie := make([]byte, 8)
	_, _ = rand.Read(cookie)
	return cookie
}
