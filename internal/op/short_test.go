package op

import "testing"

// The short forms are those of ip 6.1, tried by hand; "": ip takes the word
// for another one, or for none.
func TestAShortLineIsPrintedInFull(t *testing.T) {
	tests := []struct{ line, want string }{
		{"ip l a v1 t veth", ""},
		{"ip link add v1 ty veth", "ip link add v1 type veth"},
		{"ip link add v1 n red type veth", ""},
		{"ip link add v1 netn red type dummy", ""},
		{"ip link add v1 ma br0 type dummy", "ip link add v1 master br0 type dummy"},
		{"ip link add v1 a 2:0:0:0:0:1 type dummy", "ip link add v1 address 02:00:00:00:00:01 type dummy"},
		{"ip link add v1 addre 2:0:0:0:0:1 type dummy", "ip link add v1 address 02:00:00:00:00:01 type dummy"},
		{"ip l s v1 m br0", "ip link set v1 master br0"},
		{"ip l s v1 n", "ip link set v1 nomaster"},
		{"ip l s v1 nomas", "ip link set v1 nomaster"},
		{"ip l s v1 al x", "ip link set v1 alias x"},
		{"ip l s v1 addrg none", "ip link set v1 addrgenmode none"},
		{"ip l se v1 mtu 1400", "ip link set v1 mtu 1400"},
		{"ip l ch v1 up", "ip link set v1 up"},
		{"ip l s br0 ty bridge st 1", "ip link set br0 type bridge stp_state 1"},
		{"ip l s br0 ty bridge vl 1", "ip link set br0 type bridge vlan_filtering 1"},
		{"ip l s br0 ty bridge a 1", "ip link set br0 type bridge ageing_time 1"},
		{"ip l s br0 ty bridge f 1", "ip link set br0 type bridge forward_delay 1"},
		{"ip l a vx0 ty vxlan i 7 dst 4789", "ip link add vx0 type vxlan id 7 dstport 4789"},
		{"ip l a vx0 ty vxlan v 7 dst 4789", "ip link add vx0 type vxlan id 7 dstport 4789"},
		{"ip l a vx0 ty vxlan vni 7 r 10.0.0.2 l 10.0.0.1 dstp 4789 no", "ip link add vx0 type vxlan id 7 local 10.0.0.1 remote 10.0.0.2 dstport 4789 nolearning"},
		{"ip l a vx0 ty vxlan id 7 g 239.1.1.1 d eth0 dst 4789 le", "ip link add vx0 type vxlan id 7 dev eth0 group 239.1.1.1 dstport 4789 learning"},
		{"ip l de v1", "ip link del v1"},
		{"ip l d v1 ty veth", "ip link del v1 type veth"},
		{"ip a a 10.0.0.1/24 b + dev v1", "ip addr add 10.0.0.1/24 broadcast + dev v1"},
		{"ip a a 10.0.0.1/24 br 10.0.0.255 dev v1", "ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v1"},
		{"ip a a 10.0.0.1 rem 10.0.0.2 dev v1", ""},
		{"ip a r 10.0.0.1/24 dev v1", "ip addr replace 10.0.0.1/24 dev v1"},
		{"ip a c 10.0.0.1/24 dev v1", "ip addr change 10.0.0.1/24 dev v1"},
		{"ip a d 10.0.0.1/24 dev v1", "ip addr del 10.0.0.1/24 dev v1"},
		{"ip a f v1", "ip addr flush v1"},
		{"ip addr repl 10.0.0.1/24 dev v1", "ip addr replace 10.0.0.1/24 dev v1"},
		{"ip r a default v 10.0.0.254", ""},
		{"ip r a default via 10.0.0.254 m 5", "ip route add default via 10.0.0.254 metric 5"},
		{"ip r a default via 10.0.0.254 p 5", "ip route add default via 10.0.0.254 metric 5"},
		{"ip r a default via 10.0.0.254 pref 5", ""},
		{"ip r a default via 10.0.0.254 prot static", "ip route add default via 10.0.0.254 proto static"},
		{"ip r a default via 10.0.0.254 ta 7", "ip route add default via 10.0.0.254 table 7"},
		{"ip r a default via 10.0.0.254 t 7", "ip route add default via 10.0.0.254 table 7"},
		{"ip r r default via 10.0.0.254", "ip route replace default via 10.0.0.254"},
		{"ip r c default via 10.0.0.254", "ip route change default via 10.0.0.254"},
		{"ip r chg default via 10.0.0.254", "ip route change default via 10.0.0.254"},
		{"ip r ap default via 10.0.0.254", "ip route append default via 10.0.0.254"},
		{"ip r d default", "ip route del default"},
		{"ip ro del default", "ip route del default"},
		{"ip rou del default", "ip route del default"},
		{"ip n a 10.0.0.2 l 02:00:00:00:00:02 dev v1 nud p", "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v1 nud permanent"},
		{"ip n a 10.0.0.2 ll 02:00:00:00:00:02 dev v1 nud f", "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v1 nud failed"},
		{"ip n a p 10.0.0.2 dev v1", "ip neigh add proxy 10.0.0.2 dev v1"},
		{"ip n c 10.0.0.2 ll 02:00:00:00:00:02 dev v1", "ip neigh change 10.0.0.2 lladdr 02:00:00:00:00:02 dev v1"},
		{"ip n r 10.0.0.2 ll 02:00:00:00:00:02 dev v1", "ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev v1"},
		{"ip n d 10.0.0.2 dev v1", "ip neigh del 10.0.0.2 dev v1"},
		{"ip n f all", "ip neigh flush all"},
		{"ip nei f any", "ip neigh flush all"},
		{"ip neighbor f default dev v1", "ip neigh flush all dev v1"},
		{"ip netn a red", "ip netns add red"},
		{"ip net d red", "ip netns del red"},
		{"bridge f a 02:00:00:00:00:05 dev v1 m s", "bridge fdb add 02:00:00:00:00:05 dev v1 master static"},
		{"bridge f a 02:00:00:00:00:05 dev v1 mas d", "bridge fdb add 02:00:00:00:00:05 dev v1 master dynamic"},
		{"bridge f a 02:00:00:00:00:05 dev v1 l", "bridge fdb add 02:00:00:00:00:05 dev v1 permanent"},
		{"bridge f a 02:00:00:00:00:05 dev v1 v 7", "bridge fdb add 02:00:00:00:00:05 dev v1 vlan 7"},
		{"bridge f ap 02:00:00:00:00:05 dev v1 dst 10.0.0.2", "bridge fdb append 02:00:00:00:00:05 dev v1 dst 10.0.0.2"},
		{"bridge f r 02:00:00:00:00:05 dev v1", "bridge fdb replace 02:00:00:00:00:05 dev v1"},
		{"bridge f d 02:00:00:00:00:05 dev v1 m", "bridge fdb del 02:00:00:00:00:05 dev v1 master"},
		{"bridge l s dev v1 flood on", "bridge link set dev v1 flood on"},
		{"bridge l c dev v1 flood on", "bridge link set dev v1 flood on"},
		{"bridge li set dev v1 flood on", "bridge link set dev v1 flood on"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got, err := ParseLine(tt.line)
			if got.String() != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("printed as %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
