package snapshot

import "net/netip"

// Conf is what net.ipv4.conf and net.ipv6.conf hold for one link, as the kernel
// tells it with the link (IFLA_INET_CONF, IFLA_INET6_CONF). What they mean is in
// the kernel's ip-sysctl.
type Conf struct {
	Forwarding  int `json:"forwarding"`
	RPFilter    int `json:"rp_filter"` // the kernel uses the larger one of this and that of conf.all
	ProxyARP    int `json:"proxy_arp"`
	ARPIgnore   int `json:"arp_ignore"`
	ARPFilter   int `json:"arp_filter"`
	AcceptLocal int `json:"accept_local"`
	Forwarding6 int `json:"forwarding6"`
	DisableIPv6 int `json:"disable_ipv6"`
	ProxyNDP    int `json:"proxy_ndp"`
}

// PolicyRule is a rule of the routing policy (ip-rule(8)): which table is asked
// for which packets.
type PolicyRule struct {
	Family   int          `json:"family"` // 4 or 6
	Priority uint32       `json:"priority"`
	Not      bool         `json:"not,omitempty"` // it is for all other packets
	Src      netip.Prefix `json:"src"`           // not valid: from all
	Dst      netip.Prefix `json:"dst"`           // not valid: to all
	IIF      string       `json:"iif,omitempty"`
	OIF      string       `json:"oif,omitempty"`
	Mark     uint32       `json:"mark,omitempty"`
	Mask     uint32       `json:"mask,omitempty"`
	Action   string       `json:"action"`          // lookup, blackhole, unreachable, prohibit …
	Table    uint32       `json:"table,omitempty"` // of lookup: 255 local, 254 main, 253 default
	More     string       `json:"more,omitempty"`  // what else the rule asks for or limits, in ip's words: tos 0x10 ipproto tcp dport 80 …
}

// Socket is a socket that waits for somebody.
type Socket struct {
	Proto  string     `json:"proto"` // tcp or udp
	Addr   netip.Addr `json:"addr"`  // 0.0.0.0 or :: for every address
	Port   uint16     `json:"port"`
	V6Only bool       `json:"v6only,omitempty"` // a socket of :: that takes no IPv4
	Link   string     `json:"link,omitempty"`   // it is bound to this link
	Kernel bool       `json:"kernel,omitempty"` // it is the kernel's own, such as that of a vxlan
}

// Filter is a rule of a firewall, or the policy of a chain that has a hook.
type Filter struct {
	Tool     string `json:"tool"`             // nft, iptables or ip6tables: who shows it so
	Family   string `json:"family"`           // ip, ip6, inet, arp, bridge, netdev
	Table    string `json:"table"`            // filter, nat …
	Chain    string `json:"chain"`            // its name
	Type     string `json:"type,omitempty"`   // of a chain with a hook: filter, nat, route
	Hook     string `json:"hook,omitempty"`   // prerouting, input, forward, output, postrouting, ingress
	Priority int    `json:"priority"`         // of the chain
	Policy   string `json:"policy,omitempty"` // set: this is not a rule but what the chain does in the end: accept or drop
	Handle   uint64 `json:"handle,omitempty"` // of a rule of nft
	Text     string `json:"text,omitempty"`   // the rule as the tool prints it, without its counter
	Counted  bool   `json:"counted,omitempty"`
	Packets  uint64 `json:"packets,omitempty"`
	Bytes    uint64 `json:"bytes,omitempty"`
}
