package complaint

// ofBind is about the address and the port of a socket: they are taken, not
// there, or not for everybody.
func ofBind() []Complaint {
	return []Complaint{
		{
			Said: "bind: Address already in use", Errno: "EADDRINUSE",
			match: []string{"address already in use", "only one usage of each socket"},
			By:    "the program that wanted to listen prints the kernel's answer to bind(2) or listen(2)", Where: hereOnly,
			Means: "another socket of this namespace has this address and port already",
			Causes: []Cause{
				{"the service runs already, perhaps an older one", "ss -tlnp 'sport = :PORT'"},
				{"another service listens on all addresses (0.0.0.0 or ::) with this port", "ss -tlnp"},
				{"a connection of a service that just ended is in TIME-WAIT, and the program does not set SO_REUSEADDR", "ss -tan state time-wait"},
			},
			Not: "not that another machine has the address: it is about sockets here",
			See: "bind(2), listen(2), socket(7), tcp(7)",
		},
		{
			Said: "bind: Cannot assign requested address", Errno: "EADDRNOTAVAIL", Of: Connects,
			match: []string{"cannot assign requested address"},
			By:    "the program prints the kernel's answer to bind(2) or connect(2)", Where: hereOnly,
			Means: "the address that should be used as one's own is on no link of this namespace; in connect(2), no local port is left",
			Causes: []Cause{
				{"the service shall listen on an address that this machine does not have (yet)", "ip -br addr"},
				{"the IPv6 address is still tentative, or a duplicate", "ip -6 addr: tentative, dadfailed"},
				{"all local ports to this one destination are in use", "ss -s; sysctl net.ipv4.ip_local_port_range"},
			},
			Not: "not that somebody else has it: that is “Address already in use”, for sockets",
			See: "bind(2), connect(2), ip(7): ip_nonlocal_bind",
		},
		{
			Said: "Permission denied", Errno: "EACCES", Of: Connects,
			match: []string{"bind*permission denied", "connect*permission denied", "permission denied"},
			By:    "the program prints the kernel's answer to bind(2) or connect(2)", Where: hereOnly,
			Means: "the kernel forbids it: a low port, a route that prohibits, or a broadcast address",
			Causes: []Cause{
				{"the port is below 1024 and the user may not use it (CAP_NET_BIND_SERVICE)", "sysctl net.ipv4.ip_unprivileged_port_start"},
				{"a route of the type prohibit covers the address", "ip route get ADDRESS"},
				{"the destination is a broadcast address and the program does not ask for that", "ip route get ADDRESS"},
			},
			See: "bind(2), connect(2), ip(7), capabilities(7)",
		},
	}
}

// ofHangUps is what a program says when the other end hung up.
func ofHangUps() []Complaint {
	return []Complaint{
		{
			Said: "Broken pipe", Errno: "EPIPE",
			match: []string{"broken pipe"},
			By:    "the program prints the kernel's answer to write(2)", Where: here,
			Means:  "the program wrote to a connection that the other side has closed",
			Causes: []Cause{{"the other side ended or hung up before all was sent", "ss -tn; the log of the service"}},
			Not:    "not a broken network",
			See:    "write(2), tcp(7)",
		},
		{
			Said:  "Empty reply from server",
			match: []string{"empty reply from server", "server closed the connection"},
			By:    "curl", Where: "the target: it took the connection and hung up without a word",
			Means: "TCP works as far as that machine, and what listens there did not answer",
			Causes: []Cause{
				{"the service is not one for HTTP, or wants TLS", "ss -tlnp, on the target"},
				{"a proxy or port forwarding took the connection, and nothing is behind it", "nft list ruleset: dnat; the log of the proxy"},
			},
			See: "curl(1)",
		},
	}
}

// ofFamilies is about sockets for IPv4 or IPv6 that cannot be had.
func ofFamilies() []Complaint {
	return []Complaint{
		{
			Said: "Address family not supported by protocol", Errno: "EAFNOSUPPORT",
			match: []string{"address family not supported", "address family for hostname not supported"},
			By:    "the program prints the kernel's answer to socket(2), or the resolver's", Where: hereOnly,
			Means: "this kernel, or this socket, knows nothing of that family: mostly IPv6",
			Causes: []Cause{
				{"the kernel runs without IPv6", "cat /proc/net/if_inet6; sysctl net.ipv6.conf.all.disable_ipv6"},
				{"an option for IPv4 and an IPv6 address, or the other way round, were given together", "getent ahosts NAME"},
			},
			See: "socket(2), address_families(7), getaddrinfo(3)",
		},
	}
}
