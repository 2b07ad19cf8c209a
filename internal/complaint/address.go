package complaint

const (
	addrAdd = "ip addr add"
	addrDel = "ip addr del"
)

// ofAddressesThere is about an address that a link has already, or does not
// have.
func ofAddressesThere() []Complaint {
	return []Complaint{
		{
			Said: "Error: ipv4: Address already assigned.", Errno: "EEXIST",
			match: []string{"address already assigned"},
			By:    byIP, Where: hereOnly,
			Means: "this link has this very address, with this mask, already",
			Causes: []Cause{
				{"the address was set before", "ip addr show dev LINK"},
				{"something else sets addresses here, such as a DHCP client or a network manager", "ip -d addr show dev LINK: dynamic, proto"},
			},
			Not: "not that another machine has the address: the kernel does not ask others before it takes an IPv4 address",
			See: "ip-address(8)",
		},
		{
			Said: "RTNETLINK answers: File exists", Of: addrAdd, Errno: "EEXIST",
			match: []string{"file exists"},
			By:    byIP, Where: hereOnly,
			Means: "this link has this very address, with this mask, already",
			Causes: []Cause{
				{"the address was set before", "ip addr show dev LINK"},
			},
			Not: "not that another machine, or another link, has the address: both are allowed here",
			See: "ip-address(8)",
		},
		{
			Said: "RTNETLINK answers: Cannot assign requested address", Of: addrDel, Errno: "EADDRNOTAVAIL",
			match: []string{"cannot assign requested address", "address not found"},
			By:    byIP, Where: hereOnly,
			Means: "the link does not have this address with this mask",
			Causes: []Cause{
				{"the mask is another one: " + LengthSame, "ip addr show dev LINK"},
				{"it is on another link, or went with a move between namespaces", "ip -br addr; ip netns list"},
			},
			See: "ip-address(8)",
		},
	}
}

// ofAddressesRefused is about an address that a link cannot have, and words
// that are no address.
func ofAddressesRefused() []Complaint {
	return []Complaint{
		{
			Said: "Error: IPv6 is disabled on this device.", Errno: "EACCES",
			match: []string{"ipv6 is disabled on"},
			By:    byIP, Where: hereOnly,
			Means: SixOff + " on this link, so that it can have no IPv6 address",
			Causes: []Cause{
				{"disable_ipv6 is 1 for the link, or was for all when it was made", "sysctl net.ipv6.conf.LINK.disable_ipv6 net.ipv6.conf.all.disable_ipv6"},
				{"the link's MTU is less than 1280: the kernel switches IPv6 off then", "ip link show LINK"},
			},
			Not: "not a missing right: sudo changes nothing",
			See: "ip-address(8), ip-sysctl (kernel documentation): disable_ipv6",
		},
		{
			Said: "RTNETLINK answers: Permission denied", Of: addrAdd, Errno: "EACCES",
			match: []string{"permission denied"},
			By:    byIP, Where: hereOnly,
			Means:  SixOff + " on this link",
			Causes: []Cause{{"disable_ipv6 is 1 for the link", "sysctl net.ipv6.conf.LINK.disable_ipv6"}},
			Not:    "not a missing right: that is “Operation not permitted”",
			See:    "ip-address(8)",
		},
		{
			Said: "Error: IPv6: Cannot assign multicast address.", Of: addrAdd, Errno: "EINVAL",
			match: []string{"cannot assign multicast address", "invalid address", "invalid argument"},
			By:    byIP, Where: hereOnly,
			Means: "the kernel cannot give a link this address",
			Causes: []Cause{
				{"IPv6: " + GroupAddress, "does it begin with ff?"},
				{"a broadcast address that does not fit, or a mask that is too long", "ipcalc, or by hand"},
			},
			See: "ip-address(8)",
		},
		{
			Said:  "Error: any valid prefix is expected rather than \"10.0.0.300/24\".",
			match: []string{"prefix is expected rather than", "address is expected rather than"},
			By:    byIPAlone, Where: hereOnly,
			Means: "a word stands where an address must stand, and is none",
			Causes: []Cause{
				{"a number of the address is more than 255, or the mask more than 32 (128 in IPv6)", "the word in quotation marks"},
				{"a word before it is missing, such as dev or via, so that the next one is taken for an address", "ip-route(8), ip-address(8)"},
			},
			See: "ip-address(8), ip-route(8)",
		},
	}
}
