package op

import "testing"

func TestCalledNamesWhatALineIsAbout(t *testing.T) {
	for line, want := range map[string]string{
		"ip route add default via 10.0.0.1":        "ip route add",
		"ip r a default":                           "ip route add",
		"/sbin/ip -n ns1 -6 addr del x y z":        "ip addr del",
		"ip -n ns1 a d 10.0.0.1/24 dev eth0":       "ip addr del",
		"ip netns exec ns1 ip neighbour replace 1": "ip neigh replace",
		"ip netns exec ns1 ping 10.0.0.1":          "",
		"ip netns add ns1":                         "ip netns add",
		"ip route":                                 "ip route",
		"ip route get 10.0.0.1":                    "ip route get",
		"ip rule add from all lookup 7":            "ip rule",
		"bridge fdb append x":                      "bridge fdb append",
		"bridge link set dev eth0":                 "bridge link set",
		"sysctl -w net.ipv4.ip_forward=1":          "sysctl",
		"ip":                                       "",
		"ip foo":                                   "",
		"ip --nosuchoption route add":              "",
		"ping 10.0.0.1":                            "",
		"":                                         "",
	} {
		args, err := Split(line)
		if err != nil {
			t.Fatal(err)
		}
		if got := Called(args); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}
