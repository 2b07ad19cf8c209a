package kernel

import (
	"errors"
	"strings"
	"testing"
)

// TestHints checks what a learner reads after a failure. Each case begins
// with a fresh lab in which the lines before the last succeed.
func TestHints(t *testing.T) {
	pair := []string{"ip netns add ns1", "ip netns add ns2", "ip link add v1 type veth peer name v2", "ip link set v1 netns ns1"}
	tests := []struct {
		name  string
		setup []string
		line  string
		want  string // "" means: no hint
	}{
		{"a moved link is looked for where it was", pair, "ip addr add 10.0.0.1/24 dev v1", "v1 is in ns1, not in host: a moved link leaves its old namespace"},
		{"a link that is nowhere", pair, "ip -n ns1 link set eth0 up", "ns1 has no link called eth0; it has lo and v1"},
		{"a link that is misspelt", pair, "ip link set v22 up", "host has no link called v22; the nearest name is v2"},
		{"a master that is nowhere", pair, "ip link set v2 master bridge0", "host has no link called bridge0; it has lo and v2"},
		{"a namespace that is misspelt", pair, "ip -n ns3 link set lo up", "the nearest name is ns1"},
		{"a namespace that is nowhere", pair, "ip link set v2 netns blue", `the lab has no namespace called "blue"; it has ns1 and ns2`},
		{"no namespace at all", nil, "ip netns del ns1", "the lab has no named namespace yet"},
		{"host by name", nil, "ip -n host link set lo up", "host is not a named namespace"},
		{"a namespace that is there", pair, "ip netns add ns1", "ns1 was made before"},
		{"a link that is there", pair, "ip link add v2 type bridge", "host has a link called v2 already"},
		{"an other end that is there", pair, "ip link add x type veth peer name v1 netns ns1", "ns1 has a link called v1 already"},
		{"a move onto a taken name", append(pair, "ip -n ns2 link add v2 type bridge"), "ip link set v2 netns ns2", "ns2 has a link called v2 already"},
		{"lo cannot move", pair, "ip link set lo netns ns1", "each namespace has its own"},
		{"lo cannot go", nil, "ip link del lo", "goes with its namespace"},
		{"a kind that the kernel lacks", nil, "ip link add dum0 type dummy", "this kernel has no dummy"},
		{"a port of what is no bridge", append(pair, "ip link add v3 type veth peer name v4"), "ip link set v3 master v2", "v2 is a veth, not a bridge"},
		{"a bridge in a bridge", []string{"ip link add br0 type bridge", "ip link add br1 type bridge"}, "ip link set br1 master br0", "join the two"},
		{"a bridge in itself", []string{"ip link add br0 type bridge"}, "ip link set br0 master br0", "own port"},
		{"an odd first byte", pair, "ip link set v2 address 33:00:00:00:00:01", "second hex digit must be even"},
		{"a giant mtu", pair, "ip link set v2 mtu 99999999", "99999999 is a size"},
		{"an address twice", append(pair, "ip addr add 10.0.0.1/24 dev v2"), "ip addr add 10.0.0.1/24 dev v2", "v2 has 10.0.0.1 already"},
		{"a wrong length", append(pair, "ip addr add 10.0.0.1/24 dev v2"), "ip addr del 10.0.0.1/25 dev v2", "v2 has 10.0.0.1/24"},
		{"an address of another link", append(pair, "ip addr add 10.0.0.1/24 dev v2"), "ip addr del 10.0.0.1/24 dev lo", "10.0.0.1 is on v2, not on lo"},
		{"an address that is nowhere", pair, "ip addr del 10.0.0.1/24 dev v2", "it has none"},
		{"IPv6 is off", append(pair, "sysctl -w net.ipv6.conf.v2.disable_ipv6=1"), "ip addr add fd00::1/64 dev v2", "IPv6 is switched off on v2"},
		{"a gateway behind a link that is down", append(pair, "ip addr add 10.0.0.1/24 dev v2"), "ip route add default via 10.0.0.2", "bring the link up first"},
		{"a route through a link that is down", pair, "ip route add 10.5.0.0/16 dev v2", "bring the link up first"},
		{"a gateway on no network", append(pair, "ip addr add 10.0.0.1/24 dev v2", "ip link set v2 up"), "ip route add default via 10.9.9.9", "the gateway is not on any network this namespace is connected to"},
		{"a route twice", append(pair, "ip link set v2 up", "ip route add 10.5.0.0/16 dev v2"), "ip route add 10.5.0.0/16 dev v2", "same metric already"},
		{"a route to an address", append(pair, "ip link set v2 up"), "ip route add 10.5.0.1/16 dev v2", "10.5.0.1 is an address in 10.5.0.0/16"},
		{"a route that is not", nil, "ip route del default", "there is no route to this destination"},
		{"a route with other words", append(pair, "ip link set v2 up", "ip route add 10.5.0.0/16 dev v2"), "ip route del 10.5.0.0/16 via 10.0.0.9", "not with these words"},
		{"a neighbour that is not", pair, "ip neigh del 10.0.0.9 dev v2", "there is no such entry"},
		{"a setting that is not", nil, "sysctl -w net.ipv4.nothing=1", "this kernel has no setting net.ipv4.nothing"},
		{"a value that is not", nil, "sysctl -w net.ipv4.ip_forward=maybe", `"maybe" is not a value`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New()
			t.Cleanup(func() { clean(t, k) })
			do(t, k, tt.setup...)
			var e *Error
			if !errors.As(try(t, k, tt.line), &e) {
				t.Fatal("no error")
			}
			if !strings.Contains(e.Hint, tt.want) {
				t.Errorf("%s\nhint %q\nwant %q", e.Text, e.Hint, tt.want)
			}
			for _, command := range []string{"ip link", "ip addr", "ip route", "ip netns", "bridge ", "sysctl"} {
				if strings.HasPrefix(e.Hint, command) {
					t.Errorf("the hint is a command: %q", e.Hint)
				}
			}
		})
	}
}

func TestErrorsCarryTheKernelsAnswer(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip link add br0 type bridge")
	var e *Error
	if err := try(t, k, "ip link add br0 type bridge"); !errors.As(err, &e) || !isErrno(err, e.Errno) || e.Exit != 2 {
		t.Errorf("%+v", e)
	}
	if e.Line.String() != "ip link add br0 type bridge" {
		t.Errorf("the line is %q", e.Line)
	}
	if err := try(t, k, "ip route add default via 10.9.9.9"); !errors.As(err, &e) || e.Ext != "Nexthop has invalid gateway" {
		t.Errorf("the kernel's own words are lost: %+v", e)
	}
	if err := try(t, k, "ip link set nothere up"); !errors.As(err, &e) || e.Errno != 0 || e.Unwrap() != nil {
		t.Errorf("the kernel was not asked: %+v", e)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"lo", "veth_ns1", "veth_ns2", "br0"}
	tests := map[string]string{"veth_ns": "veth_ns1", "br1": "br0", "vethns1": "veth_ns1", "eth0": "", "x": "", "": "", "l": ""}
	for name, want := range tests {
		if got := nearest(name, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
