package op

import "testing"

func TestChangesOfLinksAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip link set dev eth0 up", Line{Op: &LinkSet{Dev: "eth0", Up: ref(true)}}},
		{"ip link set eth0 down", Line{Op: &LinkSet{Dev: "eth0", Up: ref(false)}}},
		{"ip link set eth0 netns red", Line{Op: &LinkSet{Dev: "eth0", Netns: "red"}}},
		{"ip link set eth0 master br0", Line{Op: &LinkSet{Dev: "eth0", Master: ref("br0")}}},
		{"ip link set eth0 nomaster", Line{Op: &LinkSet{Dev: "eth0", Master: ref("")}}},
		{"ip link set eth0 mtu 2147483647", Line{Op: &LinkSet{Dev: "eth0", MTU: 2147483647}}},
		{"ip link set eth0 address 2:0:0:0:0:1", Line{Op: &LinkSet{Dev: "eth0", Address: "02:00:00:00:00:01"}}},
		{"ip link set eth0 name lan0", Line{Op: &LinkSet{Dev: "eth0", NewName: "lan0"}}},
		{"ip link set eth0 arp on", Line{Op: &LinkSet{Dev: "eth0", ARP: ref(true)}}},
		{"ip link set eth0 promisc off", Line{Op: &LinkSet{Dev: "eth0", Promisc: ref(false)}}},
		{`ip link set eth0 alias "to the 'left' room"`, Line{Op: &LinkSet{Dev: "eth0", Alias: ref("to the 'left' room")}}},
		{"ip link set eth0 addrgenmode stable_secret", Line{Op: &LinkSet{Dev: "eth0", Addrgen: "stable_secret"}}},
		{"ip link set eth0 addrgenmode random", Line{Op: &LinkSet{Dev: "eth0", Addrgen: "random"}}},
		{"ip link set br0 type bridge forward_delay 0 ageing_time 0", Line{Op: &LinkSet{
			Dev: "br0", Kind: "bridge", Bridge: Bridge{AgeingTime: ref(uint32(0)), ForwardDelay: ref(uint32(0))},
		}}},
		{"ip link set br0 mtu 1400 type bridge stp_state 1 vlan_filtering 0", Line{Op: &LinkSet{
			Dev: "br0", MTU: 1400, Kind: "bridge", Bridge: Bridge{STP: ref(true), VLANFiltering: ref(false)},
		}}},
		{"ip -n red link set eth0 netns blue name lan0 up", Line{Netns: "red", Op: &LinkSet{
			Dev: "eth0", Up: ref(true), Netns: "blue", NewName: "lan0",
		}}},
		{"ip link set eth0 arp off promisc on up mtu 1400 master br0", Line{Op: &LinkSet{
			Dev: "eth0", Up: ref(true), Master: ref("br0"), MTU: 1400, ARP: ref(false), Promisc: ref(true),
		}}},
		{"ip link change eth0 up", Line{Op: &LinkSet{Dev: "eth0", Up: ref(true)}}},
		{"ip link set dev up up", Line{Op: &LinkSet{Dev: "up", Up: ref(true)}}},
		{"ip link set dev dev down", Line{Op: &LinkSet{Dev: "dev", Up: ref(false)}}},
		{"ip link del eth0", Line{Op: &LinkDel{Dev: "eth0"}}},
		{"ip link del dev type", Line{Op: &LinkDel{Dev: "type"}}},
		{"ip link del br0 type bridge", Line{Op: &LinkDel{Dev: "br0", Kind: "bridge"}}},
		{"ip link del vx0 type vxlan", Line{Op: &LinkDel{Dev: "vx0", Kind: "vxlan"}}},
		{"ip -n red link delete d0 type dummy", Line{Netns: "red", Op: &LinkDel{Dev: "d0", Kind: "dummy"}}},
	})
}
