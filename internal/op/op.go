// Package op is the language of iproute2 as values: one change to a network
// namespace is an Op, read from and printed as an ip, bridge or sysctl line.
//
// The package is pure: it opens nothing and knows nothing of this machine.
// Parse and print share one table of keywords for each Op, so that printing
// is the inverse of parsing by construction.
package op

import "net/netip"

// Op is one change to a network namespace. The set is closed: *NetnsAdd,
// *NetnsDel, *LinkAdd, *LinkSet, *LinkDel, *AddrAdd, *AddrDel, *AddrFlush,
// *RouteAdd, *RouteDel, *NeighAdd, *NeighDel, *NeighFlush, *FDBAdd, *FDBDel,
// *PortSet and *SysctlSet.
type Op interface {
	// fields lists the keywords of the op, in the order they are printed.
	fields() []field
	// verb is the fixed beginning of the printed line, such as "ip addr add".
	verb() []string
	// summary says in one sentence what the op does; where is "" or " in NS".
	summary(where string) string
}

// Family restricts a line to one address family, as ip's -4 and -6 do.
type Family int

// The address families; AnyFamily is a line without -4 and -6.
const (
	AnyFamily Family = 0
	IPv4      Family = 4
	IPv6      Family = 6
)

// Line is an Op and where it is done. Netns is the named network namespace of
// "ip -n NAME" or "ip netns exec NAME ip"; empty means the namespace in which
// the command itself runs.
type Line struct {
	Netns  string
	Family Family
	Op     Op
}

// NetnsAdd is "ip netns add NAME".
type NetnsAdd struct{ Name string }

// NetnsDel is "ip netns del NAME".
type NetnsDel struct{ Name string }

// LinkAdd is "ip link add …". Kind is veth, bridge, vxlan or dummy.
type LinkAdd struct {
	Name    string
	Kind    string
	Netns   string // namespace the new link is created in ("netns" before "type"), a veth's peer is not; empty: the line's own
	MTU     int    // 0: the kernel's default
	Address string // MAC address; empty: the kernel chooses
	Master  string
	Up      bool
	Peer    Peer   // veth only
	VXLAN   VXLAN  // vxlan only
	Bridge  Bridge // bridge only
}

// Peer is the other end of a veth pair. An empty Name lets the kernel choose
// one (vethN), as ip does.
type Peer struct {
	Name    string
	Netns   string
	MTU     int
	Address string
}

// VXLAN holds the words after "type vxlan". Learning nil means the kernel's
// default (on). DstPort is always said, since ip warns without it; "dstport 0"
// is ip's way to ask for the kernel's default (8472) on purpose.
type VXLAN struct {
	ID       uint32 // VNI, 24 bits
	HasID    bool
	Dev      string
	Local    netip.Addr
	Remote   netip.Addr
	Group    netip.Addr
	DstPort  uint16
	Learning *bool
}

// Bridge holds the words after "type bridge"; nil means not given.
type Bridge struct {
	STP           *bool
	VLANFiltering *bool
	AgeingTime    *uint32 // in hundredths of a second
	ForwardDelay  *uint32 // in hundredths of a second
}

// LinkSet is "ip link set [dev] NAME …". Pointers are nil when the word is not given.
type LinkSet struct {
	Dev     string
	Up      *bool   // up, down
	Netns   string  // move to this namespace
	Master  *string // "master BR"; pointer to "" is nomaster
	MTU     int
	Address string
	NewName string // "name NEW"
	ARP     *bool
	Promisc *bool
	Alias   *string
	Addrgen string // none, eui64, stable_secret, random
	Kind    string // "type bridge …": changes options of a bridge
	Bridge  Bridge
}

// LinkDel is "ip link del [dev] NAME [type KIND]".
type LinkDel struct {
	Dev  string
	Kind string
}

// AddrAdd is "ip addr add PREFIX dev DEV …" (Verb add), or with Verb replace
// or change the line that also accepts an address that is there already.
type AddrAdd struct {
	Verb      string // add, replace, change
	Prefix    netip.Prefix
	Peer      netip.Prefix
	Broadcast string // an address, "+" or "-"; empty: none
	Scope     string // host, link, global …; empty: ip's default
	Label     string
	NoDAD     bool
	Dev       string
}

// AddrDel is "ip addr del PREFIX dev DEV".
type AddrDel struct {
	Prefix netip.Prefix
	Dev    string
}

// AddrFlush is "ip addr flush dev DEV".
type AddrFlush struct{ Dev string }

// RouteAdd is "ip route add|replace|change|append …". Default is the
// destination written "default".
type RouteAdd struct {
	Verb    string // add, replace, change, append
	Type    string // unicast (empty), blackhole, unreachable, prohibit, local, throw
	Dst     netip.Prefix
	Default bool
	Via     netip.Addr
	Dev     string
	Src     netip.Addr
	Metric  uint32
	Table   string // number or name (main, local, default)
	Proto   string
	Scope   string
	MTU     int
	Onlink  bool
}

// RouteDel is "ip route del …".
type RouteDel struct {
	Type    string
	Dst     netip.Prefix
	Default bool
	Via     netip.Addr
	Dev     string
	Metric  uint32
	Table   string
	Proto   string
	Scope   string
}

// NeighAdd is "ip neigh add|replace|change ADDR lladdr MAC dev DEV …".
type NeighAdd struct {
	Verb   string // add, replace, change
	Addr   netip.Addr
	LLAddr string
	Dev    string
	NUD    string // permanent, reachable, stale, noarp …
	Proxy  bool
}

// NeighDel is "ip neigh del ADDR dev DEV".
type NeighDel struct {
	Addr  netip.Addr
	Dev   string
	Proxy bool
}

// NeighFlush is "ip neigh flush dev DEV" or "ip neigh flush all".
type NeighFlush struct {
	Dev string
	All bool
}

// FDBAdd is "bridge fdb add|append|replace MAC dev DEV …".
type FDBAdd struct {
	Verb   string // add, append, replace
	LLAddr string
	Dev    string
	Dst    netip.Addr // vxlan: the far tunnel end
	Self   bool
	Master bool
	State  string // permanent (empty or local), static, dynamic
	VLAN   int
	VNI    uint32
	Port   uint16
	Via    string
}

// FDBDel is "bridge fdb del MAC dev DEV …".
type FDBDel struct {
	LLAddr string
	Dev    string
	Dst    netip.Addr
	Self   bool
	Master bool
	VLAN   int
	VNI    uint32
}

// PortSet is "bridge link set dev DEV …": options of one bridge port.
type PortSet struct {
	Dev       string
	Learning  *bool
	Flood     *bool
	Hairpin   *bool
	Isolated  *bool
	NeighSupp *bool
	State     string // disabled, listening, learning, forwarding, blocking, or 0 to 4
	Cost      int
}

// SysctlSet is "sysctl -w KEY=VALUE". Key is written with dots.
//
// As in sysctl(8), a slash in Key stands for a dot inside a name:
// net.ipv4.conf.eth0/100.forwarding is about the interface eth0.100.
type SysctlSet struct {
	Key   string
	Value string
	Quiet bool // -q: the new value is not printed
}
