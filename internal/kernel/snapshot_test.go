package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// two makes two namespaces with a cable that is up and has addresses.
func two(t testing.TB, k *Kernel) {
	t.Helper()
	do(t, k, "ip netns add ns1", "ip netns add ns2",
		"ip link add veth_ns1 netns ns1 type veth peer name veth_ns2 netns ns2",
		"ip -n ns1 addr add 10.1.1.1/24 dev veth_ns1", "ip -n ns2 addr add 10.1.1.2/24 dev veth_ns2",
		"ip -n ns1 link set veth_ns1 up", "ip -n ns2 link set veth_ns2 up")
}

func TestASnapshotOfTwoNamespaces(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	var got []string
	for _, l := range snapshot.Normalise(snap(t, k)).Lines() {
		if strings.Contains(l, "ns1") && !strings.Contains(l, "-n ns2") && !strings.Contains(l, "sysctl") {
			got = append(got, l)
		}
	}
	want := []string{
		"ip netns add ns1",
		"ip -n ns1 link add lo address 00:00:00:00:00:00 mtu 65536 type loopback # <LOOPBACK> DOWN qdisc noop qlen 1000 addrgen eui64",
		"ip -n ns1 link add veth_ns1 address mac1 mtu 1500 up type veth peer name veth_ns2 netns ns2 " +
			"# <BROADCAST,MULTICAST,UP,LOWER_UP> UP qdisc noqueue qlen 1000 addrgen eui64",
		"ip -n ns1 addr add 10.1.1.1/24 dev veth_ns1",
		"ip -n ns1 addr add fe80::/64 scope link dev veth_ns1",
		"ip -n ns1 -6 route add fe80::/64 dev veth_ns1 proto kernel metric 256",
		"ip -n ns1 route add 10.1.1.0/24 dev veth_ns1 proto kernel scope link src 10.1.1.1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPeersAreFoundAlthoughNumbersCollide(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add hub")
	const n = 6
	for i := range n {
		do(t, k, fmt.Sprintf("ip netns add n%d", i),
			fmt.Sprintf("ip -n hub link add p%d type veth peer name eth0 netns n%d", i, i))
	}
	lab := snap(t, k)
	hub, _ := lab.Space("hub")
	indexes := map[int]bool{}
	for i := range n {
		l, _ := hub.Link(fmt.Sprintf("p%d", i))
		if want := fmt.Sprintf("n%d", i); l.Peer != "eth0" || l.PeerSpace != want {
			t.Errorf("%s leads to %s in %q, want %s", l.Name, l.Peer, l.PeerSpace, want)
		}
		s, _ := lab.Space(fmt.Sprintf("n%d", i))
		eth0, _ := s.Link("eth0")
		indexes[eth0.Index] = true
		if eth0.Peer != l.Name || eth0.PeerSpace != "hub" {
			t.Errorf("eth0 of n%d leads to %s in %q", i, eth0.Peer, eth0.PeerSpace)
		}
	}
	if len(indexes) == n {
		t.Error("no two links had the same number: this test proves nothing")
	}
}

func TestTheOtherEndInADeletedNamespaceIsUnknown(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	held, err := netns.Open("ns2")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	do(t, k, "ip netns del ns2")
	ns1, _ := snap(t, k).Space("ns1")
	if l, ok := ns1.Link("veth_ns1"); !ok || l.Peer != "" || l.PeerSpace != "" {
		t.Errorf("the link leads to %q in %q (there: %v)", l.Peer, l.PeerSpace, ok)
	}
}

func TestLinksHaveSettledInASnapshot(t *testing.T) {
	k := New()
	for range 20 {
		do(t, k, "ip link add br0 type bridge", "ip link add v0 type veth peer name v1", "ip link set v0 master br0",
			"ip link set v0 up", "ip link set v1 up", "ip link set br0 up")
		host, _ := snap(t, k).Space(snapshot.Host)
		for _, name := range []string{"br0", "v0", "v1"} {
			if l, _ := host.Link(name); l.State != "UP" || !l.Carrier {
				t.Errorf("%s is %s, carrier %v", name, l.State, l.Carrier)
			}
		}
		if l, _ := host.Link("v0"); l.PortState != "forwarding" {
			t.Errorf("the port is %s", l.PortState)
		}
		clean(t, k)
	}
}

func TestNothingHoldsADeletedNamespace(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip link add v0 type veth peer name v1 netns ns1")
	snap(t, k)
	do(t, k, "ip -n ns1 link set v1 up", "ip netns del ns1")
	for deadline := time.Now().Add(3 * time.Second); ; {
		host, _ := snap(t, k).Space(snapshot.Host)
		if _, there := host.Link("v0"); !there {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the other end of a cable into a deleted namespace is still there")
		}
	}
}

func TestSnapshotsWhileEverythingChanges(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			ns := fmt.Sprintf("c%d", i%3)
			_ = try(t, k, "ip netns add "+ns)
			_ = try(t, k, fmt.Sprintf("ip link add k%d type veth peer name e netns %s", i%3, ns))
			_ = try(t, k, "ip netns del "+ns)
		}
	})
	for range 100 {
		if _, err := k.Snapshot(context.Background()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}

func TestACancelledSnapshotEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New().Snapshot(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := New().Settle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestSysctlsAreThoseOfTheNamespace(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "sysctl -w net.ipv4.ip_forward=0", "ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1")
	for ns, want := range map[string]string{"": "0", snapshot.Host: "0", "ns1": "1"} {
		if got, err := k.Sysctl(ns, "net.ipv4.ip_forward"); err != nil || got != want {
			t.Errorf("in %q: %q, %v", ns, got, err)
		}
	}
	if _, err := k.Sysctl("", "net.ipv4.no.such"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a setting that is not: %v", err)
	}
	s, _ := snap(t, k).Space("ns1")
	if s.Sysctls["net.ipv4.ip_forward"] != "1" {
		t.Errorf("the snapshot has %v", s.Sysctls)
	}
}

func TestUpBringsLoUp(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1")
	for _, ns := range []string{"ns1", snapshot.Host} {
		if err := k.Up(ns, "lo"); err != nil {
			t.Fatal(err)
		}
		s, _ := snap(t, k).Space(ns)
		lo, _ := s.Link("lo")
		want := []string{"LOOPBACK", "UP", "LOWER_UP"}
		if d := cmp.Diff(want, lo.Flags); d != "" || lo.State != "UNKNOWN" {
			t.Errorf("%s: %s %s", ns, lo.State, d)
		}
	}
	do(t, k, "ip link set lo down")
}

// maxCrowd is how long a snapshot of 100 namespaces may take.
const maxCrowd = 100 * time.Millisecond

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{2, 20, 100} {
		b.Run(fmt.Sprintf("%d namespaces", n), func(b *testing.B) {
			k := New()
			for i := range n {
				do(b, k, fmt.Sprintf("ip netns add n%d", i), fmt.Sprintf("ip link add b%d type veth peer name e netns n%d", i, i),
					fmt.Sprintf("ip -n n%d link set e up", i), fmt.Sprintf("ip -n n%d addr add 10.0.%d.1/24 dev e", i, i))
			}
			for b.Loop() {
				snap(b, k)
			}
			if each := b.Elapsed() / time.Duration(b.N); each > maxCrowd {
				b.Errorf("a snapshot takes %v, more than %v", each, maxCrowd)
			}
			clean(b, k)
		})
	}
}

// BenchmarkSnapshotWithRules is of namespaces with firewall rules, which nft
// has written down once.
func BenchmarkSnapshotWithRules(b *testing.B) {
	k := New()
	for i := range 10 {
		ns := fmt.Sprintf("n%d", i)
		do(b, k, "ip netns add "+ns)
		nft(b, ns, "add table ip t; add chain ip t c { type filter hook input priority 0; policy drop; }; add rule ip t c counter accept")
	}
	snap(b, k)
	for b.Loop() {
		snap(b, k)
	}
	clean(b, k)
}

func BenchmarkDo(b *testing.B) {
	k := New()
	do(b, k, "ip netns add ns1")
	for b.Loop() {
		do(b, k, "ip -n ns1 addr replace 10.0.0.1/24 dev lo")
	}
	clean(b, k)
}
