package complaint

const (
	routeAdd = "ip route add"
	routeDel = "ip route del"
)

// ofRouteThere is about a new route that is there already.
func ofRouteThere() []Complaint {
	return []Complaint{
		{
			Said: "RTNETLINK answers: File exists", Of: routeAdd, Errno: "EEXIST",
			match: []string{"file exists"},
			By:    byIP, Where: hereOnly,
			Means: SameRoute + "; “add” never replaces. The gateway does not count: a second default route through another router is refused, too",
			Causes: []Cause{
				{"it was added before, through this or another gateway", "ip route show DESTINATION"},
				{"it is the connected route that the kernel made when the address was set", "ip route show proto kernel"},
			},
			Not: "not a file: it is the error number EEXIST, whose words were made for files",
			See: "ip-route(8), rtnetlink(7)",
		},
	}
}

// ofRouteLinks is about a new route through a link that takes none.
func ofRouteLinks() []Complaint {
	return []Complaint{
		{
			Said: "Error: Device for nexthop is not up.", Errno: "ENETDOWN",
			match: []string{"device for nexthop is not up", "nexthop device is not up"},
			By:    byIP, Where: hereOnly,
			Means:  RouteLinkDown,
			Causes: []Cause{{"the link that the route names is down", "ip -br link"}},
			Not:    "not a missing cable: a link that is up without a carrier (NO-CARRIER) takes routes",
			See:    "ip-route(8), ip-link(8)",
		},
		{
			Said: "RTNETLINK answers: Network is down", Of: routeAdd, Errno: "ENETDOWN",
			match: []string{"network is down"},
			By:    byIP, Where: hereOnly,
			Means:  RouteLinkDown,
			Causes: []Cause{{"the link that the route names is down", "ip -br link"}},
			Not:    "not that the whole network is down: it is about one link of this machine",
			See:    "ip-route(8), ip-link(8)",
		},
	}
}

// ofRouteValues is about a new route whose numbers do not go together.
func ofRouteValues() []Complaint {
	return []Complaint{
		{
			Said: "Error: Invalid prefix for given prefix length.", Errno: "EINVAL",
			match: []string{"invalid prefix for given prefix length"},
			By:    byIP, Where: hereOnly,
			Means:  "bits of the address behind the mask are set: " + RouteOfNetwork + ", so that 10.1.1.1/24 must be 10.1.1.0/24",
			Causes: []Cause{{"the destination is the address of a machine with the mask of its network", "ipcalc, or by hand: which bits does the mask leave?"}},
			Not:    "not that the network is unknown",
			See:    "ip-route(8)",
		},
		{
			Said: "Error: Invalid prefsrc address.", Errno: "EINVAL",
			match: []string{"invalid prefsrc", "invalid source address", "nexthop device required"},
			By:    byIP, Where: hereOnly,
			Means:  "the address behind “src” is none of this namespace's own, or the way out is not named",
			Causes: []Cause{{"the source address is on no link here, or only on another machine", "ip -br addr"}},
			See:    "ip-route(8): src",
		},
		{
			Said: "RTNETLINK answers: Invalid argument", Of: routeAdd, Errno: "EINVAL",
			match: []string{"invalid argument"},
			By:    byIP, Where: hereOnly,
			Means: "the kernel understands the words, but the values do not go together",
			Causes: []Cause{
				{"bits behind the mask of the destination are set: " + RouteOfNetwork, "compare the address with its mask"},
				{"the address behind “src” is none of this namespace's own", "ip -br addr"},
				{"the scope does not fit the gateway", "ip route show"},
			},
			See: "ip-route(8)",
		},
	}
}

// ofRoutes is about other commands for routes.
func ofRoutes() []Complaint {
	return []Complaint{
		{
			Said: "RTNETLINK answers: No such process", Of: routeDel, Errno: "ESRCH",
			match: []string{"no such process"},
			By:    byIP, Where: hereOnly,
			Means: "no route in the table fits all the words of the line",
			Causes: []Cause{
				{NoRoute, "ip route show DESTINATION"},
				{OtherWords, "ip route show table all DESTINATION"},
				{"it went by itself, when its link went down or its address was removed", "ip -br link; ip -br addr"},
			},
			Not: "nothing about processes: ESRCH only means that what was looked for is not there",
			See: "ip-route(8), rtnetlink(7)",
		},
		{
			Said: "No such process", Errno: "ESRCH",
			match: []string{"no such process"},
			By:    byIP, Where: hereOnly,
			Means: "what the command is about is not in the table: mostly a route",
			Causes: []Cause{
				{"no route fits all the words: destination, gateway, link, metric and table", "ip route show table all"},
				{"the route is there in another namespace", "ip netns list; ip -n NAME route"},
			},
			Not: "nothing about processes: ESRCH only means that what was looked for is not there",
			See: "ip-route(8), errno(3)",
		},
		{
			Said: "Error: ipv4: FIB table does not exist.", Errno: "ENOENT",
			match: []string{"fib table does not exist", "table does not exist"},
			By:    byIP, Where: hereOnly,
			Means:  "there is no routing table of this number: a table begins with its first route",
			Causes: []Cause{{"no route was ever put into this table, or all were removed", "ip route show table all; ip rule"}},
			See:    "ip-route(8), ip-rule(8)",
		},
	}
}
