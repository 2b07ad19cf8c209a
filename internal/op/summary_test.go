package op

import "testing"

// aSentence is a line, and what it does in words.
type aSentence struct{ line, want string }

func summaries(t *testing.T, tests []aSentence) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			l, err := ParseLine(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if got := Summary(l); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestTheSentenceOfEveryOp(t *testing.T) {
	summaries(t, []aSentence{
		{
			"ip netns add red",
			"makes the network namespace red: a network of its own, with nothing in it but a loopback interface that is down",
		},
		{
			"ip netns del red",
			"removes the name red of a network namespace; when no process is left in it, it is gone with its virtual interfaces",
		},
		{
			"ip link add veth0 type veth",
			"makes a virtual cable with an interface at each end: veth0 and one whose name the kernel chooses",
		},
		{
			"ip link add type veth",
			"makes a virtual cable with an interface at each end: an interface whose name the kernel chooses and one whose name the kernel chooses",
		},
		{
			"ip -n red link add veth0 type veth peer veth1 netns blue",
			"makes a virtual cable with an interface at each end: veth0 in red and veth1 in blue",
		},
		{
			"ip link add veth0 netns red type veth peer name veth1",
			"makes a virtual cable with an interface at each end: veth0 in red and veth1",
		},
		{"ip link add br0 type bridge", "makes a virtual switch (a bridge): br0"},
		{"ip -n red link add type bridge", "makes a virtual switch (a bridge) in red: an interface whose name the kernel chooses"},
		{"ip link add d0 type dummy", "makes the dummy interface d0"},
		{"ip link add d0 netns red type dummy", "makes the dummy interface d0 in red"},
		{
			"ip link add vx0 type vxlan id 7 dstport 4789",
			"makes vx0, an end of the virtual network 7, carried in UDP packets to port 4789",
		},
		{
			"ip link add vx0 type vxlan id 7 remote 10.0.0.2 dstport 0",
			"makes vx0, an end of the virtual network 7, carried in UDP packets to the kernel's default port 8472 of 10.0.0.2",
		},
		{
			"ip link add vx0 type vxlan id 7 group 239.1.1.1 dev eth0 dstport 8472",
			"makes vx0, an end of the virtual network 7, carried in UDP packets to port 8472 of the group 239.1.1.1",
		},
		{"ip link set eth0 up", "the interface eth0: switches it on"},
		{"ip -n red link set eth0 down", "the interface eth0 in red: switches it off"},
		{
			"ip link set eth0 netns red",
			"the interface eth0: moves it into the namespace red (its addresses are lost, and it is down there)",
		},
		{
			"ip link set eth0 netns red up",
			"the interface eth0: moves it into the namespace red (its addresses are lost, and it is down there), switches it on",
		},
		{"ip link set eth0 master br0 up", "the interface eth0: makes it a port of the bridge br0, switches it on"},
		{"ip link set eth0 nomaster", "the interface eth0: takes it out of its bridge"},
		{"ip link set eth0 name lan0", "the interface eth0: calls it lan0"},
		{"ip link set eth0 address 02:00:00:00:00:01", "the interface eth0: gives it the MAC address 02:00:00:00:00:01"},
		{"ip link set eth0 alias x", "the interface eth0: writes a note on it"},
		{"ip link set eth0 addrgenmode none", "the interface eth0: says how it makes its own IPv6 address"},
		{"ip link set br0 type bridge stp_state 1", "the interface br0: changes options of the bridge"},
		{"ip link set eth0 type bridge", "the interface eth0: changes options of the bridge"},
		{"ip link del eth0", "removes the interface eth0, with its addresses and routes; of a veth pair the other end goes too"},
		{
			"ip -n red link del eth0",
			"removes the interface eth0 in red, with its addresses and routes; of a veth pair the other end goes too",
		},
		{"ip addr add 10.0.0.1/24 dev eth0", "gives eth0 the address 10.0.0.1; the /24 puts 10.0.0.0–10.0.0.255 on this link"},
		{"ip addr add 10.0.0.1 dev eth0", "gives eth0 the address 10.0.0.1 alone, without a network around it"},
		{"ip addr add 10.0.0.1/30 dev eth0", "gives eth0 the address 10.0.0.1; the /30 puts 10.0.0.0–10.0.0.3 on this link"},
		{"ip addr add 10.0.0.0/31 dev eth0", "gives eth0 the address 10.0.0.0; the /31 puts 10.0.0.0–10.0.0.1 on this link"},
		{"ip addr add 10.0.0.1 peer 10.0.0.2 dev eth0", "gives eth0 the address 10.0.0.1 alone, without a network around it"},
		{
			"ip addr add 10.0.0.1 peer 10.0.0.2/30 dev eth0",
			"gives eth0 the address 10.0.0.1; the /30 puts 10.0.0.0–10.0.0.3 on this link",
		},
		{
			"ip addr add fd00::1/64 dev eth0",
			"gives eth0 the address fd00::1; the /64 puts fd00::–fd00::ffff:ffff:ffff:ffff on this link",
		},
		{
			"ip addr del 10.0.0.1/24 dev eth0",
			"takes the address 10.0.0.1/24 from eth0; the route to its network goes with it, unless another address needs it",
		},
		{"ip -n red addr del fd00::1 dev eth0", "takes the address fd00::1/128 from eth0 in red"},
		{"ip -n red addr flush dev eth0", "takes all addresses from eth0 in red"},
		{"ip route add default via 10.0.0.254", "packets for every address that no other route covers go to the router 10.0.0.254"},
		{
			"ip route add default via 10.0.0.254 dev eth0",
			"packets for every address that no other route covers go to the router 10.0.0.254 through eth0",
		},
		{
			"ip route add 0.0.0.0/0 dev eth0",
			"packets for every address that no other route covers go out through eth0, straight to their target",
		},
		{"ip -n red route add 10.2.0.0/16 via 10.0.0.254", "in red, packets for the network 10.2.0.0/16 go to the router 10.0.0.254"},
		{"ip route add 10.2.0.9 dev eth0", "packets for the address 10.2.0.9 go out through eth0, straight to their target"},
		{"ip route add fd02::/64 via fd00::fe", "packets for the network fd02::/64 go to the router fd00::fe"},
		{"ip route add blackhole 10.2.0.0/16", "packets for the network 10.2.0.0/16: they are thrown away in silence"},
		{
			"ip route add prohibit default",
			"packets for every address that no other route covers: they are thrown away, and the sender is told that it is forbidden",
		},
		{
			"ip route add throw 10.2.0.0/16",
			"packets for the network 10.2.0.0/16: this routing table has no answer; the next one is asked",
		},
		{
			"ip route add unreachable 10.2.0.9",
			"packets for the address 10.2.0.9: they are thrown away, and the sender is told that the host is unreachable",
		},
		{"ip route add local 10.2.0.9 dev lo", "packets for the address 10.2.0.9: they are for this machine itself"},
		{"ip route add 10.2.0.0/16", "packets for the network 10.2.0.0/16: a route without a way, which the kernel refuses"},
		{"ip route del default", "removes the route for every address that no other route covers"},
		{"ip -n red route del 10.2.0.0/16", "removes the route for the network 10.2.0.0/16 in red"},
		{
			"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0",
			"writes down that 10.0.0.2 has the MAC address 02:00:00:00:00:02 behind eth0, so that nobody has to ask",
		},
		{"ip neigh add 10.0.0.2 dev eth0 nud none", "writes down the neighbour 10.0.0.2 behind eth0"},
		{"ip -n red neigh add proxy 10.0.0.9 dev eth0", "lets eth0 in red answer ARP for 10.0.0.9"},
		{"ip neigh del 10.0.0.2 dev eth0", "forgets the neighbour 10.0.0.2 behind eth0"},
		{"ip neigh flush dev eth0", "forgets the neighbours behind eth0 but the permanent ones"},
		{"ip -n red neigh flush all", "forgets all neighbours in red but the permanent ones"},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master", "writes into the forwarding table that 02:00:00:00:00:05 is behind eth0"},
		{
			"bridge -n red fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2",
			"tells vx0 in red where to send every frame whose place it does not know, at the tunnel end 10.0.0.2",
		},
		{
			"bridge fdb add 02:00:00:00:00:05 dev vx0 dst 10.0.0.2",
			"writes into the forwarding table that 02:00:00:00:00:05 is behind vx0, at the tunnel end 10.0.0.2",
		},
		{"bridge fdb del 02:00:00:00:00:05 dev eth0 master", "removes 02:00:00:00:00:05 behind eth0 from the forwarding table"},
		{"bridge -n red link set dev eth0 learning off", "changes how the bridge treats its port eth0 in red"},
		{
			"sysctl -w net.ipv4.ip_forward=1",
			"sets net.ipv4.ip_forward to 1: 1 lets this namespace pass on packets that are not for itself: it is a router",
		},
		{
			"ip netns exec red sysctl -w net.ipv6.conf.all.forwarding=1",
			"sets net.ipv6.conf.all.forwarding in red to 1: 1 passes on packets that come in through these interfaces (of all)",
		},
		{"sysctl -w net.core.somaxconn=9", "sets net.core.somaxconn to 9"},
	})
}
