package run

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/probe"
)

// servers are those to ask first: that of the command line, or those of
// resolv.conf. That there are none has been told.
func (d *digger) servers(ctx context.Context) ([]digServer, error) {
	l := d.lookup
	if l.Server == "" {
		return d.configured()
	}
	if addr, err := netip.ParseAddr(l.Server); err == nil {
		if !d.suits(addr) {
			return nil, d.tell(control.Dug{Remark: unsuited(addr)})
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

// unsuited says what the real dig says of a server of the other family: by IPv6
// it would have to go to an IPv4 address, written as one of IPv6.
func unsuited(addr netip.Addr) string {
	if addr.Unmap().Is6() {
		return "dig: couldn't get address for '" + addr.String() + "': address family not supported"
	}
	return ";; Skipping mapped address '::ffff:" + addr.Unmap().String() + "'\n;; No acceptable nameservers"
}

// configured are the servers of resolv.conf, or this machine itself.
func (d *digger) configured() ([]digServer, error) {
	var addrs []netip.Addr
	for _, s := range d.conf.Servers {
		if !d.conf.Assumed && d.suits(s.Addr) {
			addrs = append(addrs, s.Addr)
		}
	}
	if len(addrs) > 0 {
		return d.at(addrs, ""), nil
	}
	text := ""
	for _, a := range []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})} {
		if !d.suits(a) {
			continue
		}
		if text != "" {
			text += ", then "
		}
		addrs, text = append(addrs, a), text+a.String()
	}
	where := cmp.Or(d.Files.Resolv.Flawed(), cmp.Or(d.Files.Resolv.Path, "a resolv.conf that is not there")+" names no name server to ask")
	return d.at(addrs, ""), d.tell(control.Dug{Note: where + ": dig asks this machine itself, " + text})
}

// addresses finds the addresses of a server that was given by name, as the
// real dig does: through the resolver library.
func (d *digger) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	for _, family := range []int{4, 6} {
		if d.lookup.Family != 0 && d.lookup.Family != family {
			continue
		}
		var wrong error
		found := nss.Lookup(d.Files, name, family, func(q nss.Query) (r nss.Reply) {
			if wrong == nil {
				r, wrong = d.reply(ctx, q)
			}
			return r
		})
		addrs := slices.DeleteFunc(found.Addrs, func(a netip.Addr) bool { return a.Is4In6() }) // of a name without an IPv6 address
		if wrong != nil || len(addrs) > 0 {
			return addrs, wrong
		}
	}
	return nil, nil
}

// reply asks what the resolver library wants to know.
func (d *digger) reply(ctx context.Context, q nss.Query) (nss.Reply, error) {
	ask := dns.Ask(q.Question.Name, q.Question.Type)
	found, err := probe.DNS(ctx, probe.DNSRequest{
		From: d.From, Server: netip.AddrPortFrom(q.Server, dns.Port), Query: ask, TCP: q.TCP, Whole: true, Timeout: q.Wait,
	})
	return nss.Reply{Answer: found.Answer, Closed: found.Closed || found.Fate == measure.Refused}, err
}
