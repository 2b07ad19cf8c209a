package run

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
)

func seenAt(in, dev string, s check.Seen) check.Check {
	s.At = check.Interface{In: in, Dev: dev}
	return check.Check{Seen: &s}
}

func TestWhatAFrameIsLikeAtEachHop(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b := newBench(t)
	b.routed()
	addr := netip.MustParseAddr
	r0, r1 := &check.Interface{In: "R", Dev: "eth0"}, &check.Interface{In: "R", Dev: "eth1"}
	a0, f0 := &check.Interface{In: "A", Dev: "eth0"}, &check.Interface{In: "F", Dev: "eth0"}
	four := check.Seen{In: "A", To: addr("192.168.2.3")}
	with := func(s check.Seen, f func(*check.Seen)) check.Seen { f(&s); return s }
	leaving := with(four, func(s *check.Seen) { s.TTL, s.MACFrom, s.MACTo = 64, a0, r0 })
	arriving := with(four, func(s *check.Seen) { s.TTL, s.MACFrom, s.MACTo, s.Source = 63, r1, f0, addr("192.168.1.1") })
	six := check.Seen{In: "A", To: addr("fd00:2::3"), TTL: 63, MACFrom: r1, MACTo: f0, Source: addr("fd00:1::1")}
	reply := with(four, func(s *check.Seen) { s.Reply, s.TTL, s.MACTo = true, 63, a0 })
	router := "ip -n A route replace default via 192.168.1."
	nft := exe("R") + "nft "
	b.breaks([]trouble{
		{"it leaves for another router", seenAt("A", "eth0", leaving), router + "6", router + "5",
			[]string{"MAC addresses of eth0 in A and eth0 in S", "the frame was sent by eth0 in A to eth0 in S"}},
		{"it arrives from another router", seenAt("F", "eth0", arriving), router + "6", router + "5",
			[]string{"(ttl 63), MAC addresses of eth1 in S and eth0 in F", "each router writes new ones"}},
		{"it has another source", seenAt("F", "eth0", arriving), nft + "add table ip x\n" + nft + "add chain ip x post '{ type nat hook postrouting priority 100 ; }'\n" + nft + "add rule ip x post masquerade", nft + "delete table ip x",
			[]string{"a request from 192.168.2.5 to 192.168.2.3", "a machine on the way has changed the source address"}},
		{"it passes fewer routers", seenAt("F", "eth0", with(four, func(s *check.Seen) { s.TTL = 63 })), exe("A") + "sysctl -q -w net.ipv4.ip_default_ttl=70", exe("A") + "sysctl -q -w net.ipv4.ip_default_ttl=64",
			[]string{"(ttl 69)", "6 routers fewer than expected"}},
		{"by IPv6 over another router", seenAt("F", "eth0", six), "ip -n A -6 route replace default via fd00:1::6", "ip -n A -6 route replace default via fd00:1::5",
			[]string{"a request from fd00:1::1 to fd00:2::3 (ttl 63), MAC addresses of eth1 in S and eth0 in F"}},
		{"the reply is lost", seenAt("A", "eth0", reply), "ip -n F route del default", "ip -n F route add default via 192.168.2.5",
			[]string{"eth0 in A saw no echo reply", "the reply has no way back: F has no route to 192.168.1.1"}},
		{"it is not forwarded", seenAt("F", "eth0", four), exe("R") + "sysctl -q -w net.ipv4.ip_forward=0", exe("R") + "sysctl -q -w net.ipv4.ip_forward=1",
			[]string{"eth0 in F saw no echo request", "R receives the packet and does not pass it on"}},
		{"it never leaves", seenAt("F", "eth0", four), "ip -n A route del default", "ip -n A route add default via 192.168.1.5",
			[]string{"the echo request never left A: the kernel would not send it", "A has no route to 192.168.2.3"}},
	})
}

func TestWhoSeesWhatASwitchSends(t *testing.T) {
	b := newBench(t)
	b.star(3)
	ping := check.Seen{In: "h1", To: netip.MustParseAddr("10.0.0.3")}
	not := seenAt("h2", "eth0", ping)
	not.Not = true
	forgetful := "ip -n sw link set br0 type bridge ageing_time 0"
	mindful := "ip -n sw link set br0 type bridge ageing_time 30000"
	b.breaks([]trouble{
		{"nobody else, until the switch forgets", not, forgetful, mindful,
			[]string{"a request from 10.0.0.1 to 10.0.0.3 (ttl 64), MAC addresses of eth0 in h1 and eth0 in h3", "the bridge br0 in sw sends a frame to all ports while it has not learned where its target is: the frame is for eth0 in h3"}},
		{"the port of the one that must not see is down", seenAt("h3", "eth0", ping), "ip -n h3 link set eth0 down", "ip -n h3 link set eth0 up",
			[]string{"never left h1", "eth0 in h3"}},
	})
	must(t, b.sh(forgetful))
	b.breaks([]trouble{{"all, until the switch learns", seenAt("h2", "eth0", ping), mindful, forgetful,
		[]string{"eth0 in h2 saw no echo request", "the bridge br0 in sw has learned that eth0 in h3 is at its port p3, and sends frames for it only there"}}})
	// The interface is gone, and so nothing can be said.
	must(t, b.sh("ip -n h2 link set eth0 name x0"))
	for _, negated := range []bool{false, true} {
		c := seenAt("h2", "eth0", ping)
		c.Not = negated
		out, err := b.decide(soon(t), c)
		must(t, err)
		if out.OK || !strings.Contains(out.Got, "there is no interface eth0 in h2") {
			t.Errorf("%+v", out)
		}
	}
}
