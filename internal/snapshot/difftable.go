package snapshot

import "fmt"

// neighs compares neighbours, of which only matters whether they are known.
func (d *differ) neighs(was, now Space) {
	key := func(n Neigh) string {
		return fmt.Sprintln(n.Link, n.Addr, n.MAC, n.Proxy, timeless(n.State))
	}
	own := func(n Neigh) bool { return n.Addr.Is6() && n.Addr.IsLinkLocalUnicast() }
	compare(was.Neighs, now.Neighs, key, func(n Neigh) {
		if !own(n) {
			d.add(d.neighSign(n, was), now.Name, n.title(), neighCame(n))
		}
	}, func(n Neigh) {
		if !own(n) && d.neighSign(n, now) == "+" {
			d.add("-", now.Name, n.title(), d.neighWent(n, now))
		}
	})
}

// neighSign is "~" if the other snapshot has the same address on that link.
func (d *differ) neighSign(n Neigh, other Space) string {
	for _, o := range other.Neighs {
		if o.Link == n.Link && o.Addr == n.Addr && o.Proxy == n.Proxy {
			return "~"
		}
	}
	return "+"
}

func (n Neigh) title() string {
	w := words{"neigh", n.Addr.String()}
	w.opt("dev", n.Link)
	w.opt("lladdr", n.MAC)
	switch {
	case n.Proxy:
		w.add("proxy")
	case timeless(n.State) != "KNOWN":
		w.add(n.State)
	}
	return w.String()
}

func neighCame(n Neigh) string {
	protocol := "ARP"
	if n.Addr.Is6() {
		protocol = "neighbour discovery"
	}
	switch {
	case n.Proxy:
		return "the link answers for this address, although it does not have it"
	case n.State == "PERMANENT":
		return "set by hand: it stays, and nobody is asked"
	case timeless(n.State) == "FAILED":
		if n.State == "INCOMPLETE" {
			return protocol + " asks who has this address, and nobody has answered yet"
		}
		return protocol + " asked who has this address, and nobody has answered"
	}
	return "learned by " + protocol + ": a question or an answer from there told its MAC address"
}

func (d *differ) neighWent(n Neigh, now Space) string {
	if reason := d.linkWent(n.Link, now); reason != "" {
		return "it went with its link: " + reason
	}
	switch l, _ := now.Link(n.Link); {
	case !l.Up:
		return "neighbours are forgotten when the link goes down"
	case !l.Carrier:
		return "neighbours are forgotten when the link loses its carrier"
	case d.macChanged(now.Name, n.Link):
		return "neighbours are forgotten when the link's own MAC address changes"
	}
	return "it will be asked for again when it is needed"
}

func (d *differ) macChanged(space, name string) bool {
	for _, p := range d.pairs {
		if p.now.space == space && p.now.link.Name == name {
			return p.was.link.MAC != p.now.link.MAC
		}
	}
	return false
}

// fdb compares what bridges and vxlans have learned or were told.
func (d *differ) fdb(was, now Space) {
	key := func(f FDB) string {
		return fmt.Sprintln(f.Link, f.MAC, f.Master, f.Dst, f.VLAN, f.VNI, f.State == "permanent")
	}
	compare(was.FDB, now.FDB, key, func(f FDB) {
		if now.worth(f) {
			d.add("+", now.Name, f.title(), d.fdbCame(f))
		}
	}, func(f FDB) {
		if was.worth(f) {
			d.add("-", now.Name, f.title(), d.fdbWent(f, now))
		}
	})
}

// worth tells whether an entry is worth a line: not those of multicast
// addresses, and not a port's or a bridge's own address.
func (s Space) worth(f FDB) bool {
	if multicast(f.MAC) {
		return false
	}
	if f.State != "permanent" {
		return true
	}
	for _, l := range s.Links {
		if l.MAC == f.MAC && (l.Name == f.Link || l.Name == f.Master) {
			return false
		}
	}
	l, _ := s.Link(f.Link)
	return f.Master != "" || l.Kind == "vxlan"
}

func (f FDB) title() string {
	w := words{"fdb", f.MAC}
	w.opt("dev", f.Link)
	w.opt("dst", address(f.Dst))
	w.opt("master", f.Master)
	w.opt("vlan", positive(f.VLAN))
	if f.State != "reachable" && f.State != "stale" {
		w.add(f.State)
	}
	return w.String()
}

func (d *differ) fdbCame(f FDB) string {
	who := "a machine with this MAC address"
	if l, ok := d.owner(f); ok {
		who = fmt.Sprintf("%s of %s", l.link.Name, l.space)
	}
	switch {
	case f.MAC == "00:00:00:00:00:00":
		return "all zeros stands for every address that is not known: such frames go there"
	case f.State == "permanent" || f.State == "static":
		return "set by hand: it does not age"
	case f.Dst.IsValid():
		return fmt.Sprintf("a frame came from %s: %s is behind that tunnel end", f.Dst, who)
	case f.Master != "":
		return fmt.Sprintf("%s learned from a frame that came in at this port: %s is behind it", f.Master, who)
	}
	return "learned from a frame: " + who + " is behind it"
}

// owner finds the link that has the entry's MAC address. A bridge shares the
// address of one of its ports, which then is not what is meant.
func (d *differ) owner(f FDB) (located, bool) {
	var found located
	for _, s := range d.after.Spaces {
		for _, l := range s.Links {
			if l.MAC == f.MAC && (found.link.Name == "" || l.Kind != "bridge") {
				found = located{s.Name, l}
			}
		}
	}
	return found, found.link.Name != ""
}

func (d *differ) fdbWent(f FDB, now Space) string {
	if reason := d.linkWent(f.Link, now); reason != "" {
		return "it went with its link: " + reason
	}
	l, _ := now.Link(f.Link)
	switch {
	case f.Master != "" && l.Master != f.Master:
		return f.Link + " is no port of " + f.Master + " any more"
	case !l.Carrier:
		return "what was learned at a port is forgotten when it loses its carrier"
	}
	return "from now on such frames are sent to all ports again"
}
