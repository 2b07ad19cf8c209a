package op

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNeedsAreTheLinesBeforeALine(t *testing.T) {
	for line, want := range map[string]string{
		"ip netns add ns1":                                          "",
		"ip netns del ns1":                                          "ip netns add ns1",
		"ip link add v0 type veth peer name v1":                     "",
		"ip link set lo up":                                         "",
		"ip link set v0 up":                                         "ip link add v0 type veth peer name far1",
		"ip -n ns1 link set v0 netns ns2":                           "ip netns add ns1\nip -n ns1 link add v0 type veth peer name far1\nip netns add ns2",
		"ip link set v0 master br7":                                 "ip link add v0 type veth peer name far1\nip link add br7 type bridge",
		"ip link set v0 nomaster":                                   "ip link add v0 type veth peer name far1",
		"ip link set br0 type bridge stp_state 1":                   "ip link add br0 type bridge",
		"ip link add v0 netns ns1 type veth peer name v1 netns ns2": "ip netns add ns1\nip netns add ns2",
		"ip link add vx type vxlan id 7 dev v0 dstport 4789":        "ip link add v0 type veth peer name far1",
		"ip link del v0":                                            "ip link add v0 type veth peer name far1",
		"ip addr add 10.0.0.1/24 dev v0":                            "ip link add v0 type veth peer name far1",
		"ip addr del 10.0.0.1/24 dev v0":                            "ip link add v0 type veth peer name far1\nip addr add 10.0.0.1/24 dev v0",
		"ip addr flush dev v0":                                      "ip link add v0 type veth peer name far1",
		"ip route add default via 10.1.1.254":                       "ip link add eth0 type veth peer name far1\nip link set eth0 up\nip addr add 10.1.1.1/24 dev eth0",
		"ip route add default via 10.1.1.1":                         "ip link add eth0 type veth peer name far1\nip link set eth0 up\nip addr add 10.1.1.2/24 dev eth0",
		"ip route add 10.2.0.0/16 dev v0":                           "ip link add v0 type veth peer name far1\nip link set v0 up",
		"ip route add default via fe80::1 dev v0":                   "ip link add v0 type veth peer name far1\nip link set v0 up",
		"ip route add blackhole 10.2.0.0/16":                        "",
		"ip route add 10.2.0.0/16 dev v0 src 10.9.9.9":              "ip link add v0 type veth peer name far1\nip link set v0 up\nip addr add 10.9.9.9/32 dev v0",
		"ip route del 10.2.0.0/16":                                  "ip link add eth0 type veth peer name far1\nip link set eth0 up\nip route add 10.2.0.0/16 dev eth0",
		"ip neigh del 10.0.0.2 dev v0":                              "ip link add v0 type veth peer name far1\nip link set v0 up\nip neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev v0",
		"ip route add 10.2.0.0/16 dev lo":                           "",
		"ip -n ns1 route add 10.2.0.0/16 dev lo":                    "ip netns add ns1\nip -n ns1 link set lo up",
		"ip neigh flush all":                                        "",
		"bridge fdb add 02:00:00:00:00:05 dev v0 master":            "ip link add br0 type bridge\nip link add v0 master br0 type veth peer name far1",
		"bridge fdb append 00:00:00:00:00:00 dev vx dst 10.0.0.2":   "ip link add vx type vxlan id 1 dstport 4789",
		"bridge link set dev v0 learning off":                       "ip link add br0 type bridge\nip link add v0 master br0 type veth peer name far1",
		"bridge link set dev v0 state blocking":                     "ip link add br0 type bridge\nip link add v0 master br0 type veth peer name far1\nip link set v0 up\nip link set far1 up",
		"sysctl -w net.ipv4.ip_forward=1":                           "",
		"sysctl -w net.ipv4.conf.all.rp_filter=1":                   "",
		"sysctl -w net.ipv6.conf.v0.disable_ipv6=1":                 "ip link add v0 type veth peer name far1",
	} {
		t.Run(line, func(t *testing.T) {
			l, err := ParseLine(line)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range Needs(l) {
				got = append(got, n.String())
			}
			if d := cmp.Diff(want, strings.Join(got, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNeedsCanBeTyped: what is needed is printed, and read again by others.
func TestNeedsCanBeTyped(t *testing.T) {
	for _, line := range lines(t, "lines.txt", "ok\t") {
		l, err := ParseLine(line)
		if err != nil {
			continue // a question
		}
		for _, n := range Needs(l) {
			again, err := ParseLine(n.String())
			if err != nil {
				t.Fatalf("%s needs %s: %v", line, n, err)
			}
			if d := cmp.Diff(n.String(), again.String()); d != "" {
				t.Errorf("%s needs %s: %s", line, n, d)
			}
		}
	}
}

func TestParseTypedPassesOverPromptAndSudo(t *testing.T) {
	for _, line := range []string{"ip link set lo up", "$ ip link set lo up", "# ip link set lo up", "sudo ip link set lo up", "$ sudo ip link set lo up"} {
		l, err := ParseTyped(line)
		if err != nil || l.String() != "ip link set lo up" {
			t.Errorf("%s: %s, %v", line, l, err)
		}
	}
	if _, err := ParseTyped(`ip "link`); err == nil {
		t.Error("a quotation mark that is open is read")
	}
}
