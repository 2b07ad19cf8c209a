//go:build linux

package probe

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
)

// shape is what of a result does not vary from run to run.
type shape struct {
	Fate  measure.Fate
	TTL   int
	Errno string
	ICMP  string // who said what
}

func shapeOf(p measure.Ping) shape {
	s := shape{Fate: p.Fate, TTL: p.TTL, Errno: p.Errno}
	if p.ICMP != nil {
		s.ICMP = p.ICMP.From.String() + ": " + p.ICMP.Text
	}
	return s
}

// hasty makes the kernel ask for a neighbour every 20 ms instead of every second.
const hasty = "netns exec ns1 sysctl -qw net.ipv4.neigh.veth_ns1.retrans_time_ms=20 net.ipv6.neigh.veth_ns1.retrans_time_ms=20"

func TestEachFailureIsMeasuredAsWhatItIs(t *testing.T) {
	const wait = 200 * time.Millisecond
	tests := []struct {
		name, lab, broken, from, to string
		ttl, size                   int
		wait                        time.Duration
		want                        shape
	}{
		{name: "everything is up", lab: pair, from: "ns1", to: "10.1.1.2", want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "the other direction", lab: pair, from: "ns2", to: "10.1.1.1", want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "IPv6", lab: pair, from: "ns1", to: "fd00:1::2", want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "no data at all", lab: pair, from: "ns1", to: "10.1.1.2", size: -1, want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "three bytes of data", lab: pair, from: "ns1", to: "10.1.1.2", size: 3, want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "a packet in many fragments", lab: pair, from: "ns1", to: "10.1.1.2", size: 20000, want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "itself", lab: pair, from: "ns1", to: "10.1.1.1", want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "loopback", lab: pair, from: "ns1", to: "127.0.0.1", want: shape{Fate: measure.Answered, TTL: 64}},
		{name: "loopback of IPv6", lab: pair, from: "ns1", to: "::1", want: shape{Fate: measure.Answered, TTL: 64}},
		{
			name: "an IPv4 address written as IPv6", lab: pair, from: "ns1", to: "::ffff:10.1.1.2",
			want: shape{Fate: measure.Answered, TTL: 64},
		},
		{
			name: "lo was never up", lab: "netns add ns1\n", from: "ns1", to: "127.0.0.1",
			want: shape{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "lo was never up, IPv6", lab: "netns add ns1\n", from: "ns1", to: "::1",
			want: shape{Fate: measure.Refused, Errno: "EADDRNOTAVAIL"},
		},
		{
			name: "lo is down again", lab: pair, broken: "-n ns1 link set lo down", from: "ns1", to: "127.0.0.1",
			want: shape{Fate: measure.Silent},
		},
		{
			name: "own address and lo is down", lab: pair, broken: "-n ns1 link set lo down", from: "ns1", to: "10.1.1.1",
			want: shape{Fate: measure.Silent},
		},
		{
			name: "own link is down", lab: pair, broken: "-n ns1 link set veth_ns1 down", from: "ns1", to: "10.1.1.2",
			want: shape{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "the other end is down", lab: pair, broken: "-n ns2 link set veth_ns2 down", from: "ns1", to: "10.1.1.2",
			want: shape{Fate: measure.Silent},
		},
		{
			name: "the other end is gone", lab: pair, broken: "-n ns2 link del veth_ns2", from: "ns1", to: "10.1.1.2",
			want: shape{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "no address and no route", lab: pair, broken: "-n ns1 addr flush dev veth_ns1", from: "ns1", to: "10.1.1.2",
			want: shape{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "no route over IPv6", lab: pair, from: "ns1", to: "fd00:9::9",
			want: shape{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "nobody has the address", lab: pair, from: "ns1", to: "10.1.1.9",
			want: shape{Fate: measure.Silent},
		},
		{
			name: "nobody has the address, and the kernel has given up asking", lab: pair, broken: hasty, from: "ns1", to: "10.1.1.9",
			wait: 10 * time.Second,
			want: shape{Fate: measure.Refused, Errno: "EHOSTUNREACH", ICMP: "10.1.1.1: Destination Host Unreachable"},
		},
		{
			name: "nobody has the IPv6 address, and the kernel has given up asking", lab: pair, broken: hasty, from: "ns1", to: "fd00:1::9",
			wait: 10 * time.Second,
			want: shape{Fate: measure.Refused, Errno: "EHOSTUNREACH", ICMP: "fd00:1::1: Destination unreachable: Address unreachable"},
		},
		{
			name: "the route says unreachable", lab: pair, broken: "-n ns1 route add unreachable 10.9.9.0/24", from: "ns1", to: "10.9.9.9",
			want: shape{Fate: measure.Refused, Errno: "EHOSTUNREACH"},
		},
		{
			name: "the route says prohibit", lab: pair, broken: "-n ns1 route add prohibit 10.9.9.0/24", from: "ns1", to: "10.9.9.9",
			want: shape{Fate: measure.Refused, Errno: "EACCES"},
		},
		{
			name: "the route says blackhole", lab: pair, broken: "-n ns1 route add blackhole 10.9.9.0/24", from: "ns1", to: "10.9.9.9",
			want: shape{Fate: measure.Refused, Errno: "EINVAL"},
		},
		{
			name: "a broadcast address", lab: pair, broken: "-n ns1 addr add 10.2.2.1/24 brd + dev veth_ns1", from: "ns1", to: "10.2.2.255",
			want: shape{Fate: measure.Refused, Errno: "EACCES"},
		},
		{
			name: "a link-local address on an interface that does not exist", lab: pair, from: "ns1", to: "fe80::1%eth7",
			want: shape{Fate: measure.Refused, Errno: "ENODEV"},
		},
		{name: "over a router", lab: router, from: "a", to: "192.168.2.3", want: shape{Fate: measure.Answered, TTL: 63}},
		{name: "over a router by IPv6", lab: router, from: "a", to: "fd00:2::3", want: shape{Fate: measure.Answered, TTL: 63}},
		{
			name: "one hop is too few", lab: router, from: "a", to: "192.168.2.3", ttl: 1,
			want: shape{Fate: measure.Reported, ICMP: "192.168.1.5: Time to live exceeded"},
		},
		{
			name: "one hop is too few by IPv6", lab: router, from: "a", to: "fd00:2::3", ttl: 1,
			want: shape{Fate: measure.Reported, ICMP: "fd00:1::5: Time exceeded: Hop limit"},
		},
		{name: "two hops are enough", lab: router, from: "a", to: "192.168.2.3", ttl: 2, want: shape{Fate: measure.Answered, TTL: 63}},
		{
			name: "the router has no route", lab: router, from: "a", to: "203.0.113.1",
			want: shape{Fate: measure.Reported, ICMP: "192.168.1.5: Destination Net Unreachable"},
		},
		{
			name: "the router has no route by IPv6", lab: router, from: "a", to: "fd00:9::9",
			want: shape{Fate: measure.Reported, ICMP: "fd00:1::5: Destination unreachable: No route"},
		},
		{
			name: "the router prohibits", lab: router, broken: "-n r route add prohibit 203.0.113.0/24", from: "a", to: "203.0.113.1",
			want: shape{Fate: measure.Reported, ICMP: "192.168.1.5: Packet filtered"},
		},
		{
			name: "the router does not forward", lab: router, broken: "netns exec r sysctl -qw net.ipv4.ip_forward=0",
			from: "a", to: "192.168.2.3", want: shape{Fate: measure.Silent},
		},
		{
			name: "the reply has no way back", lab: router, broken: "-n b route del default", from: "a", to: "192.168.2.3",
			want: shape{Fate: measure.Silent},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			build(t, tt.lab+tt.broken+"\n")
			settle(t, spaces(t)...)
			req := Request{From: tt.from, To: addr(tt.to), TTL: tt.ttl, Size: tt.size, Timeout: max(wait, tt.wait)}
			got := patient(t, req, tt.want.Fate)
			if diff := cmp.Diff(tt.want, shapeOf(got)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
			if got.Sent != 1 || got.From != tt.from || got.To != req.To {
				t.Errorf("the result does not say what was asked: %+v", got)
			}
			if (got.Received == 1) != (got.RTT > 0) || got.RTT > time.Second {
				t.Errorf("an answer has a time, and nothing else has: %+v", got)
			}
		})
	}
}

func TestFirewallsAreToldApart(t *testing.T) {
	nft, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	tests := []struct {
		name, space, rules string
		want               shape
	}{
		{
			"the sender drops what it sends", "ns1", "type filter hook output priority 0; ip protocol icmp drop",
			shape{Fate: measure.Refused, Errno: "EPERM"},
		},
		{
			"the target drops what comes in", "ns2", "type filter hook input priority 0; ip protocol icmp drop",
			shape{Fate: measure.Silent},
		},
		{
			"the sender drops the answer", "ns1", "type filter hook input priority 0; ip protocol icmp drop",
			shape{Fate: measure.Silent},
		},
		{
			"the target rejects", "ns2", "type filter hook input priority 0; icmp type echo-request reject with icmp type admin-prohibited",
			shape{Fate: measure.Reported, ICMP: "10.1.1.2: Packet filtered"},
		},
		{
			"a rule that is about something else", "ns2", "type filter hook input priority 0; udp dport 53 drop",
			shape{Fate: measure.Answered, TTL: 64},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			build(t, pair)
			settle(t, "ns1", "ns2")
			cmd := exec.Command("ip", "netns", "exec", tt.space, nft, "table ip t { chain c { "+tt.rules+"; }; }")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got, err := Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.2"), Timeout: 200 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, shapeOf(got)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
		})
	}
}

func TestTheHostIsANamespaceToo(t *testing.T) {
	build(t, "link set lo up\n")
	t.Cleanup(func() { build(t, "link set lo down\n") })
	for _, name := range []string{"", "host"} {
		got, err := Ping(soon(t), Request{From: name, To: addr("127.0.0.1")})
		if err != nil || got.Fate != measure.Answered {
			t.Errorf("from %q: %+v, %v", name, got, err)
		}
	}
}

func TestALinkLocalAddressNeedsItsInterface(t *testing.T) {
	build(t, pair+"-n ns2 addr add fe80::2/64 dev veth_ns2 nodad\n-n ns1 addr add fe80::1/64 dev veth_ns1 nodad\n")
	settle(t, "ns1", "ns2")
	got, err := Ping(soon(t), Request{From: "ns1", To: addr("fe80::2%veth_ns1")})
	if err != nil || got.Fate != measure.Answered {
		t.Errorf("with the interface: %+v, %v", got, err)
	}
}

func TestWhatCannotBeTriedIsAnError(t *testing.T) {
	build(t, pair)
	settle(t, "ns1")
	t.Run("a namespace that does not exist, and the others are pinged all the same", func(t *testing.T) {
		reqs := []Request{{From: "ns9", To: addr("10.1.1.2")}, {From: "ns1", To: addr("10.1.1.2")}}
		got, err := Pings(soon(t), reqs)
		if !errors.Is(err, ErrNoNamespace) || !errors.Is(err, fs.ErrNotExist) || err.Error() != `there is no namespace "ns9"` {
			t.Errorf("error = %v", err)
		}
		if got[0].Fate != "" || got[0].Sent != 0 {
			t.Errorf("a ping that was not tried has a result: %+v", got[0])
		}
		if got[1].Fate != measure.Answered {
			t.Errorf("the other one: %+v", got[1])
		}
	})
	for name, r := range map[string]Request{
		"a name that leaves the folder": {From: "../../etc/passwd", To: addr("10.1.1.2")},
		"no address":                    {From: "ns1"},
		"too much data":                 {From: "ns1", To: addr("10.1.1.2"), Size: 70000},
		"a ttl that cannot be":          {From: "ns1", To: addr("10.1.1.2"), TTL: 300},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Ping(soon(t), r); err == nil || got.Sent != 0 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestEndOfContextEndsAPing(t *testing.T) {
	build(t, pair)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Ping(ctx, Request{From: "ns1", To: addr("10.1.1.9"), Timeout: time.Minute})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("error = %v after %s", err, time.Since(start))
	}
}

func TestEachTellsOfEveryEchoInOrder(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	var got []Reply
	err := Each(soon(t), Request{From: "ns1", To: addr("10.1.1.2"), Count: 3, Interval: 5 * time.Millisecond}, func(r Reply) {
		if r.RTT <= 0 {
			t.Errorf("no time: %+v", r)
		}
		r.RTT = 0
		got = append(got, r)
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []Reply
	for n := range 3 {
		want = append(want, Reply{Seq: n + 1, Fate: measure.Answered, From: addr("10.1.1.2"), Size: 64, TTL: 64})
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEachTellsOfSilenceAndRefusal(t *testing.T) {
	build(t, pair)
	for to, want := range map[string]measure.Fate{"10.1.1.9": measure.Silent, "10.9.9.9": measure.Refused} {
		var got []measure.Fate
		req := Request{From: "ns1", To: addr(to), Count: 2, Interval: time.Millisecond, Timeout: 50 * time.Millisecond}
		if err := Each(soon(t), req, func(r Reply) { got = append(got, r.Fate) }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]measure.Fate{want, want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", to, diff)
		}
	}
}

// The answers to other people's pings come to our socket too.
func TestStrangersAnswersAreNotOurs(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	_, err := exec.LookPath("ping")
	netlabtest.Require(t, err == nil, "ping (iputils)")
	other := exec.Command("ip", "netns", "exec", "ns1", "ping", "-q", "-i", "0.002", "-c", "200", "10.1.1.2")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	got, err := Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.9"), Count: 20, Interval: 10 * time.Millisecond, Timeout: 50 * time.Millisecond})
	if err != nil || got.Fate != measure.Silent || got.Received != 0 || got.Sent != 20 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := other.Wait(); err != nil {
		t.Errorf("the other ping lost something: %v", err)
	}
}
