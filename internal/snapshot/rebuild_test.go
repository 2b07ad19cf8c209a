package snapshot

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/op"
)

// rebuildLines are the lines that rebuild a lab, without headings.
func rebuildLines(lab Lab, fresh map[string]string) []string {
	var lines []string
	for _, l := range lab.Commands(fresh) {
		if !strings.HasPrefix(l, "# ") || strings.HasPrefix(l, "# not included: ") {
			lines = append(lines, l)
		}
	}
	return lines
}

// plainLink is a link that is down and has nothing unusual.
func plainLink(kind string, changes ...func(*Link)) Link {
	l := link(2, "x0", kind, down, func(l *Link) { l.MAC, l.Addrgen = "a2:34:56:78:9a:bc", "eui64" })
	switch kind {
	case "bridge":
		l.Bridge = &Bridge{AgeingTime: defaultAgeing, ForwardDelay: defaultDelay}
	case "dummy":
		l.Flags = append(l.Flags, "NOARP")
	}
	for _, change := range changes {
		change(&l)
	}
	return l
}

func quiet(lo *Link) { lo.QLen = usualQLen }

// alone is a lab of one namespace whose lo is down and says nothing.
func alone(things ...any) Lab {
	s := host(things...)
	down(&s.Links[0])
	quiet(&s.Links[0])
	return labOf(s)
}

func TestEachFactHasItsLine(t *testing.T) {
	ip := netip.MustParseAddr
	dummy := func(changes ...func(*Link)) Link { return plainLink("dummy", changes...) }
	up := func(l *Link) { l.Up, l.Carrier = true, true }
	on := func(things ...any) Lab {
		return alone(append([]any{dummy(up, func(l *Link) { l.Addrgen = "none" })}, things...)...)
	}
	learner, learnerBridge := link(3, "sit0", "sit"), plainLink("bridge", func(l *Link) { l.Name = "b0" })
	const set, add = "ip link set x0 addrgenmode none", "ip link add x0 type dummy"
	tests := []struct {
		name string
		lab  Lab
		want []string
	}{
		{"nothing", alone(), nil},
		{"a dummy", alone(dummy()), []string{add}},
		{"a dummy that asks by ARP", alone(dummy(func(l *Link) { l.Flags = nil })), []string{add, "ip link set x0 arp on"}},
		{"a chosen MAC address", alone(dummy(func(l *Link) { l.MAC = "02:00:00:00:00:07" })), []string{"ip link add x0 address 02:00:00:00:00:07 type dummy"}},
		{"an MTU", alone(dummy(func(l *Link) { l.MTU = 1400 })), []string{"ip link add x0 mtu 1400 type dummy"}},
		{"a bridge's settings", alone(plainLink("bridge", func(l *Link) { l.Bridge = &Bridge{STP: true, AgeingTime: 7, ForwardDelay: 400} })), []string{"ip link add x0 type bridge stp_state 1 ageing_time 7 forward_delay 400"}},
		{"a bridge's priority", alone(plainLink("bridge", func(l *Link) { l.Bridge.ID = "1000.x" })), []string{"ip link add x0 type bridge", "ip link set dev x0 type bridge priority 4096"}},
		{"a bridge's MTU comes last", alone(plainLink("bridge", func(l *Link) { l.MTU = 1400 })), []string{"ip link add x0 type bridge", "ip link set x0 mtu 1400"}},
		{"VLANs", alone(plainLink("bridge", func(l *Link) { l.Bridge.VLANFiltering = true })), []string{"ip link add x0 type bridge vlan_filtering 1", "# not included: host: the VLANs of x0 and its ports, if somebody has changed them (bridge vlan show)"}},
		{"an alias with a line end", alone(dummy(func(l *Link) { l.Alias = "it's\nmine" })), []string{add, "ip link set x0 alias 'it'\\''s\nmine'"}},
		{"another kind", alone(plainLink("gre")), []string{`# not included: host: link x0 of the kind "gre", and what is on it: only veth, bridge, vxlan and dummy are`}},
		{"a tunnel that each namespace has", alone(plainLink("sit", func(l *Link) { l.Name = "sit0" })), nil},
		{"what lies on another kind", alone(plainLink("gre"), addrOn("x0", "10.0.0.1/24"), routeVia("10.5.0.0/16", "", "x0"), neighOn("x0", "10.0.0.2", machine, "PERMANENT")), []string{`# not included: host: link x0 of the kind "gre", and what is on it: only veth, bridge, vxlan and dummy are`}},
		{"a cable that leads out", alone(plainLink("veth")), []string{"# not included: host: link x0, a veth whose other end is not in the lab, and what is on it"}},
		{"a vxlan from outside", alone(plainLink("vxlan", func(l *Link) { l.VXLAN, l.PeerNSID = &VXLAN{ID: 1}, 4 })), []string{"# not included: host: link x0, a vxlan whose packets leave from a namespace outside the lab, and what is on it"}},
		{"an address that failed", on(addrOn("x0", "fd00::1/64", func(a *Addr) { a.Flags = []string{"dadfailed", "permanent"} }), connected("fd00::/64", "x0")), []string{add, set, "ip addr add fd00::1/64 dev x0", "# not included: host: that fd00::1 of x0 is not used: another machine had it first", "ip link set x0 up"}},
		{"a connected route that is there", on(addrOn("x0", "10.0.0.1/24"), connected("10.0.0.0/24", "x0")), []string{add, set, "ip addr add 10.0.0.1/24 dev x0", "ip link set x0 up"}},
		{"a connected route that is not there", on(addrOn("x0", "10.0.0.1/24")), []string{add, set, "ip addr add 10.0.0.1/24 dev x0", "ip link set x0 up", "ip route del 10.0.0.0/24 dev x0 proto kernel"}},
		{"a hand-made link-local address", on(addrOn("x0", "fe80::1/64"), connected("fe80::/64", "x0")), []string{add, set, "ip addr add fe80::1/64 dev x0", "ip link set x0 up"}},
		{"gateways last, their network before", on(addrOn("x0", "10.0.0.1/24"), connected("10.0.0.0/24", "x0"), routeVia("0.0.0.0/0", "10.5.0.9", "x0"), routeVia("10.5.0.0/16", "", "x0", func(r *Route) { r.Scope = "link" })), []string{add, set, "ip addr add 10.0.0.1/24 dev x0", "ip link set x0 up", "ip route add 10.5.0.0/16 dev x0", "ip route add default via 10.5.0.9 dev x0"}},
		{"a route that a router announced", on(routeVia("::/0", "fe80::9", "x0", func(r *Route) { r.Proto = "ra" })), []string{add, set, "ip link set x0 up"}},
		{"a dead route", on(routeVia("10.5.0.0/16", "", "x0", func(r *Route) { r.Dead = true })), []string{add, set, "ip link set x0 up", "# not included: host: the route to 10.5.0.0/16: its link is down"}},
		{"learned neighbours", on(neighOn("x0", "10.0.0.2", machine, "REACHABLE")), []string{add, set, "ip link set x0 up"}},
		{"a neighbour's MAC address is kept", alone(dummy(), neighOn("x0", "10.0.0.2", "a2:34:56:78:9a:bc", "PERMANENT")), []string{"ip link add x0 address a2:34:56:78:9a:bc type dummy", "ip neigh add 10.0.0.2 lladdr a2:34:56:78:9a:bc dev x0"}},
		{"what may be learned first", on(learner, learnerBridge, FDB{Link: "x0", MAC: learner.MAC, Master: "b0", State: "static"}, neighOn("x0", "fd00::2", learner.MAC, "PERMANENT")), []string{add, "ip link add b0 type bridge", set, "ip link set x0 up", "ip neigh replace fd00::2 lladdr 02:00:00:00:00:03 dev x0", "bridge fdb replace 02:00:00:00:00:03 dev x0 master static"}},
		{"a far end that was deleted", alone(plainLink("vxlan", func(l *Link) { l.VXLAN = &VXLAN{ID: 7, Remote: ip("192.0.2.1"), DstPort: 4789, Learning: true} })), []string{"ip link add x0 type vxlan id 7 remote 192.0.2.1 dstport 4789", "bridge fdb del 00:00:00:00:00:00 dev x0 dst 192.0.2.1"}},
		{"a setting", alone(map[string]string{"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "0"}), []string{"sysctl -w net.ipv4.ip_forward=1"}},
		{"rules", alone(3), []string{"# not included: host: 3 nftables rules: ip lines cannot make them"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, rebuildLines(tt.lab, nil)); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

func TestSettingsAreComparedWithThoseOfThisMachine(t *testing.T) {
	lab := alone(map[string]string{"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "0", "net.own": "5"})
	fresh := map[string]string{"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "2"}
	if d := cmp.Diff([]string{"sysctl -w net.ipv4.conf.all.rp_filter=0"}, rebuildLines(lab, fresh)); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
}

func TestPartsWithoutLinesHaveNoHeading(t *testing.T) {
	if got := alone().Commands(nil); got != nil {
		t.Errorf("an empty lab gives %q", got)
	}
	a := spaceOf("a", addrOn("lo", "127.0.0.1/8"), addrOn("lo", "::1/128"), connected("::1/128", "lo"))
	quiet(&a.Links[0])
	got := labOf(alone().Spaces[0], a).Commands(nil)
	want := []string{"# namespaces and links", "ip netns add a", "# a: settings, ports, addresses, up", "ip -n a link set lo up"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
}

// TestAnyLabHasLines: whatever a lab has, each line is one that a shell can
// read, comments stay comments, and the lab is left as it was.
func TestAnyLabHasLines(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	understood := 0
	for range 300 {
		lab := randomLab(r)
		before := text(t, lab)
		for _, l := range lab.Commands(nil) {
			if strings.HasPrefix(l, "#") || strings.HasPrefix(l, "sleep ") {
				continue
			}
			if _, err := op.Split(l); err != nil || strings.Contains(l, "  ") {
				t.Fatalf("%q: %v", l, err)
			}
			if _, err := op.ParseLine(l); err == nil {
				understood++
			} else if !strings.Contains(l, "txqueuelen") && !strings.Contains(l, "deprecated") {
				t.Errorf("not understood: %s: %v", l, err)
			}
		}
		if after := text(t, lab); after != before {
			t.Fatalf("the lab was changed:\n%s", cmp.Diff(before, after))
		}
	}
	if understood < 1000 {
		t.Errorf("only %d lines", understood)
	}
}

func TestOnlyWhatIsWorthALook(t *testing.T) {
	empty := spaceOf("a")
	tests := []struct {
		name string
		s    Space
		want bool
	}{
		{"lo alone", empty, true},
		{"lo with its own", spaceOf("a", addrOn("lo", "127.0.0.1/8"), addrOn("lo", "::1/128"), connected("::1/128", "lo")), true},
		{"an address on lo", spaceOf("a", addrOn("lo", "10.0.0.1/32")), false},
		{"a link", spaceOf("a", link(2, "v0", "veth")), false},
		{"a route", spaceOf("a", routeVia("10.0.0.0/8", "", "", func(r *Route) { r.Type = "blackhole" })), false},
		{"a rule", spaceOf("a", 1), false},
		{"a setting", spaceOf("a", map[string]string{"net.ipv4.ip_forward": "1"}), false},
	}
	for _, tt := range tests {
		if got := tt.s.IsEmpty(nil); got != tt.want {
			t.Errorf("%s: empty is %v", tt.name, got)
		}
	}
	lab := labOf(host(), spaceOf("a", link(2, "v0", "veth")), spaceOf("b"))
	if got := lab.Only([]string{"b", "nowhere", Host}).Names(); !slices.Equal(got, []string{Host, "b"}) {
		t.Errorf("only %q", got)
	}
	if got := lab.OwnerOf("02:00:00:00:00:02"); got != "v0 in a" {
		t.Errorf("the owner is %q", got)
	}
	if got := lab.OwnerOf(zeroMAC) + lab.OwnerOf("") + lab.OwnerOf(machine); got != "" {
		t.Errorf("nobody's address belongs to %q", got)
	}
}
