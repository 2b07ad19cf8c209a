package fault

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/snapshot"
)

// only is the one fault of a kind at a place that has the words.
func only(t *testing.T, kind string, topology Topology, words string) Fault {
	t.Helper()
	k, ok := Named(kind)
	if !ok {
		t.Fatalf("there is no kind %s", kind)
	}
	for _, f := range k.At(topology) {
		if strings.Contains(f.Place(), words) {
			return f
		}
	}
	t.Fatalf("%s has no place like %q", kind, words)
	return Fault{}
}

func TestLines(t *testing.T) {
	tests := []struct {
		name     string
		kind, at string
		topology Topology
		harm     string
		mend     string
	}{
		{"an interface loses its routes when it goes down", "link-down", "A:eth0", twoNetworks(),
			"ip -n A link set eth0 down",
			"ip -n A link set eth0 up\nip -n A route replace 192.168.2.0/24 via 192.168.1.5 dev eth0"},
		{"and its IPv6 addresses", "link-down", "D:eth0", twoNetworks6(),
			"ip -n D link set eth0 down",
			"ip -n D link set eth0 up\nip -n D addr add fd00:2::1/64 dev eth0 nodad\nip -n D route replace fd00:1::/64 via fd00:2::5 dev eth0"},
		{"the default route of IPv6", "missing-route", "A", twoNetworks6(),
			"ip -n A -6 route del default via fd00:1::5 dev eth0", "ip -n A -6 route add default via fd00:1::5 dev eth0"},
		{"a mask takes the IPv4 routes with it", "wrong-mask", "A:eth0", twoNetworks(),
			"ip -n A addr del 192.168.1.1/24 dev eth0\nip -n A addr add 192.168.1.1/30 dev eth0",
			"ip -n A addr del 192.168.1.1/30 dev eth0\nip -n A addr add 192.168.1.1/24 dev eth0\nip -n A route replace 192.168.2.0/24 via 192.168.1.5 dev eth0"},
		{"a port", "port-not-in-bridge", "s1:A", switched(),
			"ip -n s1 link set A nomaster", "ip -n s1 link set A master s1"},
		{"the host needs no -n", "bridge-down", "host:br0", Topology{Lab: hostBridge(), Probe: probe("A", "10.0.0.254", ICMP, 0)},
			"ip link set br0 down", "ip link set br0 up"},
		{"a route to nobody", "gateway-nobody", "A", twoNetworks(),
			"ip -n A route replace 192.168.2.0/24 via 192.168.1.21 dev eth0", "ip -n A route replace 192.168.2.0/24 via 192.168.1.5 dev eth0"},
		{"a firewall", "nft-drop-input", "B(", pair(ICMP),
			"ip netns exec B nft add table ip filter\nip netns exec B nft add chain ip filter input '{ type filter hook input priority 0 ; }'\n" +
				"ip netns exec B nft add rule ip filter input ip daddr 10.0.0.2 drop",
			"ip netns exec B nft delete table ip filter"},
		{"a firewall at an interface", "nft-drop-ingress", "B:eth0", pair(ICMP),
			"ip netns exec B nft add table netdev filter\nip netns exec B nft add chain netdev filter ingress '{ type filter hook ingress device \"eth0\" priority 0 ; }'\n" +
				"ip netns exec B nft add rule netdev filter ingress ip daddr 10.0.0.2 drop",
			"ip netns exec B nft delete table netdev filter"},
		{"a tunnel is made anew", "vxlan-wrong-vni", "node1:vxlan0", overlay(),
			"ip -n node1 link del vxlan0\nip -n node1 link add vxlan0 type vxlan id 43 dstport 4789 local 10.0.1.1\n" +
				"ip -n node1 link set vxlan0 address 02:00:00:00:02:01\nip -n node1 link set vxlan0 mtu 1450\nip -n node1 link set vxlan0 master cni0\n" +
				"ip -n node1 link set vxlan0 up\nbridge -n node1 fdb append 00:00:00:00:00:00 dev vxlan0 dst 10.0.2.1",
			"ip -n node1 link del vxlan0\nip -n node1 link add vxlan0 type vxlan id 42 dstport 4789 local 10.0.1.1\n" +
				"ip -n node1 link set vxlan0 address 02:00:00:00:02:01\nip -n node1 link set vxlan0 mtu 1450\nip -n node1 link set vxlan0 master cni0\n" +
				"ip -n node1 link set vxlan0 up\nbridge -n node1 fdb append 00:00:00:00:00:00 dev vxlan0 dst 10.0.2.1"},
		{"the other side of the router", "nat-reversed", "R:eth0", gateway(),
			"ip netns exec R nft delete table ip nat\nip netns exec R nft add table ip nat\n" +
				"ip netns exec R nft add chain ip nat post '{ type nat hook postrouting priority 100 ; }'\nip netns exec R nft add rule ip nat post oifname eth0 masquerade",
			"ip netns exec R nft delete table ip nat\nip netns exec R nft add table ip nat\n" +
				"ip netns exec R nft add chain ip nat post '{ type nat hook postrouting priority 100 ; }'\nip netns exec R nft add rule ip nat post oifname eth1 masquerade"},
		{"what was learned of the MTU is forgotten", "mtu-mismatch", "B:eth0", pair(ICMP),
			"ip -n B link set eth0 mtu 1000", "ip -n B link set eth0 mtu 1500\nip -n A route flush cache\nip -n B route flush cache"},
		{"a service is no line", "service-wrong-port", "B", pair(TCP), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := only(t, tt.kind, tt.topology, tt.at)
			if d := cmp.Diff([]string{tt.harm, tt.mend}, []string{strings.Join(f.Harm, "\n"), strings.Join(f.Mend, "\n")}); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestServicesOfFaults(t *testing.T) {
	here := Service{In: "B", Proto: TCP, Addr: netip.IPv4Unspecified(), Port: 8080}
	with := func(turn func(s *Service)) *Service {
		s := here
		turn(&s)
		return &s
	}
	tests := []struct {
		kind string
		want *Service
	}{
		{"service-not-listening", with(func(s *Service) { s.Off = true })},
		{"service-on-loopback", with(func(s *Service) { s.Addr = netip.MustParseAddr("127.0.0.1") })},
		{"service-wrong-family", with(func(s *Service) { s.Addr = netip.IPv6Unspecified() })},
		{"service-wrong-port", with(func(s *Service) { s.Port = 9080 })},
		{"service-wrong-protocol", with(func(s *Service) { s.Proto = UDP })},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			topology := pair(TCP)
			f := only(t, tt.kind, topology, "B")
			if d := cmp.Diff(tt.want, f.Service, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if *topology.Service != here {
				t.Error("the service of the topology has changed")
			}
		})
	}
}

func TestASpareAddressIsNobodys(t *testing.T) {
	lab := network("h:A h:B", "A B 10.0.0.1/24", "B A 10.0.0.21/24")
	tests := []struct{ prefix, want string }{
		{"10.0.0.1/24", "10.0.0.22"},    // 21 is B's
		{"10.0.0.250/24", "10.0.0.230"}, // 270 is none
		{"10.0.0.1/30", ""},
		{"fd00::1/64", "fd00::15"},
	}
	for _, tt := range tests {
		t.Run(tt.prefix, func(t *testing.T) {
			got, ok := Topology{Lab: lab}.spare(netip.MustParsePrefix(tt.prefix))
			if ok != (tt.want != "") || ok && got.String() != tt.want {
				t.Errorf("%s, %v, want %q", got, ok, tt.want)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	is := Cause{Kind: "wrong-address", In: "B", Link: "eth0", What: "10.0.0.22/24", Also: []Cause{
		{Kind: "missing-address", In: "B", Link: "eth0"}, {Kind: "missing-address", In: Nobody},
	}}
	tests := []struct {
		name           string
		kind, in, link string
		want           bool
	}{
		{"all of it", "wrong-address", "B", "eth0", true},
		{"without the link", "wrong-address", "B", "", true},
		{"another link", "wrong-address", "B", "eth1", false},
		{"another namespace", "wrong-address", "A", "eth0", false},
		{"another kind", "wrong-mask", "B", "eth0", false},
		{"in other words", "missing-address", "B", "eth0", true},
		{"nobody has it", "missing-address", "", "", true},
		{"somebody else lacks it", "missing-address", "A", "", false},
		{"nothing", "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := is.Is(tt.kind, tt.in, tt.link); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	if got := is.String(); got != "wrong-address@B:eth0" {
		t.Error(got)
	}
	if got := (Fault{Kind: "missing-route", Cause: Cause{In: "A", What: "via 1"}}).Place(); got != "missing-route@A(via-1)" {
		t.Error(got)
	}
}

func TestAPlacedFaultLeavesTheTopologyAlone(t *testing.T) {
	for _, topology := range all() {
		before := written(t, topology)
		for _, k := range All() {
			k.At(topology)
		}
		if d := cmp.Diff(before, written(t, topology)); d != "" {
			t.Errorf("%s (-before +after):\n%s", topology.Name, d)
		}
	}
}

func written(t *testing.T, topology Topology) string {
	t.Helper()
	b, err := json.MarshalIndent(topology, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReversePathFilter(t *testing.T) {
	tests := []struct {
		name string
		all  string
		own  *snapshot.Conf
		want int
	}{
		{"nothing is known", "", nil, 0},
		{"its own", "0", &snapshot.Conf{RPFilter: 1}, 1},
		{"that of all", "1", &snapshot.Conf{RPFilter: 0}, 1},
		{"the larger one", "1", &snapshot.Conf{RPFilter: 2}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			topology := ways("10.34.0.3")
			s := space(topology.Lab, "r4")
			s.Sysctls["net.ipv4.conf.all.rp_filter"] = tt.all
			for i := range s.Links {
				s.Links[i].Conf = tt.own
			}
			trip, _ := topology.trip()
			if got := trip.filter(seat{"r4", "eth0"}); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}
