package kernel

import (
	"context"
	"fmt"
	"testing"
	"time"

	"netlab/internal/snapshot"
)

// hears waits until the watcher hears something.
func hears(t *testing.T, w *Watcher, what string) {
	t.Helper()
	select {
	case <-w.Heard():
	case <-time.After(5 * time.Second):
		t.Fatalf("nothing was heard of: %s", what)
	}
}

// settled waits until nothing has been heard for a moment.
func settled(w *Watcher) {
	for {
		select {
		case <-w.Heard():
		case <-time.After(60 * time.Millisecond):
			return
		}
	}
}

func watching(t *testing.T, k *Kernel) (*Watcher, context.CancelFunc) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	w, err := k.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return w, stop
}

func TestAWatcherHearsOfEachKindOfChange(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	snap(t, k)
	w, _ := watching(t, k)
	settled(w)
	run := func(argv ...string) func() { return func() { inside(t, "ns1", argv...) } }
	line := func(text string) func() { return func() { do(t, k, text) } }
	steps := []struct {
		name string
		do   func()
	}{
		{"an address", line("ip -n ns1 addr add 10.1.1.9/24 dev veth_ns1")}, {"an IPv6 address", line("ip -n ns1 addr add fd00::9/64 dev veth_ns1")},
		{"a link", line("ip -n ns1 link set veth_ns1 mtu 1400")}, {"a route", line("ip -n ns1 route add 10.9.0.0/16 via 10.1.1.2")},
		{"an IPv6 route", line("ip -n ns1 -6 route add fd01::/64 dev veth_ns1")}, {"a neighbour", line("ip -n ns1 neigh add 10.1.1.7 lladdr 02:00:00:00:00:07 dev veth_ns1")},
		{"a rule", run("ip", "rule", "add", "from", "10.0.0.0/8", "table", "100")}, {"an IPv6 rule", run("ip", "-6", "rule", "add", "from", "fd00::/8", "table", "100")},
		{"a setting", line("ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1")}, {"a setting of a link", line("ip netns exec ns1 sysctl -w net.ipv4.conf.veth_ns1.rp_filter=1")},
		{"a firewall", run("nft", "add table ip t")}, {"a link of host", line("ip link add br0 type bridge")},
		{"a new namespace", line("ip netns add ns3")},
	}
	for _, s := range steps {
		s.do()
		hears(t, w, s.name)
		settled(w)
	}
	do(t, k, "ip -n ns3 link add v3 type veth peer name v4")
	hears(t, w, "a link in a namespace that came later")
}

// TestAWatcherHoldsNoDeletedNamespace: the other ends of its cables go.
func TestAWatcherHoldsNoDeletedNamespace(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	w, _ := watching(t, k)
	settled(w)
	for i := range 5 {
		do(t, k, fmt.Sprintf("ip link add h%d type veth peer name e%d netns ns2", i, i))
	}
	do(t, k, "ip netns del ns2")
	for deadline := time.Now().Add(5 * time.Second); ; {
		host, _ := snap(t, k).Space(snapshot.Host)
		if len(host.Links) == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %d links", len(host.Links))
		}
	}
	settled(w)
	do(t, k, "ip netns add ns2")
	hears(t, w, "a namespace with the name of another one")
	settled(w)
	do(t, k, "ip -n ns2 link set lo up")
	hears(t, w, "what is in it")
}

func TestAWatcherEndsWithItsContext(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	w, stop := watching(t, k)
	settled(w)
	stop()
	settled(w)
	do(t, k, "ip netns add ns1")
	select {
	case <-w.Heard():
		t.Error("it still listens")
	case <-time.After(4 * lookForNamespaces):
	}
}

// TestAWatcherSurvivesAFlood: messages that are lost are no end.
func TestAWatcherSurvivesAFlood(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	two(t, k)
	w, _ := watching(t, k)
	for i := range 2000 {
		do(t, k, fmt.Sprintf("ip -n ns1 neigh replace 10.1.1.%d lladdr 02:00:00:00:%02x:%02x dev veth_ns1", 3+i%200, i>>8, i&255))
	}
	settled(w)
	do(t, k, "ip -n ns1 addr add 10.1.1.201/24 dev veth_ns1")
	hears(t, w, "an address after the flood")
}
