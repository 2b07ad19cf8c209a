// Package measure holds what a probe found, as values that can be judged
// without a network. The package is pure.
package measure

import (
	"net/netip"
	"time"
)

// Fate is how a probe ended.
type Fate string

// The fates of an echo request.
const (
	Answered Fate = "answered" // the reply came
	Silent   Fate = "silent"   // nothing came back within the time
	Refused  Fate = "refused"  // this machine's kernel would not send it (Errno)
	Reported Fate = "reported" // a router or the target sent an ICMP error (ICMP)
)

// Ping is the result of one or more echo requests from one namespace to one address.
type Ping struct {
	From     string        `json:"from"` // namespace: host, ns1 …
	To       netip.Addr    `json:"to"`
	Sent     int           `json:"sent"`
	Received int           `json:"received"`
	RTT      time.Duration `json:"rtt"` // of the first reply
	TTL      int           `json:"ttl"` // time to live (hop limit) of the first reply
	Fate     Fate          `json:"fate"`
	Errno    string        `json:"errno,omitempty"` // Refused: the kernel's error name, such as ENETUNREACH
	Text     string        `json:"text,omitempty"`  // Refused: the error in words
	// ICMP is what was reported, and by whom. It is also set when Refused with
	// EHOSTUNREACH comes from the sender's own kernel after the echo was on its
	// way: nobody answered for the hardware address.
	ICMP *ICMPError `json:"icmp,omitempty"`
}

// ICMPError is an ICMP error that came in answer to a probe.
type ICMPError struct {
	From netip.Addr `json:"from"`
	Type int        `json:"type"`
	Code int        `json:"code"`
	Text string     `json:"text"` // as ping prints it: Destination Host Unreachable …
}

// Found is what the probe of one check found: what the check asks for is set,
// and everything else is empty. Nothing is set when no probe was sent.
type Found struct {
	Ping        *Ping        // of a ping
	Pings       []Ping       // of a reach, one for each pair
	Path        *Path        // of a path
	Seen        *Seen        // of a seen
	Lookup      *Lookup      // of a lookup
	Connections *Connections // of a conntrack
	Resolved    *Resolved    // of a resolves
	DNS         *DNS         // of a dns
}

// Path is the way from one namespace to an address, hop by hop. It ends at the
// first hop that is no router on the way: the target, or whoever said that it
// goes no further; else at a silent hop, behind which nobody answered.
type Path struct {
	From string     `json:"from"`
	To   netip.Addr `json:"to"`
	Hops []Hop      `json:"hops"`
}

// Hop is what became of the echo that could pass one router more than the one
// for the hop before.
type Hop struct {
	Addr  netip.Addr `json:"addr"` // who answered; not valid for Silent and Refused
	Fate  Fate       `json:"fate"`
	Errno string     `json:"errno,omitempty"`
	Text  string     `json:"text,omitempty"`
	ICMP  *ICMPError `json:"icmp,omitempty"`
}

// Seen is what came by an interface while one echo was under way. Only the
// frames of this very echo and of its reply count.
type Seen struct {
	In     string  `json:"in"`  // where the interface is
	Dev    string  `json:"dev"` // the interface that was watched
	Ping   Ping    `json:"ping"`
	Left   bool    `json:"left"` // the request left an interface of its sender
	Frames []Frame `json:"frames"`
}

// Frame is one frame with an echo request, or with its reply.
type Frame struct {
	Reply  bool       `json:"reply"`
	Source netip.Addr `json:"source"` // the address in the IP header
	Dest   netip.Addr `json:"dest"`
	TTL    int        `json:"ttl"`
	From   string     `json:"from"` // MAC address, as ip writes it; empty where the link has none
	To     string     `json:"to"`
}

// Lookup is how the kernel would send from a namespace to an address.
type Lookup struct {
	In    string     `json:"in"`
	To    netip.Addr `json:"to"`
	Of    netip.Addr `json:"of"`              // the packet's source, of one that is passed on; not valid: one of its own
	Entry string     `json:"entry,omitempty"` // the interface by which that one came in
	Via   netip.Addr `json:"via"`             // the gateway; not valid: none is needed
	Dev   string     `json:"dev,omitempty"`
	From  netip.Addr `json:"from"`            // the source address that it would write
	Local bool       `json:"local,omitempty"` // the address is its own
	MTU   int        `json:"mtu,omitempty"`   // the largest packet for this way, where one was learned or set
	Errno string     `json:"errno,omitempty"` // it would not send at all
	Text  string     `json:"text,omitempty"`  // the error in words
}

// Connections is what the kernel's connection tracking has in a namespace.
type Connections struct {
	In    string       `json:"in"`
	Known bool         `json:"known"` // false: this kernel follows no connections
	List  []Connection `json:"list"`
}

// Connection is one entry: how its packets come in, and how the replies to
// them do. NAT makes the second another than the first turned round.
type Connection struct {
	Way   Tuple `json:"way"`
	Reply Tuple `json:"reply"`
}

// Tuple is one direction of a connection.
type Tuple struct {
	Proto int        `json:"proto"` // number of RFC 790: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6
	From  netip.Addr `json:"from"`
	To    netip.Addr `json:"to"`
}
