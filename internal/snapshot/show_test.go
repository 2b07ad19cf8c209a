package snapshot

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
	"netlab/internal/op"
)

// after returns the recorded lab after a line.
func after(t testing.TB, name, line string) Lab {
	t.Helper()
	for _, s := range recording(t, name) {
		if s.Line == line {
			return s.Lab
		}
	}
	t.Fatalf("%s has no line %q", name, line)
	return Lab{}
}

func question(t testing.TB, line string) op.Query {
	t.Helper()
	args, err := op.Split(line)
	if err != nil {
		t.Fatal(err)
	}
	q, err := op.ParseQuery(args)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestShowFromARecording pins what is shown; that it is what the real tools
// show is tested in package kernel.
func TestShowFromARecording(t *testing.T) {
	lab := after(t, "bridge", "ip netns exec ns1 ping -c1 -W1 10.1.1.4")
	var b strings.Builder
	for _, line := range []string{
		"ip link show", "ip -br link", "ip -n ns1 addr show", "ip -br addr", "ip -n ns1 -4 addr", "ip route", "ip -n ns1 -6 route",
		"route -n", "ip -n ns1 neigh", "ip netns list", "bridge fdb show br br0", "bridge link",
		"ip -n ns1 route get 10.1.1.2", "ip route get 10.1.1.1", "ip route get 9.9.9.9", "sysctl net.ipv4.ip_forward",
		"ip link show dev nothere", "ip -n nothere link", "ip route show dev nothere", "ip -j link",
	} {
		out, err := Show(lab, question(t, line))
		fmt.Fprintf(&b, "$ %s\n%s", line, out)
		if err != nil {
			fmt.Fprintf(&b, "! %v\n", err)
		}
	}
	golden.Equal(t, "testdata/bridge.show", b.String())
}

func TestShowKnowsItsLimits(t *testing.T) {
	lab := after(t, "bridge", "ip netns add ns1")
	for _, line := range []string{"ip -d link", "ip -s link", "ip -o addr", "ip route show table all", "ip rule", "sysctl net.ipv4.tcp_ecn"} {
		if _, err := Show(lab, question(t, line)); !errors.Is(err, ErrNoView) {
			t.Errorf("%s: %v", line, err)
		}
	}
	var r *Refusal
	if _, err := Show(lab, question(t, "ip -n nothere link")); !errors.As(err, &r) || r.Exit != 255 {
		t.Errorf("a missing namespace: %v", err)
	}
}

func route(dst string, metric uint32, link string) Route {
	p := netip.MustParsePrefix(dst)
	family := 4
	if p.Addr().Is6() {
		family = 6
	}
	return Route{Family: family, Type: "unicast", Dst: p, Metric: metric, Link: link, Table: mainTable}
}

func TestTheLongestPrefixWins(t *testing.T) {
	other := route("10.1.1.1/32", 0, "other table")
	other.Table = 100
	dead := route("10.1.1.1/32", 0, "dead")
	dead.Dead = true
	throw := route("10.1.1.1/32", 0, "throw")
	throw.Type = "throw"
	s := Space{Routes: []Route{
		other, dead, throw,
		route("0.0.0.0/0", 0, "default"), route("10.0.0.0/8", 0, "ten"), route("10.1.0.0/16", 0, "far"),
		route("10.1.1.0/24", 50, "slow"), route("10.1.1.0/24", 10, "fast"), route("fd00::/64", 0, "six"),
	}}
	tests := map[string]string{
		"10.1.1.7": "fast", "10.1.1.1": "fast", "10.1.2.1": "far", "10.2.2.2": "ten", "192.0.2.1": "default", "fd00::9": "six", "fd01::1": "",
	}
	for to, want := range tests {
		r, ok := s.Lookup(netip.MustParseAddr(to))
		if r.Link != want || ok != (want != "") {
			t.Errorf("%s goes by %q (%v), want %q", to, r.Link, ok, want)
		}
	}
}
