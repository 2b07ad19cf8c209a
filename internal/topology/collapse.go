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
	ports := g.leaves()
	groups := map[string][]int{}
	for i := range g.Nodes {
		if key := g.likeness(&g.Nodes[i], ports); key != "" {
			groups[key] = append(groups[key], i)
		}
	}
	into := map[string]int{} // the node that another one has become a part of
	for _, members := range groups {
		if len(members) >= crowd {
			for _, i := range members {
				into[g.Nodes[i].Name] = members[0]
			}
		}
	}
	return g.merged(into, ports)
}

// leaves finds where the one cable of each node leads that has only one.
func (g Graph) leaves() map[string]Cable {
	count, out := map[string]int{}, map[string]Cable{}
	for _, c := range g.Cables {
		for _, e := range [][2]End{{c.A, c.B}, {c.B, c.A}} {
			count[e[0].Node]++
			out[e[0].Node] = Cable{c.Kind, e[0], e[1]}
		}
	}
	for name, n := range count {
		if n > 1 {
			delete(out, name)
		}
	}
	return out
}

// likeness is equal for leaves that differ in nothing but name and address.
// Nodes that are no leaf have none; those without any cable are like each other.
func (g Graph) likeness(n *Node, ports map[string]Cable) string {
	c, leaf := ports[n.Name]
	cabled := slices.ContainsFunc(g.Cables, func(c Cable) bool { return c.A.Node == n.Name || c.B.Node == n.Name })
	if cabled && !leaf || n.Kind != Host || n.Name == snapshot.Host {
		return ""
	}
	var b strings.Builder
	fmt.Fprint(&b, c.B.Node, n.does(), n.Mark)
	if leaf {
		far := g.Node(c.B.Node).Link(c.B.Link)
		fmt.Fprint(&b, far.State, far.Master, far.Mark, len(far.Addrs) > 0 && far.Master == "")
		if far.Master == "" {
			return "" // it has an address of its own there
		}
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
func (g Graph) merged(into map[string]int, ports map[string]Cable) Graph {
	out := Graph{Nodes: make([]Node, 0, len(g.Nodes)), Cables: []Cable{}}
	at, gone := map[int]int{}, map[End]End{}
	for i, n := range g.Nodes {
		first, part := into[n.Name]
		if !part || first == i {
			at[i] = len(out.Nodes)
			n.Links = slices.Clone(n.Links)
			out.Nodes = append(out.Nodes, n)
			continue
		}
		whole := &out.Nodes[at[first]]
		whole.take(n)
		if c, ok := ports[n.Name]; ok {
			gone[c.B] = ports[whole.Name].B
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
