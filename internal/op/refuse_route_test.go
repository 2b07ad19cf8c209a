package op

import "testing"

func TestBadRoutesAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"ip route add", 3, "", `the line ends too early (expected: NETWORK/MASK|default)`},
		{"ip route add default via 10.0.0.254 via 10.0.0.253", 7, "", `"10.0.0.253" is one too many: via ADDRESS is given already`},
		{
			"ip route add default default dev eth0", 4, "",
			`"default" is not expected here (one of: via ADDRESS, dev NAME, src ADDRESS, metric NUMBER, table TABLE, proto PROTOCOL, scope SCOPE, mtu BYTES, onlink)`,
		},
		{
			"ip route add default 10.2.0.0/16 dev eth0", 4, "",
			`"10.2.0.0/16" is not expected here (one of: via ADDRESS, dev NAME, src ADDRESS, metric NUMBER, table TABLE, proto PROTOCOL, scope SCOPE, mtu BYTES, onlink)`,
		},
		{"ip route add defualt via 10.0.0.254", 3, "default", `"defualt" is not an address such as 10.0.0.1: did you mean "default"?`},
		{"ip route add dev eth0", 5, "", `the line ends too early (expected: NETWORK/MASK|default)`},
		{"ip route add 10.2.0.0/16 via", 5, "", `the line ends too early (expected: ADDRESS)`},
		{"ip route add 10.2.0.0/16 via gateway", 5, "", `"gateway" is not an address such as 10.0.0.1`},
		{"ip route add 10.2.0.0/16 via fd00::1", 5, "", `"fd00::1" is of another address family than the rest of the line`},
		{"ip route add 10.2.0.0/16 via 10.0.0.0/8", 5, "", `"10.0.0.0/8" is not an address such as 10.0.0.1`},
		{"ip route add 10.2.0.0/16 dev", 5, "", `the line ends too early (expected: NAME)`},
		{"ip route add 10.2.0.0/16 dev eth0 oif eth1", 7, "", `"eth1" is one too many: dev NAME is given already`},
		{"ip route add 10.2.0.0/16 dev eth0 src", 7, "", `the line ends too early (expected: ADDRESS)`},
		{"ip route add 10.2.0.0/16 dev eth0 src me", 7, "", `"me" is not an address such as 10.0.0.1`},
		{"ip route add 10.2.0.0/16 dev eth0 src fd00::1", 7, "", `"fd00::1" is of another address family than the rest of the line`},
		{"ip route add 10.2.0.0/16 dev eth0 metric", 7, "", `the line ends too early (expected: NUMBER)`},
		{"ip route add 10.2.0.0/16 dev eth0 metric cheap", 7, "", `"cheap" is not a number`},
		{"ip route add 10.2.0.0/16 dev eth0 metric 4294967296", 7, "", `"4294967296" is out of range: from 0 to 4294967295`},
		{"ip route add 10.2.0.0/16 dev eth0 metric 1 priority 2", 9, "", `"2" is one too many: metric NUMBER is given already`},
		{"ip route add 10.2.0.0/16 dev eth0 table", 7, "", `the line ends too early (expected: TABLE)`},
		{"ip route add 10.2.0.0/16 dev eth0 table mian", 7, "main", `"mian" is not one of main, local, default: did you mean "main"?`},
		{"ip route add 10.2.0.0/16 dev eth0 table 4294967296", 7, "", `"4294967296" is out of range: from 0 to 4294967295`},
		{"ip route add 10.2.0.0/16 dev eth0 proto 256", 7, "", `"256" is out of range: from 0 to 255`},
		{
			"ip route add 10.2.0.0/16 dev eth0 proto statik", 7, "static",
			`"statik" is not one of kernel, boot, static, redirect, ra, dhcp, zebra, bird, babel, bgp, isis, ospf, rip: did you mean "static"?`,
		},
		{
			"ip route add 10.2.0.0/16 dev eth0 scope lokal", 7, "global",
			`"lokal" is not one of global, link, host, site, nowhere: did you mean "global"?`,
		},
		{"ip route add 10.2.0.0/16 dev eth0 mtu 0", 7, "", `"0" is out of range: from 1 to 2147483647`},
		{"ip route add 10.2.0.0/16 dev eth0 mtu lock", 7, "", `"lock" is not a number`},
		{"ip route add 10.2.0.0/16 dev eth0 onlink onlink", 7, "", `"onlink" is said twice`},
		{"ip route add 10.2.0.0/16 dev eth0 expires 5", 6, "", `"expires" is left to the real command`},
		{
			"ip route add 10.2.0.0/16 dev eth0 metrik 5", 6, "metric",
			`"metrik" is not expected here: did you mean "metric"? (one of: via ADDRESS, src ADDRESS, metric NUMBER, table TABLE, proto PROTOCOL, scope SCOPE, mtu BYTES, onlink)`,
		},
		{"ip route add blackhole", 4, "", `the line ends too early (expected: NETWORK/MASK|default)`},
		{"ip route add blackhole dev eth0", 4, "", `"dev" is not an address such as 10.0.0.1`},
		{"ip route add blackhole to 10.2.0.0/16", 4, "", `"to" is not an address such as 10.0.0.1`},
		{"ip route add to blackhole 10.2.0.0/16", 4, "", `"blackhole" is not an address such as 10.0.0.1`},
		{"ip route add blackhole blackhole 10.2.0.0/16", 4, "", `"blackhole" is not an address such as 10.0.0.1`},
		{
			"ip route add blackhole 10.2.0.0/16 throw", 5, "",
			`"throw" is not expected here (one of: via ADDRESS, dev NAME, src ADDRESS, metric NUMBER, table TABLE, proto PROTOCOL, scope SCOPE, mtu BYTES, onlink)`,
		},
		{
			"ip route add blakhole 10.2.0.0/16", 3, "blackhole",
			`"blakhole" is not an address such as 10.0.0.1: did you mean "blackhole"?`,
		},
		{"ip route add nat 10.2.0.0/16", 3, "", `"nat" is not an address such as 10.0.0.1`},
		{"ip -6 route add 10.2.0.0/16 dev eth0", 4, "", `"10.2.0.0/16" is of another address family than the rest of the line`},
		{"ip route del 10.2.0.0/16 src 10.0.0.1", 4, "", `"src" is left to the real command`},
		{"ip route del 10.2.0.0/16 onlink", 4, "", `"onlink" is left to the real command`},
		{"ip route del prohibit to 10.2.0.0/16", 4, "", `"to" is not an address such as 10.0.0.1`},
		{"ip route del default dev eth0 via 10.0.0.254 metric x", 9, "", `"x" is not a number`},
		{
			"ip route prepend default via 10.0.0.254", 2, "",
			`"prepend" is left to the real command (one of: show, get, add, change, replace, append, del)`,
		},
		{"ip route test default", 2, "", `"test" is left to the real command (one of: show, get, add, change, replace, append, del)`},
	})
}
