package measure

import (
	"net/netip"
	"time"
)

// Point is an interface of a lab at which frames were captured.
type Point struct {
	Space string `json:"space"`
	Link  string `json:"link"`
	Index int    `json:"index"` // of the interface in its namespace
	// Ether says that frames begin with an Ethernet header, else with that of IP.
	Ether bool `json:"ether"`
}

// For is whom an incoming frame is for, as the kernel told the interface
// (packet(7), sll_pkttype).
type For string

// Whom a frame is for.
const (
	ForHost      For = "host"
	ForAll       For = "broadcast"
	ForGroup     For = "multicast"
	ForOther     For = "other" // another hardware address
	ForOutgoing  For = "out"   // the frame leaves
	ForSomething For = "?"
)

// Packet is a frame as it came by a point.
type Packet struct {
	Point int       `json:"point"` // index in the points of the capture
	Time  time.Time `json:"time"`  // by the machine's clock, in nanoseconds
	For   For       `json:"for"`
	Len   int       `json:"len"`  // of the frame; Data may hold only its beginning
	Data  []byte    `json:"data"` // the bytes, from the first header
}

// Out says that the frame left its namespace there.
func (p Packet) Out() bool { return p.For == ForOutgoing }

// Capture is what came by many interfaces, in the order of time.
type Capture struct {
	Points  []Point  `json:"points"`
	Packets []Packet `json:"packets"`
	Lost    int      `json:"lost"` // frames for which there was no room
}

// Closed: the target says that nobody listens at this port.
const Closed Fate = "closed"

// Proto is what a trace sends.
type Proto string

// The protocols of a trace.
const (
	ICMP Proto = "icmp" // an echo request; ICMPv6 for IPv6
	TCP  Proto = "tcp"  // the beginning of a connection
	UDP  Proto = "udp"  // a datagram
)

// Trace is one probe, and all that was seen of it on its way.
type Trace struct {
	From  string        `json:"from"` // namespace
	To    netip.Addr    `json:"to"`
	Proto Proto         `json:"proto"`
	Port  uint16        `json:"port,omitempty"`  // of the target
	Local uint16        `json:"local,omitempty"` // own port: 0 if the probe was never sent
	Token []byte        `json:"token,omitempty"` // the first data of an echo or a datagram
	Size  int           `json:"size,omitempty"`  // bytes of data; 0: as many as a ping has
	Fate  Fate          `json:"fate"`
	RTT   time.Duration `json:"rtt,omitempty"`
	Errno string        `json:"errno,omitempty"` // of Refused: the kernel's name of the error
	Text  string        `json:"text,omitempty"`  // of Refused: the error in words
	ICMP  *ICMPError    `json:"icmp,omitempty"`

	Capture  Capture   `json:"capture"`
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Lookups  []Lookup  `json:"lookups,omitempty"`
}

// Verdict is what a firewall said of the probe's packets at one place.
type Verdict struct {
	Space  string    `json:"space"`
	Family string    `json:"family"` // ip, ip6, inet, arp, bridge, netdev
	Table  string    `json:"table"`
	Chain  string    `json:"chain"`
	Handle uint64    `json:"handle,omitempty"` // of the rule; 0: the policy of the chain, or it ended without a rule
	Kind   string    `json:"kind"`             // rule, policy, return
	Says   string    `json:"says"`             // accept, drop, continue, jump NAME …
	Time   time.Time `json:"time"`
	Packet uint32    `json:"packet"`           // the same number for the same packet in one namespace
	Source string    `json:"source,omitempty"` // address of the packet's header, if it was told
	Dest   string    `json:"dest,omitempty"`
}
