package complaint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextsAreRecognised(t *testing.T) {
	for _, texts := range []func() map[string]string{textsOfIP, textsOfPing, textsOfConnect, textsOfNumbers, textsOfStates} {
		for text, want := range texts() {
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
}

// named is how a test calls an entry.
func named(c Complaint) string {
	if c.Of == "" {
		return c.Said
	}
	return c.Said + ", of " + c.Of
}

// textsOfIP are those of ip, alone and with the command.
func textsOfIP() map[string]string {
	return map[string]string{
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
	}
}

// textsOfPing are those of ping, of the resolver, and of older programs.
func textsOfPing() map[string]string {
	return map[string]string{
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
	}
}

// textsOfConnect are those of programs that connect, and bare words.
func textsOfConnect() map[string]string {
	return map[string]string{
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
	}
}

// textsOfNumbers are error numbers.
func textsOfNumbers() map[string]string {
	return map[string]string{
		"EEXIST":      "File exists",
		"enetunreach": "Network is unreachable",
		"errno 113":   "No route to host",
		"ip route add default via 10.0.0.1: EEXIST": "RTNETLINK answers: File exists, of ip route add",
		"connect() = -1 ENETUNREACH":                "connect: Network is unreachable, of connect",
	}
}

// textsOfStates are words of ip show and of the kernel log.
func textsOfStates() map[string]string {
	return map[string]string{
		"inet6 fe80::1/64 scope link dadfailed tentative": "inet6 2001:db8::1/64 scope global tentative dadfailed",
		"duplicate address": "inet6 2001:db8::1/64 scope global tentative dadfailed",
		"2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500":    "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> … state DOWN",
		"10.0.0.2 dev eth0  FAILED":                                "10.0.0.2 dev eth0 FAILED",
		"IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0": "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"martian source":                                                 "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"Neighbour table overflow":                                       "neighbour: arp_cache: neighbor table overflow!",
		"neighbour: arp_cache: neighbor table overflow!":                 "neighbour: arp_cache: neighbor table overflow!",
		"[12.3] nf_conntrack: nf_conntrack: table full, dropping packet": "nf_conntrack: nf_conntrack: table full, dropping packet",
	}
}
