package op

import "testing"

func TestTheTablesAndPortsOfABridgeAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"bridge fdb add 02:00:00:00:00:05 dev eth0", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0",
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 self", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Self: true,
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true,
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 self master", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Self: true, Master: true,
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master permanent vlan 1", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true, State: "permanent", VLAN: 1,
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master static vlan 4094", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true, State: "static", VLAN: 4094,
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master dynamic", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true, State: "dynamic",
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 master temp", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true, State: "static",
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev eth0 local", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "eth0", State: "permanent",
		}}},
		{"bridge fdb add 02:00:00:00:00:05 dev vx0 dst fd00::2 port 65535 vni 16777215 via eth0", Line{Op: &FDBAdd{
			Verb: "add", LLAddr: "02:00:00:00:00:05", Dev: "vx0", Dst: ip("fd00::2"), VNI: 16777215, Port: 65535, Via: "eth0",
		}}},
		{"bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.3 vni 1 port 1", Line{Op: &FDBAdd{
			Verb: "append", LLAddr: "00:00:00:00:00:00", Dev: "vx0", Dst: ip("10.0.0.3"), VNI: 1, Port: 1,
		}}},
		{"bridge fdb replace to 2:0:0:0:0:5 dev vx0 dst 10.0.0.4", Line{Op: &FDBAdd{
			Verb: "replace", LLAddr: "02:00:00:00:00:05", Dev: "vx0", Dst: ip("10.0.0.4"),
		}}},
		{"bridge fdb del 02:00:00:00:00:05 dev eth0 master", Line{Op: &FDBDel{
			LLAddr: "02:00:00:00:00:05", Dev: "eth0", Master: true,
		}}},
		{"bridge fdb del 02:00:00:00:00:05 dev vx0 dst 10.0.0.2 vni 7 self", Line{Op: &FDBDel{
			LLAddr: "02:00:00:00:00:05", Dev: "vx0", Dst: ip("10.0.0.2"), Self: true, VNI: 7,
		}}},
		{"bridge fdb del to 02:00:00:00:00:05 dev eth0 vlan 2", Line{Op: &FDBDel{
			LLAddr: "02:00:00:00:00:05", Dev: "eth0", VLAN: 2,
		}}},
		{"bridge link set dev eth0 learning on", Line{Op: &PortSet{Dev: "eth0", Learning: ref(true)}}},
		{"bridge link set dev eth0 flood off", Line{Op: &PortSet{Dev: "eth0", Flood: ref(false)}}},
		{"bridge link set dev eth0 hairpin on", Line{Op: &PortSet{Dev: "eth0", Hairpin: ref(true)}}},
		{"bridge link set dev eth0 isolated on", Line{Op: &PortSet{Dev: "eth0", Isolated: ref(true)}}},
		{"bridge link set dev eth0 neigh_suppress off", Line{Op: &PortSet{Dev: "eth0", NeighSupp: ref(false)}}},
		{"bridge link set dev eth0 state disabled", Line{Op: &PortSet{Dev: "eth0", State: "disabled"}}},
		{"bridge link set dev eth0 state 4", Line{Op: &PortSet{Dev: "eth0", State: "4"}}},
		{"bridge link set dev eth0 cost 2147483647", Line{Op: &PortSet{Dev: "eth0", Cost: 2147483647}}},
		{"bridge -n red link set dev eth0 learning off flood on hairpin off isolated off neigh_suppress on state learning cost 1", Line{Netns: "red", Op: &PortSet{
			Dev: "eth0", Learning: ref(false), Flood: ref(true), Hairpin: ref(false), Isolated: ref(false), NeighSupp: ref(true), State: "learning", Cost: 1,
		}}},
	})
}
