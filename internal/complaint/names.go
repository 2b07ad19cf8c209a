package complaint

// ofNames is what programs say that look a name up: the errors of
// getaddrinfo(3), which come from no kernel.
func ofNames() []Complaint {
	const resolver = "the resolver of the C library (getaddrinfo), inside the program itself"
	return []Complaint{
		{
			Said:  "ping: nosuchname: Name or service not known",
			match: []string{"name or service not known", "nodename nor servname", "unknown host", "bad address", "nxdomain", "no such host"},
			By:    resolver, Where: "your own machine asked, and the answer was: there is no such name",
			Means: "everybody who was asked (the hosts file, the DNS server) says that the name does not exist (EAI_NONAME)",
			Causes: []Cause{
				{"the name is mistyped, or lacks its domain", "getent ahosts NAME; cat /etc/resolv.conf: search"},
				{"the DNS server that is asked does not know this zone: another one would", "cat /etc/resolv.conf; dig NAME @SERVER"},
				{"the name stands in /etc/hosts of another machine or namespace", "getent hosts NAME; ls /etc/netns"},
			},
			Not: "not that the DNS server is down: that is “Temporary failure in name resolution”",
			See: "getaddrinfo(3), nsswitch.conf(5), resolv.conf(5)",
		},
		{
			Said:  "ping: example.com: Temporary failure in name resolution",
			match: []string{"temporary failure in name resolution", "servfail", "resolving timed out", "no servers could be reached", "communications error to"},
			By:    resolver, Where: "your own machine: it asked the DNS server and got no usable answer",
			Means: "whether the name exists is not known: nobody could be asked (EAI_AGAIN)",
			Causes: []Cause{
				{"there is no way to the DNS server: no route, or a firewall drops port 53", "cat /etc/resolv.conf; ip route get SERVER; ping SERVER"},
				{"/etc/resolv.conf names a server that does not exist here: in a namespace, 127.0.0.53 is nobody", "cat /etc/resolv.conf; ss -uln 'sport = :53'"},
				{"the server itself gets no answer from the next one (SERVFAIL)", "dig NAME @SERVER"},
			},
			Not: "not that the name is wrong, and seldom temporary",
			See: "getaddrinfo(3), resolv.conf(5), ip-netns(8)",
		},
		{
			Said:  "ping: example.com: No address associated with hostname",
			match: []string{"no address associated with hostname", "no address associated with name"},
			By:    resolver, Where: "your own machine asked, and the answer was empty",
			Means: "the name exists, but has no address of the family that was asked for (EAI_NODATA)",
			Causes: []Cause{
				{"only IPv4 (or only IPv6) was asked for, and the name has the other one", "getent ahosts NAME"},
				{"the name has other records only, such as MX", "dig NAME ANY"},
			},
			See: "getaddrinfo(3)",
		},
		{
			Said:  "curl: (6) Could not resolve host: example.com",
			match: []string{"could not resolve host", "could not resolve hostname", "unable to resolve host"},
			By:    "the program, which could not get an address for the name", Where: here,
			Means: "the name could not be turned into an address; no packet was sent to that machine",
			Causes: []Cause{
				{"the name does not exist for those who are asked", "getent ahosts NAME: empty at once"},
				{"the DNS server does not answer", "getent ahosts NAME: only after some seconds; cat /etc/resolv.conf"},
			},
			Not: "not that the machine of that name is down",
			See: "curl(1), getent(1), resolv.conf(5)",
		},
	}
}
