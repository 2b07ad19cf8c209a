package run

import (
	"context"
	"net/netip"

	"netlab/internal/control"
	"netlab/internal/dns"
)

// maxReferrals bounds a walk from the root: servers that refer to each other
// would never end it.
const maxReferrals = 30

// trace walks from the root to the name, as dig +trace does: it asks for the
// root's servers, then each zone's servers for the name, until one answers.
func (d *digger) trace(ctx context.Context) (int, error) {
	servers, err := d.servers(ctx)
	if err != nil || len(servers) == 0 {
		return DigUsage, err
	}
	root, l := d.lookup, d.lookup
	root.Type, root.Class, l.Recurse = "NS", "IN", false
	dug, err := d.ask(ctx, root, servers, ".")
	if err != nil || dug == nil {
		return DigNoReply, err
	}
	dug.Show = true
	if err := d.tell(*dug); err != nil {
		return DigInternal, err
	}
	zone, names := ".", dug.Found.Answer.Data("NS")
	for range maxReferrals {
		if len(names) == 0 {
			return DigAnswered, nil
		}
		servers, err := d.named(ctx, names, *dug.Found.Answer)
		if err != nil || len(servers) == 0 {
			return DigNoReply, err
		}
		if dug, err = d.ask(ctx, l, servers, dns.Absolute(l.Name)); err != nil || dug == nil {
			return DigNoReply, err
		}
		if zone, names, err = d.referred(dug, zone); err != nil {
			return DigInternal, err
		}
	}
	return DigNoReply, d.tell(control.Dug{Remark: "dig: too many lookups"})
}

// referred tells an answer, and returns the zone and the servers that it refers
// to; none: it ends the walk.
func (d *digger) referred(dug *control.Dug, asked string) (zone string, names []string, err error) {
	zone, names = dug.Found.Answer.Refers()
	switch {
	case len(names) == 0:
		if dug.Found.Answer.Sense() == dns.Failed {
			dug.Note = dug.Found.Answer.Words()
		}
	case dns.SameName(zone, asked):
		dug.Remark = ";; BAD (HORIZONTAL) REFERRAL"
	case !dns.Within(zone, asked):
		dug.Remark, names = ";; BAD REFERRAL", nil
	}
	dug.Show = true
	return zone, names, d.tell(*dug)
}

// named finds the servers of a zone by their names. The real dig asks the
// resolver of the machine for the addresses, and ends where that knows none;
// here those count then that came with the referral (glue).
func (d *digger) named(ctx context.Context, names []string, referral dns.Message) ([]digServer, error) {
	var out []digServer
	for _, name := range names {
		addrs, err := d.addresses(ctx, name)
		if err != nil {
			return nil, err
		}
		short := withoutDot(name)
		if len(addrs) == 0 {
			addrs = d.glue(referral.Glue(name))
			told := control.Dug{Remark: "couldn't get address for '" + short + "': not found"}
			if len(addrs) > 0 {
				told = control.Dug{Note: "the resolver does not find the address of " + short + ": taken is the one that came with the referral (glue), which the real dig does not do"}
			}
			if err := d.tell(told); err != nil {
				return nil, err
			}
		}
		out = append(out, d.at(addrs, short)...)
	}
	if len(out) == 0 {
		return nil, d.tell(control.Dug{Remark: "dig: couldn't get address for '" + withoutDot(names[len(names)-1]) + "': no more"})
	}
	return out, nil
}

// glue reads the addresses that come with a referral.
func (d *digger) glue(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil && d.suits(a) {
			out = append(out, a)
		}
	}
	return out
}

// withoutDot is how dig shows the name of a server.
func withoutDot(name string) string {
	if name != "." && dns.IsAbsolute(name) {
		return name[:len(name)-1]
	}
	return name
}
