package op

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

// lessonLines are the commands of the first lessons and of their variants.
func lessonLines() []string {
	return []string{
		"ip netns add ns1",
		"ip link add veth_ns1 type veth peer name veth_ns2",
		"ip link set veth_ns1 netns ns1",
		"ip netns exec ns1 ip link set veth_ns1 up",
		"ip netns exec ns1 ip addr add 10.1.1.1/24 dev veth_ns1",
		"ip netns exec ns1 ping 10.1.1.2",
		"ip netns exec ns1 ping -c 3 -W1 10.1.1.2",
		"ip netns exec ns1 myprogram --flag x",
		"ip a a 10.1.1.1/24 dev veth1",
		"ip link add br0 type bridge stp_state 0",
		"ip l s veth1 master br0 up",
		"ip link set veth1 nomaster",
		"ip addr add 10.0.0.1/31 dev veth1 brd +",
		"ip addr add 10.0.0.1 dev lo",
		"ip -6 addr add fd00::1/64 dev veth1 nodad",
		"ip r add default via 10.1.1.254",
		"ip route add 192.168.2.0/24 via 192.168.1.5 dev eth0",
		"ip route add 192.168.2.1/24 dev eth0 metric 100 table 7",
		"ip route add unreachable 10.3.0.0/16",
		"ip route del default",
		"ip neigh add 10.1.1.2 lladdr 02:00:00:00:00:02 dev veth1 nud permanent",
		"ip neigh del proxy 10.1.1.9 dev veth1",
		"ip link add vxlan0 type vxlan id 100 dev eth0 remote 10.0.0.2 dstport 4789 nolearning",
		"bridge fdb append 00:00:00:00:00:00 dev vxlan0 dst 10.0.0.2",
		"bridge fdb add 02:00:00:00:00:05 dev veth1 master static",
		"bridge link set dev veth1 learning off",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl net.ipv4.conf.veth1.rp_filter",
		"ip -n ns1 -br addr show dev veth1",
		"ip route get 10.1.1.2",
		"route -n",
		"sudo ip netns list",
		"ping -c1 -I veth1 fd00::2",
		"ip link del veth1",
	}
}

// TestExplanations shows what the words of the lessons mean, to be read by people.
func TestExplanations(t *testing.T) {
	var b strings.Builder
	for _, line := range lessonLines() {
		all, err := Explain(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		fmt.Fprintf(&b, "%s\n", line)
		for _, m := range all {
			fmt.Fprintf(&b, "    %-12s %s\n", m.Word, m.Text)
		}
		if l, err := ParseLine(line); err == nil {
			fmt.Fprintf(&b, "    => %s\n", Summary(l))
		}
	}
	golden.Equal(t, "testdata/explain.golden", b.String())
}

// TestSummaries shows the sentence for each good line, to be read by people.
func TestSummaries(t *testing.T) {
	var b strings.Builder
	for _, line := range lines(t, "lines.txt", "ok\t") {
		l, err := ParseLine(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		fmt.Fprintf(&b, "%s\n    %s\n", line, Summary(l))
	}
	golden.Equal(t, "testdata/summary.golden", b.String())
}

func TestEveryWordOfEveryLineIsExplained(t *testing.T) {
	for _, line := range append(lines(t, "lines.txt", "ok\t"), lines(t, "questions.txt", "")...) {
		all, err := Explain(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		words, err := Split(line)
		if err != nil || len(words) != len(all) {
			t.Errorf("%s: %d words, %d meanings, %v", line, len(words), len(all), err)
			continue
		}
		for i, m := range all {
			if m.Word != words[i] || m.Text == "" || strings.Contains(m.Text, "%!") {
				t.Errorf("%s: word %d: %+v", line, i, m)
			}
		}
	}
}

func TestWhatIsNotReadIsNotExplained(t *testing.T) {
	for _, line := range []string{"", "ls", "ip link frob", "ip netns exec ns1 ip link frob", "a | b", "sudo", "$ "} {
		if all, err := Explain(line); err == nil {
			t.Errorf("%q is explained as %v", line, all)
		}
	}
}

func TestTheSizeOfANetwork(t *testing.T) {
	tests := []struct{ prefix, want string }{
		{"10.1.1.0/24", "256 addresses of which 254 for hosts"},
		{"10.1.1.0/30", "4 addresses of which 2 for hosts"},
		{"10.1.1.0/31", "2 addresses, all for hosts"},
		{"10.0.0.0/8", "16777216 addresses of which 16777214 for hosts"},
		{"fd00::/64", "2^64 addresses"},
		{"fd00::/126", "4 addresses, all for hosts"},
	}
	for _, tt := range tests {
		if got := sizeOf(netip.MustParsePrefix(tt.prefix)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.prefix, got, tt.want)
		}
	}
}

func TestWhatSortOfAddressItIs(t *testing.T) {
	tests := []struct{ addr, want string }{
		{"10.1.1.1", "private"},
		{"172.31.255.255", "private"},
		{"172.32.0.0", "public"},
		{"192.168.1.1", "private"},
		{"127.0.0.1", "this machine"},
		{"169.254.1.1", "link-local"},
		{"203.0.113.5", "examples"},
		{"224.0.0.1", "multicast"},
		{"8.8.8.8", "public"},
		{"0.0.0.0", "no address"},
		{"::", "no address"},
		{"::1", "this machine"},
		{"fe80::1", "link-local"},
		{"fd00::1", "private"},
		{"2001:db8::1", "examples"},
		{"2606:4700::1", "public"},
		{"ff02::1", "multicast"},
	}
	for _, tt := range tests {
		if got := addrKind(netip.MustParseAddr(tt.addr)); !strings.Contains(got, tt.want) {
			t.Errorf("%s is %q, want %q", tt.addr, got, tt.want)
		}
	}
}

func TestWhatSortOfMACAddressItIs(t *testing.T) {
	tests := []struct{ mac, want string }{
		{zeroMAC, "all zeros"},
		{"ff:ff:ff:ff:ff:ff", "broadcast"},
		{"33:33:00:00:00:01", "multicast"},
		{"02:00:00:00:00:01", "made up here"},
		{"00:16:3e:00:00:01", "00:16:3e, names the maker"},
	}
	for _, tt := range tests {
		if got := aboutMAC(tt.mac); !strings.Contains(got, tt.want) {
			t.Errorf("%s is %q, want %q", tt.mac, got, tt.want)
		}
	}
}
