package scenario

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
)

// answers is a program that prints a text for each line of words that it
// knows, and fails like a program of iproute2 for any other.
func answers(lines map[string]string) string {
	var b strings.Builder
	b.WriteString("case \"$*\" in\n")
	for words, text := range lines {
		b.WriteString(quote(words) + ") printf '%s\\n' " + quote(text) + " ;;\n")
	}
	b.WriteString("*) echo \"Cannot find what is meant by: $*\" >&2; exit 1 ;;\nesac\n")
	return b.String()
}

// machine are programs that know one network: v1 in ns1, a port of br0 there,
// its other end v2 in the host.
func machine() map[string]string {
	return map[string]string{
		"ip": `if [ "$1 $2 $3" = "netns exec ns1" ]; then shift 3; exec "$@"; fi
case "$*" in
"-n ns1 route get 203.0.113.10") echo '203.0.113.10 via 10.1.1.254 dev v1 src 10.1.1.1 uid 0 '; exit ;;
"-n ns1 route get "*) echo 'RTNETLINK answers: Network is unreachable' >&2; exit 2 ;;
esac
if [ "$1 $2 $3 $4 $5" = "netns exec ns2 ip -4" ]; then echo "2: e inet 10.1.1.2/24 scope global e"; exit; fi
if [ "$1 $2 $3" = "netns exec ns2" ]; then shift 3; exec "$@"; fi
` + answers(map[string]string{
			"netns list":                                       "ns1 (id: 0)\nns12\nxns1",
			"-n ns1 -d -o link show dev v1":                    `2: v1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000\    link/ether 0e:f7:4e:51:a2:0b brd ff:ff:ff:ff:ff:ff link-netns x promiscuity 1 \    veth \    bridge_slave state forwarding`,
			"-n ns1 -o link show dev v1":                       `2: v1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 \    link/ether 0e:f7:4e:51:a2:0b brd ff:ff:ff:ff:ff:ff link-netns x`,
			"-o link show dev v2":                              `3: v2@if2: <NO-CARRIER,BROADCAST,MULTICAST> mtu 1400 \    link/ether 0e:f7:4e:51:a2:0c brd ff:ff:ff:ff:ff:ff link-netns ns1`,
			"-d -o link show dev v2":                           `3: v2@if2: <NO-CARRIER,BROADCAST,MULTICAST> mtu 1400 qdisc noqueue state LOWERLAYERDOWN mode DEFAULT group default \    link/ether 0e:f7:4e:51:a2:0c brd ff:ff:ff:ff:ff:ff link-netns ns1 promiscuity 0 \    veth addrgenmode eui64`,
			"-d -o link show dev lo":                           `1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN mode DEFAULT \    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0`,
			"-n ns1 -o addr show dev v1":                       "2: v1    inet 10.1.1.1/24 scope global v1\\       valid_lft forever preferred_lft forever\n2: v1    inet6 fe80::1/64 scope link\n2: v1    inet6 fd00::1/64 scope global dadfailed tentative \\       valid_lft forever preferred_lft forever",
			"-o addr show dev v2":                              `3: v2    inet6 fe80::cf7:4eff:fe51:a20c/64 scope link \       valid_lft forever`,
			"-n ns1 route show 10.1.1.0/24 dev v1":             "10.1.1.0/24 proto kernel scope link src 10.1.1.1",
			"-n ns1 route show default via 10.1.1.254":         "",
			"-n ns1 -6 route show 2001:db8::/64":               "2001:db8::/64 dev v1 proto kernel metric 256 pref medium",
			"-n ns1 neigh show 10.1.1.2":                       "10.1.1.2 dev v1 lladdr 0e:f7:4e:51:a2:0c STALE",
			"-n ns1 neigh show 10.1.1.3":                       "10.1.1.3 dev v1 FAILED",
			"-n ns1 neigh show 10.1.1.4 dev v1":                "",
			"-n ns1 neigh show":                                "10.1.1.3 dev v1 INCOMPLETE",
			"-n ns1 route show":                                "",
			"-4 -o addr show scope global":                     "1: lo    inet 10.9.9.9/32 scope global lo\n3: v2    inet 10.1.1.9/24 scope global v2\\       valid_lft forever\n3: v2    inet 10.1.1.2/24 scope global secondary v2",
			"-6 -o addr show scope global":                     "3: v2    inet6 2001:db8::2/64 scope global \\       valid_lft forever",
			"-n ns1 -d -o link show dev we.rd":                 "9: we.rd: <UP> mtu 1 state DOWN",
			"-n ns1 route show 10.1.1.0/24 via 10.1.1.9 dev v": "",
		}),
		"bridge": answers(map[string]string{
			"-n ns1 fdb show br br0": "33:33:00:00:00:01 dev br0 self permanent\n0e:f7:4e:51:a2:0c dev v1 master br0 \n0e:f7:4e:51:a2:0b dev v1 master br0 permanent",
		}),
		"sysctl":    answers(map[string]string{"-n net.ipv4.ip_forward": "1", "-n net.ipv4.tcp_rmem": "4096\t131072\t6291456"}),
		"nft":       answers(map[string]string{"-j list ruleset": `{"nftables": [{"metainfo": {"version": "1"}}, {"table": {"name": "rule"}}, {"rule": {"handle": 3}}]}`}),
		"conntrack": `[ "$*" = -L ] && echo 'icmp     1 29 src=10.1.1.1 dst=203.0.113.10 type=8 code=0 id=3 src=203.0.113.10 dst=203.0.113.1 type=0 code=0 id=3 mark=0 use=1'`,
		"tcpdump": `case "$*" in *" -i v1 "*) ;; *) echo 'No such device exists' >&2; exit 1 ;; esac
echo 'listening on v1, link-type EN10MB' >&2
echo '12:00:00.1 02:00:00:00:00:09 > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 98: (tos 0x0, ttl 64, id 1)'
printf '\t10.1.1.9 > 10.1.1.7: ICMP echo request, id 7, seq 1, length 64\n'
echo '12:00:00.2 0e:f7:4e:51:a2:0c > 0e:f7:4e:51:a2:0b, ethertype IPv4 (0x0800), length 98: (tos 0x0, ttl 63, id 1)'
printf '\t10.1.1.1 > 10.1.1.2: ICMP echo request, id 7, seq 1, length 64\n'
echo '12:00:00.3 02:00:00:00:00:09 > 02:00:00:00:00:08, ethertype IPv6 (0x86dd), length 118: (hlim 64, next-header ICMPv6 (58)) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, echo request, id 1, seq 1'
exec sleep 10`,
		"ping": `case "$*" in
*"-t 1 10.2.0.3") echo 'From 10.1.0.1 icmp_seq=1 Time to live exceeded'; exit 1 ;;
*"-t 2 10.2.0.3") exit 1 ;;
*"-t 3 10.2.0.3") echo '64 bytes from 10.2.0.3: icmp_seq=1 ttl=62 time=0.05 ms'; exit ;;
*"-t 1 fd00::3") echo 'From fd00::1 icmp_seq=1 Time exceeded: Hop limit'; exit 1 ;;
*"-t 2 fd00::3") echo '64 bytes from fd00::3: icmp_seq=1 ttl=63 time=0.05 ms'; exit ;;
esac
case "${*: -1}" in
10.1.1.2) echo '64 bytes from 10.1.1.2: icmp_seq=1 ttl=63 time=0.05 ms' ;;
10.1.1.8) echo 'From 10.1.1.1 icmp_seq=1 Destination Host Unreachable'; echo '1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms'; exit 1 ;;
10.1.1.9) echo '1 packets transmitted, 0 received, 100% packet loss, time 0ms'; exit 1 ;;
*) echo 'ping: connect: Network is unreachable' >&2; exit 2 ;;
esac`,
	}
}

func TestClaimsAreTrueOrFalseInTheShell(t *testing.T) {
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	yes, no, br0, br1, none := true, false, "br0", "br1", ""
	ping := func(in, to, how string, ttl int) check.Check {
		return check.Check{Not: how != "" || ttl < 0, Ping: &check.Ping{In: in, To: addr(to), Error: how, TTL: max(ttl, 0)}}
	}
	link := func(l check.Link) check.Check {
		if l.In == "" {
			l.In, l.Name = "ns1", "v1"
		}
		return check.Check{Link: &l}
	}
	reach := func(from, to string, family int) check.Check {
		return check.Check{Reach: &check.Reach{From: strings.Fields(from), To: strings.Fields(to), Family: family}}
	}
	way := func(to string, hops ...string) check.Check {
		p := &check.Path{In: "ns1", To: addr(to)}
		for _, h := range hops {
			a, _ := netip.ParseAddr(h) // silent is no address
			p.Hops = append(p.Hops, a)
		}
		return check.Check{Path: p}
	}
	frame := func(s check.Seen) check.Check {
		s.At, s.In = check.Interface{In: "ns1", Dev: "v1"}, "host"
		if !s.To.IsValid() {
			s.To = addr("10.1.1.2")
		}
		return check.Check{Seen: &s}
	}
	lookup := func(to, via, how string) check.Check {
		l := &check.Lookup{In: "ns1", To: addr(to), Error: how}
		if via != "" {
			l.Via, l.Dev, l.From = addr(via), "v1", addr("10.1.1.1")
		}
		return check.Check{Not: how != "", Lookup: l}
	}
	tracked := func(replyTo string) check.Check {
		return check.Check{Conntrack: &check.Conntrack{In: "ns1", From: addr("10.1.1.1"), To: addr("203.0.113.10"), ReplyTo: addr(replyTo)}}
	}
	v2 := func(l check.Link) check.Check { l.In, l.Name = "host", "v2"; return check.Check{Link: &l} }
	// turned says that the negated check has the other answer; without it both
	// are false, because what they speak of is not there.
	tests := []struct {
		name   string
		check  check.Check
		want   bool
		turned bool
	}{
		{"an answer", ping("ns1", "10.1.1.2", "", 0), true, true},
		{"no answer", ping("host", "10.1.1.9", "", 0), false, true},
		{"an answer with its time to live", ping("ns1", "10.1.1.2", "", 63), true, false},
		{"an answer with another time to live", ping("ns1", "10.1.1.2", "", 6), false, false},
		{"silence", ping("host", "10.1.1.9", "silent", 0), true, false},
		{"silence is no ICMP error", ping("host", "10.1.1.8", "silent", 0), false, false},
		{"an ICMP error", ping("host", "10.1.1.8", "unreachable", 0), true, false},
		{"an error here is no ICMP error", ping("host", "10.1.1.7", "unreachable", 0), false, false},
		{"an error here", ping("host", "10.1.1.7", "ENETUNREACH", 0), true, false},
		{"another error here", ping("host", "10.1.1.7", "EPERM", 0), false, false},
		{"an error, and it is answered", ping("host", "10.1.1.2", "silent", 0), false, false},
		{"all answer", reach("host ns1", "ns2", 4), true, true},
		{"one of two answers", reach("ns1", "ns2 host", 4), false, false},
		{"nobody answers", reach("ns1 ns2", "host", 4), false, true},
		{"nobody has such an address", reach("ns1", "nowhere", 6), false, false},
		{"a way", way("10.2.0.3", "10.1.0.1", "silent", "10.2.0.3"), true, true},
		{"a way by IPv6", way("fd00::3", "fd00::1", "fd00::3"), true, true},
		{"a way with another router", way("10.2.0.3", "10.1.0.1", "10.1.0.2", "10.2.0.3"), false, true},
		{"a way without a router", way("10.2.0.3", "10.2.0.3"), false, true},
		{"a frame", frame(check.Seen{}), true, true},
		{"a frame in full", frame(check.Seen{Source: addr("10.1.1.1"), TTL: 63, MACFrom: &check.Interface{In: "host", Dev: "v2"}, MACTo: &check.Interface{In: "ns1", Dev: "v1"}}), true, false},
		{"a frame with another ttl", frame(check.Seen{TTL: 64}), false, false},
		{"a frame from another source", frame(check.Seen{Source: addr("10.1.1.9")}), false, false},
		{"a frame of another interface", frame(check.Seen{MACFrom: &check.Interface{In: "ns1", Dev: "v1"}}), false, false},
		{"no reply", frame(check.Seen{Reply: true}), false, true},
		{"a frame by IPv6", frame(check.Seen{To: addr("fd00::2"), TTL: 64, Source: addr("fd00::1")}), true, false},
		{"an interface that cannot be watched", check.Check{Seen: &check.Seen{At: check.Interface{In: "ns1", Dev: "v9"}, To: addr("10.1.1.2")}}, false, false},
		{"a lookup", lookup("203.0.113.10", "10.1.1.254", ""), true, true},
		{"a lookup of another way", lookup("203.0.113.10", "10.1.1.25", ""), false, true},
		{"a lookup that is refused", lookup("203.0.113.99", "10.1.1.254", ""), false, true},
		{"an error of a lookup", lookup("203.0.113.99", "", "ENETUNREACH"), true, false},
		{"another error of a lookup", lookup("203.0.113.99", "", "EACCES"), false, false},
		{"a connection", tracked("203.0.113.1"), true, true},
		{"a connection with other replies", tracked("203.0.113.11"), false, true},
		{"a namespace", check.Check{Namespace: &check.Namespace{Name: "ns1"}}, true, true},
		{"a namespace without a number", check.Check{Namespace: &check.Namespace{Name: "ns12"}}, true, true},
		{"a part of a name", check.Check{Namespace: &check.Namespace{Name: "ns"}}, false, true},
		{"a link", link(check.Link{}), true, true},
		{"a link that is not there", link(check.Link{In: "ns1", Name: "v9"}), false, true},
		{"up", link(check.Link{Up: &yes}), true, true},
		{"not up", v2(check.Link{Up: &yes}), false, true},
		{"down", v2(check.Link{Up: &no}), true, true},
		{"up is not LOWER_UP", link(check.Link{In: "host", Name: "lo", Up: &yes}), false, true},
		{"a signal", link(check.Link{Carrier: &yes}), true, true},
		{"no signal", v2(check.Link{Carrier: &no}), true, true},
		{"a state", v2(check.Link{State: "lowerlayerdown"}), true, true},
		{"a part of a state", v2(check.Link{State: "down"}), false, true},
		{"the state of a port is no state", link(check.Link{State: "up"}), true, true},
		{"a kind", link(check.Link{Kind: "veth"}), true, true},
		{"another kind", link(check.Link{Kind: "bridge"}), false, true},
		{"loopback", link(check.Link{In: "host", Name: "lo", Kind: "loopback"}), true, true},
		{"not loopback", v2(check.Link{Kind: "loopback"}), false, true},
		{"a size", v2(check.Link{MTU: 1400}), true, true},
		{"a part of a size", v2(check.Link{MTU: 140}), false, true},
		{"a master", link(check.Link{Master: &br0}), true, true},
		{"another master", link(check.Link{Master: &br1}), false, true},
		{"no master", v2(check.Link{Master: &none}), true, true},
		{"a master, and there should be none", link(check.Link{Master: &none}), false, true},
		{"all at once", link(check.Link{Kind: "veth", State: "up", Up: &yes, Carrier: &yes, MTU: 1500, Master: &br0}), true, false},
		{"all at once but one", link(check.Link{Kind: "veth", State: "up", Up: &yes, Carrier: &yes, MTU: 1501, Master: &br0}), false, false},
		{"the other end", link(check.Link{Peer: "v2", PeerIn: "host"}), true, true},
		{"the other end, and more", link(check.Link{Peer: "v2", PeerIn: "host", Up: &yes}), true, false},
		{"the other end, and more that is not so", link(check.Link{Peer: "v2", PeerIn: "host", Up: &no}), false, false},
		{"an address", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("10.1.1.1/24")}}, true, true},
		{"an address with another length", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("10.1.1.1/25")}}, false, true},
		{"a dot is a dot", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("10.1.111.1/24")}}, false, true},
		{"any address", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1"}}, true, true},
		{"an address that does not count", check.Check{Addr: &check.Addr{In: "host", Dev: "v2"}}, false, true},
		{"an address that does not count but is asked for", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fe80::1/64")}}, true, true},
		{"a flag", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fd00::1/64"), Flag: "tentative"}}, true, true},
		{"another flag of the same address", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fd00::1/64"), Flag: "dadfailed"}}, true, true},
		{"a flag that it does not have", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fd00::1/64"), Flag: "deprecated"}}, false, true},
		{"a flag of another address", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fe80::1/64"), Flag: "tentative"}}, false, true},
		{"a flag of an address that is not there", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v1", Prefix: prefix("fd00::2/64"), Flag: "tentative"}}, false, false},
		{"an address of nothing", check.Check{Addr: &check.Addr{In: "ns1", Dev: "v9"}}, false, false},
		{"a route", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "v1"}}, true, true},
		{"no route", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: addr("10.1.1.254")}}, false, true},
		{"a route of IPv6", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("2001:db8::/64")}}, true, true},
		{"no route of any kind", check.Check{Route: &check.Route{In: "ns1"}}, false, true},
		{"a neighbour", check.Check{Neigh: &check.Neigh{In: "ns1", Addr: addr("10.1.1.2")}}, true, true},
		{"a neighbour that did not answer", check.Check{Neigh: &check.Neigh{In: "ns1", Addr: addr("10.1.1.3")}}, false, true},
		{"a neighbour that was never asked", check.Check{Neigh: &check.Neigh{In: "ns1", Addr: addr("10.1.1.4"), Dev: "v1"}}, false, true},
		{"any neighbour", check.Check{Neigh: &check.Neigh{In: "ns1"}}, false, true},
		{"a learned address", check.Check{FDB: &check.FDB{In: "ns1", Bridge: "br0", Port: "v1", OfIn: "host", OfDev: "v2"}}, true, true},
		{"an address on any port", check.Check{FDB: &check.FDB{In: "ns1", Bridge: "br0"}}, true, true},
		{"the port's own address is not learned", check.Check{FDB: &check.FDB{In: "ns1", Bridge: "br0", OfIn: "ns1", OfDev: "v1"}}, false, true},
		{"an address on another port", check.Check{FDB: &check.FDB{In: "ns1", Bridge: "br0", Port: "v3"}}, false, true},
		{"a setting", check.Check{Sysctl: &check.Sysctl{In: "ns1", Key: "net.ipv4.ip_forward", Value: "1"}}, true, true},
		{"a setting with another value", check.Check{Sysctl: &check.Sysctl{In: "host", Key: "net.ipv4.ip_forward", Value: "11"}}, false, true},
		{"a setting of three numbers", check.Check{Sysctl: &check.Sysctl{In: "host", Key: "net.ipv4.tcp_rmem", Value: "4096 131072 6291456"}}, true, true},
		{"a setting that is not there", check.Check{Sysctl: &check.Sysctl{In: "host", Key: "net.nothing", Value: "1"}}, false, false},
		{"rules", check.Check{Rules: &check.Rules{In: "ns1", Count: 1}}, true, true},
		{"another number of rules: a table called rule is none", check.Check{Rules: &check.Rules{In: "host", Count: 2}}, false, true},
	}
	programs := machine()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := func(c check.Check) bool {
				_, ok := shell(t, programs, asserts(c).text())
				return ok
			}
			if got := is(tt.check); got != tt.want {
				t.Errorf("%s: %v, want %v", asserts(tt.check).text(), got, tt.want)
			}
			if !tt.turned {
				return
			}
			not := tt.check
			not.Not = true
			if got := is(not); got == tt.want {
				t.Errorf("%s: it is %v, and so is what it denies", asserts(not).text(), got)
			}
		})
	}
}

func TestAClaimThatIsFalseEndsTheScript(t *testing.T) {
	tests := []struct {
		name  string
		check check.Check
		want  string
	}{
		{"true", check.Check{Says: "it's there", Namespace: &check.Namespace{Name: "ns1"}}, "   ok: it's there\non"},
		{"false", check.Check{Says: "it's $there", Namespace: &check.Namespace{Name: "ns2"}}, "FAILED: it's $there (shows ^ns2( |$) ip netns list)"},
		{"false, and tried once", check.Check{Says: "no answer", Not: true, Within: time.Minute, Ping: &check.Ping{In: "host", To: netip.MustParseAddr("10.1.1.2")}}, "FAILED: no answer (unanswered 100% packet loss|ping: .*:  ping -c 1 -W 60 10.1.1.2)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(assertions(Step{Checks: []check.Check{tt.check}}), "\ncheck", "\nwithin=0 check", 1) + "say on"
			got, ok := shell(t, machine(), text)
			if got != strings.TrimSpace(tt.want) || ok != strings.HasSuffix(tt.want, "on") {
				t.Errorf("%v\ngot  %s\nwant %s", ok, got, tt.want)
			}
		})
	}
}
