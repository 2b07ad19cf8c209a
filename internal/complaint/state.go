package complaint

// ofAddressStates are words in what ip shows of addresses that tell of trouble.
func ofAddressStates() []Complaint {
	return []Complaint{
		{
			Said:  "inet6 2001:db8::1/64 scope global tentative dadfailed",
			match: []string{"dadfailed", "duplicate address", "ipv6 duplicate address"},
			By:    "your own kernel: ip shows the flag, and the kernel log says who has the address", Where: here,
			Means: "somebody else on this link has the same IPv6 address: it is kept, and not used",
			Causes: []Cause{
				{"two machines were given the same address", "dmesg: “IPv6 duplicate address … used by …” names the other MAC address"},
				{"two machines have the same MAC address, and so the same fe80:: address", "ip link; bridge fdb show"},
				{"the link hears its own question: a loop between switches", "bridge link"},
			},
			Not: "not that the address is wrong; and in IPv4 the kernel never asks: two machines can have one address and only half works",
			See: "RFC 4862 section 5.4, ip-address(8)",
		},
		{
			Said:  "inet6 fe80::1/64 scope link tentative",
			match: []string{"tentative"},
			By:    "your own kernel; ip shows the flag", Where: here,
			Means: "the kernel is still asking whether somebody else has this IPv6 address; until then it is not used",
			Causes: []Cause{
				{"the address is less than about two seconds old", "ip -6 addr, once more"},
				{"the link has no carrier: it cannot ask, so that the flag stays", "ip -br link: NO-CARRIER"},
			},
			See: "RFC 4862 section 5.4, ip-address(8)",
		},
	}
}

// ofLinkStates are the same of links, and of the neighbours and routes behind
// them.
func ofLinkStates() []Complaint {
	return []Complaint{
		{
			Said:  "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> … state DOWN",
			match: []string{"no-carrier", "lowerlayerdown"},
			By:    "your own kernel; ip shows the flags of the link", Where: here,
			Means: "the link is switched on (UP), and its cable carries no signal",
			Causes: []Cause{
				{"the other end of the veth is down", "ip -d link; ip -n NAME link: the other end"},
				{"a bridge has no port with a carrier", "bridge link"},
				{"the other end is in a namespace that you do not see", "ip link: link-netns, link-netnsid"},
			},
			Not: "not that the link is switched off: then UP is missing",
			See: "ip-link(8), netdevice(7)",
		},
		{
			Said:  "10.0.0.2 dev eth0 FAILED",
			match: []string{" dev * failed", " dev * incomplete"},
			By:    "your own kernel; ip neigh shows the state", Where: here,
			Means: "the kernel asked by ARP (or Neighbour Discovery) for the MAC address of this neighbour and has got no answer",
			Causes: []Cause{
				{"nobody on this link has that address", "ip -br addr, on the neighbour"},
				{"frames do not get there: link down, wrong bridge, VLAN, a firewall for ARP", "ip -br link; bridge link"},
				{"the neighbour does not answer for this address (arp_ignore, NOARP)", "sysctl net.ipv4.conf.all.arp_ignore, on the neighbour"},
			},
			Not: "not a missing route: without one nobody would have been asked",
			See: "ip-neighbour(8), arp(7)",
		},
		{
			Said:  "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 linkdown",
			match: []string{" linkdown", "dead linkdown"},
			By:    "your own kernel; ip route shows the flag", Where: here,
			Means:  "the route leads through a link without a carrier; packets are still sent there, and lost",
			Causes: []Cause{{"the other end of the cable is down", "ip -br link: NO-CARRIER"}},
			See:    "ip-route(8), ip-sysctl (kernel documentation): ignore_routes_with_linkdown",
		},
	}
}

// ofLog is what the kernel writes into its log.
func ofLog() []Complaint {
	const log = "your own kernel, into its log (dmesg)"
	return []Complaint{
		{
			Said:  "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
			match: []string{"martian source"},
			By:    log, Where: "the machine that received the packet, and dropped it",
			Means: "a packet came in on a link on which, by this machine's routes, nobody with that source address can be",
			Causes: []Cause{
				{"reverse path filtering: the way back to the sender goes out by another link", "sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.LINK.rp_filter; ip route get SENDER"},
				{"the sender uses an address that is this machine's own, or one that must not travel (127.…, 0.…)", "ip -br addr; tcpdump -eni LINK"},
				{"two networks with the same addresses are joined by mistake", "ip route; bridge link"},
			},
			Not: "not an attack, as a rule: two ways between the same machines are enough",
			See: "ip-sysctl (kernel documentation): rp_filter, log_martians; RFC 3704",
		},
		{
			Said:  "IPv4: martian destination 127.0.0.1 from 10.0.0.2, dev eth0",
			match: []string{"martian destination"},
			By:    log, Where: "the machine that received the packet, and dropped it",
			Means:  "a packet came in from outside for an address that must never come from outside, such as 127.0.0.1",
			Causes: []Cause{{"a rule changes the destination to 127.0.0.1 for packets from outside", "nft list ruleset: dnat, redirect; sysctl net.ipv4.conf.LINK.route_localnet"}},
			See:    "ip-sysctl (kernel documentation): log_martians, route_localnet",
		},
		{
			Said: "neighbour: arp_cache: neighbor table overflow!", Errno: "ENOBUFS",
			match: []string{"table overflow", "neighbour table overflow", "neighbor table overflow"},
			By:    log, Where: here,
			Means: "the table of neighbours is full (gc_thresh3): new ones cannot be asked for, and packets to them fail with ENOBUFS",
			Causes: []Cause{
				{"a very large network without a router in it: too many machines are direct neighbours", "ip neigh | wc -l; sysctl net.ipv4.neigh.default.gc_thresh3"},
				{"a mask that is too short, so that far machines are looked for by ARP", "ip -br addr; ip route"},
				{"something asks for every address of a large network", "ip neigh show nud failed"},
			},
			Not: "not the forwarding table of a switch",
			See: "arp(7): gc_thresh3",
		},
		{
			Said:  "nf_conntrack: nf_conntrack: table full, dropping packet",
			match: []string{"table full, dropping packet", "nf_conntrack: table full"},
			By:    log, Where: "the machine that tracks connections: a router, a firewall, a Kubernetes node",
			Means: "the table of connections has no room, so that packets of new connections are dropped",
			Causes: []Cause{
				{"more connections than nf_conntrack_max", "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max"},
				{"entries stay too long after their connections have ended", "conntrack -L; sysctl net.netfilter.nf_conntrack_tcp_timeout_established"},
			},
			Not: "not a full link: connections that are known go on",
			See: "nf_conntrack-sysctl (kernel documentation)",
		},
	}
}
