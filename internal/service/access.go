package service

import "net/netip"

// action is what becomes of a client's question.
type action int

const (
	actRefuse action = iota // it is refused, and told so
	actDeny                 // it is dropped
	actAllow                // it is answered, if it asks to resolve (rd)
	actSnoop                // it is answered
)

// actionOf reads an action of unbound.conf(5), access-control. Without local
// data the non_local ones are what they do to all other names.
func actionOf(word string) (action, bool) {
	switch word {
	case "allow":
		return actAllow, true
	case "allow_snoop", "allow_setrd":
		return actSnoop, true
	case "refuse", "refuse_non_local":
		return actRefuse, true
	case "deny", "deny_non_local":
		return actDeny, true
	}
	return 0, false
}

type accessRule struct {
	from netip.Prefix
	act  action
}

// access says who may ask. The longest prefix wins, and of two equal ones the
// later.
type access []accessRule

// localAccess is the default: this machine itself, and nobody else.
func localAccess() access {
	return access{
		{netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8), actAllow},
		{netip.PrefixFrom(netip.IPv6Loopback(), 128), actAllow},
	}
}

func (a access) of(from netip.Addr) action {
	best := accessRule{act: actRefuse}
	for _, r := range a {
		if r.from.Contains(from.WithZone("")) && r.from.Bits() >= best.from.Bits() {
			best = r
		}
	}
	return best.act
}
