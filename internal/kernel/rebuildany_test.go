package kernel

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/netlabtest"
)

// ownEntries are the entries of a bridge for itself and its ports. Whether an
// address that both have stands at the one or the other is a matter of order.
const ownEntries = ` master permanent # of `

// TestAnyLabIsRebuilt tries the law of inspect on labs that came about by
// chance: lines in any order, of which the kernel refuses many.
func TestAnyLabIsRebuilt(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			was, now := startRunner(t, asNative), startRunner(t, asNative)
			var done []string
			for range 300 {
				line := randomLine(r)
				if was.do(t, line).Exit == 0 {
					done = append(done, line)
				}
			}
			commands := settledCommands(t, was)
			text := strings.Join(commands, "\n")
			for _, l := range scriptLines(text) {
				if o := now.do(t, l); o.Exit != 0 {
					t.Errorf("%s: exit code %d: %s", l, o.Exit, o.Stderr)
				}
			}
			if diff := differs(t, was, now, ownEntries); diff != "" {
				t.Errorf("(- was, + is):\n%s", diff)
			}
			if len(done) < 20 {
				t.Errorf("only %d lines were done: this proves little", len(done))
			}
			if t.Failed() {
				t.Logf("done was:\n%s\nthe lines are:\n%s", strings.Join(done, "\n"), text)
			}
		})
	}
}

// randomLine is a change to a small lab. Bridges get no address of their own,
// and keep their ports: what a port that has gone leaves has no line. No cable
// has a port at both ends, which would be a loop.
func randomLine(r *rand.Rand) string {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	in := pick("", "-n a ", "-n b ")
	dev := pick("v0", "v1", "w0", "br0", "vx0", "lo")
	bridge := strings.Replace("bridge "+in, "  ", " ", 1)
	lines := []string{
		"ip netns add " + pick("a", "b"),
		"ip " + in + "link add " + pick("v0", "w0") + " type veth peer name v1",
		"ip link add " + pick("v0", "w0") + " type veth peer name v1 netns " + pick("a", "b"),
		"ip " + in + "link add br0 type bridge",
		"ip " + in + "link add vx0 type vxlan id 7 remote 192.0.2.1 dstport 4789",
		"ip " + in + "link set " + dev + " up",
		"ip " + in + "link set " + dev + " up",
		"ip " + in + "link set " + pick("v0", "w0", "vx0") + " master br0",
		"ip " + in + "link set " + pick("v0", "v1", "w0") + " mtu " + pick("1400", "9000"),
		fmt.Sprintf("ip %slink set %s address 02:00:00:00:%02x:%02x", in, pick("v0", "w0"), 16+r.IntN(200), r.IntN(256)),
		fmt.Sprintf("ip %saddr add 10.0.%d.%d/24 dev %s", in, r.IntN(3), 1+r.IntN(3), dev),
		fmt.Sprintf("ip %saddr add fd00:%d::%d/64 dev %s", in, r.IntN(3), 1+r.IntN(3), dev),
		fmt.Sprintf("ip %sroute %s 10.9.0.0/16 via 10.0.%d.9", in, pick("add", "append"), r.IntN(3)),
		fmt.Sprintf("ip %sroute add 10.%d.0.0/16 dev %s", in, 5+r.IntN(3), dev),
		fmt.Sprintf("ip %s-6 route add fd09::/64 via fd00:%d::9", in, r.IntN(3)),
		"ip " + in + "route add " + pick("blackhole", "unreachable") + " 10.20.0.0/16",
		"ip " + in + "neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev " + dev,
		bridge + "fdb add 02:00:00:00:00:19 dev " + pick("v0", "v1", "w0", "vx0") + " master static",
		bridge + "fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2." + pick("8", "9"),
		bridge + "link set dev " + pick("v0", "v1", "w0") + " " + pick("learning", "flood", "hairpin", "isolated") + " " + pick("on", "off"),
		"sysctl -w net.ipv4.ip_forward=" + pick("0", "1"),
	}
	return lines[r.IntN(len(lines))]
}
