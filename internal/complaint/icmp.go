package complaint

// ofICMP is what an ICMP message says, which ping shows behind "From".
func ofICMP() []Complaint {
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

// ofICMPv6 is the same in IPv6, where ping has other words.
func ofICMPv6() []Complaint {
	return []Complaint{
		{
			Said: "From fd00::1 icmp_seq=1 Destination unreachable: Address unreachable", Errno: "EHOSTUNREACH",
			match: []string{"destination unreachable: address unreachable", "address unreachable"},
			By:    "the kernel of the machine behind “From” (ICMPv6 type 1, code 3); ping shows it",
			Where: "if the address behind “From” is your own, your own kernel; if not, the last router before the target",
			Means: "that machine asked by Neighbour Discovery who has the address, and nobody answered",
			Causes: []Cause{
				{"nobody has this address on that network", "ip -6 neigh, on the machine behind “From”: FAILED or INCOMPLETE"},
				{"the target's address is still tentative, or a duplicate: it does not answer for it then", "ip -6 addr, on the target: tentative, dadfailed"},
				{"the multicast that the question travels by is lost: a switch with MLD snooping, or a firewall that drops ICMPv6", "bridge mdb; nft list ruleset"},
			},
			Not: "not a missing route: that is “No route”",
			See: "ping(8), RFC 4443 section 3.1, RFC 4861",
		},
		{
			Said: "From fd00::1 icmp_seq=1 Destination unreachable: No route", Errno: "ENETUNREACH",
			match: []string{"destination unreachable: no route"},
			By:    "the kernel of a router (ICMPv6 type 1, code 0); ping shows it", Where: onTheWay,
			Means:  "this router has no route to the destination",
			Causes: []Cause{{"the route is missing on the router behind “From”", "ip -6 route get ADDRESS, on that router"}},
			Not:    "not your own routing table: the packet has left your machine",
			See:    "ping(8), RFC 4443 section 3.1",
		},
		{
			Said: "From fd00::2 icmp_seq=1 Destination unreachable: Port unreachable", Errno: "ECONNREFUSED",
			match: []string{"destination unreachable: port unreachable"},
			By:    "the kernel of the machine behind “From” (ICMPv6 type 1, code 4); ping shows it", Where: "the target, or a firewall on the way",
			Means:  "for a ping: a firewall rule rejects the packet",
			Causes: []Cause{{"a rule with reject in the firewall of the machine behind “From”", "nft list ruleset, on that machine"}},
			Not:    "not a missing route and no dead machine",
			See:    "ping(8), RFC 4443 section 3.1",
		},
		{
			Said: "From fd00::1 icmp_seq=1 Destination unreachable: Administratively prohibited", Errno: "EACCES",
			match: []string{"administratively prohibited"},
			By:    "the kernel of the machine behind “From” (ICMPv6 type 1, code 1); ping shows it", Where: "a router or a firewall on the way, or the target",
			Means:  "somebody's settings forbid this packet, and it says so",
			Causes: []Cause{{"a rule with reject, or a route of the type prohibit", "nft list ruleset; ip -6 route show type prohibit, on the machine behind “From”"}},
			See:    "ping(8), RFC 4443 section 3.1",
		},
		{
			Said:  "From fd00::1 icmp_seq=1 Destination unreachable: Beyond scope of source address",
			match: []string{"beyond scope"},
			By:    "the kernel of a router (ICMPv6 type 1, code 2); ping shows it", Where: onTheWay,
			Means:  "the packet comes from an address that is valid on one link only (fe80::…), and should leave that link",
			Causes: []Cause{{"the sender has no address of a wider scope", "ip -6 addr show scope global, on the sender"}},
			See:    "RFC 4443 section 3.1, RFC 4007",
		},
		{
			Said:  "From fd00::1 icmp_seq=1 Time exceeded: Hop limit",
			match: []string{"time exceeded: hop limit", "hop limit exceeded"},
			By:    "the kernel of a router (ICMPv6 type 3, code 0); ping shows it", Where: onTheWay,
			Means:  "the packet had passed so many routers that its hop limit was used up there",
			Causes: []Cause{{"a loop: two routers send the packet to each other", "ip -6 route get ADDRESS, on each of them"}},
			Not:    "not slowness: the hop limit counts routers",
			See:    "ping(8), RFC 4443 section 3.3",
		},
		{
			Said: "From fd00::1 icmp_seq=1 Packet too big: mtu=1400", Errno: "EMSGSIZE",
			match: []string{"packet too big"},
			By:    "the kernel of a router (ICMPv6 type 2); ping shows it", Where: onTheWay,
			Means:  "the next link takes packets of at most this size; routers never cut packets in IPv6",
			Causes: []Cause{{"the next link is a tunnel, or has a smaller MTU", "ip link, on the router behind “From”"}},
			Not:    "not an error: Path MTU Discovery works by it; it hurts only where it is filtered",
			See:    "RFC 4443 section 3.2, RFC 8201",
		},
	}
}
