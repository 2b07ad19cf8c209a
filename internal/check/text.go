package check

import (
	"fmt"
	"strings"

	"netlab/internal/snapshot"
)

// Kind is the name of the predicate, as a scenario file writes it; empty when
// the check has none.
func (c Check) Kind() string {
	switch {
	case c.Ping != nil:
		return "ping"
	case c.Reach != nil:
		return "reach"
	case c.Path != nil:
		return "path"
	case c.Seen != nil:
		return "seen"
	case c.Lookup != nil:
		return "lookup"
	case c.Conntrack != nil:
		return "conntrack"
	case c.Namespace != nil:
		return "namespace"
	case c.Link != nil:
		return "link"
	case c.Addr != nil:
		return "addr"
	case c.Route != nil:
		return "route"
	case c.Neigh != nil:
		return "neigh"
	case c.FDB != nil:
		return "fdb"
	case c.Sysctl != nil:
		return "sysctl"
	case c.Rules != nil:
		return "rules"
	case c.Resolves != nil:
		return "resolves"
	case c.DNS != nil:
		return "dns"
	}
	return ""
}

// String is the check as short text: "ping 10.1.1.2 from ns1", "not link br0
// in host". It is for people and for the names of test results.
func (c Check) String() string {
	text := c.text()
	if c.Not {
		text = "not " + text
	}
	return text
}

func (c Check) text() string {
	switch {
	case c.Ping != nil:
		return c.Ping.text()
	case c.Reach != nil:
		return c.Reach.text()
	case c.Path != nil:
		return c.Path.text()
	case c.Seen != nil:
		return c.Seen.text()
	case c.Lookup != nil:
		return c.Lookup.text()
	case c.Conntrack != nil:
		return c.Conntrack.text()
	case c.Namespace != nil:
		return "namespace " + c.Namespace.Name
	case c.Link != nil:
		return strings.Join(append([]string{"link", c.Link.Name, "in", place(c.Link.In)}, c.Link.wants()...), " ")
	case c.Addr != nil:
		return "addr " + c.Addr.text()
	case c.Route != nil:
		return words("route", c.Route.text(), "in", place(c.Route.In))
	case c.Neigh != nil:
		return words("neigh", addrOr(c.Neigh.Addr, "any"), when("on", c.Neigh.Dev), "in", place(c.Neigh.In))
	case c.FDB != nil:
		return words("fdb", c.FDB.Bridge, "in", place(c.FDB.In), when("port", c.FDB.Port), when("has", c.FDB.of()))
	case c.Sysctl != nil:
		return fmt.Sprintf("sysctl %s=%s in %s", c.Sysctl.Key, c.Sysctl.Value, place(c.Sysctl.In))
	case c.Rules != nil:
		return fmt.Sprintf("rules %d in %s", c.Rules.Count, place(c.Rules.In))
	case c.Resolves != nil:
		return c.Resolves.text()
	case c.DNS != nil:
		return c.DNS.text()
	}
	return "nothing"
}

func (p Ping) text() string {
	text := fmt.Sprintf("ping %s from %s", p.To, place(p.In))
	if p.TTL > 0 {
		text += fmt.Sprintf(" ttl %d", p.TTL)
	}
	return words(text, when("error", p.Error))
}

// wants lists what is asked of a link besides its being there.
func (l Link) wants() []string {
	var out []string
	add := func(text string) { out = append(out, text) }
	if l.Kind != "" {
		add("kind " + l.Kind)
	}
	if l.Up != nil {
		add(choose(*l.Up, "up", "down"))
	}
	if l.State != "" {
		add("state " + l.State)
	}
	if l.Carrier != nil {
		add(choose(*l.Carrier, "carrier", "no carrier"))
	}
	if l.Peer != "" || l.PeerIn != "" {
		add(words("peer", l.Peer, when("in", l.PeerIn)))
	}
	if l.Master != nil {
		add(choose(*l.Master == "", "no master", "master "+*l.Master))
	}
	if l.MTU > 0 {
		add(fmt.Sprintf("mtu %d", l.MTU))
	}
	return out
}

func (a Addr) text() string {
	return words(prefixOr(a.Prefix, "any"), when("on", a.Dev), "in", place(a.In), a.Flag)
}

func (r Route) text() string {
	dst := prefixOr(r.Dst, "any")
	if r.Dst.IsValid() && r.Dst.Bits() == 0 {
		dst = "default"
	}
	return words(dst, when("via", addrOr(r.Via, "")), when("dev", r.Dev))
}

// of names the interface whose hardware address is meant.
func (f FDB) of() string {
	if f.OfDev == "" {
		return ""
	}
	return words(f.OfDev, when("of", f.ofIn()))
}

func (f FDB) ofIn() string {
	if f.OfIn == "" {
		return place(f.In)
	}
	return f.OfIn
}

func place(name string) string {
	if name == "" {
		return snapshot.Host
	}
	return name
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// when is "key value", or nothing when there is no value.
func when(key, value string) string {
	if value == "" {
		return ""
	}
	return key + " " + value
}

// words joins what is not empty.
func words(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

// prefixOr and addrOr give other when the value is the zero one.
func prefixOr(p interface {
	IsValid() bool
	String() string
}, other string) string {
	if p.IsValid() {
		return p.String()
	}
	return other
}

func addrOr(a interface {
	IsValid() bool
	String() string
}, other string) string {
	return prefixOr(a, other)
}
