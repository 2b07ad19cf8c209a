package complaint

// ofPingCounts is what ping counts: answers that did not come, and those that
// came twice.
func ofPingCounts() []Complaint {
	return []Complaint{
		{
			Said: "3 packets transmitted, 0 received, 100% packet loss", Of: "",
			match: []string{"100% packet loss", "0 received", "request timeout", "no answer yet"},
			By:    "ping, at its end", Where: "your own machine: requests went out, and no answer came in time",
			Means: "packets left, and neither an answer nor a complaint came back: it tells nothing about which way they were lost on",
			Causes: []Cause{
				{"a firewall drops the request or the answer without a word, perhaps your own", "nft list ruleset, on each machine of the way"},
				{"the target, or a router behind it, has no way back to you", "ip route get YOUR-ADDRESS, on the target"},
				{"a router on the way does not forward", "sysctl net.ipv4.ip_forward"},
				{"strict reverse path filtering dropped it at a router or at the target", "sysctl net.ipv4.conf.all.rp_filter; nstat -az TcpExtIPReversePathFilter"},
				{"the frame went to a wrong MAC address, from a neighbour entry that is old or set by hand", "ip neigh; bridge fdb show"},
			},
			Not: "not that the target is off: on the same network that would be “Destination Host Unreachable”",
			See: "ping(8)",
		},
		{
			Said:  "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.1 ms (DUP!)",
			match: []string{"(dup!)", "duplicates,"},
			By:    byPing, Where: "your own machine: one request was answered more than once",
			Means: "more than one answer came with the same number",
			Causes: []Cause{
				{"two machines have this address", "ip neigh; arping -D ADDRESS"},
				{"two ways lead there and a switch sends frames along both: a loop without a spanning tree", "bridge link; bridge fdb show"},
				{"the address is a broadcast or a multicast address: many answer", "ip route get ADDRESS"},
			},
			Not: "not a lost packet that was sent again: ping never sends one twice",
			See: "ping(8)",
		},
	}
}
