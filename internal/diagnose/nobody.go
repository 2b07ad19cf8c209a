package diagnose

import (
	"net/netip"
)

// nobody: an address is asked for that nobody has.
func (q inquest) nobody(from end, of, to netip.Addr) []Cause {
	h := &hop{trip: trip{lab: q.lab, from: from.space, to: to}, space: mustSpace(q.lab, from.space), next: of}
	h.out = from
	f := h.nobody()
	bare := q.bare(from, of)
	if of != to.WithZone("") {
		text := from.space + " sends to " + to.String() + " by the gateway " + of.String() + ", and no namespace of this lab has this address"
		if q.knowsBetter(from.space, of, to) {
			return []Cause{q.cause(NoGateway, end{from.space, ""}, true, text, routeList(q.lab, from.space)+"\n"+q.present(from, of))}
		}
		lonely := len(bare) == 0 || !bare[0].Sure && q.users(of) < 2
		c := q.cause(NoGateway, end{from.space, ""}, len(bare) == 0, text, routeList(q.lab, from.space)+"\n"+q.present(from, of))
		if lonely {
			return append([]Cause{c}, bare...)
		}
		return append(bare, c)
	}
	if len(bare) > 1 && !bare[0].Sure { // which of them should have it nobody can tell
		return append([]Cause{q.cause(NoAddress, end{}, true, f.Text, q.present(from, of))}, bare...)
	}
	if len(bare) > 0 {
		return bare
	}
	if c := q.unplugged(mustSpace(q.lab, from.space)); len(c) > 0 {
		return c
	}
	return []Cause{q.cause(NoAddress, end{}, true, f.Text, f.Evidence)}
}

// present lists who is there on a network, with the addresses they have.
func (q inquest) present(from end, like netip.Addr) string {
	var out []string
	for _, e := range segment(q.lab, from) {
		for _, a := range addressesOf(mustSpace(q.lab, e.space), e.link, like.Is4()) {
			out = append(out, a.Prefix.Addr().String()+" ("+e.space+")")
		}
	}
	return "in the network of " + from.String() + ": " + list(out)
}

// knowsBetter says that a namespace has another route to a target, by a gateway
// that is there.
func (q inquest) knowsBetter(space string, than, to netip.Addr) bool {
	for _, r := range mustSpace(q.lab, space).Routes {
		if r.Via != than && r.Via.IsValid() && r.Dst.Contains(to.WithZone("")) && len(owners(q.lab, r.Via)) > 0 {
			return true
		}
		if !r.Via.IsValid() && r.Link != "" && r.Dst.Contains(to.WithZone("")) {
			return true
		}
	}
	return false
}

// users counts the routes that have an address as their gateway.
func (q inquest) users(a netip.Addr) int {
	n := 0
	for _, s := range q.lab.Spaces {
		for _, r := range s.Routes {
			if r.Via.IsValid() && r.Via == a {
				n++
			}
		}
	}
	return n
}
