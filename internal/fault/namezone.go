package fault

import (
	"slices"
	"strconv"
	"strings"
)

// record is a record of a zone file. Names are absolute and in small letters.
type record struct {
	line  int // from 0
	owner string
	typ   string
	data  string // the first word of it is made absolute where it is a name
	zone  string
}

// records reads the lines of a zone file that are a record each: of what is
// in brackets nothing but the first line.
func (z Zone) records() []record {
	var out []record
	origin, owner, depth := z.Origin, z.Origin, 0
	for i, l := range split(z.File.Text) {
		l, _, _ = strings.Cut(l, ";")
		inside := depth > 0
		depth += strings.Count(l, "(") - strings.Count(l, ")")
		f := strings.Fields(l)
		switch {
		case inside || len(f) == 0:
			continue
		case f[0] == "$ORIGIN" && len(f) > 1:
			origin = absolute(f[1], origin)
			continue
		case strings.HasPrefix(f[0], "$"):
			continue
		case l[0] != ' ' && l[0] != '\t':
			owner, f = absolute(f[0], origin), f[1:]
		}
		for len(f) > 0 && (strings.EqualFold(f[0], "IN") || number(f[0])) {
			f = f[1:]
		}
		if len(f) < 2 {
			continue
		}
		r := record{i, owner, strings.ToUpper(f[0]), f[1], z.Origin}
		if r.typ == "NS" || r.typ == "CNAME" {
			r.data = absolute(f[1], origin)
		}
		out = append(out, r)
	}
	return out
}

func number(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func absolute(name, origin string) string {
	name = strings.ToLower(name)
	switch {
	case name == "@":
		return origin
	case strings.HasSuffix(name, "."):
		return name
	case origin == ".":
		return name + "."
	}
	return name + "." + origin
}

// within says that a name is a zone's, or below it.
func within(name, zone string) bool {
	return zone == "." || name == zone || strings.HasSuffix(name, "."+zone)
}

// of are the records of a name, and of a type.
func (z Zone) of(owner, typ string) []record {
	return slices.DeleteFunc(z.records(), func(r record) bool { return r.owner != owner || r.typ != typ })
}

// with is the text of the zone with another line for some of its records;
// empty: without it.
func (z Zone) with(some []record, turn func(r record) string) []string {
	all := split(z.File.Text)
	for _, r := range some {
		all[r.line] = turn(r)
	}
	return slices.DeleteFunc(all, func(l string) bool { return l == "" })
}

// authority is where a record is kept.
type authority struct {
	server NameServer
	zone   Zone
	record record
}

// keeper finds the records of a name, where servers have them that do not
// refer to another one for it.
func (n *naming) keepers(owner, typ string) []authority {
	var out []authority
	for _, s := range n.Servers {
		for _, z := range s.Zones {
			if !within(owner, z.Origin) || n.below(owner, z.Origin) {
				continue
			}
			for _, r := range z.of(owner, typ) {
				out = append(out, authority{s, z, r})
			}
		}
	}
	return out
}

// below says that a smaller zone of the servers has the name.
func (n *naming) below(owner, zone string) bool {
	for _, s := range n.Servers {
		for _, z := range s.Zones {
			if within(owner, z.Origin) && z.Origin != zone && within(z.Origin, zone) {
				return true
			}
		}
	}
	return false
}

// chain are the records by which the name is found: aliases, and at the end an
// address. Of several servers with the same zone, all.
func (n *naming) chain() (aliases, address []authority) {
	const most = 8
	owner := n.Full
	for range most {
		if address = n.keepers(owner, "A"); len(address) > 0 {
			return aliases, address
		}
		alias := n.keepers(owner, "CNAME")
		if len(alias) == 0 {
			return aliases, nil
		}
		aliases = append(aliases, alias...)
		owner = alias[0].record.data
	}
	return aliases, nil
}

// ending are the authorities of the last name of the chain.
func (n *naming) ending() []authority {
	_, address := n.chain()
	return address
}

// zoned is a fault in the files of a zone, at every server that has it: what
// one of them does not know another one may.
func (n *naming) zoned(at []authority, says string, turn func(a authority) []string) []Fault {
	if len(at) == 0 {
		return nil
	}
	f := Fault{Cause: Cause{In: at[0].server.In, What: at[0].record.owner}, Says: says}
	var servers []string
	for _, a := range at {
		if slices.Contains(servers, a.server.In) {
			continue
		}
		servers = append(servers, a.server.In)
		c := rewritten(a.zone.File.Path, a.zone.File, turn(a))
		f.Harm, f.Mend = append(f.Harm, c.Harm...), append(f.Mend, c.Mend...)
		if a.server.In != at[0].server.In {
			f.Cause.Also = append(f.Cause.Also, Cause{In: a.server.In})
		}
	}
	f.Servers = n.anew(servers...)
	return []Fault{f}
}
