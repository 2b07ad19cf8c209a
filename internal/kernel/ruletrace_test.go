package kernel

import (
	"context"
	"encoding/binary"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// nftRules gives rules to a namespace.
func nftRules(t *testing.T, space, rules string) {
	t.Helper()
	cmd := exec.Command("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(rules, "} }", "}\n}\n"))
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := netns.Run(space, cmd); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
}

// ruleset is all that nft lists in a namespace, with handles.
func ruleset(t *testing.T, space string) string {
	t.Helper()
	out, err := toolOutput(context.Background(), space, "nft", "-s", "-a", "list", "ruleset")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func needTools(t *testing.T) {
	t.Helper()
	for _, program := range []string{"nft", "ping"} {
		_, err := exec.LookPath(program)
		netlabtest.Require(t, err == nil, program)
	}
}

// said are verdicts in short: which rule of which chain says what.
func said(all []measure.Verdict) []string {
	var out []string
	for _, v := range all {
		text := v.Space + " " + v.Family + " " + v.Table + " " + v.Chain + ": " + v.Kind + " " + v.Says
		if v.Source != "" {
			text += " (" + v.Source + " → " + v.Dest + ")"
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func TestWhatRulesSayOfAPacket(t *testing.T) {
	needTools(t)
	const there, back = " (10.1.1.1 → 10.1.1.2)", " (10.1.1.2 → 10.1.1.1)"
	input := func(policy, rules string) string {
		return "table ip t { chain c { type filter hook input priority 0; policy " + policy + ";\n" + rules + "\n} }"
	}
	tests := []struct {
		name, space, rules string
		proto              measure.Proto
		want               []string
	}{
		{name: "no rules at all", proto: measure.ICMP},
		{name: "a rule drops", space: "ns2", rules: input("accept", "icmp type echo-request drop"), want: []string{"ns2 ip t c: rule drop" + there}},
		{
			name: "a rule rejects", space: "ns2", rules: input("accept", "icmp type echo-request reject"),
			want: []string{"ns2 ip t c: rule drop" + there},
		},
		{name: "the policy accepts", space: "ns2", rules: input("accept", "ip saddr 10.9.9.9 drop"), want: []string{"ns2 ip t c: policy accept" + there}},
		{name: "the policy drops", space: "ns2", rules: input("drop", "ip saddr 10.9.9.9 accept"), want: []string{"ns2 ip t c: policy drop" + there}},
		{name: "a rule accepts", space: "ns2", rules: input("drop", "icmp type echo-request accept"), want: []string{"ns2 ip t c: rule accept" + there}},
		{
			name: "another chain, and back", space: "ns2",
			rules: "table ip t { chain other { ip saddr 10.9.9.9 drop; }\n chain c { type filter hook input priority 0; policy drop; jump other; icmp type echo-request counter accept; } }",
			want:  []string{"ns2 ip t c: rule jump other" + there, "ns2 ip t other: return continue" + there, "ns2 ip t c: rule accept" + there},
		},
		{
			name: "inet, both ways", space: "ns2",
			rules: "table inet t { chain i { type filter hook input priority 0; counter; }\n chain o { type filter hook output priority 0; counter; } }",
			want: []string{
				"ns2 inet t i: rule continue" + there, "ns2 inet t i: policy accept" + there,
				"ns2 inet t o: rule continue" + back, "ns2 inet t o: policy accept" + back,
			},
		},
		{
			name: "a bridge", space: "sw", rules: "table bridge t { chain c { type filter hook forward priority 0; ip daddr 10.1.1.2 drop; } }",
			want: []string{"sw bridge t c: rule drop" + there},
		},
		{
			name: "as it comes in", space: "ns2", rules: `table netdev t { chain c { type filter hook ingress device "eth0" priority 0; ip daddr 10.1.1.2 drop; } }`,
			want: []string{"ns2 netdev t c: rule drop" + there},
		},
		{
			name: "ARP", space: "ns2", rules: `table arp t { chain c { type filter hook input priority 0; iifname "eth0" drop; } }`,
			want: []string{"ns2 arp t c: rule drop"},
		},
		{
			name: "packets of another protocol are not heard", space: "ns2", proto: measure.TCP,
			rules: "table ip t { chain c { type filter hook input priority 0; meta l4proto udp drop; } }",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New()
			t.Cleanup(func() { clean(t, k) })
			do(t, k, bridged()...)
			if tt.rules != "" {
				nftRules(t, tt.space, tt.rules)
			}
			lab := snap(t, k)
			var before []string
			for _, s := range []string{"ns1", "ns2", "sw"} {
				before = append(before, ruleset(t, s))
			}
			proto := tt.proto
			if proto == "" {
				proto = measure.ICMP
			}
			r := k.TraceRules(context.Background(), lab, proto)
			if (len(r.spaces) > 0) != (tt.rules != "") {
				t.Errorf("it listens in %d namespaces", len(r.spaces))
			}
			if proto == measure.ICMP {
				talk(t, "ns1", "10.1.1.2")
			}
			all, err := r.Close(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got := said(all)
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
				}
			}
			if len(tt.want) == 0 && len(got) > 0 {
				t.Errorf("nothing should be heard: %q", got)
			}
			for i, s := range []string{"ns1", "ns2", "sw"} {
				if diff := cmp.Diff(before[i], ruleset(t, s)); diff != "" {
					t.Errorf("the rules of %s have changed:\n%s", s, diff)
				}
			}
			handles(t, lab, all)
		})
	}
}

// handles sees that the rule of each verdict is one of the snapshot.
func handles(t *testing.T, lab snapshot.Lab, all []measure.Verdict) {
	t.Helper()
	for _, v := range all {
		s, _ := lab.Space(v.Space)
		known := slices.ContainsFunc(s.Filters, func(f snapshot.Filter) bool {
			return f.Handle == v.Handle && f.Table == v.Table && f.Chain == v.Chain && f.Family == v.Family
		})
		if v.Kind == "rule" && (!known || v.Handle == 0) {
			t.Errorf("the snapshot has no rule %+v", v)
		}
	}
}

// The caller may go away meanwhile.
func TestRulesAreAsBeforeWhenTheCallerIsGone(t *testing.T) {
	needTools(t)
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, bridged()...)
	nftRules(t, "ns2", "table inet t { chain c { type filter hook input priority 0; counter; } }")
	before := ruleset(t, "ns2")
	ctx, cancel := context.WithCancel(context.Background())
	r := k.TraceRules(ctx, snap(t, k), measure.ICMP)
	if during := ruleset(t, "ns2"); !strings.Contains(during, "nftrace") {
		t.Fatalf("nothing is traced:\n%s", during)
	}
	cancel()
	if _, err := r.Close(ctx); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, ruleset(t, "ns2")); diff != "" {
		t.Error(diff)
	}
}

func TestTraceLines(t *testing.T) {
	links := []snapshot.Link{{Name: "lo"}, {Name: "eth0"}, {Name: `x"; flush ruleset`}}
	space := func(families ...string) snapshot.Space {
		s := snapshot.Space{Name: "a", Links: links}
		for _, f := range families {
			s.Filters = append(s.Filters, snapshot.Filter{Tool: "nft", Family: f})
		}
		return s
	}
	legacy := snapshot.Space{Filters: []snapshot.Filter{{Tool: "iptables", Family: "ip"}}}
	tests := []struct {
		name     string
		space    snapshot.Space
		families []string
		lines    int
	}{
		{"no rules", space(), nil, 0},
		{"rules of the old iptables", legacy, nil, 0},
		{"ip and ip6 share a table", space("ip", "ip6"), []string{"inet"}, 5},
		{"a bridge", space("bridge"), []string{"bridge"}, 5},
		{"ARP", space("arp"), []string{"arp"}, 5},
		{"each interface whose name nft can take", space("netdev"), []string{"netdev"}, 5},
		{"all of them", space("arp", "bridge", "inet", "netdev"), []string{"inet", "bridge", "arp", "netdev"}, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, families := traceLines(tt.space, protocols(measure.TCP, true))
			if diff := cmp.Diff(tt.families, families); diff != "" || len(lines) != tt.lines {
				t.Errorf("%d lines, want %d\n%s\n%s", len(lines), tt.lines, diff, strings.Join(lines, "\n"))
			}
			if strings.Contains(strings.Join(lines, ";"), "flush") {
				t.Errorf("the name of an interface is a command: %q", lines)
			}
		})
	}
	for _, tt := range []struct {
		proto   measure.Proto
		tunnels bool
		want    string
	}{
		{measure.ICMP, false, "meta l4proto { icmp, ipv6-icmp }"},
		{measure.TCP, false, "meta l4proto { icmp, ipv6-icmp, tcp }"},
		{measure.UDP, true, "meta l4proto { icmp, ipv6-icmp, udp }"},
		{measure.TCP, true, "meta l4proto { icmp, ipv6-icmp, tcp, udp }"},
	} {
		if got := protocols(tt.proto, tt.tunnels); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 6, 0, 1, 0, 't', 0, 0, 0})
	f.Add(binary.BigEndian.AppendUint32([]byte{2, 0, 0, 0, 8, 0, 4, 0}, 3))
	f.Fuzz(func(_ *testing.T, b []byte) { readVerdict(reply{kind: msgTrace, data: b}) })
}

func TestRouteOfAPacketThatComesIn(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add r")
	for _, n := range []string{"0", "1", "2"} {
		do(t, k, "ip -n r link add eth"+n+" type veth peer name peer"+n, "ip -n r link set eth"+n+" up", "ip -n r link set peer"+n+" up",
			"ip -n r addr add 10."+n+".0.254/24 dev eth"+n, "ip -n r addr add fd00:"+n+"::254/64 dev eth"+n+" nodad")
	}
	do(t, k,
		"ip -n r route add 10.9.0.0/16 via 10.1.0.1", "ip -n r route add 10.8.0.0/16 via 10.2.0.1", "ip -n r route add prohibit 10.7.0.0/16",
		"ip -n r route add fd09::/16 via fd00:1::1")
	for _, args := range [][]string{
		{"ip", "rule", "add", "from", "10.0.0.66", "lookup", "66"}, {"ip", "rule", "add", "iif", "eth2", "lookup", "66"},
		{"ip", "route", "add", "10.9.0.0/16", "via", "10.0.0.7", "table", "66"},
		{"sysctl", "-qw", "net.ipv4.ip_forward=1"}, {"sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"},
		{"sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0"}, {"sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=0"}, {"sysctl", "-qw", "net.ipv4.conf.eth2.rp_filter=0"},
	} {
		if err := netns.Run("r", exec.Command(args[0], args[1:]...)); err != nil {
			t.Fatal(args, err)
		}
	}
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, tt := range []struct{ name, of, entry, to, want string }{
		{"passed on to a gateway", "10.0.0.1", "eth0", "10.9.0.1", "via 10.1.0.1 dev eth1"},
		{"passed on to a neighbour", "10.0.0.1", "eth0", "10.2.0.9", "dev eth2"},
		{"a rule looks at the source", "10.0.0.66", "eth0", "10.9.0.1", "via 10.0.0.7 dev eth0"},
		{"a rule looks at where it came in", "10.2.0.5", "eth2", "10.9.0.1", "via 10.0.0.7 dev eth0"},
		{"the router's own address", "10.0.0.1", "eth0", "10.1.0.254", "local"},
		{"no route", "10.0.0.1", "eth0", "203.0.113.1", "ENETUNREACH"},
		{"a route forbids it", "10.0.0.1", "eth0", "10.7.0.1", "EACCES"},
		{"IPv6", "fd00:0::1", "eth0", "fd09::1", "via fd00:1::1 dev eth1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := m.Route(measure.Lookup{In: "r", Of: netip.MustParseAddr(tt.of), Entry: tt.entry, To: netip.MustParseAddr(tt.to)})
			if err != nil || got == nil || got.Entry != tt.entry {
				t.Fatalf("%+v, %v", got, err)
			}
			out, _ := exec.Command("ip", "-n", "r", "route", "get", tt.to, "from", tt.of, "iif", tt.entry).CombinedOutput()
			text := forwarded(*got)
			if text != tt.want {
				t.Errorf("%s, want %s; ip says %s", text, tt.want, out)
			}
			words := strings.Join(strings.Fields(string(out)), " ") + " "
			if got.Errno == "" && !strings.Contains(words, text+" ") || got.Errno != "" && !strings.Contains(strings.ToLower(words), got.Text) {
				t.Errorf("ip says %s", words)
			}
		})
	}
}

func forwarded(l measure.Lookup) string {
	switch {
	case l.Errno != "":
		return l.Errno
	case l.Local:
		return "local"
	case l.Via.IsValid():
		return "via " + l.Via.String() + " dev " + l.Dev
	}
	return "dev " + l.Dev
}
