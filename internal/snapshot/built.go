package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Built collects what came into being while a lab was looked at again and
// again, also what is gone since. The zero value has seen nothing.
type Built struct {
	begun  *Lab
	spaces []string
	links  []builtLink
	addrs  []string
	routes []string
	rules  []string       // of the routing policy
	most   map[string]int // rules of a namespace
}

// builtLink is known by what stays the same when it is moved or renamed.
type builtLink struct{ id, text string }

// See takes one more look. The first one is what was there before.
func (b *Built) See(l Lab) {
	if b.begun == nil {
		b.begun, b.most = &l, map[string]int{}
		return
	}
	for _, s := range l.Spaces {
		was, old := b.begun.Space(s.Name)
		if !old {
			keep(&b.spaces, s.Name)
		}
		b.seeLinks(was, s)
		for _, a := range s.Addrs {
			if !isLinkLocal(a) && !a.Prefix.Addr().IsLoopback() && !slices.ContainsFunc(was.Addrs, func(o Addr) bool { return o.title() == a.title() }) {
				keep(&b.addrs, strings.TrimPrefix(a.title(), "addr ")+s.inHere())
			}
		}
		for _, r := range s.Routes {
			r.LinkDown = false // it is the same route all the while
			if !r.own() && !slices.ContainsFunc(was.Routes, func(o Route) bool { return o.title() == r.title() }) {
				keep(&b.routes, strings.TrimPrefix(r.title(), "route ")+s.inHere())
			}
		}
		for _, r := range s.OwnRules() {
			if !slices.Contains(was.PolicyRules, r) {
				keep(&b.rules, r.String()+s.inHere())
			}
		}
		b.most[s.Name] = max(b.most[s.Name], s.Rules-max(was.Rules, 0))
	}
}

func (b *Built) seeLinks(was, now Space) {
	for _, l := range now.Links {
		if _, old := was.Link(l.Name); old || l.Kind == "loopback" {
			continue
		}
		id := l.Kind + " " + l.MAC
		if l.Kind == "bridge" { // it takes over the address of a port
			id = l.Kind + " " + l.Name + now.inHere()
		}
		link := builtLink{id, fmt.Sprintf("%s (%s)%s", l.Name, l.Kind, now.inHere())}
		if i := slices.IndexFunc(b.links, func(o builtLink) bool { return o.id == id }); i >= 0 {
			b.links[i] = link
			continue
		}
		b.links = append(b.links, link)
	}
}

// own says that the kernel made the route by itself: for an address, or for an
// advertisement of a router.
func (r Route) own() bool { return r.Proto == "kernel" || r.Proto == "ra" }

// inHere says where something is that is not in host.
func (s Space) inHere() string {
	if s.Name == Host {
		return ""
	}
	return " in " + s.Name
}

func keep(list *[]string, text string) {
	if !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

// Lines are one short line for each kind of thing that came.
func (b *Built) Lines() []string {
	var links, rules []string
	for _, l := range b.links {
		links = append(links, l.text)
	}
	total := 0
	for _, name := range slices.Sorted(maps.Keys(b.most)) {
		if n := b.most[name]; n > 0 {
			total += n
			rules = append(rules, fmt.Sprintf("%d in %s", n, name))
		}
	}
	var out []string
	for _, group := range []struct {
		one, many string
		n         int
		names     []string
	}{
		{"namespace", "namespaces", len(b.spaces), b.spaces},
		{"link", "links", len(links), links},
		{"address", "addresses", len(b.addrs), b.addrs},
		{"route", "routes", len(b.routes), b.routes},
		{"policy rule", "policy rules", len(b.rules), b.rules},
		{"nftables rule", "nftables rules", total, rules},
	} {
		switch {
		case group.n == 1:
			out = append(out, "1 "+group.one+": "+few(group.names))
		case group.n > 1:
			out = append(out, fmt.Sprintf("%d %s: %s", group.n, group.many, few(group.names)))
		}
	}
	return out
}

// few names the first of many.
func few(names []string) string {
	const most = 8
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Left says in short lines what is more or other in after than in before, as
// somebody would find it who comes later: what goes with a namespace or a link
// is not said again, and what the kernel learns and forgets is left out.
func Left(before, after Lab) []string {
	var out []string
	fresh := map[string]bool{}
	for _, s := range after.Spaces {
		if _, old := before.Space(s.Name); old {
			continue
		}
		fresh[s.Name] = true
		line := "namespace " + s.Name
		if inside := strings.TrimPrefix(s.inside(), ": "); inside != "" {
			line += ", and in it " + inside
		}
		out = append(out, line)
	}
	for _, s := range after.Spaces {
		if was, old := before.Space(s.Name); old && was.Rules != s.Rules && was.Rules >= 0 && s.Rules >= 0 {
			out = append(out, fmt.Sprintf("nftables rules: %d, before %d%s", s.Rules, was.Rules, s.inHere()))
		}
	}
	for _, c := range Diff(before, after) {
		if fresh[c.Space] || passing(c) || follows(before, after, c) {
			continue
		}
		if path, is := fileOf(c); is {
			if c.Sign == "+" {
				fresh[path] = true // who looks into the folders tells of it
			}
			if !fresh[path] {
				keep(&out, leftFile(c.Sign, path))
			}
			continue
		}
		line := c.Line
		if c.Space != Host && !strings.HasPrefix(line, "namespace ") {
			line += " in " + c.Space
		}
		if c.Sign == "-" {
			line += ": it is gone"
		}
		out = append(out, line)
	}
	return out
}

// fileOf is the file that a change is about.
func fileOf(c Change) (path string, is bool) {
	path, _, _ = strings.Cut(c.Line, " ")
	return strings.TrimSuffix(path, ":"), strings.HasPrefix(path, "/")
}

// leftFile is a file that was there before.
func leftFile(sign, path string) string {
	if sign == "-" {
		return "file " + path + ": it is gone"
	}
	return "file " + path + ": it has other lines"
}

// passing says that a change is told elsewhere, or nothing that stays.
func passing(c Change) bool {
	kind, _, _ := strings.Cut(c.Line, " ")
	return slices.Contains([]string{"neigh", "fdb", "IPv6", "nft", "nftables"}, kind) || strings.HasPrefix(kind, "net.") ||
		kind == "namespace" && c.Sign == "+"
}

// follows says that a change came along with a link that is new, or that the
// kernel made it for an address.
func follows(before, after Lab, c Change) bool {
	was, _ := before.Space(c.Space)
	now, _ := after.Space(c.Space)
	for _, l := range now.Links {
		_, old := was.Link(l.Name)
		if !old && (c.Sign == "~" && strings.HasPrefix(c.Line, "link "+l.Name+" ") ||
			strings.HasSuffix(c.Line, " on "+l.Name) || strings.Contains(c.Line+" ", " dev "+l.Name+" ")) {
			return true
		}
	}
	return slices.ContainsFunc(now.Routes, func(r Route) bool { return r.own() && r.title() == c.Line })
}
