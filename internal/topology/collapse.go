package topology

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// The sizes from which on a graph is made smaller: up to few nodes each has
// its own box, and so few equal ones are not worth a group.
const (
	few   = 12
	crowd = 3
)

// Collapsed is the graph with equal leaves of one node as one, if it has more
// than a dozen nodes: "h1 … h100". Leaves are nodes with one cable.
func (g Graph) Collapsed() Graph {
	if len(g.Nodes) <= few {
		return g
	}
	g.Nodes = slices.Clone(g.Nodes)
	slices.SortStableFunc(g.Nodes, func(a, b Node) int { return natural(a.Name, b.Name) })
	cables, ports := g.cables(), g.ports()
	groups := map[string][]int{}
	for i := range g.Nodes {
		if key := likeness(&g.Nodes[i], cables[g.Nodes[i].Name], ports); key != "" {
			groups[key] = append(groups[key], i)
		}
	}
	into := map[int]int{} // the node that another one becomes a part of
	for _, members := range groups {
		for _, i := range members[1:] {
			if len(members) >= crowd {
				into[i] = members[0]
			}
		}
	}
	return g.merged(into, cables)
}

// cables are those of each node, its own end first.
func (g Graph) cables() map[string][]Cable {
	out := map[string][]Cable{}
	for _, c := range g.Cables {
		out[c.A.Node] = append(out[c.A.Node], c)
		out[c.B.Node] = append(out[c.B.Node], Cable{c.Kind, c.B, c.A})
	}
	return out
}

// ports are the ports of all bridges.
func (g Graph) ports() map[End]*Link {
	out := map[End]*Link{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for j := range n.Links {
			if n.Links[j].Master != "" {
				out[End{n.Name, n.Links[j].Name}] = &n.Links[j]
			}
		}
	}
	return out
}

// likeness is equal for nodes that differ in nothing but name and address: the
// computers on one bridge, and those without any cable. Others have none.
func likeness(n *Node, cables []Cable, ports map[End]*Link) string {
	if len(cables) > 1 || n.Kind != Host || n.Name == snapshot.Host {
		return ""
	}
	var b strings.Builder
	fmt.Fprint(&b, n.does(), n.Mark)
	for _, c := range cables {
		port := ports[c.B]
		if port == nil {
			return ""
		}
		fmt.Fprintf(&b, " %q %q %s %s", c.B.Node, port.Master, port.State, port.Mark)
	}
	for _, l := range n.Links {
		fmt.Fprintf(&b, "|%q %s %s %s %q %q %v", l.Name, l.Kind, l.State, l.Mark, l.Master, l.Over, l.Tunnel)
		for _, a := range l.Addrs {
			if !a.Own {
				fmt.Fprint(&b, " ", a.Mark, strings.Contains(a.Text, ":"), a.Text[strings.LastIndex(a.Text, "/")+1:])
			}
		}
	}
	return b.String()
}

// merged lets each node of into be a part of another one, and so their ports.
func (g Graph) merged(into map[int]int, cables map[string][]Cable) Graph {
	out := Graph{Nodes: make([]Node, 0, len(g.Nodes)), Cables: []Cable{}}
	at, gone := map[int]int{}, map[End]End{}
	for i, n := range g.Nodes {
		first, part := into[i]
		if !part {
			at[i] = len(out.Nodes)
			n.Links = slices.Clone(n.Links)
			out.Nodes = append(out.Nodes, n)
			continue
		}
		whole := &out.Nodes[at[first]]
		whole.take(n)
		for j, c := range cables[n.Name] {
			gone[c.B] = cables[whole.Name][j].B
		}
	}
	for i := range out.Nodes {
		out.Nodes[i].mergePorts(gone)
	}
	for _, c := range g.Cables {
		_, a := gone[c.A]
		_, b := gone[c.B]
		if !a && !b {
			out.Cables = append(out.Cables, c)
		}
	}
	return out
}

// take lets one more node, n, be a part of this one.
func (n *Node) take(more Node) {
	n.Count, n.Last = max(n.Count, 1)+max(more.Count, 1), more.Name
	if more.Last != "" {
		n.Last = more.Last
	}
	for i := range n.Links {
		l := &n.Links[i]
		l.Addrs = slices.Clone(l.Addrs)
		given := slices.DeleteFunc(slices.Clone(more.Links[i].Addrs), func(a Addr) bool { return a.Own })
		for j := range l.Addrs {
			if !l.Addrs[j].Own && len(given) > 0 {
				l.Addrs[j].Last = given[0].Text
				if given[0].Last != "" {
					l.Addrs[j].Last = given[0].Last
				}
				given = given[1:]
			}
		}
	}
}

// mergePorts takes away the ports to nodes that are a part of another one.
func (n *Node) mergePorts(gone map[End]End) {
	lost := map[string][]Link{}
	left := slices.DeleteFunc(n.Links, func(l Link) bool {
		to, part := gone[End{n.Name, l.Name}]
		if part {
			lost[to.Link] = append(lost[to.Link], l)
		}
		return part
	})
	for i := range left {
		l := &left[i]
		for _, more := range lost[l.Name] {
			l.Count, l.Last = max(l.Count, 1)+max(more.Count, 1), more.Name
			if more.Last != "" {
				l.Last = more.Last
			}
		}
	}
	n.Links = left
}
