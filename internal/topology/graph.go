// Package topology is the picture of a lab: from the state of the kernel to a
// graph of namespaces, links and cables, and from there to boxes, a tree,
// Mermaid, DOT and SVG. The package is pure.
package topology

import (
	"slices"

	"netlab/internal/snapshot"
)

// Kind is what a node does for the packets of others.
type Kind string

// The kinds of nodes.
const (
	Host   Kind = "host"   // nothing: a computer
	Switch Kind = "switch" // it has a bridge with ports, and no address
	Router Kind = "router" // it passes packets on
)

// State is how a link is.
type State string

// The states of a link.
const (
	Up        State = "up"
	NoCarrier State = "no-carrier" // switched on, and its cable gives no signal
	Down      State = "down"
)

// Mark says what is different since an earlier graph.
type Mark string

// The marks. Without one, a thing is as it was.
const (
	New     Mark = "new"
	Changed Mark = "changed"
)

// Graph is what is drawn: host and the named namespaces, in the order of the
// snapshot, and what connects their links. Of makes one.
type Graph struct {
	Nodes  []Node  `json:"nodes"`
	Cables []Cable `json:"cables"`
}

// Version is the version of Document: it grows when a key goes or means
// something else. New keys may come in any version.
const Version = 1

// Document is a graph for programs, as "netlab graph --json" prints it.
type Document struct {
	V int `json:"v"`
	Graph
}

// Document returns the graph for programs.
func (g Graph) Document() Document { return Document{Version, g} }

// Node is a network namespace, or several equal ones, see Collapsed.
type Node struct {
	Name     string `json:"name"`
	Kind     Kind   `json:"kind"`
	Forward4 bool   `json:"forward4,omitempty"` // passes IPv4 packets on
	Forward6 bool   `json:"forward6,omitempty"`
	NAT      bool   `json:"nat,omitempty"`   // a rule of its firewall changes addresses
	Rules    int    `json:"rules,omitempty"` // of its firewall
	Links    []Link `json:"links"`
	Mark     Mark   `json:"mark,omitempty"`
	Count    int    `json:"count,omitempty"` // how many nodes this is, if more than one; Name is the first one's
	Last     string `json:"last,omitempty"`  // name of the last one
}

// Link is a network interface.
type Link struct {
	Name   string  `json:"name"`
	Kind   string  `json:"kind"` // veth, bridge, vxlan …; loopback for lo
	State  State   `json:"state"`
	Master string  `json:"master,omitempty"` // bridge that it is a port of
	Over   string  `json:"over,omitempty"`   // link of the same namespace that it lies on, of a vlan and the like
	Tunnel *Tunnel `json:"tunnel,omitempty"`
	Addrs  []Addr  `json:"addrs"`
	Mark   Mark    `json:"mark,omitempty"`
	Count  int     `json:"count,omitempty"` // how many equal ports this is, if more than one; Name is the first one's
	Last   string  `json:"last,omitempty"`
}

// Addr is an address with its length, as ip prints it.
type Addr struct {
	Text string `json:"text"`
	Last string `json:"last,omitempty"` // of the last of several nodes
	Own  bool   `json:"own,omitempty"`  // the kernel gave it by itself: on lo, or fe80::
	Mark Mark   `json:"mark,omitempty"`
}

// Tunnel is what a vxlan link is.
type Tunnel struct {
	ID uint32   `json:"id"`
	To []string `json:"to,omitempty"` // far ends to which everything may go
}

// CableKind is how two links are connected.
type CableKind string

// The kinds of cables.
const (
	Veth  CableKind = "veth"
	VXLAN CableKind = "vxlan"
)

// Cable connects two links. A is the one that comes first in the graph.
type Cable struct {
	Kind CableKind `json:"kind"`
	A    End       `json:"a"`
	B    End       `json:"b"`
}

// End is a link by its names.
type End struct {
	Node string `json:"node"`
	Link string `json:"link"`
}

// Node returns the node called name, or nil.
func (g Graph) Node(name string) *Node {
	i := slices.IndexFunc(g.Nodes, func(n Node) bool { return n.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Nodes[i]
}

// Link returns the link called name, or nil.
func (n *Node) Link(name string) *Link {
	i := slices.IndexFunc(n.Links, func(l Link) bool { return l.Name == name })
	if i < 0 {
		return nil
	}
	return &n.Links[i]
}

// Ports are the links that are ports of a bridge of the node.
func (n *Node) Ports(bridge string) []*Link {
	var ports []*Link
	for i := range n.Links {
		if n.Links[i].Master == bridge && bridge != "" {
			ports = append(ports, &n.Links[i])
		}
	}
	return ports
}

// size is how many nodes of the lab the graph shows.
func (g Graph) size() int {
	total := 0
	for _, n := range g.Nodes {
		total += max(n.Count, 1)
	}
	return total
}

// Empty says that there is nothing to be drawn but the lo of host.
func (g Graph) Empty() bool {
	more := func(l Link) bool { return l.Kind != loopback }
	return !slices.ContainsFunc(g.Nodes, func(n Node) bool {
		return n.Name != snapshot.Host || slices.ContainsFunc(n.Links, more) || n.Rules > 0
	})
}
