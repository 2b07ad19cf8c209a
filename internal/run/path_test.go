package run

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
)

// routed is A (192.168.1.1) - R - F (192.168.2.3), and a second router S on
// both networks, whose switches are in sw.
func (b *bench) routed() {
	b.t.Helper()
	b.do("ip netns add sw", "ip -n sw link add br1 type bridge", "ip -n sw link add br2 type bridge")
	join := func(node, dev, bridge, addr4, addr6 string) {
		port := node + dev
		b.do("ip -n sw link add "+port+" type veth peer name "+dev+" netns "+node,
			"ip -n "+node+" addr add "+addr4+"/24 dev "+dev, "ip -n "+node+" addr add "+addr6+"/64 dev "+dev+" nodad",
			"ip -n "+node+" link set "+dev+" up", "ip -n sw link set "+port+" master "+bridge+" up")
	}
	for _, n := range []string{"A", "F", "R", "S"} {
		b.do("ip netns add "+n, "ip -n "+n+" link set lo up")
	}
	join("A", "eth0", "br1", "192.168.1.1", "fd00:1::1")
	join("F", "eth0", "br2", "192.168.2.3", "fd00:2::3")
	join("R", "eth0", "br1", "192.168.1.5", "fd00:1::5")
	join("R", "eth1", "br2", "192.168.2.5", "fd00:2::5")
	join("S", "eth0", "br1", "192.168.1.6", "fd00:1::6")
	join("S", "eth1", "br2", "192.168.2.6", "fd00:2::6")
	b.do("ip -n sw link set br1 up", "ip -n sw link set br2 up",
		"ip -n A route add default via 192.168.1.5", "ip -n A route add default via fd00:1::5",
		"ip -n F route add default via 192.168.2.5", "ip -n F route add default via fd00:2::5")
	for _, n := range []string{"R", "S"} {
		must(b.t, b.sh(exe(n)+"sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"))
		b.talkative(n, 0)
	}
}

// talkative lets a router say that it dropped a packet once in so many
// milliseconds; 0: always.
func (b *bench) talkative(router string, millis int) {
	b.t.Helper()
	must(b.t, b.sh(fmt.Sprintf("%ssysctl -q -w net.ipv4.icmp_ratelimit=%d net.ipv6.icmp.ratelimit=%d", exe(router), millis, millis)))
}

func pathOf(to string, hops ...string) check.Check {
	p := &check.Path{In: "A", To: netip.MustParseAddr(to)}
	for _, h := range hops {
		if h == check.Silent {
			p.Hops = append(p.Hops, netip.Addr{})
		} else {
			p.Hops = append(p.Hops, netip.MustParseAddr(h))
		}
	}
	return check.Check{Path: p}
}

// trouble is a network that is broken after a check has held in it.
type trouble struct {
	name  string
	check check.Check
	harm  string
	mend  string
	words []string // each is in what was got, or in the cause
}

// breaks sees each check hold, fail for the right reason in the broken
// network, and hold again.
func (b *bench) breaks(troubles []trouble) {
	b.t.Helper()
	t := b.t.(*testing.T)
	b.patience = func(check.Check) (within, echo time.Duration) { return 0, check.EchoWait }
	for _, tr := range troubles {
		t.Run(tr.name, func(t *testing.T) {
			if out := b.patiently(tr.check); !out.OK {
				t.Fatalf("in a whole network: %+v", out)
			}
			must(t, b.sh(tr.harm))
			out, missing := b.broken(tr)
			// A packet alone may be lost: an address that is tentative sends nothing.
			for end := time.Now().Add(5 * time.Second); !out.OK && missing != "" && time.Now().Before(end); {
				out, missing = b.broken(tr)
			}
			if out.OK || missing != "" {
				t.Errorf("no %q in %+v", missing, out)
			}
			must(t, b.sh(tr.mend))
			if out := b.patiently(tr.check); !out.OK {
				t.Fatalf("after the repair: %+v", out)
			}
		})
	}
}

// broken decides once in the broken network, and finds a word that is missing.
func (b *bench) broken(tr trouble) (out check.Outcome, missing string) {
	b.t.Helper()
	out, err := b.decide(soon(b.t), tr.check)
	must(b.t, err)
	for _, w := range tr.words {
		if !strings.Contains(out.Got+"\n"+out.Cause, w) {
			return out, w
		}
	}
	return out, ""
}

func TestAPathThatIsBrokenSaysWhereAndWhy(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b := newBench(t)
	b.routed()
	four, six := pathOf("192.168.2.3", "192.168.1.5", "192.168.2.3"), pathOf("fd00:2::3", "fd00:1::5", "fd00:2::3")
	notS := pathOf("192.168.2.3", "192.168.1.6", "192.168.2.3")
	notS.Not = true
	output := func(what string) string {
		nft := exe("R") + "nft "
		return nft + "add table inet x\n" + nft + "add chain inet x out '{ type filter hook output priority 0 ; }'\n" + nft + "add rule inet x out " + what + " drop"
	}
	gone := exe("R") + "nft delete table inet x"
	b.breaks([]trouble{
		{"another router", four, "ip -n A route replace default via 192.168.1.6", "ip -n A route replace default via 192.168.1.5",
			[]string{"192.168.1.6, 192.168.2.3", "A sends to 192.168.2.3 by the route default via 192.168.1.6 dev eth0"}},
		{"another router by IPv6", six, "ip -n A -6 route replace default via fd00:1::6", "ip -n A -6 route replace default via fd00:1::5",
			[]string{"fd00:1::6, fd00:2::3", "A sends to fd00:2::3 by the route default via fd00:1::6 dev eth0"}},
		{"a silent router", four, output("icmp type time-exceeded"), gone,
			[]string{"silent, 192.168.2.3", "hop 1 passes the packet on and does not say so: a firewall rule in R may forbid it"}},
		{"no forwarding", four, exe("R") + "sysctl -q -w net.ipv4.ip_forward=0", exe("R") + "sysctl -q -w net.ipv4.ip_forward=1",
			[]string{"silent", "R receives the packet and does not pass it on: forwarding is switched off there"}},
		{"no way back", four, "ip -n F route del default", "ip -n F route add default via 192.168.2.5",
			[]string{"192.168.1.5, silent", "the reply has no way back: F has no route to 192.168.1.1"}},
		{"no route", four, "ip -n A route del default", "ip -n A route add default via 192.168.1.5",
			[]string{"the kernel would not send it", "ENETUNREACH", "A has no route to 192.168.2.3"}},
		{"the way that must not be", notS, "ip -n A route replace default via 192.168.1.6", "ip -n A route replace default via 192.168.1.5",
			[]string{"192.168.1.6, 192.168.2.3", "it is still so"}},
	})
}

func TestRoutersAreNotAskedTooOften(t *testing.T) {
	b := newBench(t)
	b.routed()
	const usual = 1000 // icmp_ratelimit in the kernel's ip-sysctl
	b.talkative("R", usual)
	if out := b.patiently(pathOf("192.168.2.3", "192.168.1.5", "192.168.2.3")); !out.OK {
		t.Fatalf("%+v", out)
	}
	// Many tries later the router still answers.
	out, err := b.decide(soon(t), pathOf("192.168.2.3", "192.168.1.9", "192.168.2.3"))
	must(t, err)
	if out.OK || out.Got != "192.168.1.5, 192.168.2.3" {
		t.Errorf("%+v", out)
	}
}
