package complaint

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextsAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		// Of ip, alone and with the command.
		"RTNETLINK answers: File exists":                                                                 "File exists",
		"rtnetlink ANSWERS:   file exists":                                                               "File exists",
		"ip route add default via 10.0.0.1: RTNETLINK answers: File exists":                              "RTNETLINK answers: File exists, of ip route add",
		"ip route add default via 10.0.0.1\nRTNETLINK answers: File exists":                              "RTNETLINK answers: File exists, of ip route add",
		"$ sudo ip -n ns1 r a default via 10.0.0.1\nRTNETLINK answers: File exists":                      "RTNETLINK answers: File exists, of ip route add",
		"root@box:~# ip netns exec ns1 ip addr add 10.0.0.1/24 dev eth0\nRTNETLINK answers: File exists": "RTNETLINK answers: File exists, of ip addr add",
		"ns1 $ ip addr replace 10.0.0.1/24 dev eth0\nRTNETLINK answers: File exists":                     "RTNETLINK answers: File exists, of ip addr add",
		"ip link add veth0 type veth\nRTNETLINK answers: File exists":                                    "RTNETLINK answers: File exists, of ip link add",
		"ip l set veth0 netns ns1\nRTNETLINK answers: File exists":                                       "RTNETLINK answers: File exists, of ip link set",
		"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0: RTNETLINK answers: File exists":        "RTNETLINK answers: File exists, of ip neigh add",
		"bridge fdb add 02:00:00:00:00:05 dev eth0\nRTNETLINK answers: File exists":                      "RTNETLINK answers: File exists, of bridge fdb add",
		"Error: ipv4: Address already assigned.":                                                         "Error: ipv4: Address already assigned.",
		"RTNETLINK answers: Operation not permitted":                                                     "RTNETLINK answers: Operation not permitted",
		"Cannot find device \"eth0\"":                                                                    "Cannot find device \"eth0\"",
		"Device \"eth0\" does not exist.":                                                                "Cannot find device \"eth0\"",
		"Error: Nexthop has invalid gateway.":                                                            "Error: Nexthop has invalid gateway.",
		"Nexthop has invalid gateway":                                                                    "Error: Nexthop has invalid gateway.",
		"RTNETLINK answers: Network is unreachable":                                                      "RTNETLINK answers: Network is unreachable, of ip route add",
		"RTNETLINK answers: No route to host":                                                            "RTNETLINK answers: No route to host, of ip route add",
		"RTNETLINK answers: No such process":                                                             "RTNETLINK answers: No such process, of ip route del",
		"ip rule del pref 5: RTNETLINK answers: No such process":                                         "No such process",
		"ip route del 10.0.0.0/8\nRTNETLINK answers: No such process":                                    "RTNETLINK answers: No such process, of ip route del",
		"RTNETLINK answers: Invalid argument":                                                            "Invalid argument",
		"ip route add 10.0.0.1/24 dev eth0: RTNETLINK answers: Invalid argument":                         "RTNETLINK answers: Invalid argument, of ip route add",
		"RTNETLINK answers: Device or resource busy":                                                     "RTNETLINK answers: Device or resource busy, of ip link set",
		"Device or resource busy":                                                                        "Device or resource busy",
		"ip addr del 10.0.0.1/24 dev eth0\nRTNETLINK answers: Cannot assign requested address":           "RTNETLINK answers: Cannot assign requested address, of ip addr del",
		"Object \"foo\" is unknown, try \"ip help\".":                                                    "Object \"foo\" is unknown, try \"ip help\".",
		"Object “foo” is unknown, try “ip help”.":                                                        "Object \"foo\" is unknown, try \"ip help\".",
		"Object \"foo\" is unknown":                                                                      "Object \"foo\" is unknown, try \"ip help\".",
		"Cannot open network namespace \"x\": No such file or directory":                                 "Cannot open network namespace \"x\": No such file or directory",
		"Cannot create namespace file \"/run/netns/x\": File exists":                                     "Cannot create namespace file \"/run/netns/x\": File exists",
		"RTNETLINK answers: Too many levels of symbolic links":                                           "RTNETLINK answers: Too many levels of symbolic links",
		// Of ping.
		"Destination Host Unreachable":                                                         "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
		"From 10.0.0.1 icmp_seq=1 Destination Host Unreachable":                                "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
		"Destination Net Unreachable":                                                          "From 10.0.0.1 icmp_seq=1 Destination Net Unreachable",
		"Destination Port Unreachable":                                                         "From 10.0.0.2 icmp_seq=1 Destination Port Unreachable",
		"Packet filtered":                                                                      "From 10.0.0.1 icmp_seq=1 Packet filtered",
		"Time to live exceeded":                                                                "From 10.0.0.1 icmp_seq=1 Time to live exceeded",
		"Frag needed and DF set (mtu = 1400)":                                                  "From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)",
		"ping: connect: Network is unreachable":                                                "ping: connect: Network is unreachable, of ping",
		"ping 10.9.9.9\nNetwork is unreachable":                                                "ping: connect: Network is unreachable, of ping",
		"ping: sendmsg: Operation not permitted":                                               "ping: sendmsg: Operation not permitted, of ping",
		"ping: socket: Operation not permitted":                                                "ping: socket: Operation not permitted, of ping",
		"ping: local error: message too long, mtu=1400":                                        "ping: local error: message too long, mtu=1400, of ping",
		"3 packets transmitted, 0 received, 100% packet loss, time 2041ms":                     "3 packets transmitted, 0 received, 100% packet loss",
		"From fd00::1 icmp_seq=1 Destination unreachable: No route":                            "From fd00::1 icmp_seq=1 Destination unreachable: No route",
		"From fd00::1 icmp_seq=1 Destination unreachable: Address unreachable":                 "From fd00::1 icmp_seq=1 Destination unreachable: Address unreachable",
		"From fd00::1 icmp_seq=1 Time exceeded: Hop limit":                                     "From fd00::1 icmp_seq=1 Time exceeded: Hop limit",
		"64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.050 ms (DUP!)":                       "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.1 ms (DUP!)",
		"ping: nosuch: Name or service not known":                                              "ping: nosuchname: Name or service not known",
		"ping: nosuch: Temporary failure in name resolution":                                   "ping: example.com: Temporary failure in name resolution",
		"curl: (6) Could not resolve host: nosuch":                                             "curl: (6) Could not resolve host: example.com",
		"ssh: Could not resolve hostname nosuch: Temporary failure in name resolution":         "ping: example.com: Temporary failure in name resolution",
		"ping: bad address 'nosuch'":                                                           "ping: nosuchname: Name or service not known",
		"ping: sendto: Network is unreachable":                                                 "ping: connect: Network is unreachable, of ping",
		"SIOCADDRT: File exists":                                                               "RTNETLINK answers: File exists, of ip route add",
		"SIOCADDRT: Network is unreachable":                                                    "RTNETLINK answers: Network is unreachable, of ip route add",
		"SIOCDELRT: No such process":                                                           "RTNETLINK answers: No such process, of ip route del",
		"SIOCSIFADDR: No such device":                                                          "Cannot find device \"eth0\"",
		"tcpdump: eth9: No such device exists":                                                 "Cannot find device \"eth0\"",
		"dial tcp: lookup nosuch: no such host":                                                "ping: nosuchname: Name or service not known",
		"Get \"http://10.0.0.2/\": context deadline exceeded":                                  "connect: Connection timed out",
		"Error: Could not process rule: No such file or directory":                             "No such file or directory",
		"ip rule add pref 5 lookup 7: RTNETLINK answers: File exists":                          "File exists",
		"ip netns exec a ping 10.0.0.9\nFrom 10.0.0.1 icmp_seq=1 Destination Host Unreachable": "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
		// Of programs that connect.
		"Connection refused": "connect: Connection refused",
		"curl: (7) Failed to connect to 10.0.0.2 port 80 after 0 ms: Couldn't connect to server": "connect: Connection refused",
		"nc: connect to 10.0.0.2 port 80 (tcp) failed: Connection refused":                       "connect: Connection refused",
		"ssh: connect to host 10.0.0.2 port 22: No route to host":                                "connect: No route to host, of connect",
		"ssh: connect to host 10.0.0.2 port 22: Connection timed out":                            "connect: Connection timed out",
		"curl: (28) Operation timed out":                                                         "connect: Connection timed out",
		"bash: connect: Network is unreachable":                                                  "connect: Network is unreachable, of connect",
		"OSError: [Errno 98] Address already in use":                                             "bind: Address already in use",
		"OSError: [Errno 99] Cannot assign requested address":                                    "bind: Cannot assign requested address, of connect",
		"dial tcp 10.0.0.2:80: connect: no route to host":                                        "connect: No route to host, of connect",
		"curl: (52) Empty reply from server":                                                     "Empty reply from server",
		"No route to host":                                                                       "No route to host",
		"Network is unreachable":                                                                 "Network is unreachable",
		"Operation not permitted":                                                                "Operation not permitted",
		"Invalid argument":                                                                       "Invalid argument",
		"No buffer space available":                                                              "No buffer space available",
		"Cannot assign requested address":                                                        "Cannot assign requested address",
		"sysctl: cannot stat /proc/sys/net/foo: No such file or directory":                       "sysctl: cannot stat /proc/sys/net/ipv4/conf/eth9/forwarding: No such file or directory",
		"sysctl: permission denied on key \"net.ipv4.ip_forward\"":                               "sysctl: permission denied on key \"net.ipv4.ip_forward\"",
		// Error numbers.
		"EEXIST":      "File exists",
		"enetunreach": "Network is unreachable",
		"errno 113":   "No route to host",
		"ip route add default via 10.0.0.1: EEXIST": "RTNETLINK answers: File exists, of ip route add",
		"connect() = -1 ENETUNREACH":                "connect: Network is unreachable, of connect",
		// States and the log.
		"inet6 fe80::1/64 scope link dadfailed tentative": "inet6 2001:db8::1/64 scope global tentative dadfailed",
		"duplicate address": "inet6 2001:db8::1/64 scope global tentative dadfailed",
		"2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500":    "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> … state DOWN",
		"10.0.0.2 dev eth0  FAILED":                                "10.0.0.2 dev eth0 FAILED",
		"IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0": "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"martian source":                                                 "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"Neighbour table overflow":                                       "neighbour: arp_cache: neighbor table overflow!",
		"neighbour: arp_cache: neighbor table overflow!":                 "neighbour: arp_cache: neighbor table overflow!",
		"[12.3] nf_conntrack: nf_conntrack: table full, dropping packet": "nf_conntrack: nf_conntrack: table full, dropping packet",
	} {
		t.Run(text, func(t *testing.T) {
			got, err := Find(text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, named(got.Complaint)); d != "" {
				t.Error(d)
			}
		})
	}
}

// named is how a test calls an entry.
func named(c Complaint) string {
	if c.Of == "" {
		return c.Said
	}
	return c.Said + ", of " + c.Of
}

func TestOfManyLinesTheFirstThatIsKnownCounts(t *testing.T) {
	const pasted = `$ ping -c 3 10.0.0.9
PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
From 10.0.0.1 icmp_seq=1 Destination Host Unreachable
From 10.0.0.1 icmp_seq=2 Destination Host Unreachable

--- 10.0.0.9 ping statistics ---
3 packets transmitted, 0 received, +2 errors, 100% packet loss, time 2041ms
`
	got, err := Find(pasted)
	if err != nil || got.Line != "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable" || got.Errno != "EHOSTUNREACH" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWithoutACommandTheOthersAreNamed(t *testing.T) {
	got, err := Find("RTNETLINK answers: File exists")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ip route add", "ip addr add", "ip link add", "ip link set", "ip neigh add", "bridge fdb add"}
	if d := cmp.Diff(want, got.Others); d != "" {
		t.Error(d)
	}
	if got, err = Find("ip route add x: RTNETLINK answers: File exists"); err != nil || got.Others != nil {
		t.Errorf("%v, %v", got.Others, err)
	}
}

func TestWhatIsNotKnownSaysWhatIsNear(t *testing.T) {
	for text, want := range map[string]string{
		"Conection refusd":              "connect: Connection refused",
		"destination hots unreachabel":  "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
		"Nexthop has a strange gateway": "Error: Nexthop has invalid gateway.",
		"something martian happened":    "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"xyzzy plugh":                   "",
		"":                              "",
		"ip link add veth0 type veth":   "*",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := Find(text)
			var unknown *Unknown
			if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "knows no error like") {
				t.Fatal(err)
			}
			switch {
			case want == "*":
			case want == "" && len(unknown.Nearest) > 0:
				t.Errorf("%q", unknown.Nearest)
			case want != "" && (len(unknown.Nearest) == 0 || unknown.Nearest[0] != want):
				t.Errorf("%q, want %q first", unknown.Nearest, want)
			}
		})
	}
}

func TestTheCatalogueIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range all() {
		name := named(c)
		if seen[name] {
			t.Errorf("%s: there are two", name)
		}
		seen[name] = true
		if c.By == "" || c.Where == "" || c.Means == "" || c.See == "" || len(c.Causes) == 0 || len(c.match) == 0 {
			t.Errorf("%s: something is missing: %+v", name, c)
		}
		for _, text := range []string{c.By, c.Where, c.Means, c.Not} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", name, text)
			}
		}
		for _, cause := range c.Causes {
			if cause.Why == "" || cause.Look == "" {
				t.Errorf("%s: %+v", name, cause)
			}
			cures(t, name, cause.Look)
		}
		if c.Errno != "" {
			if e, ok := byName(c.Errno); !ok || e.Name != c.Errno {
				t.Errorf("%s: there is no error number %s", name, c.Errno)
			}
		}
		for _, pattern := range c.match {
			if pattern != strings.ToLower(pattern) {
				t.Errorf("%s: %q has capitals, and would never fit", name, pattern)
			}
		}
		text := c.Said
		if c.Of != "" {
			text = c.Of + " …\n" + text
		}
		if got, err := Find(text); err != nil || named(got.Complaint) != name {
			t.Errorf("%q finds %q, %v", text, named(got.Complaint), err)
		}
	}
}

// cures sees that where to look changes nothing.
func cures(t *testing.T, name, look string) {
	t.Helper()
	for _, verb := range []string{" add ", " del ", " set ", "sysctl -w", " flush", "=1", "=0"} {
		if strings.Contains(look, verb) {
			t.Errorf("%s: %q is more than looking", name, look)
		}
	}
}

func TestErrorNumbersHaveNames(t *testing.T) {
	if got := ByNumber(17); got.Name != "EEXIST" || got.Text != "File exists" {
		t.Errorf("%+v", got)
	}
	if got := ByNumber(4000); got.Name != "" {
		t.Errorf("%+v", got)
	}
	for _, name := range []string{"ENOTSUP", "eopnotsupp"} {
		if e, ok := byName(name); !ok || e.Number != 95 {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestAlikeForgivesOneSlip(t *testing.T) {
	for pair, want := range map[string]bool{
		"refused refused": true, "refusd refused": true, "refussed refused": true, "refuced refused": true, "refuesd refused": true,
		"refuse refused": true, "refu refused": false, "xefuxed refused": false, "abcd dcba": false,
	} {
		a, b, _ := strings.Cut(pair, " ")
		if alike(a, b) != want || alike(b, a) != want {
			t.Errorf("%s: not %v", pair, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, c := range all() {
		f.Add(c.Said)
		f.Add(c.Of + " x: " + c.Said)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Find(text)
		if (err == nil) != (got.Said != "") {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
