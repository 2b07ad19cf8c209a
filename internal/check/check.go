// Package check is the claims a lesson makes about its network: predicates
// over a snapshot of the kernel's state or over the result of a probe, each
// of which can be negated. Judging is pure.
package check

import (
	"net/netip"
	"time"
)

// Check is one claim. Exactly one of the predicate pointers is set.
type Check struct {
	Says   string        `json:"says"`             // the claim as a sentence, shown to the learner
	Not    bool          `json:"not,omitempty"`    // the predicate must not hold
	Within time.Duration `json:"within,omitempty"` // how long to wait for it; 0 means the default

	Ping      *Ping      `json:"ping,omitempty"`
	Reach     *Reach     `json:"reach,omitempty"`
	Path      *Path      `json:"path,omitempty"`
	Seen      *Seen      `json:"seen,omitempty"`
	Lookup    *Lookup    `json:"lookup,omitempty"`
	Conntrack *Conntrack `json:"conntrack,omitempty"`
	Namespace *Namespace `json:"namespace,omitempty"`
	Link      *Link      `json:"link,omitempty"`
	Addr      *Addr      `json:"addr,omitempty"`
	Route     *Route     `json:"route,omitempty"`
	Neigh     *Neigh     `json:"neigh,omitempty"`
	FDB       *FDB       `json:"fdb,omitempty"`
	Sysctl    *Sysctl    `json:"sysctl,omitempty"`
	Rules     *Rules     `json:"rules,omitempty"`
	Resolves  *Resolves  `json:"resolves,omitempty"`
	DNS       *DNS       `json:"dns,omitempty"`
}

// Probes says that the check asks for a probe: real packets, or a question to
// the kernel about one. What it leaves behind is to be removed.
func (c Check) Probes() bool {
	return c.Ping != nil || c.Reach != nil || c.Path != nil || c.Seen != nil || c.Lookup != nil || c.Conntrack != nil || c.asksNames()
}

// asksNames says that the check is about names, and what is asked for it may
// teach a server something.
func (c Check) asksNames() bool { return c.Resolves != nil || c.DNS != nil }

// Ping: an echo request from In to To is answered. TTL, when not 0, is the
// time to live that the reply must arrive with. Error, for a negated ping, is
// how it must fail: silent, an errno such as ENETUNREACH, or unreachable (an
// ICMP error); empty: any way.
type Ping struct {
	In    string     `json:"in"` // namespace
	To    netip.Addr `json:"to"`
	TTL   int        `json:"ttl,omitempty"`
	Error string     `json:"error,omitempty"`
}

// Reach: each of several namespaces pings the first global address of each
// other one, and all are answered; negated: none is. Either Among is given,
// for all ordered pairs of its namespaces, or From and To. The names are as
// the author wrote them: h{1..8} stands for eight.
type Reach struct {
	Among  []string `json:"among,omitempty"`
	From   []string `json:"from,omitempty"`
	To     []string `json:"to,omitempty"`
	Family int      `json:"family,omitempty"` // 4 or 6; 0: 4
}

// Path: the way of a packet from In to To is exactly Hops: the address with
// which each router answers, and To itself at the end. A hop that is not valid
// is one that does not answer.
type Path struct {
	In   string       `json:"in"`
	To   netip.Addr   `json:"to"`
	Hops []netip.Addr `json:"hops"`
}

// Seen: while In pings To once, the echo request (or its Reply) comes by the
// interface At, in whatever direction and for whomever; and everything that is
// given here is so of one frame that comes by.
type Seen struct {
	At      Interface  `json:"at"`
	In      string     `json:"in"`
	To      netip.Addr `json:"to"`
	Reply   bool       `json:"reply,omitempty"`
	Source  netip.Addr `json:"source"`
	TTL     int        `json:"ttl,omitempty"`
	MACFrom *Interface `json:"mac_from,omitempty"` // the frame is from the MAC address of this interface
	MACTo   *Interface `json:"mac_to,omitempty"`
}

// Interface is where an interface is.
type Interface struct {
	In  string `json:"in"`
	Dev string `json:"dev"`
}

// Lookup: asked how to send to To, the kernel of In answers so. Via, Dev and
// From, the source address that it chooses, are compared when given. Error, for
// a negated lookup, is how it must refuse: an errno such as ENETUNREACH; empty:
// any way.
type Lookup struct {
	In    string     `json:"in"`
	To    netip.Addr `json:"to"`
	Via   netip.Addr `json:"via"`
	Dev   string     `json:"dev,omitempty"`
	From  netip.Addr `json:"from"`
	Error string     `json:"error,omitempty"`
}

// Conntrack: the kernel follows a connection in In whose packets go From one
// address To another, and whose replies are for ReplyTo: with source NAT that
// is the address that was written. What is left out may be anything.
type Conntrack struct {
	In      string     `json:"in"`
	From    netip.Addr `json:"from"`
	To      netip.Addr `json:"to"`
	ReplyTo netip.Addr `json:"reply_to"`
}

// Namespace: the named network namespace exists.
type Namespace struct {
	Name string `json:"name"`
}

// Link: an interface exists in In, and everything that is given here is so.
type Link struct {
	In      string  `json:"in"`
	Name    string  `json:"name"`
	Kind    string  `json:"kind,omitempty"`
	Up      *bool   `json:"up,omitempty"`      // administratively
	State   string  `json:"state,omitempty"`   // operstate: up, down, lowerlayerdown …
	Carrier *bool   `json:"carrier,omitempty"` // the cable carries a signal
	Peer    string  `json:"peer,omitempty"`    // name of the other veth end
	PeerIn  string  `json:"peer_in,omitempty"` // namespace of the other veth end
	Master  *string `json:"master,omitempty"`  // "" means: a port of no bridge
	MTU     int     `json:"mtu,omitempty"`
}

// Addr: an address is on an interface. An invalid Prefix means any address
// (negated: the interface has none; link-local IPv6 addresses do not count).
// Flag, when given, is what the kernel must say of the address: see Flags.
type Addr struct {
	In     string       `json:"in"`
	Dev    string       `json:"dev"`
	Prefix netip.Prefix `json:"prefix"`
	Flag   string       `json:"flag,omitempty"`
}

// The flags of IPv6 addresses that a check may ask for (RFC 4862; the words
// are ip's).
const (
	Tentative  = "tentative"  // not used yet: it must first be known that nobody else has it
	DADFailed  = "dadfailed"  // never used, since another one has it
	Deprecated = "deprecated" // not used for anything new
)

// Flags lists them.
func Flags() []string { return []string{Tentative, DADFailed, Deprecated} }

// Route: the routing table main of In has this route. Via and Dev are
// compared when given. An invalid Dst means any route.
type Route struct {
	In  string       `json:"in"`
	Dst netip.Prefix `json:"dst"` // 0.0.0.0/0 is default
	Via netip.Addr   `json:"via"`
	Dev string       `json:"dev,omitempty"`
}

// Neigh: In knows (REACHABLE, STALE, DELAY, PROBE or PERMANENT) the link-layer
// address of Addr. An invalid Addr means any neighbour.
type Neigh struct {
	In   string     `json:"in"`
	Addr netip.Addr `json:"addr"`
	Dev  string     `json:"dev,omitempty"`
}

// FDB: the bridge Bridge in In has learned, on its port Port, the MAC address
// of the interface Of.
type FDB struct {
	In     string `json:"in"`
	Bridge string `json:"bridge"`
	Port   string `json:"port,omitempty"`  // empty: on any port
	OfIn   string `json:"of_in,omitempty"` // namespace of the interface whose MAC address is meant
	OfDev  string `json:"of_dev,omitempty"`
}

// Sysctl: a kernel setting of In has this value.
type Sysctl struct {
	In    string `json:"in"`
	Key   string `json:"key"` // with dots: net.ipv4.ip_forward
	Value string `json:"value"`
}

// Rules: In has exactly Count nftables rules.
type Rules struct {
	In    string `json:"in"`
	Count int    `json:"count"`
}
