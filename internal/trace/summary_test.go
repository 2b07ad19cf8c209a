package trace

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Frames, piece by piece, as they are on the wire.
const (
	hwA, hwB = "020000000001", "020000000002"
	ipA, ipB = "0a000001", "0a000002"
	ipA6     = "fd000000000000000000000000000001"
	ipB6     = "fd000000000000000000000000000002"
	none6    = "00000000000000000000000000000000"
	arpHead  = hwB + hwA + "0806" + "000108000604"
)

func v4(proto, ttl, body string) string {
	return hwB + hwA + "0800" + "4500005400004000" + ttl + proto + "0000" + ipA + ipB + body
}

func v6(next, from, body string) string {
	length := hex.EncodeToString([]byte{0, byte(len(body) / 2)})
	return hwB + hwA + "86dd" + "60000000" + length + next + "40" + from + ipB6 + body
}

func hexBytes(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSummary(t *testing.T) {
	ping := "0800000000010007" + "0011"
	about := "450000540000400001" + "110000" + ipB + ipA + "00350fa000080000"
	for _, tt := range []struct{ name, frame, want string }{
		{"a question by ARP", arpHead + "0001" + hwA + ipA + "000000000000" + ipB, "ARP who has 10.0.0.2? tell 10.0.0.1"},
		{"an answer by ARP", arpHead + "0002" + hwA + ipA + hwB + ipB, "ARP 10.0.0.1 is at 02:00:00:00:00:01"},
		{"an announcement by ARP", arpHead + "0001" + hwA + ipA + "000000000000" + ipA, "ARP announcement of 10.0.0.1"},
		{"an echo request", v4("01", "40", ping), "10.0.0.1 > 10.0.0.2 ICMP echo request seq 7 ttl 64"},
		{"an echo reply", v4("01", "3f", "00"+ping[2:]), "10.0.0.1 > 10.0.0.2 ICMP echo reply seq 7 ttl 63"},
		{"port unreachable", v4("01", "40", "0303000000000000"+about), "10.0.0.1 > 10.0.0.2 ICMP port unreachable (about 10.0.0.2:53 > 10.0.0.1:4000) ttl 64"},
		{"an unreachable that nobody knows", v4("01", "40", "0363000000000000"), "10.0.0.1 > 10.0.0.2 ICMP unreachable ttl 64"},
		{"a message that nobody knows", v4("01", "40", "6301000000000000"), "10.0.0.1 > 10.0.0.2 ICMP type 99, code 1 ttl 64"},
		{"time exceeded", v4("01", "40", "0b00000000000000"), "10.0.0.1 > 10.0.0.2 ICMP time to live exceeded ttl 64"},
		{"the beginning of a connection", v4("06", "40", "0fa0005000000001000000005002000000000000"), "10.0.0.1:4000 > 10.0.0.2:80 TCP SYN ttl 64"},
		{"data of a connection", v4("06", "40", "0fa00050000000010000000050180000000000006162"), "10.0.0.1:4000 > 10.0.0.2:80 TCP ACK 2 bytes ttl 64"},
		{"a datagram", v4("11", "40", "0fa0003500090000"+"61"), "10.0.0.1:4000 > 10.0.0.2:53 UDP 1 byte ttl 64"},
		{"an empty datagram", v4("11", "40", "0fa0003500080000"), "10.0.0.1:4000 > 10.0.0.2:53 UDP ttl 64"},
		{"another protocol", v4("59", "01", "0201"), "10.0.0.1 > 10.0.0.2 OSPF ttl 1"},
		{"a later fragment", hwB + hwA + "0800" + "450000200007200a4001" + "0000" + ipA + ipB + "616263", "10.0.0.1 > 10.0.0.2 the rest of a packet, a fragment ttl 64"},
		{"the first fragment", hwB + hwA + "0800" + "45000054000720004001" + "0000" + ipA + ipB + ping, "10.0.0.1 > 10.0.0.2 ICMP echo request seq 7, the first fragment ttl 64"},
		{"an echo request of IPv6", v6("3a", ipA6, "80000000"+"00010007"), "fd00::1 > fd00::2 ICMPv6 echo request seq 7 ttl 64"},
		{"a question by neighbour discovery", v6("3a", ipA6, "8700000000000000"+ipB6), "ICMPv6 who has fd00::2? tell fd00::1"},
		{"duplicate address detection", v6("3a", none6, "8700000000000000"+ipB6), "ICMPv6 has anybody fd00::2?"},
		{"a router is asked for", v6("3a", ipA6, "8500000000000000"), "fd00::1 > fd00::2 ICMPv6 router solicitation ttl 64"},
		{"a frame of something else", hwB + hwA + "88cc" + "0207", "02:00:00:00:00:01 > 02:00:00:00:00:02 LinkLayerDiscovery"},
		{"VXLAN", v4("11", "40", "c00012b5"+"006c0000"+"0800000000002a00"+v4("01", "40", ping)), "VXLAN 42, 10.0.0.1 > 10.0.0.2: 10.0.0.1 > 10.0.0.2 ICMP echo request seq 7 ttl 64"},
		{"cut behind the addresses", hwB + hwA + "0800", "02:00:00:00:00:01 > 02:00:00:00:00:02 IPv4"},
		{"nothing", "", "a frame that cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(hexBytes(t, tt.frame), true, UsualTunnels()).Summary()
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	raw := strings.TrimPrefix(v4("01", "40", ping), hwB+hwA+"0800")
	if got := Read(hexBytes(t, raw), false, nil).Summary(); got != "10.0.0.1 > 10.0.0.2 ICMP echo request seq 7 ttl 64" {
		t.Errorf("without an Ethernet header: %s", got)
	}
}

func FuzzSummary(f *testing.F) {
	f.Add([]byte{}, true)
	f.Add(hexBytes(f, v4("01", "40", "0303000000000000"+"4500")), true)
	f.Add(hexBytes(f, v6("3a", ipA6, "8700000000000000"+ipB6)), true)
	f.Add(hexBytes(f, "45000054"), false)
	f.Fuzz(func(t *testing.T, data []byte, ether bool) {
		if s := Read(data, ether, UsualTunnels()).Summary(); s == "" || strings.Contains(s, "invalid") && !strings.Contains(s, "ARP") {
			t.Errorf("%x: %q", data, s)
		}
	})
}
