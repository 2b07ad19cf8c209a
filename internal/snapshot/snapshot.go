// Package snapshot holds the state of a lab's network as values: what the
// kernel says exists in host and in each named namespace at one moment.
// Taking a snapshot is the business of package kernel; here it is printed,
// compared and shown in iproute2's words. The package is pure.
package snapshot

import (
	"net/netip"

	"netlab/internal/nss"
)

// Host is the name of the lab's own root network namespace.
const Host = "host"

// NoLink is the PeerIndex of a link that ip writes as "name@NONE": one that
// could lie over another link, but does not.
const NoLink = -1

// Lab is the state of all namespaces of a lab at one moment: first host, then
// the named ones in the order of their names.
type Lab struct {
	Spaces []Space `json:"spaces"`
}

// Space is the state of one network namespace.
type Space struct {
	Name    string            `json:"name"` // host, or the name under /run/netns
	Links   []Link            `json:"links"`
	Addrs   []Addr            `json:"addrs"`
	Routes  []Route           `json:"routes"` // of all tables but local, both families
	Neighs  []Neigh           `json:"neighs"`
	FDB     []FDB             `json:"fdb"`
	Rules   int               `json:"rules"` // nftables rules in all tables; -1: this kernel has no nftables
	Sysctls map[string]string `json:"sysctls"`
	NSID    int               `json:"nsid"` // number by which host knows the namespace; -1: it has none

	PolicyRules []PolicyRule `json:"policy_rules,omitempty"` // both families, in the order in which they are asked
	Sockets     []Socket     `json:"sockets,omitempty"`      // that wait for somebody: TCP listening, UDP bound and not connected
	Filters     []Filter     `json:"filters,omitempty"`      // firewall rules, in the order in which each chain asks them

	Names nss.Files `json:"names,omitzero"` // the files by which its resolver library finds names
}

// Link is one network interface.
type Link struct {
	Index     int      `json:"index"`
	Name      string   `json:"name"`
	Kind      string   `json:"kind"` // veth, bridge, vxlan …; loopback for lo
	MAC       string   `json:"mac"`
	MTU       int      `json:"mtu"`
	Up        bool     `json:"up"`      // administratively up (IFF_UP)
	Carrier   bool     `json:"carrier"` // lower layer up (IFF_LOWER_UP)
	State     string   `json:"state"`   // operstate as ip prints it: UP, DOWN, LOWERLAYERDOWN, UNKNOWN …
	Flags     []string `json:"flags"`   // as ip prints them between < and >
	Qdisc     string   `json:"qdisc"`
	QLen      int      `json:"qlen"`
	Master    string   `json:"master,omitempty"`     // bridge that this link is a port of
	Peer      string   `json:"peer,omitempty"`       // veth: name of the other end
	PeerSpace string   `json:"peer_space,omitempty"` // veth: space of the other end; vxlan: space that its packets leave from, if another one
	PeerIndex int      `json:"peer_index,omitempty"` // IFLA_LINK
	PeerNSID  int      `json:"peer_nsid"`            // IFLA_LINK_NETNSID as this namespace numbers it; -1: same namespace or unknown
	Alias     string   `json:"alias,omitempty"`
	PortState string   `json:"port_state,omitempty"` // bridge port: forwarding, disabled …
	VXLAN     *VXLAN   `json:"vxlan,omitempty"`
	Bridge    *Bridge  `json:"bridge,omitempty"`
	Port      *Port    `json:"port,omitempty"`
	Broadcast string   `json:"broadcast"`         // link-layer broadcast address
	Type      string   `json:"type"`              // hardware type as ip prints it: ether, loopback …
	Addrgen   string   `json:"addrgen,omitempty"` // how link-local IPv6 addresses are made: eui64, none …
	Conf      *Conf    `json:"conf,omitempty"`    // settings of this link alone; nil: the kernel did not tell
}

// Bridge is what a bridge adds to Link.
type Bridge struct {
	STP           bool   `json:"stp"`
	VLANFiltering bool   `json:"vlan_filtering"`
	AgeingTime    uint32 `json:"ageing_time"`   // in hundredths of a second
	ForwardDelay  uint32 `json:"forward_delay"` // in hundredths of a second
	ID            string `json:"id"`            // priority and MAC address, as ip -d prints it
}

// Port is what being a port of a bridge adds to Link.
type Port struct {
	Learning  bool   `json:"learning"`
	Flood     bool   `json:"flood"`
	Hairpin   bool   `json:"hairpin"`
	Isolated  bool   `json:"isolated"`
	NeighSupp bool   `json:"neigh_suppress"`
	Priority  int    `json:"priority"`
	Cost      uint32 `json:"cost"`
}

// VXLAN is what a vxlan link adds to Link.
type VXLAN struct {
	ID       uint32     `json:"id"`
	Local    netip.Addr `json:"local"`
	Remote   netip.Addr `json:"remote"`
	Dev      string     `json:"dev"`
	DstPort  uint16     `json:"dstport"`
	Learning bool       `json:"learning"`
}

// Addr is an address on a link.
type Addr struct {
	Link      string       `json:"link"`
	Prefix    netip.Prefix `json:"prefix"` // address and length, not masked
	Peer      netip.Prefix `json:"peer"`
	Broadcast netip.Addr   `json:"broadcast"`
	Scope     string       `json:"scope"` // global, link, host …
	Label     string       `json:"label,omitempty"`
	Flags     []string     `json:"flags,omitempty"` // permanent, tentative, dadfailed, nodad …
	Metric    uint32       `json:"metric,omitempty"`
}

// Route is a route of any table but local.
type Route struct {
	Family   int          `json:"family"` // 4 or 6
	Type     string       `json:"type"`   // unicast, blackhole …
	Dst      netip.Prefix `json:"dst"`    // 0.0.0.0/0 or ::/0 for default
	Via      netip.Addr   `json:"via"`
	Link     string       `json:"link"`
	Src      netip.Addr   `json:"src"`
	Metric   uint32       `json:"metric"`
	Table    uint32       `json:"table"` // 254 is main
	Proto    string       `json:"proto"` // kernel, boot, static …
	Scope    string       `json:"scope"` // global, link …
	MTU      int          `json:"mtu,omitempty"`
	LinkDown bool         `json:"linkdown"` // its link has no carrier
	Onlink   bool         `json:"onlink,omitempty"`
	Dead     bool         `json:"dead,omitempty"` // its link is down: the kernel does not use it
	Pref     string       `json:"pref,omitempty"` // IPv6: medium, low, high
	Ways     int          `json:"ways,omitempty"` // number of next hops if there are several: Via and Link are the first
}

// Neigh is a neighbour (ARP or NDP) entry.
type Neigh struct {
	Link  string     `json:"link"`
	Addr  netip.Addr `json:"addr"`
	MAC   string     `json:"mac"`
	State string     `json:"state"` // REACHABLE, STALE, INCOMPLETE, FAILED, PERMANENT …
	Proxy bool       `json:"proxy,omitempty"`
	// Router says that the neighbour has called itself an IPv6 router.
	Router bool `json:"router,omitempty"`
}

// FDB is an entry of a bridge's or a vxlan's forwarding database.
type FDB struct {
	Link   string     `json:"link"` // the port, or the bridge or vxlan itself
	MAC    string     `json:"mac"`
	Master string     `json:"master,omitempty"` // the bridge, for entries of a port
	Dst    netip.Addr `json:"dst"`              // vxlan: far tunnel end
	Self   bool       `json:"self,omitempty"`
	State  string     `json:"state"` // permanent, static, reachable (learned), stale
	VLAN   int        `json:"vlan,omitempty"`
	VNI    uint32     `json:"vni,omitempty"`
	Port   uint16     `json:"port,omitempty"` // vxlan: UDP port, if not the link's own
	Via    string     `json:"via,omitempty"`  // vxlan: link that leads to Dst
	Flags  []string   `json:"flags,omitempty"`
}

// Space returns the namespace called name, and whether the lab has it.
func (l Lab) Space(name string) (Space, bool) {
	for _, s := range l.Spaces {
		if s.Name == name {
			return s, true
		}
	}
	return Space{}, false
}

// Link returns the interface called name, and whether the namespace has it.
func (s Space) Link(name string) (Link, bool) {
	for _, l := range s.Links {
		if l.Name == name {
			return l, true
		}
	}
	return Link{}, false
}
