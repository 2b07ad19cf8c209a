//go:build linux

package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// listen serves a port of a namespace until the end of the test: TCP takes
// every connection, UDP gives back what it is sent.
func listen(t testing.TB, in, network, at string) {
	t.Helper()
	var closer interface{ Close() error }
	var err error
	if strings.HasPrefix(network, "udp") {
		c, err2 := netns.Socket(in, func() (net.PacketConn, error) { return net.ListenPacket(network, at) })
		if closer, err = c, err2; err == nil {
			go echoes(c)
		}
	} else {
		l, err2 := netns.Socket(in, func() (net.Listener, error) { return net.Listen(network, at) })
		if closer, err = l, err2; err == nil {
			go accepts(l)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
}

func accepts(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
	}
}

func echoes(c net.PacketConn) {
	buf := make([]byte, 2048)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		_, _ = c.WriteTo(buf[:n], from)
	}
}

// knocked is what of a result does not vary from run to run.
type knocked struct {
	Fate       measure.Fate
	Errno      string
	ICMP       string // who said what
	Sent, Data bool   // it has a port of its own, and data by which it is known
}

func knockedOf(t measure.Trace) knocked {
	k := knocked{Fate: t.Fate, Errno: t.Errno, Sent: t.Local != 0, Data: len(t.Token) > 0}
	if t.ICMP != nil {
		k.ICMP = t.ICMP.From.String() + ": " + t.ICMP.Text
	}
	return k
}

// impatient makes a namespace ask for its neighbours quickly.
func impatient(name, link string) string {
	at := link + ".retrans_time_ms=20"
	return "netns exec " + name + " sysctl -qw net.ipv4.neigh." + at + " net.ipv6.neigh." + at + "\n"
}

func filter(name, hook, rule string) string {
	return "netns exec " + name + " nft add table inet f; add chain inet f c { type filter hook " + hook + " priority 0 ; } ; add rule inet f c " + rule + "\n"
}

func TestEachKnockIsMeasuredAsWhatItIs(t *testing.T) {
	const port = 8080
	answered, closed, silent := knocked{Fate: measure.Answered, Sent: true}, knocked{Fate: measure.Closed, Sent: true}, knocked{Fate: measure.Silent, Sent: true}
	data := func(k knocked) knocked { k.Data = true; return k }
	reported := func(by, text string) knocked {
		return knocked{Fate: measure.Reported, ICMP: by + ": " + text, Sent: true}
	}
	tests := []struct {
		name, broken string
		serve        bool
		proto        measure.Proto
		to           string
		size         int
		want         knocked
	}{
		{name: "TCP is answered", serve: true, proto: measure.TCP, to: "192.168.2.3", want: answered},
		{name: "TCP is answered by IPv6", serve: true, proto: measure.TCP, to: "fd00:2::3", want: answered},
		{name: "TCP to itself, where nobody listens", serve: true, proto: measure.TCP, to: "192.168.1.1", want: closed},
		{name: "nobody listens by TCP", proto: measure.TCP, to: "192.168.2.3", want: closed},
		{name: "nobody listens by TCP and IPv6", proto: measure.TCP, to: "fd00:2::3", want: closed},
		{name: "TCP is dropped", serve: true, proto: measure.TCP, to: "192.168.2.3", broken: filter("b", "input", "tcp dport 8080 drop"), want: silent},
		{name: "TCP is dropped, IPv6", serve: true, proto: measure.TCP, to: "fd00:2::3", broken: filter("b", "input", "tcp dport 8080 drop"), want: silent},
		{
			name: "a router prohibits TCP", serve: true, proto: measure.TCP, to: "192.168.2.3",
			broken: filter("r", "forward", "meta l4proto tcp reject with icmpx admin-prohibited"), want: reported("192.168.1.5", "Packet filtered"),
		},
		{
			name: "a router prohibits TCP by IPv6", serve: true, proto: measure.TCP, to: "fd00:2::3",
			broken: filter("r", "forward", "meta l4proto tcp reject with icmpx admin-prohibited"), want: reported("fd00:1::5", "Destination unreachable: Administratively prohibited"),
		},
		{
			name: "a firewall says that the port is unreachable", serve: true, proto: measure.TCP, to: "192.168.2.3",
			broken: filter("r", "forward", "meta l4proto tcp reject with icmpx port-unreachable"), want: reported("192.168.1.5", "Destination Port Unreachable"),
		},
		{
			name: "the firewall of the target says so", serve: true, proto: measure.TCP, to: "192.168.2.3",
			broken: filter("b", "input", "meta l4proto tcp reject with icmpx port-unreachable"), want: reported("192.168.2.3", "Destination Port Unreachable"),
		},
		{
			name: "a firewall resets the connection", serve: true, proto: measure.TCP, to: "192.168.2.3",
			broken: filter("r", "forward", "meta l4proto tcp reject with tcp reset"), want: closed,
		},
		{
			name: "the router finds nobody at home", proto: measure.TCP, to: "192.168.2.99", broken: impatient("r", "eth1"),
			want: reported("192.168.1.5", "Destination Host Unreachable"),
		},
		{
			name: "the router finds nobody at home, IPv6", proto: measure.TCP, to: "fd00:2::99", broken: impatient("r", "eth1"),
			want: reported("fd00:1::5", "Destination unreachable: Address unreachable"),
		},
		{
			name: "the router has no route", proto: measure.TCP, to: "203.0.113.1",
			want: reported("192.168.1.5", "Destination Net Unreachable"),
		},
		{
			name: "nobody answers ARP", proto: measure.TCP, to: "192.168.1.99", broken: impatient("a", "eth0"),
			want: knocked{Fate: measure.Refused, Errno: "EHOSTUNREACH", ICMP: "192.168.1.1: Destination Host Unreachable", Sent: true},
		},
		{
			name: "there is no route", proto: measure.TCP, to: "203.0.113.1", broken: "-n a route del default\n",
			want: knocked{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "there is no route for IPv6", proto: measure.TCP, to: "2001:db8::1", broken: "-n a -6 route del default\n",
			want: knocked{Fate: measure.Refused, Errno: "ENETUNREACH"},
		},
		{
			name: "a route prohibits it", proto: measure.TCP, to: "203.0.113.1", broken: "-n a route add prohibit 203.0.113.0/24\n",
			want: knocked{Fate: measure.Refused, Errno: "EACCES"},
		},
		// The kernel does not tell of a SYN that its own firewall drops: it tries again.
		{name: "the own firewall drops TCP", serve: true, proto: measure.TCP, to: "192.168.2.3", broken: filter("a", "output", "meta l4proto tcp drop"), want: silent},
		{name: "UDP is answered", serve: true, proto: measure.UDP, to: "192.168.2.3", want: data(answered)},
		{name: "UDP is answered by IPv6", serve: true, proto: measure.UDP, to: "fd00:2::3", want: data(answered)},
		{name: "a large datagram", serve: true, proto: measure.UDP, to: "192.168.2.3", size: 1400, want: data(answered)},
		{name: "nobody listens by UDP", proto: measure.UDP, to: "192.168.2.3", want: data(knocked{Fate: measure.Closed, Sent: true, ICMP: "192.168.2.3: Destination Port Unreachable"})},
		{name: "nobody listens by UDP and IPv6", proto: measure.UDP, to: "fd00:2::3", want: data(knocked{Fate: measure.Closed, Sent: true, ICMP: "fd00:2::3: Destination unreachable: Port unreachable"})},
		{name: "nobody listens in the own namespace", proto: measure.UDP, to: "192.168.1.1", want: data(knocked{Fate: measure.Closed, Sent: true, ICMP: "192.168.1.1: Destination Port Unreachable"})},
		{name: "UDP is dropped", serve: true, proto: measure.UDP, to: "192.168.2.3", broken: filter("b", "input", "udp dport 8080 drop"), want: data(silent)},
		{
			name: "a router prohibits UDP", serve: true, proto: measure.UDP, to: "192.168.2.3",
			broken: filter("r", "forward", "meta l4proto udp reject with icmpx admin-prohibited"), want: data(reported("192.168.1.5", "Packet filtered")),
		},
		{
			name: "a router says that the port is unreachable", serve: true, proto: measure.UDP, to: "192.168.2.3",
			broken: filter("r", "forward", "meta l4proto udp reject with icmpx port-unreachable"), want: data(reported("192.168.1.5", "Destination Port Unreachable")),
		},
		{
			name: "the own firewall drops UDP", serve: true, proto: measure.UDP, to: "192.168.2.3", broken: filter("a", "output", "meta l4proto udp drop"),
			want: data(knocked{Fate: measure.Refused, Errno: "EPERM", Sent: true}),
		},
		{name: "an echo is answered", proto: measure.ICMP, to: "192.168.2.3", want: knocked{Fate: measure.Answered, Data: true}},
		{name: "an echo is dropped", proto: measure.ICMP, to: "fd00:2::3", broken: filter("b", "input", "icmpv6 type echo-request drop"), want: knocked{Fate: measure.Silent, Data: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Contains(tt.broken, " nft ") {
				_, err := exec.LookPath("nft")
				netlabtest.Require(t, err == nil, "nft")
			}
			build(t, router)
			disturb(t, tt.broken)
			settle(t, spaces(t)...)
			if tt.serve {
				listen(t, "b", "tcp", fmt.Sprint(":", port))
				listen(t, "b", "udp", fmt.Sprint(":", port))
			}
			k := Knock{From: "a", To: addr(tt.to), Proto: tt.proto, Port: port, Size: tt.size, Timeout: 400 * time.Millisecond}
			got := patientKnock(t, k, tt.want.Fate)
			if diff := cmp.Diff(tt.want, knockedOf(got)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
			if got.From != "a" || got.To != k.To || got.Proto != tt.proto || (got.RTT > 0) != (got.Fate == measure.Answered) || len(got.Capture.Packets) > 0 {
				t.Errorf("it does not say what was asked, or more: %+v", got)
			}
			nothingLeft(t)
		})
	}
}

// disturb does lines of ip, and nft as a whole after "netns exec NAME".
func disturb(t *testing.T, lines string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		args := strings.Fields(line)
		if before, rules, ok := strings.Cut(strings.TrimSpace(line), " nft "); ok {
			args = append(strings.Fields(before), "nft", rules)
		}
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
}

// patientKnock knocks again where an IPv6 address is too young to be used.
func patientKnock(t *testing.T, k Knock, want measure.Fate) measure.Trace {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		got, err := k.Reach(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		if got.Fate == want || !is6(k.To) || time.Now().After(end) {
			return got
		}
		forgetAll(t, k.From)
	}
}

// nothingLeft: no socket that waits (TIME_WAIT or another state) remains at
// either end, but those that listen.
func nothingLeft(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("ss")
	netlabtest.Require(t, err == nil, "ss (iproute2)")
	left := ""
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		left = ""
		for _, name := range spaces(t) {
			out, err := exec.Command("ip", "netns", "exec", name, "ss", "-Htan", "exclude", "listening").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			left += string(out)
		}
		if left == "" {
			return
		}
	}
	t.Errorf("sockets are left:\n%s", left)
}

// A new TCP socket wakes the poller at once, which means nothing: 200 attempts
// into the void, and none is answered.
func TestNoConnectionIsNoAnswer(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	build(t, "-n ns2 link set veth_ns2 down\n")
	for i := range 200 {
		got, err := Knock{From: "ns1", To: addr("10.1.1.2"), Proto: measure.TCP, Port: 80, Timeout: 2 * time.Millisecond}.Reach(soon(t))
		if err != nil || got.Fate == measure.Answered {
			t.Fatalf("attempt %d: %+v, %v", i, got, err)
		}
	}
}

func TestTheEndOfTheContextEndsAKnock(t *testing.T) {
	build(t, pair)
	disturb(t, "-n ns2 link set veth_ns2 down\n")
	for _, proto := range []measure.Proto{measure.ICMP, measure.TCP, measure.UDP} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		_, err := Knock{From: "ns1", To: addr("10.1.1.2"), Proto: proto, Port: 80, Timeout: time.Minute}.Reach(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %v after %v", proto, err, time.Since(began))
		}
	}
}

// A datagram carries what it is told to, and is known by the beginning of it.
func TestAKnockWithDataOfItsOwn(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	heard := make(chan string, 1)
	c, err := netns.Socket("ns2", func() (net.PacketConn, error) { return net.ListenPacket("udp4", ":8080") })
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		buf := make([]byte, 100)
		if n, from, err := c.ReadFrom(buf); err == nil {
			heard <- string(buf[:n])
			_, _ = c.WriteTo(buf[:n], from)
		}
	}()
	const data = "twelve bytes and more"
	got, err := Knock{From: "ns1", To: addr("10.1.1.2"), Proto: measure.UDP, Port: 8080, Data: []byte(data)}.Reach(soon(t))
	if err != nil || got.Fate != measure.Answered || got.Size != len(data) || string(got.Token) != data[:8] {
		t.Fatalf("%+v, %v", got, err)
	}
	if said := <-heard; said != data {
		t.Errorf("%q, want %q", said, data)
	}
}

func TestAKnockFromNowhere(t *testing.T) {
	for _, proto := range []measure.Proto{measure.ICMP, measure.TCP, measure.UDP} {
		if _, err := (Knock{From: "nobody", To: addr("10.1.1.2"), Proto: proto, Port: 80}).Reach(soon(t)); !errors.Is(err, ErrNoNamespace) {
			t.Errorf("%s: %v", proto, err)
		}
	}
}

func TestExtendedError(t *testing.T) {
	v4 := []byte{113, 0, 0, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 192, 168, 1, 5}
	v6 := append([]byte{13, 0, 0, 0, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0}, netip.MustParseAddr("fd00::5").AsSlice()...)
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"IPv4", v4, "192.168.1.5: Destination Host Unreachable"},
		{"IPv6", v6, "fd00::5: Destination unreachable: Administratively prohibited"},
		{"a local error", append([]byte{90, 0, 0, 0, 1}, v4[5:]...), ""},
		{"the address is cut off", v4[:20], ""},
		{"the address of IPv6 is cut off", v6[:30], ""},
		{"another family", append(append([]byte{}, v4[:16]...), 99, 0, 0, 0, 1, 2, 3, 4), ""},
		{"nothing", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if r := extended(tt.in); r != nil {
				got = r.From.String() + ": " + r.Text
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzExtendedError(f *testing.F) {
	f.Add([]byte{113, 0, 0, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 192, 168, 1, 5})
	f.Fuzz(func(_ *testing.T, b []byte) { extended(b) })
}
