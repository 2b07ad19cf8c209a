package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/dns"
)

// journey is the way of a resolver from the root to a name, as the servers on
// it would let it go.
type journey struct {
	*search
	resolver string
	begun    exchange // the question that it was asked
	name     string
	seen     []string

	zone   string // whose servers are asked now; ".": the first ones
	parent string // the server that named them
	shows  []string
}

// walk goes from the first server that a resolver asks to the one who has the
// name, and finds where that ends too soon. None: it does not, or the server is
// no resolver.
func (q *search) walk(e exchange, seen []string) []Cause {
	j := &journey{search: q, resolver: e.Server, begun: e, name: e.Name, seen: seen, zone: "."}
	helps := e.Answer == nil || e.Answer.RecursionAvailable
	if q.forwards(e.Server) || len(j.steps()) == 0 && !helps {
		return nil
	}
	const most = 24
	at := j.roots()
	for range most {
		next, found := j.step(at)
		if found != nil || len(next) == 0 {
			return found
		}
		at = next
	}
	return nil
}

// steps are the questions of a resolver to servers that are to say what they
// know by themselves.
func (j *journey) steps() []exchange {
	return j.asked(j.resolver, func(o exchange) bool { return !o.Recursive && o.Server != j.resolver })
}

// roots are the servers with which a resolver begins: nobody refers to them. If
// it was not heard to begin, since it knows the way, they are those who refer to
// others.
func (j *journey) roots() []netip.Addr {
	var told, out []netip.Addr
	for _, e := range j.all {
		r := e.Means()
		for _, name := range r.Names {
			for _, a := range j.addressesOf(name, r) {
				if j.owner("", a) != e.Server {
					told = append(told, a)
				}
			}
		}
	}
	steps := j.steps()
	for _, e := range steps {
		if a := e.To.Addr(); !slices.Contains(told, a) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		return out
	}
	if out = j.highest(told); len(out) == 0 && len(steps) > 0 {
		out = append(out, steps[0].To.Addr())
	}
	return out
}

// highest are the addresses of the servers that refer to others highest in the
// tree, and that nobody has told.
func (j *journey) highest(told []netip.Addr) []netip.Addr {
	var out []netip.Addr
	least := maxLabels
	for _, e := range j.all {
		r := e.Means()
		s, _ := j.lab.Space(e.Server)
		if !e.own() || r.Sense != dns.Referral || !e.Is(j.name, j.typ) || dns.Dots(r.Zone) > least {
			continue
		}
		if dns.Dots(r.Zone) < least {
			out, least = nil, dns.Dots(r.Zone)
		}
		for _, a := range s.Addrs {
			if a.Scope == "global" && !slices.Contains(told, a.Prefix.Addr()) {
				out = append(out, a.Prefix.Addr())
			}
		}
	}
	return out
}

// maxLabels is more than a name can have (RFC 1035, 2.3.4).
const maxLabels = 128
