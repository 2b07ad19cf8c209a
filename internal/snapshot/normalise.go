package snapshot

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Normalise returns the lab without what differs between two sandboxes in
// which the same was done:
//
//   - MAC addresses that the kernel drew: mac1, mac2 … by link, everywhere;
//     a bridge with the address of one of its ports has "a port's"
//   - link-local IPv6 addresses that are made of MAC addresses: each is fe80::,
//     and neighbours with a link-local address are
//     left out; so are forwarding entries of multicast addresses
//   - the numbers of links and namespaces, and the identifiers of bridges
//   - the handles of firewall rules, and what they have counted
//   - what time decides: whether a known neighbour is fresh, neighbours that
//     have not answered, whether an address is still tentative, what a bridge
//     has learned of the lab's links, whether a link without a carrier is
//     LOWERLAYERDOWN or DOWN
//
// MAC addresses with three or more zero bytes are taken to be somebody's
// choice, and stay. Everything is sorted.
func Normalise(l Lab) Lab {
	n := &normaliser{names: map[string]string{}, links: map[string]bool{}}
	var out Lab
	for _, s := range l.Spaces {
		out.Spaces = append(out.Spaces, s.copied())
	}
	for i := range out.Spaces {
		n.learn(out.Spaces[i])
	}
	for i := range out.Spaces {
		n.space(&out.Spaces[i])
	}
	return out
}

// copied is a copy whose lists can be changed, with the links in the order of
// their names.
func (s Space) copied() Space {
	s.Links = slices.Clone(s.Links)
	slices.SortFunc(s.Links, func(a, b Link) int { return strings.Compare(a.Name, b.Name) })
	for i := range s.Links {
		if b := s.Links[i].Bridge; b != nil {
			plain := *b
			s.Links[i].Bridge = &plain
		}
	}
	s.Addrs = slices.Clone(s.Addrs)
	s.Routes = slices.Clone(s.Routes)
	s.Neighs = slices.Clone(s.Neighs)
	s.FDB = slices.Clone(s.FDB)
	s.PolicyRules = slices.Clone(s.PolicyRules)
	s.Sockets = slices.Clone(s.Sockets)
	s.Filters = slices.Clone(s.Filters)
	return s
}

// normaliser knows the new names of MAC addresses.
type normaliser struct {
	names map[string]string
	links map[string]bool // the addresses of all links of the lab
}

// learn names the addresses of all links of a namespace, bridges last: a
// bridge takes over the address of one of its ports.
func (n *normaliser) learn(s Space) {
	for _, bridges := range []bool{false, true} {
		for _, l := range s.Links {
			n.links[l.MAC] = true
			if (l.Bridge != nil) == bridges && n.names[l.MAC] == "" && drawn(l.MAC) {
				n.names[l.MAC] = fmt.Sprintf("mac%d", len(n.names)+1)
			}
		}
	}
}

// drawn tells whether the kernel drew the address.
func drawn(mac string) bool { return strings.Count(":"+mac, ":00") < 3 && len(mac) == 17 }

func (n *normaliser) mac(mac string) string {
	if name := n.names[mac]; name != "" {
		return name
	}
	if drawn(mac) && mac != "ff:ff:ff:ff:ff:ff" {
		return "mac?"
	}
	return mac
}

func (n *normaliser) space(s *Space) {
	learned := func(f FDB) bool {
		return multicast(f.MAC) || n.links[f.MAC] && (f.State == "reachable" || f.State == "stale")
	}
	s.FDB = slices.DeleteFunc(s.FDB, learned)
	for i := range s.FDB {
		s.FDB[i].MAC = n.mac(s.FDB[i].MAC)
	}
	ports := map[string]string{}
	for _, l := range s.Links {
		if l.Master != "" {
			ports[l.Master+" "+l.MAC] = l.Name
		}
	}
	for i := range s.Links {
		l := &s.Links[i]
		name := n.mac(l.MAC)
		if l.Bridge != nil && ports[l.Name+" "+l.MAC] != "" && drawn(l.MAC) {
			name = "a port's"
		}
		l.MAC = name
		n.link(l)
	}
	s.Addrs = plainAddrs(s.Addrs)
	s.Neighs = slices.DeleteFunc(s.Neighs, func(n Neigh) bool {
		return n.Addr.IsLinkLocalUnicast() && n.Addr.Is6() || timeless(n.State) == "FAILED"
	})
	for i := range s.Neighs {
		s.Neighs[i].MAC = n.mac(s.Neighs[i].MAC)
		s.Neighs[i].State = timeless(s.Neighs[i].State)
	}
	for i := range s.Filters {
		f := &s.Filters[i]
		f.Handle, f.Packets, f.Bytes = 0, 0, 0
	}
	s.NSID = -1
	s.sort()
}

func (n *normaliser) link(l *Link) {
	l.Index = 0
	l.PeerIndex = min(l.PeerIndex, 0)
	l.PeerNSID = -1
	if l.Bridge != nil {
		l.Bridge.ID = ""
	}
	if l.State == "LOWERLAYERDOWN" {
		// The kernel looks for the other end's number in this namespace, even
		// if it lies in another, and takes the link that it finds.
		l.State = "DOWN"
	}
}

// multicast tells whether a MAC address means a group: the lowest bit of the
// first byte (IEEE 802).
func multicast(mac string) bool {
	var first byte
	_, err := fmt.Sscanf(mac, "%02x:", &first)
	return err == nil && first&1 != 0
}

// madeOfMAC tells a link-local IPv6 address that the kernel made of a MAC
// address, which has ff:fe in its middle (RFC 4291, appendix A).
func madeOfMAC(a netip.Addr) bool {
	b := a.As16()
	return a.Is6() && a.IsLinkLocalUnicast() && b[11] == 0xff && b[12] == 0xfe
}

// plainAddrs makes one of all link-local IPv6 addresses of a link that come
// from its MAC address, and forgets
// what passes by itself.
func plainAddrs(addrs []Addr) []Addr {
	var all []Addr
	seen := map[string]bool{}
	for _, a := range addrs {
		a.Flags = slices.DeleteFunc(slices.Clone(a.Flags), func(f string) bool { return f == "tentative" || f == "optimistic" })
		if madeOfMAC(a.Prefix.Addr()) {
			if seen[a.Link] {
				continue
			}
			seen[a.Link] = true
			a.Prefix = netip.MustParsePrefix("fe80::/64")
		}
		all = append(all, a)
	}
	return all
}

// timeless is a neighbour's state without its age.
func timeless(state string) string {
	switch state {
	case "REACHABLE", "STALE", "DELAY", "PROBE":
		return "KNOWN"
	case "INCOMPLETE", "FAILED":
		return "FAILED"
	}
	return state
}

func (s *Space) sort() {
	slices.SortStableFunc(s.Addrs, by(s.addrLine))
	slices.SortStableFunc(s.Routes, by(s.routeLine))
	slices.SortStableFunc(s.Neighs, by(s.neighLine))
	slices.SortStableFunc(s.FDB, by(s.fdbLine))
}

// by compares things by their lines.
func by[T any](line func(T) string) func(a, b T) int {
	return func(a, b T) int { return strings.Compare(line(a), line(b)) }
}
