package op

import "testing"

func TestBadTablesAndPortsAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"bridge fdb add", 3, "", `the line ends too early (expected: MAC)`},
		{"bridge fdb add 02:00:00:00:00:05", 4, "", `the line ends too early (expected: dev NAME)`},
		{
			"bridge fdb add eth0 dev eth0", 3, "",
			`"eth0" is not a MAC address: six hex numbers with colons between, such as 02:00:00:00:00:01`,
		},
		{
			"bridge fdb add 02:00:00:00:00:05 02:00:00:00:00:06 dev eth0", 4, "",
			`"02:00:00:00:00:06" is not expected here (one of: dev NAME, dst ADDRESS, port NUMBER, vni NUMBER, via NAME, vlan NUMBER, self, master, permanent or static or dynamic)`,
		},
		{"bridge fdb add 02:00:00:00:00:05 dev", 5, "", `the line ends too early (expected: NAME)`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 dst", 7, "", `the line ends too early (expected: ADDRESS)`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 dst there", 7, "", `"there" is not an address such as 10.0.0.1`},
		{
			"bridge fdb add 02:00:00:00:00:05 dev vx0 dst 10.0.0.1 dst 10.0.0.2", 9, "",
			`"10.0.0.2" is one too many: dst ADDRESS is given already`,
		},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 port 0", 7, "", `"0" is out of range: from 1 to 65535`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 port 65536", 7, "", `"65536" is out of range: from 1 to 65535`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 vni 16777216", 7, "", `"16777216" is out of range: from 1 to 16777215`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 vni 0", 7, "", `"0" is out of range: from 1 to 16777215`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 via", 7, "", `the line ends too early (expected: NAME)`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 vlan 0", 7, "", `"0" is out of range: from 1 to 4094`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 vlan 4095", 7, "", `"4095" is out of range: from 1 to 4094`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 self self", 7, "", `"self" is said twice`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master static dynamic", 8, "", `"dynamic" cannot stand beside "static"`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 static static", 7, "", `"static" is said twice`},
		{
			"bridge fdb add 02:00:00:00:00:05 dev eth0 statik", 6, "static",
			`"statik" is not expected here: did you mean "static"? (one of: dst ADDRESS, port NUMBER, vni NUMBER, via NAME, vlan NUMBER, self, master, permanent or static or dynamic)`,
		},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 router", 6, "", `"router" is left to the real command`},
		{"bridge fdb del 02:00:00:00:00:05 dev eth0 static", 6, "", `"static" is left to the real command`},
		{"bridge fdb del 02:00:00:00:00:05", 4, "", `the line ends too early (expected: dev NAME)`},
		{"bridge link set", 3, "", `the line ends too early (expected: dev NAME)`},
		{
			"bridge link set eth0 flood on", 3, "",
			`"eth0" is not expected here (one of: dev NAME, learning on|off, flood on|off, hairpin on|off, isolated on|off, neigh_suppress on|off, state STATE, cost NUMBER)`,
		},
		{"bridge link set dev eth0 learning", 6, "", `the line ends too early (expected: on|off)`},
		{"bridge link set dev eth0 learning maybe", 6, "", `"maybe" is neither "on" nor "off"`},
		{"bridge link set dev eth0 learning on learning off", 8, "", `"off" is one too many: learning on|off is given already`},
		{"bridge link set dev eth0 flood 1", 6, "", `"1" is neither "on" nor "off"`},
		{"bridge link set dev eth0 hairpin yes", 6, "", `"yes" is neither "on" nor "off"`},
		{"bridge link set dev eth0 isolated of", 6, "", `"of" is neither "on" nor "off"`},
		{"bridge link set dev eth0 neigh_suppress x", 6, "", `"x" is neither "on" nor "off"`},
		{
			"bridge link set dev eth0 state 5", 6, "",
			`"5" is not one of disabled, listening, learning, forwarding, blocking, 0, 1, 2, 3, 4`,
		},
		{
			"bridge link set dev eth0 state blokcing", 6, "blocking",
			`"blokcing" is not one of disabled, listening, learning, forwarding, blocking, 0, 1, 2, 3, 4: did you mean "blocking"?`,
		},
		{"bridge link set dev eth0 cost 0", 6, "", `"0" is out of range: from 1 to 2147483647`},
		{"bridge link set dev eth0 cost 2147483648", 6, "", `"2147483648" is out of range: from 1 to 2147483647`},
		{
			"bridge link set dev eth0 learn on", 5, "",
			`"learn" is not expected here (one of: learning on|off, flood on|off, hairpin on|off, isolated on|off, neigh_suppress on|off, state STATE, cost NUMBER)`,
		},
		{
			"bridge link set dev eth0 guard on", 5, "",
			`"guard" is not expected here (one of: learning on|off, flood on|off, hairpin on|off, isolated on|off, neigh_suppress on|off, state STATE, cost NUMBER)`,
		},
		{"bridge link add dev eth0", 2, "", `"add" is not a verb of bridge link (one of: set, show)`},
		{"bridge vlan add dev eth0 vid 7", 1, "", `"vlan" is left to bridge itself (one of: fdb, link)`},
		{"bridge addr add 10.0.0.1/24 dev eth0", 1, "", `"addr" is not an object of bridge (one of: fdb, link)`},
	})
}
