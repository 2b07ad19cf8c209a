package op

import (
	"net/netip"
	"strings"
	"testing"
)

func TestAnAddressIsReadAsIPReadsIt(t *testing.T) {
	tests := []struct{ word, want string }{ // want "": refused
		{"10.0.0.1", "10.0.0.1"},
		{"10", "10.0.0.0"},
		{"10.1", "10.1.0.0"},
		{"10.1.2", "10.1.2.0"},
		{"0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"256.0.0.1", ""},
		{"10.0.0.0.1", ""},
		{"10..1", ""},
		{"10.0.0.1.", ""},
		{".10", ""},
		{"", ""},
		{"010.0.0.1", ""},
		{"0x0a.0.0.1", ""},
		{"+1.0.0.1", ""},
		{" 1.0.0.1", ""},
		{"1_0.0.0.1", ""},
		{"99999999999999999999.0.0.1", ""},
		{"::1", "::1"},
		{"FE80::1", "fe80::1"},
		{"2001:DB8:0:0::1", "2001:db8::1"},
		{"::ffff:10.0.0.1", "::ffff:10.0.0.1"},
		{"fe80::1%eth0", ""},
		{"1::2::3", ""},
		{":", ""},
		{"10.0.0.1:80", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			got, err := parseAddr(tt.word)
			if tt.want == "" && err == nil || tt.want != "" && (err != nil || got.String() != tt.want) {
				t.Errorf("read as %v, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestAPrefixIsReadAsIPReadsIt(t *testing.T) {
	tests := []struct {
		word, want string
		masked     bool
	}{
		{"10.0.0.1/24", "10.0.0.1/24", true},
		{"10.0.0.1", "10.0.0.1/32", false},
		{"10/8", "10.0.0.0/8", true},
		{"10.0.0.1/0", "10.0.0.1/0", true},
		{"10.0.0.1/32", "10.0.0.1/32", true},
		{"10.0.0.1/33", "", true},
		{"10.0.0.1/255.255.255.0", "10.0.0.1/24", true},
		{"10.0.0.1/255.255.255.255", "10.0.0.1/32", true},
		{"10.0.0.1/0.0.0.0", "10.0.0.1/0", true},
		{"10.0.0.1/255.255", "", true},
		{"10.0.0.1/0.0.0.255", "", true},
		{"10.0.0.1/255.0.255.0", "", true},
		{"10.0.0.1/", "", true},
		{"10.0.0.1/024", "", true},
		{"10.0.0.1/24/8", "", true},
		{"/24", "", true},
		{"fd00::1/64", "fd00::1/64", true},
		{"fd00::1", "fd00::1/128", false},
		{"fd00::1/129", "", true},
		{"::ffff:10.0.0.1/120", "::ffff:10.0.0.1/120", true},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			got, masked, err := parsePrefix(tt.word)
			if tt.want == "" {
				if err == nil {
					t.Errorf("read as %v", got)
				}
				return
			}
			if err != nil || got.String() != tt.want || masked != tt.masked {
				t.Errorf("read as %v, mask %v, %v", got, masked, err)
			}
		})
	}
}

func TestTheLastAddressOfANetwork(t *testing.T) {
	tests := []struct{ prefix, want string }{
		{"10.1.1.1/24", "10.1.1.255"},
		{"10.1.1.1/32", "10.1.1.1"},
		{"10.1.1.1/31", "10.1.1.1"},
		{"10.1.1.129/25", "10.1.1.255"},
		{"10.1.1.1/20", "10.1.15.255"},
		{"0.0.0.0/0", "255.255.255.255"},
		{"fd00::/120", "fd00::ff"},
		{"fd00::/64", "fd00::ffff:ffff:ffff:ffff"},
	}
	for _, tt := range tests {
		if got := lastAddr(netip.MustParsePrefix(tt.prefix)); got.String() != tt.want {
			t.Errorf("%s ends at %v, want %s", tt.prefix, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	var s string
	tests := []struct {
		name string
		val  value
		word string
		ok   bool
	}{
		{"an interface", ifname(&s), "eth0", true},
		{"an interface with dot and dash", ifname(&s), "eth0.10-x_y", true},
		{"an interface of fifteen", ifname(&s), strings.Repeat("a", 15), true},
		{"an interface of sixteen", ifname(&s), strings.Repeat("a", 16), false},
		{"an interface with a slash", ifname(&s), "a/b", false},
		{"an interface with a blank", ifname(&s), "a b", false},
		{"an interface with a colon", ifname(&s), "a:b", false},
		{"an interface with an at sign", ifname(&s), "a@if3", false},
		{"an interface with a percent sign", ifname(&s), "veth%d", false},
		{"an interface that is a dot", ifname(&s), ".", false},
		{"an interface that begins with a dash", ifname(&s), "-a", false},
		{"an empty interface", ifname(&s), "", false},
		{"an interface that is not ASCII", ifname(&s), "ä", false},
		{"a namespace", nsname(&s), "ns1", true},
		{"a namespace of digits", nsname(&s), "1", true},
		{"a namespace of 63", nsname(&s), strings.Repeat("a", 63), true},
		{"a namespace of 64", nsname(&s), strings.Repeat("a", 64), false},
		{"a namespace that is two dots", nsname(&s), "..", false},
		{"a namespace with a slash", nsname(&s), "a/b", false},
		{"a target namespace", nsTarget(&s), "ns1", true},
		{"a target that may be a process", nsTarget(&s), "1", false},
		{"a label", label(&s), "eth0:1", true},
		{"a label that is too long", label(&s), "eth0:1234567890a", false},
		{"a MAC address", mac(&s), "02:00:00:00:00:01", true},
		{"a MAC address without zeros", mac(&s), "2:0:0:0:0:1", true},
		{"a MAC address of five", mac(&s), "02:00:00:00:00", false},
		{"a MAC address of seven", mac(&s), "02:00:00:00:00:01:02", false},
		{"a MAC address with dashes", mac(&s), "02-00-00-00-00-01", false},
		{"a MAC address with a wrong digit", mac(&s), "02:00:00:00:00:0g", false},
		{"a MAC address with three digits", mac(&s), "002:0:0:0:0:1", false},
		{"a MAC address with a sign", mac(&s), "+2:0:0:0:0:1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s = ""
			err := tt.val.set(tt.word)
			if (err == nil) != tt.ok {
				t.Fatalf("%q: %v", tt.word, err)
			}
			if err != nil && s != "" {
				t.Errorf("%q is refused and kept as %q", tt.word, s)
			}
		})
	}
}

func TestNumbersAreDecimalAndInRange(t *testing.T) {
	tests := []struct {
		word string
		want uint64
		ok   bool
	}{
		{"0", 0, true},
		{"7", 7, true},
		{"100", 100, true},
		{"101", 0, false},
		{"-1", 0, false},
		{"+1", 0, false},
		{"007", 0, false},
		{"0x10", 0, false},
		{"1e2", 0, false},
		{"1.0", 0, false},
		{"", 0, false},
		{"18446744073709551616", 0, false},
	}
	for _, tt := range tests {
		got, err := decimal(tt.word, 0, 100)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q is read as %d, %v", tt.word, got, err)
		}
	}
}

func TestAValueThatIsNotGivenPrintsNothing(t *testing.T) {
	var (
		flag   *bool
		number *uint32
		words  *string
	)
	for name, val := range map[string]value{
		"on or off": onOff(&flag), "1 or 0": bit(&flag), "up or down": either(&flag, "up", "down", "on", "off"),
		"a number": maybeNumber(&number, "%d"), "a text": text(&words, 9), "a bridge": master(&words), "no bridge": noMaster(&words),
	} {
		if word, ok := val.get(); ok {
			t.Errorf("%s prints %q", name, word)
		}
	}
}
