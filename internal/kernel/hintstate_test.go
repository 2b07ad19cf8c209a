package kernel

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// hintLab is a lab that hints are made from, without a kernel: host with a
// bridge, a cable and addresses, and the namespaces ns1 and ns2.
func hintLab() snapshot.Lab {
	link := func(name, kind string, up bool) snapshot.Link { return snapshot.Link{Name: name, Kind: kind, Up: up} }
	on := func(dev, prefix string) snapshot.Addr {
		return snapshot.Addr{Link: dev, Prefix: netip.MustParsePrefix(prefix)}
	}
	to := func(dst string) snapshot.Route { return snapshot.Route{Dst: netip.MustParsePrefix(dst)} }
	return snapshot.Lab{Spaces: []snapshot.Space{
		{
			Name:   snapshot.Host,
			Links:  []snapshot.Link{link("lo", "loopback", true), link("br0", "bridge", true), link("v0", "veth", true), link("d0", "veth", false)},
			Addrs:  []snapshot.Addr{on("v0", "10.0.0.1/24"), on("v0", "fd00::1/64"), on("d0", "10.1.0.1/24")},
			Routes: []snapshot.Route{to("0.0.0.0/0"), to("10.5.0.0/16")},
		},
		{Name: "ns1", Links: []snapshot.Link{link("lo", "loopback", true), link("eth0", "veth", true)}},
		{Name: "ns2", Links: []snapshot.Link{link("lo", "loopback", true)}},
	}}
}

// failed is a line that the kernel refused, in that lab.
func failed(t *testing.T, line string, errno unix.Errno, ext, text string) string {
	t.Helper()
	l, err := op.ParseLine(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return hint(hintLab(), &Error{Line: l, Errno: errno, Ext: ext, Text: text})
}

// TestEachHintHasItsCondition gives each hint the line that it is for, and a
// near twin that must not get it.
func TestEachHintHasItsCondition(t *testing.T) {
	tests := []struct {
		name  string
		line  string
		errno unix.Errno
		ext   string
		text  string
		want  string // part of the hint
		twin  string // the line that does not get it
		twinE unix.Errno
	}{
		{
			"what a lab may not do", "ip link set v0 mtu 1400", unix.EPERM, "", "", "the kernel does not allow this here",
			"ip link set v0 mtu 1400", unix.EBUSY,
		},
		{
			"a namespace that was made", "ip netns add ns1", unix.EEXIST, "", "", "ns1 was made before",
			"ip netns add ns1", unix.ENOSPC,
		},
		{
			"a name that is taken", "ip link add br0 type bridge", unix.EEXIST, "", "", "host has a link called br0 already",
			"ip link add br0 type bridge", unix.EINVAL,
		},
		{
			"the other end's name is taken", "ip link add x type veth peer name eth0 netns ns1", unix.EEXIST, "", "", "ns1 has a link called eth0",
			"ip link add x type veth peer name eth0 netns ns2", unix.EEXIST,
		},
		{
			"the name is taken elsewhere", "ip link add eth0 netns ns1 type veth peer name y", unix.EEXIST, "", "", "ns1 has a link called eth0",
			"ip link add eth0 type veth peer name y", unix.EEXIST,
		},
		{
			"a vxlan's number", "ip link add vx type vxlan id 7 dstport 4789", unix.EEXIST, "", "", "another vxlan here has the number 7",
			"ip link add vx type bridge", unix.EEXIST,
		},
		{
			"both ends have one name", "ip link add x type veth peer name x", unix.EEXIST, "", "", "both ends would have the same name",
			"ip link add x type veth peer name v0", unix.EEXIST,
		},
		{
			"a kind that the kernel lacks", "ip link add dum0 type dummy", unix.EOPNOTSUPP, "Unknown device type", "", "this kernel has no dummy",
			"ip link add dum0 type dummy", unix.EINVAL,
		},
		{
			"a bridge without VLANs", "ip link add br7 type bridge vlan_filtering 1", unix.EOPNOTSUPP, "", "", "know no VLANs",
			"ip link add br7 type bridge stp_state 1", unix.EOPNOTSUPP,
		},
		{
			"a name that is too long", "ip link add br7 type bridge", unix.ERANGE, "", "", "at most 15 letters",
			"ip link add br7 type bridge", unix.EINVAL,
		},
		{
			"a size", "ip link add br7 mtu 7 type bridge", unix.EINVAL, "mtu less than device minimum", "", "7 is a size that this kind of link cannot have",
			"ip link add br7 type bridge", unix.EINVAL,
		},
		{
			"the size of a link", "ip link set v0 mtu 7", unix.EINVAL, "mtu less than device minimum", "", "7 is a size",
			"ip link set v0 alias x", unix.EINVAL,
		},
		{
			"its own port", "ip link set br0 master br0", unix.ELOOP, "", "", "cannot be its own port",
			"ip link set v0 master br0", unix.EBUSY,
		},
		{
			"a port of a cable", "ip link set br0 master v0", unix.EINVAL, "", "", "v0 is a veth, not a bridge",
			"ip link set v0 master br0", unix.EINVAL,
		},
		{
			"a loop of bridges", "ip link set v0 master br0", unix.ELOOP, "", "", "cannot be a port of another bridge",
			"ip link set v0 master br0", unix.EINVAL,
		},
		{
			"lo as a port", "ip link set lo master br0", unix.EINVAL, "", "", "lo cannot be a port",
			"ip link set v0 master br0", unix.EINVAL,
		},
		{
			"lo moves", "ip link set lo netns ns1", unix.EINVAL, "", "", "each namespace has its own",
			"ip link set v0 netns ns1", unix.EINVAL,
		},
		{
			"a move onto a name", "ip link set v0 netns ns1", unix.EEXIST, "", "", "ns1 has a link called v0 already",
			"ip link set v0 netns ns1", unix.EBUSY,
		},
		{
			"a new name that is taken", "ip link set v0 name br0", unix.EEXIST, "", "", "host has a link called br0 already",
			"ip link set v0 name br0", unix.EBUSY,
		},
		{
			"a group's address", "ip link set v0 address 01:00:00:00:00:01", unix.EADDRNOTAVAIL, "", "", "the second hex digit must be even",
			"ip link set v0 address 01:00:00:00:00:01", unix.EBUSY,
		},
		{
			"another kind", "ip link set v0 type bridge stp_state 1", unix.EOPNOTSUPP, "", "", "v0 is a veth, not a bridge",
			"ip link set br0 type bridge stp_state 1", unix.EOPNOTSUPP,
		},
		{
			"lo goes", "ip link del lo", unix.EOPNOTSUPP, "", "", "lo cannot be removed",
			"ip link del v0", unix.EOPNOTSUPP,
		},
		{
			"a kind that it is not", "ip link del v0 type bridge", unix.EINVAL, "", "", "v0 is a veth, not a bridge",
			"ip link del br0 type bridge", unix.EINVAL,
		},
		{
			"an address twice", "ip addr add 10.0.0.1/24 dev v0", unix.EEXIST, "", "", "v0 has 10.0.0.1 already",
			"ip addr add 10.0.0.1/24 dev v0", unix.EINVAL,
		},
		{
			"IPv6 is off", "ip addr add fd00::9/64 dev v0", unix.EACCES, "IPv6 is disabled on this device", "", "IPv6 is switched off on v0",
			"ip addr add fd00::9/64 dev v0", unix.EINVAL,
		},
		{
			"a group", "ip addr add 224.0.0.1/24 dev v0", unix.EINVAL, "", "", "the address of a group",
			"ip addr add 223.0.0.1/24 dev v0", unix.EINVAL,
		},
		{
			"a label", "ip addr add 10.0.0.9/24 dev v0 label x", unix.EINVAL, "", "", "a label begins with the name of the link",
			"ip addr add 10.0.0.9/24 dev v0", unix.EINVAL,
		},
		{
			"an address on another link", "ip addr del 10.0.0.1/24 dev d0", unix.EADDRNOTAVAIL, "", "", "10.0.0.1 is on v0, not on d0",
			"ip addr del 10.0.0.1/24 dev d0", unix.EINVAL,
		},
		{
			"another length", "ip addr del fd00::1/48 dev v0", unix.EADDRNOTAVAIL, "", "", "v0 has fd00::1/64: the length behind the slash",
			"ip addr del fd00::2/64 dev v0", unix.EADDRNOTAVAIL,
		},
		{
			"an address that is not", "ip addr del 10.9.9.9/24 dev v0", unix.EADDRNOTAVAIL, "", "", "it has 10.0.0.1/24 and fd00::1/64",
			"ip addr del 10.9.9.9/24 dev br0", unix.EADDRNOTAVAIL,
		},
		{
			"no address at all", "ip addr del 10.9.9.9/24 dev br0", unix.EADDRNOTAVAIL, "", "", "it has none",
			"ip addr del 10.9.9.9/24 dev v0", unix.EADDRNOTAVAIL,
		},
		{
			"a route twice", "ip route add 10.5.0.0/16 dev v0", unix.EEXIST, "", "", "with the same metric already",
			"ip route add 10.5.0.0/16 dev v0", unix.EINVAL,
		},
		{
			"through a link that is down", "ip route add 10.6.0.0/16 dev d0", unix.ENETDOWN, "", "", "d0 is down; bring the link up first",
			"ip route add 10.6.0.0/16 dev v0", unix.ENETDOWN,
		},
		{
			"a gateway behind a link that is down", "ip route add 10.6.0.0/16 via 10.1.0.2", unix.ENETUNREACH, "", "", "d0 has 10.1.0.1/24 but is down; bring the link up first",
			"ip route add 10.6.0.0/16 via 10.0.0.2", unix.ENETUNREACH,
		},
		{
			"a gateway on no network", "ip -6 route add default via fd77::1", unix.EHOSTUNREACH, "", "", "the gateway is not on any network this namespace is connected to: compare fd77::1",
			"ip -6 route add default via fd77::1", unix.EINVAL,
		},
		{
			"a route to an address", "ip route add 10.6.0.1/16 dev v0", unix.EINVAL, "", "", "10.6.0.1 is an address in 10.6.0.0/16",
			"ip route add 10.6.0.0/16 dev v0", unix.EINVAL,
		},
		{
			"oneself as gateway", "ip route add 10.6.0.0/16 via 10.0.0.1", unix.EINVAL, "", "", "10.0.0.1 belongs to host itself",
			"ip route add 10.6.0.0/16 via 10.0.0.2", unix.EINVAL,
		},
		{
			"somebody else's source", "ip route add 10.6.0.0/16 dev v0 src 10.0.0.7", unix.EINVAL, "", "", "10.0.0.7 is not an address of host",
			"ip route add 10.6.0.0/16 dev v0 src 10.0.0.1", unix.EINVAL,
		},
		{
			"a route with other words", "ip route del 10.5.0.0/16 dev d0", unix.ESRCH, "", "", "not with these words",
			"ip route del 10.4.0.0/16 dev d0", unix.ESRCH,
		},
		{
			"a default route with other words", "ip route del default via 10.0.0.9", unix.ESRCH, "", "", "not with these words",
			"ip route del default via 10.0.0.9", unix.EINVAL,
		},
		{
			"a route that is not", "ip route del 10.4.0.0/16", unix.ESRCH, "", "", "there is no route to this destination",
			"ip route del 10.5.0.0/16", unix.ESRCH,
		},
		{
			"a neighbour twice", "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev v0", unix.EEXIST, "", "", "there is such an entry already",
			"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev v0", unix.ENOENT,
		},
		{
			"an entry that is not", "bridge fdb del 02:00:00:00:00:01 dev v0 master", unix.ENOENT, "", "", "there is no such entry",
			"bridge fdb del 02:00:00:00:00:01 dev v0 master", unix.EINVAL,
		},
		{
			"no table", "bridge fdb add 02:00:00:00:00:01 dev v0 master", unix.EOPNOTSUPP, "", "", "belongs to a bridge or a vxlan",
			"bridge fdb add 02:00:00:00:00:01 dev v0 master", unix.EEXIST,
		},
		{
			"no setting", "sysctl -w net.x=1", unix.ENOENT, "", "", "this kernel has no setting net.x",
			"sysctl -w net.x=1", unix.EINVAL,
		},
		{
			"no value", "sysctl -w net.x=maybe", unix.ERANGE, "", "", `"maybe" is not a value that net.x can have`,
			"sysctl -w net.x=maybe", unix.ENOENT,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := failed(t, tt.line, tt.errno, tt.ext, tt.text)
			if !strings.Contains(got, tt.want) {
				t.Errorf("%s: hint %q, want %q", tt.line, got, tt.want)
			}
			if twin := failed(t, tt.twin, tt.twinE, tt.ext, tt.text); strings.Contains(twin, tt.want) {
				t.Errorf("%s with %v gets the hint, too: %q", tt.twin, tt.twinE, twin)
			}
			noCommand(t, got)
		})
	}
}

// noCommand: a hint says what to look at, never what to type.
func noCommand(t *testing.T, hint string) {
	t.Helper()
	for _, program := range []string{"ip", "bridge", "sysctl"} {
		for _, verb := range []string{"link", "addr", "address", "route", "neigh", "netns", "fdb", "-n", "-w", "-6"} {
			if strings.Contains(hint, program+" "+verb+" ") {
				t.Errorf("the hint holds a command: %q", hint)
			}
		}
	}
	if strings.HasSuffix(hint, ".") || strings.Contains(hint, "  ") {
		t.Errorf("the hint reads badly: %q", hint)
	}
}

func TestMissingNamesGetTheirHint(t *testing.T) {
	const set = "ip link set %s up"
	tests := []struct {
		line, text, want string
	}{
		{fmt.Sprintf(set, "eth0"), `Cannot find device "eth0"`, "eth0 is in ns1, not in host: a moved link leaves its old namespace"},
		{fmt.Sprintf(set, "v1"), `Cannot find device "v1"`, "host has no link called v1; the nearest name is v0"},
		{fmt.Sprintf(set, "wlan7"), `Cannot find device "wlan7"`, "host has no link called wlan7; it has lo, br0, v0 and d0"},
		{"ip addr flush dev wlan7", `Device "wlan7" does not exist.`, "host has no link called wlan7"},
		{"bridge link set dev wlan7 learning off", `Cannot find bridge device "wlan7"`, "host has no link called wlan7"},
		{"ip link set v0 master br9", `Error: argument "br9" is wrong: Device does not exist`, "the nearest name is br0"},
		{"ip link set v0 netns ns9", `Error: argument "ns9" is wrong: Invalid "netns" value`, `no namespace called "ns9"; the nearest name is ns1`},
		{"ip link add va type veth peer name vb netns nowhere", `Error: argument "nowhere" is wrong: Invalid "netns" value`, "it has ns1 and ns2"},
		{"ip -n ns9 link set lo up", `Cannot open network namespace "ns9"`, "the nearest name is ns1"},
		{"ip -n ns2 link set eth0 up", `Cannot find device "eth0"`, "eth0 is in ns1, not in ns2"},
		{"ip netns del ns9", `Cannot remove namespace file`, "the nearest name is ns1"},
		{"ip -n host link set lo up", `Cannot open network namespace "host"`, "host is not a named namespace"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := failed(t, tt.line, 0, "", tt.text)
			if !strings.Contains(got, tt.want) {
				t.Errorf("hint %q, want %q", got, tt.want)
			}
			noCommand(t, got)
		})
	}
}

func TestListsOfNamesEnd(t *testing.T) {
	tests := []struct {
		n    int
		want string
	}{
		{0, ""}, {1, "n0"}, {2, "n0 and n1"}, {3, "n0, n1 and n2"},
		{8, "n0, n1, n2, n3, n4, n5, n6 and n7"}, {11, "n0, n1, n2, n3, n4, n5, n6, n7 and 3 more"},
	}
	for _, tt := range tests {
		var names []string
		for i := range tt.n {
			names = append(names, fmt.Sprintf("n%d", i))
		}
		if got := list(names); got != tt.want {
			t.Errorf("%d names: %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestDistanceCountsLetters(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"veth0", "veth1", 1}, {"veth0", "veth", 1}, {"br0", "rb0", 2}, {"kitten", "sitting", 3}}
	for _, tt := range tests {
		if there, back := distance(tt.a, tt.b), distance(tt.b, tt.a); there != tt.want || back != tt.want {
			t.Errorf("from %q to %q: %d and %d, want %d", tt.a, tt.b, there, back, tt.want)
		}
	}
}
