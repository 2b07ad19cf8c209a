package kernel

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// TestFreshSettingsAreThoseOfANewNamespace: not those of host, which are its
// own, and nothing stays behind.
func TestFreshSettingsAreThoseOfANewNamespace(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a")
	was, _ := k.Sysctl("", "net.ipv6.conf.all.forwarding")
	do(t, k, "sysctl -w net.ipv6.conf.all.forwarding=1")
	t.Cleanup(func() { do(t, k, "sysctl -w net.ipv6.conf.all.forwarding="+was) })
	fresh, err := k.FreshSysctls()
	if err != nil {
		t.Fatal(err)
	}
	a, _ := snap(t, k).Space("a")
	if d := cmp.Diff(a.Sysctls, fresh); d != "" || len(fresh) < 4 {
		t.Errorf("(- of a new namespace, + fresh):\n%s", d)
	}
	if host, _ := snap(t, k).Space(snapshot.Host); host.Sysctls["net.ipv6.conf.all.forwarding"] != "1" || len(host.Links) == 0 {
		t.Errorf("host is another one now: %v", host.Sysctls)
	}
}

func TestWaysOfARouteAreCounted(t *testing.T) {
	hop := func(size int) []byte {
		b := make([]byte, size)
		b[0] = byte(size)
		return b
	}
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	tests := []struct {
		name string
		b    []byte
		want int
	}{
		{"nothing", nil, 0},
		{"cut off", make([]byte, unix.SizeofRtNexthop-1), 0},
		{"one", hop(unix.SizeofRtNexthop), 1},
		{"two, with attributes", join(hop(16), hop(16)), 2},
		{"a size that is filled up to four bytes", join(hop(14), make([]byte, 2), hop(8)), 2},
		{"a size of nothing does not hang", make([]byte, 24), 3},
		{"a size beyond the end", []byte{255, 255, 0, 0, 0, 0, 0, 0}, 1},
	}
	for _, tt := range tests {
		if got := hops(tt.b); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestAVxlanThatWasMovedSaysWhereItsPacketsLeave: the number of the link below
// belongs to another namespace, where it means another link.
func TestAVxlanThatWasMovedSaysWhereItsPacketsLeave(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a", "ip link add under type veth peer name end", "ip -n a link add wrong0 type veth peer name wrong1",
		"ip -n a link add wrong2 type veth peer name wrong3",
		"ip link add vx0 type vxlan id 7 dev under dstport 4789", "ip link add vx1 type vxlan id 8 dev under dstport 4789", "ip link set vx0 netns a")
	lab := snap(t, k)
	a, _ := lab.Space("a")
	moved, _ := a.Link("vx0")
	host, _ := lab.Space(snapshot.Host)
	stays, _ := host.Link("vx1")
	if moved.PeerSpace != snapshot.Host || moved.VXLAN.Dev != "under" || moved.Peer != "" {
		t.Errorf("the moved one lies over %q in %q", moved.VXLAN.Dev, moved.PeerSpace)
	}
	if stays.PeerSpace != "" || stays.VXLAN.Dev != "under" {
		t.Errorf("the other one lies over %q in %q", stays.VXLAN.Dev, stays.PeerSpace)
	}
}
