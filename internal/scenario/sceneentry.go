package scenario

import (
	"net/netip"

	"go.yaml.in/yaml/v3"

	"netlab/internal/scene"
)

// The limits of a scene's entries.
const (
	maxLinks  = 64
	maxRoutes = 64
	maxAddrs  = 8
	maxShift  = 1 << 20
)

// nodeEntry is a node of a scene as it is written.
type nodeEntry struct {
	scene.Node
	own    linkEntry
	links  []linkEntry
	routes []routeEntry
	at     *yaml.Node
	number int // which one of an entry that stands for several, from 0
}

// linkEntry is an interface, which is also one end of a cable.
type linkEntry struct {
	to, dev, mac string
	addrs        []netip.Prefix
	shift
	at *yaml.Node
}

// routeEntry is a static route.
type routeEntry struct {
	to  netip.Prefix
	via netip.Addr
	shift
	at *yaml.Node
}

// shift says how addresses go on from one node of an entry to the next.
type shift struct{ step, skip int }

// by is how far the addresses of the node with this number are from those
// that are written.
func (s shift) by(number int) int { return max(s.step, 1) * (s.skip + number) }

func (s *shift) fields() []field {
	return []field{
		{"step", count(&s.step), false, "how far the address of each further node of the entry is from the one before; left out: 1"},
		{"skip", count(&s.skip), false, "how many steps the first node's address is behind the one that is written; left out: 0"},
	}
}

func (l *linkEntry) fields() []field {
	return append([]field{
		{"to", template1{named(&l.to, spaceName())}, true, "the node at the other end of the cable"},
		{"dev", template1{named(&l.dev, linkName())}, false, "the name of the interface; left out: `eth0`, `eth1` … in the order of the links, at a switch the name of the other node"},
		{"addr", addresses{&l.addrs}, false, "its address, or a list of addresses. In an entry for several nodes it is that of the first, and each further one has the next"},
		{"mac", template1{macAddress(&l.mac)}, false, "its MAC address; left out: the kernel draws one"},
	}, l.shift.fields()...)
}

func linkEntryRecord(l *linkEntry) record {
	return record{title: "a link of a node", doc: "One interface, and the cable from it. When both nodes name each other, these are the two ends of one cable.",
		fields: l.fields(), verify: func(_ *decoder, n *yaml.Node) { l.at = n }}
}

func switchLinkRecord(l *linkEntry) record {
	return record{title: "a link of a switch", doc: "A cable from this switch to another one. Cables to hosts and routers are written there.",
		fields: l.fields()[:2], verify: func(_ *decoder, n *yaml.Node) { l.at = n }}
}

func routeEntryRecord(r *routeEntry) record {
	return record{title: "a route of a node", doc: "A static route, as `ip route add TO via VIA` sets it.", fields: []field{
		{"to", template1{destination(&r.to)}, true, "the destination: a network, or `default`"},
		{"via", template1{address(&r.via)}, true, "the gateway: an address of a neighbour. In an entry for several nodes it is the same for all, unless `step` is given"},
		{"step", count(&r.step), false, "how far the gateway of each further node of the entry is from the one before; left out: 0"},
		{"skip", count(&r.skip), false, "how many steps the first node's gateway is behind the one that is written; left out: 0"},
	}, verify: func(_ *decoder, n *yaml.Node) {
		r.at = n
		if r.to == netip.PrefixFrom(netip.IPv4Unspecified(), 0) && r.via.Is6() {
			r.to = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
	}}
}

// entryRecord is a host or a router. Its only link may be written without a list.
func entryRecord(e *nodeEntry, title, doc string) record {
	own := e.own.fields()
	own[0].need = false
	fields := []field{
		{"name", template1{named(&e.Name, spaceName())}, true, "its name, or names such as `h{1..8}`: each is a network namespace"},
		{"links", many[linkEntry]{&e.links, func(l *linkEntry) value { return linkEntryRecord(l) }, 1, maxLinks}, false, "its interfaces, and where their cables lead"},
	}
	for _, f := range own {
		if f.key == "to" {
			f.doc = "short for one link: " + f.doc
		}
		fields = append(fields, f)
	}
	fields = append(fields, field{"routes", many[routeEntry]{&e.routes, func(r *routeEntry) value { return routeEntryRecord(r) }, 1, maxRoutes}, false, "its static routes"})
	return record{title: title, doc: doc, fields: fields, verify: func(d *decoder, n *yaml.Node) { verifyEntry(d, n, e) }}
}

func verifyEntry(d *decoder, n *yaml.Node, e *nodeEntry) {
	e.at = n
	switch {
	case e.own.to != "" && len(e.links) > 0:
		d.fail(at(n, "to"), "a node has links, or one link without a list, not both", "put this link into links, too")
	case e.own.to != "":
		e.own.at = n
		e.links = []linkEntry{e.own}
	default:
		for _, key := range []string{"dev", "addr", "mac", "step", "skip"} {
			if only(n, key) != nil {
				d.fail(at(n, key), key+" belongs to a link, and it is not said where that leads", "to: the node at the other end")
				return
			}
		}
	}
}

func hostRecord(e *nodeEntry) record {
	e.Kind = scene.Host
	return entryRecord(e, "a host", "A computer, or several that differ only by their numbers.")
}

func routerRecord(e *nodeEntry) record {
	e.Kind = scene.Router
	e.Forward = true
	r := entryRecord(e, "a router", "A computer that passes packets on, between two or more networks.")
	r.fields = append(r.fields, field{"forward", truth(&e.Forward), false, "`false`: it does not pass packets on (yet); left out: it does, for IPv4 and, in a scene with IPv6 addresses, IPv6"})
	return r
}

func switchRecord(e *nodeEntry) record {
	e.Kind = scene.Switch
	return record{title: "a switch", doc: "A network namespace with a bridge in it. The bridge has the name of the switch (`br0` if that is longer than 15 characters), each port that of the node at its other end.",
		fields: []field{
			{"name", template1{named(&e.Name, spaceName())}, true, "its name, or names such as `s{1..3}`"},
			{"links", many[linkEntry]{&e.links, func(l *linkEntry) value { return switchLinkRecord(l) }, 1, maxLinks}, false, "cables to other switches"},
		}, verify: func(_ *decoder, n *yaml.Node) { e.at = n }}
}
