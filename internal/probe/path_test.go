//go:build linux

package probe

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
)

// way writes a path as a list.
func way(p measure.Path) string {
	var out []string
	for _, h := range p.Hops {
		switch {
		case h.Addr.IsValid():
			text := h.Addr.String()
			if h.Fate == measure.Reported && !exceeded(p.To, h.ICMP) {
				text += " said " + h.ICMP.Text
			}
			out = append(out, text)
		default:
			out = append(out, string(h.Fate)+h.Errno)
		}
	}
	return strings.Join(out, ", ")
}

func TestPath(t *testing.T) {
	build(t, router)
	settle(t, "a", "r", "b")
	tests := []struct {
		name, from, to, want string
	}{
		{"over a router", "a", "192.168.2.3", "192.168.1.5, 192.168.2.3"},
		{"and back", "b", "192.168.1.1", "192.168.2.5, 192.168.1.1"},
		{"to the next one", "a", "192.168.1.5", "192.168.1.5"},
		{"to the far side of the next one", "a", "192.168.2.5", "192.168.2.5"},
		{"to oneself", "a", "192.168.1.1", "192.168.1.1"},
		{"where the router has no way", "a", "203.0.113.1", "192.168.1.5 said Destination Net Unreachable"},
		{"over a router by IPv6", "a", "fd00:2::3", "fd00:1::5, fd00:2::3"},
		{"nowhere", "r", "203.0.113.1", "refusedENETUNREACH"},
		{"to nobody behind the router", "a", "192.168.2.9", "192.168.1.5, silent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if to := addr(tt.to); is6(to) {
				patient(t, Request{From: tt.from, To: to, Timeout: 50 * time.Millisecond}, measure.Answered)
			}
			got, err := Path(soon(t), tt.from, addr(tt.to), 300*time.Millisecond)
			if err != nil || way(got) != tt.want {
				t.Errorf("%s, %v; want %s", way(got), err, tt.want)
			}
		})
	}
	if _, err := Path(soon(t), "nobody", addr("10.1.1.1"), time.Second); err == nil {
		t.Error("a path from a namespace that is not there")
	}
}

// More hops than are asked at once.
func TestTheHopsOfALongWay(t *testing.T) {
	const last = 10
	var lines strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&lines, format+"\n", args...) }
	add("netns add c0")
	var want []string
	for i := 1; i <= last; i++ {
		add("netns add c%d", i)
		add("link add back netns c%d type veth peer name ahead netns c%d", i, i-1)
		add("-n c%d addr add 10.0.%d.1/24 dev ahead", i-1, i)
		add("-n c%d addr add 10.0.%d.2/24 dev back", i, i)
		add("-n c%d link set dev ahead up", i-1)
		add("-n c%d link set dev back up", i)
		add("-n c%d route add default via 10.0.%d.2", i-1, i)
		if i > 1 {
			add("-n c%d route add 10.0.1.0/24 via 10.0.%d.1", i, i)
		}
		add("netns exec c%d sysctl -qw net.ipv4.ip_forward=1", i)
		want = append(want, fmt.Sprintf("10.0.%d.2", i))
	}
	build(t, lines.String())
	settle(t, spaces(t)...)
	got, err := Path(soon(t), "c0", addr(fmt.Sprintf("10.0.%d.2", last)), time.Second)
	if err != nil || way(got) != strings.Join(want, ", ") {
		t.Errorf("%s, %v; want %q", way(got), err, want)
	}
}

func TestASilentRouter(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	build(t, router+`netns exec r nft add table ip x
netns exec r nft add chain ip x output '{ type filter hook output priority 0 ; }'
netns exec r nft add rule ip x output icmp type time-exceeded drop
`)
	settle(t, "a", "r", "b")
	got, err := Path(soon(t), "a", addr("192.168.2.3"), 200*time.Millisecond)
	if err != nil || way(got) != "silent, 192.168.2.3" {
		t.Errorf("%s, %v", way(got), err)
	}
}

func TestSilenceAtTheEndIsOneHop(t *testing.T) {
	silent, answer := measure.Hop{Fate: measure.Silent}, measure.Hop{Fate: measure.Reported, Addr: netip.MustParseAddr("10.0.0.1")}
	for _, tt := range []struct {
		name string
		hops []measure.Hop
		want int
	}{
		{"none", nil, 0},
		{"one", []measure.Hop{silent}, 1},
		{"only silence", []measure.Hop{silent, silent, silent}, 1},
		{"silence behind a router", []measure.Hop{answer, silent, silent}, 2},
		{"silence between two", []measure.Hop{silent, silent, answer}, 3},
		{"a router at the end", []measure.Hop{silent, answer}, 2},
	} {
		if got := shorten(tt.hops); len(got) != tt.want {
			t.Errorf("%s: %d hops, want %d", tt.name, len(got), tt.want)
		}
	}
}
