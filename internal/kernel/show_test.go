package kernel

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// TestShowAgreesWithTheRealTools compares netlab's own view with what the real
// tools print, line for line.
func TestShowAgreesWithTheRealTools(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k,
		"ip netns add ns1", "ip netns add ns2",
		"ip link add br0 type bridge",
		"ip link add v0 type veth peer name v1 netns ns1", "ip link set v0 master br0 alias left", "ip link set v0 up",
		"ip link set br0 up", "ip addr add 10.0.0.4/24 dev br0",
		"ip -n ns1 link set v1 up", "ip -n ns1 addr add 10.0.0.1/24 brd + dev v1", "ip -n ns1 addr add 10.0.0.9/24 dev v1",
		"ip -n ns1 addr add fd00::1/64 nodad dev v1", "ip -n ns1 addr add 10.0.8.1 peer 10.0.8.2 dev v1",
		"ip link add l0 type veth peer name l1", "ip link set l0 up",
		"ip -n ns1 route add default via 10.0.0.4", "ip -n ns1 route add blackhole 10.9.0.0/16",
		"ip -n ns1 route add unreachable 10.8.8.0/24", "ip -n ns1 route add prohibit 10.7.7.7",
		"ip -n ns1 route add 10.6.0.0/16 via 10.0.0.4 metric 7 mtu 1400 proto static",
		"ip -n ns1 route add 10.66.0.0/16 via 192.0.2.1 dev v1 onlink",
		"ip -n ns1 route add 10.5.0.0/16 dev v1 src 10.0.0.9", "ip -n ns1 route add 10.4.0.0/16 via 10.0.0.4 table 100",
		"ip -n ns1 -6 route add default via fd00::2", "ip -n ns1 -6 route add unreachable fd09::/64",
		"ip -n ns1 neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev v1", "ip -n ns1 neigh add proxy 10.0.0.77 dev v1",
		"ip -n ns1 neigh add fd00::7 lladdr 02:00:00:00:00:07 dev v1",
		"ip link add vx type vxlan id 4 remote 10.0.0.1 dev br0 dstport 4789",
		"bridge fdb add 02:00:00:00:00:21 dev v0 master static",
		"ip link set lo up", "sysctl -w net.ipv4.ip_forward=1",
	)
	for _, line := range showLines() {
		t.Run(line, func(t *testing.T) { sameAnswer(t, k, line) })
	}
}

func showLines() []string {
	return []string{
		"ip link show", "ip link", "ip -br link", "ip -n ns1 link show", "ip -n ns1 -br link", "ip link show dev v0",
		"ip link show type bridge", "ip link show master br0", "ip link show up", "ip link show dev nothere",
		"ip addr show", "ip -br addr", "ip -n ns1 a", "ip -n ns1 -br a", "ip -n ns1 -4 addr", "ip -n ns1 -6 addr show dev v1",
		"ip -4 addr show dev v0", "ip addr show up", "ip addr show dev nothere", "ip -n nothere addr",
		"ip route", "ip -n ns1 route", "ip -n ns1 -6 route", "ip -n ns1 route show dev v1", "ip -n ns1 route show default",
		"ip -n ns1 route show 10.0.0.0/24", "ip -n ns1 route show table 100", "ip route show dev nothere", "ip -6 route",
		"ip route get 10.0.0.1", "ip route get 10.0.0.4", "ip route get 9.9.9.9", "ip route get 127.0.0.1",
		"ip -n ns1 route get 8.8.8.8", "ip -n ns1 route get 10.9.1.1", "ip -n ns1 route get 10.8.8.8",
		"ip -n ns1 route get 10.7.7.7", "ip -n ns1 route get 10.5.5.5", "ip -n ns1 route get 10.0.8.2",
		"ip -n ns1 route get fd00::5", "ip -n ns1 route get 10.0.0.9", "ip -n ns2 route get 127.0.0.1",
		"ip route get 10.0.0.255", "ip -n ns1 route get 10.0.0.255", "ip route get 10.0.0.0",
		"ip -n ns1 route get fd09::1", "ip -n ns1 route get 2001:db8::1", "ip -n ns1 route get fd00::1",
		"ip -n ns1 route get 127.0.0.1", "ip -n ns1 route get 10.66.1.1", "ip -n ns1 route get 10.4.1.1",
		"ip -n ns1 neigh", "ip neigh", "ip -n ns1 neigh show dev v1", "ip -n ns1 neigh show 10.0.0.7", "ip -n ns1 -6 neigh",
		"ip -n ns1 -br neigh", "ip neigh show dev nothere", "ip netns list", "ip netns",
		"bridge fdb show", "bridge fdb show dev v0", "bridge fdb show br br0", "bridge fdb show br br0 dynamic", "bridge fdb", "bridge link", "bridge link show dev v0",
		"route -n", "ip netns exec ns1 route -n", "sysctl net.ipv4.ip_forward", "sysctl -n net.ipv4.ip_forward",
	}
}

// sameAnswer asks both, again while the kernel is still at work by itself.
func sameAnswer(t *testing.T, k *Kernel, line string) {
	args, err := op.Split(line)
	if err != nil {
		t.Fatal(err)
	}
	_, err = exec.LookPath(args[0])
	netlabtest.Require(t, err == nil, args[0])
	q, err := op.ParseQuery(args)
	if err != nil {
		t.Fatal(err)
	}
	var diff string
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); {
		got := ask(t, k, q)
		cmd := exec.Command(args[0], args[1:]...)
		var out, errs strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run()
		want := answer{out.String(), strings.TrimSpace(errs.String()), cmd.ProcessState.ExitCode()}
		if q.Object == "netns" {
			got.Out, want.Out = sortLines(got.Out), sortLines(want.Out)
		}
		if diff = cmp.Diff(want, got); diff == "" {
			return
		}
	}
	t.Errorf("(- real, + ours):\n%s", diff)
}

type answer struct {
	Out, Err string
	Exit     int
}

func ask(t *testing.T, k *Kernel, q op.Query) answer {
	out, err := snapshot.Show(snap(t, k), q)
	var r *snapshot.Refusal
	switch {
	case errors.As(err, &r):
		return answer{out, strings.TrimSpace(r.Text), r.Exit}
	case err != nil:
		t.Fatal(err)
	}
	return answer{Out: out}
}

func sortLines(s string) string {
	lines := slices.Sorted(strings.Lines(s))
	return strings.Join(lines, "")
}

func TestShowSaysWhatItCannotShow(t *testing.T) {
	for _, line := range []string{"ip -j link", "ip -d link", "ip -s link", "ip route show table local", "ip rule", "ip netns identify 1", "ip route get 224.0.0.9", "ip route get ff02::1", "ip route get 255.255.255.255"} {
		args, _ := op.Split(line)
		q, err := op.ParseQuery(args)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if _, err := snapshot.Show(snap(t, New()), q); !errors.Is(err, snapshot.ErrNoView) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
