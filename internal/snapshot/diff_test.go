package snapshot

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

// TestDiffTellsTheStoryOfALesson shows, command by command, what a learner
// reads.
func TestDiffTellsTheStoryOfALesson(t *testing.T) {
	for _, name := range []string{"veth-pair", "bridge"} {
		t.Run(name, func(t *testing.T) {
			steps := recording(t, name)
			var b strings.Builder
			for i, s := range steps[1:] {
				fmt.Fprintf(&b, "$ %s\n", s.Line)
				for _, c := range Diff(steps[i].Lab, s.Lab) {
					fmt.Fprintf(&b, "  %s\n      %s\n", c, c.Reason)
				}
			}
			golden.Equal(t, "testdata/"+name+".diff", b.String())
		})
	}
}

func TestNothingIsDifferentFromItself(t *testing.T) {
	for _, name := range []string{"veth-pair", "bridge"} {
		for _, s := range recording(t, name) {
			if got := Diff(s.Lab, s.Lab); len(got) != 0 {
				t.Errorf("%s, after %s: %v", name, s.Line, got)
			}
		}
	}
}

// TestEveryChangeHasAReason compares all pairs of labs, also such as no single
// command leads from one to the other.
func TestEveryChangeHasAReason(t *testing.T) {
	var labs []Lab
	for _, name := range []string{"veth-pair", "bridge"} {
		for _, s := range recording(t, name) {
			labs = append(labs, s.Lab)
		}
	}
	for _, before := range labs {
		for _, after := range labs {
			for _, c := range Diff(before, after) {
				switch {
				case c.Reason == "" || c.Space == "" || c.Line == "" || !strings.Contains("+-~", c.Sign):
					t.Fatalf("%+v", c)
				case strings.HasSuffix(c.Reason, ".") || strings.Contains(c.Reason, "  ") || strings.Contains(c.Reason, " ,"):
					t.Fatalf("the reason of %q reads badly: %q", c, c.Reason)
				}
			}
		}
	}
}

// TestDiffSaysItInOneLine changes one thing in a recorded lab each time.
func TestDiffSaysItInOneLine(t *testing.T) {
	base := after(t, "bridge", "ip netns exec ns1 ping -c1 -W1 10.1.1.4")
	tests := []struct {
		name   string
		change func(host, ns1 *Space)
		want   string // sign, namespace and line
		reason string // part of it
	}{
		{"the age of a neighbour does not matter", func(_, ns1 *Space) { ns1.Neighs[0].State = "STALE" }, "", ""},
		{"a queue does not matter", func(host, _ *Space) { host.Links[1].Qdisc, host.Links[1].QLen = "fq", 7 }, "", ""},
		{"multicast does not matter", func(host, _ *Space) {
			host.FDB = append(host.FDB, FDB{Link: "br0", MAC: "33:33:00:00:00:05", State: "permanent"})
		}, "", ""},
		{"a neighbour with a link-local address does not matter", func(_, ns1 *Space) {
			ns1.Neighs = append(ns1.Neighs, Neigh{Link: "veth_ns1", Addr: netip.MustParseAddr("fe80::7"), State: "STALE"})
		}, "", ""},
		{"a rule", func(_, ns1 *Space) { ns1.Rules = 2 }, "~ ns1 nftables rules: 2, before 0", "belong to their namespace"},
		{"a setting", func(host, _ *Space) { host.Sysctls = map[string]string{"net.ipv4.ip_forward": "1"} },
			"~ host net.ipv4.ip_forward = 1, before 0", "it is a router"},
		{"a duplicate address", func(_, ns1 *Space) {
			ns1.Addrs = append(ns1.Addrs, Addr{Link: "veth_ns1", Prefix: netip.MustParsePrefix("fd00::1/64"), Flags: []string{"dadfailed"}})
		}, "+ ns1 addr fd00::1/64 on veth_ns1", "somebody else has this address"},
		{"a single address", func(_, ns1 *Space) {
			ns1.Addrs = append(ns1.Addrs, Addr{Link: "veth_ns1", Prefix: netip.MustParsePrefix("10.9.9.9/32")})
		}, "+ ns1 addr 10.9.9.9/32 on veth_ns1", "no network comes with it"},
		{"a blackhole", func(_, ns1 *Space) {
			r := route("10.9.0.0/16", 0, "")
			r.Type = "blackhole"
			ns1.Routes = append(ns1.Routes, r)
		}, "+ ns1 route blackhole 10.9.0.0/16", "on purpose"},
		{"a route in another table", func(_, ns1 *Space) {
			r := route("10.9.0.0/16", 5, "veth_ns1")
			r.Table = 100
			ns1.Routes = append(ns1.Routes, r)
		}, "+ ns1 route 10.9.0.0/16 dev veth_ns1 metric 5 table 100", "looked for directly"},
		{"a neighbour by hand", func(_, ns1 *Space) {
			ns1.Neighs = append(ns1.Neighs, Neigh{Link: "veth_ns1", Addr: netip.MustParseAddr("10.1.1.7"), MAC: "02:00:00:00:00:07", State: "PERMANENT"})
		}, "+ ns1 neigh 10.1.1.7 dev veth_ns1 lladdr 02:00:00:00:00:07 PERMANENT", "set by hand"},
		{"a proxy", func(_, ns1 *Space) {
			ns1.Neighs = append(ns1.Neighs, Neigh{Link: "veth_ns1", Addr: netip.MustParseAddr("10.1.1.7"), Proxy: true})
		}, "+ ns1 neigh 10.1.1.7 dev veth_ns1 proxy", "answers for this address"},
		{"a neighbour that fell silent", func(_, ns1 *Space) {
			i := slices.IndexFunc(ns1.Neighs, func(n Neigh) bool { return n.Addr.String() == "10.1.1.2" })
			ns1.Neighs[i].State, ns1.Neighs[i].MAC = "FAILED", ""
		}, "~ ns1 neigh 10.1.1.2 dev veth_ns1 FAILED", "nobody has answered"},
		{"a flag", func(_, ns1 *Space) { ns1.Links[1].Flags = append(slices.Clone(ns1.Links[1].Flags), "PROMISC") },
			"~ ns1 link veth_ns1 has flag PROMISC on", "every frame"},
		{"a smaller mtu", func(_, ns1 *Space) { ns1.Links[1].MTU = 1400 }, "~ ns1 link veth_ns1 has mtu 1400, before 1500", "cut into pieces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := Lab{}
			for _, s := range base.Spaces {
				now.Spaces = append(now.Spaces, s.copied())
			}
			tt.change(&now.Spaces[0], &now.Spaces[1])
			changes := Diff(base, now)
			if tt.want == "" {
				if len(changes) != 0 {
					t.Errorf("%v", changes)
				}
				return
			}
			if len(changes) != 1 || changes[0].String() != tt.want || !strings.Contains(changes[0].Reason, tt.reason) {
				t.Errorf("got %v, want %q because of %q", changes, tt.want, tt.reason)
				for _, c := range changes {
					t.Log(c.Reason)
				}
			}
		})
	}
}
