package complaint

const (
	linkAdd = "ip link add"
	linkSet = "ip link set"
	linkDel = "ip link del"
)

// ofLinkAdd is what a new link is refused with.
func ofLinkAdd() []Complaint {
	return []Complaint{
		{
			Said: "RTNETLINK answers: File exists", Of: linkAdd, Errno: "EEXIST",
			match: []string{"file exists"},
			By:    byIP, Where: hereOnly,
			Means: "a link with this name, or with the name of the other end, is in this namespace already: " + NamesUnique,
			Causes: []Cause{
				{"the link was made before", "ip link show NAME"},
				{"the other end of a veth has a name that is taken, or no name: then the kernel chooses veth0, veth1 …", "ip -br link"},
				{SameEnds, "the words behind peer name"},
			},
			Not: "not a file; and links of the same name in other namespaces are no matter",
			See: "ip-link(8), veth(4)",
		},
		{
			Said: "Error: A VXLAN device with the specified VNI already exists.", Errno: "EEXIST",
			match: []string{"vxlan device with the specified vni"},
			By:    byIP, Where: hereOnly,
			Means:  "another vxlan of this namespace has this number and this port",
			Causes: []Cause{{"it was made before, under another name", "ip -d link show type vxlan"}},
			See:    "ip-link(8)",
		},
		{
			Said: "Error: Unknown device type.", Errno: "EOPNOTSUPP",
			match: []string{"unknown device type", "what is the device type"},
			By:    byIP, Where: hereOnly,
			Means: "this kernel knows no link of that kind: " + KernelWithout,
			Causes: []Cause{
				{"the module is not there or not loaded, and cannot be loaded from inside a container or a lab", "netlab doctor; modinfo KIND"},
				{"the kind is mistyped", "ip link help"},
			},
			Not: "not a missing right",
			See: "ip-link(8)",
		},
		{
			Said: "RTNETLINK answers: Numerical result out of range", Errno: "ERANGE",
			match: []string{"numerical result out of range", "attribute failed policy validation"},
			By:    byIP, Where: hereOnly,
			Means: "a value does not fit into its field: for the name of a link, at most 15 letters",
			Causes: []Cause{
				{"the name of the link is too long", "count its letters: 15 at most"},
				{"a number, such as a VLAN or a VNI, is more than its field holds", "ip-link(8)"},
			},
			See: "ip-link(8), netdevice(7): IFNAMSIZ",
		},
		{
			Said: "Error: argument \"averyveryverylongname\" is wrong: \"name\" not a valid ifname", Of: "",
			match: []string{"is wrong: \"name\" not a valid ifname", "not a valid ifname"},
			By:    byIPAlone, Where: hereOnly,
			Means:  "the name of a link is too long (15 letters at most), or has a slash or a blank in it",
			Causes: []Cause{{"the name is longer than 15 letters", "count its letters"}},
			See:    "ip-link(8), netdevice(7): IFNAMSIZ",
		},
	}
}

// ofLinks is about a link that is not there, whose name is taken, or that
// cannot become a port.
func ofLinks() []Complaint {
	return []Complaint{
		{
			Said: "Cannot find device \"eth0\"", Errno: "ENODEV",
			match: []string{"cannot find device", "device \"*\" does not exist", "cannot find dev", "no such device", "device does not exist", "device not found"},
			By:    "ip, which asked the kernel for the link of this name and got ENODEV", Where: hereOnly,
			Means: "this namespace has no link of this name",
			Causes: []Cause{
				{"the link is in another namespace: " + MovedAway, "ip netns list; ip -n NAME link; netlab inspect"},
				{"the name is mistyped, or the link was never made", "ip -br link"},
				{"it is gone: with its namespace, or with the other end of its cable", "ip -br link"},
				{"you are in another namespace than you think", "ip netns identify; ls -l /proc/self/ns/net"},
			},
			Not: "not that a card or a driver is missing, in a lab at least",
			See: "ip-link(8), ip-netns(8)",
		},
		{
			Said: "RTNETLINK answers: File exists", Of: linkSet, Errno: "EEXIST",
			match: []string{"file exists", "interface with the same name exists"},
			By:    byIP, Where: hereOnly,
			Means: "the name is taken in the namespace where the link shall be: " + NamesUnique,
			Causes: []Cause{
				{"the namespace to which the link moves has a link of this name", "ip -n NAME link"},
				{"the new name belongs to another link here", "ip -br link"},
			},
			See: "ip-link(8)",
		},
		{
			Said: "RTNETLINK answers: Device or resource busy", Of: linkSet, Errno: "EBUSY",
			match: []string{"device or resource busy"},
			By:    byIP, Where: hereOnly,
			Means: "the link is in a state in which this cannot be changed",
			Causes: []Cause{
				{"another link sits on it (a macvlan, ipvlan or bond), so that it cannot become a port as well", "ip -d link: NAME@LINK"},
				{"it is up, and this (a MAC address, a mode; on older kernels a name) is changed only while it is down", "ip -br link"},
			},
			Not: "not that the machine has too much to do; and a port of another bridge is moved without a word",
			See: "ip-link(8), bridge(8)",
		},
		{
			Said: "RTNETLINK answers: Too many levels of symbolic links", Errno: "ELOOP",
			match: []string{"too many levels of symbolic links", "can not enslave a bridge to a bridge", "cannot be its own", "would create a loop"},
			By:    byIP, Where: hereOnly,
			Means:  BridgeInBridge,
			Causes: []Cause{{"the link that shall become a port is a bridge itself", "ip -d link show LINK"}, {BridgeItself, "the two names in the line"}},
			Not:    "nothing about files: ELOOP says that links would stand on each other in a circle",
			See:    "ip-link(8): master",
		},
	}
}

// ofLinkLimits is what a link of its kind cannot do or have.
func ofLinkLimits() []Complaint {
	return []Complaint{
		{
			Said: "Error: mtu greater than device maximum.", Errno: "EINVAL",
			match: []string{"mtu greater than device maximum", "mtu less than device minimum"},
			By:    byIP, Where: hereOnly,
			Means:  "this kind of link cannot have packets of that size: " + SizeRange,
			Causes: []Cause{{"the number behind mtu is outside of what the link can do", "ip -d link show LINK: minmtu, maxmtu"}},
			See:    "ip-link(8): mtu",
		},
		{
			Said: "RTNETLINK answers: Cannot assign requested address", Of: linkSet, Errno: "EADDRNOTAVAIL",
			match: []string{"cannot assign requested address"},
			By:    byIP, Where: hereOnly,
			Means:  MACOfOne,
			Causes: []Cause{{"the MAC address is that of a group, or all zeros", "the first two digits: the lowest bit must be 0"}},
			See:    "ip-link(8): address",
		},
		{
			Said: "RTNETLINK answers: Invalid argument", Of: linkSet, Errno: "EINVAL",
			match: []string{"invalid argument", "device type is local-only", "the interface netns is immutable", "device can not be enslaved"},
			By:    byIP, Where: hereOnly,
			Means: "the kernel understands the words, but this link cannot do that",
			Causes: []Cause{
				{LoStays, "the name of the link"},
				{"the link is a bridge or another kind that stays where it was made", "ip -d link show LINK"},
				{LoNoPort, "the name of the link"},
				{"the master is no bridge: " + OnlyBridges, "ip -d link show MASTER"},
			},
			See: "ip-link(8)",
		},
		{
			Said: "RTNETLINK answers: Operation not supported", Of: linkDel, Errno: "EOPNOTSUPP",
			match: []string{"operation not supported"},
			By:    byIP, Where: hereOnly,
			Means:  "this link cannot be removed by a command",
			Causes: []Cause{{LoNotRemoved, "ip -br link"}, {"it is a real card, which only its driver can take away", "ip -d link show LINK"}},
			See:    "ip-link(8)",
		},
	}
}
