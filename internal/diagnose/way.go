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

// Owners lists the namespaces that have an address, in the order of the lab.
func Owners(lab snapshot.Lab, addr netip.Addr) []string { return owners(lab, addr) }

// Flooded says why a frame that is for another one comes to an interface
// behind a port of a bridge; empty when it is behind none.
func Flooded(lab snapshot.Lab, in, dev string) string {
	port, bridge, ok := switchOf(lab, end{place(in), dev})
	if !ok {
		return ""
	}
	return "the bridge " + bridge.link + " in " + port.space + " sends a frame to all ports while it has not learned where its target is"
}

// Unseen says why a frame for the address to did not come to an interface
// behind a port of a bridge; empty when there is no such bridge, or it shows
// no reason. An address that is not valid stands for any.
func Unseen(lab snapshot.Lab, in, dev string, to netip.Addr) string {
	at := end{place(in), dev}
	l, ok := at.find(lab)
	if ok && !l.Up {
		return "the interface " + at.String() + " is down"
	}
	port, bridge, ok := switchOf(lab, at)
	if !ok {
		return ""
	}
	if p, _ := port.find(lab); !p.Up {
		return port.String() + ", a port of the bridge " + bridge.link + ", is down"
	}
	s, _ := lab.Space(port.space)
	for _, e := range s.FDB {
		owner, ok := ownerOf(lab, e.MAC)
		if !ok || e.Master != bridge.link || e.Link == port.link || e.State == "permanent" {
			continue
		}
		if o, _ := lab.Space(owner.space); !to.IsValid() || has(o, owner.link, to) {
			return "the bridge " + bridge.link + " in " + port.space + " has learned that " + owner.String() + " is at its port " + e.Link + ", and sends frames for it only there"
		}
	}
	return ""
}

// switchOf is the port, and the bridge, at the other end of an interface's
// cable; or those of a port itself.
func switchOf(lab snapshot.Lab, at end) (port, bridge end, ok bool) {
	port = at
	if l, _ := at.find(lab); l.Master == "" {
		if port, ok = peerOf(lab, at); !ok {
			return port, bridge, false
		}
	}
	l, _ := port.find(lab)
	return port, end{port.space, l.Master}, l.Master != ""
}

// ownerOf finds the interface with a hardware address.
func ownerOf(lab snapshot.Lab, mac string) (end, bool) {
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			if l.MAC == mac && l.Kind != "bridge" {
				return end{s.Name, l.Name}, true
			}
		}
	}
	return end{}, false
}

// has says that an interface has the address.
func has(s snapshot.Space, link string, to netip.Addr) bool {
	for _, a := range s.Addrs {
		if a.Link == link && a.Prefix.Addr() == to.WithZone("") {
			return true
		}
	}
	return false
}
