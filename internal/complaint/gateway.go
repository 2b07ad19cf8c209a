package complaint

// ofGateways is about a new route whose gateway cannot be one.
func ofGateways() []Complaint {
	return []Complaint{
		{
			Said: "Error: Nexthop has invalid gateway.", Errno: "ENETUNREACH",
			match: []string{"nexthop has invalid gateway", "invalid gateway"},
			By:    byIP, Where: hereOnly,
			Means: GatewayElsewhere + ": the kernel must know by which link the next hop is reached",
			Causes: []Cause{
				{"the gateway is mistyped, or belongs to another network than this namespace's addresses", "ip -br addr; ip route get GATEWAY"},
				{"the link towards the gateway is down, so that its connected route is gone", "ip -br link; ip route"},
				{"the link has no address yet, or its mask is too long", "ip -br addr"},
				{"the gateway is the broadcast address of its network, or that of a group", "ip route show table local"},
			},
			Not: "not that the router is off: it was not asked, and need not even exist",
			See: "ip-route(8): via, onlink",
		},
		{
			Said: "Error: Gateway can not be a local address.", Errno: "EINVAL",
			match: []string{"gateway can not be a local address"},
			By:    byIP, Where: hereOnly,
			Means:  "IPv6: the gateway is an address of this machine itself: " + GatewayOwn,
			Causes: []Cause{{"the gateway is this machine's own address, where that of the router was meant", "ip -6 addr"}},
			Not:    "not so in IPv4: such a route is taken there without a word",
			See:    "ip-route(8)",
		},
		{
			Said: "RTNETLINK answers: Network is unreachable", Of: routeAdd, Errno: "ENETUNREACH",
			match: []string{"network is unreachable"},
			By:    byIP, Where: hereOnly,
			Means: GatewayElsewhere + ": the kernel must know by which link the next hop is reached",
			Causes: []Cause{
				{"the gateway is mistyped, or belongs to another network than this namespace's addresses", "ip -br addr; ip route get GATEWAY"},
				{"the link towards the gateway is down, so that its connected route is gone", "ip -br link; ip route"},
			},
			Not: "not about the destination: the route to it is just what is to be made; it is about the gateway",
			See: "ip-route(8): via, onlink",
		},
		{
			Said: "RTNETLINK answers: No route to host", Of: routeAdd, Errno: "EHOSTUNREACH",
			match: []string{"no route to host"},
			By:    byIP, Where: hereOnly,
			Means: "IPv6: " + GatewayElsewhere,
			Causes: []Cause{
				{"the gateway is mistyped, or belongs to another network than this namespace's addresses", "ip -6 addr; ip -6 route get GATEWAY"},
				{"the connected route is missing, since the link is down or the address still tentative", "ip -br link; ip -6 addr"},
				{"the gateway is of one link only (fe80::…), and the line does not say which: dev is missing", "ip -6 neigh"},
			},
			Not: "not about the destination, and nobody was asked",
			See: "ip-route(8)",
		},
	}
}
