package complaint

// ofPingStart is why ping cannot begin: there is no route, or its own firewall
// or a missing right forbids it.
func ofPingStart() []Complaint {
	return []Complaint{
		{
			Said: "ping: connect: Network is unreachable", Of: "ping", Errno: "ENETUNREACH",
			match: []string{"network is unreachable"},
			By:    "ping prints what the kernel's route lookup answered; no packet was made", Where: hereOnly,
			Means: "the routing table has no entry for this address, not even a default route",
			Causes: []Cause{
				{"there is no default route, and no route to that network", "ip route get ADDRESS; ip route"},
				{"the link is down, or lost its address: its routes went with it", "ip -br link; ip -br addr"},
				{"the mask is too long: the neighbour is outside of the connected network", "ip -br addr"},
				{"the address is IPv6, and there is no IPv6 route", "ip -6 route"},
			},
			Not: "not that the other machine is off or has no way back: it was not asked at all",
			See: "ping(8), connect(2), ip-route(8)",
		},
		{
			Said: "ping: sendmsg: Operation not permitted", Of: "ping", Errno: "EPERM",
			match: []string{"sendmsg: operation not permitted", "operation not permitted"},
			By:    "ping prints the kernel's answer to sendmsg(2): the firewall dropped the packet on its way out", Where: hereOnly,
			Means: "a rule in the output hook of this machine's own firewall dropped the request",
			Causes: []Cause{
				{"a drop in the chain output (or postrouting)", "nft list ruleset; iptables -S OUTPUT"},
				{"the table of connections is full", "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max"},
			},
			Not: "not a missing right of the user: sudo changes nothing. Some versions of ping say nothing at all, and only count 100% packet loss",
			See: "ping(8), sendmsg(2), nft(8)",
		},
		{
			Said: "ping: socket: Operation not permitted", Of: "ping", Errno: "EPERM",
			match: []string{"ping: socket*operation not permitted", "socket: operation not permitted", "socktype*operation not permitted", "lacking privilege"},
			By:    "ping prints the kernel's answer to socket(2)", Where: hereOnly,
			Means: "this user may not open a socket for ICMP",
			Causes: []Cause{
				{"ping has neither its file capability (cap_net_raw) nor the setuid bit, as in many containers", "getcap $(command -v ping)"},
				{"the user's group is outside of net.ipv4.ping_group_range", "sysctl net.ipv4.ping_group_range; id"},
			},
			Not: "not that a firewall is in the way: no packet was made",
			See: "ping(8), icmp(7), capabilities(7)",
		},
	}
}

// ofPingRoutes is what ping says where a route is there, and it, or the
// address, does not let the packet out.
func ofPingRoutes() []Complaint {
	return []Complaint{
		{
			Said: "ping: connect: Permission denied", Of: "ping", Errno: "EACCES",
			match: []string{"permission denied", "do you want to ping broadcast"},
			By:    "ping prints the kernel's answer to connect(2)", Where: hereOnly,
			Means: "the route lookup found an entry that forbids this destination, or the address is a broadcast address",
			Causes: []Cause{
				{"the address is the last one of its network: that is its broadcast address, which ping wants -b for", "ip route get ADDRESS; ip route show table local"},
				{"a route of the type prohibit covers it", "ip route get ADDRESS; ip route show type prohibit"},
			},
			Not: "not a missing right of the user",
			See: "ping(8), ip-route(8)",
		},
		{
			Said: "ping: connect: No route to host", Of: "ping", Errno: "EHOSTUNREACH",
			match: []string{"connect: no route to host", "sendmsg: no route to host", "no route to host"},
			By:    "ping prints what the kernel's route lookup answered", Where: hereOnly,
			Means: "the route lookup found an entry that says this destination is unreachable",
			Causes: []Cause{
				{"a route of the type unreachable covers the address", "ip route get ADDRESS; ip route show type unreachable"},
				{"an IPv6 neighbour did not answer earlier, and the kernel remembers it", "ip -6 neigh"},
			},
			Not: "not that the table has no entry: that is “Network is unreachable”",
			See: "ping(8), ip-route(8)",
		},
		{
			Said: "ping: connect: Invalid argument", Of: "ping", Errno: "EINVAL",
			match: []string{"invalid argument"},
			By:    "ping prints the kernel's answer to connect(2) or sendmsg(2)", Where: hereOnly,
			Means: "the kernel cannot send to this address with what it was told",
			Causes: []Cause{
				{"a route of the type blackhole covers the address: for a sender on the same machine that is this error", "ip route get ADDRESS; ip route show type blackhole"},
				{"an IPv6 address of one link (fe80::…) has no zone: the kernel does not know which link is meant", "ip -6 addr; write fe80::1%eth0"},
				{"the source address given by -I belongs to no link, or to another family", "ip -br addr"},
			},
			Not: "not a wrong option of ping: that has words of its own",
			See: "ping(8), ip-route(8), ipv6(7)",
		},
	}
}

// ofPingSending is about the link that the packet should leave by: it is down,
// too small, or full.
func ofPingSending() []Complaint {
	return []Complaint{
		{
			Said: "ping: sendmsg: Network is down", Of: "ping", Errno: "ENETDOWN",
			match: []string{"network is down"},
			By:    "ping prints the kernel's answer to sendmsg(2)", Where: hereOnly,
			Means: "the link through which the packet should go is down",
			Causes: []Cause{
				{"the link was switched off", "ip -br link"},
			},
			See: "ping(8), netdevice(7)",
		},
		{
			Said: "ping: local error: message too long, mtu=1400", Of: "ping", Errno: "EMSGSIZE",
			match: []string{"message too long", "packet too long"},
			By:    "ping prints what its own kernel says before anything is sent", Where: hereOnly,
			Means: "the packet is bigger than the MTU of the link or of the way as this machine knows it, and -M do forbids to cut it",
			Causes: []Cause{
				{"the size given by -s and the headers (28 bytes in IPv4) are more than the link's MTU", "ip link"},
				{"this machine has learned a smaller MTU for that destination from a router", "ip route get ADDRESS; ip route show cache"},
			},
			Not: "not a router's message: that is “Frag needed and DF set”, with “From” in front",
			See: "ping(8), ip(7), RFC 1191",
		},
		{
			Said: "ping: sendmsg: No buffer space available", Of: "ping", Errno: "ENOBUFS",
			match: []string{"no buffer space available"},
			By:    "ping prints the kernel's answer to sendmsg(2)", Where: hereOnly,
			Means: "a queue or a table of this machine has no room for the packet",
			Causes: []Cause{
				{"the neighbour table is full: many addresses are asked for at once", "ip -s ntable; sysctl net.ipv4.neigh.default.gc_thresh3"},
				{"the queue of the link is full, since it sends more slowly than packets come", "ip -s link; tc -s qdisc"},
			},
			Not: "not a full disk or too little memory, as a rule",
			See: "ping(8), sendmsg(2), arp(7)",
		},
	}
}

// ofPingSource is about what ping should send from: the words behind -I.
func ofPingSource() []Complaint {
	return []Complaint{
		{
			Said: "ping: connect: Cannot assign requested address", Of: "ping", Errno: "EADDRNOTAVAIL",
			match: []string{"cannot assign requested address"},
			By:    "ping prints the kernel's answer to bind(2) or connect(2)", Where: hereOnly,
			Means: "there is no address of this machine that the packet could come from",
			Causes: []Cause{
				{"the source address given by -I is on no link of this namespace", "ip -br addr"},
				{"there is a route and no IPv6 address that fits it, or the only one is still tentative", "ip -6 addr"},
			},
			Not: "not that the target lacks the address: it is about your own",
			See: "ping(8), bind(2)",
		},
		{
			Said: "ping: unknown iface eth0", Of: "ping", Errno: "ENODEV",
			match: []string{"unknown iface", "so_bindtodevice"},
			By:    byPing, Where: hereOnly,
			Means:  "the link or the address behind -I is not in this namespace",
			Causes: []Cause{{"the name is wrong, or the link is in another namespace", "ip -br link; ip netns list"}},
			See:    "ping(8)",
		},
	}
}
