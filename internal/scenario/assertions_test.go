package scenario

import (
	"net/netip"
	"testing"
	"time"

	"netlab/internal/check"
)

func TestChecksAsShellCommands(t *testing.T) {
	yes, no, br0, none := true, false, "br0", ""
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	tests := []struct {
		name  string
		check check.Check
		want  string
	}{
		{"a ping", check.Check{Ping: &check.Ping{In: "ns1", To: addr("10.1.1.2")}},
			"ip netns exec ns1 ping -c 1 -W 1 10.1.1.2"},
		{"a ping from the host", check.Check{Ping: &check.Ping{In: "host", To: addr("10.1.1.2")}},
			"ping -c 1 -W 1 10.1.1.2"},
		{"a ping by IPv6", check.Check{Ping: &check.Ping{In: "host", To: addr("fe80::1%v1")}},
			"ping -c 1 -W 1 fe80::1%v1"},
		{"a ping with its time to live", check.Check{Ping: &check.Ping{In: "host", To: addr("10.1.1.2"), TTL: 63}},
			"shows ' ttl=63 ' ping -c 1 -W 1 10.1.1.2"},
		{"a ping that may take longer", check.Check{Within: 2500 * time.Millisecond, Ping: &check.Ping{In: "host", To: addr("10.1.1.2")}},
			"ping -c 1 -W 3 10.1.1.2"},
		{"a ping that fails somehow", check.Check{Not: true, Ping: &check.Ping{In: "host", To: addr("10.1.1.2")}},
			"unanswered '100% packet loss|ping: .*: ' ping -c 1 -W 1 10.1.1.2"},
		{"a ping that fails in silence", check.Check{Not: true, Ping: &check.Ping{In: "host", To: addr("10.1.1.2"), Error: "silent"}},
			"unanswered ' 0 received, 100% packet loss' ping -c 1 -W 1 10.1.1.2"},
		{"all among some", check.Check{Reach: &check.Reach{Among: []string{"A", "h{1..2}"}}},
			"reach 4 'A h1 h2' 'A h1 h2'"},
		{"some to others by IPv6, and none answers", check.Check{Not: true, Reach: &check.Reach{From: []string{"A"}, To: []string{"B", "C"}, Family: 6}},
			"reach_none 6 A 'B C'"},
		{"a way", check.Check{Path: &check.Path{In: "A", To: addr("10.2.0.3"), Hops: []netip.Addr{{}, addr("10.2.0.3")}}},
			"path A 10.2.0.3 silent 10.2.0.3"},
		{"another way", check.Check{Not: true, Path: &check.Path{To: addr("fd00::1"), Hops: []netip.Addr{addr("fd00::1")}}},
			"fails path host fd00::1 fd00::1"},
		{"a frame", check.Check{Seen: &check.Seen{At: check.Interface{In: "B", Dev: "v2"}, In: "A", To: addr("10.2.0.3")}},
			`sees "[^ ]+ > [^ ]+,? .* [^ ]+ > 10\.2\.0\.3: .*echo request" B v2 ip netns exec A ping -c 1 -W 1 10.2.0.3`},
		{"no frame", check.Check{Not: true, Seen: &check.Seen{At: check.Interface{In: "host", Dev: "v2"}, In: "host", To: addr("fd00::3"), Reply: true}},
			`sees_none "[^ ]+ > [^ ]+,? .* fd00::3 > [^ ]+: .*echo reply" host v2 ping -c 1 -W 1 fd00::3`},
		{"a frame in full", check.Check{Seen: &check.Seen{At: check.Interface{In: "B", Dev: "v2"}, To: addr("10.2.0.3"), Source: addr("10.1.0.1"), TTL: 63,
			MACFrom: &check.Interface{In: "R", Dev: "v3"}, MACTo: &check.Interface{Dev: "v2"}}},
			`sees "$(mac R v3) > $(mac host v2),? .*(ttl|hlim) 63,.* 10\.1\.0\.1 > 10\.2\.0\.3: .*echo request" B v2 ping -c 1 -W 1 10.2.0.3`},
		{"how the kernel sends", check.Check{Lookup: &check.Lookup{In: "A", To: addr("203.0.113.10"), Via: addr("10.1.1.1"), Dev: "v1", From: addr("10.1.1.2")}},
			`shows '203\.0\.113\.10 .*via 10\.1\.1\.1( |$).*dev v1( |$).*src 10\.1\.1\.2( |$)' ip -n A route get 203.0.113.10`},
		{"how it does not", check.Check{Not: true, Lookup: &check.Lookup{In: "host", To: addr("fe80::1%v1"), Dev: "v2"}},
			`fails shows 'fe80::1 .*dev v2( |$)' ip route get fe80::1 oif v1`},
		{"that it refuses", check.Check{Not: true, Lookup: &check.Lookup{In: "A", To: addr("203.0.113.10"), Error: "ENETUNREACH"}},
			`unanswered 'Network is unreachable' ip -n A route get 203.0.113.10`},
		{"a connection", check.Check{Conntrack: &check.Conntrack{In: "R", From: addr("10.1.1.1"), To: addr("10.2.0.3"), ReplyTo: addr("10.2.0.1")}},
			`shows 'src=10\.1\.1\.1 dst=10\.2\.0\.3 .*src=[^ ]+ dst=10\.2\.0\.1 ' ip netns exec R conntrack -L`},
		{"no connection", check.Check{Not: true, Conntrack: &check.Conntrack{In: "host", To: addr("10.2.0.3")}},
			`lacks 'src=[^ ]+ dst=10\.2\.0\.3 .*src=[^ ]+ dst=[^ ]+ ' conntrack -L`},
		{"a name", check.Check{Resolves: &check.Resolves{In: "A", Name: "web"}},
			"finds A 4 web"},
		{"a name of IPv6 that takes its time", check.Check{Resolves: &check.Resolves{Name: "web", Family: 6, To: []netip.Addr{addr("fd00::1"), addr("fd00::2")}, Waits: 4500 * time.Millisecond}},
			"slowly 4500 finds host 6 web fd00::1 fd00::2"},
		{"a name that is not found", check.Check{Not: true, Resolves: &check.Resolves{In: "A", Name: "web"}},
			"finds_none A 4 web"},
		{"a question", check.Check{DNS: &check.DNS{In: "A", Server: addr("10.1.1.53"), Name: "web.lan"}},
			"dig_has A '' ip netns exec A dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"an answer in full", check.Check{Within: 1500 * time.Millisecond, DNS: &check.DNS{In: "host", Server: addr("fd00::53"), Name: "web.lan", Type: "AAAA", TCP: true, Is: []string{"fd00:0::1", "fd00::2"}, Alias: "www.lan", Authoritative: &yes, TTL: 300}},
			"shows 'flags:[^;]* aa[ ;]' dig_ttl AAAA 300 300 shows '^web\\.lan\\.[[:space:]].*[[:space:]]CNAME[[:space:]]+www\\.lan\\.$' dig_has AAAA 'fd00::1\nfd00::2' dig +tries=1 +time=2 +tcp @fd00::53 web.lan AAAA"},
		{"an answer from a cache", check.Check{DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan.", Authoritative: &no, TTLBelow: 300}},
			"lacks 'flags:[^;]* aa[ ;]' dig_ttl A 0 299 dig_has A '' dig +tries=1 +time=5 @10.1.1.53 web.lan. A"},
		{"another name alone", check.Check{DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Alias: "www.lan."}},
			"shows '^web\\.lan\\.[[:space:]].*[[:space:]]CNAME[[:space:]]+www\\.lan\\.$' shows 'status: NOERROR' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"the servers of a zone", check.Check{DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "www.yahoo.com", Refers: "com"}},
			"dig_refers com. dig +tries=1 +time=5 @10.1.1.53 www.yahoo.com A"},
		{"a question that fails somehow", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan"}},
			"fails dig_has A '' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a name that is not there", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Error: "NXDOMAIN"}},
			"shows 'status: NXDOMAIN,' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a record that is not there", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Error: "nodata"}},
			"shows 'status: NOERROR' dig_lacks A dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a server that is silent", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Error: "timeout"}},
			"unanswered 'timed out' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a server that does not run", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Error: "closed"}},
			"unanswered 'connection refused' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a server to which there is no way", check.Check{Not: true, DNS: &check.DNS{In: "host", Server: addr("10.1.1.53"), Name: "web.lan", Error: "ENETUNREACH"}},
			"unanswered 'network unreachable' dig +tries=1 +time=5 @10.1.1.53 web.lan A"},
		{"a namespace", check.Check{Namespace: &check.Namespace{Name: "ns.1"}},
			`shows '^ns\.1( |$)' ip netns list`},
		{"no namespace", check.Check{Not: true, Namespace: &check.Namespace{Name: "ns1"}},
			"lacks '^ns1( |$)' ip netns list"},
		{"an interface", check.Check{Link: &check.Link{In: "ns1", Name: "v1"}},
			"ip -n ns1 -d -o link show dev v1"},
		{"no interface", check.Check{Not: true, Link: &check.Link{In: "ns1", Name: "v1"}},
			"fails ip -n ns1 -d -o link show dev v1"},
		{"properties in the order of ip", check.Check{Link: &check.Link{In: "ns1", Name: "v1", Kind: "veth", State: "up", Up: &yes, Carrier: &yes, MTU: 1400, Master: &br0}},
			`shows '[<,]UP[,>].*LOWER_UP[,>].* mtu 1400 .* master br0 .*state UP .*\\ +veth ' ip -n ns1 -d -o link show dev v1`},
		{"properties that are not so", check.Check{Link: &check.Link{In: "ns1", Name: "v1", Up: &no, Carrier: &no, Master: &none}},
			"lacks ' master ' lacks 'LOWER_UP[,>]' lacks '[<,]UP[,>]' ip -n ns1 -d -o link show dev v1"},
		{"the loopback interface", check.Check{Link: &check.Link{In: "host", Name: "lo", Kind: "loopback"}},
			"shows 'link/loopback ' ip -d -o link show dev lo"},
		{"the other end", check.Check{Link: &check.Link{In: "host", Name: "v1", Peer: "v2", PeerIn: "ns2"}},
			"paired host v1 ns2 v2 ip -d -o link show dev v1"},
		{"a negated property: the interface is there", check.Check{Not: true, Link: &check.Link{In: "host", Name: "v1", Up: &yes}},
			"lacks '[<,]UP[,>]' ip -d -o link show dev v1"},
		{"a negated property that is a no", check.Check{Not: true, Link: &check.Link{In: "host", Name: "v1", Up: &no}},
			"shows '[<,]UP[,>]' ip -d -o link show dev v1"},
		{"not the other end", check.Check{Not: true, Link: &check.Link{In: "host", Name: "v1", Peer: "v2", PeerIn: "ns2"}},
			"fails paired host v1 ns2 v2 ip -d -o link show dev v1"},
		{"an address", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("10.1.1.1/24")}},
			`shows ' inet6? 10\.1\.1\.1/24 ' ip -n ns1 -o addr show dev v1`},
		{"no address at all", check.Check{Not: true, Addr: &check.Addr{In: "ns1", Dev: "v1"}},
			"lacks ' inet | inet6 ([^f]|f[^e])' ip -n ns1 -o addr show dev v1"},
		{"a route", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "v1"}},
			"shows . ip -n ns1 route show 10.1.1.0/24 dev v1"},
		{"the default route", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: addr("10.1.1.254")}},
			"shows . ip -n ns1 route show default via 10.1.1.254"},
		{"the default route of IPv6", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("::/0")}},
			"shows . ip -n ns1 -6 route show default"},
		{"any route through an IPv6 gateway", check.Check{Route: &check.Route{In: "ns1", Via: addr("fe80::1")}},
			"shows . ip -n ns1 -6 route show via fe80::1"},
		{"no route of any kind", check.Check{Not: true, Route: &check.Route{In: "ns1"}},
			"lacks . ip -n ns1 route show"},
		{"a neighbour", check.Check{Neigh: &check.Neigh{In: "ns1", Addr: addr("10.1.1.2"), Dev: "v1"}},
			"shows 'lladdr .*(REACHABLE|STALE|DELAY|PROBE|PERMANENT)' ip -n ns1 neigh show 10.1.1.2 dev v1"},
		{"a learned address", check.Check{FDB: &check.FDB{In: "host", Bridge: "br0", Port: "p1", OfIn: "ns1", OfDev: "v1"}},
			`shows "^$(mac ns1 v1) dev p1 master br0 *$" bridge fdb show br br0`},
		{"anything learned in a bridge of a namespace", check.Check{FDB: &check.FDB{In: "ns1", Bridge: "br0"}},
			`shows "^[0-9a-f:]+ dev [^ ]+ master br0 *$" bridge -n ns1 fdb show br br0`},
		{"a setting", check.Check{Sysctl: &check.Sysctl{In: "ns1", Key: "net.ipv4.ip_forward", Value: "1"}},
			"shows '^1$' ip netns exec ns1 sysctl -n net.ipv4.ip_forward"},
		{"a setting of two numbers", check.Check{Not: true, Sysctl: &check.Sysctl{In: "host", Key: "net.a", Value: "1  2"}},
			"lacks '^1[[:space:]]+2$' sysctl -n net.a"},
		{"rules", check.Check{Rules: &check.Rules{In: "ns1", Count: 2}},
			"counts 2 ip netns exec ns1 nft -j list ruleset"},
		{"not so many rules", check.Check{Not: true, Rules: &check.Rules{In: "host", Count: 2}},
			"fails counts 2 nft -j list ruleset"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := asserts(tt.check).text(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestHowLongAChecksWaitsInTheShell(t *testing.T) {
	ping := &check.Ping{In: "host", To: netip.MustParseAddr("10.1.1.2")}
	tests := []struct {
		name  string
		check check.Check
		want  string
	}{
		{"the usual time", check.Check{Ping: ping}, ""},
		{"less than usual: no harm", check.Check{Ping: ping, Within: time.Second}, ""},
		{"more than usual", check.Check{Ping: ping, Within: 5 * time.Second}, "within=6 "},
		{"parts of seconds are rounded up", check.Check{Ping: ping, Within: 4100 * time.Millisecond}, "within=6 "},
		{"a ping that must fail is tried once", check.Check{Ping: ping, Not: true}, "within=0 "},
		{"a frame that must not be seen, too", check.Check{Seen: &check.Seen{To: ping.To}, Not: true}, "within=0 "},
		{"many that must fail, too", check.Check{Reach: &check.Reach{Among: []string{"A", "B"}}, Not: true}, "within=0 "},
		{"also with its own time", check.Check{Ping: ping, Not: true, Within: 5 * time.Second}, "within=0 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := patience(tt.check); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEveryErrorOfAPingHasItsPattern(t *testing.T) {
	seen := map[string]string{}
	for _, name := range pingErrors() {
		pattern := failurePattern(name)
		if other, twice := seen[pattern]; twice {
			t.Errorf("%s and %s have the same pattern %q", name, other, pattern)
		}
		seen[pattern] = name
	}
}
