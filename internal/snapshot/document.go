package snapshot

import (
	"fmt"
	"net/netip"
)

// DocumentVersion is the version of Document: it grows when a key goes or
// means something else. New keys may come in any version.
const DocumentVersion = 1

// Document is a lab for programs, as "netlab inspect --json" prints it: made
// to stay the same while Lab changes. Keys are those of "ip -json" where it has
// them, and states are iproute2's words. docs/INSPECT.md describes each key.
//
// What does not apply to a thing is left out; lists are never left out.
type Document struct {
	V          int            `json:"v"`
	Namespaces []NamespaceDoc `json:"namespaces"`
}

// NamespaceDoc is a namespace; host comes first.
type NamespaceDoc struct {
	Name     string            `json:"name"`
	Links    []LinkDoc         `json:"links"`
	Routes   []RouteDoc        `json:"routes"`
	Neighs   []NeighDoc        `json:"neighbours"`
	FDB      []FDBDoc          `json:"fdb"`
	NFTRules *int              `json:"nft_rules"` // null: the kernel has no nftables
	Sysctls  map[string]string `json:"sysctls"`

	PolicyRules []PolicyRuleDoc `json:"policy_rules"`
	Sockets     []SocketDoc     `json:"sockets"`
	Firewall    []FirewallDoc   `json:"firewall"`

	Names NamesDoc `json:"names,omitzero"`
}

// LinkDoc is an interface with its addresses.
type LinkDoc struct {
	Index         int       `json:"ifindex"`
	Name          string    `json:"ifname"`
	Kind          string    `json:"kind"`
	LinkType      string    `json:"link_type"`
	OperState     string    `json:"operstate"`
	Up            bool      `json:"up"`
	Carrier       bool      `json:"carrier"`
	Flags         []string  `json:"flags"`
	MAC           string    `json:"address,omitempty"`
	Broadcast     string    `json:"broadcast,omitempty"`
	MTU           int       `json:"mtu"`
	TxQLen        int       `json:"txqlen"`
	Qdisc         string    `json:"qdisc"`
	Alias         string    `json:"ifalias,omitempty"`
	Addrgen       string    `json:"addrgenmode,omitempty"`
	Master        string    `json:"master,omitempty"`
	Peer          string    `json:"peer,omitempty"`
	PeerNamespace string    `json:"peer_namespace,omitempty"`
	Addrs         []AddrDoc `json:"addr_info"`
	Bridge        *Bridge   `json:"bridge,omitempty"`
	Port          *PortDoc  `json:"port,omitempty"`
	VXLAN         *VXLANDoc `json:"vxlan,omitempty"`
	Conf          *Conf     `json:"conf,omitempty"`
}

// AddrDoc is an address of a link.
type AddrDoc struct {
	Family    string   `json:"family"`
	Local     string   `json:"local"`
	PrefixLen int      `json:"prefixlen"`
	Peer      string   `json:"address,omitempty"` // of the other end
	Broadcast string   `json:"broadcast,omitempty"`
	Scope     string   `json:"scope"`
	Label     string   `json:"label,omitempty"`
	Metric    uint32   `json:"metric,omitempty"`
	Flags     []string `json:"flags"`
}

// PortDoc is what being a port of a bridge adds to a link.
type PortDoc struct {
	State string `json:"state"`
	Port
}

// VXLANDoc is what a vxlan adds to a link.
type VXLANDoc struct {
	ID        uint32 `json:"id"`
	Local     string `json:"local,omitempty"`
	Remote    string `json:"remote,omitempty"`
	Dev       string `json:"link,omitempty"`
	Namespace string `json:"link_namespace,omitempty"`
	DstPort   uint16 `json:"port"`
	Learning  bool   `json:"learning"`
}

// RouteDoc is a route.
type RouteDoc struct {
	Family  string   `json:"family"`
	Type    string   `json:"type"`
	Dst     string   `json:"dst"`
	Gateway string   `json:"gateway,omitempty"`
	Dev     string   `json:"dev,omitempty"`
	Src     string   `json:"prefsrc,omitempty"`
	Metric  uint32   `json:"metric"`
	Table   string   `json:"table"`
	Proto   string   `json:"protocol"`
	Scope   string   `json:"scope"`
	MTU     int      `json:"mtu,omitempty"`
	Pref    string   `json:"pref,omitempty"`
	Ways    int      `json:"ways,omitempty"`
	Flags   []string `json:"flags"`
}

// NeighDoc is a neighbour.
type NeighDoc struct {
	Dst    string `json:"dst"`
	Dev    string `json:"dev"`
	MAC    string `json:"lladdr,omitempty"`
	State  string `json:"state,omitempty"`
	Proxy  bool   `json:"proxy"`
	Router bool   `json:"router"`
}

// FDBDoc is an entry of a forwarding table.
type FDBDoc struct {
	MAC    string   `json:"mac"`
	Dev    string   `json:"ifname"`
	Master string   `json:"master,omitempty"`
	Dst    string   `json:"dst,omitempty"`
	VLAN   int      `json:"vlan,omitempty"`
	VNI    uint32   `json:"vni,omitempty"`
	Port   uint16   `json:"port,omitempty"`
	Via    string   `json:"via,omitempty"`
	Self   bool     `json:"self"`
	State  string   `json:"state"`
	Flags  []string `json:"flags"`
}

// Document returns the lab for programs.
func (l Lab) Document() Document {
	return Document{V: DocumentVersion, Namespaces: each(l.Spaces, Space.document)}
}

// each makes a list that is there even if it is empty.
func each[T, D any](things []T, doc func(T) D) []D {
	all := make([]D, 0, len(things))
	for _, t := range things {
		all = append(all, doc(t))
	}
	return all
}

func same(word string) string { return word }

func (s Space) document() NamespaceDoc {
	doc := NamespaceDoc{
		Name: s.Name, Routes: each(s.Routes, Route.document), Neighs: each(s.Neighs, Neigh.document),
		FDB: each(s.FDB, FDB.document), Sysctls: map[string]string{},
		PolicyRules: each(s.PolicyRules, PolicyRule.document), Sockets: each(s.Sockets, Socket.document), Firewall: each(s.Filters, Filter.document),
		Names: namesDocument(s.Names),
	}
	doc.Links = each(s.Links, func(l Link) LinkDoc {
		link := l.document()
		link.Addrs = each(s.AddrsOf(l.Name), Addr.document)
		return link
	})
	if s.Rules >= 0 {
		doc.NFTRules = &s.Rules
	}
	for key, value := range s.Sysctls {
		doc.Sysctls[key] = value
	}
	return doc
}

func (l Link) document() LinkDoc {
	doc := LinkDoc{
		Index: l.Index, Name: l.Name, Kind: l.Kind, LinkType: l.Type, OperState: l.State, Up: l.Up, Carrier: l.Carrier,
		Flags: each(l.Flags, same), MAC: l.MAC, Broadcast: l.Broadcast, MTU: l.MTU, TxQLen: l.QLen, Qdisc: l.Qdisc,
		Alias: l.Alias, Addrgen: l.Addrgen, Master: l.Master, Peer: l.Peer, Bridge: l.Bridge,
		Conf: l.Conf,
	}
	if l.Peer != "" {
		doc.PeerNamespace = l.PeerSpace
	}
	if l.Port != nil {
		doc.Port = &PortDoc{l.PortState, *l.Port}
	}
	if v := l.VXLAN; v != nil {
		doc.VXLAN = &VXLANDoc{v.ID, address(v.Local), address(v.Remote), v.Dev, l.PeerSpace, v.DstPort, v.Learning}
	}
	return doc
}

// family is the name of an address family as ip prints it.
func family(a netip.Addr) string {
	if a.Is6() {
		return "inet6"
	}
	return "inet"
}

func (a Addr) document() AddrDoc {
	doc := AddrDoc{
		Family: family(a.Prefix.Addr()), Local: a.Prefix.Addr().String(), PrefixLen: a.Prefix.Bits(),
		Broadcast: address(a.Broadcast), Scope: a.Scope, Label: a.Label, Metric: a.Metric, Flags: each(a.Flags, same),
	}
	if a.Peer.IsValid() {
		doc.Peer = a.Peer.Addr().String()
	}
	return doc
}

func (r Route) document() RouteDoc {
	doc := RouteDoc{
		Family: family(r.Dst.Addr()), Type: r.Type, Dst: r.destination(), Gateway: address(r.Via), Dev: r.Link, Src: address(r.Src),
		Metric: r.Metric, Table: tableWord(r.Table), Proto: r.Proto, Scope: r.Scope, MTU: r.MTU, Pref: r.Pref, Ways: r.Ways,
	}
	var flags words
	flags.flag(r.LinkDown, "linkdown")
	flags.flag(r.Onlink, "onlink")
	flags.flag(r.Dead, "dead")
	doc.Flags = each(flags, same)
	return doc
}

// tableWord is the name of a table that each iproute2 has, or its number.
func tableWord(table uint32) string {
	switch table {
	case 0, mainTable:
		return "main"
	case 253:
		return "default"
	}
	return fmt.Sprint(table)
}

func (n Neigh) document() NeighDoc {
	return NeighDoc{n.Addr.String(), n.Link, n.MAC, n.State, n.Proxy, n.Router}
}

func (f FDB) document() FDBDoc {
	return FDBDoc{
		MAC: f.MAC, Dev: f.Link, Master: f.Master, Dst: address(f.Dst), VLAN: f.VLAN, VNI: f.VNI, Port: f.Port, Via: f.Via,
		Self: f.Self, State: f.State, Flags: each(f.Flags, same),
	}
}
