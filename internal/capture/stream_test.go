package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// build makes a network with the real ip: each line is what follows that word.
func build(t testing.TB, lines string) {
	t.Helper()
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	t.Cleanup(func() { _ = exec.Command("sh", "-c", "ip -all netns delete").Run() })
	var script strings.Builder
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			script.WriteString("ip " + line + "\n")
		}
	}
	if out, err := exec.Command("sh", "-ec", script.String()).CombinedOutput(); err != nil {
		t.Fatalf("cannot build the network: %v\n%s", err, out)
	}
}

// pair is two namespaces with a cable, without IPv6, which would talk. Who asks for
// a link lets its carrier count at once: else the first frame may be lost.
const pair = `
netns add ns1
netns add ns2
netns exec ns1 sysctl -qw net.ipv6.conf.default.disable_ipv6=1
netns exec ns2 sysctl -qw net.ipv6.conf.default.disable_ipv6=1
link add eth0 netns ns1 type veth peer name eth0 netns ns2
-n ns1 addr add 10.1.1.1/24 dev eth0
-n ns2 addr add 10.1.1.2/24 dev eth0
-n ns1 link set eth0 up
-n ns2 link set eth0 up
-n ns1 link set lo up
-n ns1 link show dev eth0
-n ns2 link show dev eth0
-n ns1 neigh add 10.1.1.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent
`

func tuned(t testing.TB, opt Options) *Stream {
	t.Helper()
	s, err := Listen(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// gather is all that a stream saw while f ran.
func gather(t testing.TB, s *Stream, f func()) measure.Capture {
	t.Helper()
	f()
	b, err := s.Rest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return measure.Capture{Points: b.Points, Packets: b.Packets}
}

// sender is a UDP socket in a namespace.
func sender(t testing.TB, space, from, to string) *net.UDPConn {
	t.Helper()
	c, err := netns.Socket(space, func() (*net.UDPConn, error) {
		local, remote := (*net.UDPAddr)(nil), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to))
		if from != "" {
			local = net.UDPAddrFromAddrPort(netip.MustParseAddrPort(from))
		}
		return net.DialUDP("udp", local, remote)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func send(t testing.TB, space, to string, data ...string) {
	t.Helper()
	c := sender(t, space, "", to)
	for _, d := range data {
		if _, err := c.Write([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
}

// rows are the frames of a capture that hold a text, in order.
func rows(c measure.Capture, with string) []string {
	var out []string
	for _, p := range c.Packets {
		if i := bytes.Index(p.Data, []byte(with)); i >= 0 {
			at := c.Points[p.Point]
			out = append(out, fmt.Sprintf("%s:%s %s %s", at.Space, at.Link, p.For, p.Data[i:]))
		}
	}
	return out
}

func TestAStreamSeesFramesComeAndGo(t *testing.T) {
	build(t, pair)
	s := tuned(t, Options{})
	before := time.Now()
	c := gather(t, s, func() { send(t, "ns1", "10.1.1.2:9", "hello-1", "hello-2") })
	want := []string{"ns1:eth0 out hello-1", "ns2:eth0 other hello-1", "ns1:eth0 out hello-2", "ns2:eth0 other hello-2"}
	if d := cmp.Diff(want, rows(c, "hello")); d != "" {
		t.Error(d)
	}
	var points []string
	for _, p := range c.Points {
		points = append(points, fmt.Sprint(p.Space, ":", p.Link, " ", p.Ether))
	}
	slices.Sort(points)
	if d := cmp.Diff([]string{"host:lo true", "ns1:eth0 true", "ns1:lo true", "ns2:eth0 true", "ns2:lo true"}, points); d != "" {
		t.Error(d)
	}
	for i, p := range c.Packets {
		if p.Time.Before(before) || p.Time.After(time.Now()) || i > 0 && p.Time.Before(c.Packets[i-1].Time) {
			t.Errorf("packet %d of %v is out of order, or of another time", i, p.Time)
		}
		if p.Len != len(p.Data) {
			t.Errorf("of %d bytes %d are kept", p.Len, len(p.Data))
		}
	}
	if lost := s.Lost(); len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
}

func TestLoopbackIsSeenOnce(t *testing.T) {
	build(t, pair)
	s := tuned(t, Options{Places: []Place{{Space: "ns1"}}})
	c := gather(t, s, func() { send(t, "ns1", "127.0.0.1:9", "hello") })
	if d := cmp.Diff([]string{"ns1:lo host hello"}, rows(measure.Capture{Points: c.Points, Packets: c.Packets[:1]}, "hello")); d != "" {
		t.Error(d)
	}
	if n := len(c.Packets); n != 2 { // the datagram, and that nobody is there
		t.Errorf("%d frames", n)
	}
}

func TestAChosenInterface(t *testing.T) {
	build(t, pair)
	s := tuned(t, Options{Places: []Place{{"ns2", "eth0"}}})
	c := gather(t, s, func() {
		send(t, "ns1", "10.1.1.2:9", "hello")
		send(t, "ns1", "127.0.0.1:9", "hello")
	})
	if d := cmp.Diff([]string{"ns2:eth0 other hello"}, rows(c, "hello")); d != "" {
		t.Error(d)
	}
	for _, p := range []Place{{"ns3", ""}, {"ns3", "eth0"}, {"ns2", "eth1"}} {
		_, err := Listen(Options{Places: []Place{{"ns1", ""}, p}})
		var nowhere *NowhereError
		if !errors.As(err, &nowhere) || nowhere.Place != p {
			t.Errorf("%v: %v", p, err)
		}
	}
}

// The filter runs in the kernel: what it means must be the same there as
// where the tests of package filter try it.
func TestAFilterInTheKernel(t *testing.T) {
	build(t, pair)
	program, err := filter.Compile("udp dst port 10 and src net 10.1.0.0/16 and ether dst host 02:00:00:00:00:02", 44, filter.AnyLink)
	if err != nil {
		t.Fatal(err)
	}
	s := tuned(t, Options{Filter: program})
	c := gather(t, s, func() {
		send(t, "ns1", "10.1.1.2:9", "hello-9")
		send(t, "ns1", "10.1.1.2:10", "hello-10")
		send(t, "ns1", "127.0.0.1:10", "hello-10")
	})
	if d := cmp.Diff([]string{"ns1:eth0 out he", "ns2:eth0 other he"}, rows(c, "he")); d != "" {
		t.Error(d)
	}
	for _, p := range c.Packets {
		if p.Len != 50 || len(p.Data) != 44 {
			t.Errorf("of %d bytes %d are kept", p.Len, len(p.Data))
		}
	}
}

// until polls a stream until its frames have what is wanted.
func until(t *testing.T, s *Stream, c *measure.Capture, want func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(5 * time.Second); !want(); {
		if time.Now().After(end) {
			t.Fatalf("it never came: %v %v", c.Points, rows(*c, ""))
		}
		<-tick.C
		b := s.Take()
		c.Points, c.Packets = append(c.Points, b.Points...), append(c.Packets, b.Packets...)
	}
}

func hasPoint(c *measure.Capture, space, link string) func() bool {
	return func() bool {
		return slices.ContainsFunc(c.Points, func(p measure.Point) bool { return p.Space == space && p.Link == link })
	}
}

func TestNamespacesAndInterfacesThatComeLater(t *testing.T) {
	build(t, pair)
	s, c := tuned(t, Options{}), &measure.Capture{}
	for _, line := range []string{"netns add ns3", "-n ns1 link add late type veth peer name late netns ns3", "-n ns3 link set late up", "-n ns1 link set late up"} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", line, err, out)
		}
	}
	until(t, s, c, hasPoint(c, "ns3", "lo"))
	until(t, s, c, hasPoint(c, "ns1", "late")) // IPv6 of ns3 talks
	if out, err := exec.Command("sh", "-ec", "ip -n ns1 link set eth0 down; ip -n ns1 link set eth0 name wan0; ip -n ns1 link set wan0 up;"+
		"ip -n ns1 neigh replace 10.1.1.2 lladdr 02:00:00:00:00:02 dev wan0 nud permanent").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	until(t, s, c, func() bool { send(t, "ns1", "10.1.1.2:9", "hello"); return hasPoint(c, "ns1", "wan0")() })
}

func TestANamespaceIsNotKeptAlive(t *testing.T) {
	build(t, pair)
	s, c := tuned(t, Options{}), &measure.Capture{}
	send(t, "ns1", "10.1.1.2:9", "hello")
	if err := netns.Delete("ns2"); err != nil {
		t.Fatal(err)
	}
	ended := func() bool {
		out, err := exec.Command("ip", "-n", "ns1", "link", "show", "eth0").CombinedOutput()
		return err != nil && strings.Contains(string(out), "does not exist")
	}
	until(t, s, c, func() bool { return ended() && len(rows(*c, "hello")) == 2 }) // its frames are not lost
	build(t, "netns add ns2\n-n ns2 link set lo up")
	until(t, s, c, func() bool {
		send(t, "ns2", "127.0.0.1:9", "again")
		return slices.Contains(rows(*c, "again"), "ns2:lo host again")
	})
}

// Who does not fetch loses, and is told so.
func TestLossesAreCounted(t *testing.T) {
	build(t, pair)
	s := tuned(t, Options{Places: []Place{{"ns1", "eth0"}}})
	s.mu.Lock()
	tap := s.taps[0]
	s.mu.Unlock()
	tap.mu.Lock() // nobody takes a block any more
	c, sent := sender(t, "ns1", "", "10.1.1.2:9"), 0
	for data := make([]byte, 1400); sent < 20000; sent++ {
		if _, err := c.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	tap.mu.Unlock()
	got := gather(t, s, func() {})
	lost := s.Lost()["ns1"]
	if lost == 0 || lost+len(got.Packets) != sent {
		t.Errorf("%d were sent, %d came, %d were lost", sent, len(got.Packets), lost)
	}
}

// Who fetches late gets all that the rings hold, and in order, though they hold
// different times.
func TestTheOrderAfterAPause(t *testing.T) {
	build(t, pair)
	s := tuned(t, Options{})
	c, large := sender(t, "ns1", "", "10.1.1.2:9"), make([]byte, 1400)
	for n := range 40000 {
		if _, err := c.Write(large); err != nil {
			t.Fatal(err)
		}
		if n%1000 == 0 {
			send(t, "ns1", "127.0.0.1:9", "small") // by another interface of one ring only
		}
	}
	b, err := s.Rest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, n := range s.Lost() {
		lost += n
	}
	for i := 1; i < len(b.Packets); i++ {
		if b.Packets[i].Time.Before(b.Packets[i-1].Time) {
			t.Fatalf("packet %d of %d is older than the one before it", i, len(b.Packets))
		}
	}
	if len(b.Packets)+lost < 2*40000 {
		t.Errorf("%d packets came and %d were lost", len(b.Packets), lost)
	}
}

// The kernel waits some 10 ms for each ring that is made or closed: in a large
// lab they must wait together.
func TestManyNamespaces(t *testing.T) {
	const many = 200
	for i := range many {
		if err := netns.Create(fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	build(t, "-n n7 link set lo up")
	start := time.Now()
	s, err := Listen(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := gather(t, s, func() { send(t, "n7", "127.0.0.1:9", "hello") })
	if d := cmp.Diff([]string{"n7:lo host hello"}, rows(c, "hello")[:1]); d != "" || len(c.Points) != many+1 {
		t.Errorf("%d interfaces: %s", len(c.Points), d)
	}
	s.Close()
	if took := time.Since(start); took > many*10*time.Millisecond {
		t.Errorf("it took %v, as if one waited after the other", took)
	}
}

func TestShapes(t *testing.T) {
	for _, tt := range []struct {
		rings int
		want  shape
	}{
		{0, shape{128 << 10, 128}},
		{1, shape{128 << 10, 128}},
		{10, shape{128 << 10, 51}},
		{100, shape{32 << 10, 20}},
		{512, shape{16 << 10, 8}},
		{10000, shape{16 << 10, 8}},
	} {
		if got := shapeFor(tt.rings); got != tt.want {
			t.Errorf("for %d rings: %+v, want %+v", tt.rings, got, tt.want)
		}
	}
}

// The kernel keeps a VLAN tag beside the frame; in the file it belongs to it.
func TestATagIsPutBack(t *testing.T) {
	const mac = 82
	head := make([]byte, mac+20)
	ne := func(at int, v uint32) {
		*(*[4]byte)(head[at:]) = [4]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)}
	}
	ne(headKept, 20)
	ne(headMAC, mac)
	for i := range 20 {
		head[mac+i] = byte(i)
	}
	if got := appendData([]byte("x"), head); !bytes.Equal(got[1:], head[mac:]) {
		t.Errorf("without a tag: %x", got)
	}
	ne(headStatus, unix.TP_STATUS_VLAN_VALID)
	ne(headTag, 7)
	ne(headTagProto, 0x8100)
	want := slices.Concat(head[mac:mac+12], []byte{0x81, 0, 0, 7}, head[mac+12:])
	if got := appendData(nil, head); !bytes.Equal(got, want) {
		t.Errorf("with a tag: %x, want %x", got, want)
	}
}

// BenchmarkCapture sends 50,000 datagrams a second for three seconds, as even
// as it can, and captures them at both ends.
func BenchmarkCapture(b *testing.B) {
	build(b, pair)
	const rate, seconds, size = 50000, 3, 100
	for b.Loop() {
		s := tuned(b, Options{})
		c := sender(b, "ns1", "", "10.1.1.2:9")
		seen := map[int]int{}
		count := func(batch Batch) {
			for _, p := range batch.Packets {
				if p.Len == size+42 {
					seen[p.Point]++
				}
			}
		}
		done, sent, start := make(chan int), 0, time.Now()
		go func() { done <- flood(c, rate, seconds*rate, size) }()
		for tick := time.NewTicker(20 * time.Millisecond); sent == 0; {
			select {
			case sent = <-done:
			case <-tick.C:
				count(s.Take())
			}
		}
		took := time.Since(start)
		rest, err := s.Rest(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		count(rest)
		captured, lost := 0, 0
		for _, n := range seen {
			captured += n
		}
		for _, n := range s.Lost() {
			lost += n
		}
		if captured+lost < 2*sent {
			b.Errorf("%d were sent, and at two interfaces %d seen and %d lost", sent, captured, lost)
		}
		b.ReportMetric(float64(sent)/took.Seconds(), "sent/s")
		b.ReportMetric(float64(sent), "sent")
		b.ReportMetric(float64(captured), "captured")
		b.ReportMetric(float64(lost), "lost")
		s.Close()
	}
}

// flood sends so many datagrams, at a rate, and returns how many were sent.
func flood(c *net.UDPConn, rate, total, size int) int {
	data, sent, start := make([]byte, size), 0, time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for sent < total {
		<-tick.C
		for due := min(total, int(time.Since(start).Seconds()*float64(rate))); sent < due; sent++ {
			if _, err := c.Write(data); err != nil {
				return sent
			}
		}
	}
	return sent
}
