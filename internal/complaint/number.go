package complaint

// ofNumbers is what an error number means when nobody says after which command:
// what it means after each.
func ofNumbers() []Complaint {
	const byAny = "the program prints the words for the error number that the kernel gave it"
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
		{
			Said: "Message too long", Errno: "EMSGSIZE", match: []string{"message too long"}, By: byAny, Where: hereOnly,
			Means:  "the packet is bigger than the way takes, and must not be cut",
			Causes: []Cause{{"it is bigger than the MTU of the link", "ip link"}, {"a router has told of a smaller MTU on the way", "ip route get ADDRESS"}},
			See:    "ip(7), sendmsg(2)",
		},
		{
			Said: "No buffer space available", Errno: "ENOBUFS", match: []string{"no buffer space available"}, By: byAny, Where: hereOnly,
			Means: "a queue or a table of the kernel has no room",
			Causes: []Cause{
				{"the neighbour table is full", "ip neigh | wc -l; sysctl net.ipv4.neigh.default.gc_thresh3"},
				{"the queue of the link is full", "ip -s link; tc -s qdisc"},
				{"a program that listens to the kernel's messages (ip monitor) is too slow", "ss -f netlink -m"},
			},
			Not: "not a full disk", See: "sendmsg(2), netlink(7), arp(7)",
		},
		{
			Said: "Resource temporarily unavailable", Errno: "EAGAIN", match: []string{"resource temporarily unavailable"}, By: byAny, Where: hereOnly,
			Means:  "nothing has come yet, or there is no room right now: the program may try again",
			Causes: []Cause{{"a time-out that the program set for itself was over before an answer came", "ping ADDRESS"}, {"a limit of processes or threads is reached", "ulimit -u"}},
			See:    "recv(2), fork(2)",
		},
		{
			Said: "Transport endpoint is not connected", Errno: "ENOTCONN", match: []string{"transport endpoint is not connected"}, By: byAny, Where: here,
			Means:  "the socket has no other end, or no longer",
			Causes: []Cause{{"the connection was refused or reset before", "ss -tan"}},
			See:    "socket(7), getpeername(2)",
		},
		{
			Said: "Host is down", Errno: "EHOSTDOWN", match: []string{"host is down"}, By: byAny, Where: hereOnly,
			Means:  "the kernel holds that the next machine does not answer (seen with some drivers and file systems; ARP gives “No route to host”)",
			Causes: []Cause{{"the machine is off, or its link is", "ip neigh"}},
			See:    "errno(3)",
		},
	}
}
