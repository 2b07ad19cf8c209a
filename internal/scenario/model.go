package scenario

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"netlab/internal/check"
	"netlab/internal/op"
	"netlab/internal/scene"
	"netlab/internal/snapshot"
)

// model is which namespaces and links exist at a point of a lesson, as far as
// its commands tell. It is for finding misspelled names, not for running.
type model struct {
	spaces map[string]bool
	links  []*device
	ever   map[string]bool // every name that was ever there
	end    *model          // the same at the end of the scenario; nil: this is it
	// open says that something ran which cannot be followed, so that a
	// missing name proves nothing.
	open bool
}

type device struct {
	name, space string
	peer        *device
}

func newModel() *model {
	m := &model{spaces: map[string]bool{}, ever: map[string]bool{}}
	m.addSpace(snapshot.Host)
	return m
}

func (m *model) clone() *model {
	c := &model{spaces: maps.Clone(m.spaces), ever: maps.Clone(m.ever), open: m.open}
	copies := map[*device]*device{}
	for _, d := range m.links {
		same := *d
		copies[d] = &same
		c.links = append(c.links, &same)
	}
	for _, d := range c.links {
		d.peer = copies[d.peer]
	}
	return c
}

func (m *model) addSpace(name string) {
	m.spaces[name] = true
	m.ever[name] = true
	m.add(&device{name: "lo", space: name})
}

// addScene adds what a scene builds.
func (m *model) addScene(s scene.Scene) {
	for _, n := range s.Nodes {
		m.addSpace(n.Name)
		if n.Kind == scene.Switch {
			m.add(&device{name: n.Bridge(), space: n.Name})
		}
	}
	for _, c := range s.Cables {
		a, b := &device{name: c.A.Dev, space: c.A.Node}, &device{name: c.B.Dev, space: c.B.Node}
		a.peer, b.peer = b, a
		m.add(a)
		m.add(b)
	}
}

func (m *model) add(d *device) {
	m.links = append(m.links, d)
	m.ever[d.name] = true
}

func (m *model) find(space, name string) *device {
	for _, d := range m.links {
		if d.name == name && d.space == space {
			return d
		}
	}
	return nil
}

// drop removes links, and with each of them the other end of its cable.
func (m *model) drop(gone func(*device) bool) {
	lost := map[*device]bool{}
	for _, d := range m.links {
		if gone(d) {
			lost[d] = true
			lost[d.peer] = true
		}
	}
	m.links = slices.DeleteFunc(m.links, func(d *device) bool { return lost[d] })
}

// apply does one command. A command that is meant to fail does nothing.
func (m *model) apply(args []string, fails bool) {
	switch {
	case fails || len(args) == 0:
	case hidden(args):
		m.open = true
	default:
		if line, err := op.Parse(args); err == nil {
			m.do(line)
		}
	}
}

// hidden says whether a command may make or remove links and namespaces that
// its words do not show.
func hidden(args []string) bool {
	switch path.Base(args[0]) {
	case "ip":
		if _, inner, ok := op.ParseExec(args); ok && !changedByShell(args) {
			return hidden(inner)
		}
		return changedByShell(args) || slices.ContainsFunc(args, func(a string) bool { return a == "-b" || strings.HasPrefix(a, "-ba") })
	case "sh", "bash", "dash", "source", ".", "eval", "exec", "command", "env", "timeout", "xargs", "nsenter", "unshare", "brctl":
		return true
	}
	return changedByShell(args[:1])
}

func (m *model) do(line op.Line) {
	here := orHost(line.Netns)
	switch o := line.Op.(type) {
	case *op.NetnsAdd:
		m.addSpace(o.Name)
	case *op.NetnsDel:
		delete(m.spaces, o.Name)
		m.drop(func(d *device) bool { return d.space == o.Name })
	case *op.LinkAdd:
		m.addLink(here, o)
	case *op.LinkSet:
		m.setLink(m.find(here, o.Dev), o)
	case *op.LinkDel:
		m.drop(func(d *device) bool { return d.name == o.Dev && d.space == here })
	}
}

func (m *model) addLink(here string, o *op.LinkAdd) {
	d := &device{name: o.Name, space: here}
	if o.Netns != "" {
		d.space = o.Netns
	}
	if o.Name == "" {
		m.open = true // the kernel chooses a name
	}
	m.add(d)
	if o.Kind != "veth" {
		return
	}
	d.peer = &device{name: o.Peer.Name, space: here, peer: d} // netns before type is not the peer's
	if o.Peer.Netns != "" {
		d.peer.space = o.Peer.Netns
	}
	if o.Peer.Name == "" {
		m.open = true
	}
	m.add(d.peer)
}

func (m *model) setLink(d *device, o *op.LinkSet) {
	if d == nil {
		return
	}
	if o.NewName != "" {
		d.name = o.NewName
		m.ever[d.name] = true
	}
	if o.Netns != "" {
		d.space = o.Netns
	}
}

func orHost(space string) string {
	if space == "" {
		return snapshot.Host
	}
	return space
}

// lack is a name in a check that stands for nothing.
type lack struct{ predicate, key, text, hint string }

// mention is a name in a check. An empty dev means the namespace itself.
type mention struct {
	key, space, dev string
	maybe           bool // the check says that it is not there
}

// missing finds the names in a check that do not exist at this point.
func (m *model) missing(c check.Check) []lack {
	if m.open {
		return nil
	}
	predicate, mentions := mentioned(c)
	var out []lack
	for _, one := range mentions {
		if l, bad := m.lack(one); bad {
			l.predicate, l.key = predicate, one.key
			out = append(out, l)
		}
	}
	return out
}

func (m *model) lack(one mention) (lack, bool) {
	name := one.space
	if one.dev != "" {
		name = one.dev
	}
	switch {
	case one.maybe && (m.end.open || m.end.ever[name]):
		return lack{}, false
	case one.maybe:
		names := slices.Sorted(maps.Keys(m.end.ever))
		return lack{text: fmt.Sprintf("%q never exists in this lesson, so that the check proves nothing", name), hint: didYouMean(name, names)}, true
	case one.dev == "" && !m.spaces[one.space]:
		names := slices.Sorted(maps.Keys(m.spaces))
		return lack{text: fmt.Sprintf("there is no namespace %q by then", one.space), hint: didYouMean(one.space, names)}, true
	case one.dev != "" && m.spaces[one.space] && m.find(one.space, one.dev) == nil:
		return lack{text: fmt.Sprintf("there is no interface %q in %s by then", one.dev, one.space), hint: m.whereIs(one)}, true
	}
	return lack{}, false
}

// whereIs tells where an interface of this name is, or which ones there are.
func (m *model) whereIs(one mention) string {
	var here, elsewhere []string
	for _, d := range m.links {
		if d.space == one.space {
			here = append(here, d.name)
		} else if d.name == one.dev {
			elsewhere = append(elsewhere, d.space)
		}
	}
	if len(elsewhere) > 0 {
		return fmt.Sprintf("%s is in %s", one.dev, strings.Join(elsewhere, " and in "))
	}
	return didYouMean(one.dev, here)
}

// mentioned lists the names in a check, with its predicate.
func mentioned(c check.Check) (predicate string, names []mention) {
	where := func(in string) mention { return mention{key: "in", space: in} }
	switch {
	case c.Ping != nil:
		return "ping", []mention{where(c.Ping.In)}
	case c.Reach != nil:
		return "reach", reachMentions(c.Reach)
	case c.Path != nil:
		return "path", []mention{where(c.Path.In)}
	case c.Seen != nil:
		return "seen", seenMentions(c.Seen)
	case c.Lookup != nil:
		return "lookup", withDev(where(c.Lookup.In), c.Lookup.Dev)
	case c.Conntrack != nil:
		return "conntrack", []mention{where(c.Conntrack.In)}
	case c.Resolves != nil:
		return "resolves", append(asksMentions(c.Resolves.Asks), where(c.Resolves.In))
	case c.DNS != nil:
		return "dns", append(asksMentions(c.DNS.Asks), where(c.DNS.In))
	case c.Namespace != nil:
		return "namespace", []mention{{key: "name", space: c.Namespace.Name, maybe: c.Not}}
	case c.Link != nil:
		return "link", linkMentions(c.Link, c.Not)
	case c.Addr != nil:
		return "addr", []mention{where(c.Addr.In), {key: "dev", space: c.Addr.In, dev: c.Addr.Dev}}
	case c.Route != nil:
		return "route", withDev(where(c.Route.In), c.Route.Dev)
	case c.Neigh != nil:
		return "neigh", withDev(where(c.Neigh.In), c.Neigh.Dev)
	case c.FDB != nil:
		f := c.FDB
		names = append(withDev(where(f.In), f.Port), mention{key: "bridge", space: f.In, dev: f.Bridge})
		if f.OfDev != "" {
			names = append(names, mention{key: "of", space: f.OfIn}, mention{key: "of", space: f.OfIn, dev: f.OfDev})
		}
		return "fdb", names
	case c.Sysctl != nil:
		return "sysctl", []mention{where(c.Sysctl.In)}
	case c.Rules != nil:
		return "rules", []mention{where(c.Rules.In)}
	}
	return "", nil
}

func withDev(where mention, dev string) []mention {
	if dev == "" {
		return []mention{where}
	}
	return []mention{where, {key: "dev", space: where.space, dev: dev}}
}

// linkMentions: a negated check without properties says that the link is not
// there; with one it speaks about a link that is, and its other end may not be.
func linkMentions(l *check.Link, not bool) []mention {
	bare := *l == check.Link{In: l.In, Name: l.Name}
	names := []mention{{key: "in", space: l.In}, {key: "name", space: l.In, dev: l.Name, maybe: not && bare}}
	if l.PeerIn != "" && l.PeerIn != l.In {
		names = append(names, mention{key: "peer_in", space: l.PeerIn, maybe: not})
	}
	if l.Peer != "" {
		names = append(names, mention{key: "peer", space: l.PeerIn, dev: l.Peer, maybe: not})
	}
	if l.Master != nil && *l.Master != "" {
		names = append(names, mention{key: "master", space: l.In, dev: *l.Master, maybe: not})
	}
	return names
}
