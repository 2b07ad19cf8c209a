package kernel

import (
	"netlab/internal/scene"
)

// The numbers of links in a new namespace: 1 is lo, which the kernel makes.
const (
	loIndex     = 1
	firstIndex  = 2
	bridgeIndex = firstIndex
)

// buildNode is a namespace that is being built, with a socket in it.
type buildNode struct {
	scene.Node
	conn  *conn
	links int // besides lo and a bridge
	next  int // number of its next link
	todo  batch
}

// buildEnd is an end of a cable with its number, chosen beforehand, so that
// nothing has to be looked up by name.
type buildEnd struct {
	scene.End
	index int
	in    *buildNode
}

func (e buildEnd) isPort() bool { return e.in.Kind == scene.Switch }

// buildCable is a cable whose near end's namespace makes it. A port is always
// the near one where there is one: a link can be made, made a port and brought
// up by one message, but only at the near end.
type buildCable struct{ near, far buildEnd }

func (c buildCable) about() string {
	return "the cable from " + c.near.Node + " to " + c.far.Node
}

// builder builds one scene.
type builder struct {
	nodes   []*buildNode
	cables  []buildCable
	uses6   bool
	sysctls scene.Settings
	buf     []byte
}

func newBuilder(s scene.Scene) *builder {
	b := &builder{uses6: s.Uses6(), sysctls: s.Sysctls(), buf: make([]byte, bufferSize)}
	byName := map[string]*buildNode{}
	for _, n := range s.Nodes {
		node := &buildNode{Node: n, next: firstIndex}
		if n.Kind == scene.Switch {
			node.next = bridgeIndex + 1
		}
		b.nodes = append(b.nodes, node)
		byName[n.Name] = node
	}
	for _, c := range s.Cables {
		near, far := buildEnd{End: c.A, in: byName[c.A.Node]}, buildEnd{End: c.B, in: byName[c.B.Node]}
		if far.isPort() {
			near, far = far, near
		}
		b.cables = append(b.cables, numbered(near, far))
	}
	return b
}

// numbered gives both ends different numbers. The kernel takes a link whose
// number is that of its other end for one that lies over nothing, and lets its
// carrier wait for up to a second (linkwatch_urgent_event in net/core/link_watch.c).
func numbered(near, far buildEnd) buildCable {
	near.index = near.in.next
	near.in.next++
	far.index = far.in.next
	if far.index == near.index {
		far.index++
	}
	far.in.next = far.index + 1
	near.in.links++
	far.in.links++
	return buildCable{near, far}
}
