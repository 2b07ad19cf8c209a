package complaint

// Connects is Complaint.Of for all programs that connect or listen: curl, nc,
// ssh …
const Connects = "connect"

// ofConnect is what programs say that connect, or that wait for others.
func ofConnect() []Complaint {
	return []Complaint{
		{
			Said: "connect: Network is unreachable", Of: Connects, Errno: "ENETUNREACH",
			match: []string{"network is unreachable"},
			By:    byConnect, Where: hereOnly,
			Means: "the routing table of this machine has no entry for the address, not even a default route",
			Causes: []Cause{
				{"there is no default route, and no route to that network", "ip route get ADDRESS; ip route"},
				{"the name has an IPv6 address, which was tried, and there is no IPv6 route", "getent ahosts NAME; ip -6 route"},
				{"the link is down, or lost its address: its routes went with it", "ip -br link; ip -br addr"},
			},
			Not: "not that the other machine is off: it was not asked",
			See: "connect(2), ip-route(8)",
		},
		{
			Said: "connect: No route to host", Errno: "EHOSTUNREACH", Of: Connects,
			match: []string{"no route to host", "host is unreachable"},
			By:    byConnect, Where: "your own kernel when nobody answered its ARP question; or a router, or a firewall, whose ICMP message came back",
			Means: "the packet could not be delivered to the machine at the end, although a route was found",
			Causes: []Cause{
				{"the next machine, on your own network, does not answer by ARP: it is off, or has another address", "ip neigh: FAILED, INCOMPLETE"},
				{"a firewall rejects it with “host prohibited” (firewalld does by default)", "nft list ruleset; iptables -S, on the target"},
				{"a router on the way says that the target does not answer", "ping ADDRESS: the address behind “From”"},
				{"a route of the type unreachable covers the address", "ip route get ADDRESS"},
			},
			Not: "not a missing route, whatever the words say: without a route it would be “Network is unreachable”",
			See: "connect(2), tcp(7), RFC 1122 section 4.2.3.9",
		},
		{
			Said: "connect: Connection refused", Errno: "ECONNREFUSED",
			match: []string{"connection refused", "couldn't connect to server", "could not connect to server", "failed to connect to"},
			By:    byConnect, Where: "the target: its kernel answered with a reset (TCP), or with ICMP port unreachable (UDP)",
			Means: "the machine was reached, and nothing listens on that address and port, or a firewall refuses in its place",
			Causes: []Cause{
				{"nothing listens on that port: the service does not run, or uses another one", "ss -tln, on the target"},
				{"it listens only on 127.0.0.1, or only on another address or family", "ss -tln, on the target: the column of the local address"},
				{"a firewall rejects with a reset", "nft list ruleset, on the target and on the way"},
				{"the port is forwarded to where nothing listens", "nft list ruleset: dnat"},
			},
			Not: "not a broken network: packets went there, and the answer came back; a firewall that drops gives “Connection timed out”",
			See: "connect(2), tcp(7), RFC 9293 section 3.5.2",
		},
		{
			Said: "connect: Connection timed out", Errno: "ETIMEDOUT",
			match: []string{"connection timed out", "operation timed out", "connect timed out", "timed out", "i/o timeout", "deadline exceeded", "failed to connect to*timeout was reached", "timeout was reached"},
			By:    byConnect + ", or the program's own clock", Where: "your own machine, which got no answer at all",
			Means: "the first packet was sent several times (again and again for one to two minutes, unless the program gives up earlier), and nothing came back",
			Causes: []Cause{
				{"a firewall drops the packets without a word", "nft list ruleset, on the target and on the way"},
				{"the target has no way back to you, or another one which drops", "ip route get YOUR-ADDRESS, on the target"},
				{"a router on the way does not forward, or the address leads to nowhere", "ping ADDRESS; traceroute -n ADDRESS"},
				{"a connection stands still after it began: large packets are lost, the MTU on the way is smaller", "ping -M do -s 1472 ADDRESS"},
			},
			Not: "not that the service is down: then the answer would be “Connection refused”",
			See: "connect(2), tcp(7): tcp_syn_retries",
		},
		{
			Said: "write: Operation not permitted", Errno: "EPERM", Of: Connects,
			match: []string{"operation not permitted"},
			By:    "the program prints the kernel's answer to sendto(2), write(2) or socket(2)", Where: hereOnly,
			Means: "this machine's own firewall dropped the packet on its way out; or the program wanted a socket that it may not have",
			Causes: []Cause{
				{"a drop in the chain output of this machine's own firewall", "nft list ruleset; iptables -S OUTPUT"},
				{"the program wants a raw socket, without CAP_NET_RAW", "id -u; getcap PROGRAM"},
			},
			Not: "not an answer of the other machine",
			See: "sendto(2), nft(8), capabilities(7)",
		},
		{
			Said: "Connection reset by peer", Errno: "ECONNRESET",
			match: []string{"connection reset by peer", "connection reset"},
			By:    "the program prints the kernel's answer to read(2) or write(2)", Where: "the target, or something on the way that speaks in its place",
			Means: "the connection was there, and a TCP reset ended it",
			Causes: []Cause{
				{"the program at the other end stopped, or closed with data unread", "ss -tn; the log of the service"},
				{"a firewall or a load balancer forgot the connection and resets it", "conntrack -L; nft list ruleset"},
				{"something that is no such service listens there and hangs up", "ss -tlnp, on the target"},
			},
			Not: "not a lost packet: loss alone never resets a connection",
			See: "tcp(7), RFC 9293 section 3.5.2",
		},
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
