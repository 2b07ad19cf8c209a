package snapshot

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFirewallRulesComeAndGo(t *testing.T) {
	rules := func(hook string, texts ...string) Lab {
		var all []any
		for _, text := range texts {
			all = append(all, nftRule(hook, text))
		}
		return lan(append(all, nftChain(hook, "accept"))...)
	}
	one := func(name, hook, text, reason string) diffCase {
		return diffCase{name, rules(hook), rules(hook, text), []string{"+ host nft rule ip t c " + text}, reason}
	}
	other := func(f *Filter) { f.Handle, f.Packets = 99, 7 }
	tellAll(t, []diffCase{
		one("drop", "input", "ip saddr 10.0.0.1 drop", "such packets to host itself are dropped, and nobody is told"),
		one("reject", "forward", "tcp dport 80 reject with icmp port-unreachable", "such packets that host passes on are dropped, and their sender is told"),
		one("accept", "output", "tcp dport 80 accept", "such packets that host itself sends pass this chain"),
		one("for everything", "input", "drop", "all packets to host itself are dropped"),
		one("masquerade", "postrouting", `oifname "eth0" masquerade`, "such packets that leave host (after their route was looked up) get the address of the link they leave by"),
		one("source NAT", "postrouting", "snat to 10.0.0.1", "all packets that leave host (after their route was looked up) get another source"),
		one("destination NAT", "prerouting", "tcp dport 80 dnat to 10.0.0.2", "such packets that arrive at host (before their route is looked up) get another destination"),
		one("redirect", "prerouting", "tcp dport 80 redirect to :8080", "go to a port of host itself"),
		one("jump", "input", "tcp dport 80 jump web", "are asked the rules of the chain web"),
		one("goto", "input", "goto web", "are asked the rules of the chain web"),
		one("return", "input", "ip saddr 10.0.0.1 return", "skip the rest of this chain"),
		one("queue", "input", "queue", "until a program has decided"),
		one("a mark", "input", "meta mark set 0x7", "are not decided here: the next rule is asked"),
		one("a word in quotes is no verdict", "input", `log prefix "drop "`, "are not decided here"),
		one("at another hook", "ingress", "drop", "all packets at the hook ingress"),
		{"in a chain without a hook", lan(), lan(nftRule("", "drop")), []string{"+ host nft rule ip t c drop"}, "all packets that another chain sends here are dropped"},
		{"of a bridge", lan(), lan(nftRule("forward", "drop", func(f *Filter) { f.Family = "bridge" })), []string{"+ host nft rule bridge t c drop"}, "all frames that host passes on"},
		{"a chain that drops", lan(), lan(nftChain("input", "drop")), []string{"+ host nft chain ip t c { type filter hook input priority 0; policy drop; }"}, "asked about packets to host itself: what no rule decides is dropped"},
		{"a chain that accepts", lan(), lan(nftChain("input", "accept")), []string{"+ host nft chain ip t c { type filter hook input priority 0; policy accept; }"}, "what no rule decides is accepted"},
		{"a chain goes", lan(nftChain("input", "drop")), lan(), []string{"- host nft chain ip t c { type filter hook input priority 0; policy drop; }"}, "no packet is asked here any more"},
		{"a policy", lan(nftChain("input", "accept")), lan(nftChain("input", "drop")), []string{"~ host nft chain ip t c policy drop, before accept"}, "what no rule decides is dropped"},
		{"a rule goes", rules("input", "drop"), rules("input"), []string{"- host nft rule ip t c drop"}, "not compared with it any more"},
		{"written anew", lan(nftRule("input", "drop")), lan(nftRule("input", "drop", other)), nil, ""},
		{"the same twice", rules("input", "drop"), rules("input", "drop", "drop"), []string{"+ host nft rule ip t c drop"}, ""},
		{"one of two goes", rules("input", "drop", "drop"), rules("input", "drop"), []string{"- host nft rule ip t c drop"}, ""},
		{"at the front", rules("input", "drop", "accept"), rules("input", "return", "drop", "accept"), []string{"+ host nft rule ip t c return"}, "; it is asked before 2 rules that were there before"},
		{"in another order", rules("input", "drop", "accept"), rules("input", "accept", "drop"), []string{"~ host nft chain ip t c has its rules in another order"}, "the first rule that decides"},
		{"the old iptables", lan(), lan(oldRule("-p icmp -j DROP"), oldChain("accept")), []string{"+ host iptables rule filter INPUT -p icmp -j DROP"}, "such packets to host itself are dropped"},
		{"its chains", lan(oldChain("accept")), lan(oldChain("drop")), []string{"~ host iptables chain filter INPUT policy drop, before accept"}, "what no rule decides is dropped"},
		{"a chain of it that drops", lan(), lan(oldChain("drop")), []string{"+ host iptables chain filter INPUT policy drop"}, ""},
		{"a chain of it of somebody's own", lan(), lan(oldRule("-j web")), []string{"+ host iptables rule filter INPUT -j web"}, "the chain web"},
		{"a target of it that decides nothing", lan(), lan(oldRule("-j LOG")), []string{"+ host iptables rule filter INPUT -j LOG"}, "are not decided here"},
		{"rules that nobody could read", lan(0), lan(2), []string{"~ host nftables rules: 2, before 0"}, "belong to their namespace"},
		{"rules that nobody could read any more", lan(nftRule("input", "drop")), lan(2), []string{"~ host nftables rules: 2, before 1"}, "belong to their namespace"},
	})
}

// TestCountersAreToldToThoseWhoAsk: a ping must not be a change.
func TestCountersAreToldToThoseWhoAsk(t *testing.T) {
	counts := func(packets uint64) Lab {
		return lan(nftRule("input", "drop", func(f *Filter) { f.Counted, f.Packets = true, packets }), nftChain("input", "accept"))
	}
	tests := map[string]struct {
		was, now uint64
		want     []string
	}{
		"nothing came":       {3, 3, nil},
		"one packet":         {0, 1, []string{"~ host nft rule ip t c drop matched 1 packet: 1 packet since the rule was made or its counter was reset"}},
		"some":               {3, 10, []string{"~ host nft rule ip t c drop matched 7 packets: 10 packets since the rule was made or its counter was reset"}},
		"it was set to zero": {10, 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range DiffWith(counts(tt.was), counts(tt.now), DiffOptions{Counters: true}) {
				got = append(got, c.String()+": "+c.Reason)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if got := Diff(counts(tt.was), counts(tt.now)); len(got) != 0 {
				t.Errorf("nobody asked: %v", got)
			}
		})
	}
}

func TestSettingsOfLinksAreTold(t *testing.T) {
	v := func(change func(*Conf)) Lab { return labOf(host(veth(2, "v0", "", "", confOf(change)))) }
	none := func(*Conf) {}
	one := func(name string, change func(*Conf), line, reason string) diffCase {
		return diffCase{name, v(none), v(change), []string{"~ host " + line}, reason}
	}
	tellAll(t, []diffCase{
		one("forwarding", func(c *Conf) { c.Forwarding = 1 }, "net.ipv4.conf.v0.forwarding = 1, before 0", "are for others are passed on"),
		{"no forwarding", v(func(c *Conf) { c.Forwarding = 1 }), v(none), []string{"~ host net.ipv4.conf.v0.forwarding = 0, before 1"}, "are for others are dropped"},
		one("strict rp_filter", func(c *Conf) { c.RPFilter = 1 }, "net.ipv4.conf.v0.rp_filter = 1, before 0", "leads through another link"),
		one("loose rp_filter", func(c *Conf) { c.RPFilter = 2 }, "net.ipv4.conf.v0.rp_filter = 2, before 0", "no way back to their sender at all"),
		{"no rp_filter", v(func(c *Conf) { c.RPFilter = 1 }), v(none), []string{"~ host net.ipv4.conf.v0.rp_filter = 0, before 1"}, "the larger one of this and conf.all counts: the way back to the sender does not matter"},
		one("proxy_arp", func(c *Conf) { c.ProxyARP = 1 }, "net.ipv4.conf.v0.proxy_arp = 1, before 0", "answers ARP for every address to which it has a route"),
		{"no proxy_arp", v(func(c *Conf) { c.ProxyARP = 1 }), v(none), []string{"~ host net.ipv4.conf.v0.proxy_arp = 0, before 1"}, "its own addresses only"},
		one("arp_ignore", func(c *Conf) { c.ARPIgnore = 1 }, "net.ipv4.conf.v0.arp_ignore = 1, before 0", "only those of the link itself"),
		one("arp_filter", func(c *Conf) { c.ARPFilter = 1 }, "net.ipv4.conf.v0.arp_filter = 1, before 0", "only if the way back leads through it"),
		one("accept_local", func(c *Conf) { c.AcceptLocal = 1 }, "net.ipv4.conf.v0.accept_local = 1, before 0", "one of the namespace's own addresses"),
		one("IPv6 forwarding", func(c *Conf) { c.Forwarding6 = 1 }, "net.ipv6.conf.v0.forwarding = 1, before 0", "passed on"),
		one("no IPv6", func(c *Conf) { c.DisableIPv6 = 1 }, "net.ipv6.conf.v0.disable_ipv6 = 1, before 0", "has no IPv6 any more"),
		{"IPv6 again", v(func(c *Conf) { c.DisableIPv6 = 1 }), v(none), []string{"~ host net.ipv6.conf.v0.disable_ipv6 = 0, before 1"}, "has IPv6 again"},
		one("proxy_ndp", func(c *Conf) { c.ProxyNDP = 1 }, "net.ipv6.conf.v0.proxy_ndp = 1, before 0", "set as its proxies"),
		{"what the kernel did not tell", labOf(host(veth(2, "v0", "", ""))), v(func(c *Conf) { c.Forwarding = 1 }), nil, ""},
		{"a new link", labOf(host()), labOf(host(veth(2, "v0", "", "", down, confOf(func(c *Conf) { c.Forwarding = 1 })))), []string{"+ host link v0 (veth)"}, ""},
	})
}

// TestASettingOfAllLinksIsOneLine: ip_forward sets forwarding for each of them.
func TestASettingOfAllLinksIsOneLine(t *testing.T) {
	lab := func(key string, value string, change func(*Conf)) Lab {
		return labOf(host(veth(2, "v0", "", "", confOf(change)), veth(3, "v1", "", "", confOf(change)), map[string]string{key: value}))
	}
	none := func(*Conf) {}
	tests := map[string]struct {
		key    string
		change func(*Conf)
		want   string
	}{
		"IPv4 forwarding": {"net.ipv4.ip_forward", func(c *Conf) { c.Forwarding = 1 }, "~ host net.ipv4.conf.*.forwarding on v0, v1 = 1, before 0"},
		"IPv6 forwarding": {"net.ipv6.conf.all.forwarding", func(c *Conf) { c.Forwarding6 = 1 }, "~ host net.ipv6.conf.*.forwarding on v0, v1 = 1, before 0"},
		"no IPv6":         {"net.ipv6.conf.all.disable_ipv6", func(c *Conf) { c.DisableIPv6 = 1 }, "~ host net.ipv6.conf.*.disable_ipv6 on v0, v1 = 1, before 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changes := Diff(lab(tt.key, "0", none), lab(tt.key, "1", tt.change))
			if len(changes) != 2 || !strings.HasPrefix(changes[0].Line, tt.key) {
				t.Fatalf("%v", changes)
			}
			if got := reasonOf(t, changes, tt.want); got != tt.key+" was set, and that sets it for all links" {
				t.Errorf("because %q", got)
			}
			lo := labOf(host(map[string]string{tt.key: "0"}))
			now := labOf(host(map[string]string{tt.key: "1"}))
			confOf(none)(&lo.Spaces[0].Links[0])
			confOf(tt.change)(&now.Spaces[0].Links[0])
			if only := Diff(lo, now); len(only) != 1 {
				t.Errorf("lo is not worth a word: %v", only)
			}
			// Without that setting, somebody has set each of them.
			alone := Diff(lab(tt.key, "0", none), lab(tt.key, "0", tt.change))
			if len(alone) != 1 || alone[0].String() != tt.want || strings.Contains(alone[0].Reason, "for all links") {
				t.Errorf("%v", alone)
			}
		})
	}
}

// TestTheReasonsOfRoutes: one row for each reason why a route comes or goes.
func TestTheReasonsOfRoutes(t *testing.T) {
	withAddr := lan(addrOn("v0", "10.0.0.1/24"))
	via := routeVia("10.9.0.0/16", "10.0.0.2", "v0")
	src := routeVia("10.9.0.0/16", "", "v0", func(r *Route) { r.Src = addrOn("v0", "10.0.0.1/24").Prefix.Addr() })
	tests := []struct {
		name     string
		was, now Lab
		line     string
		reason   string
	}{
		{"connected", lan(), lan(addrOn("v0", "10.0.0.1/24"), connected("10.0.0.0/24", "v0")), "+ host route 10.0.0.0/24 dev v0", "connected route: the kernel adds it by itself, because of 10.0.0.1/24 on v0, which is up"},
		{
			"connected, without a signal", lan(), lan(addrOn("v0", "10.0.0.1/24"), connected("10.0.0.0/24", "v0", linkdown)), "+ host route 10.0.0.0/24 dev v0 linkdown",
			"because of 10.0.0.1/24 on v0, which is up; linkdown says that the link has no carrier yet",
		},
		{"connected to one other", lan(), lan(addrOn("v0", "10.0.0.1/32", func(a *Addr) { a.Peer = addrOn("v0", "10.0.0.2/32").Prefix }), connected("10.0.0.2/32", "v0")), "+ host route 10.0.0.2 dev v0", "because of 10.0.0.1 peer 10.0.0.2/32 on v0"},
		{"announced by a router", lan(), lan(routeVia("::/0", "fe80::1", "v0", func(r *Route) { r.Proto = "ra" })), "+ host route default via fe80::1 dev v0", "announced it (router advertisement)"},
		{"default", withAddr, lan(addrOn("v0", "10.0.0.1/24"), routeVia("0.0.0.0/0", "10.0.0.2", "v0")), "+ host route default via 10.0.0.2 dev v0", "what no other route covers is handed to 10.0.0.2"},
		{"by a gateway", withAddr, lan(addrOn("v0", "10.0.0.1/24"), via), "+ host route 10.9.0.0/16 via 10.0.0.2 dev v0", "which must know the rest of the way"},
		{"the link went down", lan(via), labOf(host(veth(2, "v0", "", "", down))), "- host route 10.9.0.0/16 via 10.0.0.2 dev v0", "routes through a link go when it goes down"},
		{"the link is gone", lan(via), labOf(host()), "- host route 10.9.0.0/16 via 10.0.0.2 dev v0", "routes go with their link: v0 is gone"},
		{"the gateway's network is gone", lan(addrOn("v0", "10.0.0.1/24"), via), lan(), "- host route 10.9.0.0/16 via 10.0.0.2 dev v0", "10.0.0.2 cannot be reached any more"},
		{"its source is gone", lan(addrOn("v0", "10.0.0.1/24"), src), lan(), "- host route 10.9.0.0/16 dev v0", "routes go with the address that they send from: 10.0.0.1 is gone"},
		{"somebody took it away", lan(addrOn("v0", "10.0.0.1/24"), via), withAddr, "- host route 10.9.0.0/16 via 10.0.0.2 dev v0", "take another way now, or none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := reasonOf(t, Diff(tt.was, tt.now), tt.line); !strings.Contains(got, tt.reason) {
				t.Errorf("because %q, want %q", got, tt.reason)
			}
		})
	}
}

// TestWhatHasALineOfItsOwn: rules, sockets and firewall rules are among the
// lines of a lab, but not the rules of the beginning.
func TestWhatHasALineOfItsOwn(t *testing.T) {
	s := spaceOf("a", append(firstRules(4), ruleFor(9, "10.0.0.0/8", 100), ruleFor(8, "fd00::/8", 7), listening("0.0.0.0:80"), nftRule("input", "drop"), nftChain("input", "drop"))...)
	var got []string
	for _, l := range s.lines() {
		if !slices.Contains(spaceOf("a").lines(), l) {
			got = append(got, l)
		}
	}
	want := []string{
		"ip -n a rule add from 10.0.0.0/8 lookup 100 priority 9", "ip -n a -6 rule add from fd00::/8 lookup 7 priority 8",
		"# a: socket tcp 0.0.0.0:80 LISTEN", "# a: 1 nftables rules", "# a: nft rule ip t c drop",
		"# a: nft chain ip t c { type filter hook input priority 0; policy drop; }",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for name, lab := range map[string]Space{"a rule": spaceOf("a", ruleFor(9, "", 7)), "a socket": spaceOf("a", listening("0.0.0.0:80")), "a chain": spaceOf("a", nftChain("input", "drop"))} {
		if lab.IsEmpty(nil) {
			t.Errorf("a namespace with %s is empty", name)
		}
	}
	if !spaceOf("a", firstRules(4)...).IsEmpty(nil) {
		t.Error("a namespace with the rules of the beginning is not empty")
	}
}
