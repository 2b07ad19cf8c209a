package nss

import (
	"net/netip"
	"time"

	"netlab/internal/dns"
)

// Query is a question to one server.
type Query struct {
	Server   netip.Addr
	Question dns.Question
	TCP      bool
	Wait     time.Duration // how long the answer may take; 0, by TCP: as long as the kernel tries
}

// Reply is what came of it.
type Reply struct {
	Answer *dns.Message // nil: no answer to the question
	// Closed says that there is no answer because nobody listens, or no way leads
	// to the server. Else it was waited for in vain.
	Closed bool
}

// Found is what a lookup has found.
type Found struct {
	Source string       // files or dns; empty: nobody has found it, or the name is an address
	Addrs  []netip.Addr // in the order of the source
	Canon  string       // the name that the addresses belong to, without the last dot
	Status string       // what the last source has said: SUCCESS, NOTFOUND …
}

// Lookup looks a name up as glibc does for getent ahostsv4 (family 4), ahostsv6
// (6) and ahosts (0). ask puts one question to one server, and is called one
// question after the other, in the order in which glibc asks. Family 6 without
// an IPv6 address gives the IPv4 addresses as ::ffff:10.0.0.1, as ahostsv6 does.
//
// What is not in the files is left out: that getent does not look up addresses
// of a family of which the namespace has none but those of lo (AI_ADDRCONFIG),
// that it sorts what it has found (RFC 6724), and what a source answers that is
// neither files nor dns: it counts as UNAVAIL, as it is in a lab. With rotate
// the first server is the first one to be asked; glibc takes any.
func Lookup(files Files, name string, family int, ask func(Query) Reply) Found {
	if a, is := literal(name); is {
		return given(name, a, family)
	}
	if name == "" {
		return Found{Status: NotFound}
	}
	l := lookup{resolv: ReadResolv(files.Resolv.Text), name: name, ask: ask}
	var found Found
	for _, s := range ReadSwitch(files.Switch.Text).Sources {
		switch s.Name {
		case "files":
			found = files.Hosts.lookup(name, family)
		case "dns":
			found = l.family(family)
		default:
			found = Found{Status: Unavail}
		}
		switch s.Then(found.Status) {
		case Return:
			return found
		case Merge:
			return Found{Status: found.Status}
		}
	}
	return found
}

// given is what comes of a name that is an address.
func given(name string, a netip.Addr, family int) Found {
	a, ok := wanted(a, family)
	if !ok {
		return Found{Status: NotFound}
	}
	return Found{Addrs: []netip.Addr{a}, Canon: name, Status: Success}
}

// lookup looks into /etc/hosts.
func (f File) lookup(name string, family int) Found {
	if f.Path == "" {
		return Found{Status: Unavail}
	}
	lines := ReadHosts(f.Text).Find(name, family)
	if len(lines) == 0 {
		return Found{Status: NotFound}
	}
	found := Found{Source: "files", Canon: lines[0].Names[0], Status: Success}
	for _, l := range lines {
		found.Addrs = append(found.Addrs, l.Addr)
	}
	return found
}

// A lookup asks name servers.
type lookup struct {
	resolv Resolv
	name   string
	ask    func(Query) Reply
	turn   int // rotate: which server comes first
}

// family asks for the addresses of a family: for 6, if there are none, for
// those of 4 as well.
func (l *lookup) family(family int) Found {
	switch family {
	case 4:
		return l.search("A")
	case 0:
		if !hostName(l.name) {
			return Found{Status: NotFound}
		}
		if l.resolv.NoAAAA {
			return l.search("A")
		}
		return l.search("A", "AAAA")
	}
	six := l.search("AAAA")
	if six.Status == Success {
		return six
	}
	four := l.search("A")
	for i := range four.Addrs {
		four.Addrs[i] = mapped(four.Addrs[i])
	}
	if four.Status == Unavail {
		four.Status = six.Status
	}
	return four
}

// search asks for one name after the other. As glibc does, it goes on after
// "there is no such name", "no such record" and SERVFAIL, and asks for the name
// as it is even after other failures.
func (l *lookup) search(types ...string) Found {
	t := l.resolv.tries(l.name)
	var last outcome
	if t.first != "" {
		if last = l.query(t.first, types); last.found != nil {
			return last.read(t.first)
		}
	}
	for _, name := range t.searched {
		last = l.query(name, types)
		switch {
		case last.found != nil:
			return last.read(name)
		case last.nobody:
			return Found{Status: Unavail}
		}
		if last.ends {
			break
		}
	}
	if t.last != "" {
		if last = l.query(t.last, types); last.found != nil {
			return last.read(t.last)
		}
	}
	if last.nobody || last.silent {
		return Found{Status: Unavail}
	}
	return Found{Status: NotFound}
}
