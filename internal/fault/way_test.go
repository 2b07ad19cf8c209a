package fault

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/snapshot"
)

// said writes the legs of a way in one line.
func said(legs []leg) string {
	var out []string
	for _, l := range legs {
		words := l.out.in + ":" + l.out.link + " ("
		for i, at := range l.between {
			if i > 0 {
				words += " "
			}
			words += at.in + ":" + at.link
		}
		out = append(out, words+") "+l.in.in+":"+l.in.link)
	}
	return strings.Join(out, ", ")
}

func TestWays(t *testing.T) {
	self := pair(ICMP)
	self.Probe.To = netip.MustParseAddr("10.0.0.1")
	tests := []struct {
		name        string
		topology    Topology
		there, home string
		src, target string
	}{
		{"a cable", pair(ICMP), "A:eth0 () B:eth0", "B:eth0 () A:eth0", "10.0.0.1", "B"},
		{"to itself", self, "", "", "10.0.0.1", "A"},
		{"a switch", switched(), "A:eth0 (s1:A s1:s1 s1:B) B:eth0", "B:eth0 (s1:B s1:s1 s1:A) A:eth0", "10.0.0.1", "B"},
		{"a router", twoNetworks(), "A:eth0 (s1:A s1:s1 s1:R) R:eth0, R:eth1 (s2:R s2:s2 s2:D) D:eth0",
			"D:eth0 (s2:D s2:s2 s2:R) R:eth1, R:eth0 (s1:R s1:s1 s1:A) A:eth0", "192.168.1.1", "D"},
		{"a router, IPv6", twoNetworks6(), "A:eth0 (s1:A s1:s1 s1:R) R:eth0, R:eth1 () D:eth0", "D:eth0 () R:eth1, R:eth0 (s1:R s1:s1 s1:A) A:eth0", "fd00:1::1", "D"},
		{"the answer goes to the router's own address, and on", gateway(), "A:eth0 () R:eth0, R:eth1 () isp:eth0, isp:eth1 () web:eth0",
			"web:eth0 () isp:eth1, isp:eth0 () R:eth1, R:eth0 () A:eth0", "192.168.1.1", "web"},
		{"the router sends it on", forward(), "web:eth0 () R:eth1, R:eth0 () A:eth0", "A:eth0 () R:eth0, R:eth1 () web:eth0", "203.0.113.9", "A"},
		{"home by another router", ways("10.34.0.3"), "A:eth0 () r1:eth0, r1:eth1 () r2:eth0, r2:eth1 () r4:eth0, r4:eth2 () B:eth0",
			"B:eth0 () r4:eth2, r4:eth1 () r3:eth1, r3:eth0 () r1:eth2, r1:eth0 () A:eth0", "10.1.0.1", "B"},
		{"through a tunnel", overlay(), "pod1:eth0 (node1:eth1 node1:cni0 node1:vxlan0 node2:vxlan0 node2:cni0 node2:eth1) pod2:eth0",
			"pod2:eth0 (node2:eth1 node2:cni0 node2:vxlan0 node1:vxlan0 node1:cni0 node1:eth1) pod1:eth0", "10.244.0.1", "pod2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trip, ok := tt.topology.trip()
			if !ok {
				t.Fatal("there is no way")
			}
			want := []string{tt.there, tt.home, tt.src, tt.target}
			if d := cmp.Diff(want, []string{said(trip.there), said(trip.home), trip.src.String(), trip.target}); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestTheWayOfATunnel(t *testing.T) {
	trip, _ := overlay().trip()
	want := "node1:eth0 () R:eth0, R:eth1 () node2:eth0, node2:eth0 () R:eth1, R:eth0 () node1:eth0"
	if d := cmp.Diff(want, said(trip.under())); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if trip, _ := twoNetworks().trip(); len(trip.under()) > 0 {
		t.Error("there is no tunnel, and it has a way")
	}
}

// space is a namespace of a lab, to be changed.
func space(lab snapshot.Lab, name string) *snapshot.Space {
	for i := range lab.Spaces {
		if lab.Spaces[i].Name == name {
			return &lab.Spaces[i]
		}
	}
	return nil
}

func TestNoFaultIsPlacedWhereTheProbeDoesNotGetThrough(t *testing.T) {
	tests := []struct {
		name string
		turn func(t *Topology)
	}{
		{"nothing", func(t *Topology) { t.Lab = snapshot.Lab{} }},
		{"no such sender", func(t *Topology) { t.Probe.From = "X" }},
		{"no such target", func(t *Topology) { t.Probe.To = netip.MustParseAddr("192.168.2.77") }},
		{"no route there", func(t *Topology) { s := space(t.Lab, "A"); s.Routes = s.Routes[:1] }},
		{"no route back", func(t *Topology) { s := space(t.Lab, "D"); s.Routes = s.Routes[:1] }},
		{"an unplugged port", func(t *Topology) {
			for i := range space(t.Lab, "s1").Links {
				space(t.Lab, "s1").Links[i].Master = ""
			}
		}},
		{"a circle", func(t *Topology) {
			for _, name := range []string{"A", "R"} {
				s := space(t.Lab, name)
				to := map[string]string{"A": "192.168.1.5", "R": "192.168.1.1"}[name]
				s.Routes = append(s.Routes, snapshot.Route{Dst: netip.MustParsePrefix("192.168.2.1/32"), Via: netip.MustParseAddr(to), Link: "eth0"})
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			topology := twoNetworks()
			tt.turn(&topology)
			for _, k := range All() {
				for _, f := range k.At(topology) {
					t.Errorf("there is a place for %s: %s", k.Name, f.Place())
				}
			}
		})
	}
}
