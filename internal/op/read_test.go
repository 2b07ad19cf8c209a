package op

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ref[T any](v T) *T { return &v }

func TestWhatALineMeansAsAValue(t *testing.T) {
	tests := []struct {
		line string
		want Line
	}{
		{"ip netns add ns1", Line{Op: &NetnsAdd{Name: "ns1"}}},
		{"ip net d ns1", Line{Op: &NetnsDel{Name: "ns1"}}},
		{"ip link add veth_ns1 type veth peer name veth_ns2", Line{Op: &LinkAdd{
			Name: "veth_ns1", Kind: "veth", Peer: Peer{Name: "veth_ns2"},
		}}},
		{"ip link add netns ns1 a1 mtu 1400 type veth peer c1 netns ns2 mtu 1300 address 2:0:0:0:0:A", Line{Op: &LinkAdd{
			Name: "a1", Netns: "ns1", MTU: 1400, Kind: "veth",
			Peer: Peer{Name: "c1", Netns: "ns2", MTU: 1300, Address: "02:00:00:00:00:0a"},
		}}},
		{"ip -n ns1 link add vx type vxlan id 7 remote 10.0.0.2 dstport 4789 nolearning", Line{Netns: "ns1", Op: &LinkAdd{
			Name: "vx", Kind: "vxlan",
			VXLAN: VXLAN{ID: 7, HasID: true, Remote: netip.MustParseAddr("10.0.0.2"), DstPort: 4789, Learning: ref(false)},
		}}},
		{"ip link add br0 up type bridge stp_state 0 ageing_time 0", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", Up: true, Bridge: Bridge{STP: ref(false), AgeingTime: ref(uint32(0))},
		}}},
		{"ip l s dev x master br0 up", Line{Op: &LinkSet{Dev: "x", Master: ref("br0"), Up: ref(true)}}},
		{"ip link set x nomaster down name y", Line{Op: &LinkSet{Dev: "x", Master: ref(""), Up: ref(false), NewName: "y"}}},
		{"ip link set x alias '' arp off", Line{Op: &LinkSet{Dev: "x", Alias: ref(""), ARP: ref(false)}}},
		{"ip link set br0 type bridge vlan_filtering 1", Line{Op: &LinkSet{Dev: "br0", Kind: "bridge", Bridge: Bridge{VLANFiltering: ref(true)}}}},
		{"ip link del x type veth", Line{Op: &LinkDel{Dev: "x", Kind: "veth"}}},
		{"ip a a dev x 10.1/16", Line{Op: &AddrAdd{Verb: "add", Prefix: netip.MustParsePrefix("10.1.0.0/16"), Dev: "x"}}},
		{"ip addr chg 10.0.0.1/255.255.255.0 dev x brd + label x:1", Line{Op: &AddrAdd{
			Verb: "change", Prefix: netip.MustParsePrefix("10.0.0.1/24"), Dev: "x", Broadcast: "+", Label: "x:1",
		}}},
		{"ip -6 a a fd00::1 dev x nodad", Line{Family: IPv6, Op: &AddrAdd{
			Verb: "add", Prefix: netip.MustParsePrefix("fd00::1/128"), Dev: "x", NoDAD: true,
		}}},
		{"ip a d 10.0.0.1/24 dev x", Line{Op: &AddrDel{Prefix: netip.MustParsePrefix("10.0.0.1/24"), Dev: "x"}}},
		{"ip a f x", Line{Op: &AddrFlush{Dev: "x"}}},
		{"ip r add default via 10.0.0.254", Line{Op: &RouteAdd{Verb: "add", Default: true, Via: netip.MustParseAddr("10.0.0.254")}}},
		{"ip r ap 10.2.0.1/16 m 5 t 100 proto 4 onlink dev x", Line{Op: &RouteAdd{
			Verb: "append", Dst: netip.MustParsePrefix("10.2.0.1/16"), Metric: 5, Table: "100", Proto: "4", Onlink: true, Dev: "x",
		}}},
		{"ip route replace blackhole 10.3.0.0/16", Line{Op: &RouteAdd{
			Verb: "replace", Type: "blackhole", Dst: netip.MustParsePrefix("10.3.0.0/16"),
		}}},
		{"ip r d 0/0 via 10.0.0.1", Line{Op: &RouteDel{Dst: netip.MustParsePrefix("0.0.0.0/0"), Via: netip.MustParseAddr("10.0.0.1")}}},
		{"ip n r 10.0.0.2 ll 02:00:00:00:00:02 nud r dev x", Line{Op: &NeighAdd{
			Verb: "replace", Addr: netip.MustParseAddr("10.0.0.2"), LLAddr: "02:00:00:00:00:02", NUD: "reachable", Dev: "x",
		}}},
		{"ip neigh del proxy 10.0.0.2 dev x", Line{Op: &NeighDel{Addr: netip.MustParseAddr("10.0.0.2"), Proxy: true, Dev: "x"}}},
		{"ip neigh flush any dev x", Line{Op: &NeighFlush{All: true, Dev: "x"}}},
		{"bridge fdb append 0:0:0:0:0:0 dev vx dst 10.0.0.2 temp", Line{Op: &FDBAdd{
			Verb: "append", LLAddr: zeroMAC, Dev: "vx", Dst: netip.MustParseAddr("10.0.0.2"), State: "static",
		}}},
		{"bridge fdb del 02:00:00:00:00:02 dev x master vlan 5", Line{Op: &FDBDel{LLAddr: "02:00:00:00:00:02", Dev: "x", Master: true, VLAN: 5}}},
		{"bridge link set dev x learning off cost 5 state 3", Line{Op: &PortSet{Dev: "x", Learning: ref(false), Cost: 5, State: "3"}}},
		{"sysctl -q -w net/ipv4/conf/eth0.1/rp_filter=0", Line{Op: &SysctlSet{Key: "net.ipv4.conf.eth0/1.rp_filter", Value: "0", Quiet: true}}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got, err := ParseLine(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, plain()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhereALineWorks(t *testing.T) {
	tests := []struct {
		line   string
		netns  string
		family Family
	}{
		{"ip link set lo up", "", AnyFamily},
		{"ip -n ns1 link set lo up", "ns1", AnyFamily},
		{"ip -4 -n ns1 link set lo up", "ns1", IPv4},
		{"ip -netns ns1 -family inet6 link set lo up", "ns1", IPv6},
		{"ip -6 -f inet link set lo up", "", IPv4},
		{"ip -n ns1 -n ns2 link set lo up", "ns2", AnyFamily},
		{"ip netns exec ns1 ip link set lo up", "ns1", AnyFamily},
		{"ip netns exec ns1 ip -n ns2 link set lo up", "ns2", AnyFamily},
		{"ip -n ns2 netns exec ns1 ip link set lo up", "ns1", AnyFamily},
		{"ip -6 netns exec ns1 ip link set lo up", "ns1", AnyFamily},
		{"ip netns exec ns1 ip netns exec ns2 ip -4 link set lo up", "ns2", IPv4},
		{"ip netns exec ns1 bridge link set dev x flood on", "ns1", AnyFamily},
		{"bridge -n ns1 link set dev x flood on", "ns1", AnyFamily},
		{"ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1", "ns1", AnyFamily},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got, err := ParseLine(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if got.Netns != tt.netns || got.Family != tt.family {
				t.Errorf("it works in %q with family %d", got.Netns, got.Family)
			}
		})
	}
}

func TestALineIsPrintedInFullAndInOrder(t *testing.T) {
	tests := []struct{ line, want string }{
		{"ip l a type veth", "ip link add type veth"},
		{"ip link add dev a type veth peer dev b", "ip link add name a type veth peer name b"},
		{"ip link add dev v1 type veth peer v2", "ip link add v1 type veth peer name v2"},
		{"ip l s dev t up", "ip link set dev t up"},
		{"ip l s up dev eth0", "ip link set eth0 up"},
		{"ip l d dev m", "ip link del dev m"},
		{"ip a a dev x brd + 10.1.1.1", "ip addr add 10.1.1.1/32 broadcast + dev x"},
		{"ip r a via 10.1.1.2 default", "ip route add default via 10.1.1.2"},
		{"ip route add to 10.2/16 oif x priority 7", "ip route add 10.2.0.0/16 dev x metric 7"},
		{"ip netns exec ns1 ip -6 n f all", "ip -n ns1 -6 neigh flush all"},
		{"ip n a dev x to 10.0.0.1", "ip neigh add 10.0.0.1 dev x"},
		{"ip netns exec ns1 bridge f r 2:0:0:0:0:1 dev x mas stat", "bridge -n ns1 fdb replace 02:00:00:00:00:01 dev x master static"},
		{"ip netns exec ns1 sysctl net.ipv4.ip_forward=1", "ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1"},
		{"sysctl -w 'net.ipv4.tcp_rmem=4096 5000 6000'", "sysctl -w 'net.ipv4.tcp_rmem=4096 5000 6000'"},
		{`ip link set x alias "it's mine"`, `ip link set x alias 'it'\''s mine'`},
		{"ip link set x alias ''", "ip link set x alias ''"},
		{"ip link add vx type vxlan vni 5 dst 0", "ip link add vx type vxlan id 5 dstport 0"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got, err := ParseLine(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want {
				t.Errorf("printed as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnOpMadeByHandNeedsNoVerb(t *testing.T) {
	tests := []struct {
		op   Op
		want string
	}{
		{&AddrAdd{Prefix: netip.MustParsePrefix("10.0.0.1/24"), Dev: "x"}, "ip addr add 10.0.0.1/24 dev x"},
		{&RouteAdd{Default: true, Dev: "x"}, "ip route add default dev x"},
		{&NeighAdd{Addr: netip.MustParseAddr("10.0.0.2"), LLAddr: "02:00:00:00:00:02", Dev: "x"}, "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev x"},
		{&FDBAdd{LLAddr: zeroMAC, Dev: "vx"}, "bridge fdb add 00:00:00:00:00:00 dev vx"},
	}
	for _, tt := range tests {
		if got := (Line{Op: tt.op}).String(); got != tt.want {
			t.Errorf("printed as %q, want %q", got, tt.want)
		}
	}
}
