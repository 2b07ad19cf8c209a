package snapshot

import "slices"

// What of a namespace is worth being looked at, and what is always the same.

// Only returns the lab with the named namespaces, in the lab's own order. No
// names mean all of them; a name that the lab has not is left out, see Names.
func (l Lab) Only(names []string) Lab {
	if len(names) == 0 {
		return l
	}
	var some Lab
	for _, s := range l.Spaces {
		if slices.Contains(names, s.Name) {
			some.Spaces = append(some.Spaces, s)
		}
	}
	return some
}

// Names are the names of all namespaces, host first.
func (l Lab) Names() []string {
	var names []string
	for _, s := range l.Spaces {
		names = append(names, s.Name)
	}
	return names
}

// IsEmpty tells whether the namespace is as it was made: lo and nothing else,
// with the settings fresh. That lo is up makes no difference.
func (s Space) IsEmpty(fresh map[string]string) bool {
	foreign := func(a Addr) bool { return !s.ownAddr(a) }
	return len(s.Links) <= 1 && !slices.ContainsFunc(s.Addrs, foreign) && len(s.RoutesOf(false)) == 0 && len(s.Neighs) == 0 &&
		s.Rules <= 0 && len(s.Changed(fresh)) == 0 && len(s.OwnRules())+len(s.Sockets)+len(s.Filters)+len(s.OwnFiles()) == 0
}

// Setting is a kernel setting that is not what it was in the beginning.
type Setting struct{ Key, Value, Fresh string }

// Changed are the settings that differ from fresh, those of a new namespace,
// in the order of their keys. nil means KernelSysctls.
func (s Space) Changed(fresh map[string]string) []Setting {
	if fresh == nil {
		fresh = KernelSysctls()
	}
	var changed []Setting
	for _, key := range sortedKeys(s.Sysctls) {
		if was, ok := fresh[key]; ok && was != s.Sysctls[key] {
			changed = append(changed, Setting{key, s.Sysctls[key], was})
		}
	}
	return changed
}

// AddrsOf are the addresses of a link, in the kernel's order.
func (s Space) AddrsOf(link string) []Addr {
	return slices.DeleteFunc(slices.Clone(s.Addrs), func(a Addr) bool { return a.Link != link })
}

// RoutesOf are the routes, without those that each link with IPv6 has for
// fe80::/64, and each lo for its own address, unless all is set.
func (s Space) RoutesOf(all bool) []Route {
	return slices.DeleteFunc(slices.Clone(s.Routes), func(r Route) bool {
		usual := r.Dst.Addr().IsLinkLocalUnicast() || r.Dst.Addr().IsLoopback()
		return !all && r.Family == 6 && r.Proto == "kernel" && usual
	})
}

// Entries are the forwarding entries that were learned, or that somebody made.
// With all, those of groups and of links' own addresses, too.
func (s Space) Entries(all bool) []FDB {
	return slices.DeleteFunc(slices.Clone(s.FDB), func(f FDB) bool { return !all && !s.worth(f) })
}

// Destination is the route's target in ip's words: default, an address, or a
// network.
func (r Route) Destination() string { return r.destination() }

// OwnerOf names the link of the lab that has a MAC address, as "veth_ns1 in
// ns1"; empty if none has. A bridge shares the address of one of its ports,
// which then is not what is meant.
func (l Lab) OwnerOf(mac string) string {
	d := differ{after: l}
	found, ok := d.owner(FDB{MAC: mac})
	if !ok || mac == "" || mac == zeroMAC {
		return ""
	}
	return found.link.Name + " in " + found.space
}
