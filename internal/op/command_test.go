package op

import (
	"strings"
	"testing"
)

func TestWordsOfOtherCommandsAreExplained(t *testing.T) {
	tests := []struct {
		line string
		word int
		want string // a part of the meaning
	}{
		{"ping 10.1.1.2", 0, "ICMP echo"},
		{"ping 10.1.1.2", 1, "the machine that is asked: 10.1.1.2"},
		{"ping fd00::1", 1, "fd00::1"},
		{"ping example.com", 1, "the machine that is asked"},
		{"ping -c1 host", 1, "how many requests (1)"},
		{"ping -c 1 host", 1, "how many requests"},
		{"ping -c 1 host", 2, "the value of -c"},
		{"ping -W1 host", 1, "wait for an answer (1)"},
		{"ping -w5 host", 1, "to stop (5)"},
		{"ping -i0.2 host", 1, "between requests (0.2)"},
		{"ping -I eth0 host", 2, "the value of -I"},
		{"ping -s 1400 host", 1, "bytes of data"},
		{"ping -t1 host", 1, "time to live"},
		{"ping -M do host", 1, "too big"},
		{"ping -M do host", 2, "the value of -M"},
		{"ping -4 host", 1, "only IPv4"},
		{"ping -6 host", 1, "only IPv6"},
		{"ping -n host", 1, "no names"},
		{"ping -q host", 1, "only the sum"},
		{"ping -Z host", 1, "an option of ping"},
		{"ip netns exec ns1 bash", 4, "a shell"},
		{"ip netns exec ns1 curl http://10.1.1.2/", 4, "web server"},
		{"ip netns exec ns1 curl http://10.1.1.2/", 5, "a word for curl"},
		{"ip netns exec ns1 tcpdump -i veth1", 4, "packets that pass"},
		{"ip netns exec ns1 nc -l 80", 4, "connection"},
		{"ip netns exec ns1 dig a.b", 4, "DNS server"},
		{"ip netns exec ns1 getent ahostsv4 a", 4, "nsswitch"},
		{"ip netns exec ns1 traceroute 10.0.0.1", 4, "routers on the way"},
		{"ip netns exec ns1 nft list ruleset", 4, "firewall"},
		{"ip netns exec ns1 ss -ltn", 4, "who listens"},
		{"ip netns exec ns1 sleep 1", 4, "waits"},
		{"ip netns exec ns1 /opt/my/thing x", 4, "the command to run inside"},
		{"ip netns exec ns1 /opt/my/thing x", 5, "a word for thing"},
		{"$ ip link", 0, "network"},
		{"# ip link", 1, "interfaces"},
		{"sudo ip link", 0, "root"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			all, err := Explain(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if tt.word >= len(all) || !strings.Contains(all[tt.word].Text, tt.want) {
				t.Errorf("word %d of %v does not say %q", tt.word, all, tt.want)
			}
		})
	}
}

func TestSettingsThatLessonsUseAreExplained(t *testing.T) {
	for key, want := range map[string]string{
		"net.ipv4.ip_forward":                 "router",
		"net.ipv4.conf.all.forwarding":        "passes on",
		"net.ipv4.conf.eth0.rp_filter":        "no route leads back (of eth0)",
		"net.ipv6.conf.all.disable_ipv6":      "IPv6 off",
		"net.ipv6.conf.all.keep_addr_on_down": "keeps the IPv6 addresses",
		"net.ipv6.conf.eth0.accept_dad":       "without asking",
		"net.ipv4.conf.eth0.proxy_arp":        "answers ARP",
		"net.bridge.bridge-nf-call-iptables":  "firewall",
		"net.ipv4.ping_group_range":           "pings",
		"net.ipv4.conf.all.arp_ignore":        "ARP",
	} {
		if got := aboutKey(key); !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", key, got, want)
		}
	}
	if got := aboutKey("kernel.unknown"); got != "" {
		t.Errorf("a setting that nobody knows means %q", got)
	}
}

func TestASummaryNamesWhereAndWhat(t *testing.T) {
	summaries(t, []aSentence{
		{"ip -n ns1 addr add 10.1.1.1/24 dev veth_ns1", "gives veth_ns1 in ns1 the address 10.1.1.1; the /24 puts 10.1.1.0–10.1.1.255 on this link"},
		{"ip link add a1 netns ns1 type veth peer c1", "makes a virtual cable with an interface at each end: a1 in ns1 and c1"},
		{"ip -n ns2 link add a1 type veth peer c1 netns ns1", "makes a virtual cable with an interface at each end: a1 in ns2 and c1 in ns1"},
		{"ip -n ns1 route add default via 10.1.1.254", "in ns1, packets for every address that no other route covers go to the router 10.1.1.254"},
		{"ip route add default", "packets for every address that no other route covers: a route without a way, which the kernel refuses"},
		{"ip route add 10.1.1.1/24 dev x", "packets for 10.1.1.1/24 (not a network, since bits behind the mask are set: the kernel refuses it) go out through x, straight to their target"},
		{"ip -6 route add fd00::1/64 dev x", "packets for the network fd00::/64 go out through x, straight to their target"},
		{"ip link set x mtu 1400 arp off", "the interface x: sets the size of its largest packet to 1400 bytes, forbids it to ask for MAC addresses (ARP)"},
		{"ip link set x promisc on", "the interface x: lets it take frames for others too"},
		{"ip link set x arp on promisc off", "the interface x: lets it ask for MAC addresses (ARP), lets it take only frames for itself"},
		{"ip link set x", "changes nothing"},
		{"ip neigh add 10.0.0.1 dev x", "writes down the neighbour 10.0.0.1 behind x"},
	})
}
