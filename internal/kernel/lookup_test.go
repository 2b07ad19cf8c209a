package kernel

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

func TestLookupSaysWhatIpRouteGetSays(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, bridged()...)
	do(t, k,
		"ip -n ns1 link set lo up",
		"ip -n ns1 addr add 10.1.1.11/24 dev eth0",
		"ip -n ns1 route add default via 10.1.1.2",
		"ip -n ns1 route add 203.0.113.0/24 via 10.1.1.3 src 10.1.1.11",
		"ip -n ns1 route add unreachable 192.0.2.0/24", "ip -n ns1 route add prohibit 192.0.3.0/24", "ip -n ns1 route add blackhole 192.0.4.0/24",
		"ip -n ns1 route add 2001:db8::/64 via fd00::2", "ip -n ns1 route add unreachable 2001:db8:1::/64")
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, tt := range []struct{ in, to, want string }{
		{"ns1", "10.1.1.2", "dev eth0 src 10.1.1.1"},
		{"ns1", "8.8.8.8", "via 10.1.1.2 dev eth0 src 10.1.1.1"},
		{"ns1", "203.0.113.10", "via 10.1.1.3 dev eth0 src 10.1.1.11"},
		{"ns1", "10.1.1.1", "dev lo src 10.1.1.1"},
		{"ns1", "fd00::2", "dev eth0 src fd00::1"},
		{"ns1", "2001:db8::9", "via fd00::2 dev eth0 src fd00::1"},
		{"ns1", "192.0.2.1", "EHOSTUNREACH no route to host"},
		{"ns1", "192.0.3.1", "EACCES permission denied"},
		{"ns1", "192.0.4.1", "EINVAL invalid argument"},
		{"ns2", "203.0.113.10", "ENETUNREACH network is unreachable"},
		{"ns1", "2001:db8:1::1", "EHOSTUNREACH no route to host"},
		{"ns1", "2001:db8:2::1", "ENETUNREACH network is unreachable"},
	} {
		got, err := m.Lookup(tt.in, netip.MustParseAddr(tt.to))
		if err != nil || got == nil || got.In != tt.in || got.To.String() != tt.to {
			t.Fatalf("%s: %+v, %v", tt.to, got, err)
		}
		if text := lookupText(*got); text != tt.want {
			t.Errorf("%s in %s: %s, want %s", tt.to, tt.in, text, tt.want)
		}
		out, _ := exec.Command("ip", "-n", tt.in, "route", "get", tt.to).CombinedOutput()
		said := strings.ToLower(strings.Join(strings.Fields(string(out)), " ")) + " "
		for key, value := range map[string]string{"": got.Text, "via ": got.Via.String(), "dev ": got.Dev, "src ": got.From.String()} {
			if part := key + value + " "; value != "" && value != "invalid IP" && !strings.Contains(said, part) {
				t.Errorf("no %q in what ip says: %s", part, said)
			}
		}
	}
	if got, err := m.Lookup("ns9", netip.MustParseAddr("10.1.1.1")); got != nil || err != nil {
		t.Errorf("no namespace: %+v, %v", got, err)
	}
	if got, err := m.Lookup("", netip.MustParseAddr("203.0.113.10")); err != nil || got.Errno != "ENETUNREACH" || got.In != netns.Host {
		t.Errorf("the host: %+v, %v", got, err)
	}
}

func lookupText(l measure.Lookup) string {
	if l.Errno != "" {
		return l.Errno + " " + l.Text
	}
	text := ""
	if l.Via.IsValid() {
		text = fmt.Sprintf("via %s ", l.Via)
	}
	return text + fmt.Sprintf("dev %s src %s", l.Dev, l.From)
}

// A zone names the interface.
func TestLookupOfALinkLocalAddress(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip -n ns1 link add v1 type veth peer name v2", "ip -n ns1 link set v1 up", "ip -n ns1 link set v2 up")
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, dev := range []string{"v1", "v2"} {
		got, err := m.Lookup("ns1", netip.MustParseAddr("fe80::99%"+dev))
		if err != nil || got.Dev != dev {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestConnections(t *testing.T) {
	for _, program := range []string{"nft", "ping"} {
		_, err := exec.LookPath(program)
		netlabtest.Require(t, err == nil, program)
	}
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a", "ip netns add r", "ip netns add b",
		"ip -n a link add eth0 type veth peer name eth0 netns r", "ip -n b link add eth0 type veth peer name eth1 netns r",
		"ip -n a addr add 192.168.1.1/24 dev eth0", "ip -n r addr add 192.168.1.5/24 dev eth0",
		"ip -n b addr add 203.0.113.10/24 dev eth0", "ip -n r addr add 203.0.113.1/24 dev eth1",
		"ip -n a link set eth0 up", "ip -n r link set eth0 up", "ip -n b link set eth0 up", "ip -n r link set eth1 up",
		"ip -n a route add default via 192.168.1.5")
	before, err := Connections("r")
	if err != nil {
		t.Fatal(err)
	}
	netlabtest.Require(t, before.Known, "connection tracking in the kernel")
	if len(before.List) > 0 {
		t.Errorf("before anything: %+v", before)
	}
	nft := exec.Command("nft", "add table ip t; add chain ip t c { type nat hook postrouting priority 100; }; add rule ip t c oifname eth1 masquerade")
	if err := netns.Run("r", nft); err != nil {
		netlabtest.Require(t, false, "NAT in nft")
	}
	if err := netns.Run("r", exec.Command("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")); err != nil {
		t.Fatal(err)
	}
	if err := k.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	talk(t, "a", "203.0.113.10")
	got, err := Connections("r")
	if err != nil || len(got.List) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	a, b, r := netip.MustParseAddr("192.168.1.1"), netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("203.0.113.1")
	want := measure.Connection{Way: measure.Tuple{Proto: 1, From: a, To: b}, Reply: measure.Tuple{Proto: 1, From: b, To: r}}
	if got.List[0] != want {
		t.Errorf("%+v, want %+v", got.List[0], want)
	}
	// Each namespace has its own.
	for _, other := range []string{"a", "b", ""} {
		if got, err := Connections(other); err != nil || len(got.List) > 0 {
			t.Errorf("%q: %+v, %v", other, got, err)
		}
	}
	if _, err := Connections("nobody"); err == nil {
		t.Error("a namespace that is not there")
	}
	// A mark forgets what came after it, and nothing else.
	later, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	talk(t, "a", "203.0.113.10")
	if err := later.Forget(); err != nil {
		t.Error(err)
	}
	if left, err := Connections("r"); err != nil || len(left.List) != 1 || left.List[0] != want {
		t.Errorf("after the later mark: %+v, %v", left, err)
	}
	if err := m.Forget(); err != nil {
		t.Error(err)
	}
	if left, err := Connections("r"); err != nil || len(left.List) != 0 {
		t.Errorf("after the first mark: %+v, %v", left, err)
	}
}

func FuzzConnection(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{20, 0, 1, 128, 16, 0, 1, 128, 8, 0, 1, 0, 10, 0, 0, 1, 3, 0, 2, 0})
	f.Fuzz(func(_ *testing.T, b []byte) { readConnection(b) })
}
