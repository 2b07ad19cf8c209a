package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// The kinds of faults in the records of a zone.
func recordKinds() []Kind {
	return []Kind{
		{Name: "record-missing", Title: "the zone has no record of the name", at: served(recordMissing)},
		{Name: "record-wrong", Title: "the record of the name has an address that nobody has", at: served(recordWrong)},
		{Name: "record-other-type", Title: "the name has an address of the other family only", at: served(recordOtherType)},
		{Name: "cname-loop", Title: "two names are aliases of each other", at: served(cnameLoop)},
		{Name: "cname-dangling", Title: "the name is an alias of one that there is not", at: served(cnameDangling)},
		{Name: "missing-dot", Title: "a name in a zone file lacks its last dot, and the zone's own name is added to it", at: served(missingDot)},
		{Name: "stale-cache", Title: "a resolver still gives the old address, which it keeps until its time to live is over", at: served(staleCache)},
	}
}

// kinds gives causes other names.
func kinds(all []Fault, also ...string) []Fault {
	for i := range all {
		c := &all[i].Cause
		for _, kind := range also {
			c.Also = append(c.Also, Cause{Kind: kind, In: c.In})
		}
	}
	return all
}

// ours are the records of one name in an authority's zone.
func (a authority) ours() []record { return a.zone.of(a.record.owner, a.record.typ) }

func (a authority) without() []string {
	return a.zone.with(a.ours(), func(record) string { return "" })
}

// instead has other lines in the place of the name's records.
func (a authority) instead(lines ...string) []string {
	ours := a.ours()
	return a.zone.with(ours, func(r record) string {
		if r.line == ours[0].line {
			return strings.Join(lines, "\n")
		}
		return ""
	})
}

// wild says that a zone has an answer for each name that it does not have.
func wild(all []authority) bool {
	return slices.ContainsFunc(all, func(a authority) bool {
		return slices.ContainsFunc(a.zone.records(), func(r record) bool { return strings.HasPrefix(r.owner, "*.") })
	})
}

func recordMissing(n *naming) (out []Fault) {
	aliases, address := n.chain()
	if wild(append(aliases, address...)) {
		return nil
	}
	if len(aliases) > 0 {
		out = n.zoned(aliases, bare(aliases[0].record.owner)+" is in no line of the zone of "+bare(aliases[0].zone.Origin), authority.without)
	}
	if len(address) == 0 {
		return out
	}
	last := n.zoned(address, bare(address[0].record.owner)+" is in no line of the zone of "+bare(address[0].zone.Origin), authority.without)
	if len(aliases) > 0 {
		last = kinds(last, "cname-dangling")
	}
	return append(out, last...)
}

func recordWrong(n *naming) (out []Fault) {
	at := n.ending()
	a, ok := n.nobody(n.Found)
	if len(at) == 0 || !ok {
		return nil
	}
	return n.zoned(at, "the zone of "+bare(at[0].zone.Origin)+" says that "+bare(at[0].record.owner)+" is "+a.String(), func(at authority) []string {
		return at.instead(at.record.owner + " IN A " + a.String())
	})
}

func recordOtherType(n *naming) []Fault {
	at := n.ending()
	if len(at) == 0 {
		return nil
	}
	return n.zoned(at, "the zone of "+bare(at[0].zone.Origin)+" has an IPv6 address for "+bare(at[0].record.owner)+", and no IPv4 address", func(at authority) []string {
		return at.instead(at.record.owner + " IN AAAA 2001:db8::10")
	})
}

func cnameLoop(n *naming) []Fault {
	at := n.ending()
	if len(at) == 0 {
		return nil
	}
	return n.zoned(at, bare(at[0].record.owner)+" and loop."+bare(at[0].zone.Origin)+" are aliases of each other", func(at authority) []string {
		other := "loop." + at.zone.Origin
		return at.instead(at.record.owner+" IN CNAME "+other, other+" IN CNAME "+at.record.owner)
	})
}

func cnameDangling(n *naming) []Fault {
	at := n.ending()
	if len(at) == 0 || wild(at) {
		return nil
	}
	return n.zoned(at, bare(at[0].record.owner)+" is an alias of gone."+bare(at[0].zone.Origin)+", which there is not", func(at authority) []string {
		return at.instead(at.record.owner + " IN CNAME gone." + at.zone.Origin)
	})
}

// missingDot needs an alias in the same zone.
func missingDot(n *naming) []Fault {
	aliases, _ := n.chain()
	if len(aliases) == 0 || wild(aliases) {
		return nil
	}
	f := n.zoned(aliases, "the alias "+bare(aliases[0].record.owner)+" lacks the last dot of the name that it stands for", func(at authority) []string {
		return at.instead(at.record.owner + " IN CNAME " + strings.TrimSuffix(at.record.data, "."))
	})
	return kinds(f, "cname-dangling")
}

// staleCache gives the target a new address, in the network and in its zone.
// Who has kept the old one says so still.
func staleCache(n *naming) []Fault {
	at := n.ending()
	var keeps []string
	for _, s := range n.Servers {
		if s.Caches {
			keeps = append(keeps, s.In)
		}
	}
	seat, p, ok := n.owner(n.Found)
	now, free := n.nobody(n.Found)
	if len(at) == 0 || len(keeps) == 0 || !ok || !free {
		return nil
	}
	next := netip.PrefixFrom(now, p.Bits())
	says := seat.in + " has a new address, " + now.String() + ", and " + keeps[0] + " still gives the old one"
	f := n.zoned(at, says, func(at authority) []string { return at.instead(at.record.owner + " IN A " + now.String()) })[0]
	f.Cause = Cause{In: keeps[0], What: at[0].record.owner}
	for _, other := range keeps[1:] {
		f.Cause.Also = append(f.Cause.Also, Cause{Kind: "stale-cache", In: other})
	}
	var harm, mend []string
	harm = append(lines(taking(seat, p), giving(seat, next)), n.restore(seat, false)...)
	mend = append(lines(taking(seat, next), giving(seat, p)), n.restore(seat, false)...)
	f.Harm, f.Mend, f.Moved = append(harm, f.Harm...), append(mend, f.Mend...), now
	f.Servers = slices.DeleteFunc(f.Servers, func(s Server) bool { return slices.Contains(keeps, s.In) })
	return []Fault{f}
}

// owner is the place of an address, wherever it is.
func (n *naming) owner(a netip.Addr) (seat, netip.Prefix, bool) {
	for _, s := range n.Lab.Spaces {
		if at, p, ok := n.prefixOf(s.Name, a); ok {
			return at, p, true
		}
	}
	return seat{}, netip.Prefix{}, false
}
