package op

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryPartOfAQuestionIsRead(t *testing.T) {
	tests := []struct {
		line string
		want Query
	}{
		{"ip -d -s -j -o -br link show", Query{Object: "link", Verb: "show", Brief: true, Stats: true, Details: true, Oneline: true, JSON: true}},
		{"ip -details -statistics link", Query{Object: "link", Verb: "show", Stats: true, Details: true}},
		{"ip -4 link show eth0", Query{Family: IPv4, Object: "link", Verb: "show", Dev: "eth0"}},
		{"ip -6 -n red addr show dev eth0 up", Query{Netns: "red", Family: IPv6, Object: "addr", Verb: "show", Dev: "eth0", Up: true}},
		{"ip link list type bridge", Query{Object: "link", Verb: "show", Kind: "bridge"}},
		{"ip link show up type vlan master br0", Query{Object: "link", Verb: "show", Master: "br0", Kind: "vlan", Up: true}},
		{"ip link show dev type", Query{Object: "link", Verb: "show", Dev: "type"}},
		{"ip addr list to 10.0.0.0/8 dev eth0", Query{Object: "addr", Verb: "show", Dev: "eth0", To: "10.0.0.0/8"}},
		{"ip addr show to fd00::1", Query{Object: "addr", Verb: "show", To: "fd00::1"}},
		{"ip addr show type veth up", Query{Object: "addr", Verb: "show", Kind: "veth", Up: true}},
		{"ip addr show master br0", Query{Object: "addr", Verb: "show", Master: "br0"}},
		{"ip -h a", Query{Object: "addr", Verb: "show"}},
		{"ip -p -j addr", Query{Object: "addr", Verb: "show", JSON: true}},
		{"ip -color=never r", Query{Object: "route", Verb: "show"}},
		{"ip route list table 7", Query{Object: "route", Verb: "show", Table: "7"}},
		{"ip route show table main dev eth0 to 10.2/16", Query{Object: "route", Verb: "show", Dev: "eth0", To: "10.2.0.0/16", Table: "main"}},
		{"ip route show oif eth0", Query{Object: "route", Verb: "show", Dev: "eth0"}},
		{"ip route show all", Query{Object: "route", Verb: "show", To: "default"}},
		{"ip -6 route show default", Query{Family: IPv6, Object: "route", Verb: "show", To: "default"}},
		{"ip route get 10.0.0.9", Query{Object: "route", Verb: "get", To: "10.0.0.9"}},
		{"ip -n red route get fd00::9", Query{Netns: "red", Object: "route", Verb: "get", To: "fd00::9"}},
		{"ip neigh list", Query{Object: "neigh", Verb: "show"}},
		{"ip neigh show to 10.0.0.0/24", Query{Object: "neigh", Verb: "show", To: "10.0.0.0/24"}},
		{"ip -6 neigh show dev eth0", Query{Family: IPv6, Object: "neigh", Verb: "show", Dev: "eth0"}},
		{"ip netns show", Query{Object: "netns", Verb: "list"}},
		{"ip netns identify", Query{Object: "netns", Verb: "identify"}},
		{"ip netns identify self", Query{Object: "netns", Verb: "identify", To: "self"}},
		{"ip rule show", Query{Object: "rule", Verb: "show"}},
		{"ip -6 rule", Query{Family: IPv6, Object: "rule", Verb: "show"}},
		{"ip maddr show dev eth0", Query{Object: "maddr", Verb: "show", Dev: "eth0"}},
		{"ip -4 maddr", Query{Family: IPv4, Object: "maddr", Verb: "show"}},
		{"bridge fdb show br br0", Query{Object: "fdb", Verb: "show", Master: "br0"}},
		{"bridge fdb show br br0 dynamic", Query{Object: "fdb", Verb: "show", Master: "br0", Dynamic: true}},
		{"bridge fdb show master br0 dev eth0", Query{Object: "fdb", Verb: "show", Dev: "eth0", Master: "br0"}},
		{"bridge -s -d fdb", Query{Object: "fdb", Verb: "show", Stats: true, Details: true}},
		{"bridge -o link show master br0", Query{Object: "bridge-link", Verb: "show", Master: "br0", Oneline: true}},
		{"ip netns exec red bridge -j link", Query{Netns: "red", Object: "bridge-link", Verb: "show", JSON: true}},
		{"ip netns exec red ip netns exec blue ip -br a", Query{Netns: "blue", Object: "addr", Verb: "show", Brief: true}},
		{"sysctl net.ipv4.ip_forward", Query{Object: "sysctl", Verb: "show", To: "net.ipv4.ip_forward"}},
		{"sysctl -n net/ipv4/conf/eth0.7/rp_filter", Query{Object: "sysctl", Verb: "show", To: "net.ipv4.conf.eth0/7.rp_filter", Brief: true}},
		{"sysctl -q net.ipv4.ip_forward", Query{Object: "sysctl", Verb: "show", To: "net.ipv4.ip_forward"}},
		{"/usr/sbin/route", Query{Object: "route", Verb: "show"}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			args, err := Split(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseQuery(args)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Args = args
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
