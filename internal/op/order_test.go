package op

import (
	"slices"
	"strings"
	"testing"
)

// orders gives all orders of the groups.
func orders(groups []string) [][]string {
	if len(groups) < 2 {
		return [][]string{groups}
	}
	var all [][]string
	for i := range groups {
		rest := slices.Delete(slices.Clone(groups), i, i+1)
		for _, tail := range orders(rest) {
			all = append(all, append([]string{groups[i]}, tail...))
		}
	}
	return all
}

func TestTheOrderOfTheWordsDoesNotMatter(t *testing.T) {
	tests := []struct{ head, groups string }{ // groups of words, with commas between
		{"ip link set", "dev eth0,up,mtu 1400,master br0"},
		{"ip link set", "eth0,down,nomaster,arp off"},
		{"ip link add type vxlan", "id 7,dstport 4789,remote 10.0.0.2,nolearning"},
		{"ip link add type bridge", "stp_state 1,vlan_filtering 0,ageing_time 5,forward_delay 6"},
		{"ip link add type veth peer", "name v1,netns red,mtu 1400,address 02:00:00:00:00:01"},
		{"ip link add", "v0,mtu 1400,netns red,type veth"},
		{"ip addr add", "10.0.0.1/24,dev eth0,brd +,label eth0:1"},
		{"ip addr add", "fd00::1/64,dev eth0,nodad,scope link"},
		{"ip addr del", "10.0.0.1/24,dev eth0"},
		{"ip route add", "default,via 10.0.0.254,dev eth0,metric 7"},
		{"ip route add", "blackhole 10.2.0.0/16,table 7,metric 9"},
		{"ip route del", "to 10.2.0.0/16,oif eth0,proto static,scope link"},
		{"ip neigh add", "10.0.0.2,dev eth0,lladdr 02:00:00:00:00:02,nud stale"},
		{"ip neigh del", "proxy 10.0.0.2,dev eth0"},
		{"bridge fdb add", "02:00:00:00:00:05,dev vx0,dst 10.0.0.2,self"},
		{"bridge link set", "dev eth0,learning off,flood on,cost 3"},
	}
	for _, tt := range tests {
		t.Run(tt.head+" "+tt.groups, func(t *testing.T) {
			var first string
			for _, order := range orders(strings.Split(tt.groups, ",")) {
				line := tt.head + " " + strings.Join(order, " ")
				if slices.ContainsFunc(order[:len(order)-1], func(s string) bool { return strings.HasPrefix(s, "type ") }) {
					continue // what follows "type" belongs to the type
				}
				got, err := ParseLine(line)
				if err != nil {
					t.Fatal(line, err)
				}
				if first == "" {
					first = got.String()
				}
				if got.String() != first {
					t.Errorf("%q is read as %q, and another order as %q", line, got, first)
				}
			}
		})
	}
}

func TestTheKeywordsOfEachOpInTheirOrder(t *testing.T) {
	tests := []struct {
		name string
		op   Op
		want string
	}{
		{"a new namespace", &NetnsAdd{}, ""},
		{"a new veth pair", &LinkAdd{Kind: "veth"}, "name dev netns mtu address master up type peer name dev netns mtu address"},
		{"a new bridge", &LinkAdd{Kind: "bridge"}, "name dev netns mtu address master up type stp_state vlan_filtering ageing_time forward_delay"},
		{"a new tunnel", &LinkAdd{Kind: "vxlan"}, "name dev netns mtu address master up type id dev local remote group dstport learning nolearning"},
		{"a change of a link", &LinkSet{}, "dev up down netns master nomaster mtu address name arp promisc alias addrgenmode type"},
		{"the end of a link", &LinkDel{}, "dev type"},
		{"a new address", &AddrAdd{}, "local peer broadcast scope label nodad dev"},
		{"the end of an address", &AddrDel{}, "local dev"},
		{"the end of all addresses", &AddrFlush{}, "dev"},
		{"a new route", &RouteAdd{}, "to via dev oif src metric table proto scope mtu onlink"},
		{"a new route of a type, behind which nothing but the network stands", &RouteAdd{Type: "throw"}, "via dev oif src metric table proto scope mtu onlink"},
		{"the end of a route", &RouteDel{}, "to via dev oif metric table proto scope"},
		{"a new neighbour", &NeighAdd{}, "to proxy lladdr dev nud"},
		{"the end of a neighbour", &NeighDel{}, "to proxy dev"},
		{"the end of all neighbours", &NeighFlush{}, "all any default dev"},
		{"a new entry of a bridge", &FDBAdd{}, "to dev dst port vni via vlan self master permanent static dynamic"},
		{"the end of an entry", &FDBDel{}, "to dev dst vni vlan self master"},
		{"a change of a port", &PortSet{}, "dev learning flood hairpin isolated neigh_suppress state cost"},
		{"a setting", &SysctlSet{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(Keywords(tt.op), " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestEveryLengthOfANameAtItsLimit(t *testing.T) {
	tests := []struct {
		name   string
		format string // N is the name
		limit  int
	}{
		{"an interface", "ip link set N up", 15},
		{"a new interface", "ip link add N type dummy", 15},
		{"the other end", "ip link add v0 type veth peer name N", 15},
		{"a bridge", "ip link set v0 master N", 15},
		{"a new name", "ip link set v0 name N", 15},
		{"a label", "ip addr add 10.0.0.1/24 dev v0 label N", 15},
		{"a namespace", "ip netns add N", 63},
		{"the namespace of a line", "ip -n N link set lo up", 63},
		{"the namespace of a command", "ip netns exec N ip link set lo up", 63},
		{"the namespace a link moves to", "ip link set v0 netns N", 63},
		{"a note", "ip link set v0 alias N", 255},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n, ok := range map[int]bool{1: true, tt.limit: true, tt.limit + 1: false} {
				line := strings.Replace(tt.format, "N", strings.Repeat("z", n), 1)
				if _, err := ParseLine(line); (err == nil) != ok {
					t.Errorf("%d bytes: %v", n, err)
				}
			}
		})
	}
}
