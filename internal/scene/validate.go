package scene

import (
	"fmt"
	"slices"
)

// Problem is something wrong with a scene, and where: at an end of a cable
// that Link describes, else at a route of a node, else at a node.
type Problem struct {
	Node  int    // index of the node; -1: another place
	Route int    // index of the node's route; -1: another place
	Link  int    // place of the Link, from 1; 0: another place
	Key   string // what of it: name, to, dev, addr, mac, via
	Text  string
	Hint  string
}

// Validate says everything that is wrong with the scene, nodes first; an empty
// list means that it can be built.
func (s Scene) Validate() []Problem {
	v := &validator{scene: s, node: map[string]int{}}
	v.nodes()
	if len(v.found) == 0 {
		v.cables()
	}
	if len(v.found) == 0 {
		v.networks()
		v.routes()
	}
	return v.found
}

type validator struct {
	scene Scene
	node  map[string]int // index by name
	found []Problem
}

func (v *validator) atNode(i int, text, hint string) {
	v.found = append(v.found, Problem{Node: i, Route: -1, Key: "name", Text: text, Hint: hint})
}

func (v *validator) atEnd(e End, key, text, hint string) {
	v.found = append(v.found, Problem{Node: -1, Route: -1, Link: e.Link, Key: key, Text: text, Hint: hint})
}

func (v *validator) nodes() {
	for i, n := range v.scene.Nodes {
		before, twice := v.node[n.Name]
		switch {
		case i == MaxNodes:
			v.atNode(i, fmt.Sprintf("the scene has %d nodes, and may have %d", len(v.scene.Nodes), MaxNodes), "")
			return
		case !validName(n.Name, maxName):
			v.atNode(i, fmt.Sprintf("%q is not the name of a node", n.Name), "letters, digits and _ . - up to 63, the first a letter or a digit")
		case n.Name == "host":
			v.atNode(i, "host is the lab's own namespace, and always there", "give the node another name")
		case twice:
			v.atNode(i, fmt.Sprintf("there are two nodes called %s", n.Name), fmt.Sprintf("the other is a %s", v.scene.Nodes[before].Kind))
		}
		v.node[n.Name] = i
	}
}

// maxName is how long the name of a namespace may be, as package netns has it.
const maxName = 63

func validName(name string, most int) bool {
	if name == "" || len(name) > most {
		return false
	}
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
		case i > 0 && (c == '_' || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return true
}

func (v *validator) cables() {
	devs := map[interfaceName]bool{}
	for _, n := range v.scene.Nodes {
		devs[interfaceName{n.Name, "lo"}] = true
		if n.Kind == Switch {
			devs[interfaceName{n.Name, n.Bridge()}] = true
		}
	}
	for _, c := range v.scene.Cables {
		if _, ok := v.node[c.B.Node]; !ok {
			v.atEnd(c.A, "to", fmt.Sprintf("there is no node %q", c.B.Node), "the nodes: "+v.names())
			continue
		}
		if c.A.Node == c.B.Node {
			v.atEnd(c.A, "to", fmt.Sprintf("%s cannot have a cable to itself", c.A.Node), "a cable leads to another node")
			continue
		}
		v.end(c.A, devs)
		v.end(c.B, devs)
	}
	v.ports()
	v.loops()
}

// names lists the first nodes.
func (v *validator) names() string {
	const most = 8
	text := ""
	for i, n := range v.scene.Nodes {
		if i == most {
			return text + " …"
		}
		if i > 0 {
			text += ", "
		}
		text += n.Name
	}
	return text
}

func (v *validator) end(e End, devs map[interfaceName]bool) {
	n := v.scene.Nodes[v.node[e.Node]]
	id := interfaceName{e.Node, e.Dev}
	switch {
	case !validName(e.Dev, maxLink):
		v.atEnd(e, "dev", fmt.Sprintf("%q is not the name of an interface", e.Dev), "letters, digits and _ . - up to 15, the first a letter or a digit")
	case devs[id]:
		v.atEnd(e, "dev", fmt.Sprintf("%s has two interfaces called %s", e.Node, e.Dev), "")
	case n.Kind == Switch && len(e.Addrs) > 0:
		v.atEnd(e, "addr", fmt.Sprintf("%s is a switch, and a port of a switch has no address", e.Node), "give the address to the host or router at the other end")
	}
	devs[id] = true
}

func (v *validator) ports() {
	count := map[string]int{}
	for _, c := range v.scene.Cables {
		count[c.A.Node]++
		count[c.B.Node]++
	}
	for i, n := range v.scene.Nodes {
		if n.Kind == Switch && count[n.Name] > MaxPorts {
			v.atNode(i, fmt.Sprintf("%s has %d cables, and a bridge has at most %d ports", n.Name, count[n.Name], MaxPorts),
				"the kernel numbers a bridge's ports with ten bits (BR_MAX_PORTS) and answers EXFULL to one more")
		}
	}
}

// loops refuses circles of switches: without a spanning tree one broadcast
// would go round in them for ever.
func (v *validator) loops() {
	joined := groups{}
	for _, c := range v.scene.Cables {
		if !v.isSwitch(c.A.Node) || !v.isSwitch(c.B.Node) {
			continue
		}
		if !joined.join(c.A.Node, c.B.Node) {
			v.atEnd(c.A, "to", fmt.Sprintf("this cable between %s and %s closes a circle of switches", c.A.Node, c.B.Node),
				"without a spanning tree a broadcast goes round in it for ever: leave one cable out")
		}
	}
}

func (v *validator) isSwitch(name string) bool {
	i, ok := v.node[name]
	return ok && v.scene.Nodes[i].Kind == Switch
}

// groups are names that belong together, each with another one of its group.
type groups map[string]string

func (g groups) of(name string) string {
	for g[name] != "" {
		name = g[name]
	}
	return name
}

// join puts two groups together; false: they were one already.
func (g groups) join(a, b string) bool {
	a, b = g.of(a), g.of(b)
	if a != b {
		g[a] = b
	}
	return a != b
}

// routes: a gateway is a neighbour, or no packet gets to it.
func (v *validator) routes() {
	own := map[string][]End{}
	for _, c := range v.scene.Cables {
		own[c.A.Node] = append(own[c.A.Node], c.A)
		own[c.B.Node] = append(own[c.B.Node], c.B)
	}
	for i, n := range v.scene.Nodes {
		for j, r := range n.Routes {
			if text, hint := wrongRoute(n, r, own[n.Name]); text != "" {
				v.found = append(v.found, Problem{Node: i, Route: j, Key: "via", Text: text, Hint: hint})
			}
			if slices.ContainsFunc(n.Routes[:j], func(o Route) bool { return o.To == r.To }) {
				v.found = append(v.found, Problem{Node: i, Route: j, Key: "to", Text: fmt.Sprintf("%s has two routes to %s", n.Name, r.To)})
			}
		}
	}
}

func wrongRoute(n Node, r Route, ends []End) (text, hint string) {
	if r.To.Addr().Is6() != r.Via.Is6() {
		return fmt.Sprintf("a route to %s cannot go through %s: one is IPv4, the other IPv6", r.To, r.Via), ""
	}
	connected := false
	for _, e := range ends {
		for _, a := range e.Addrs {
			if a.Addr() == r.Via {
				return fmt.Sprintf("%s is %s's own address, and a gateway is another machine", r.Via, n.Name), ""
			}
			connected = connected || a.Contains(r.Via)
		}
	}
	if !connected {
		return fmt.Sprintf("the gateway %s is on no network of %s", r.Via, n.Name), "a gateway is a neighbour: an address of a network that one of the node's interfaces is in"
	}
	return "", ""
}
