package fault

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/op"
	"netlab/internal/scene"
	"netlab/internal/snapshot"
)

func TestKindsHaveNamesOfTheirOwn(t *testing.T) {
	names, titles := map[string]bool{}, map[string]bool{}
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, k := range All() {
		if !kebab.MatchString(k.Name) || names[k.Name] {
			t.Errorf("%q is no name for a kind, or is there twice", k.Name)
		}
		if k.Title == "" || titles[k.Title] || strings.HasSuffix(k.Title, ".") {
			t.Errorf("%s: %q is no title, or is there twice", k.Name, k.Title)
		}
		names[k.Name], titles[k.Title] = true, true
		if found, ok := Named(k.Name); !ok || found.Title != k.Title {
			t.Errorf("%s is not found by its name", k.Name)
		}
	}
	if len(names) < 45 {
		t.Errorf("%d kinds of faults", len(names))
	}
	if _, ok := Named("gremlin"); ok {
		t.Error("a kind that there is not has been found")
	}
}

// every calls f for each fault on each topology.
func every(f func(t Topology, f Fault)) {
	for _, t := range all() {
		for _, k := range All() {
			for _, one := range k.At(t) {
				f(t, one)
			}
		}
	}
}

func TestFaultsSayWhatTheyAre(t *testing.T) {
	seen := map[string]bool{}
	placed := map[string]bool{}
	every(func(topology Topology, f Fault) {
		where := topology.Name + topology.Probe.Proto + " " + f.Place()
		if seen[where] {
			t.Errorf("%s: there are two faults of this place", where)
		}
		seen[where], placed[f.Kind] = true, true
		if f.Says == "" || strings.HasSuffix(f.Says, ".") {
			t.Errorf("%s: it says %q", where, f.Says)
		}
		if _, ok := topology.Lab.Space(f.Cause.In); !ok {
			t.Errorf("%s: there is no namespace %q", where, f.Cause.In)
		}
		if f.Service == nil && len(f.Servers) == 0 && (len(f.Harm) == 0 || len(f.Mend) == 0) {
			t.Errorf("%s: it does nothing, or cannot be mended", where)
		}
		k, _ := Named(f.Kind)
		if d := cmp.Diff(k.Needs, f.Needs); d != "" {
			t.Errorf("%s: it needs (-kind +fault):\n%s", where, d)
		}
		if usesNFT := strings.Contains(strings.Join(f.Harm, "\n"), "nft "); usesNFT && !slices.Contains(f.Needs, NFT) {
			t.Errorf("%s: it uses nft, and needs only %q", where, f.Needs)
		}
	})
	for _, k := range All() {
		// The matrix has places for those: a host with a bridge, a machine that
		// asks itself, strict filters, and a mask wide enough.
		elsewhere := []string{"address-on-bridge-port", "lo-down", "asymmetric-return", "dad-failed"}
		if !placed[k.Name] && !slices.Contains(elsewhere, k.Name) {
			t.Errorf("no topology has a place for %s", k.Name)
		}
	}
}

// foreign are lines of iproute2 which netlab leaves to the machine's own.
func foreign(l string) bool {
	for _, words := range []string{" rule ", "stp_state", "flush cache", "sticky", " isolated "} {
		if strings.Contains(l, words) {
			return true
		}
	}
	return strings.Contains(l, "nft ") || strings.HasPrefix(l, "sleep ") || writesFile(l)
}

func TestLinesAreThoseOfIproute2(t *testing.T) {
	every(func(topology Topology, f Fault) {
		for _, l := range slices.Concat(f.Harm, f.Mend) {
			parsed, err := op.ParseLine(l)
			switch {
			case foreign(l):
				continue
			case err != nil || errors.Is(err, op.ErrQuestion):
				t.Errorf("%s %s: %q: %v", topology.Name, f.Place(), l, err)
				continue
			}
			in := parsed.Netns
			if in == "" {
				in = snapshot.Host
			}
			if _, ok := topology.Lab.Space(in); !ok {
				t.Errorf("%s %s: %q is about the namespace %q", topology.Name, f.Place(), l, in)
			}
		}
	})
}

// writesFile says that a line writes a file, or removes one.
func writesFile(l string) bool {
	return strings.HasPrefix(l, "cat > /etc/") && strings.HasSuffix(l, "\nEOF") || strings.HasPrefix(l, ": > /etc/") || strings.HasPrefix(l, "rm /etc/netns/")
}

// placesOf are where the faults of a kind are, without its name.
func placesOf(kind string, t Topology) string {
	k, ok := Named(kind)
	if !ok {
		return "no such kind"
	}
	var out []string
	for _, f := range k.At(t) {
		out = append(out, strings.TrimPrefix(f.Place(), kind+"@"))
	}
	return strings.Join(out, " ")
}

func TestPlaces(t *testing.T) {
	host := Topology{Name: "host-bridge", Lab: hostBridge(), Probe: probe("A", "10.0.0.254", ICMP, 0)}
	strict := ways("10.24.0.2")
	space(strict.Lab, "r4").Sysctls["net.ipv4.conf.all.rp_filter"] = "1"
	tests := []struct {
		kind     string
		topology Topology
		want     string
	}{
		{"link-down", pair(ICMP), "A:eth0 B:eth0"},
		{"link-down", twoNetworks(), "A:eth0 R:eth0 R:eth1 D:eth0"},
		{"link-down", overlay(), "pod1:eth0 pod2:eth0 node1:eth0 R:eth0 R:eth1 node2:eth0"},
		{"peer-down", pair(ICMP), ""},
		{"peer-down", switched(), "s1:A s1:B"},
		{"link-elsewhere", pair(ICMP), ""},
		{"link-elsewhere", switched(), "A:eth0(s1) B:eth0(s1)"},
		{"lo-down", pair(ICMP), ""},
		{"port-not-in-bridge", pair(ICMP), ""},
		{"port-not-in-bridge", overlay(), "node1:eth1 node1:vxlan0 node2:vxlan0 node2:eth1"},
		{"port-isolated", switched(), "s1:B"},
		{"fdb-pinned-wrong", switched(), "s1:C(02:00:00:00:01:02) s1:C(02:00:00:00:01:00)"},
		{"bridge-down", host, "host:br0"},
		{"wrong-mask", pair(ICMP), "A:eth0(10.0.0.1/31) B:eth0(10.0.0.2/31)"},
		{"wrong-mask", twoNetworks6(), "R:eth1(fd00:2::5/126) R:eth0(fd00:1::5/126)"},
		{"mask-too-wide", twoNetworks(), "D:eth0(192.168.2.1/22)"},
		{"mask-too-wide", pair(ICMP), ""},
		{"mask-too-wide", ways("10.34.0.3"), "A:eth0(10.1.0.1/13) B:eth0(10.4.0.1/13)"},
		{"missing-address", twoNetworks6(), "R:eth0(fd00:1::5/64) D:eth0(fd00:2::1/64) R:eth1(fd00:2::5/64)"},
		{"wrong-address", pair(ICMP), "B:eth0(10.0.0.22/24)"},
		{"wrong-network", pair(ICMP), "A:eth0(10.0.64.1/24) B:eth0(10.0.64.2/24)"},
		{"address-on-wrong-link", pair(ICMP), "B:lo(10.0.0.2/32)"},
		{"address-on-wrong-link", twoNetworks(), "R:eth1(192.168.1.5/24) D:lo(192.168.2.1/32) R:eth0(192.168.2.5/24)"},
		{"address-on-bridge-port", host, "host:eth0(10.0.0.254/24)"},
		{"address-on-bridge-port", twoNetworks(), ""},
		{"duplicate-address", pair(TCP), ""},
		{"duplicate-address", switched(), "C:eth0(10.0.0.2)"},
		{"duplicate-address", twoNetworks(), "B:eth0(192.168.1.5)"},
		{"neighbour-pinned-wrong", pair(ICMP), "A:eth0(10.0.0.2) B:eth0(10.0.0.1)"},
		{"target-silent", twoNetworks(), "D:eth0 A:eth0"},
		{"gateway-silent", twoNetworks(), "R:eth0 R:eth1"},
		{"arp-ignore", twoNetworks(), "R:eth0(net.ipv4.conf.eth0.arp_ignore) D:eth0(net.ipv4.conf.eth0.arp_ignore)"},
		{"arp-ignore", twoNetworks6(), ""},
		{"duplicate-mac", pair(ICMP), ""},
		{"duplicate-mac", switched(), "A:eth0(02:00:00:00:01:02)"},
		{"missing-route", pair(ICMP), ""},
		{"missing-route", twoNetworks(), "A(192.168.2.0/24)"},
		{"missing-return-route", twoNetworks(), "D(default)"},
		{"missing-return-route", gateway(), "web(default)"},
		{"wrong-gateway", twoNetworks(), "A(192.168.2.0/24)"},
		{"gateway-nobody", pair(ICMP), ""},
		{"wrong-source", twoNetworks(), "A(10.99.99.99)"},
		{"blackhole-route", twoNetworks(), "A(192.168.2.1) R(192.168.2.1) D(192.168.1.1) R(192.168.1.1)"},
		{"forwarding-off", pair(ICMP), ""},
		{"forwarding-off", twoNetworks6(), "R(net.ipv6.conf.all.forwarding)"},
		{"forwarding-off", overlay(), "R(net.ipv4.ip_forward)"},
		{"rp-filter-strict", ways("10.24.0.2"), ""},
		{"rp-filter-strict", ways("10.34.0.3"), "r4:eth0(net.ipv4.conf.eth0.rp_filter) r1:eth2(net.ipv4.conf.eth2.rp_filter)"},
		{"asymmetric-return", ways("10.24.0.2"), ""},
		{"asymmetric-return", strict, "r4:eth0(10.1.0.0/24-by-eth1)"},
		{"ttl-too-small", pair(ICMP), ""},
		{"ttl-too-small", twoNetworks6(), "A(net.ipv6.conf.eth0.hop_limit) D(net.ipv6.conf.eth0.hop_limit)"},
		{"echo-ignored", pair(ICMP), "B(net.ipv4.icmp_echo_ignore_all)"},
		{"echo-ignored", pair(TCP), ""},
		{"mtu-small-with-icmp", pair(ICMP), ""},
		{"mtu-small-with-icmp", twoNetworks(), "R:eth1(1000)"},
		{"mtu-small-with-icmp", gateway(), ""},
		{"mtu-mismatch", pair(ICMP), "B:eth0(1000)"},
		{"mtu-mismatch", pair(TCP), ""},
		{"mtu-ignores-tunnel", overlay(), "pod1:eth0(1500)"},
		{"nft-drop-forward", pair(ICMP), ""},
		{"nft-drop-forward", twoNetworks(), "R(ip-filter-forward-192.168.2.1) R(ip-filter-forward-192.168.1.1)"},
		{"nft-drop-forward", forward(), "R(ip-filter-forward-192.168.1.1) R(ip-filter-forward-203.0.113.9)"},
		{"nft-drop-ingress", pair(ICMP), "B:eth0(netdev-filter-ingress-10.0.0.2) A:eth0(netdev-filter-ingress-10.0.0.1)"},
		{"bridge-nf-drop", switched(), "s1(ip-filter-forward)"},
		{"bridge-nf-drop", pair(ICMP), ""},
		{"nat-missing", twoNetworks(), ""},
		{"nat-reversed", gateway(), "R:eth0"},
		{"nat-wrong-address", gateway(), "R:eth1(203.0.113.21)"},
		{"dnat-wrong-port", gateway(), ""},
		{"dnat-wrong-port", forward(), "R(192.168.1.1:81)"},
		{"vxlan-wrong-vni", overlay(), "node1:vxlan0 node2:vxlan0"},
		{"vxlan-missing-fdb", overlay(), "node1:vxlan0(10.0.2.1)"},
		{"ipv6-disabled", twoNetworks(), ""},
		{"service-not-listening", pair(ICMP), ""},
		{"service-on-loopback", pair(TCP), "B"},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" on "+tt.topology.Name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, placesOf(tt.kind, tt.topology)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// hostBridge is a host in which a bridge has the address that A asks.
func hostBridge() snapshot.Lab {
	lab := labOf(scene.Wire([]scene.Node{{Name: "A", Kind: scene.Host}, {Name: "H", Kind: scene.Host}},
		[]scene.Link{{Node: "A", To: "H"}, {Node: "H", To: "A"}}))
	give(space(lab, "A"), "eth0", "10.0.0.1/24")
	h := space(lab, "H")
	h.Name = snapshot.Host
	h.Links[1].Master = "br0"
	h.Links = append(h.Links, snapshot.Link{Name: "br0", Kind: "bridge", Up: true, MTU: 1500})
	give(h, "br0", "10.0.0.254/24")
	space(lab, "A").Links[1].PeerSpace = snapshot.Host
	lab.Spaces = lab.Spaces[1:]
	return lab
}
