package topology

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// Of makes the graph of a lab from the state of its kernel.
func Of(lab snapshot.Lab) Graph {
	g := Graph{Nodes: []Node{}, Cables: []Cable{}}
	for _, s := range lab.Spaces {
		g.Nodes = append(g.Nodes, nodeOf(s))
	}
	g.Cables = append(g.Cables, veths(lab)...)
	g.Cables = append(g.Cables, tunnels(lab)...)
	return g
}

func nodeOf(s snapshot.Space) Node {
	n := Node{
		Name: s.Name, Kind: Host, Links: []Link{},
		Forward4: s.Sysctls["net.ipv4.ip_forward"] == "1", Forward6: s.Sysctls["net.ipv6.conf.all.forwarding"] == "1",
		NAT: nats(s.Filters), Rules: rules(s),
	}
	addrs := map[string][]Addr{}
	for _, a := range s.Addrs {
		addrs[a.Link] = append(addrs[a.Link], addrOf(a))
	}
	for _, l := range s.Links {
		n.Links = append(n.Links, linkOf(s, l, append([]Addr{}, addrs[l.Name]...)))
	}
	n.Kind = kindOf(n)
	return n
}

// kindOf tells a router and a switch from a computer. A bridge with an address
// belongs to a computer that uses it itself.
func kindOf(n Node) Kind {
	bridged := slices.ContainsFunc(n.Links, func(l Link) bool { return l.Master != "" })
	addressed := slices.ContainsFunc(n.Links, func(l Link) bool {
		return slices.ContainsFunc(l.Addrs, func(a Addr) bool { return !a.Own })
	})
	switch {
	case bridged && !addressed && n.Name != snapshot.Host:
		return Switch
	case n.Forward4 || n.Forward6:
		return Router
	}
	return Host
}

// rules counts the rules of a firewall; what a chain does in the end is none.
func rules(s snapshot.Space) int {
	count := 0
	for _, f := range s.Filters {
		if f.Policy == "" {
			count++
		}
	}
	return max(count, s.Rules, 0)
}

func nats(filters []snapshot.Filter) bool {
	return slices.ContainsFunc(filters, func(f snapshot.Filter) bool {
		return f.Policy == "" && (f.Type == "nat" || f.Table == "nat")
	})
}

func linkOf(s snapshot.Space, l snapshot.Link, addrs []Addr) Link {
	out := Link{Name: l.Name, Kind: l.Kind, State: stateOf(l), Master: l.Master, Addrs: addrs}
	if l.VXLAN != nil {
		out.Tunnel = &Tunnel{ID: l.VXLAN.ID}
		for _, a := range farEnds(s, l) {
			out.Tunnel.To = append(out.Tunnel.To, a.String())
		}
	}
	if l.Kind != "veth" && l.VXLAN == nil && l.PeerIndex > 0 && l.PeerNSID < 0 {
		for _, o := range s.Links {
			if o.Index == l.PeerIndex {
				out.Over = o.Name
			}
		}
	}
	return out
}

func stateOf(l snapshot.Link) State {
	switch {
	case !l.Up:
		return Down
	case !l.Carrier:
		return NoCarrier
	}
	return Up
}

func addrOf(a snapshot.Addr) Addr {
	ip := a.Prefix.Addr()
	return Addr{Text: a.Prefix.String(), Own: a.Link == "lo" && ip.IsLoopback() || ip.Is6() && ip.IsLinkLocalUnicast()}
}

// veths are the cables whose two ends the lab has.
func veths(lab snapshot.Lab) []Cable {
	var out []Cable
	there, seen := map[End]bool{}, map[End]bool{}
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			there[End{s.Name, l.Name}] = true
		}
	}
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			a, b := End{s.Name, l.Name}, End{l.PeerSpace, l.Peer}
			if l.Kind != "veth" || seen[a] || a == b || !there[b] {
				continue
			}
			seen[a], seen[b] = true, true
			out = append(out, Cable{Veth, a, b})
		}
	}
	return out
}

// farEnds are the addresses to which a vxlan sends what it knows no better
// place for: its remote, and its entries for the MAC address of zeros.
func farEnds(s snapshot.Space, l snapshot.Link) []netip.Addr {
	var out []netip.Addr
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	add(l.VXLAN.Remote)
	for _, f := range s.FDB {
		if f.Link == l.Name && strings.Trim(f.MAC, "0:") == "" {
			add(f.Dst)
		}
	}
	return out
}

// tunnel is a vxlan with the namespace whose addresses its packets carry.
type tunnel struct {
	end  End
	from string
	to   []netip.Addr
	of   snapshot.VXLAN
}

// tunnels are the pairs of vxlan links that send to each other: one knows the
// address of the other, and both have the same number and port.
func tunnels(lab snapshot.Lab) []Cable {
	all := vxlans(lab)
	owner := map[netip.Addr]string{}
	for _, s := range lab.Spaces {
		for _, a := range s.Addrs {
			if ip := a.Prefix.Addr(); !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
				owner[ip] = s.Name
			}
		}
	}
	var out []Cable
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.of.ID == b.of.ID && a.of.DstPort == b.of.DstPort && (a.reaches(b, owner) || b.reaches(a, owner)) {
				out = append(out, Cable{VXLAN, a.end, b.end})
			}
		}
	}
	return out
}

func (t tunnel) reaches(far tunnel, owner map[netip.Addr]string) bool {
	return slices.ContainsFunc(t.to, func(a netip.Addr) bool {
		return owner[a] == far.from && (!far.of.Local.IsValid() || far.of.Local == a)
	})
}

func vxlans(lab snapshot.Lab) []tunnel {
	var out []tunnel
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			if l.VXLAN == nil {
				continue
			}
			t := tunnel{end: End{s.Name, l.Name}, from: s.Name, to: farEnds(s, l), of: *l.VXLAN}
			if l.PeerSpace != "" {
				t.from = l.PeerSpace
			}
			out = append(out, t)
		}
	}
	return out
}
