package op

import "testing"

func TestAKeyIsKeptWithDots(t *testing.T) {
	tests := []struct{ word, key, path string }{ // key "": refused
		{"net.ipv4.ip_forward", "net.ipv4.ip_forward", "net/ipv4/ip_forward"},
		{"net/ipv4/ip_forward", "net.ipv4.ip_forward", "net/ipv4/ip_forward"},
		{"net.ipv4.conf.eth0/100.forwarding", "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"},
		{"net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"},
		{"net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-iptables", "net/bridge/bridge-nf-call-iptables"},
		{"", "", ""},
		{"net", "", ""},
		{"net.", "", ""},
		{".net.ipv4", "", ""},
		{"net..ipv4", "", ""},
		{"/net/ipv4", "", ""},
		{"net.ipv4.conf.*.rp_filter", "", ""},
		{"net/../kernel/hostname", "", ""},
		{"net.ipv4./.x", "", ""},
		{"net.ipv4.//.x", "", ""},
		{"-net.ipv4", "", ""},
		{"net. ipv4", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			key, err := dotted(tt.word)
			if key != tt.key || (err == nil) != (tt.key != "") {
				t.Fatalf("kept as %q, %v", key, err)
			}
			if err == nil && SysctlPath(key) != tt.path {
				t.Errorf("the file is %q, want %q", SysctlPath(key), tt.path)
			}
		})
	}
}

func TestAKeyNeverLeavesItsFolder(t *testing.T) {
	for _, word := range []string{"net/../../etc/passwd", "..", "net/..", "../net/x", "net/./x", "net.ipv4.../x"} {
		if key, err := dotted(word); err == nil {
			t.Errorf("%q is kept as %q, the file %q", word, key, SysctlPath(key))
		}
	}
}

func TestASettingThatIsNotPlainIsLeftToTheRealCommand(t *testing.T) {
	for _, line := range []string{
		"sysctl -w net.ipv4.ip_forward", "sysctl -w net.ipv4.ip_forward=", "sysctl -n net.ipv4.ip_forward=1", "sysctl -n -w net.ipv4.ip_forward=1",
		"sysctl -w 'net.ipv4.ip_forward = 1'", "sysctl -w 'net.ipv4.ip_forward=1 '", "sysctl -e net.ipv4.ip_forward=1", "sysctl -p file",
		"sysctl a.b=1 c.d=2", "sysctl -w", "sysctl",
	} {
		if got, err := ParseLine(line); err == nil {
			t.Errorf("%s is read as %q", line, got)
		}
	}
}
