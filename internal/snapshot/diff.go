package snapshot

import "strings"

// Change is one difference between two snapshots.
type Change struct {
	Sign   string `json:"sign"`  // + came, - went, ~ changed
	Space  string `json:"space"` // namespace
	Line   string `json:"line"`  // what: link veth_ns1 (veth) …
	Reason string `json:"reason"`
}

// String is the change on one line, without the reason.
func (c Change) String() string { return c.Sign + " " + c.Space + " " + c.Line }

// DiffOptions say what is told beside what Diff tells.
type DiffOptions struct {
	// Counters tells how many packets each firewall rule has matched meanwhile.
	// A ping changes that, so it is told only to those who ask for it.
	Counters bool
}

// Diff returns what is different in after, and why, in an order to be read:
// namespaces, links, addresses, routing policy, routes, neighbours, forwarding
// entries, sockets, firewall rules, settings, and the files by which names are
// found.
//
// What the kernel does all the time is left out, so that what matters is seen:
// table local, routes of fe80::/64 and multicast, neighbours with link-local
// addresses, the age of neighbours, queues, counters, and forwarding entries of
// multicast and of a port's own address. The link-local addresses that links
// give themselves are one line for each namespace.
func Diff(before, after Lab) []Change { return DiffWith(before, after, DiffOptions{}) }

// DiffWith is Diff with options.
func DiffWith(before, after Lab, opt DiffOptions) []Change {
	d := &differ{before: before, after: after, opt: opt}
	d.spaces()
	d.matchLinks()
	d.linkChanges()
	d.each(d.addrs)
	d.each(d.rules)
	d.each(d.routes)
	d.each(d.neighs)
	d.each(d.fdb)
	d.each(d.sockets)
	d.each(d.filters)
	d.each(d.settings)
	d.each(d.confs)
	d.each(d.names)
	return d.changes
}

// differ collects the changes from one snapshot to the next.
type differ struct {
	before, after Lab
	opt           DiffOptions
	pairs         []pair    // links that are in both
	fresh, gone   []located // links that are in one only
	changes       []Change
}

// located is a link with its namespace.
type located struct {
	space string
	link  Link
}

// pair is a link before and after.
type pair struct{ was, now located }

func (d *differ) add(sign, space, line, reason string) {
	d.changes = append(d.changes, Change{sign, space, line, reason})
}

// each compares every namespace that is there now with what it was.
func (d *differ) each(compare func(was, now Space)) {
	for _, now := range d.after.Spaces {
		compare(d.renamed(d.was(now)), now)
	}
}

// renames are the links of a namespace that have a new name, by their old one.
func (d *differ) renames(space string) map[string]string {
	names := map[string]string{}
	for _, p := range d.pairs {
		if p.was.space == space && p.now.space == space && p.was.link.Name != p.now.link.Name {
			names[p.was.link.Name] = p.now.link.Name
		}
	}
	return names
}

// renamed puts the new names of links into what a namespace was, so that a
// name that changed is told once.
func (d *differ) renamed(was Space) Space {
	names := d.renames(was.Name)
	if len(names) == 0 {
		return was
	}
	rename := func(name *string) {
		if now, ok := names[*name]; ok {
			*name = now
		}
	}
	was = was.copied()
	for i := range was.Addrs {
		rename(&was.Addrs[i].Link)
	}
	for i := range was.Routes {
		rename(&was.Routes[i].Link)
	}
	for i := range was.Neighs {
		rename(&was.Neighs[i].Link)
	}
	for i := range was.FDB {
		rename(&was.FDB[i].Link)
		rename(&was.FDB[i].Master)
	}
	for i := range was.Sockets {
		rename(&was.Sockets[i].Link)
	}
	return was
}

// was is a namespace before. One that is new was empty.
func (d *differ) was(now Space) Space {
	if s, ok := d.before.Space(now.Name); ok {
		return s
	}
	return Space{Name: now.Name, Sysctls: now.Sysctls, Rules: min(now.Rules, 0)}
}

func (d *differ) spaces() {
	for _, s := range d.after.Spaces {
		if _, ok := d.before.Space(s.Name); !ok {
			d.add("+", s.Name, "namespace "+s.Name,
				"it has links, addresses, routes and rules of its own: so far only lo, and that is down")
		}
	}
	for _, s := range d.before.Spaces {
		if _, ok := d.after.Space(s.Name); !ok {
			d.add("-", s.Name, "namespace "+s.Name, "with it went everything in it"+s.inside())
		}
	}
}

// inside names the links of a namespace but lo.
func (s Space) inside() string {
	var names []string
	for _, l := range s.Links {
		if l.Kind != "loopback" {
			names = append(names, l.Name)
		}
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}
