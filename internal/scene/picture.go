package scene

import (
	"slices"
	"strings"
)

// maxDrawn is how many lines a scene may take to be drawn in full; a larger
// one is told in groups.
const maxDrawn = 11

// Picture is what to show of a scene: its networks with all that is on them,
// or, when that is too much, groups of nodes.
type Picture struct {
	Nets   []Net   `json:"nets,omitempty"`
	Groups []Group `json:"groups,omitempty"`
}

// Net is a switch or a cable without one, with the interfaces on it. A node
// without cables is a net of its own.
type Net struct {
	Switch string `json:"switch,omitempty"` // empty: a cable from end to end
	Ends   []Seat `json:"ends,omitempty"`
}

// Seat is an interface on a net. Of a switch, and of a node without cables,
// only the name is given.
type Seat struct {
	Node  string   `json:"node"`
	Kind  Kind     `json:"kind"`
	Dev   string   `json:"dev,omitempty"`
	Addrs []string `json:"addrs,omitempty"`
}

// Group is nodes of one kind, of which the first and the last are named.
type Group struct {
	Kind  Kind   `json:"kind"`
	Count int    `json:"count"`
	First string `json:"first"`
	Last  string `json:"last"`
	// On is the one node to which all of them have a cable, and their only
	// one; From and To are the addresses there of the first and the last.
	On   string   `json:"on,omitempty"`
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
}

// Picture makes the picture of the scene.
func (s Scene) Picture() Picture {
	nets := s.nets()
	lines := 0
	for _, n := range nets {
		lines += 1 + len(n.Ends)
	}
	if lines <= maxDrawn {
		return Picture{Nets: nets}
	}
	groups := s.groups(func(a, b fellow) bool { return a.kind == b.kind && a.on == b.on })
	if len(groups) > maxDrawn {
		s.Nodes = slices.Clone(s.Nodes)
		slices.SortStableFunc(s.Nodes, func(a, b Node) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
		groups = s.groups(func(a, b fellow) bool { return a.kind == b.kind })
	}
	return Picture{Groups: groups}
}

func (e End) addrWords() []string {
	var out []string
	for _, a := range e.Addrs {
		out = append(out, a.String())
	}
	return out
}

func (s Scene) nets() []Net {
	var nets []Net
	at, kinds, plugged := map[string]int{}, map[string]Kind{}, map[string]bool{}
	for _, n := range s.Nodes {
		kinds[n.Name] = n.Kind
		if n.Kind == Switch {
			at[n.Name] = len(nets)
			nets = append(nets, Net{Switch: n.Name})
		}
	}
	seat := func(e End) Seat {
		if kinds[e.Node] == Switch {
			return Seat{Node: e.Node, Kind: Switch}
		}
		return Seat{Node: e.Node, Kind: kinds[e.Node], Dev: e.Dev, Addrs: e.addrWords()}
	}
	for _, c := range s.Cables {
		plugged[c.A.Node], plugged[c.B.Node] = true, true
		a, b := kinds[c.A.Node] == Switch, kinds[c.B.Node] == Switch
		switch {
		case a:
			nets[at[c.A.Node]].Ends = append(nets[at[c.A.Node]].Ends, seat(c.B))
		case b:
			nets[at[c.B.Node]].Ends = append(nets[at[c.B.Node]].Ends, seat(c.A))
		default:
			nets = append(nets, Net{Ends: []Seat{seat(c.A), seat(c.B)}})
		}
	}
	// A switch with nothing on it but another switch is shown there.
	nets = slices.DeleteFunc(nets, func(n Net) bool { return n.Switch != "" && len(n.Ends) == 0 && plugged[n.Switch] })
	for _, n := range s.Nodes {
		if n.Kind != Switch && !plugged[n.Name] {
			nets = append(nets, Net{Ends: []Seat{{Node: n.Name, Kind: n.Kind}}})
		}
	}
	return nets
}

// fellow is a node as its group sees it.
type fellow struct {
	kind  Kind
	on    string
	addrs []string
}

func (s Scene) groups(same func(a, b fellow) bool) []Group {
	fellows := s.fellows()
	var out []Group
	var last fellow
	for i, n := range s.Nodes {
		f := fellows[n.Name]
		f.kind = n.Kind
		if i == 0 || !same(last, f) {
			out = append(out, Group{Kind: n.Kind, First: n.Name, On: f.on, From: f.addrs})
		}
		g := &out[len(out)-1]
		g.Count, g.Last, g.To = g.Count+1, n.Name, f.addrs
		if g.On != f.on {
			g.On, g.From, g.To = "", nil, nil
		}
		last = f
	}
	return out
}

// fellows says of each node with one cable where that leads.
func (s Scene) fellows() map[string]fellow {
	out, cables := map[string]fellow{}, map[string]int{}
	for _, c := range s.Cables {
		for _, e := range [][2]End{{c.A, c.B}, {c.B, c.A}} {
			out[e[0].Node] = fellow{on: e[1].Node, addrs: e[0].addrWords()}
			cables[e[0].Node]++
		}
	}
	for name, n := range cables {
		if n > 1 {
			out[name] = fellow{}
		}
	}
	return out
}

// Join is several scenes as one.
func Join(scenes ...Scene) Scene {
	var all Scene
	for _, s := range scenes {
		all.Nodes = append(slices.Clip(all.Nodes), s.Nodes...)
		all.Cables = append(slices.Clip(all.Cables), s.Cables...)
	}
	return all
}
