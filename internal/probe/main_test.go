//go:build linux

package probe

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) { os.Exit(netlabtest.Main(m)) }

// build makes a network with the real ip: each line is what follows that word.
// Each line "netns add NAME" is undone after the test.
func build(t testing.TB, lines string) {
	t.Helper()
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	for line := range strings.Lines(lines) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "netns add "); ok {
			t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
		}
	}
	var script strings.Builder
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			script.WriteString("ip " + line + "\n")
		}
	}
	cmd := exec.Command("sh", "-ec", script.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the network: %v\n%s", err, out)
	}
}

// pair is two namespaces with a cable, addresses, everything up.
const pair = `
netns add ns1
netns add ns2
link add veth_ns1 netns ns1 type veth peer name veth_ns2 netns ns2
-n ns1 addr add 10.1.1.1/24 dev veth_ns1
-n ns2 addr add 10.1.1.2/24 dev veth_ns2
-n ns1 addr add fd00:1::1/64 dev veth_ns1 nodad
-n ns2 addr add fd00:1::2/64 dev veth_ns2 nodad
-n ns1 link set lo up
-n ns2 link set lo up
-n ns1 link set veth_ns1 up
-n ns2 link set veth_ns2 up
`

// router is a - r - b with routes both ways.
const router = `
netns add a
netns add r
netns add b
link add eth0 netns a type veth peer name eth0 netns r
link add eth0 netns b type veth peer name eth1 netns r
-n a addr add 192.168.1.1/24 dev eth0
-n r addr add 192.168.1.5/24 dev eth0
-n r addr add 192.168.2.5/24 dev eth1
-n b addr add 192.168.2.3/24 dev eth0
-n a addr add fd00:1::1/64 dev eth0 nodad
-n r addr add fd00:1::5/64 dev eth0 nodad
-n r addr add fd00:2::5/64 dev eth1 nodad
-n b addr add fd00:2::3/64 dev eth0 nodad
-n a link set lo up
-n r link set lo up
-n b link set lo up
-n a link set eth0 up
-n r link set eth0 up
-n r link set eth1 up
-n b link set eth0 up
-n a route add default via 192.168.1.5
-n b route add default via 192.168.2.5
-n a route add default via fd00:1::5
-n b route add default via fd00:2::5
netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
`

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// soon ends a test's probes long after they should have ended by themselves.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// patient pings again for as long as an IPv6 echo is lost that should not be:
// the kernel joins the groups of a new address in its own time.
func patient(t *testing.T, req Request, want measure.Fate) measure.Ping {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		got, err := Ping(soon(t), req)
		if err != nil {
			t.Fatal(err)
		}
		if got.Fate != measure.Silent || want == measure.Silent || !is6(req.To) || time.Now().After(end) {
			return got
		}
		forgetAll(t, req.From)
	}
}

// spaces are all namespaces that the test built.
func spaces(t testing.TB) []string {
	t.Helper()
	names, err := netns.List()
	if err != nil {
		t.Fatal(err)
	}
	return names
}
