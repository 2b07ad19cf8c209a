package complaint

// ofRights is about who may change the network.
func ofRights() []Complaint {
	return []Complaint{
		{
			Said: "RTNETLINK answers: Operation not permitted", Errno: "EPERM",
			match: []string{"rtnetlink answers: operation not permitted"},
			By:    byIP, Where: hereOnly,
			Means: "who asks has no right to change the network of this namespace (CAP_NET_ADMIN in the user namespace that owns it)",
			Causes: []Cause{
				{"the command ran as an ordinary user on the real machine", "id -u; in a lab netlab gives you the right"},
				{"root of a container, whose right was taken away", "capsh --print; grep CapEff /proc/self/status"},
				{"root of a user namespace, and the network namespace belongs to another one", "ls -l /proc/self/ns"},
			},
			Not: "not a firewall",
			See: "capabilities(7), network_namespaces(7), user_namespaces(7)",
		},
	}
}

// ofWords is about words of the line that ip does not understand.
func ofWords() []Complaint {
	return []Complaint{
		{
			Said:  "Object \"foo\" is unknown, try \"ip help\".",
			match: []string{"object \"*\" is unknown"},
			By:    byIPAlone, Where: hereOnly,
			Means: "the first word behind ip (or bridge) is no object that it knows: link, addr, route, neigh, rule, netns …",
			Causes: []Cause{
				{"the word is mistyped", "ip help"},
				{"an option stands at the wrong place: options come before the object", "ip(8)"},
				{"an old iproute2, or the small one of busybox, does not know it yet", "ip -V"},
			},
			Not: "not that a link of this name is missing: the word in quotation marks is no link for ip",
			See: "ip(8)",
		},
		{
			Said:  "Command \"foo\" is unknown, try \"ip link help\".",
			match: []string{"command \"*\" is unknown"},
			By:    byIPAlone, Where: hereOnly,
			Means:  "ip knows the object, but not what shall be done with it",
			Causes: []Cause{{"the verb is mistyped, or belongs to another object", "ip OBJECT help"}},
			See:    "ip(8)",
		},
		{
			Said:  "Error: either \"to\" is duplicate, or \"foo\" is a garbage.",
			match: []string{"is a garbage", "is duplicate, or"},
			By:    byIPAlone, Where: hereOnly,
			Means: "a word stands where none is expected: ip took an earlier one for the destination, and this one too",
			Causes: []Cause{
				{"a keyword is mistyped, such as “vai” for “via”", "the word in quotation marks"},
				{"a keyword is missing, such as dev in front of the link", "ip-route(8), ip-address(8)"},
			},
			See: "ip(8)",
		},
		{
			Said: "Error: argument \"foo\" is wrong: Device does not exist", Errno: "ENODEV",
			match: []string{"is wrong: device does not exist"},
			By:    "ip, which asked the kernel for the link and got ENODEV", Where: hereOnly,
			Means:  "the link that a word of the line names, such as the master, is not in this namespace",
			Causes: []Cause{{"it was not made yet, is mistyped, or is in another namespace", "ip -br link; ip netns list"}},
			See:    "ip-link(8)",
		},
		{
			Said:  "Error: argument \"foo\" is wrong: …",
			match: []string{"argument \"*\" is wrong"},
			By:    byIPAlone, Where: hereOnly,
			Means:  "the word in quotation marks has no value that is allowed at its place; the reason stands behind it",
			Causes: []Cause{{"a value is mistyped, or the keyword before it is another one than meant", "netlab explain 'ip …' names each word's meaning"}},
			See:    "ip(8)",
		},
	}
}

// ofSettings is about sysctl.
func ofSettings() []Complaint {
	return []Complaint{
		{
			Said: "sysctl: cannot stat /proc/sys/net/ipv4/conf/eth9/forwarding: No such file or directory", Errno: "ENOENT",
			match: []string{"cannot stat /proc/sys", "sysctl*no such file or directory"},
			By:    "sysctl, which found no such file under /proc/sys", Where: hereOnly,
			Means: "this kernel has no setting of this name, in this namespace",
			Causes: []Cause{
				{"a part of the name is wrong: " + SettingParts, "sysctl -a --pattern NAME; ip -br link"},
				{"the module that brings it is not loaded (net.bridge.… needs br_netfilter)", "lsmod; ls /proc/sys/net"},
			},
			See: "sysctl(8), proc_sys_net(5)",
		},
		{
			Said: "sysctl: setting key \"net.ipv4.ip_forward\": Invalid argument", Errno: "EINVAL",
			match: []string{"sysctl: setting key", "sysctl*invalid argument"},
			By:    "sysctl prints the kernel's answer to write(2)", Where: hereOnly,
			Means: "this setting cannot have this value, or can only be read",
			Causes: []Cause{
				{"the value is no number, or out of the range that the kernel allows", "sysctl KEY"},
				{"the setting belongs to the whole machine and is read-only inside a namespace", "ls -l /proc/sys/…"},
			},
			See: "sysctl(8)",
		},
		{
			Said: "sysctl: permission denied on key \"net.ipv4.ip_forward\"", Errno: "EACCES",
			match: []string{"permission denied on key", "sysctl*permission denied"},
			By:    "sysctl prints the kernel's answer to open(2)", Where: hereOnly,
			Means:  "only root of this network namespace may write the setting",
			Causes: []Cause{{"the command ran as an ordinary user", "id -u"}, {"/proc/sys is mounted read-only, as in most containers", "findmnt /proc/sys"}},
			See:    "sysctl(8)",
		},
	}
}
