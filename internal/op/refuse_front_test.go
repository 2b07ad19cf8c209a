package op

import "testing"

func TestBadNamespacesSettingsAndOptionsAreRefused(t *testing.T) {
	refuseAll(t, parseOnly, []aRefusal{
		{"ip netns add", 3, "", `the line ends too early (expected: NETNS)`},
		{"ip netns add red blue", 4, "", `"blue" is not expected here`},
		{"ip netns add red/blue", 3, "", `"red/blue" is not a name for a namespace (letters, digits, _ . - and at most 63)`},
		{"ip netns add .red", 3, "", `".red" is not a name for a namespace (letters, digits, _ . - and at most 63)`},
		{"ip netns del", 3, "", `the line ends too early (expected: NETNS)`},
		{"ip netns del red blue", 4, "", `"blue" is not expected here`},
		{"ip netns set red 5", 2, "", `"set" is left to the real command (one of: list, add, del, identify, pids, exec)`},
		{"ip netns exec", 3, "", `the line ends too early (expected: NETNS COMMAND)`},
		{"ip netns exec red", 4, "", `the line ends too early (expected: COMMAND)`},
		{
			"ip netns exec re/d ip link", 3, "",
			`"re/d" is not a name for a namespace (letters, digits, _ . - and at most 63) (expected: NETNS)`,
		},
		{"ip netns exec red ip", 5, "", `the line ends too early (one of: addr, link, route, neigh, netns, rule, maddr)`},
		{"ip netns exec red ping 10.0.0.1", 4, "", `"ping" is not a command of ip, bridge or sysctl (one of: ip, bridge, sysctl)`},
		{"ip netns exec red ip netns add blue", 6, "", `"add" inside a namespace is left to ip itself`},
		{"ip -n red netns add blue", 4, "", `"add" inside a namespace is left to ip itself`},
		{"ip -n red netns del blue", 4, "", `"del" inside a namespace is left to ip itself`},
		{"ip -n", 2, "", `the line ends too early (expected: NETNS)`},
		{
			"ip -n a/b link set lo up", 2, "",
			`"a/b" is not a name for a namespace (letters, digits, _ . - and at most 63) (expected: NETNS)`,
		},
		{"ip -family", 2, "", `the line ends too early (one of: inet, inet6)`},
		{"ip -family inet4 link set lo up", 2, "inet", `"inet4" is not expected here: did you mean "inet"? (one of: inet, inet6)`},
		{
			"ip -color=sometimes link set lo up", 1, "",
			`"-color=sometimes" is not an option that netlab knows (one of: -n NETNS, -4, -6, -br, -s, -d, -o, -j)`,
		},
		{
			"ip -s=always link set lo up", 1, "",
			`"-s=always" is not an option that netlab knows (one of: -n NETNS, -4, -6, -br, -s, -d, -o, -j)`,
		},
		{"ip -s link set lo up", 3, "", `"set" with options that change how things are shown is left to the real command`},
		{
			"ip -j addr add 10.0.0.1/24 dev eth0", 3, "",
			`"add" with options that change how things are shown is left to the real command`,
		},
		{
			"ip -batch file", 1, "",
			`"-batch" is an option that is left to the real command (one of: -n NETNS, -4, -6, -br, -s, -d, -o, -j)`,
		},
		{"ip -Z link", 1, "", `"-Z" is not an option that netlab knows (one of: -n NETNS, -4, -6, -br, -s, -d, -o, -j)`},
		{"ip -x", 1, "", `"-x" is not an option that netlab knows (one of: -n NETNS, -4, -6, -br, -s, -d, -o, -j)`},
		{"ip tunnel add x", 1, "", `"tunnel" is left to ip itself (one of: addr, link, route, neigh, netns, rule, maddr)`},
		{"ip foo add x", 1, "", `"foo" is not an object of ip (one of: addr, link, route, neigh, netns, rule, maddr)`},
		{"ip link replace eth0 up", 2, "", `"replace" is left to the real command (one of: add, set, del, show)`},
		{"bridge -br link set dev eth0 flood on", 1, "", `"-br" is not an option that netlab knows (one of: -n NETNS, -s, -d, -o, -j)`},
		{"bridge -batch x", 1, "", `"-batch" is an option that is left to the real command (one of: -n NETNS, -s, -d, -o, -j)`},
		{"sysctl", 1, "", `the line ends too early (one of: KEY, KEY=VALUE)`},
		{"sysctl -w", 2, "", `the line ends too early (one of: KEY, KEY=VALUE)`},
		{"sysctl -q", 2, "", `the line ends too early (one of: KEY, KEY=VALUE)`},
		{"sysctl -p", 1, "", `"-p" is an option that is left to the real command (one of: -w, -q, -n, KEY, KEY=VALUE)`},
		{"sysctl -w net.ipv4.ip_forward", 2, "", `"net.ipv4.ip_forward" is a setting without =VALUE`},
		{"sysctl -w net.ipv4.ip_forward=", 2, "", `"net.ipv4.ip_forward=" has no plain value behind the =`},
		{"sysctl -w ip_forward=1", 2, "", `"ip_forward=1" is not the name of a setting, such as net.ipv4.ip_forward`},
		{"sysctl -w net.ipv4.ip_forward=1 net.ipv4.ip_forward=0", 3, "", `"net.ipv4.ip_forward=0" is not expected here`},
		{"sysctl -n -w net.ipv4.ip_forward=1", 3, "", `"net.ipv4.ip_forward=1" with -n is left to the real command`},
		{"sysctl -n net.ipv4.ip_forward=1", 2, "", `"net.ipv4.ip_forward=1" with -n is left to the real command`},
		{`sysctl -w "net.ipv4.ip_forward=1 "`, 2, "", `"net.ipv4.ip_forward=1 " has no plain value behind the =`},
		{
			"brigde fdb add 02:00:00:00:00:05 dev eth0", 0, "bridge",
			`"brigde" is not a command of ip, bridge or sysctl: did you mean "bridge"? (one of: ip, bridge, sysctl)`,
		},
		{"ifconfig eth0 up", 0, "", `"ifconfig" is not a command of ip, bridge or sysctl (one of: ip, bridge, sysctl)`},
		{"ls", 0, "", `"ls" is not a command of ip, bridge or sysctl (one of: ip, bridge, sysctl)`},
		{"route add default gw 10.0.0.254", 1, "", `"add" is left to the real command (expected: -n)`},
	})
}
