package kernel

import (
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// TestPolicyRulesAreThoseOfIP adds rules by the real ip, and reads them with it.
func TestPolicyRulesAreThoseOfIP(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1")
	for _, words := range []string{
		"rule add from 10.1.0.0/16 table 100 priority 1000", "rule add not to 10.2.0.1 table 100 priority 1001",
		"rule add iif lo oif eth7 table main priority 1002", "rule add fwmark 0x7 table 5000 priority 1003",
		"rule add fwmark 0x10/0xf0 blackhole priority 1004", "rule add from 10.9.0.0/24 prohibit priority 1005",
		"rule add unreachable priority 1006", "rule add goto 32766 priority 1007", "rule add nop priority 1008",
		"rule add tos 0x10 ipproto tcp sport 80 dport 1000-2000 table 100 priority 1009",
		"rule add uidrange 0-0 table main suppress_prefixlength 0 priority 1010", "rule add ipproto 200 table 7 priority 1011", "rule add fwmark 0/0xff table 9 priority 1012",
		"-6 rule add from fd00::/64 table 100 priority 900", "-6 rule add to fd00:1::1 prohibit priority 901",
	} {
		inside(t, "ns1", append([]string{"ip"}, strings.Fields(words)...)...)
	}
	s, _ := snap(t, k).Space("ns1")
	var got []string
	for _, r := range s.PolicyRules {
		got = append(got, r.String())
	}
	var want []string
	for _, family := range []string{"-4", "-6"} {
		for line := range strings.Lines(inside(t, "ns1", "ip", family, "rule", "show")) {
			want = append(want, strings.ReplaceAll(strings.Join(strings.Fields(line), " "), " [detached]", ""))
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(got) < 19 {
		t.Errorf("only %d rules", len(got))
	}
}

// TestRoutesOfAllTablesAreThere: but for those of table local.
func TestRoutesOfAllTablesAreThere(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	do(t, k, "ip -n ns1 route add 10.9.0.0/24 via 10.1.1.2 table 100", "ip -n ns1 route add blackhole default table 70000", "ip -n ns1 -6 route add fd00:9::/64 dev veth_ns1 table 100")
	s, _ := snap(t, k).Space("ns1")
	var got, want []string
	for _, r := range s.Routes {
		if r.Table != 254 {
			got = append(got, fmt.Sprint(r.Table, " ", r.Dst))
		}
	}
	want = []string{"100 10.9.0.0/24", "100 fd00:9::/64", "70000 0.0.0.0/0"}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestSettingsOfALinkAreThoseOfSysctl sets each setting to something, and looks
// whether the snapshot has it.
func TestSettingsOfALinkAreThoseOfSysctl(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	read := func(c *snapshot.Conf) map[string]int {
		return map[string]int{
			"ipv4.conf.%s.forwarding": c.Forwarding, "ipv4.conf.%s.rp_filter": c.RPFilter, "ipv4.conf.%s.proxy_arp": c.ProxyARP,
			"ipv4.conf.%s.arp_ignore": c.ARPIgnore, "ipv4.conf.%s.arp_filter": c.ARPFilter, "ipv4.conf.%s.accept_local": c.AcceptLocal,
			"ipv6.conf.%s.forwarding": c.Forwarding6, "ipv6.conf.%s.disable_ipv6": c.DisableIPv6, "ipv6.conf.%s.proxy_ndp": c.ProxyNDP,
		}
	}
	link := func() *snapshot.Conf {
		s, _ := snap(t, k).Space("ns1")
		l, _ := s.Link("veth_ns1")
		if l.Conf == nil {
			t.Fatal("the link has no settings")
		}
		return l.Conf
	}
	for key := range read(link()) {
		name := "net." + fmt.Sprintf(key, "veth_ns1")
		for value := range 2 {
			do(t, k, fmt.Sprintf("ip netns exec ns1 sysctl -w %s=%d", name, value))
			if got := read(link())[key]; got != value {
				t.Errorf("%s: %d, set to %d", name, got, value)
			}
			for other, got := range read(link()) {
				told := strings.TrimSpace(inside(t, "ns1", "sysctl", "-n", "net."+fmt.Sprintf(other, "veth_ns1")))
				if fmt.Sprint(got) != told {
					t.Errorf("after %s: the snapshot has %s %d, sysctl %s", name, other, got, told)
				}
			}
		}
	}
}

// TestSocketsAreThoseOfSS opens sockets of each sort, and reads them with ss.
func TestSocketsAreThoseOfSS(t *testing.T) {
	_, err := exec.LookPath("ss")
	netlabtest.Require(t, err == nil, "ss")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	do(t, k, "ip -n ns1 link set lo up")
	if got := socketsOf(t, k, "ns1"); got != nil {
		t.Fatalf("in a new namespace: %v", got)
	}
	open(t, "ns1")
	var want []string
	for line := range strings.Lines(inside(t, "ns1", "ss", "-Hlntu")) {
		words := strings.Fields(line) // Netid State Recv-Q Send-Q Local Peer
		want = append(want, words[0]+" "+words[4])
	}
	slices.Sort(want)
	var got []string
	for _, s := range socketsOf(t, k, "ns1") {
		got = append(got, s.String())
	}
	slices.Sort(got)
	if d := cmp.Diff(slices.Compact(want), got); d != "" {
		t.Error(d)
	}
	if len(got) != 7 {
		t.Errorf("%d sockets, want 7: %v", len(got), got)
	}
	if other := socketsOf(t, k, "ns2"); other != nil {
		t.Errorf("in the other namespace: %v", other)
	}
}

func socketsOf(t *testing.T, k *Kernel, ns string) []snapshot.Socket {
	t.Helper()
	s, _ := snap(t, k).Space(ns)
	return s.Sockets
}

// TestASocketOfTheKernelIsNoPrograms: a vxlan that is up has one.
func TestASocketOfTheKernelIsNoPrograms(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	do(t, k, "ip -n ns1 link set lo up", "ip -n ns1 link add vx0 type vxlan id 7 dstport 4789 local 127.0.0.1 dev lo")
	if got := socketsOf(t, k, "ns1"); got != nil {
		t.Errorf("of a vxlan that is down: %v", got)
	}
	do(t, k, "ip -n ns1 link set vx0 up")
	got := socketsOf(t, k, "ns1")
	if len(got) != 1 || !got[0].Kernel || got[0].Port != 4789 || got[0].Proto != "udp" {
		t.Errorf("of a vxlan: %+v", got)
	}
	open(t, "ns1")
	for _, s := range socketsOf(t, k, "ns1") {
		if s.Kernel != (s.Port == 4789) {
			t.Errorf("%v: of the kernel %v", s, s.Kernel)
		}
	}
}

// open opens sockets that wait, and some that do not.
func open(t *testing.T, ns string) {
	t.Helper()
	shared := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}}
	bound := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = unix.BindToDevice(int(fd), "veth_ns1") })
	}}
	err := netns.Do(ns, func() error {
		keep := func(c interface{ Close() error }, err error) {
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { c.Close() })
		}
		ctx := t.Context()
		var plain net.ListenConfig
		keep(plain.Listen(ctx, "tcp4", "0.0.0.0:80"))
		keep(plain.Listen(ctx, "tcp4", "10.1.1.1:81"))
		keep(plain.Listen(ctx, "tcp", "[::]:82"))
		keep(plain.Listen(ctx, "tcp6", "[::]:83"))
		keep(bound.ListenPacket(ctx, "udp4", "0.0.0.0:67"))
		keep(plain.ListenPacket(ctx, "udp6", "[::1]:53"))
		keep(shared.Listen(ctx, "tcp4", "127.0.0.1:84"))
		keep(shared.Listen(ctx, "tcp4", "127.0.0.1:84"))
		keep(net.Dial("udp4", "10.1.1.2:9"))
		keep(net.Dial("tcp4", "127.0.0.1:80"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
