package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// churn does work again and again until the test has done its own.
func churn(t *testing.T, work func(i int), own func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			work(i)
		}
	})
	own()
	cancel()
	wg.Wait()
}

// TestADumpThatIsInterruptedIsTakenAnew: while links, addresses and routes
// come and go in one namespace, what stays is in every snapshot, once.
func TestADumpThatIsInterruptedIsTakenAnew(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a")
	var want []string
	for i := range 40 {
		name := fmt.Sprintf("s%02d", i)
		do(t, k, fmt.Sprintf("ip -n a link add %s type bridge", name), fmt.Sprintf("ip -n a addr add 10.%d.0.1/24 dev %s", i, name))
		want = append(want, name)
	}
	steps := []string{
		"ip -n a link add x%d type veth peer name y%d", "ip -n a addr add 10.200.0.%d/24 dev x%[1]d",
		"ip -n a link set x%d up", "ip -n a link del x%d",
	}
	churn(t, func(i int) {
		for _, step := range steps {
			n := i%3 + 1
			_ = try(t, k, strings.ReplaceAll(strings.ReplaceAll(step, "%[1]d", fmt.Sprint(n)), "%d", fmt.Sprint(n)))
		}
	}, func() {
		for range 40 {
			a, _ := snap(t, k).Space("a")
			var links, addrs []string
			for _, l := range a.Links {
				if strings.HasPrefix(l.Name, "s") {
					links = append(links, l.Name)
				}
			}
			for _, at := range a.Addrs {
				if strings.HasPrefix(at.Link, "s") {
					addrs = append(addrs, at.Link)
				}
			}
			slices.Sort(links)
			slices.Sort(addrs)
			if d := cmp.Diff([][]string{want, want}, [][]string{links, addrs}); d != "" {
				t.Fatalf("links and addresses:\n%s", d)
			}
		}
	})
}

func TestNamespacesThatGoMeanwhileAreLeftOut(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add stays", "ip -n stays link add br0 type bridge")
	churn(t, func(i int) {
		name := fmt.Sprintf("goes%d", i%4)
		_ = try(t, k, "ip netns add "+name)
		_ = try(t, k, "ip -n "+name+" link set lo up")
		_ = try(t, k, "ip netns del "+name)
	}, func() {
		for range 60 {
			lab := snap(t, k)
			if lab.Spaces[0].Name != snapshot.Host {
				t.Fatalf("host is not the first: %s", lab.Spaces[0].Name)
			}
			stays, ok := lab.Space("stays")
			if _, has := stays.Link("br0"); !ok || !has {
				t.Fatal("what stays is not there")
			}
			for i, s := range lab.Spaces[2:] {
				if before := lab.Spaces[i+1].Name; s.Name <= before {
					t.Fatalf("%s comes after %s", s.Name, before)
				}
			}
		}
	})
}

// TestManyNamespaces: each keeps its own, however many there are.
func TestManyNamespaces(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	const n = 50
	do(t, k, "ip link add br0 type bridge", "ip link set br0 up")
	for i := range n {
		do(t, k, fmt.Sprintf("ip netns add m%02d", i), fmt.Sprintf("ip link add p%d type veth peer name eth0 netns m%02d", i, i),
			fmt.Sprintf("ip link set p%d master br0 up", i), fmt.Sprintf("ip -n m%02d link set eth0 up", i),
			fmt.Sprintf("ip -n m%02d addr add 10.0.0.%d/24 dev eth0", i, i+1))
	}
	lab := snap(t, k)
	if len(lab.Spaces) != n+1 {
		t.Fatalf("%d namespaces", len(lab.Spaces))
	}
	host := lab.Spaces[0]
	for i, s := range lab.Spaces[1:] {
		eth0, _ := s.Link("eth0")
		port, _ := host.Link(fmt.Sprintf("p%d", i))
		if eth0.Peer != port.Name || eth0.PeerSpace != snapshot.Host || port.Peer != "eth0" || port.PeerSpace != s.Name {
			t.Errorf("%s: eth0 leads to %s in %s, %s to %s in %s", s.Name, eth0.Peer, eth0.PeerSpace, port.Name, port.Peer, port.PeerSpace)
		}
		if !eth0.Carrier || port.PortState != "forwarding" || len(s.Addrs) == 0 || s.Addrs[0].Prefix.Addr().As4()[3] != byte(i+1) {
			t.Errorf("%s: %+v, %+v, %v", s.Name, eth0, port, s.Addrs)
		}
	}
	before := openFiles(t)
	snap(t, k)
	if after := openFiles(t); after > before {
		t.Errorf("%d files are open, %d before", after, before)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestManyAtOnce(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			ns := fmt.Sprintf("w%d", i)
			for _, line := range []string{
				"ip netns add " + ns, "ip -n " + ns + " link add v0 type veth peer name v1", "ip -n " + ns + " link set v0 up",
				"ip -n " + ns + " link set v1 up", fmt.Sprintf("ip -n %s addr add 10.0.%d.1/24 dev v0", ns, i),
			} {
				if err := try(t, k, line); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
			if _, err := k.Snapshot(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range 8 {
		holds(t, k, fmt.Sprintf("ip -n w%d addr add 10.0.%d.1/24 dev v0", i, i))
	}
}

func TestAMovedLinkKeepsItsOtherEnd(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a", "ip netns add b", "ip link add left type veth peer name right")
	for _, step := range []struct{ line, left, right string }{
		{"ip link set left netns a", "a", snapshot.Host},
		{"ip link set right netns b", "a", "b"},
		{"ip -n a link set left netns b", "b", "b"},
		{"ip -n b link set right netns a", "b", "a"},
	} {
		do(t, k, step.line)
		lab := snap(t, k)
		at, _ := lab.Space(step.left)
		l, _ := at.Link("left")
		far, _ := lab.Space(step.right)
		r, _ := far.Link("right")
		if l.Peer != "right" || l.PeerSpace != step.right || r.Peer != "left" || r.PeerSpace != step.left {
			t.Errorf("%s: left leads to %s in %q, right to %s in %q", step.line, l.Peer, l.PeerSpace, r.Peer, r.PeerSpace)
		}
	}
}

func TestLinksSettleWithTheirOtherEnd(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a", "ip link add v0 type veth peer name v1 netns a", "ip link set v0 up")
	state := func() string {
		host, _ := snap(t, k).Space(snapshot.Host)
		l, _ := host.Link("v0")
		return fmt.Sprint(l.Carrier, slices.Contains(l.Flags, "NO-CARRIER"), l.State == "UP")
	}
	for range 5 {
		if got := state(); got != "false true false" {
			t.Errorf("with the other end down: %s", got)
		}
		do(t, k, "ip -n a link set v1 up")
		if got := state(); got != "true false true" {
			t.Errorf("with the other end up: %s", got)
		}
		do(t, k, "ip -n a link set v1 down")
	}
}

func TestSettingsAreReadAndWritten(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a", "ip -n a link add v0.7 type veth peer name v1")
	tests := []struct {
		key, value, want string
	}{
		{"net.ipv4.ip_forward", "1", "1"},
		{"net/ipv4/conf/all/rp_filter", "2", "2"},
		{"net.ipv4.conf.v0/7.forwarding", "1", "1"},
		{"net/ipv4/conf/v0.7/arp_ignore", "1", "1"},
		{"net.ipv6.conf.v1.disable_ipv6", "1", "1"},
		{"net.ipv4.ip_local_port_range", "2000 3000", "2000 3000"},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			line := parsed(t, "ip netns exec a sysctl -w '"+tt.key+"="+tt.value+"'")
			if err := k.Do(line); err != nil {
				t.Fatal(err)
			}
			key := line.Op.(*op.SysctlSet).Key
			if got, err := k.Sysctl("a", key); err != nil || got != tt.want {
				t.Errorf("it is %q, %v, want %q", got, err, tt.want)
			}
			if here, err := k.Sysctl("", key); err == nil && here == tt.want {
				t.Errorf("host has it, too: %q", here)
			}
		})
	}
	if _, err := k.Sysctl("nowhere", "net.ipv4.ip_forward"); err == nil {
		t.Error("a namespace that is not there has settings")
	}
	for _, key := range []string{"net.ipv4.conf.v9.forwarding", "net.no", "net.ipv4.conf.v0.7.forwarding"} {
		if _, err := k.Sysctl("a", key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	k := New()
	tests := []struct {
		line, text string
		exit       int
		hint       string
	}{
		{"sysctl -w net.no.such=1", "sysctl: cannot stat /proc/sys/net/no/such: No such file or directory", 1, "this kernel has no setting net.no.such"},
		{"sysctl -w net.ipv4.ip_forward=7x", `sysctl: setting key "net.ipv4.ip_forward": Invalid argument`, 1, `"7x" is not a value`},
		{"sysctl -w net.ipv4.tcp_available_congestion_control=x", `sysctl: setting key "net.ipv4.tcp_available_congestion_control": Invalid argument`, 0, ""},
		{"ip netns exec nowhere sysctl -w net.ipv4.ip_forward=1", `Cannot open network namespace "nowhere": No such file or directory`, 255, "no named namespace"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			var e *Error
			if err := try(t, k, tt.line); !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Text != tt.text || e.Exit != tt.exit || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("%q, exit code %d, hint %q", e.Text, e.Exit, e.Hint)
			}
		})
	}
}

// TestHostIsNotANamedNamespace: the lab's own namespace is written as none.
func TestHostIsNotANamedNamespace(t *testing.T) {
	k := New()
	for _, line := range []string{"ip -n host link set lo up", "ip netns exec host sysctl -w net.ipv4.ip_forward=1", "ip -n host addr flush dev lo"} {
		var e *Error
		if err := try(t, k, line); !errors.As(err, &e) || e.Exit != 255 || !strings.Contains(e.Hint, "host is not a named namespace") {
			t.Errorf("%s: %v", line, err)
		}
	}
	if names, err := netns.List(); err != nil || len(names) != 0 {
		t.Errorf("namespaces %v, %v", names, err)
	}
}
