package op

import "testing"

// aMeaning is a line, one of its words (the last that is written so),
// and the whole text of its meaning.
type aMeaning struct{ line, word, text string }

func explainAll(t *testing.T, tests []aMeaning) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.word+" in "+tt.line, func(t *testing.T) {
			all, err := Explain(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			for i := len(all) - 1; i >= 0; i-- {
				if all[i].Word == tt.word {
					if all[i].Text != tt.text {
						t.Errorf("got  %s\nwant %s", all[i].Text, tt.text)
					}
					return
				}
			}
			t.Errorf("the word is not explained: %v", all)
		})
	}
}

func TestTheWordsOfLinkLines(t *testing.T) {
	explainAll(t, []aMeaning{
		{"ip link add veth0 type veth", "add", `makes a new one; it is an error if it is there already`},
		{"ip link add br0 type bridge", "type", `what sort of interface it is`},
		{
			"ip link add br0 type bridge", "bridge",
			`a virtual switch: other interfaces become its ports, and it learns behind which port each MAC address is`,
		},
		{"ip link add d0 type dummy", "dummy", `an interface that drops what is sent through it`},
		{"ip link add vx0 type vxlan id 5 dstport 4789", "vxlan", `a tunnel that carries Ethernet frames inside UDP packets`},
		{
			"ip link add vx0 type vxlan id 5 dstport 4789", "id",
			`the number of the virtual network, the VNI: only ends with the same number understand each other`,
		},
		{"ip link add vx0 type vxlan id 5 dstport 4789", "5", `virtual network 5`},
		{"ip link add vx0 type vxlan id 5 dstport 4789", "4789", `4789, the port that RFC 7348 gives to VXLAN`},
		{"ip link add vx0 type vxlan id 5 dstport 0", "0", `the kernel's default, 8472`},
		{
			"ip link add vx0 type vxlan id 5 dstport 8472", "8472",
			`8472, the port that Linux used before there was a standard; Flannel uses it too`,
		},
		{"ip link add vx0 type vxlan id 5 dstport 5000", "5000", `UDP port 5000`},
		{"ip link add vx0 type vxlan id 5 local 10.0.0.1 dstport 1", "10.0.0.1", `10.0.0.1, a private address (RFC 1918)`},
		{
			"ip link add vx0 type vxlan id 5 remote 10.0.0.2 dstport 1", "remote",
			`the other end of the tunnel, for every frame whose place is not known`,
		},
		{
			"ip link add vx0 type vxlan id 5 group 239.1.1.1 dev eth0 dstport 1", "239.1.1.1",
			`239.1.1.1, a multicast address: a group of machines`,
		},
		{
			"ip link add vx0 type vxlan id 5 learning dstport 1", "learning",
			`learns from packets behind which tunnel end a MAC address is`,
		},
		{
			"ip link add vx0 type vxlan id 5 nolearning dstport 1", "nolearning",
			`does not learn from packets: its table must be filled by hand`,
		},
		{"ip link add veth0 mtu 1400 type veth", "mtu", `the size of the largest packet`},
		{"ip link add veth0 mtu 1400 type veth", "1400", `1400 bytes`},
		{
			"ip link add veth0 address 02:00:00:00:00:01 type veth", "02:00:00:00:00:01",
			`a MAC address that was made up here, not by the maker of a card`,
		},
		{"ip link add veth0 netns red type veth", "red", `the network namespace red`},
		{"ip link add veth0 up type veth", "up", `switches it on at once`},
		{"ip link add veth0 master br0 type veth", "master", `the bridge of which it becomes a port`},
		{"ip link add veth0 type veth peer name veth1", "peer", `what follows is about the other end of the cable`},
		{"ip link add veth0 type veth peer name veth1", "name", `the name of the other end`},
		{"ip link add veth0 type veth peer name veth1", "veth1", `the interface veth1`},
		{"ip link add veth0 type veth peer veth1", "veth1", `the name of the other end`},
		{
			"ip link add br0 type bridge ageing_time 300 stp_state 1", "stp_state",
			`the spanning tree protocol, which breaks loops between switches`,
		},
		{"ip link add br0 type bridge stp_state 0", "0", `off`},
		{"ip link add br0 type bridge ageing_time 300", "300", `300 hundredths of a second`},
		{"ip link add br0 type bridge forward_delay 200", "forward_delay", `how long a new port waits before it forwards`},
		{"ip link add br0 type bridge vlan_filtering 1", "vlan_filtering", `whether the bridge keeps VLANs apart`},
		{"ip link set eth0 up", "eth0", `the interface that is changed`},
		{"ip link set eth0 up", "up", `switches it on`},
		{"ip link set eth0 down", "down", `switches it off`},
		{
			"ip link set eth0 netns red", "netns",
			`moves it into another namespace; its addresses are lost on the way, and it is down there`,
		},
		{"ip link set eth0 netns red", "red", `the network namespace red`},
		{"ip link set eth0 master br0", "master", `makes it a port of a bridge`},
		{"ip link set eth0 master br0", "br0", `the bridge br0`},
		{"ip link set eth0 nomaster", "nomaster", `takes it out of its bridge`},
		{"ip link set eth0 arp off", "off", `off`},
		{"ip link set eth0 promisc on", "on", `on`},
		{"ip link set eth0 alias hello", "hello", `the text itself`},
		{"ip link set eth0 addrgenmode eui64", "eui64", `the way it is made`},
		{
			"ip link set br0 type bridge stp_state 1", "bridge",
			`a virtual switch: other interfaces become its ports, and it learns behind which port each MAC address is`,
		},
		{"ip link del eth0", "eth0", `the interface that is removed`},
		{
			"ip link show type veth", "veth",
			`a pair of interfaces with a virtual cable between them: what goes in at one end comes out at the other`,
		},
		{"ip link show type vlan", "vlan", `a sort of interface that is not one of netlab's lessons`},
	})
}

func TestTheWordsOfAddressLines(t *testing.T) {
	explainAll(t, []aMeaning{
		{"ip addr add 10.0.0.1/24 dev eth0", "add", `makes a new one; it is an error if it is there already`},
		{
			"ip addr add 10.0.0.1/24 dev eth0", "10.0.0.1/24",
			`the address: 10.0.0.1, a private address (RFC 1918), in the network 10.0.0.0/24: 256 addresses of which 254 for hosts, 10.0.0.0–10.0.0.255`,
		},
		{
			"ip addr add 10.0.0.1/0 dev eth0", "10.0.0.1/0",
			`the address: 10.0.0.1, a private address (RFC 1918), in the network 0.0.0.0/0: every address that no other route covers`,
		},
		{
			"ip addr add 10.0.0.1/32 dev eth0", "10.0.0.1/32",
			`the address: 10.0.0.1, a private address (RFC 1918), alone: the mask /32 leaves no other address in its network`,
		},
		{
			"ip addr add 8.8.8.8/30 dev eth0", "8.8.8.8/30",
			`the address: 8.8.8.8, a public address, in the network 8.8.8.8/30: 4 addresses of which 2 for hosts, 8.8.8.8–8.8.8.11`,
		},
		{
			"ip addr add fd00::1/64 dev eth0", "fd00::1/64",
			`the address: fd00::1, a private address (RFC 4193), in the network fd00::/64: 2^64 addresses, fd00::–fd00::ffff:ffff:ffff:ffff`,
		},
		{
			"ip addr add fe80::1/64 dev eth0", "fe80::1/64",
			`the address: fe80::1, a link-local address, for this link only, in the network fe80::/64: 2^64 addresses, fe80::–fe80::ffff:ffff:ffff:ffff`,
		},
		{"ip addr add 10.0.0.1/24 brd + dev eth0", "+", `the last address of the network`},
		{"ip addr add 10.0.0.1/24 brd - dev eth0", "-", `the first address of the network`},
		{"ip addr add 10.0.0.1/24 brd 10.0.0.255 dev eth0", "10.0.0.255", `the broadcast address`},
		{
			"ip addr add 10.0.0.1 peer 10.0.0.2 dev eth0", "10.0.0.2",
			`10.0.0.2, a private address (RFC 1918), alone: the mask /32 leaves no other address in its network`,
		},
		{"ip addr add 10.0.0.1/24 scope link dev eth0", "scope", `how far the address is valid`},
		{"ip addr add 10.0.0.1/24 label eth0:1 dev eth0", "eth0:1", `a name for the address`},
		{"ip addr add fd00::1/64 nodad dev eth0", "nodad", `does not first look whether another machine has this IPv6 address`},
		{"ip addr add fd00::1/64 dev eth0", "dev", `the interface that gets the address`},
		{"ip addr add fd00::1/64 dev eth0", "eth0", `the interface eth0`},
		{"ip addr flush dev eth0", "flush", `removes all that match`},
		{"ip addr show up", "up", `only interfaces that are up`},
	})
}

func TestTheWordsOfRouteLines(t *testing.T) {
	explainAll(t, []aMeaning{
		{
			"ip route add default via 10.0.0.254", "default",
			`where the packets go to: 0.0.0.0/0 (in IPv6 ::/0): every address that no other route covers`,
		},
		{
			"ip route add default via 10.0.0.254", "via",
			`the gateway: the router to which the packets are handed; it must be on a network that this machine is connected to`,
		},
		{"ip route add default via 10.0.0.254", "10.0.0.254", `10.0.0.254, a private address (RFC 1918)`},
		{
			"ip route add 10.2.0.0/16 dev eth0", "10.2.0.0/16",
			`where the packets go to: network 10.2.0.0/16: 65536 addresses of which 65534 for hosts, 10.2.0.0–10.2.255.255`,
		},
		{
			"ip route add 10.2.0.1/16 dev eth0", "10.2.0.1/16",
			`where the packets go to: not a network, since bits behind the mask are set: the network is 10.2.0.0/16`,
		},
		{
			"ip route add 10.2.0.1 dev eth0", "10.2.0.1",
			`where the packets go to: the single address 10.2.0.1: a private address (RFC 1918)`,
		},
		{
			"ip route add 0.0.0.0/0 dev eth0", "0.0.0.0/0",
			`where the packets go to: network 0.0.0.0/0: every address that no other route covers`,
		},
		{
			"ip route add fd02::/64 dev eth0", "fd02::/64",
			`where the packets go to: network fd02::/64: 2^64 addresses, fd02::–fd02::ffff:ffff:ffff:ffff`,
		},
		{"ip route add blackhole 10.2.0.0/16", "blackhole", `what happens to the packets: they are thrown away in silence`},
		{
			"ip route add unreachable 10.2.0.0/16", "unreachable",
			`what happens to the packets: they are thrown away, and the sender is told that the host is unreachable`,
		},
		{
			"ip route add prohibit 10.2.0.0/16", "prohibit",
			`what happens to the packets: they are thrown away, and the sender is told that it is forbidden`,
		},
		{
			"ip route add throw 10.2.0.0/16", "throw",
			`what happens to the packets: this routing table has no answer; the next one is asked`,
		},
		{"ip route add local 10.2.0.0/16", "local", `what happens to the packets: they are for this machine itself`},
		{"ip route add default dev eth0 metric 7", "eth0", `the interface eth0`},
		{"ip route add default dev eth0 metric 7", "7", `cost 7`},
		{"ip route add default dev eth0 table 7", "7", `a routing table`},
		{"ip route add default dev eth0 proto static", "proto", `who made the route`},
		{"ip route add default dev eth0 scope link", "link", `how far away the network is`},
		{"ip route add default dev eth0 src 10.0.0.1", "src", `the address from which this machine sends when it goes this way`},
		{
			"ip route add default dev eth0 onlink via 10.0.0.254", "onlink",
			`believes that the gateway is on this link, even if no address says so`,
		},
		{"ip route add default dev eth0 mtu 1400", "1400", `1400 bytes`},
		{"ip route del default via 10.0.0.254", "via", `only if it leads to this gateway`},
		{"ip route get 10.0.0.9", "get", `asks which route the kernel would take, without sending anything`},
		{"ip route get 10.0.0.9", "10.0.0.9", `the address to which a packet would go: 10.0.0.9, a private address (RFC 1918)`},
		{"ip route show table all", "all", `a routing table`},
	})
}

func TestTheWordsOfNeighbourLines(t *testing.T) {
	explainAll(t, []aMeaning{
		{
			"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0", "10.0.0.2",
			`the IP address of the neighbour: 10.0.0.2, a private address (RFC 1918)`,
		},
		{
			"ip neigh add 10.0.0.2 lladdr 01:00:5e:00:00:02 dev eth0", "01:00:5e:00:00:02",
			`a multicast MAC address: a group of machines`,
		},
		{
			"ip neigh add 10.0.0.2 lladdr 00:16:3e:00:00:02 dev eth0", "00:16:3e:00:00:02",
			`a MAC address; the first half, 00:16:3e, names the maker of the card`,
		},
		{
			"ip neigh add 10.0.0.2 lladdr ff:ff:ff:ff:ff:ff dev eth0", "ff:ff:ff:ff:ff:ff",
			`the broadcast address: every machine on this network`,
		},
		{"ip neigh add 10.0.0.2 dev eth0 nud reachable", "reachable", `seen a moment ago`},
		{"ip neigh add 10.0.0.2 dev eth0 nud stale", "stale", `seen some time ago: it is used, and looked at again soon`},
		{"ip neigh add 10.0.0.2 dev eth0 nud noarp", "noarp", `valid without asking, until it is too old`},
		{"ip neigh add 10.0.0.2 dev eth0 nud failed", "failed", `asked for, and no answer came`},
		{"ip neigh add 10.0.0.2 dev eth0 nud probe", "probe", `a state of the kernel's own work on the entry`},
		{"ip neigh add proxy 10.0.0.9 dev eth0", "proxy", `answers ARP in the place of this address, for others who ask`},
		{"ip neigh add proxy 10.0.0.9 dev eth0", "10.0.0.9", `10.0.0.9, a private address (RFC 1918)`},
		{"ip neigh flush all", "all", `all neighbours`},
	})
}

func TestTheWordsOfBridgeLines(t *testing.T) {
	explainAll(t, []aMeaning{
		{
			"bridge fdb add 00:00:00:00:00:00 dev vx0 dst 10.0.0.2", "00:00:00:00:00:00",
			`the MAC address: all zeros: in a tunnel's table, every frame whose place is not known`,
		},
		{"bridge fdb add 00:00:00:00:00:00 dev vx0 dst 10.0.0.2", "10.0.0.2", `10.0.0.2, a private address (RFC 1918)`},
		{
			"bridge fdb add 02:00:00:00:00:05 dev eth0 master", "master",
			`writes it into the table of the bridge that the interface is a port of`,
		},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 self", "self", `writes it into the table of the interface itself`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 static", "static", `holds for ever`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 temp", "temp", `holds for ever`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 dynamic", "dynamic", `holds until it is too old, as if it had been learned`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 local", "local", `holds for ever, and is an address of this machine itself`},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 vlan 7", "7", `VLAN 7`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 vni 7", "7", `virtual network 7`},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 port 4789", "4789", `UDP port 4789`},
		{"bridge link set dev eth0 hairpin on", "hairpin", `whether a frame may go out where it came in`},
		{"bridge link set dev eth0 hairpin on", "on", `on`},
		{"bridge link set dev eth0 state 3", "3", `a state of the spanning tree`},
		{"bridge link set dev eth0 cost 9", "9", `cost 9`},
	})
}

func TestTheWordsOfQuestionsAndOtherCommands(t *testing.T) {
	explainAll(t, []aMeaning{
		{"ip l s eth0 n", "n", `short for nomaster: takes it out of its bridge`},
		{
			"sysctl -w net.ipv4.ip_forward=1", "net.ipv4.ip_forward=1",
			`the setting: 1 lets this namespace pass on packets that are not for itself: it is a router`,
		},
		{"sysctl -w net.core.somaxconn=9", "net.core.somaxconn=9", `the setting: writes 9 into /proc/sys/net/core/somaxconn`},
		{"sysctl net.core.somaxconn", "net.core.somaxconn", `the setting: the file /proc/sys/net/core/somaxconn`},
		{
			"sysctl net.ipv4.conf.eth0.proxy_arp", "net.ipv4.conf.eth0.proxy_arp",
			`the setting: 1 answers ARP for addresses that it has a route to (of eth0)`,
		},
		{"ip netns exec red ip link", "exec", `runs a command inside a network namespace`},
		{"ip netns exec red ip link", "red", `the namespace in which the command runs`},
		{"ip netns exec red ip link", "ip", `shows and changes the network of this machine; a program of iproute2`},
		{"ip -n red link", "-n", `short for -netns: do it inside a network namespace`},
		{"ip -n red link", "red", `the namespace in which the command works`},
		{"ip -br link", "-br", `short for -brief: a short answer, one line for each thing`},
		{"ip -s link", "-s", `short for -stats: with counters: packets, bytes, errors`},
		{"ip -d link", "-d", `short for -details: with more details`},
		{"ip -o link", "-o", `short for -oneline: each answer on one line`},
		{"ip -j link", "-j", `short for -json: the answer as JSON, for programs`},
		{"ip -c link", "-c", `short for -color: changes only how the answer looks`},
		{"ip -6 link", "-6", `IPv6 only`},
		{"ip -f inet link", "inet", `IPv4`},
		{"ip netns identify 42", "42", `the process; without one, the one that asks`},
		{"ip netns pids red", "pids", `lists the processes in a namespace`},
		{"ip n", "n", `short for neigh: the neighbours: which MAC address belongs to an IP address on the same network (ARP, ND)`},
		{"ip ru", "ru", `short for rule: the rules that choose among routing tables`},
		{"ip maddr", "maddr", `the multicast addresses that interfaces listen to`},
		{"route -n", "-n", `numbers instead of names`},
		{"ping -Q 5 10.0.0.1", "5", `the value of -Q`},
		{
			"ping 255.255.255.255", "255.255.255.255",
			`the machine that is asked: 255.255.255.255, the broadcast address: every machine on this network`,
		},
		{"ping -l 3 10.0.0.1", "-l", `an option of ping`},
		{"ping -p ff 10.0.0.1", "10.0.0.1", `the machine that is asked: 10.0.0.1, a private address (RFC 1918)`},
	})
}
