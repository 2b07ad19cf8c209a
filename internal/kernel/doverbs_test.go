package kernel

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// onCable are lines after those that make a cable with both ends up.
func onCable(lines ...string) []string {
	return append([]string{"ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up"}, lines...)
}

// inSix are lines after a cable whose end v0 has an IPv6 address.
func inSix(lines ...string) []string {
	return onCable(append([]string{"ip addr add fd00::1/64 nodad dev v0"}, lines...)...)
}

// onBridge are lines after a bridge with a port.
func onBridge(lines ...string) []string {
	return onCable(append([]string{"ip link add br0 type bridge", "ip link set v0 master br0", "ip link set br0 up"}, lines...)...)
}

func TestOpsOverIPv6(t *testing.T) {
	doAll(t, []doCase{
		{"a single address", inSix("ip addr add fd00::9/128 nodad dev v0"), []string{"addr add fd00::9/128 dev v0"}},
		{"an address with a peer", onCable("ip addr add fd00::1 peer fd00::2 nodad dev v0"), []string{"addr add fd00::1/128 peer fd00::2/128 dev v0"}},
		{"an address that is changed", inSix("ip addr change fd00::1/64 dev v0"), []string{"addr add fd00::1/64 dev v0"}},
		{"an address that goes", inSix("ip addr del fd00::1/64 dev v0"), []string{"!fd00::1/64", "!-6 route add fd00::/64"}},
		{"only IPv6 addresses go", inSix("ip addr add 10.0.0.1/24 dev v0", "ip -6 addr flush dev v0"), []string{"addr add 10.0.0.1/24", "!fd00::1/64"}},
		{"addresses go when the link goes down", inSix("ip addr add 10.0.0.1/24 dev v0", "ip link set v0 down"), []string{"addr add 10.0.0.1/24", "!fd00::1/64"}},
		{"a route through a gateway", inSix("ip route add fd05::/48 via fd00::2 metric 7"), []string{"-6 route add fd05::/48 via fd00::2 dev v0 proto boot metric 7"}},
		{"a route on the link", inSix("ip -6 route add fd05::/48 dev v0"), []string{"-6 route add fd05::/48 dev v0 proto boot metric 1024"}},
		{"a route with a source and a size", inSix("ip route add fd05::/48 via fd00::2 src fd00::1 mtu 1300"), []string{"src fd00::1 metric 1024 mtu 1300"}},
		{"a route of another table", inSix("ip -6 route add fd05::/48 dev v0 table 300"), []string{"fd05::/48 dev v0 table 300"}},
		{"a route that is replaced", inSix("ip -6 route add fd05::/48 via fd00::2", "ip -6 route replace fd05::/48 via fd00::3"), []string{"via fd00::3", "!via fd00::2"}},
		{"a route that is changed", inSix("ip -6 route add fd05::/48 via fd00::2", "ip -6 route change fd05::/48 via fd00::3"), []string{"via fd00::3", "!via fd00::2"}},
		{"a route that goes", inSix("ip -6 route add fd05::/48 via fd00::2", "ip -6 route del fd05::/48"), []string{"!fd05::/48"}},
		{"the default route goes", inSix("ip -6 route add default via fd00::2", "ip -6 route del default"), []string{"!route add default"}},
		{"an unreachable network", onCable("ip -6 route add unreachable fd06::/48"), []string{"-6 route add unreachable fd06::/48"}},
		{"a neighbour", onCable("ip neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0"), []string{"neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0 nud permanent"}},
		{"a neighbour that goes", onCable("ip neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0", "ip neigh del fd00::2 dev v0"), []string{"!fd00::2 lladdr"}},
		{"a proxy", onCable("ip neigh add proxy fd00::8 dev v0"), []string{"neigh add proxy fd00::8 dev v0"}},
		{"a proxy that goes", onCable("ip neigh add proxy fd00::8 dev v0", "ip neigh del proxy fd00::8 dev v0"), []string{"!fd00::8"}},
	})
}

func TestVerbs(t *testing.T) {
	const neigh, mac, other = "ip neigh %s 10.0.0.2 lladdr ", "02:00:00:00:00:02", "02:00:00:00:00:03"
	line := func(verb, mac string) string { return strings.Replace(neigh, "%s", verb, 1) + mac + " dev v0" }
	entry := func(verb, words string) string {
		return "bridge fdb " + verb + " 02:00:00:00:00:21 dev vx " + words
	}
	// Only what stands for many may have more than one far end.
	zeros := func(verb, words string) string {
		return "bridge fdb " + verb + " 00:00:00:00:00:00 dev vx " + words
	}
	vxlan := func(lines ...string) []string {
		return append([]string{"ip link add vx type vxlan id 7 dstport 4789"}, lines...)
	}
	doAll(t, []doCase{
		{"an address is replaced by itself with more", onCable("ip addr add 10.0.0.1/24 dev v0", "ip addr replace 10.0.0.1/24 dev v0"), []string{"addr add 10.0.0.1/24 dev v0"}},
		{"a route is changed", onCable("ip route add 10.5.0.0/16 dev v0", "ip route change 10.5.0.0/16 dev v1"), []string{"10.5.0.0/16 dev v1", "!10.5.0.0/16 dev v0"}},
		{"a route is replaced that is not", onCable("ip route replace 10.5.0.0/16 dev v1"), []string{"10.5.0.0/16 dev v1"}},
		{"two metrics are two routes", onCable("ip route add 10.5.0.0/16 dev v0", "ip route add 10.5.0.0/16 dev v1 metric 9"), []string{"10.5.0.0/16 dev v1 proto boot scope link metric 9", "10.5.0.0/16 dev v0 proto boot scope link"}},
		{"one of two metrics goes", onCable("ip route add 10.5.0.0/16 dev v0", "ip route add 10.5.0.0/16 dev v1 metric 9", "ip route del 10.5.0.0/16 metric 9"), []string{"!10.5.0.0/16 dev v1", "10.5.0.0/16 dev v0"}},
		{"a neighbour is replaced", onCable(line("add", mac), line("replace", other)), []string{"lladdr " + other, "!lladdr " + mac}},
		{"a neighbour is changed", onCable(line("add", mac), line("change", other)), []string{"lladdr " + other, "!lladdr " + mac}},
		{"a neighbour with a state", onCable(line("add", mac) + " nud noarp"), []string{"!10.0.0.2"}},
		{"all neighbours are forgotten", onCable(line("add", mac)+" nud stale", "ip neigh add 10.0.0.3 lladdr "+other+" dev v1 nud reachable", "ip neigh flush all"), []string{"!10.0.0.2", "!10.0.0.3"}},
		{"neighbours of one family are forgotten", onCable(line("add", mac)+" nud stale", "ip neigh add fd00::3 lladdr "+other+" dev v0 nud stale", "ip -6 neigh flush dev v0"), []string{"10.0.0.2", "!fd00::3"}},
		{"two far ends", vxlan(zeros("append", "dst 192.0.2.3"), zeros("append", "dst 192.0.2.4")), []string{"dst 192.0.2.3 self", "dst 192.0.2.4 self"}},
		{"one of two far ends goes", vxlan(zeros("append", "dst 192.0.2.3"), zeros("append", "dst 192.0.2.4"), zeros("del", "dst 192.0.2.3")), []string{"!192.0.2.3", "dst 192.0.2.4"}},
		{"another port, number and way", vxlan("ip link add v0 type veth peer name v1", entry("add", "dst 192.0.2.3 port 4790 vni 8 via v0")), []string{"dst 192.0.2.3 port 4790 vni 8 via v0 self permanent"}},
		{"an entry is replaced", vxlan(entry("add", "dst 192.0.2.3"), entry("replace", "dst 192.0.2.9")), []string{"dst 192.0.2.9", "!192.0.2.3"}},
		{"a far end over IPv6", []string{"ip -6 link add vx type vxlan id 7 dstport 4789", "bridge fdb add 02:00:00:00:00:21 dev vx dst fd00::2"}, []string{"dst fd00::2 self"}},
		{"a learned entry", onBridge("bridge fdb add 02:00:00:00:00:21 dev v0 master dynamic"), []string{"02:00:00:00:00:21 dev v0 master reachable # of br0"}},
		{"an entry of the bridge itself", onBridge("bridge fdb add 02:00:00:00:00:21 dev br0 self permanent"), []string{"02:00:00:00:00:21 dev br0"}},
	})
}

func TestOptionsOfLinks(t *testing.T) {
	doAll(t, []doCase{
		{"a vxlan with a device", onCable("ip link add vx type vxlan id 7 dev v0 dstport 4789"), []string{"type vxlan id 7 dev v0 dstport 4789"}},
		{"a vxlan with the kernel's port", []string{"ip link add vx type vxlan id 7 dstport 0"}, []string{"type vxlan id 7 dstport 8472"}},
		{"a vxlan with a group", onCable("ip link add vx type vxlan id 7 group 239.1.1.1 dev v0 dstport 4789"), []string{"remote 239.1.1.1 dev v0"}},
		{"a vxlan that learns", []string{"ip link add vx type vxlan id 7 dstport 4789 learning"}, []string{"!nolearning"}},
		{"a vxlan up at once", []string{"ip link add vx up type vxlan id 7 dstport 4789"}, []string{"up type vxlan"}},
		{"a bridge with all options", []string{"ip link add br0 type bridge stp_state 1 ageing_time 500 forward_delay 300"}, []string{"stp on vlan_filtering off ageing_time 500 forward_delay 300"}},
		{"options are taken back", []string{"ip link add br0 type bridge stp_state 1 forward_delay 300", "ip link set br0 type bridge stp_state 0 forward_delay 1500"}, []string{"stp off vlan_filtering off ageing_time 30000 forward_delay 1500"}},
		{"a bridge's own mtu and address", []string{"ip link add br0 address 02:00:00:00:00:0b mtu 1300 type bridge"}, []string{"br0 address 02:00:00:00:00:0b mtu 1300"}},
		{"a port from the beginning", []string{"ip link add br0 type bridge", "ip link add v0 master br0 type veth peer name v1"}, []string{"master br0 type veth peer name v1"}},
		{"each option of a port and back", onBridge("bridge link set dev v0 learning off flood off hairpin on isolated on neigh_suppress on", "bridge link set dev v0 learning on flood on hairpin off isolated off neigh_suppress off"),
			[]string{"learning on flood on hairpin off isolated off neigh_suppress off"}},
		{"neigh_suppress", onBridge("bridge link set dev v0 neigh_suppress on"), []string{"neigh_suppress on"}},
		{"the state of a port by number", onBridge("bridge link set dev v0 state 0"), []string{"port disabled"}},
		{"the state of a port back", onBridge("bridge link set dev v0 state blocking", "bridge link set dev v0 state forwarding"), []string{"port forwarding"}},
		{"a port changes its bridge", onBridge("ip link add br1 type bridge", "ip link set v0 master br1"), []string{"master br1"}},
		{"a bridge that goes frees its ports", onBridge("ip link del br0"), []string{"!master br0", "link add v0 "}},
		{"promisc and arp and back", onCable("ip link set v0 promisc on arp off", "ip link set v0 promisc off arp on"), []string{"!PROMISC", "!NOARP"}},
		{"a note is taken back", onCable("ip link set v0 alias x", "ip link set v0 alias ''"), []string{"!alias"}},
		{"a move with a new name", []string{"ip netns add a", "ip link add v0 type veth peer name v1", "ip link set v0 netns a name eth0"}, []string{"ip -n a link add eth0 ", "!link add v0 "}},
		{"a move takes addresses and routes away", append([]string{"ip netns add a"}, onCable("ip addr add 10.0.0.1/24 dev v0", "ip link set v0 netns a")...), []string{"!10.0.0.1/24", "!10.0.0.0/24"}},
		{"addrgen", onCable("ip link set v0 addrgenmode random"), []string{"addrgen random"}},
		{"a name of the kernel's choice", []string{"ip link add v0 type veth"}, []string{"type veth peer name veth0"}},
		{"a scope and a label", onCable("ip addr add 10.0.0.1/24 scope link label v0:x dev v0"), []string{"addr add 10.0.0.1/24 scope link label v0:x dev v0"}},
		{"broadcast by hand", onCable("ip addr add 10.0.0.1/24 broadcast 10.0.0.77 dev v0"), []string{"broadcast 10.0.0.77"}},
		{"the lowest as broadcast", onCable("ip addr add 10.0.0.1/24 brd - dev v0"), []string{"broadcast 10.0.0.0 "}},
		{"no broadcast between two", onCable("ip addr add 10.0.0.0/31 brd + dev v0"), []string{"!broadcast", "10.0.0.0/31"}},
	})
}

// TestWhatIsRefusedIsTheKernelsNumber: errno and, through errors.Is, what a
// check compares with; the network stays as it was.
func TestWhatIsRefusedIsTheKernelsNumber(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, inSix("ip netns add a", "ip addr add 10.0.0.1/24 dev v0", "ip route add 10.5.0.0/16 dev v0", "ip -6 route add fd05::/48 via fd00::2",
		"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0", "ip link add br0 type bridge")...)
	tests := map[string]unix.Errno{
		"ip netns add a":                                           unix.EEXIST,
		"ip link add v0 type veth peer name w1":                    unix.EEXIST,
		"ip link set br0 master br0":                               unix.ELOOP,
		"ip link set lo netns a":                                   unix.EINVAL,
		"ip link set v0 name v1":                                   unix.EEXIST,
		"ip link set v0 mtu 99999999":                              unix.EINVAL,
		"ip addr add 10.0.0.1/24 dev v0":                           unix.EEXIST,
		"ip addr add fd00::1/64 dev v0":                            unix.EEXIST,
		"ip addr del 10.0.0.9/24 dev v0":                           unix.EADDRNOTAVAIL,
		"ip addr del fd00::9/64 dev v0":                            unix.EADDRNOTAVAIL,
		"ip route add 10.5.0.0/16 dev v0":                          unix.EEXIST,
		"ip -6 route add fd05::/48 via fd00::2":                    unix.EEXIST,
		"ip route add default via 10.9.9.9":                        unix.ENETUNREACH,
		"ip -6 route add default via fd99::1":                      unix.EHOSTUNREACH,
		"ip route change 10.99.0.0/16 dev v0":                      unix.ENOENT,
		"ip route del 10.99.0.0/16":                                unix.ESRCH,
		"ip -6 route del fd99::/64":                                unix.ESRCH,
		"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0":    unix.EEXIST,
		"ip neigh change 10.0.0.7 lladdr 02:00:00:00:00:02 dev v0": unix.ENOENT,
		"ip neigh del 10.0.0.7 dev v0":                             unix.ENOENT,
		"bridge fdb add 02:00:00:00:00:01 dev v0 master":           unix.EOPNOTSUPP,
		"sysctl -w net.ipv4.ip_forward=x":                          unix.EINVAL,
	}
	before := snapshot.Normalise(snap(t, k)).Lines()
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			var e *Error
			if err := try(t, k, line); !errors.As(err, &e) || e.Errno != want || !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
			if e != nil && e.Line.String() != parsed(t, line).String() {
				t.Errorf("the line is %q", e.Line)
			}
			if e != nil {
				noCommand(t, e.Hint)
			}
		})
	}
	if d := cmp.Diff(before, snapshot.Normalise(snap(t, k)).Lines()); d != "" {
		t.Errorf("what was refused left something behind:\n%s", d)
	}
}

// TestWarningsAreHandedOn: what ip prints although the op succeeded.
func TestWarningsAreHandedOn(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, onCable()...)
	var got []string
	k.Warn = func(l op.Line, text string) { got = append(got, l.String()+": "+text) }
	for _, prefix := range []string{"10.0.0.1/24", "fd00::1/64"} {
		if err := k.Do(op.Line{Op: &op.AddrAdd{Prefix: netip.MustParsePrefix(prefix), NoDAD: true, Dev: "v0"}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || !strings.Contains(got[0], "10.0.0.1/24") || !strings.HasSuffix(got[0], "Warning: nodad option can be set only for IPv6 addresses") {
		t.Errorf("warnings %q", got)
	}
}

// TestAFlushIsWhole: also when removing one address promotes others.
func TestAFlushIsWhole(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	lines := onCable("ip addr add 10.9.0.1/24 dev v1", "sysctl -w net.ipv4.conf.v0.promote_secondaries=1")
	for _, host := range []string{"1", "2", "3", "4", "5"} {
		lines = append(lines, "ip addr add 10.0.0."+host+"/24 dev v0", "ip addr add fd00::"+host+"/64 nodad dev v0")
	}
	do(t, k, append(lines, "ip addr flush dev v0")...)
	host, _ := snap(t, k).Space(snapshot.Host)
	left := slices.DeleteFunc(slices.Clone(host.Addrs), func(a snapshot.Addr) bool { return a.Link != "v0" })
	if len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	holds(t, k, "addr add 10.9.0.1/24 dev v1")
	do(t, k, "ip addr flush dev v0") // nothing to do is no error
}
