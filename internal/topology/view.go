package topology

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// Options say how a graph is drawn.
type Options struct {
	Width int  // cells of a line; 0: 80
	ASCII bool // nothing but ASCII
	All   bool // each node by itself, and what is always the same: lo, addresses of the kernel's own
}

// The kinds of links that are drawn in their own way.
const (
	loopback = "loopback"
	bridge   = "bridge"
)

// shown is the graph as it is drawn: its texts can do no harm, and what is
// always the same is left out.
func shown(g Graph, opt Options) Graph {
	if !opt.All {
		g = usual(g).Collapsed()
	}
	return g.mapped(func(s string) string { return spell(s, opt.ASCII) })
}

// usual leaves out lo, unless a node has nothing else, addresses that the
// kernel gives by itself, and host when nothing is in it.
func usual(g Graph) Graph {
	out := Graph{Cables: g.Cables}
	for _, n := range g.Nodes {
		own := func(a Addr) bool { return a.Own }
		links := make([]Link, 0, len(n.Links))
		for _, l := range n.Links {
			if slices.ContainsFunc(l.Addrs, own) {
				l.Addrs = slices.DeleteFunc(slices.Clone(l.Addrs), own)
			}
			if l.Kind != loopback || len(l.Addrs) > 0 || len(n.Links) == 1 {
				links = append(links, l)
			}
		}
		empty := len(n.Links) <= 1 && (len(links) == 0 || len(links[0].Addrs) == 0) && n.Rules == 0
		if n.Name == snapshot.Host && empty && len(g.Nodes) > 1 {
			continue
		}
		n.Links = links
		out.Nodes = append(out.Nodes, n)
	}
	slices.SortStableFunc(out.Nodes, func(a, b Node) int { return natural(a.Name, b.Name) })
	return out
}

// mapped is the graph with every text that comes from the lab put through f.
func (g Graph) mapped(f func(string) string) Graph {
	out := Graph{Nodes: slices.Clone(g.Nodes), Cables: slices.Clone(g.Cables)}
	for i := range out.Nodes {
		n := &out.Nodes[i]
		n.Name, n.Last, n.Links = f(n.Name), f(n.Last), slices.Clone(n.Links)
		for j := range n.Links {
			l := &n.Links[j]
			l.Name, l.Last, l.Kind, l.Master, l.Over = f(l.Name), f(l.Last), f(l.Kind), f(l.Master), f(l.Over)
			l.Addrs = slices.Clone(l.Addrs)
			for k := range l.Addrs {
				l.Addrs[k].Text, l.Addrs[k].Last = f(l.Addrs[k].Text), f(l.Addrs[k].Last)
			}
			if l.Tunnel != nil {
				t := Tunnel{ID: l.Tunnel.ID}
				for _, to := range l.Tunnel.To {
					t.To = append(t.To, f(to))
				}
				l.Tunnel = &t
			}
		}
	}
	for i := range out.Cables {
		c := &out.Cables[i]
		c.A, c.B = End{f(c.A.Node), f(c.A.Link)}, End{f(c.B.Node), f(c.B.Link)}
	}
	return out
}

// Map is the graph with every text in it put through f, which must not make
// two names equal.
func (g Graph) Map(f func(string) string) Graph { return g.mapped(f) }

// Names are the names of a graph's nodes, with how many they are: of a few kinds
// all, of many the first ones.
func Names(g Graph) string {
	total, names := g.size(), []string{}
	g.Nodes = slices.Clone(g.Nodes)
	slices.SortStableFunc(g.Nodes, func(a, b Node) int { return natural(a.Name, b.Name) })
	for i := range g.Nodes {
		if i == few {
			names = append(names, "…")
			break
		}
		names = append(names, g.Nodes[i].name())
	}
	return fmt.Sprintf("%d nodes: %s", total, strings.Join(names, ", "))
}

// name is the node's name, or the names of several.
func (n *Node) name() string {
	if n.Count > 1 {
		return n.Name + between(n.Count) + n.Last
	}
	return n.Name
}

// between stands for those of a group that are not named.
func between(count int) string {
	if count == 2 {
		return ", "
	}
	return " … "
}

// traits are what a node does for others, in words.
func (n *Node) traits() []string { return append(n.role(), n.firewall()...) }

// role is what a node is.
func (n *Node) role() []string {
	var out []string
	if n.Count > 1 {
		out = append(out, fmt.Sprintf("%d hosts", n.Count))
	}
	if n.Kind == Switch && n.Name != string(Switch) {
		out = append(out, string(Switch))
	}
	if n.Forward4 || n.Forward6 {
		out = append(out, "forwarding")
	}
	return out
}

// firewall is what rules a node has.
func (n *Node) firewall() []string {
	var out []string
	if n.NAT {
		out = append(out, "NAT")
	}
	switch {
	case n.Rules == 1:
		out = append(out, "1 firewall rule")
	case n.Rules > 1:
		out = append(out, fmt.Sprintf("%d firewall rules", n.Rules))
	}
	return out
}

// name is the link's name, or the names of several.
func (l *Link) name() string {
	if l.Count > 1 {
		return l.Name + between(l.Count) + l.Last
	}
	return l.Name
}

// about says in a word or two what a link is that is neither a cable's end nor
// a bridge.
func (l *Link) about() string {
	switch {
	case l.Tunnel != nil:
		return l.Tunnel.words()
	case l.Over != "":
		return l.Kind + " on " + l.Over
	case l.Kind == "veth" || l.Kind == bridge || l.Kind == loopback:
		return ""
	}
	return l.Kind
}

// maxFar is how many far ends of a tunnel are named.
const maxFar = 3

// words are a tunnel's number and its far ends, as far as there is room.
func (t *Tunnel) words() string {
	out := fmt.Sprintf("vxlan %d", t.ID)
	switch n := len(t.To); {
	case n == 1:
		out += " to " + t.To[0]
	case n > 1:
		out += fmt.Sprintf(" to %d:", n)
		for i, far := range t.To {
			if i == maxFar {
				return out + " …"
			}
			out += " " + far
		}
	}
	return out
}

// words is an address, or the first and the last of several.
func (a Addr) words() string {
	if a.Last != "" {
		return a.Text + " … " + a.Last
	}
	return a.Text
}
