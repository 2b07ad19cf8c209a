package scenario

import (
	"fmt"
	"net/netip"
	"slices"

	"go.yaml.in/yaml/v3"

	"netlab/internal/scene"
)

// sceneValue reads a scene: it lets each entry stand for as many nodes as it
// is for, wires them and judges the whole.
type sceneValue struct{ to *scene.Scene }

func (v sceneValue) words() string     { return sceneRecord(new(sceneEntries)).words() }
func (v sceneValue) schema() *schema   { return sceneRecord(new(sceneEntries)).schema() }
func (v sceneValue) records() []record { return sceneRecord(new(sceneEntries)).records() }
func (v sceneValue) read(d *decoder, n *yaml.Node) {
	all := sceneEntries{ipv6: true}
	before := len(d.errs)
	sceneRecord(&all).read(d, n)
	if len(d.errs) > before {
		return
	}
	nodes, links := all.shifted(d)
	if len(d.errs) > before {
		return
	}
	*v.to = scene.Wire(nodes, links)
	v.to.NoIPv6, v.to.Files = !all.ipv6, all.files
	verifyFiles(d, n, *v.to)
	if v.to.NoIPv6 && v.to.Uses6() {
		d.fail(at(n, "ipv6"), "IPv6 is switched off, and a node has an IPv6 address", "leave ipv6 out, or the address")
	}
	for _, p := range v.to.Validate() {
		d.fail(all.place(p), p.Text, p.Hint)
	}
	for i := range v.to.Cables {
		v.to.Cables[i].A.Link, v.to.Cables[i].B.Link = 0, 0 // they were for the places only
	}
}

// sceneEntries are all nodes of a scene, in the order of the file.
type sceneEntries struct {
	nodes []nodeEntry
	ipv6  bool
	files []scene.File
	links []*yaml.Node // of each link in the order in which Wire gets them
}

func sceneRecord(all *sceneEntries) record {
	return record{title: "a scene", doc: "Ready-made hardware. A name such as `h{1..8}` or `h{1..$hosts}` makes several nodes of one entry; " +
		"all ranges in an entry have the same length and go in step. `$NAME` is the value of a parameter, `{$NAME-1}` an expression with `+`, `-` and `*`. " +
		"Inside `{ }` and `[ ]` of YAML, text with braces needs quotes. In all: up to 1,100 nodes, and 1,023 cables at one switch.",
		fields: []field{
			{"switches", entries{all, switchRecord}, false, "bridges, each in a namespace of its own"},
			{"hosts", entries{all, hostRecord}, false, "computers"},
			{"routers", entries{all, routerRecord}, false, "computers that pass packets on"},
			{"ipv6", truth(&all.ipv6), false, "`false`: IPv6 is switched off in all nodes, so that nobody sends a frame by itself; left out: it is on"},
			{"files", many[scene.File]{&all.files, func(f *scene.File) value { return fileRecord(f) }, 1, maxFiles}, false, "files that are there before step 1"},
		}, verify: func(d *decoder, n *yaml.Node) {
			if len(all.nodes) == 0 {
				d.fail(n, "the scene has no node", "hosts, switches or routers")
			}
		}}
}

// entries reads a list of nodes of one kind.
type entries struct {
	to     *sceneEntries
	record func(*nodeEntry) record
}

func (v entries) list() many[nodeEntry] {
	return many[nodeEntry]{new([]nodeEntry), func(e *nodeEntry) value { return v.record(e) }, 1, scene.MaxNodes}
}

func (v entries) words() string     { return v.list().words() }
func (v entries) schema() *schema   { return v.list().schema() }
func (v entries) records() []record { return v.list().records() }

func (v entries) read(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		v.list().read(d, n) // which says what is wrong
		return
	}
	for _, entry := range n.Content {
		before := len(d.errs)
		for i, one := range d.expand(entry) {
			if len(v.to.nodes) == scene.MaxNodes {
				d.fail(at(entry, "name"), fmt.Sprintf("the scene has more than %d nodes", scene.MaxNodes), "")
				return
			}
			e := nodeEntry{number: i}
			v.record(&e).read(d, one)
			if len(d.errs) > before {
				break // what is wrong with one is wrong with all
			}
			v.to.nodes = append(v.to.nodes, e)
		}
	}
}

// shifted gives all nodes with their own addresses, and their links.
func (all *sceneEntries) shifted(d *decoder) (nodes []scene.Node, links []scene.Link) {
	for _, e := range all.nodes {
		before := len(d.errs)
		n := e.Node
		for _, r := range e.routes {
			n.Routes = append(n.Routes, r.shifted(d, e))
		}
		for _, l := range e.links {
			link := scene.Link{Node: n.Name, To: l.to, Dev: l.dev, MAC: l.mac}
			for _, a := range l.addrs {
				link.Addrs = append(link.Addrs, l.shifted(d, e, a))
			}
			links, all.links = append(links, link), append(all.links, l.at)
		}
		nodes = append(nodes, n)
		if len(d.errs) > before {
			return nodes, links
		}
	}
	return nodes, links
}

func (l linkEntry) shifted(d *decoder, e nodeEntry, first netip.Prefix) netip.Prefix {
	by := l.by(e.number)
	a, ok := scene.Shifted(first, by)
	bad := notOneHost(a.Addr())
	if bad == nil {
		bad = notInside(a)
	}
	switch {
	case !ok:
		bad = &problem{fmt.Sprintf("there is no address %d behind %s", by, first.Addr()), ""}
	case bad == nil && l.step == 0 && !first.Contains(a.Addr()):
		bad = &problem{fmt.Sprintf("%s is outside of %s", a.Addr(), first.Masked()), "the network is too small for so many: take a shorter prefix length"}
	}
	if bad != nil {
		d.fail(at(l.at, "addr"), forNode(e, bad.text), bad.hint)
	}
	return a
}

// shifted: the gateway is the same for all, unless the entry says otherwise.
func (r routeEntry) shifted(d *decoder, e nodeEntry) scene.Route {
	by := r.skip
	if r.step > 0 {
		by = r.by(e.number)
	}
	via, ok := scene.ShiftedAddr(r.via, by)
	if !ok {
		d.fail(at(r.at, "via"), forNode(e, fmt.Sprintf("there is no address %d behind %s", by, r.via)), "")
	}
	return scene.Route{To: r.to, Via: via}
}

// forNode names the node where an entry stands for several.
func forNode(e nodeEntry, text string) string {
	if e.number == 0 {
		return text
	}
	return e.Name + ": " + text
}

// place finds what a problem is about in the file.
func (all *sceneEntries) place(p scene.Problem) *yaml.Node {
	switch {
	case p.Link > 0:
		return at(all.links[p.Link-1], p.Key)
	case p.Route >= 0:
		return at(all.nodes[p.Node].routes[p.Route].at, p.Key)
	default:
		return at(all.nodes[p.Node].at, p.Key)
	}
}

// sceneNeeds are the requirements that come with a scene.
func sceneNeeds(s *Scenario) []string {
	return slices.DeleteFunc(s.Scene.Needs(), func(word string) bool { return slices.Contains(s.Requires, word) })
}
