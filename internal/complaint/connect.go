package complaint

// Connects is Complaint.Of for all programs that connect or listen: curl, nc,
// ssh …
const Connects = "connect"

// ofConnect is why a connection does not come about.
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
	}
}

// ofSending is what stops a program that sends: its own firewall, or the other
// end.
func ofSending() []Complaint {
	return []Complaint{
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
	}
}
