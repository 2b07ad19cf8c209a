package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// Missing says why the lab has no interface of this name in this namespace;
// it is empty when it has.
func Missing(lab snapshot.Lab, in, link string) string {
	in = place(in)
	s, ok := lab.Space(in)
	if !ok {
		return noSpace(lab, in).Text
	}
	if _, ok := s.Link(link); ok || link == "" {
		return ""
	}
	if elsewhere := holders(lab, link); len(elsewhere) > 0 {
		return link + " is in " + strings.Join(elsewhere, " and in ")
	}
	return "no namespace of this lab has an interface " + link
}

// Link says why an interface that exists does not work: it is down, its cable
// or its bridge is. It is empty when nothing is wrong with it.
func Link(lab snapshot.Lab, in, link string) string {
	if why := Missing(lab, in, link); why != "" {
		return why
	}
	e := end{place(in), link}
	l, _ := e.find(lab)
	peer, hasPeer := peerOf(lab, e)
	p, _ := peer.find(lab)
	switch {
	case !l.Up:
		return e.String() + " is down"
	case !l.Carrier && hasPeer && !p.Up:
		return "the other end of the cable, " + peer.String() + ", is down"
	case !l.Carrier && l.Kind == "bridge":
		return "no port of the bridge " + e.String() + " is up and connected"
	case !l.Carrier:
		return e.String() + " has no carrier"
	}
	return ""
}

// Addr says why an interface does not have an address; an invalid prefix
// means any address. An empty link means any interface.
func Addr(lab snapshot.Lab, in, link string, want netip.Prefix) string {
	in = place(in)
	if why := Missing(lab, in, link); why != "" {
		return why
	}
	s, _ := lab.Space(in)
	for _, a := range s.Addrs {
		if want.IsValid() && a.Prefix.Addr() == want.Addr() && (link == "" || a.Link == link) {
			return fmt.Sprintf("the address is there with another mask: %s instead of %s", a.Prefix, want)
		}
	}
	for _, o := range lab.Spaces {
		for _, a := range o.Addrs {
			if want.IsValid() && a.Prefix == want {
				return want.String() + " is on " + (end{o.Name, a.Link}).String()
			}
		}
	}
	where := in
	if link != "" {
		where = (end{in, link}).String()
	}
	if others := addrsOf(s, link); len(others) > 0 {
		return where + " has another address: " + list(others)
	}
	if l, ok := s.Link(link); ok && want.IsValid() && want.Addr().Is6() && (!l.Up || s.Sysctls[disabledKey] == "1") {
		return because(where+" has no such address", lacks(s))
	}
	if l, _ := s.Link(link); l.Kind == "veth" && (l.PeerNSID >= 0 || (l.PeerSpace != "" && l.PeerSpace != in)) && in != snapshot.Host {
		return where + " has no address: an interface loses its addresses when it moves to another namespace"
	}
	return where + " has no address"
}

// Route says why the routing table of a namespace lacks a route. Via and dev
// may be invalid and empty.
func Route(lab snapshot.Lab, in string, dst netip.Prefix, via netip.Addr, dev string) string {
	in = place(in)
	if why := Missing(lab, in, dev); why != "" {
		return why
	}
	s, _ := lab.Space(in)
	for _, r := range s.Routes {
		if dst.IsValid() && r.Dst == dst {
			return "the route to this network is another one: " + routeText(r)
		}
	}
	for _, a := range s.Addrs {
		l, _ := s.Link(a.Link)
		if dst.IsValid() && a.Prefix.Masked() == dst && !l.Up {
			return (end{in, a.Link}).String() + " is down, and the route to its own network comes when it goes up"
		}
	}
	if l, ok := s.Link(dev); !dst.IsValid() && !via.IsValid() && ok {
		if !l.Up {
			return (end{in, dev}).String() + " is down"
		}
		return "no route leads out of " + (end{in, dev}).String() + ": a route comes with an address on it"
	}
	if !dst.IsValid() && !via.IsValid() {
		return in + " has no address on an interface that is up"
	}
	if via.IsValid() {
		if _, ok := lookup(s, via); !ok {
			return "the gateway " + via.String() + " is in no network that " + in + " is connected to"
		}
		return in + " has no route to this network"
	}
	if dst.IsValid() && dst.Bits() == 0 {
		return in + " has no default route"
	}
	return in + " has no address in this network, and the route comes with the address"
}

// Neigh says why a namespace does not know a neighbour's hardware address.
func Neigh(lab snapshot.Lab, in string, addr netip.Addr, dev string) string {
	in = place(in)
	if why := Missing(lab, in, dev); why != "" {
		return why
	}
	s, _ := lab.Space(in)
	for _, n := range s.Neighs {
		if (addr.IsValid() && n.Addr != addr.WithZone("")) || (dev != "" && n.Link != dev) {
			continue
		}
		if n.State == "FAILED" || n.State == "INCOMPLETE" {
			return in + " asked for " + n.Addr.String() + ", and nobody answered"
		}
	}
	if !addr.IsValid() {
		return in + " has not asked for anybody yet"
	}
	return in + " has not asked for " + addr.String() + " yet"
}

// FDB says why a bridge has not learned a hardware address at a port. Port
// may be empty; mac is empty for any address.
func FDB(lab snapshot.Lab, in, bridge, port, mac string) string {
	in = place(in)
	for _, name := range []string{bridge, port} {
		if why := Missing(lab, in, name); why != "" {
			return why
		}
	}
	s, _ := lab.Space(in)
	if b, _ := s.Link(bridge); !b.Up {
		return "the bridge " + bridge + " in " + in + " is down"
	}
	if p, ok := s.Link(port); ok && p.Master != bridge {
		return port + " is not a port of " + bridge
	}
	for _, f := range s.FDB {
		if learned(f, bridge) && strings.EqualFold(f.MAC, mac) {
			return "the bridge has learned it at the port " + f.Link
		}
	}
	switch {
	case mac != "":
		return "no frame from it has come to the bridge of late"
	case port != "":
		return "no frame has come to the port " + port + " of late"
	}
	return "no frame has come to the bridge of late"
}

// learned says whether an entry was learned by the bridge from a frame, and
// not put there by hand or by the bridge itself.
func learned(f snapshot.FDB, bridge string) bool {
	return f.Master == bridge && !f.Self && f.State != "permanent" && f.State != "static"
}

// holders lists the namespaces that have an interface of this name.
func holders(lab snapshot.Lab, link string) []string {
	var out []string
	for _, s := range lab.Spaces {
		if _, ok := s.Link(link); ok {
			out = append(out, s.Name)
		}
	}
	return out
}

// addrsOf lists the addresses of an interface, or of all when link is empty,
// without those that the kernel makes itself.
func addrsOf(s snapshot.Space, link string) []string {
	var out []string
	for _, a := range s.Addrs {
		if (link == "" || a.Link == link) && !automatic(a.Prefix) {
			out = append(out, a.Prefix.String())
		}
	}
	return slices.Compact(out)
}

// Namespace says what the lab has instead of the namespace.
func Namespace(lab snapshot.Lab, name string) string {
	if _, ok := lab.Space(place(name)); ok {
		return ""
	}
	return "the lab has the " + noSpace(lab, name).Evidence
}
