// Package fault is the library of faults: what can be wrong with a network, as
// the commands that a person types by mistake, and those that put it right.
//
// A kind of fault is placed on a network that works, for traffic that arrives
// there: At gives every place at which it alone stops that traffic. The proof
// that each of them does so is the fault matrix, in the tests of package run.
// The package is pure, and knows nothing of how a fault is found.
package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// What a fault can need of the machine besides namespaces, cables and bridges.
const (
	NFT      = "nft"          // the program, and a kernel with nftables
	VXLAN    = "vxlan"        // tunnels
	BridgeNF = "br_netfilter" // bridged packets pass the firewall of IP
	IPv6     = "ipv6"
)

// Kind is one way to break a network.
type Kind struct {
	Name  string // missing-route
	Title string // a machine on the way has no route to the target
	Needs []string

	at func(t *trip) []Fault
}

// Fault is a kind of fault at one place of one network.
type Fault struct {
	Kind  string
	Cause Cause
	Says  string   // the cause in one plain sentence, without a full stop
	Harm  []string // lines of ordinary shell, as a person types them
	Mend  []string // lines that leave the network as it was
	Needs []string
	// Race says that two machines answer one question, and that it matters who
	// is the first: on a network where the right one is, nothing is broken. In
	// a bridge the port that was plugged in last is asked first.
	Race bool
	// Service is how the program that serves the probe runs with the fault;
	// nil: as before. Where it is set, Harm may be empty.
	Service *Service
	// Servers are the name servers that have to be ended, and started again,
	// when the lines are done: one reads its files when it starts, and keeps
	// answers until it ends. When the fault is mended, all of them run again.
	Servers []Server
	// Slow says that the name is still found, only later.
	Slow bool
	// Moved is the address that the name should have from now on; not valid: the
	// same as before.
	Moved netip.Addr
}

// Server is what becomes of the name server in a namespace.
type Server struct {
	In  string
	Off bool // it does not start again
}

// Cause is what is really wrong, for whoever judges a diagnosis. Two kinds of
// faults can have one cause: an interface is down, at whichever end of a cable.
type Cause struct {
	Kind string // mostly the name of the kind
	In   string // the namespace
	Link string // the interface in it, if it is about one
	What string // the route, rule, address or setting, if it is about one
	// Also are other ways to say the same truth: a diagnosis that names one of
	// them is right, too. They have no Also of their own.
	Also []Cause
}

// Is says that a diagnosis which names a kind, a namespace and a link is right.
// An empty link names none, and is not wrong. An empty namespace is Nobody.
func (c Cause) Is(kind, in, link string) bool {
	if c.Kind == kind && c.In == in && (link == "" || c.Link == "" || link == c.Link) {
		return true
	}
	return slices.ContainsFunc(c.Also, func(other Cause) bool { return other.Is(kind, in, link) })
}

// Nobody is the namespace of a cause that is about an address which nobody has.
const Nobody = ""

// nobodyHas is the cause as it looks to whoever asks for an address in vain.
func nobodyHas() Cause { return Cause{Kind: "missing-address", In: Nobody} }

// String is the cause in one word: missing-route@router, link-down@A:eth0.
func (c Cause) String() string {
	out := c.Kind + "@" + c.In
	if c.Link != "" {
		out += ":" + c.Link
	}
	return out
}

// Place is the fault in one word that no other fault on the network has.
func (f Fault) Place() string {
	out := f.Kind + "@" + f.Cause.In
	if f.Cause.Link != "" {
		out += ":" + f.Cause.Link
	}
	if f.Cause.What != "" {
		out += "(" + strings.ReplaceAll(f.Cause.What, " ", "-") + ")"
	}
	return out
}

// At lists the places of the topology at which a fault of this kind stops the
// probe; none where the topology has not what it needs, or the probe does not
// get through as it is.
func (k Kind) At(t Topology) []Fault {
	trip, ok := t.trip()
	if !ok {
		return nil
	}
	out := k.at(trip)
	for i := range out {
		out[i].Kind, out[i].Needs = k.Name, k.Needs
		if out[i].Cause.Kind == "" {
			out[i].Cause.Kind = k.Name
		}
	}
	return out
}

// All are the kinds of faults, from the cable up.
func All() []Kind {
	return slices.Concat(linkKinds(), bridgeKinds(), addrKinds(), neighKinds(), routeKinds(), policyKinds(), routerKinds(),
		mtuKinds(), firewallKinds(), natKinds(), vxlanKinds(), sixKinds(), serviceKinds(), OfNames())
}

// OfNames are those of All that are about names: the network is as it should be.
func OfNames() []Kind {
	return slices.Concat(hostsKinds(), switchKinds(), resolvKinds(), recordKinds(), delegationKinds(), nameServerKinds())
}

// Named finds a kind by its name.
func Named(name string) (Kind, bool) {
	all := All()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}
