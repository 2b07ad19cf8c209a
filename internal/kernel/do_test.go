package kernel

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"netlab/internal/snapshot"
)

// TestOpsDoWhatTheySay does lines and looks for what must be in the network
// then, or must not ("!"). It needs no ip on the machine.
func TestOpsDoWhatTheySay(t *testing.T) {
	cable := []string{"ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up"}
	port := slices.Clip(append(cable, "ip link add br0 type bridge", "ip link set v0 master br0", "ip link set br0 up"))
	tests := []doCase{
		{"a namespace", []string{"ip netns add a"}, []string{"ip netns add a"}},
		{"a namespace that goes", []string{"ip netns add a", "ip netns del a"}, []string{"!ip netns add a"}},
		{"a cable with both ends here", cable[:1], []string{"link add v0 ", "link add v1 ", "type veth peer name v1 netns host"}},
		{"a cable into a namespace", []string{"ip netns add a", "ip link add v0 type veth peer name v1 netns a"},
			[]string{"ip -n a link add v1 ", "type veth peer name v1 netns a"}},
		{"a cable between two namespaces", []string{"ip netns add a", "ip netns add b", "ip -n a link add x type veth peer name y netns b"},
			[]string{"ip -n a link add x ", "ip -n b link add y "}},
		{"mtu and address of both ends", []string{"ip link add v0 mtu 1400 address 02:00:00:00:00:06 type veth peer name v1 mtu 1300 address 02:00:00:00:00:07"},
			[]string{"link add v0 address 02:00:00:00:00:06 mtu 1400", "link add v1 address 02:00:00:00:00:07 mtu 1300"}},
		{"a bridge with options", []string{"ip link add br0 type bridge stp_state 1 ageing_time 1000"},
			[]string{"type bridge stp on vlan_filtering off ageing_time 1000"}},
		{"a bridge whose options change", []string{"ip link add br0 type bridge", "ip link set br0 type bridge forward_delay 400"},
			[]string{"forward_delay 400"}},
		{"a vxlan", []string{"ip link add vx type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 nolearning"},
			[]string{"type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 nolearning", "bridge fdb add 00:00:00:00:00:00 dev vx dst 192.0.2.2"}},
		{"a vxlan over IPv6", []string{"ip link add vx type vxlan id 7 local fd00::1 remote fd00::2 dstport 4789"},
			[]string{"local fd00::1 remote fd00::2"}},
		{"up and down", append(cable, "ip link set v1 down"), []string{"<NO-CARRIER,BROADCAST,MULTICAST,UP> DOWN", "link add v1 address"}},
		{"a new name, size and note", []string{"ip link add v0 type veth peer name v1", "ip link set v0 name left mtu 1400 alias note"},
			[]string{"link add left ", "mtu 1400 alias note", "!link add v0 "}},
		{"flags", append(cable, "ip link set v0 arp off", "ip link set v1 promisc on"), []string{"NOARP", "PROMISC"}},
		{"no link-local address", []string{"ip link add v0 type veth peer name v1", "ip link set v0 addrgenmode none", "ip link set v0 up", "ip link set v1 up"},
			[]string{"addrgen none", "!fe80::/64 scope link dev v0"}},
		{"a port", port, []string{"master br0 up type veth", "port forwarding"}},
		{"a port that leaves", append(port, "ip link set v0 nomaster"), []string{"!port forwarding"}},
		{"options of a port", append(port, "bridge link set dev v0 learning off flood off hairpin on isolated on cost 9"),
			[]string{"learning off flood off hairpin on isolated on", "cost 9"}},
		{"the state of a port", append(port, "bridge link set dev v0 state disabled"), []string{"port disabled"}},
		{"a move", []string{"ip netns add a", "ip link add v0 type veth peer name v1", "ip link set v0 netns a"},
			[]string{"ip -n a link add v0 ", "!ip link add v0 "}},
		{"a cable that goes", append(cable, "ip link del v0"), []string{"!link add v0 ", "!link add v1 "}},
		{"an address", append(cable, "ip addr add 10.0.0.1/24 brd + dev v0"), []string{"addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v0", "route add 10.0.0.0/24 dev v0 proto kernel"}},
		{"an address of one's own", append(cable, "ip addr add 127.0.0.9/8 dev v0"), []string{"addr add 127.0.0.9/8 scope host"}},
		{"a point-to-point address", append(cable, "ip addr add 10.0.0.1 peer 10.0.0.2 dev v0"), []string{"addr add 10.0.0.1/32 peer 10.0.0.2/32"}},
		{"an IPv6 address", append(cable, "ip addr add fd00::1/64 nodad dev v0"), []string{"addr add fd00::1/64 dev v0 # nodad", "-6 route add fd00::/64 dev v0"}},
		{"an address that is replaced", append(cable, "ip addr replace 10.0.0.1/24 dev v0", "ip addr replace 10.0.0.1/24 dev v0"), []string{"addr add 10.0.0.1/24"}},
		{"an address that goes", append(cable, "ip addr add 10.0.0.1/24 dev v0", "ip addr del 10.0.0.1/24 dev v0"), []string{"!10.0.0.1/24", "!route add 10.0.0.0/24"}},
		{"all addresses go", append(cable, "ip addr add 10.0.0.1/24 dev v0", "ip addr add 10.0.0.2/24 dev v0", "ip addr add fd00::1/64 dev v0", "ip addr flush dev v0"),
			[]string{"!10.0.0.1/24", "!10.0.0.2/24", "!fd00::1/64"}},
		{"only IPv4 addresses go", append(cable, "ip addr add 10.0.0.1/24 dev v0", "ip addr add fd00::1/64 dev v0", "ip -4 addr flush dev v0"),
			[]string{"!10.0.0.1/24", "fd00::1/64"}},
		{"a route through a gateway", append(cable, "ip addr add 10.0.0.1/24 dev v0", "ip route add 10.5.0.0/16 via 10.0.0.2 metric 7 mtu 1400 proto static"),
			[]string{"route add 10.5.0.0/16 via 10.0.0.2 dev v0 proto static metric 7 mtu 1400"}},
		{"a default route", append(cable, "ip addr add 10.0.0.1/24 dev v0", "ip route add default via 10.0.0.2"), []string{"route add default via 10.0.0.2 dev v0 proto boot"}},
		{"a route on the link", append(cable, "ip route add 10.5.0.0/16 dev v0"), []string{"route add 10.5.0.0/16 dev v0 proto boot scope link"}},
		{"a route that is replaced", append(cable, "ip route add 10.5.0.0/16 dev v0", "ip route replace 10.5.0.0/16 dev v1"),
			[]string{"route add 10.5.0.0/16 dev v1", "!route add 10.5.0.0/16 dev v0"}},
		{"a route that is appended", append(cable, "ip route add 10.5.0.0/16 dev v0", "ip route append 10.5.0.0/16 dev v1"),
			[]string{"route add 10.5.0.0/16 dev v1", "route add 10.5.0.0/16 dev v0"}},
		{"a route in another table", append(cable, "ip route add 10.5.0.0/16 dev v0 table 1000"), []string{"dev v0 table 1000"}},
		{"a blackhole", []string{"ip netns add a", "ip -n a route add blackhole 10.5.0.0/16"}, []string{"route add blackhole 10.5.0.0/16"}},
		{"an IPv6 route", append(cable, "ip addr add fd00::1/64 nodad dev v0", "ip -6 route add default via fd00::2"), []string{"-6 route add default via fd00::2 dev v0"}},
		{"a route that goes", append(cable, "ip route add 10.5.0.0/16 dev v0", "ip route del 10.5.0.0/16"), []string{"!10.5.0.0/16"}},
		{"a neighbour", append(cable, "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0"), []string{"neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent"}},
		{"a proxy", append(cable, "ip neigh add proxy 10.0.0.8 dev v0"), []string{"neigh add proxy 10.0.0.8 dev v0"}},
		{"neighbours that are forgotten", append(cable, "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0 nud stale",
			"ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0", "ip neigh flush dev v0"), []string{"!10.0.0.2", "neigh add 10.0.0.3"}},
		{"a forwarding entry of a port", append(port, "bridge fdb add 02:00:00:00:00:21 dev v0 master static"),
			[]string{"bridge fdb add 02:00:00:00:00:21 dev v0 master static # of br0"}},
		{"a forwarding entry of a vxlan", []string{"ip link add vx type vxlan id 7 dstport 4789", "bridge fdb add 02:00:00:00:00:11 dev vx dst 192.0.2.3"},
			[]string{"bridge fdb add 02:00:00:00:00:11 dev vx dst 192.0.2.3 self permanent"}},
		{"a forwarding entry that goes", append(port, "bridge fdb add 02:00:00:00:00:21 dev v0 master", "bridge fdb del 02:00:00:00:00:21 dev v0 master"),
			[]string{"!02:00:00:00:00:21"}},
		{"a setting", []string{"ip netns add a", "ip netns exec a sysctl -w net.ipv4.ip_forward=1"}, []string{"ip netns exec a sysctl -w net.ipv4.ip_forward=1"}},
	}
	doAll(t, tests)
}

// doCase is lines to be done, and what must be in the network then, or must
// not ("!").
type doCase struct {
	name  string
	lines []string
	want  []string
}

func doAll(t *testing.T, cases []doCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := New()
			t.Cleanup(func() { clean(t, k) })
			for _, line := range c.lines {
				do(t, k, line)
				if err := k.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			holds(t, k, c.want...)
		})
	}
}

// holds looks for parts of lines in the network.
func holds(t *testing.T, k *Kernel, want ...string) {
	t.Helper()
	got := snapshot.Normalise(snap(t, k)).Lines()
	for _, w := range want {
		part, not := strings.CutPrefix(w, "!")
		found := slices.ContainsFunc(got, func(l string) bool { return strings.Contains(l, part) })
		if found == not {
			t.Errorf("want %q in\n%s", w, strings.Join(got, "\n"))
		}
	}
}

// TestRefusalsAreWorded pins what is said when something fails, so that it is
// right also where no ip is there to compare with.
func TestRefusalsAreWorded(t *testing.T) {
	cable := []string{"ip link add v0 type veth peer name v1", "ip netns add a"}
	tests := []struct {
		line string
		text string // "": the kernel's own words, which differ from one to the next
		exit int
	}{
		{"ip netns add a", `Cannot create namespace file "/run/netns/a": File exists`, 1},
		{"ip netns del b", `Cannot remove namespace file "/run/netns/b": No such file or directory`, 1},
		{"ip -n b link set lo up", `Cannot open network namespace "b": No such file or directory`, 255},
		{"ip netns exec b sysctl -w net.ipv4.ip_forward=1", `Cannot open network namespace "b": No such file or directory`, 255},
		{"ip link add v0 type bridge", "", 2},
		{"ip link add d0 type dummy", "", 2},
		{"ip link add w0 master br9 type veth peer name w1", "Error: argument \"br9\" is wrong: Device does not exist\n", 255},
		{"ip link add w0 type veth peer name w1 netns b", "Error: argument \"b\" is wrong: Invalid \"netns\" value\n", 255},
		{"ip link set w9 up", `Cannot find device "w9"`, 1},
		{"ip link set v0 netns b", "Error: argument \"b\" is wrong: Invalid \"netns\" value\n", 255},
		{"ip link set v0 master br9", "Error: argument \"br9\" is wrong: Device does not exist\n", 255},
		{"ip link del w9", `Cannot find device "w9"`, 1},
		{"ip addr add 10.0.0.1/24 dev w9", `Cannot find device "w9"`, 1},
		{"ip addr del 10.0.0.1/24 dev v0", "", 2},
		{"ip addr flush dev w9", `Device "w9" does not exist.`, 1},
		{"ip route add default via 10.0.0.9", "", 2},
		{"ip route add 10.0.0.0/8 dev v0", "", 2},
		{"ip route add 10.0.0.0/8 dev w9", `Cannot find device "w9"`, 1},
		{"ip route del 10.0.0.0/8", "", 2},
		{"ip neigh del 10.0.0.2 dev v0", "", 2},
		{"ip neigh flush dev w9", `Cannot find device "w9"`, 1},
		{"bridge fdb add 02:00:00:00:00:01 dev w9", `Cannot find device "w9"`, 255},
		{"bridge link set dev w9 learning off", `Cannot find bridge device "w9"`, 255},
		{"sysctl -w net.ipv4.nothing=1", "sysctl: cannot stat /proc/sys/net/ipv4/nothing: No such file or directory", 1},
		{"sysctl -w net.ipv4.ip_forward=maybe", `sysctl: setting key "net.ipv4.ip_forward": Invalid argument`, 1},
	}
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, cable...)
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			var e *Error
			if !errors.As(try(t, k, tt.line), &e) {
				t.Fatal("no *Error")
			}
			if tt.text != "" && e.Text != tt.text || e.Text == "" {
				t.Errorf("text %q, want %q", e.Text, tt.text)
			}
			if e.Exit != tt.exit {
				t.Errorf("exit code %d, want %d", e.Exit, tt.exit)
			}
		})
	}
}
