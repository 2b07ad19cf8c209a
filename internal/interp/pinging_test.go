package interp

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/probe"
)

// pingOf reads a line and makes a ping of it that has not begun.
func pingOf(t *testing.T, line, addr string) (*pinging, *strings.Builder, *strings.Builder) {
	t.Helper()
	l, ok := readPingLine(strings.Fields(line))
	if !ok || l.usage != "" {
		t.Fatalf("%q is no ping of ours: %+v", line, l)
	}
	var out, errOut strings.Builder
	_, err := netip.ParseAddr(l.target)
	p := &pinging{
		line: l, target: target{typed: l.target, addr: netip.MustParseAddr(addr), named: err != nil}, out: &out, err: &errOut,
		name: func(a netip.Addr) string { return "two.lab (" + a.String() + ")" },
	}
	return p, &out, &errOut
}

func answer(seq int, rtt time.Duration, from string) probe.Reply {
	return probe.Reply{Seq: seq, Fate: measure.Answered, From: netip.MustParseAddr(from), Size: 64, TTL: 63, RTT: rtt}
}

func silent(seq int) probe.Reply { return probe.Reply{Seq: seq, Fate: measure.Silent} }

// play runs a ping on which these replies come at once.
func play(t *testing.T, p *pinging, replies ...probe.Reply) int {
	t.Helper()
	err := p.run(context.Background(), "ns1", func(_ context.Context, _ probe.Request, f func(probe.Reply)) error {
		for _, r := range replies {
			f(r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.finish()
}

func TestPingShowsItsTargetAsItWasGiven(t *testing.T) {
	for name, tt := range map[string]struct{ line, addr, want string }{
		"an address":             {"ping -c1 10.1.1.2", "10.1.1.2", "PING 10.1.1.2 (10.1.1.2) 56(84) bytes of data.\n64 bytes from 10.1.1.2: icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"a name":                 {"ping -c1 two", "10.1.1.2", "PING two (10.1.1.2) 56(84) bytes of data.\n64 bytes from two.lab (10.1.1.2): icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"a name, numbers wanted": {"ping -nc1 two", "10.1.1.2", "PING two (10.1.1.2) 56(84) bytes of data.\n64 bytes from 10.1.1.2: icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"IPv6":                   {"ping -c1 fd00::2", "fd00::2", "PING fd00::2(fd00::2) 56 data bytes\n64 bytes from fd00::2: icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"a name with IPv6":       {"ping -c1 six", "fd00::2", "PING six(two.lab (fd00::2)) 56 data bytes\n64 bytes from two.lab (fd00::2): icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"the same, numbers":      {"ping -c1 -n six", "fd00::2", "PING six(fd00::2) 56 data bytes\n64 bytes from fd00::2: icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"quietly":                {"ping -qc1 10.1.1.2", "10.1.1.2", "PING 10.1.1.2 (10.1.1.2) 56(84) bytes of data.\n"},
		"too small for the time": {"ping -c1 -s 15 10.1.1.2", "10.1.1.2", "PING 10.1.1.2 (10.1.1.2) 15(43) bytes of data.\n64 bytes from 10.1.1.2: icmp_seq=1 ttl=63\n"},
		"just enough for it":     {"ping -c1 -s 16 10.1.1.2", "10.1.1.2", "PING 10.1.1.2 (10.1.1.2) 16(44) bytes of data.\n64 bytes from 10.1.1.2: icmp_seq=1 ttl=63 time=0.500 ms\n"},
		"no data":                {"ping -c1 -s0 10.1.1.2", "10.1.1.2", "PING 10.1.1.2 (10.1.1.2) 0(28) bytes of data.\n64 bytes from 10.1.1.2: icmp_seq=1 ttl=63\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p, out, errOut := pingOf(t, tt.line, tt.addr)
			if exit := play(t, p, answer(1, 500*time.Microsecond, tt.addr)); exit != 0 || errOut.Len() > 0 {
				t.Errorf("exit %d: %s", exit, errOut)
			}
			shown, _, _ := strings.Cut(out.String(), "\n---")
			if d := cmp.Diff(tt.want, shown); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPingSumsUp(t *testing.T) {
	const to = "10.1.1.2"
	gateway := func(seq int, text string) probe.Reply {
		return probe.Reply{Seq: seq, Fate: measure.Reported, ICMP: &measure.ICMPError{From: netip.MustParseAddr("10.1.1.1"), Text: text}}
	}
	for name, tt := range map[string]struct {
		line    string
		replies []probe.Reply
		exit    int
		want    string // the last lines
	}{
		"one answer": {"ping -c1 10.1.1.2", []probe.Reply{answer(1, 2*time.Millisecond, to)}, 0,
			"1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 2.000/2.000/2.000/0.000 ms\n"},
		"no answer": {"ping -c1 10.1.1.2", []probe.Reply{silent(1)}, 1,
			"1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n"},
		"an error instead": {"ping -c1 10.1.1.2", []probe.Reply{gateway(1, "Destination Host Unreachable")}, 1,
			"1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n\n"},
		"an error and then the answer": {"ping -c1 10.1.1.2", []probe.Reply{gateway(1, "Redirect Host(New nexthop: 10.1.1.3)"), answer(1, time.Millisecond, to)}, 0,
			"1 packets transmitted, 1 received, +1 errors, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms\n"},
		"answers that differ": {"ping -c3 10.1.1.2", []probe.Reply{answer(1, 4*time.Millisecond, to), answer(2, time.Millisecond, to), answer(3, time.Millisecond, to)}, 0,
			"rtt min/avg/max/mdev = 1.000/2.000/4.000/1.414 ms\n"},
		"two came twice": {"ping -c1 10.1.1.2", []probe.Reply{answer(1, time.Millisecond, to), answer(1, time.Millisecond, to), answer(1, time.Millisecond, to)}, 0,
			"1 packets transmitted, 1 received, +2 duplicates, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms\n"},
		"too small for times": {"ping -c1 -s4 10.1.1.2", []probe.Reply{answer(1, time.Millisecond, to)}, 0,
			"1 packets transmitted, 1 received, 0% packet loss, time 0ms\n\n"},
		"a deadline that is kept": {"ping -w5 -c1 10.1.1.2", []probe.Reply{answer(1, time.Millisecond, to)}, 0,
			"1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms\n"},
		"a deadline with too few": {"ping -w5 -c2 10.1.1.2", []probe.Reply{answer(1, time.Millisecond, to)}, 1,
			"1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms\n"},
		"a deadline and an error": {"ping -w5 -c1 10.1.1.2", []probe.Reply{gateway(1, "Time to live exceeded"), answer(2, time.Millisecond, to)}, 0,
			"2 packets transmitted, 1 received, +1 errors, 50% packet loss, "},
	} {
		t.Run(name, func(t *testing.T) {
			p, out, _ := pingOf(t, tt.line, to)
			if exit := play(t, p, tt.replies...); exit != tt.exit {
				t.Errorf("exit %d, not %d", exit, tt.exit)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("no %q in\n%s", tt.want, out)
			}
		})
	}
}

func TestPingTellsWhatTheKernelRefused(t *testing.T) {
	p, out, errOut := pingOf(t, "ping -c2 10.1.1.2", "10.1.1.2")
	play(t, p, probe.Reply{Seq: 1, Fate: measure.Refused, Errno: "ENETUNREACH", Text: "network is unreachable"}, probe.Reply{Seq: 2, Fate: measure.Refused, Errno: "EPERM", Text: "operation not permitted"})
	if got := errOut.String(); got != "ping: sendmsg: Network is unreachable\nping: sendmsg: Operation not permitted\n" {
		t.Errorf("stderr: %q", got)
	}
	if strings.Contains(out.String(), "errors") {
		t.Errorf("what was not sent is no error of the network:\n%s", out)
	}
}

func TestPingAsksTheProberForWhatTheLineSays(t *testing.T) {
	to := netip.MustParseAddr("10.1.1.2")
	for line, want := range map[string]probe.Request{
		"ping -c3 10.1.1.2":              {Count: 3, Interval: time.Second, Timeout: 10 * time.Second, Size: 56},
		"ping -c1 -s0 10.1.1.2":          {Count: 1, Interval: time.Second, Timeout: 10 * time.Second, Size: -1},
		"ping -c1 -t7 -W .5 10.1.1.2":    {Count: 1, Interval: time.Second, Timeout: time.Second / 2, Size: 56, TTL: 7},
		"ping -c9 -i0 -W0 10.1.1.2":      {Count: 9, Interval: time.Millisecond, Timeout: time.Millisecond, Size: 56},
		"ping -w3 10.1.1.2":              {Count: 3, Interval: time.Second, Timeout: 10 * time.Second, Size: 56},
		"ping -w1 -i.3 -c2 10.1.1.2":     {Count: 4, Interval: 300 * time.Millisecond, Timeout: 10 * time.Second, Size: 56},
		"ping -w1 -i5 10.1.1.2":          {Count: 1, Interval: 5 * time.Second, Timeout: 10 * time.Second, Size: 56},
		"ping -c2 -s 1000 -i 2 10.1.1.2": {Count: 2, Interval: 2 * time.Second, Timeout: 10 * time.Second, Size: 1000},
	} {
		p, _, _ := pingOf(t, line, "10.1.1.2")
		want.From, want.To = "ns1", to
		if d := cmp.Diff(want, p.request("ns1"), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

// TestPingWithoutEndGoesOnUntilAnswered: the first request may be lost.
func TestPingWithoutEndGoesOnUntilAnswered(t *testing.T) {
	for line, requests := range map[string]int{"ping 10.1.1.2": 10, "ping -W 1 10.1.1.2": 1, "ping -i 2 10.1.1.2": 5, "ping -W0 10.1.1.2": 1} {
		p, out, _ := pingOf(t, line, "10.1.1.2")
		var endless bool
		if p.line, endless = p.line.untilAnswered(); !endless || p.total() != requests {
			t.Errorf("%s: endless: %v, %d requests", line, endless, p.total())
		}
		if exit := play(t, p, silent(1), answer(2, time.Millisecond, "10.1.1.2")); exit != 0 {
			t.Errorf("%s: exit code %d:\n%s", line, exit, out)
		}
		p, _, _ = pingOf(t, line, "10.1.1.2")
		p.line, _ = p.line.untilAnswered()
		if exit := play(t, p, silent(1), silent(2)); exit != 1 {
			t.Errorf("%s, never answered: exit code %d", line, exit)
		}
	}
	for _, line := range []string{"ping -c3 10.1.1.2", "ping -w3 10.1.1.2"} {
		p, _, _ := pingOf(t, line, "10.1.1.2")
		if same, endless := p.line.untilAnswered(); endless || same != p.line {
			t.Errorf("%s is made %+v", line, same)
		}
	}
}

// TestPingEndsWhenNoMoreIsToBeExpected: the prober alone would wait as long
// as -W says.
func TestPingEndsWhenNoMoreIsToBeExpected(t *testing.T) {
	untilTold := func(replies ...probe.Reply) func(context.Context, probe.Request, func(probe.Reply)) error {
		return func(ctx context.Context, _ probe.Request, f func(probe.Reply)) error {
			for _, r := range replies {
				f(r)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Second):
				return errors.New("nobody told it to stop")
			}
		}
	}
	icmp := &measure.ICMPError{From: netip.MustParseAddr("10.1.1.1"), Text: "Destination Net Unreachable"}
	for name, tt := range map[string]struct {
		line    string
		replies []probe.Reply
	}{
		"all have answered":            {"ping -c2 10.1.1.2", []probe.Reply{answer(1, 1, "10.1.1.2"), answer(2, 1, "10.1.1.2")}},
		"the last one is late":         {"ping -c2 -i .05 10.1.1.2", []probe.Reply{answer(1, time.Millisecond, "10.1.1.2")}},
		"an error before the deadline": {"ping -w 15 10.1.1.2", []probe.Reply{{Seq: 1, Fate: measure.Reported, ICMP: icmp}}},
		"the deadline":                 {"ping -w 1 10.1.1.2", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pingOf(t, tt.line, "10.1.1.2")
			if err := p.run(context.Background(), "", untilTold(tt.replies...)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheProbersOwnTroubleIsTold(t *testing.T) {
	p, _, _ := pingOf(t, "ping -c1 10.1.1.2", "10.1.1.2")
	want := errors.New("no socket")
	if err := p.run(context.Background(), "", func(context.Context, probe.Request, func(probe.Reply)) error { return want }); !errors.Is(err, want) {
		t.Errorf("err = %v", err)
	}
}
