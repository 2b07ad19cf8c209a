package op

import "testing"

func TestBadNeighboursAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"ip neigh add 10.0.0.2", 4, "", `the line ends too early (expected: dev NAME)`},
		{"ip neigh add dev eth0", 5, "", `the line ends too early (expected: ADDRESS)`},
		{"ip neigh add 10.0.0.2 dev eth0 lladdr", 7, "", `the line ends too early (expected: MAC)`},
		{
			"ip neigh add 10.0.0.2 dev eth0 lladdr 02", 7, "",
			`"02" is not a MAC address: six hex numbers with colons between, such as 02:00:00:00:00:01`,
		},
		{
			"ip neigh add 10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 lladdr 02:00:00:00:00:02", 9, "",
			`"02:00:00:00:00:02" is one too many: lladdr MAC is given already`,
		},
		{"ip neigh add 10.0.0.2 dev eth0 nud", 7, "", `the line ends too early (expected: STATE)`},
		{
			"ip neigh add 10.0.0.2 dev eth0 nud permanet", 7, "permanent",
			`"permanet" is not one of permanent, reachable, noarp, none, stale, incomplete, delay, probe, failed: did you mean "permanent"?`,
		},
		{
			"ip neigh add 10.0.0.2 dev eth0 nud stal", 7, "stale",
			`"stal" is not one of permanent, reachable, noarp, none, stale, incomplete, delay, probe, failed: did you mean "stale"?`,
		},
		{"ip neigh add 10.0.0.2 proxy 10.0.0.3 dev eth0", 5, "", `"10.0.0.3" is one too many: the address is given already`},
		{"ip neigh add proxy 10.0.0.3 to 10.0.0.2 dev eth0", 6, "", `"10.0.0.2" is one too many: the address is given already`},
		{"ip neigh add proxy dev eth0", 4, "", `"dev" is not an address such as 10.0.0.1`},
		{"ip neigh add 10.0.0.0/24 dev eth0", 3, "", `"10.0.0.0/24" is not an address such as 10.0.0.1`},
		{"ip neigh add host dev eth0", 3, "", `"host" is not an address such as 10.0.0.1`},
		{"ip neigh add 10.0.0.2 dev eth0 router", 6, "", `"router" is left to the real command`},
		{"ip neigh add 10.0.0.2 dev eth0 dev eth1", 7, "", `"eth1" is one too many: dev NAME is given already`},
		{"ip -6 neigh add 10.0.0.2 dev eth0", 4, "", `"10.0.0.2" is of another address family than the rest of the line`},
		{"ip neigh del 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0", 4, "", `"lladdr" is left to the real command`},
		{"ip neigh del 10.0.0.2", 4, "", `the line ends too early (expected: dev NAME)`},
		{"ip neigh flush", 2, "", `"flush" cannot end this line: "dev NAME" or "all" must follow`},
		{"ip neigh flush eth0", 3, "", `"eth0" is not expected here (one of: all or any or default, dev NAME)`},
		{"ip neigh flush all any", 4, "", `"any" cannot stand beside "all"`},
		{"ip neigh flush dev", 4, "", `the line ends too early (expected: NAME)`},
		{"ip neigh flush 10.0.0.2", 3, "", `"10.0.0.2" is not expected here (one of: all or any or default, dev NAME)`},
		{"ip neigh flush nud stale", 3, "", `"nud" is left to the real command`},
	})
}
