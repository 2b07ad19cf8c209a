package fault

import (
	"net/netip"
	"slices"
)

func addrKinds() []Kind {
	return []Kind{
		{Name: "wrong-mask", Title: "a mask is too long: the other one is not in the network", at: wrongMask},
		{Name: "mask-too-wide", Title: "a mask is too short: a far one is taken for a neighbour", at: maskTooWide},
		{Name: "missing-address", Title: "an interface has no address", at: missingAddress},
		{Name: "wrong-address", Title: "an interface has another address than all others think", at: wrongAddress},
		{Name: "wrong-network", Title: "an interface has an address of another network", at: wrongNetwork},
		{Name: "address-on-wrong-link", Title: "an address is on another interface of the machine", at: addressOnWrongLink},
		{Name: "address-on-bridge-port", Title: "the address of a bridge is on one of its ports", at: addressOnBridgePort},
		{Name: "duplicate-address", Title: "two machines of a network have one address", at: duplicateAddress},
	}
}

// held is an address that an interface needs for a leg.
type held struct {
	at     seat
	prefix netip.Prefix
	other  netip.Addr // whom it must find in its network
}

// nearby are the addresses in whose network a sender finds its next hop. Where
// an IPv6 route names the gateway and the interface, none is needed.
func (t *trip) nearby() []held {
	var out []held
	for _, l := range t.every() {
		if l.route.Via.Is6() {
			continue
		}
		if p, ok := t.prefixWith(l.out, l.next); ok {
			out = append(out, held{l.out, p, l.next})
		}
	}
	return once(out)
}

// asked are the addresses that others on the way know. The sender's own is not
// one of them: they answer to whatever address it has.
func (t *trip) asked() []held {
	var out []held
	for _, l := range t.every() {
		if at, p, ok := t.prefixOf(l.in.in, l.next); ok && !(l.back && l.next == l.dst && !slices.Contains(t.tunnelEnds(), l.dst)) {
			out = append(out, held{at: at, prefix: p})
		}
	}
	return once(out)
}

// instead is the fault of an address in place of another one.
func (t *trip) instead(h held, now seat, p netip.Prefix) Fault {
	return Fault{
		Cause: Cause{In: now.in, Link: now.link, What: p.String()},
		Harm:  lines(taking(h.at, h.prefix), giving(now, p)),
		Mend:  append(lines(taking(now, p), giving(h.at, h.prefix)), t.restore(h.at, false)...),
	}
}

func wrongMask(t *trip) (out []Fault) {
	for _, h := range t.nearby() {
		p := h.prefix
		for p.Contains(h.other) {
			p = netip.PrefixFrom(p.Addr(), p.Bits()+1)
		}
		f := t.instead(h, h.at, p)
		f.Says = h.at.in + " has " + p.String() + " on " + h.at.link + ", and " + h.other.String() + " is not in this network"
		out = append(out, f)
	}
	return out
}

// maskTooWide swallows what is behind a gateway. It takes no part where a
// longer route stays.
func maskTooWide(t *trip) (out []Fault) {
	for _, l := range t.legs() {
		p, ok := t.prefixWith(l.out, l.next)
		if !ok || !l.route.Via.Is4() || l.route.Dst.Bits() > 0 {
			continue
		}
		h, wide := held{at: l.out, prefix: p}, p
		for !wide.Contains(l.dst) && wide.Bits() > 8 { // no learner's mask is shorter
			wide = netip.PrefixFrom(p.Addr(), wide.Bits()-1)
		}
		if !wide.Contains(l.dst) {
			continue
		}
		f := t.instead(h, l.out, wide)
		f.Harm = append(f.Harm, t.restore(l.out, false)...)
		f.Says = l.out.in + " has " + wide.String() + " on " + l.out.link + ", and takes " + l.dst.String() + " for a neighbour, which is behind a gateway"
		out = append(out, f)
	}
	return out
}

// lost are the other ways to say that an address is not where it should be:
// nobody has it, and whoever uses it, as a gateway or as the other end of a
// tunnel, uses an address that nobody has.
func (t *trip) lost(h held) []Cause {
	out := []Cause{{Kind: "missing-address", In: h.at.in, Link: h.at.link}}
	for _, l := range t.every() {
		if l.next != h.prefix.Addr() {
			continue
		}
		out = append(out, nobodyHas())
		if l.route.Via.IsValid() {
			out = append(out, Cause{Kind: "gateway-nobody", In: l.out.in})
		}
	}
	for _, at := range t.tunnels() {
		s, _ := t.Lab.Space(at.in)
		if l, _ := s.Link(at.link); slices.Contains(remotes(s, l), h.prefix.Addr()) {
			out = append(out, Cause{Kind: "vxlan-wrong-peer", In: at.in, Link: at.link})
		}
	}
	if t.DNAT != nil && t.DNAT.To.Addr() == h.prefix.Addr() {
		out = append(out, Cause{Kind: "dnat-wrong-target", In: t.DNAT.In})
	}
	return out
}

func missingAddress(t *trip) (out []Fault) {
	all := t.asked()
	for _, h := range t.nearby() {
		all = append(all, held{at: h.at, prefix: h.prefix})
	}
	for _, h := range once(all) {
		out = append(out, Fault{
			Cause: Cause{In: h.at.in, Link: h.at.link, What: h.prefix.String(), Also: t.lost(h)},
			Says:  h.at.in + " does not have the address " + h.prefix.String() + " on " + h.at.link,
			Harm:  lines(taking(h.at, h.prefix)),
			Mend:  append(lines(giving(h.at, h.prefix)), t.restore(h.at, false)...),
		})
	}
	return out
}

func wrongAddress(t *trip) (out []Fault) {
	for _, h := range t.asked() {
		a, ok := t.spare(h.prefix)
		if !ok {
			continue
		}
		p := netip.PrefixFrom(a, h.prefix.Bits())
		f := t.instead(h, h.at, p)
		f.Harm = append(f.Harm, t.restore(h.at, false)...)
		f.Cause.Also = t.lost(h)
		f.Says = h.at.in + " has the address " + a.String() + ", and everybody asks for " + h.prefix.Addr().String()
		out = append(out, f)
	}
	return out
}

// wrongNetwork is a typing error in the number of the network: 192.168.11.2
// for 192.168.1.2.
func wrongNetwork(t *trip) (out []Fault) {
	for _, h := range t.nearby() {
		bytes := h.prefix.Addr().AsSlice()
		last := (h.prefix.Bits() - 1) / 8
		bytes[last] ^= 0x40
		a, _ := netip.AddrFromSlice(bytes)
		p := netip.PrefixFrom(a, h.prefix.Bits())
		if p.Contains(h.other) {
			continue
		}
		f := t.instead(h, h.at, p)
		f.Cause.Also = append(t.lost(h), Cause{Kind: "wrong-address", In: h.at.in, Link: h.at.link})
		f.Says = h.at.in + " has " + p.String() + " on " + h.at.link + ", which is another network than that of " + h.other.String()
		out = append(out, f)
	}
	return out
}
