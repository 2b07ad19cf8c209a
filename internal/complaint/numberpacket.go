package complaint

// ofNumbersOfPackets are those for packets that are too large, have no room, or
// have not come.
func ofNumbersOfPackets() []Complaint {
	return []Complaint{
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
	}
}

// ofNumbersOfPeers are those for another end that is not there.
func ofNumbersOfPeers() []Complaint {
	return []Complaint{
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
