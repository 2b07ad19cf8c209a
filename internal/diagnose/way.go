package diagnose

import (
	"net/netip"

	"netlab/internal/snapshot"
)

// Sends says in one line by which route a namespace sends to an address: the
// one that has the address hop, or from when there is no such hop. It is empty
// when the namespace is not known, or has no such route.
func Sends(lab snapshot.Lab, from string, hop, to netip.Addr) string {
	name := place(from)
	if hop.IsValid() {
		names := owners(lab, hop)
		if len(names) == 0 {
			return ""
		}
		name = names[0]
	}
	s, _ := lab.Space(name)
	if own, ok := owns(s, to); ok {
		return to.String() + " is an address of " + name + " itself, on " + own.Link
	}
	route, ok := lookup(s, to)
	if !ok {
		return ""
	}
	return name + " sends to " + to.String() + " by the route " + routeText(route)
}

// Quiet adds to a sentence about a router that says nothing what may keep it
// from that: empty when nothing is known. Addr is one of the router's.
func Quiet(lab snapshot.Lab, addr netip.Addr) string {
	for _, name := range owners(lab, addr) {
		if s, _ := lab.Space(name); s.Rules > 0 {
			return ": a firewall rule in " + name + " may forbid it"
		}
	}
	return ""
}
