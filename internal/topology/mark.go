package topology

import "slices"

// Marked returns now with marks on what is new or different since before, and
// whether the picture is another one: also when something is only gone. The
// addresses that the kernel gives by itself are no part of that.
func Marked(before, now Graph) (Graph, bool) {
	out := Graph{Nodes: make([]Node, 0, len(now.Nodes)), Cables: slices.Clone(now.Cables)}
	other := len(before.Nodes) != len(now.Nodes) || !slices.Equal(before.Cables, now.Cables)
	old := map[string]*Node{}
	for i := range before.Nodes {
		old[before.Nodes[i].Name] = &before.Nodes[i]
	}
	for _, n := range now.Nodes {
		n.Links = slices.Clone(n.Links)
		was := old[n.Name]
		if was == nil {
			n.Mark, other = New, true
			was = &Node{Kind: n.Kind}
		} else if n.does() != was.does() {
			n.Mark, other = Changed, true
		}
		other = markLinks(&n, was) || other
		out.Nodes = append(out.Nodes, n)
	}
	return out, other
}

// does is what a node's title says of it.
func (n *Node) does() [4]any { return [4]any{n.Kind, n.Forward4 || n.Forward6, n.NAT, n.Rules} }

// markLinks marks the links of a node. The lo that every namespace is born
// with is nothing new.
func markLinks(n, was *Node) bool {
	other := len(n.Links) != len(was.Links) && was.Name != ""
	for i := range n.Links {
		l := &n.Links[i]
		l.Addrs = slices.Clone(l.Addrs)
		old := was.Link(l.Name)
		switch {
		case old == nil && l.Kind == loopback:
		case old == nil:
			l.Mark, other = New, true
			old = &Link{}
		case l.State != old.State || l.Master != old.Master || l.Over != old.Over || !sameTunnel(l.Tunnel, old.Tunnel):
			l.Mark, other = Changed, true
		}
		if old != nil {
			other = markAddrs(l, old) || other
		}
	}
	return other
}

func markAddrs(l, old *Link) bool {
	given := func(all []Addr) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(a Addr) bool { return a.Own }))
	}
	other := given(l.Addrs) != given(old.Addrs)
	for i := range l.Addrs {
		a := &l.Addrs[i]
		if !a.Own && !slices.ContainsFunc(old.Addrs, func(o Addr) bool { return o.Text == a.Text }) {
			a.Mark, other = New, true
		}
	}
	return other
}

func sameTunnel(a, b *Tunnel) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && slices.Equal(a.To, b.To)
}
