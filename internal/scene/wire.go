package scene

import (
	"net/netip"
	"slices"
	"strconv"
)

// Link is an interface as its own node describes it: to which node its cable
// leads, and what is set on it.
type Link struct {
	Node, To string
	Dev      string // empty: ethN; at a switch, the name of the node at the other end
	MAC      string // empty: the kernel draws one
	Addrs    []netip.Prefix
}

// Wire puts cables between nodes. When A has a link to B and B one to A, these
// are the two ends of one cable; an end that nobody describes has a name but
// no address. Wire makes something of everything: Validate says what is wrong.
func Wire(nodes []Node, links []Link) Scene {
	w := &wiring{scene: Scene{Nodes: nodes}, switches: map[string]string{}, taken: map[interfaceName]bool{}, count: map[string]int{}}
	for _, n := range nodes {
		w.take(n.Name, "lo")
		if n.Kind == Switch {
			w.switches[n.Name] = n.Bridge()
			w.take(n.Name, n.Bridge())
		}
	}
	w.lay(links)
	w.name()
	return w.scene
}

// interfaceName is an interface anywhere in a scene.
type interfaceName struct{ node, dev string }

type wiring struct {
	scene    Scene
	switches map[string]string // their bridges, by name
	taken    map[interfaceName]bool
	count    map[string]int // links of a node that have been named
}

func (w *wiring) take(node, dev string) { w.taken[interfaceName{node, dev}] = true }

// lay makes one cable of each link, or of each two that fit together.
func (w *wiring) lay(links []Link) {
	open := map[[2]string][]int{} // cables that wait for the other node's word, by its ends
	for i, l := range links {
		own := End{Node: l.Node, Dev: l.Dev, MAC: l.MAC, Addrs: l.Addrs, Link: i + 1}
		if waiting := open[[2]string{l.To, l.Node}]; len(waiting) > 0 && l.Node != l.To {
			w.scene.Cables[waiting[0]].B = own
			open[[2]string{l.To, l.Node}] = waiting[1:]
			continue
		}
		open[[2]string{l.Node, l.To}] = append(open[[2]string{l.Node, l.To}], len(w.scene.Cables))
		w.scene.Cables = append(w.scene.Cables, Cable{A: own, B: End{Node: l.To}})
	}
}

// name gives each end a name: first those that have one, then those that
// their nodes describe, in that order, then the others.
func (w *wiring) name() {
	var ends []namedEnd
	for i := range w.scene.Cables {
		c := &w.scene.Cables[i]
		ends = append(ends, namedEnd{&c.A, c.B.Node}, namedEnd{&c.B, c.A.Node})
	}
	slices.SortStableFunc(ends, func(a, b namedEnd) int { return a.order() - b.order() })
	for _, e := range ends {
		if e.Dev != "" {
			w.take(e.Node, e.Dev)
		}
	}
	for _, e := range ends {
		number := w.count[e.Node]
		w.count[e.Node]++
		if e.Dev == "" {
			e.Dev = w.free(e, number)
			w.take(e.Node, e.Dev)
		}
	}
}

// namedEnd is an end with the name of the node at the other one.
type namedEnd struct {
	*End
	to string
}

func (e namedEnd) order() int {
	if e.Link == 0 {
		return 1 << 30
	}
	return e.Link
}

// free is the first name that fits and that the node has no interface of: eth0,
// eth1 … for the number of the link; at a switch the other node's name, with a
// number behind it from the second cable on.
func (w *wiring) free(e namedEnd, number int) string {
	if w.switches[e.Node] == "" {
		for {
			name := "eth" + strconv.Itoa(number)
			if !w.taken[interfaceName{e.Node, name}] {
				return name
			}
			number++
		}
	}
	for i := 1; ; i++ {
		suffix := ""
		if i > 1 {
			suffix = "-" + strconv.Itoa(i)
		}
		name := e.to[:min(len(e.to), maxLink-len(suffix))] + suffix
		if !w.taken[interfaceName{e.Node, name}] {
			return name
		}
	}
}
