package op

import "testing"

func TestBadAddressesAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"ip addr add 10.0.0.1/24 dev", 5, "", `the line ends too early (expected: NAME)`},
		{"ip addr add 10.0.0.1/24 dev eth0 dev eth1", 7, "", `"eth1" is one too many: dev NAME is given already`},
		{
			"ip addr add 10.0.0.1/24 10.0.0.2/24 dev eth0", 4, "",
			`"10.0.0.2/24" is not expected here (one of: peer ADDRESS/MASK, broadcast ADDRESS|+|-, scope SCOPE, label LABEL, nodad, dev NAME)`,
		},
		{"ip addr add local dev eth0", 4, "", `"dev" is not an address such as 10.0.0.1`},
		{
			"ip addr add 10.0.0.1/24 eth0", 4, "",
			`"eth0" is not expected here (one of: peer ADDRESS/MASK, broadcast ADDRESS|+|-, scope SCOPE, label LABEL, nodad, dev NAME)`,
		},
		{"ip addr add 10.0.0.1/24 dev eth0:1", 5, "", `"eth0:1" is not a name for an interface (letters, digits, _ . -)`},
		{"ip addr add 10.0.0.1/x dev eth0", 3, "", `"10.0.0.1/x" has a wrong mask: the number behind / goes from 0 to 32`},
		{"ip addr add 10.0.0.1/33 dev eth0", 3, "", `"10.0.0.1/33" has a wrong mask: the number behind / goes from 0 to 32`},
		{
			"ip addr add 10.0.0.1/255.0.255.0 dev eth0", 3, "",
			`"10.0.0.1/255.0.255.0" has a wrong mask: the number behind / goes from 0 to 32`,
		},
		{"ip addr add 10.0.0.300/24 dev eth0", 3, "", `"10.0.0.300/24" is not an address: 300 is more than 255`},
		{"ip addr add 1.2.3.4.5/24 dev eth0", 3, "", `"1.2.3.4.5/24" is not an address: too many numbers`},
		{"ip addr add fd00::1/129 dev eth0", 3, "", `"fd00::1/129" has a wrong mask: the number behind / goes from 0 to 128`},
		{"ip addr add fd00::g/64 dev eth0", 3, "", `"fd00::g/64" is not an IPv6 address`},
		{"ip addr add fe80::1%eth0/64 dev eth0", 3, "", `"fe80::1%eth0/64" is not an IPv6 address`},
		{"ip addr add 10.0.0.1/24 peer", 5, "", `the line ends too early (expected: ADDRESS/MASK)`},
		{"ip addr add 10.0.0.1/24 peer here dev eth0", 5, "", `"here" is not an address such as 10.0.0.1`},
		{"ip addr add 10.0.0.1/24 peer 10.0.0.2/0 dev eth0", 7, "", `"eth0" cannot end this line: the peer is no address`},
		{"ip addr add 10.0.0.1/24 peer fd00::1 dev eth0", 5, "", `"fd00::1" is of another address family than the rest of the line`},
		{"ip addr add 10.0.0.1/24 broadcast", 5, "", `the line ends too early (expected: ADDRESS|+|-)`},
		{"ip addr add 10.0.0.1/24 broadcast ++ dev eth0", 5, "", `"++" is not an address such as 10.0.0.1`},
		{"ip addr add 10.0.0.1/24 broadcast fd00::1 dev eth0", 5, "", `"fd00::1" is not an IPv4 address`},
		{"ip addr add 10.0.0.1/24 brd + brd + dev eth0", 7, "", `"+" is one too many: broadcast ADDRESS|+|- is given already`},
		{"ip addr add fd00::1/64 brd + dev eth0", 5, "", `"+" is of another address family than the rest of the line`},
		{"ip addr add brd + fd00::1/64 dev eth0", 5, "", `"fd00::1/64" is of another address family than the rest of the line`},
		{"ip addr add 10.0.0.1/24 scope", 5, "", `the line ends too early (expected: SCOPE)`},
		{
			"ip addr add 10.0.0.1/24 scope lnik dev eth0", 5, "link",
			`"lnik" is not one of global, link, host, site, nowhere: did you mean "link"?`,
		},
		{"ip addr add 10.0.0.1/24 scope 5 dev eth0", 5, "", `"5" is not one of global, link, host, site, nowhere`},
		{"ip addr add 10.0.0.1/24 label", 5, "", `the line ends too early (expected: LABEL)`},
		{
			"ip addr add 10.0.0.1/24 label eth0:1234567890a dev eth0", 5, "",
			`"eth0:1234567890a" is not a label: the interface's name, a colon and more, at most 15 bytes`,
		},
		{
			"ip addr add 10.0.0.1/24 label a/b dev eth0", 5, "",
			`"a/b" is not a label: the interface's name, a colon and more, at most 15 bytes`,
		},
		{"ip addr add fd00::1/64 nodad nodad dev eth0", 5, "", `"nodad" is said twice`},
		{"ip addr add 10.0.0.1/24 nodad dev eth0", 6, "", `"eth0" cannot end this line: "nodad" is for IPv6, and ip only warns of it`},
		{"ip addr add 10.0.0.1/24 valid_lft 5 dev eth0", 4, "", `"valid_lft" is left to the real command`},
		{
			"ip addr add 10.0.0.1/24 lable x dev eth0", 4, "label",
			`"lable" is not expected here: did you mean "label"? (one of: peer ADDRESS/MASK, broadcast ADDRESS|+|-, scope SCOPE, label LABEL, nodad, dev NAME)`,
		},
		{"ip -6 addr add 10.0.0.1/24 dev eth0", 4, "", `"10.0.0.1/24" is of another address family than the rest of the line`},
		{"ip -4 addr add fd00::1/64 dev eth0", 4, "", `"fd00::1/64" is of another address family than the rest of the line`},
		{"ip addr del 10.0.0.1 dev eth0", 3, "", `"10.0.0.1" needs its mask, such as /24`},
		{"ip addr del 10.0.0.1/24 brd + dev eth0", 4, "", `"brd" is read as "broadcast", which is left to the real command`},
		{"ip addr del 10.0.0.1/24", 4, "", `the line ends too early (expected: dev NAME)`},
		{"ip addr flush dev eth0 dev eth1", 6, "", `"eth1" is one too many: NAME is given already`},
		{"ip addr flush scope global", 3, "", `"scope" is left to the real command`},
		{"ip addr flush dev eth0 to 10.0.0.0/8", 5, "", `"to" is left to the real command`},
		{"ip addr showdump", 2, "", `"showdump" is left to the real command (one of: add, change, replace, del, show, flush)`},
	})
}
