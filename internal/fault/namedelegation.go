package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// The kinds of faults in how zones refer to each other, and in how a resolver
// finds the first one.
func delegationKinds() []Kind {
	return []Kind{
		{Name: "delegation-missing", Title: "a zone does not name the servers of the zone below it", at: served(delegationMissing)},
		{Name: "broken-delegation", Title: "a zone names a server for the zone below it that there is not", at: served(brokenDelegation)},
		{Name: "lame-server", Title: "a server that a zone is delegated to does not have it", at: served(lameServer)},
		{Name: "root-hints-wrong", Title: "a resolver has an address for the root server that nobody has", at: served(hintsWrong)},
	}
}

// cut is a place where one zone names the servers of another one.
type cut struct {
	parent NameServer
	zone   Zone // the parent's
	child  string
	ns     []record // of the child, in the parent's zone
	glue   []record
	to     NameServer
}

// cuts are those on the way from the root to the name.
func (n *naming) cuts() []cut {
	var out []cut
	for _, s := range n.Servers {
		for _, z := range s.Zones {
			for _, other := range n.Servers {
				for _, child := range other.Zones {
					if child.Origin == z.Origin || !within(child.Origin, z.Origin) || !within(n.Full, child.Origin) {
						continue
					}
					c := cut{parent: s, zone: z, child: child.Origin, ns: z.of(child.Origin, "NS"), to: other}
					for _, r := range c.ns {
						c.glue = append(c.glue, z.of(r.data, "A")...)
					}
					if len(c.ns) > 0 && len(c.glue) > 0 {
						out = append(out, c)
					}
				}
			}
		}
	}
	return out
}

// fault is one in the parent's zone: other lines for some of its records.
func (n *naming) cutting(c cut, says string, some []record, turn func(r record) string) Fault {
	f := rewritten(c.zone.File.Path, c.zone.File, c.zone.with(some, turn))
	f.Cause, f.Says, f.Servers = Cause{In: c.parent.In, What: c.child}, says, n.anew(c.parent.In)
	return f
}

func delegationMissing(n *naming) (out []Fault) {
	for _, c := range n.cuts() {
		out = append(out, n.cutting(c, "the zone of "+bare(c.zone.Origin)+" on "+c.parent.In+" names no servers for "+bare(c.child),
			slices.Concat(c.ns, c.glue), func(record) string { return "" }))
	}
	return out
}

// brokenDelegation is an address that nobody has, a server that has no address
// at all, or a machine that is no name server.
func brokenDelegation(n *naming) (out []Fault) {
	for _, c := range n.cuts() {
		says := "the zone of " + bare(c.zone.Origin) + " on " + c.parent.In + " names a server for " + bare(c.child) + " "
		glue := func(what string, a netip.Addr, says string, also ...Cause) {
			f := n.cutting(c, says, c.glue, func(r record) string { return r.owner + " IN A " + a.String() })
			f.Cause.What += " " + what
			f.Cause.Also = also
			out = append(out, f)
		}
		if a, ok := n.nobody(c.to.Addr); ok {
			glue("nobody", a, says+"at "+a.String()+", which nobody has", nobodyHas())
		}
		if in, a, ok := n.another(c.to.Addr); ok {
			glue("closed", a, says+"at "+a.String()+", which is no name server", Cause{Kind: "service-not-listening", In: in}, Cause{Kind: "lame-server", In: in})
		}
		glue("itself", c.parent.Addr, says+"that is its own", Cause{Kind: "lame-server", In: c.parent.In})
		f := n.cutting(c, says+"that has no address", slices.Concat(c.ns, c.glue), func(r record) string {
			if r.typ == "NS" {
				return c.child + " IN NS nowhere." + c.child
			}
			return ""
		})
		f.Cause.What += " no-address"
		out = append(out, f)
	}
	return out
}

// lameServer takes a zone out of the configuration of its server.
func lameServer(n *naming) (out []Fault) {
	for _, c := range n.cuts() {
		if f, ok := n.forgetting(c.to, c.child); ok {
			f.Says = c.to.In + " does not have the zone of " + bare(c.child) + ", which is delegated to it"
			f.Cause.Also = []Cause{{Kind: "server-refuses", In: c.to.In}}
			out = append(out, f)
		}
	}
	return out
}

func hintsWrong(n *naming) (out []Fault) {
	for _, s := range n.Servers {
		var a netip.Addr
		after := each(s.Hints.Text, func(l string) (string, bool) {
			f := strings.Fields(l)
			for i := 1; i < len(f); i++ {
				root, err := netip.ParseAddr(f[i])
				if f[i-1] != "A" || err != nil {
					continue
				}
				if bad, ok := n.nobody(root); ok {
					a, f[i] = bad, bad.String()
					return strings.Join(f, " "), true
				}
			}
			return l, true
		})
		if !a.IsValid() {
			continue
		}
		f := rewritten(s.Hints.Path, s.Hints, after)
		f.Cause = Cause{In: s.In, What: a.String(), Also: []Cause{nobodyHas()}}
		f.Says, f.Servers = s.In+" looks for the root server at "+a.String()+", which nobody has", n.anew(s.In)
		out = append(out, f)
	}
	return out
}
