package check

import (
	"net/netip"
	"time"
)

// Resolves: the resolver library of In finds addresses for Name. What is given
// besides is so, too.
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
// it must fail: one of DNSErrors.
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
