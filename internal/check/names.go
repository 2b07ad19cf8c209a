package check

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"netlab/internal/diagnose"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Resolves: the resolver library of In finds addresses for Name; negated: it
// finds none. What is given besides is so, too.
type Resolves struct {
	In     string       `json:"in"`
	Name   string       `json:"name"`
	Family int          `json:"family,omitempty"` // 4 or 6; 0: 4
	To     []netip.Addr `json:"to,omitempty"`     // these addresses and no others; empty: any
	// Tries are the names that In asks name servers for meanwhile, in this
	// order, each once; nil: not compared. An empty list: it asks nobody.
	Tries []string `json:"tries"`
	// Asks are the nodes that get a question meanwhile, from whomever, in this
	// order, each once; nil: not compared.
	Asks  []string      `json:"asks"`
	Waits time.Duration `json:"waits,omitempty"` // it takes at least so long
}

// DNS: a name server answers a question so. Error, for a negated claim, is how
// it must fail: one of DNSErrors; empty: any way.
type DNS struct {
	In     string     `json:"in"`
	Server netip.Addr `json:"server"`
	Name   string     `json:"name"`
	Type   string     `json:"type,omitempty"` // empty: A
	TCP    bool       `json:"tcp,omitempty"`
	Is     []string   `json:"is,omitempty"` // the data of the answers of that type, these and no others
	// Alias is the name that the question's name is another name for (CNAME).
	Alias string `json:"alias,omitempty"`
	// Refers is the zone for which the server names other servers, instead of
	// answering itself.
	Refers        string   `json:"refers,omitempty"`
	Authoritative *bool    `json:"authoritative,omitempty"`
	TTL           uint32   `json:"ttl,omitempty"`      // exactly
	TTLBelow      uint32   `json:"ttlbelow,omitempty"` // the answer has been kept for a while
	Asks          []string `json:"asks"`               // as in Resolves, besides the server itself
	Error         string   `json:"error,omitempty"`
}

// How a question to a name server may fail.
const (
	NXDomain = "NXDOMAIN" // the server says that there is no such name
	NoData   = "nodata"   // there is such a name, but no record of this type
	ServFail = "SERVFAIL" // the server could not find out
	Refused  = "REFUSED"  // the server does not want to answer
	Timeout  = "timeout"  // no answer of any kind
	Closed   = "closed"   // nothing listens at the port
	NoWay    = "ENETUNREACH"
)

// DNSErrors lists them.
func DNSErrors() []string {
	return []string{NXDomain, NoData, ServFail, Refused, Timeout, Closed, NoWay}
}

// DNSTypes are the types of records that a check can ask for.
func DNSTypes() []string {
	return []string{"A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"}
}

// How long one try of a check of names may take, when it does not say so
// itself. glibc gives a server five seconds, and the next one as many; dig gives
// one server five, in which that may ask others.
const (
	ResolveWait = 15 * time.Second
	DNSWait     = 5 * time.Second
)

// Final says that a check is not tried anew, although what was found is not as
// claimed: the try has taught a server something, so that the next one would be
// about another lab; or the check is negated, and would overlook the first
// answer.
func (c Check) Final(found measure.Found) bool {
	switch {
	case c.Resolves != nil && found.Resolved != nil:
		return c.Not || taught(found.Resolved.Heard)
	case c.DNS != nil && found.DNS != nil && c.Not:
		reached := reading(*found.DNS).how
		return reached != Closed && reached != NoWay || c.DNS.Error == ""
	case c.DNS != nil && found.DNS != nil:
		return taught(found.DNS.Heard)
	}
	return false
}

// taught says that a node which was asked has got an answer from another one.
func taught(heard []measure.Heard) bool {
	asked := map[string]bool{}
	for _, h := range heard {
		switch {
		case h.Message == nil || h.Taker == "":
		case !h.Message.Response:
			asked[h.Taker] = true
		case asked[h.Taker] && h.Sender != h.Taker:
			return true
		}
	}
	return false
}

// triedNames are the names that a namespace asked for, each once.
func triedNames(heard []measure.Heard, in string) []string {
	var out []string
	for _, h := range heard {
		if h.Message == nil || h.Message.Response || h.Sender != place(in) {
			continue
		}
		for _, q := range h.Message.Questions {
			if name := plain(q.Name); !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// askedNodes are the nodes that got a question, each once, but for some.
func askedNodes(heard []measure.Heard, but ...string) []string {
	var out []string
	for _, h := range heard {
		if h.Message != nil && !h.Message.Response && h.Taker != "" && !slices.Contains(but, h.Taker) && !slices.Contains(out, h.Taker) {
			out = append(out, h.Taker)
		}
	}
	return out
}

// serverNodes are where a server is that In knows by an address.
func serverNodes(now snapshot.Lab, in string, server netip.Addr) []string {
	if server.IsLoopback() {
		return []string{place(in)}
	}
	return diagnose.Owners(now, server.WithZone(""))
}

// plain writes a name without its last dot, which only says that nothing is
// missing, and in small letters: case does not matter (RFC 4343).
func plain(name string) string {
	if name == "." {
		return name
	}
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

func sameNames(a, b []string) bool { return slices.EqualFunc(a, b, dns.SameName) }
