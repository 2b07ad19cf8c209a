package op

import "testing"

func TestBadChangesOfLinksAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"ip link set dev", 4, "", `the line ends too early (expected: NAME)`},
		{"ip link set up", 4, "", `the line ends too early (expected: NAME)`},
		{
			"ip link set eth0 eth1 up", 4, "",
			`"eth1" is not expected here (one of: up or down, netns NETNS, master BRIDGE, nomaster, mtu BYTES, address MAC, name NAME, arp on|off, promisc on|off, alias TEXT, addrgenmode MODE, type bridge)`,
		},
		{"ip link set eth0 dev eth0 up", 5, "", `"eth0" is one too many: NAME is given already`},
		{"ip link set eth0 up up", 5, "", `"up" is said twice`},
		{"ip link set eth0 down up", 5, "", `"up" cannot stand beside "down"`},
		{"ip link set eth0 netns", 5, "", `the line ends too early (expected: NETNS)`},
		{"ip link set eth0 netns 1", 5, "", `"1" may be a namespace or a process ID: only ip can tell`},
		{"ip link set eth0 netns a/b", 5, "", `"a/b" is not a name for a namespace (letters, digits, _ . - and at most 63)`},
		{"ip link set eth0 master", 5, "", `the line ends too early (expected: BRIDGE)`},
		{"ip link set eth0 master br0 master br1", 7, "", `"br1" is one too many: master BRIDGE is given already`},
		{"ip link set eth0 master br0 nomaster", 6, "", `"nomaster" contradicts the master that is given`},
		{"ip link set eth0 nomaster master br0", 6, "", `"br0" is a second master`},
		{"ip link set eth0 nomaster nomaster", 5, "", `"nomaster" is said twice`},
		{"ip link set eth0 mtu 14oo", 5, "", `"14oo" is not a number`},
		{"ip link set eth0 mtu 0", 5, "", `"0" is out of range: from 1 to 2147483647`},
		{
			"ip link set eth0 address 02:00:00:00:00:zz", 5, "",
			`"02:00:00:00:00:zz" is not a MAC address: "zz" is not a hex number up to ff`,
		},
		{"ip link set eth0 name 0123456789abcdef", 5, "", `"0123456789abcdef" is too long for an interface: 16 bytes, 15 are allowed`},
		{"ip link set eth0 name a b", 6, "", `"b" is read as "broadcast", which is left to the real command`},
		{"ip link set eth0 arp", 5, "", `the line ends too early (expected: on|off)`},
		{"ip link set eth0 arp 1", 5, "", `"1" is neither "on" nor "off"`},
		{"ip link set eth0 arp on arp off", 7, "", `"off" is one too many: arp on|off is given already`},
		{"ip link set eth0 promisc yes", 5, "", `"yes" is neither "on" nor "off"`},
		{"ip link set eth0 alias", 5, "", `the line ends too early (expected: TEXT)`},
		{"ip link set eth0 alias a alias b", 7, "", `"b" is one too many: alias TEXT is given already`},
		{
			"ip link set eth0 addrgenmode eui46", 5, "eui64",
			`"eui46" is not one of none, eui64, stable_secret, random: did you mean "eui64"?`,
		},
		{"ip link set eth0 type veth", 5, "", `"veth" is a kind whose options are left to ip itself`},
		{"ip link set eth0 type", 5, "", `the line ends too early (expected: bridge)`},
		{"ip link set br0 type bridge stp_state x", 7, "", `"x" is neither "1" nor "0"`},
		{
			"ip link set br0 type bridge up", 6, "",
			`"up" is not expected here (one of: stp_state 1|0, vlan_filtering 1|0, ageing_time NUMBER, forward_delay NUMBER)`,
		},
		{"ip link set eth0 txqueuelen 5", 4, "", `"txqueuelen" is left to the real command`},
		{"ip link set eth0 d", 4, "", `"d" is read as "dynamic", which is left to the real command`},
		{"ip link set eth0 multicast on", 4, "", `"multicast" is left to the real command`},
		{
			"ip link set eth0 mtuu 1400", 4, "mtu",
			`"mtuu" is not expected here: did you mean "mtu"? (one of: up or down, netns NETNS, master BRIDGE, nomaster, mtu BYTES, address MAC, name NAME, arp on|off, promisc on|off, alias TEXT, addrgenmode MODE, type bridge)`,
		},
		{"ip link del", 3, "", `the line ends too early (expected: NAME)`},
		{"ip link del eth0 eth1", 4, "", `"eth1" is not expected here (expected: type KIND)`},
		{"ip link del eth0 type", 5, "", `the line ends too early (expected: KIND)`},
		{"ip link del eth0 type vlan", 5, "vxlan", `"vlan" is not one of veth, bridge, vxlan, dummy: did you mean "vxlan"?`},
		{"ip link del eth0 type veth x", 6, "", `"x" is not expected here`},
		{"ip link del eth0 up", 4, "", `"up" is left to the real command`},
		{"ip link del group 5", 3, "", `"group" is left to the real command`},
		{"ip link dell eth0", 2, "del", `"dell" is not a verb of link: did you mean "del"? (one of: add, set, del, show)`},
	})
}
