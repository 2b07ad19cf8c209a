package complaint

// ofUnreachable6 is what ofUnreachable is, in IPv6, where ping has other words.
func ofUnreachable6() []Complaint {
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
	}
}

// ofRouters6 is what ofRouters is, in IPv6.
func ofRouters6() []Complaint {
	return []Complaint{
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
