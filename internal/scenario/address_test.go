package scenario

import (
	"net/netip"
	"strings"
	"testing"
)

// told is a problem as text and hint, "" for none.
func told(p *problem) string {
	switch {
	case p == nil:
		return ""
	case p.hint == "":
		return p.text
	}
	return p.text + " (" + p.hint + ")"
}

func TestAddressesOfAMachine(t *testing.T) {
	tests := []struct{ addr, want string }{
		{"10.1.1.1", ""},
		{"127.0.0.1", ""},
		{"::1", ""},
		{"2001:DB8::1", ""},
		{"fe80::1", ""},
		{"fe80::1%eth0", ""},
		{"fe80::1%we.rd-name_15", ""},
		{"255.255.255.254", ""},
		{"10.1.1.1/24", "10.1.1.1/24 has a prefix length; only the address belongs here (write 10.1.1.1)"},
		{"2001:db8::1/64", "2001:db8::1/64 has a prefix length; only the address belongs here (write 2001:db8::1)"},
		{"0.0.0.0", "0.0.0.0 means any address, not one machine"},
		{"::", ":: means any address, not one machine"},
		{"224.0.0.1", "224.0.0.1 is a multicast address, not one machine's"},
		{"ff02::1", "ff02::1 is a multicast address, not one machine's"},
		{"255.255.255.255", "255.255.255.255 is the broadcast address, not one machine's"},
		{"10.1.1", `"10.1.1" is not an IP address: it has 3 parts, and four are needed`},
		{"10", `"10" is not an IP address: it has 1 parts, and four are needed`},
		{"10.1.1.1.1", `"10.1.1.1.1" is not an IP address: it has 5 parts, and four are needed`},
		{"10.1.1.", `"10.1.1." is not an IP address: a part is empty`},
		{"10.1.1.256", `"10.1.1.256" is not an IP address: each part is at most 255`},
		{"10.1.1.99999999999999999999", `"10.1.1.99999999999999999999" is not an IP address: each part is at most 255`},
		{"10.1.1.01", `"10.1.1.01" is not an IP address: a part may not begin with 0`},
		{"10.1.1.0x1", `"10.1.1.0x1" is not an IP address`},
		{"ns1", `"ns1" is not an IP address`},
		{"2001:db8:::1", `"2001:db8:::1" is not an IP address`},
		{"ns1/24", `"ns1/24" is not an IP address`},
		{"2001:db8::1%eth0", "2001:db8::1%eth0: only a link-local address (fe80::) has a zone"},
		{"fe80::1%", `"fe80::1%" is not an IP address`},
		{"fe80::1%a/b", `"a/b" is not the name of an interface: '/' is not allowed there (the name of an interface has the characters A-Z a-z 0-9 _ . -, begins with one of A-Z a-z 0-9, and has at most 15)`},
		{strings.Repeat("1", 50), `"` + strings.Repeat("1", 40) + `…" is not an IP address: it has 1 parts, and four are needed`},
	}
	for _, tt := range tests {
		t.Run(tt.addr, func(t *testing.T) {
			got, bad := parseHost(tt.addr)
			if told(bad) != tt.want {
				t.Errorf("got  %s\nwant %s", told(bad), tt.want)
			}
			if bad == nil && got != netip.MustParseAddr(tt.addr) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestDestinationsOfARoute(t *testing.T) {
	tests := []struct{ text, network, want string }{
		{"default", "0.0.0.0/0", ""},
		{"::/0", "::/0", ""},
		{"0.0.0.0/0", "0.0.0.0/0", ""},
		{"10.1.1.0/24", "10.1.1.0/24", ""},
		{"10.1.1.7/32", "10.1.1.7/32", ""},
		{"224.0.0.0/4", "224.0.0.0/4", ""},
		{"2001:db8::/64", "2001:db8::/64", ""},
		{"10.1.1.1/24", "", "10.1.1.1/24 is not a network: bits behind the prefix length are set (the network is 10.1.1.0/24)"},
		{"2001:db8::1/64", "", "2001:db8::1/64 is not a network: bits behind the prefix length are set (the network is 2001:db8::/64)"},
		{"10.1.1.0", "", "10.1.1.0 has no prefix length (write 10.1.1.0/24 or what fits)"},
		{"2001:db8::", "", "2001:db8:: has no prefix length (write 2001:db8::/64 or what fits)"},
		{"10.1.1.0/33", "", "/33 is not a prefix length: for this address it is a number from 0 to 32"},
		{"10.1.1.0/+8", "", "/+8 is not a prefix length: for this address it is a number from 0 to 32"},
		{"10.1.1.0/255.255.255.0", "", "/255.255.255.0 is not a prefix length: for this address it is a number from 0 to 32"},
		{"Default", "", `"Default" is not an IP address`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, bad := parseNetwork(tt.text)
			if told(bad) != tt.want {
				t.Errorf("got  %s\nwant %s", told(bad), tt.want)
			}
			if bad == nil && got.String() != tt.network {
				t.Errorf("got %s, want %s", got, tt.network)
			}
		})
	}
}

func TestFirstAndLastMachineOfANetwork(t *testing.T) {
	tests := []struct{ prefix, want string }{
		{"10.1.1.0/24", "10.1.1.0/24 is the network itself, not a machine in it (the first machine is 10.1.1.1)"},
		{"10.1.1.1/24", ""},
		{"10.1.1.254/24", ""},
		{"10.1.1.255/24", "10.1.1.255 is the broadcast address of 10.1.1.0/24 (the last machine is 10.1.1.254)"},
		{"10.1.1.4/30", "10.1.1.4/30 is the network itself, not a machine in it (the first machine is 10.1.1.5)"},
		{"10.1.1.7/30", "10.1.1.7 is the broadcast address of 10.1.1.4/30 (the last machine is 10.1.1.6)"},
		{"10.1.1.127/25", "10.1.1.127 is the broadcast address of 10.1.1.0/25 (the last machine is 10.1.1.126)"},
		{"10.1.1.128/25", "10.1.1.128/25 is the network itself, not a machine in it (the first machine is 10.1.1.129)"},
		{"10.1.1.4/31", ""},
		{"10.1.1.5/31", ""},
		{"10.1.1.4/32", ""},
		{"10.255.255.255/8", "10.255.255.255 is the broadcast address of 10.0.0.0/8 (the last machine is 10.255.255.254)"},
		{"fe80::/64", ""},
	}
	for _, tt := range tests {
		t.Run(tt.prefix, func(t *testing.T) {
			if got := told(notInside(netip.MustParsePrefix(tt.prefix))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestKeysOfSettings(t *testing.T) {
	tests := []struct {
		key string
		ok  bool
	}{
		{"net.ipv4.ip_forward", true}, {"net.ipv4.conf.eth0-1.rp_filter", true}, {"net.bridge.bridge-nf-call-iptables", true},
		{"kernel.hostname", false}, {"net", false}, {"net.", false}, {"net..ipv4", false}, {"net.ipv4.", false}, {"Net.ipv4", false},
		{"net/ipv4/ip_forward", false}, {"net.ipv4.ip forward", false}, {"../net.ipv4", false}, {"", false},
	}
	for _, tt := range tests {
		if bad := sysctlKey(tt.key); (bad == nil) != tt.ok {
			t.Errorf("%q: %s, want %v", tt.key, told(bad), tt.ok)
		}
	}
}

func TestDistanceOfWords(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"", "abc", 3}, {"abc", "", 3},
		{"ping", "pin", 1}, {"ping", "pinge", 1}, {"ping", "pong", 1}, {"ping", "pign", 1},
		{"ab", "ba", 1}, {"abc", "cab", 2}, {"veth", "vxlan", 4}, {"日本", "本日", 1},
		{strings.Repeat("a", 200), strings.Repeat("a", 100) + "b", 0},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("%q and %q: %d, want %d as the other way round", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestHintsOfWords(t *testing.T) {
	words := []string{"name", "names", "title"}
	tests := []struct{ word, want string }{
		{"nmae", "did you mean name?"}, {"nam", "did you mean name?"}, {"NAME", "did you mean name?"}, {"titles", "did you mean title?"},
		{"zzz", "one of: name, names, title"}, {"", "one of: name, names, title"},
	}
	for _, tt := range tests {
		if got := didYouMean(tt.word, words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.word, got, tt.want)
		}
	}
	compare(t, []string{"name", "names"}, nearest("name", words))
	compare(t, []string{"names", "name"}, nearest("names", words))
}
