package run

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/measure"
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
	Files   NameFiles
	Command dns.Command
	// Tell takes what comes of it, as it comes. Its error ends the digging.
	Tell func(control.Dug) error
}

// Dig asks name servers as dig does: which servers, how often, with which
// names, and from the root down with +trace. It returns dig's exit code. All
// names of the command must be names (dns.CheckName). The error is Tell's,
// ctx's, or one of probe.DNS.
func Dig(ctx context.Context, d Digging) (exit int, err error) {
	conf := readResolvers(d.Files.Resolv)
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
	conf   resolvers
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
	search, ndots := d.conf.search, d.conf.ndots
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

// servers are those to ask first: that of the command line, or those of
// resolv.conf. That there are none has been told.
func (d *digger) servers(ctx context.Context) ([]digServer, error) {
	l := d.lookup
	if l.Server == "" {
		return d.configured()
	}
	if addr, err := netip.ParseAddr(l.Server); err == nil {
		if !d.suits(addr) {
			return nil, d.tell(control.Dug{Remark: ";; No acceptable nameservers"})
		}
		return []digServer{{addr: netip.AddrPortFrom(addr, l.Port)}}, nil
	}
	addrs, err := d.addresses(ctx, l.Server)
	if err == nil && len(addrs) == 0 {
		err = d.tell(control.Dug{Remark: "dig: couldn't get address for '" + l.Server + "': not found"})
	}
	return d.at(addrs, l.Server), err
}

func (d *digger) at(addrs []netip.Addr, name string) []digServer {
	var out []digServer
	for _, a := range addrs {
		out = append(out, digServer{addr: netip.AddrPortFrom(a, d.lookup.Port), name: name})
	}
	return out
}

// suits says whether -4 and -6 allow an address.
func (d *digger) suits(addr netip.Addr) bool {
	return d.lookup.Family == 0 || (d.lookup.Family == 4) == addr.Unmap().Is4()
}

// configured are the servers of resolv.conf, or this machine itself.
func (d *digger) configured() ([]digServer, error) {
	var addrs []netip.Addr
	for _, a := range d.conf.servers {
		if d.suits(a) {
			addrs = append(addrs, a)
		}
	}
	if len(addrs) > 0 {
		return d.at(addrs, ""), nil
	}
	addrs = slices.DeleteFunc([]netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}, func(a netip.Addr) bool { return !d.suits(a) })
	where := d.Files.Path
	if where == "" {
		where = "resolv.conf"
	}
	return d.at(addrs, ""), d.tell(control.Dug{Note: where + " names no name server to ask: dig asks this machine itself, " + listAddrs(addrs)})
}

func listAddrs(addrs []netip.Addr) string {
	text := ""
	for i, a := range addrs {
		if i > 0 {
			text += ", then "
		}
		text += a.String()
	}
	return text
}

// addresses finds the addresses of a server that was given by name, as the
// real dig does through the resolver library: hosts first, then the servers of
// resolv.conf.
func (d *digger) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	if found := slices.DeleteFunc(readHosts(d.Files.Hosts, name), func(a netip.Addr) bool { return !d.suits(a) }); len(found) > 0 {
		return found, nil
	}
	g := *d
	g.lookup.Name, g.lookup.Search = name, true
	for _, typ := range []string{"A", "AAAA"} {
		if d.lookup.Family == 6 && typ == "A" || d.lookup.Family == 4 && typ == "AAAA" {
			continue
		}
		if found, err := g.resolve(ctx, typ); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// resolve asks the servers of resolv.conf for the addresses of the name.
func (d *digger) resolve(ctx context.Context, typ string) ([]netip.Addr, error) {
	names := d.candidates()
	for _, name := range names {
		for _, server := range d.conf.servers {
			found, err := probe.DNS(ctx, probe.DNSRequest{
				From: d.From, Server: netip.AddrPortFrom(server, dns.Port), Query: dns.Ask(name, typ), Timeout: d.lookup.Timeout,
			})
			if err != nil {
				return nil, err
			}
			if found.Answer == nil || found.Answer.Sense() == dns.Failed {
				continue
			}
			if addrs := parseAddrs(found.Answer.Data(typ)); len(addrs) > 0 {
				return addrs, nil
			}
			break
		}
	}
	return nil, nil
}

func parseAddrs(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, a)
		}
	}
	return out
}
