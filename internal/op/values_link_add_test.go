package op

import "testing"

func TestNewLinksAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip link add name veth0 type veth", Line{Op: &LinkAdd{Name: "veth0", Kind: "veth"}}},
		{"ip link add dev veth0 mtu 68 type veth", Line{Op: &LinkAdd{Name: "veth0", Kind: "veth", MTU: 68}}},
		{"ip link add veth0 address FF:fe:0:1:2:3 type veth", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Address: "ff:fe:00:01:02:03",
		}}},
		{"ip link add veth0 netns left type veth peer name veth1 netns right", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Netns: "left", Peer: Peer{Name: "veth1", Netns: "right"},
		}}},
		{"ip link add veth0 up type veth peer name veth1", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Up: true, Peer: Peer{Name: "veth1"},
		}}},
		{"ip link add veth0 master br0 type veth peer veth1", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Master: "br0", Peer: Peer{Name: "veth1"},
		}}},
		{"ip link add veth0 type veth peer mtu 9000", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Peer: Peer{MTU: 9000},
		}}},
		{"ip link add veth0 type veth peer address 02:00:00:00:00:09 name veth1", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Peer: Peer{Name: "veth1", Address: "02:00:00:00:00:09"},
		}}},
		{"ip link add veth0 type veth peer netns right", Line{Op: &LinkAdd{
			Name: "veth0", Kind: "veth", Peer: Peer{Netns: "right"},
		}}},
		{"ip link add type dummy", Line{Op: &LinkAdd{Kind: "dummy"}}},
		{"ip link add d0 type dummy", Line{Op: &LinkAdd{Name: "d0", Kind: "dummy"}}},
		{"ip -n lab link add d0 netns other type dummy", Line{Netns: "lab", Op: &LinkAdd{
			Name: "d0", Kind: "dummy", Netns: "other",
		}}},
		{"ip link add br0 type bridge stp_state 1", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", Bridge: Bridge{STP: ref(true)},
		}}},
		{"ip link add br0 type bridge vlan_filtering 1 stp_state 0", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", Bridge: Bridge{STP: ref(false), VLANFiltering: ref(true)},
		}}},
		{"ip link add br0 type bridge ageing_time 4294967295", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", Bridge: Bridge{AgeingTime: ref(uint32(4294967295))},
		}}},
		{"ip link add br0 type bridge forward_delay 1500", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", Bridge: Bridge{ForwardDelay: ref(uint32(1500))},
		}}},
		{"ip link add br0 mtu 9000 address 02:00:00:00:00:b0 up type bridge", Line{Op: &LinkAdd{
			Name: "br0", Kind: "bridge", MTU: 9000, Address: "02:00:00:00:00:b0", Up: true,
		}}},
		{"ip link add vx0 type vxlan id 0 dstport 0", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{HasID: true},
		}}},
		{"ip link add vx0 type vxlan id 16777215 dstport 65535", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{ID: 16777215, HasID: true, DstPort: 65535},
		}}},
		{"ip link add vx0 type vxlan id 5 local 10.0.0.1 remote 10.0.0.2 dstport 4789", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{ID: 5, HasID: true, Local: ip("10.0.0.1"), Remote: ip("10.0.0.2"), DstPort: 4789},
		}}},
		{"ip link add vx0 type vxlan id 5 local fd00::1 remote fd00::2 dstport 4789", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{ID: 5, HasID: true, Local: ip("fd00::1"), Remote: ip("fd00::2"), DstPort: 4789},
		}}},
		{"ip link add vx0 type vxlan id 5 group ff05::100 dev eth0 dstport 4789", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{ID: 5, HasID: true, Dev: "eth0", Group: ip("ff05::100"), DstPort: 4789},
		}}},
		{"ip link add vx0 type vxlan id 5 dev eth0 learning dstport 8472", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", VXLAN: VXLAN{ID: 5, HasID: true, Dev: "eth0", DstPort: 8472, Learning: ref(true)},
		}}},
		{"ip link add vx0 up master br0 type vxlan id 5 nolearning dstport 4789", Line{Op: &LinkAdd{
			Name: "vx0", Kind: "vxlan", Master: "br0", Up: true, VXLAN: VXLAN{ID: 5, HasID: true, DstPort: 4789, Learning: ref(false)},
		}}},
		{"ip link add dev mtu type bridge", Line{Op: &LinkAdd{Name: "mtu", Kind: "bridge"}}},
	})
}
