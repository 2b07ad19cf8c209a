package fault

import (
	"net/netip"

	"netlab/internal/snapshot"
)

// Topology is a network that works, and the traffic that gets through it.
type Topology struct {
	Name    string
	Lab     snapshot.Lab // as it is without a fault
	Probe   Probe
	Service *Service // what serves a TCP or UDP probe
	SNAT    *SNAT    // what changes the source address on the way
	DNAT    *DNAT    // what changes the target address on the way
	Names   *Names   // the name that the sender of the probe looks up
}

// Probe is the traffic: an echo (icmp), a TCP connection, or a UDP datagram
// with its answer.
type Probe struct {
	From  string // namespace
	To    netip.Addr
	Proto string // icmp, tcp or udp
	Port  uint16 // of tcp and udp
	Size  int    // bytes of data, the same in both directions; 0: a few
}

// The protocols of a probe.
const (
	ICMP = "icmp"
	TCP  = "tcp"
	UDP  = "udp"
)

// Service is a program that waits for the probe and answers it.
type Service struct {
	In    string
	Proto string     // tcp or udp
	Addr  netip.Addr // 0.0.0.0 or :: for all addresses of its family
	Port  uint16
	Off   bool // it does not run
	// Speaks is what it does instead of serving: see OtherID.
	Speaks string
}

// OtherID is a service that sends each DNS question back as an answer, under
// another number.
const OtherID = "other-id"

// SNAT is a router that puts its own address for the sender's.
type SNAT struct {
	In    string   // the router
	Out   string   // the interface at which it does so
	Inner string   // an interface towards the senders
	Lines []string // what sets it up; the first one adds the table
	Table string   // "ip nat"
}

// DNAT is a router that puts the real target for its own address.
type DNAT struct {
	In    string
	To    netip.AddrPort // the real target
	Lines []string
	Table string
}
