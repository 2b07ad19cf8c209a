// Package scene is the ready-made hardware of a lesson as values: computers,
// switches, routers and the cables between them, and the ops that build them.
// The package is pure.
package scene

import (
	"net/netip"
	"slices"
)

// Limits of a scene. MaxNodes leaves room for a full switch and what is behind
// it. MaxPorts is the kernel's: a bridge numbers its ports with
// ten bits, and number 0 is none (BR_PORT_BITS in net/bridge/br_private.h);
// one port more is refused with EXFULL.
const (
	MaxNodes = 1100
	MaxPorts = 1<<10 - 1
)

// Kind is what a node is.
type Kind string

// The kinds of nodes. Each is a network namespace; a switch has a bridge in
// it, and a router passes packets on.
const (
	Host   Kind = "host"
	Switch Kind = "switch"
	Router Kind = "router"
)

// Scene is what exists before the first step of a lesson. Wire makes one from
// what its nodes say of their links.
type Scene struct {
	Nodes  []Node  `json:"nodes"`
	Cables []Cable `json:"cables,omitempty"`
	NoIPv6 bool    `json:"no_ipv6,omitempty"` // IPv6 is switched off in every node
	Files  []File  `json:"files,omitempty"`
}

// File is a file that is there before step 1. What is for one node alone is
// under /etc/netns/NODE: "ip netns exec" shows it in the node's own /etc.
type File struct {
	Path string `json:"path"` // under /etc
	Text string `json:"text"`
}

// Node is a computer, a switch or a router: a network namespace of that name.
type Node struct {
	Name    string  `json:"name"`
	Kind    Kind    `json:"kind"`
	Forward bool    `json:"forward,omitempty"` // passes on packets that are not for itself
	Routes  []Route `json:"routes,omitempty"`
}

// Route is a static route.
type Route struct {
	To  netip.Prefix `json:"to"` // 0.0.0.0/0 and ::/0 are the default routes
	Via netip.Addr   `json:"via"`
}

// Cable is a veth pair with its ends in two nodes.
type Cable struct {
	A End `json:"a"`
	B End `json:"b"`
}

// End is one end of a cable: an interface of a host or router, or a port of a
// switch.
type End struct {
	Node  string         `json:"node"`
	Dev   string         `json:"dev"`
	MAC   string         `json:"mac,omitempty"` // empty: the kernel draws one
	Addrs []netip.Prefix `json:"addrs,omitempty"`
	// Link is the place of the Link that describes this end, from 1, in the
	// list that Wire was given; 0: no node describes it.
	Link int `json:"-"`
}

// Empty says that nothing is to be built.
func (s Scene) Empty() bool { return len(s.Nodes) == 0 }

// Node returns the node called name, and whether there is one.
func (s Scene) Node(name string) (Node, bool) {
	for _, n := range s.Nodes {
		if n.Name == name {
			return n, true
		}
	}
	return Node{}, false
}

// Needs are the requirements, as package scenario names them, of which a
// kernel that has built the scene has shown that it meets them.
func (s Scene) Needs() []string {
	var out []string
	if len(s.Cables) > 0 {
		out = append(out, "veth")
	}
	if slices.ContainsFunc(s.Nodes, func(n Node) bool { return n.Kind == Switch }) {
		out = append(out, "bridge")
	}
	if s.Uses6() {
		out = append(out, "ipv6")
	}
	return out
}

// Uses6 says that some interface has an IPv6 address. Only then do routers
// forward IPv6, so that a scene without it can be built where the kernel has
// none.
func (s Scene) Uses6() bool {
	for _, c := range s.Cables {
		for _, e := range []End{c.A, c.B} {
			for _, a := range e.Addrs {
				if a.Addr().Is6() {
					return true
				}
			}
		}
	}
	return false
}

// maxLink is how long the name of an interface may be, in bytes (IFNAMSIZ in
// linux/if.h, less the zero byte at its end).
const maxLink = 15

// Bridge is the name of the bridge in a switch: the switch's own, or br0 where
// that is too long for an interface.
func (n Node) Bridge() string {
	if len(n.Name) > maxLink {
		return "br0"
	}
	return n.Name
}

// Join is several scenes as one.
func Join(scenes ...Scene) Scene {
	var all Scene
	for _, s := range scenes {
		all.Nodes = append(slices.Clip(all.Nodes), s.Nodes...)
		all.Cables = append(slices.Clip(all.Cables), s.Cables...)
		all.Files = append(slices.Clip(all.Files), s.Files...)
	}
	return all
}
