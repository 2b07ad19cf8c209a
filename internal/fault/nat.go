package fault

import (
	"net/netip"
	"strings"
)

func natKinds() []Kind {
	needs := []string{NFT}
	return []Kind{
		{Name: "nat-missing", Needs: needs, Title: "a router does not change the source address, and the answer does not find back", at: natMissing},
		{Name: "nat-reversed", Needs: needs, Title: "a router changes the source address at the wrong interface", at: natReversed},
		{Name: "nat-wrong-address", Needs: needs, Title: "a router puts an address for the sender's that nobody has", at: natWrongAddress},
		{Name: "dnat-missing", Needs: needs, Title: "a router does not send a connection on to the real target", at: dnatMissing},
		{Name: "dnat-wrong-target", Needs: needs, Title: "a router sends a connection on to an address that nobody has", at: dnatWrongTarget},
		{Name: "dnat-wrong-port", Needs: needs, Title: "a router sends a connection on to a port where nobody waits", at: dnatWrongPort},
	}
}

func flush(in, table string) string { return exe(in) + "nft delete table " + table }

func natMissing(t *trip) []Fault {
	if t.SNAT == nil {
		return nil
	}
	return []Fault{{
		Cause: Cause{In: t.SNAT.In, Link: t.SNAT.Out, Also: []Cause{{Kind: "missing-route", In: t.lastBefore(t.src)}}},
		Says:  t.SNAT.In + " does not put its own address for that of senders behind it, and nobody outside has a route back to them",
		Harm:  lines(flush(t.SNAT.In, t.SNAT.Table)),
		Mend:  t.SNAT.Lines,
	}}
}

// changed are the lines of a NAT with other words in the rule.
func changed(setup []string, old, other string) []string {
	var out []string
	for _, l := range setup {
		out = append(out, strings.Replace(l, old, other, 1))
	}
	return out
}

func natReversed(t *trip) []Fault {
	if t.SNAT == nil {
		return nil
	}
	off := lines(flush(t.SNAT.In, t.SNAT.Table))
	return []Fault{{
		Cause: Cause{In: t.SNAT.In, Link: t.SNAT.Inner, Also: []Cause{
			{Kind: "nat-missing", In: t.SNAT.In}, {Kind: "missing-route", In: t.lastBefore(t.src)}}},
		Says: t.SNAT.In + " changes source addresses at " + t.SNAT.Inner + ", which is the inner side; it must do so at " + t.SNAT.Out,
		Harm: append(off, changed(t.SNAT.Lines, t.SNAT.Out, t.SNAT.Inner)...),
		Mend: append(off, t.SNAT.Lines...),
	}}
}

func natWrongAddress(t *trip) []Fault {
	if t.SNAT == nil {
		return nil
	}
	var p netip.Prefix
	s, _ := t.Lab.Space(t.SNAT.In)
	for _, a := range s.AddrsOf(t.SNAT.Out) {
		if a.Prefix.Addr().Is4() {
			p = a.Prefix
		}
	}
	a, ok := t.spare(p)
	if !p.IsValid() || !ok {
		return nil
	}
	off := lines(flush(t.SNAT.In, t.SNAT.Table))
	return []Fault{{
		Cause: Cause{In: t.SNAT.In, Link: t.SNAT.Out, What: a.String(), Also: []Cause{nobodyHas()}},
		Says:  t.SNAT.In + " puts the address " + a.String() + " for that of senders behind it, and nobody has this address",
		Harm:  append(off, changed(t.SNAT.Lines, "masquerade", "snat to "+a.String())...),
		Mend:  append(off, t.SNAT.Lines...),
	}}
}

func dnatMissing(t *trip) []Fault {
	if t.DNAT == nil {
		return nil
	}
	return []Fault{{
		Cause: Cause{In: t.DNAT.In, Also: []Cause{{Kind: "service-not-listening", In: t.DNAT.In}}},
		Says:  t.DNAT.In + " does not send connections on to " + t.DNAT.To.String() + ", and nobody listens there itself",
		Harm:  lines(flush(t.DNAT.In, t.DNAT.Table)),
		Mend:  t.DNAT.Lines,
	}}
}

func (t *trip) redirected(to netip.AddrPort, says string, looks Cause) []Fault {
	off := lines(flush(t.DNAT.In, t.DNAT.Table))
	return []Fault{{
		Cause: Cause{In: t.DNAT.In, What: to.String(), Also: []Cause{looks}},
		Says:  t.DNAT.In + " sends connections on to " + to.String() + ", " + says,
		Harm:  append(off, changed(t.DNAT.Lines, t.DNAT.To.String(), to.String())...),
		Mend:  append(off, t.DNAT.Lines...),
	}}
}

func dnatWrongTarget(t *trip) []Fault {
	if t.DNAT == nil {
		return nil
	}
	_, p, ok := t.prefixOf(t.target, t.DNAT.To.Addr())
	if !ok {
		return nil
	}
	a, ok := t.spare(p)
	if !ok {
		return nil
	}
	return t.redirected(netip.AddrPortFrom(a, t.DNAT.To.Port()), "and nobody has this address", nobodyHas())
}

func dnatWrongPort(t *trip) []Fault {
	if t.DNAT == nil {
		return nil
	}
	return t.redirected(netip.AddrPortFrom(t.DNAT.To.Addr(), t.DNAT.To.Port()+1), "and nobody listens there",
		Cause{Kind: "service-not-listening", In: t.target})
}
