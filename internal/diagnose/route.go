package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// lookup finds the route that the kernel takes to an address which is not its
// own: the longest prefix, then the smallest metric, then the first. The zone
// of a link-local address names the interface.
func lookup(s snapshot.Space, to netip.Addr) (snapshot.Route, bool) {
	var best snapshot.Route
	found := false
	for _, r := range s.Routes {
		if !r.Dst.Contains(to.WithZone("")) || (to.Zone() != "" && r.Link != to.Zone()) {
			continue
		}
		if !found || r.Dst.Bits() > best.Dst.Bits() ||
			(r.Dst.Bits() == best.Dst.Bits() && r.Metric < best.Metric) {
			best, found = r, true
		}
	}
	return best, found
}

// owns says whether a namespace has the address, and on which interface.
func owns(s snapshot.Space, addr netip.Addr) (snapshot.Addr, bool) {
	bare := addr.WithZone("")
	for _, a := range s.Addrs {
		if a.Prefix.Addr() == bare || (a.Prefix.Addr().IsLoopback() && a.Prefix.Contains(bare)) {
			return a, true
		}
	}
	return snapshot.Addr{}, false
}

// owners lists the namespaces that have the address.
func owners(lab snapshot.Lab, addr netip.Addr) []string {
	var out []string
	for _, s := range lab.Spaces {
		if _, ok := owns(s, addr); ok {
			out = append(out, s.Name)
		}
	}
	return out
}

// source is the address that the kernel writes on a packet that takes the
// route: the route's own, else one of the interface (best in the network of
// the machine that it is for), else any.
func source(s snapshot.Space, r snapshot.Route, peer netip.Addr) netip.Addr {
	if r.Src.IsValid() {
		return r.Src
	}
	var fits []snapshot.Addr
	for _, a := range s.Addrs {
		if a.Prefix.Addr().Is4() == peer.Is4() && a.Scope != "host" {
			fits = append(fits, a)
		}
	}
	rank := func(a snapshot.Addr) int {
		switch {
		case a.Link == r.Link && a.Prefix.Contains(peer.WithZone("")):
			return 0
		case a.Link == r.Link && !a.Prefix.Addr().IsLinkLocalUnicast():
			return 1
		case a.Link == r.Link:
			return 2
		}
		return 3
	}
	if len(fits) == 0 {
		return netip.Addr{}
	}
	return slices.MinFunc(fits, func(a, b snapshot.Addr) int { return rank(a) - rank(b) }).Prefix.Addr()
}

// forwards says whether a namespace passes packets on; true also when the
// snapshot does not say.
func forwards(s snapshot.Space, to netip.Addr) bool {
	v, known := s.Sysctls[forwardKey(to)]
	return !known || v != "0"
}

// forwardKey is the setting that lets packets to this address through.
func forwardKey(to netip.Addr) string {
	if to.Is4() {
		return "net.ipv4.ip_forward"
	}
	return "net.ipv6.conf.all.forwarding"
}
