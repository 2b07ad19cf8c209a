package complaint

// ofUnreachable is what an ICMP message says, which ping shows behind "From":
// the packet cannot be delivered, or may not.
func ofUnreachable() []Complaint {
	return []Complaint{
		{
			Said: "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable", Errno: "EHOSTUNREACH",
			match: []string{"destination host unreachable"},
			By:    "the kernel of the machine behind “From”, which should have delivered the packet on its last network (ICMP type 3, code 1); ping shows it",
			Where: "if the address behind “From” is your own, your own kernel; if not, the last router before the target",
			Means: "that machine asked by ARP who has the address, three times in about three seconds, and nobody answered",
			Causes: []Cause{
				{"nobody has this address on that network: the target is off, or its address or mask is another one", "ip neigh, on the machine behind “From”: FAILED or INCOMPLETE"},
				{"the target's link is down, or its cable leads to another switch", "ip -br link, on the target: NO-CARRIER, DOWN"},
				{"the switch between them does not pass the frames: a port that is not in the bridge, down, blocked, or another VLAN", "bridge link; ip -d link"},
				{"your mask is too short: you look for a far machine on your own network", "ip route get ADDRESS: “via” is missing"},
				{"ARP is switched off at one side", "ip link: NOARP"},
			},
			Not: "not a missing route: a route to that network was found, or nobody would have asked by ARP",
			See: "ping(8), arp(7), RFC 792, RFC 1122 section 2.3.2.2",
		},
		{
			Said: "From 10.0.0.1 icmp_seq=1 Destination Net Unreachable", Errno: "ENETUNREACH",
			match: []string{"destination net unreachable", "destination network unreachable"},
			By:    "the kernel of a router (ICMP type 3, code 0); ping shows it", Where: onTheWay,
			Means: "this router has no route to the destination, and no default route",
			Causes: []Cause{
				{"the route to that network is missing on the router behind “From”", "ip route get ADDRESS, on that router"},
				{"a routing table for special traffic (ip rule) has no entry for it", "ip rule, on that router"},
			},
			Not: "not your own routing table: the packet has left your machine",
			See: "ping(8), ip-route(8), RFC 792, RFC 1812 section 5.2.7.1",
		},
		{
			Said: "From 10.0.0.2 icmp_seq=1 Destination Port Unreachable", Errno: "ECONNREFUSED",
			match: []string{"destination port unreachable"},
			By:    "the kernel of the machine behind “From” (ICMP type 3, code 3); ping shows it", Where: "the target, or a firewall on the way that speaks in its place",
			Means: "for a ping, nearly always: a firewall rule rejects the packet (this is what “reject” sends by default)",
			Causes: []Cause{
				{"a rule with reject in the firewall of the machine behind “From”", "nft list ruleset; iptables -S, on that machine"},
				{"for UDP: nothing listens on that port", "ss -uln, on the target"},
			},
			Not: "not a missing route and no dead machine: it is there, and it answered no",
			See: "ping(8), nft(8), RFC 792, RFC 1122 section 3.2.2.1",
		},
		{
			Said: "From 10.0.0.1 icmp_seq=1 Packet filtered", Errno: "EACCES",
			match: []string{"packet filtered", "communication administratively prohibited", "destination host prohibited", "destination net prohibited", "host prohibited", "admin prohibited"},
			By:    "the kernel of the machine behind “From” (ICMP type 3, code 13; 9 and 10 are “prohibited” alike); ping shows it", Where: "a router or a firewall on the way, or the target",
			Means: "somebody's settings forbid this packet, and it says so",
			Causes: []Cause{
				{"a rule with “reject with icmp type admin-prohibited” or “host-prohibited”", "nft list ruleset; iptables -S, on the machine behind “From”"},
				{"a route of the type prohibit on that router", "ip route show type prohibit, on that router"},
			},
			Not: "not a broken network: it works as somebody meant it to",
			See: "ping(8), ip-route(8), RFC 1812 section 5.2.7.1",
		},
	}
}

// ofRouters is what routers report by ICMP of a packet that is on its way.
func ofRouters() []Complaint {
	return []Complaint{
		{
			Said:  "From 10.0.0.1 icmp_seq=1 Time to live exceeded",
			match: []string{"time to live exceeded", "ttl exceeded", "time exceeded"},
			By:    "the kernel of a router (ICMP type 11, code 0); ping shows it", Where: onTheWay,
			Means: "the packet had passed so many routers that its time to live was used up there",
			Causes: []Cause{
				{"a loop: two routers send the packet to each other, often by default routes that point at one another", "ip route get ADDRESS, on each of them; traceroute -n ADDRESS"},
				{"the packet began with a small TTL (ping -t, traceroute do that on purpose)", "sysctl net.ipv4.ip_default_ttl"},
			},
			Not: "not slowness: the time to live counts routers, not seconds",
			See: "ping(8), traceroute(8), RFC 792, RFC 1812 section 5.3.1",
		},
		{
			Said: "From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)", Errno: "EMSGSIZE",
			match: []string{"frag needed and df set", "fragmentation needed"},
			By:    "the kernel of a router (ICMP type 3, code 4); ping shows it", Where: onTheWay,
			Means: "the next link takes packets of at most the number behind “mtu”, this one is bigger, and its DF bit forbids to cut it",
			Causes: []Cause{
				{"the next link is a tunnel, or has a smaller MTU than the others", "ip link, on the router behind “From”"},
			},
			Not: "not an error of the way itself: it is how Path MTU Discovery works; it hurts only where this message is filtered",
			See: "ping(8), RFC 1191, RFC 792",
		},
		{
			Said:  "From 10.0.0.1 icmp_seq=1 Redirect Host(New nexthop: 10.0.0.254)",
			match: []string{"redirect host", "redirect network", "redirect, "},
			By:    "the kernel of a router (ICMP type 5); ping shows it", Where: "the first router",
			Means: "the router sent the packet on to another router on your own network, and says that you could ask that one directly",
			Causes: []Cause{
				{"your route names a router that is not the best for this destination", "ip route get ADDRESS"},
			},
			Not: "not a failure: the packet was forwarded",
			See: "ping(8), RFC 792, RFC 1122 section 3.2.2.2",
		},
		{
			Said:  "From 10.0.0.1 icmp_seq=1 Source Route Failed",
			match: []string{"source route failed", "source quench", "parameter problem"},
			By:    "a router or the target (ICMP); ping shows it", Where: onTheWay,
			Means:  "the header of the packet asked for something that is not done there",
			Causes: []Cause{{"an option in the IP header, such as a source route, is refused", "tcpdump -nv icmp"}},
			See:    "ping(8), RFC 792",
		},
	}
}
