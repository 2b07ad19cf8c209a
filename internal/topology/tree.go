package topology

import (
	"slices"
	"strings"
)

// Tree draws the graph as a list: each node with its links, each cable once,
// at the end that comes first. Every graph has one, in any width.
func Tree(g Graph, opt Options) Text {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	g = shown(g, opt)
	t := &tree{g: &g, opt: opt, say: speller{ascii: opt.ASCII}, far: map[End]End{}, told: map[End]bool{}, named: map[string]bool{}}
	for _, c := range g.Cables {
		if c.Kind == Veth {
			t.far[c.A], t.far[c.B] = c.B, c.A
		}
	}
	for _, n := range t.order() {
		t.node(n)
	}
	return t.out
}

type tree struct {
	g     *Graph
	opt   Options
	say   speller
	far   map[End]End
	told  map[End]bool    // ends of cables that stand at the other end
	named map[string]bool // nodes of which something has been told
	out   Text
}

// order is each island from one end to the other, its leaves last.
func (t *tree) order() []*Node {
	var inner, leaves []*Node
	w := webOf(t.g)
	for _, part := range w.islands() {
		for _, row := range w.layers(part) {
			for _, i := range row {
				if n := &t.g.Nodes[i]; len(w.next[i]) > 1 {
					inner = append(inner, n)
				} else {
					leaves = append(leaves, n)
				}
			}
		}
	}
	return append(inner, leaves...)
}

// item is a line of the tree with those below it.
type item struct {
	words []Line
	below []item
}

// node tells of a node what nothing has told yet.
func (t *tree) node(n *Node) {
	items := t.links(n)
	if t.named[n.Name] && len(items) == 0 {
		return
	}
	t.named[n.Name] = true
	title := t.say.title(n, n.traits())
	sign, tone := marked(title.mark, title.tone)
	head := []Line{{{strings.TrimSpace(sign) + title.text, tone}}}
	if len(n.Links) == 0 {
		head = append(head, Line{{"(no links)", Quiet}})
	}
	t.fold(nil, Line{{"  ", Plain}}, head)
	t.items(nil, items)
}

// links are the lines of a node: its bridges with their ports, and the rest.
func (t *tree) links(n *Node) []item {
	var out []item
	for i := range n.Links {
		l := &n.Links[i]
		switch b := n.Link(l.Master); {
		case l.Kind == bridge:
			out = append(out, t.bridge(n, l)...)
		case b != nil && b.Kind == bridge || t.told[End{n.Name, l.Name}]:
		default:
			out = append(out, t.link(n, l))
		}
	}
	return out
}

// bridge is a bridge with its ports. That of a switch is the switch itself.
func (t *tree) bridge(n *Node, l *Link) []item {
	var ports []item
	for _, p := range n.Ports(l.Name) {
		if !t.told[End{n.Name, p.Name}] {
			ports = append(ports, t.link(n, p))
		}
	}
	if n.plainSwitch(l) {
		return ports
	}
	it := t.link(n, l)
	it.words, it.below = slices.Insert(it.words, 1, Line{{"(bridge)", Quiet}}), ports
	return []item{it}
}

// link is a link, its addresses, and what is at the other end of its cable.
func (t *tree) link(n *Node, l *Link) item {
	words := t.words(l, t.say.name(l.name()), "")
	if about := l.about(); about != "" {
		words = append(words, Line{{t.say.say(about), Quiet}})
	}
	end, ok := t.far[End{n.Name, l.Name}]
	far := t.g.Node(end.Node)
	if !ok || far == nil || far.Link(end.Link) == nil {
		return item{words: words}
	}
	t.told[end], t.named[end.Node] = true, true
	other := far.Link(end.Link)
	name := t.say.name(far.name()) + " " + t.say.name(other.Name)
	next := t.words(other, name, far.Mark)
	cable := "── "
	if t.opt.ASCII {
		cable = "-- "
	}
	next[0] = append(Line{{cable, Quiet}}, next[0]...)
	if traits := far.traits(); len(traits) > 0 && t.done(far) {
		next = append(next, Line{{t.say.say("(" + strings.Join(traits, ", ") + ")"), Quiet}})
	}
	return item{words: append(words, next...)}
}

// done says that nothing is left to be told of a node.
func (t *tree) done(n *Node) bool {
	return !slices.ContainsFunc(n.Links, func(l Link) bool {
		return !t.told[End{n.Name, l.Name}] && (l.Kind != bridge || !n.plainSwitch(&l))
	})
}

// plainSwitch says that a bridge is the switch itself, and as it should be.
func (n *Node) plainSwitch(l *Link) bool {
	bridges := 0
	for _, o := range n.Links {
		if o.Kind == bridge {
			bridges++
		}
	}
	return n.Kind == Switch && bridges == 1 && l.State == Up && l.Mark == ""
}

// words are a link's sign with its name, and its addresses.
func (t *tree) words(l *Link, name string, node Mark) []Line {
	mark := l.Mark
	if node != "" {
		mark = node
	}
	s, tone := marked(mark, Plain)
	out := []Line{{{sign(l.State, t.opt.ASCII), toneOf(l.State)}, {s + name, tone}}}
	for _, a := range l.Addrs {
		s, tone := marked(a.Mark, Plain)
		out = append(out, Line{{strings.TrimSpace(s) + t.say.say(a.words()), tone}})
	}
	return out
}
