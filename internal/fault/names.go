package fault

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/nss"
)

// Names is a name that the sender of the probe looks up by its resolver
// library. The files of that are in the lab's state.
type Names struct {
	Name    string       // as it is typed
	Full    string       // as name servers know it, with the last dot; empty: they do not
	Found   netip.Addr   // the address that it has
	Public  netip.Addr   // another one that name servers give; not valid: they give Found
	Servers []NameServer // all that have a part in it: those that the sender asks come first
}

// NameServer is a process that answers questions.
type NameServer struct {
	In     string
	Addr   netip.Addr // where others ask it
	Config nss.File   // its Corefile, or unbound.conf
	Hints  nss.File   // of one that walks from the root: where that is
	Zones  []Zone     // for which it is the authority
	Caches bool       // it keeps answers
}

// Zone is a part of the tree of names, with its file.
type Zone struct {
	Origin string   // with the last dot
	File   nss.File // in the master format of RFC 1035, a record a line
}

// naming is a lookup that works, and what it goes through.
type naming struct {
	*trip
	*Names
	in    string // the namespace that looks up
	files nss.Files
}

// named makes the places of a kind that is about names.
func named(at func(*naming) []Fault) func(*trip) []Fault {
	return func(t *trip) []Fault {
		s, ok := t.Lab.Space(t.Probe.From)
		if !ok || t.Names == nil {
			return nil
		}
		return at(&naming{trip: t, Names: t.Names, in: s.Name, files: s.Names})
	}
}

// served makes the places of a kind that is about name servers: none where the
// hosts file has the name.
func served(at func(*naming) []Fault) func(*trip) []Fault {
	return named(func(n *naming) []Fault {
		if !n.byServers() {
			return nil
		}
		return at(n)
	})
}

// bare is a name as a sentence has it.
func bare(name string) string {
	if name == "." {
		return "the root"
	}
	return strings.TrimSuffix(name, ".")
}

// server is the one in a namespace.
func (n *naming) server(in string) (NameServer, bool) {
	i := slices.IndexFunc(n.Servers, func(s NameServer) bool { return s.In == in })
	if i < 0 {
		return NameServer{}, false
	}
	return n.Servers[i], true
}

// asked are the servers that stand in the sender's own resolv.conf.
func (n *naming) asked() []NameServer {
	var out []NameServer
	for _, l := range split(n.files.Resolv.Text) {
		f := strings.Fields(l)
		if len(f) < 2 || f[0] != "nameserver" {
			continue
		}
		for _, s := range n.Servers {
			if s.Addr.String() == f[1] {
				out = append(out, s)
			}
		}
	}
	return out
}

// anew are the servers that have to be started again when one of them has
// changed, or none: those that keep answers, too.
func (n *naming) anew(changed ...string) []Server {
	var out []Server
	for _, in := range changed {
		out = append(out, Server{In: in})
	}
	for _, s := range n.Servers {
		if s.Caches && !slices.Contains(changed, s.In) {
			out = append(out, Server{In: s.In})
		}
	}
	return out
}

// nobody is an address beside another one that no machine of the lab has.
func (n *naming) nobody(beside netip.Addr) (netip.Addr, bool) {
	for _, s := range n.Lab.Spaces {
		for _, a := range s.Addrs {
			if a.Prefix.Contains(beside) && a.Link != "lo" {
				return n.spare(a.Prefix)
			}
		}
	}
	return netip.Addr{}, false
}

// another is an address of a machine that is none of the servers, has nothing
// to do with the name, and is beside an address.
func (n *naming) another(beside netip.Addr) (string, netip.Addr, bool) {
	for _, s := range n.Lab.Spaces {
		if _, serves := n.server(s.Name); serves || s.Name == n.in || owns(s, n.Found) {
			continue
		}
		for _, a := range s.Addrs {
			if a.Link != "lo" && a.Scope == "global" && a.Prefix.Contains(beside) && a.Prefix.Addr() != beside {
				return s.Name, a.Prefix.Addr(), true
			}
		}
	}
	return "", netip.Addr{}, false
}
