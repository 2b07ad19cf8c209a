package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

func (q inquest) hasAny(e end, like netip.Addr) bool {
	return len(addressesOf(mustSpace(q.lab, e.space), e.link, like.Is4())) > 0
}

// addressesOf are those of a link that somebody gave it.
func addressesOf(s snapshot.Space, link string, four bool) []snapshot.Addr {
	var out []snapshot.Addr
	for _, a := range s.Addrs {
		if a.Link == link && a.Prefix.Addr().Is4() == four && !automatic(a.Prefix) {
			out = append(out, a)
		}
	}
	return out
}

// neighbours says that an address is in a network of a link.
func neighbours(s snapshot.Space, link string, a netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(o snapshot.Addr) bool { return o.Link == link && o.Prefix.Contains(a) })
}
