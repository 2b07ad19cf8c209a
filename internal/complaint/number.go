package complaint

// What an error number means when nobody says after which command: what it means
// after each.
const byAny = "the program prints the words for the error number that the kernel gave it"

// ofNumberThere is the error number for what is there already.
func ofNumberThere() []Complaint {
	return []Complaint{
		{
			Said: "File exists", Errno: "EEXIST", match: []string{"file exists"}, By: byAny, Where: hereOnly,
			Means: "what was to be added is there already. What that is depends on the command",
			Causes: []Cause{
				{"ip route add: " + SameRoute, "ip route show DESTINATION"},
				{"ip addr add: the link has this address already", "ip addr show dev LINK"},
				{"ip link add: a link of this name, or of the name of its other end, is there; " + NamesUnique, "ip -br link"},
				{"ip netns add: " + SpacesUnique, "ip netns list"},
				{"ip neigh add, bridge fdb add: " + EntryThere, "ip neigh; bridge fdb show"},
			},
			Not: "not a file: the words were made for files, long before networks used the number", See: "errno(3), rtnetlink(7)",
		},
	}
}

// ofNumbersOfWays are those for a destination to which no way leads.
func ofNumbersOfWays() []Complaint {
	return []Complaint{
		{
			Said: "Network is unreachable", Errno: "ENETUNREACH", match: []string{"network is unreachable"}, By: byAny, Where: hereOnly,
			Means: "the kernel looked into the routing table and found no entry: for the destination (ping, curl …), or for the gateway (ip route add)",
			Causes: []Cause{
				{"there is no default route, and no route to that network", "ip route get ADDRESS; ip route"},
				{"the link is down, or lost its address: its routes went with it", "ip -br link; ip -br addr"},
				{"ip route add: " + GatewayElsewhere, "ip -br addr; ip route get GATEWAY"},
			},
			Not: "not that the other machine is off: it was not asked", See: "connect(2), ip-route(8)",
		},
		{
			Said: "No route to host", Errno: "EHOSTUNREACH", match: []string{"no route to host"}, By: byAny,
			Where: "your own kernel when nobody answered its ARP question; or a router, or a firewall, whose ICMP message came back",
			Means: "a route was found, and the machine at its end could not be reached",
			Causes: []Cause{
				{"the next machine, on your own network, does not answer by ARP: it is off, or has another address", "ip neigh: FAILED, INCOMPLETE"},
				{"a firewall rejects it with “host prohibited” (firewalld does by default)", "nft list ruleset; iptables -S, on the target"},
				{"a router on the way says that the target does not answer", "ping ADDRESS: the address behind “From”"},
				{"ip route add, IPv6: " + GatewayElsewhere, "ip -6 addr"},
			},
			Not: "not a missing route, whatever the words say: without a route it would be “Network is unreachable”", See: "connect(2), RFC 1122",
		},
		{
			Said: "Network is down", Errno: "ENETDOWN", match: []string{"network is down"}, By: byAny, Where: hereOnly,
			Means:  "the link that is meant is down",
			Causes: []Cause{{"ping, curl …: the link was switched off", "ip -br link"}, {"ip route add: " + RouteLinkDown, "ip -br link"}},
			Not:    "not that the whole network is down: it is about one link of this machine", See: "netdevice(7), ip-link(8)",
		},
	}
}

// ofNumbersForbidden are those for what is not allowed.
func ofNumbersForbidden() []Complaint {
	return []Complaint{
		{
			Said: "Operation not permitted", Errno: "EPERM", match: []string{"operation not permitted"}, By: byAny, Where: hereOnly,
			Means: "the kernel forbids it: for want of a right, or because its own firewall dropped the packet",
			Causes: []Cause{
				{"ip, bridge, sysctl: who asks has not the right CAP_NET_ADMIN here", "id -u; grep CapEff /proc/self/status"},
				{"sendmsg, sendto: a rule in the output hook of this machine's firewall dropped the packet", "nft list ruleset; iptables -S OUTPUT"},
				{"socket: a raw socket needs CAP_NET_RAW", "getcap $(command -v ping)"},
			},
			Not: "not an answer of another machine", See: "capabilities(7), sendmsg(2), socket(2)",
		},
		{
			Said: "Permission denied", Errno: "EACCES", match: []string{"permission denied"}, By: byAny, Where: hereOnly,
			Means: "the kernel forbids it; with networks, less often for a missing right than the words suggest",
			Causes: []Cause{
				{"bind: a port below 1024 without CAP_NET_BIND_SERVICE", "sysctl net.ipv4.ip_unprivileged_port_start"},
				{"ping, connect: a broadcast address, or a route of the type prohibit", "ip route get ADDRESS"},
				{"ip addr add: " + SixOff + " on this link", "sysctl net.ipv6.conf.LINK.disable_ipv6"},
				{"a file or a setting that this user may not open", "id -u; ls -l FILE"},
			},
			See: "bind(2), connect(2), ip-route(8)",
		},
	}
}

// ofNumbersUnfit are those for what does not fit the state of the network.
func ofNumbersUnfit() []Complaint {
	return []Complaint{
		{
			Said: "Invalid argument", Errno: "EINVAL", match: []string{"invalid argument"}, By: byAny, Where: hereOnly,
			Means: "the kernel understands what is asked, and a value makes no sense to it; it seldom says which one",
			Causes: []Cause{
				{"ip route add: bits behind the mask are set, or the source address is not one's own", "ip -br addr"},
				{"ip link set: the link cannot be moved, or cannot be a port", "ip -d link show LINK"},
				{"ping: a blackhole route, or fe80::… without its zone", "ip route get ADDRESS"},
				{"sysctl: the value is out of range", "sysctl KEY"},
				{"setns: the file is no namespace", "ls -l /run/netns"},
			},
			Not: "not always a typing mistake: a line that is right can be wrong for this state of the network", See: "errno(3), rtnetlink(7)",
		},
		{
			Said: "Device or resource busy", Errno: "EBUSY", match: []string{"device or resource busy"}, By: byAny, Where: hereOnly,
			Means: "the thing is in use, or in a state in which this cannot be changed",
			Causes: []Cause{
				{"ip link set: another link sits on it, such as a macvlan, or it must be down for this change", "ip -d link show LINK"},
				{"ip netns del: the name is mounted elsewhere as well", "findmnt -t nsfs"},
			},
			Not: "not that the machine has too much to do", See: "ip-link(8)",
		},
		{
			Said: "Cannot assign requested address", Errno: "EADDRNOTAVAIL", match: []string{"cannot assign requested address"}, By: byAny, Where: hereOnly,
			Means: "the address is not on this machine, where it should be",
			Causes: []Cause{
				{"bind, ping -I: the address is on no link of this namespace, or still tentative", "ip -br addr"},
				{"ip addr del: the link does not have this address with this mask", "ip addr show dev LINK"},
				{"connect: all local ports to this destination are in use", "ss -s"},
				{"ip link set address: the MAC address is that of a group", "the lowest bit of the first two digits"},
			},
			Not: "not that another machine has it", See: "bind(2), connect(2), ip-address(8)",
		},
	}
}

// ofNumbersMissing are those for what is not there, or not in this kernel.
func ofNumbersMissing() []Complaint {
	return []Complaint{
		{
			Said: "No such file or directory", Errno: "ENOENT", match: []string{"no such file or directory"}, By: byAny, Where: hereOnly,
			Means: "the thing with this name or key is not there",
			Causes: []Cause{
				{"ip -n, ip netns: no namespace of this name", "ip netns list"},
				{"ip neigh del, bridge fdb del: " + EntryMissing, "ip neigh; bridge fdb show"},
				{"sysctl: no such setting; " + SettingParts, "ls /proc/sys/net/ipv4/conf"},
				{"ip rule del: no such rule", "ip rule"},
				{"nft: no such table, chain, or set", "nft list ruleset"},
			},
			See: "errno(3), ip-netns(8), nft(8)",
		},
		{
			Said: "Operation not supported", Errno: "EOPNOTSUPP", match: []string{"operation not supported"}, By: byAny, Where: hereOnly,
			Means: "this kernel, or this kind of link, cannot do that",
			Causes: []Cause{
				{"ip link add: the kernel has no link of this kind: " + KernelWithout, "netlab doctor"},
				{"an option of a bridge or a vxlan that this kernel was built without", "ip -d link show LINK"},
				{"bridge fdb: " + TableOfBridge, "bridge link"},
				{"ip link del: " + LoNotRemoved, "ip -br link"},
			},
			Not: "not a missing right", See: "ip-link(8), bridge(8)",
		},
	}
}
