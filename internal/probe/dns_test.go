//go:build linux

package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lib "github.com/miekg/dns"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// replies makes what a server sends back for the nth question of a kind, from
// 0. By TCP each is a message with its length before it, or raw octets; nil
// ends the connection.
type replies func(n int, q *lib.Msg) [][]byte

// nameServer answers by UDP and TCP at port 53 of a namespace until the end of
// the test, and counts the questions by UDP. What it has no replies for it
// leaves closed.
func nameServer(t testing.TB, in, network string, udp, tcp replies) *atomic.Int32 {
	t.Helper()
	var asked atomic.Int32
	if udp != nil {
		c, err := netns.Socket(in, func() (net.PacketConn, error) { return net.ListenPacket("udp"+network, ":53") })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		go answerDatagrams(c, udp, &asked)
	}
	if tcp != nil {
		l, err := netns.Socket(in, func() (net.Listener, error) { return net.Listen("tcp"+network, ":53") })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go answerStreams(l, tcp)
	}
	return &asked
}

func answerDatagrams(c net.PacketConn, answers replies, asked *atomic.Int32) {
	buf := make([]byte, 4096)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		q := new(lib.Msg)
		if q.Unpack(buf[:n]) != nil {
			continue
		}
		for _, b := range answers(int(asked.Add(1))-1, q) {
			_, _ = c.WriteTo(b, from)
		}
	}
}

func answerStreams(l net.Listener, answers replies) {
	for n := 0; ; n++ {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			var head [2]byte
			if _, err := io.ReadFull(c, head[:]); err != nil {
				return
			}
			question := make([]byte, binary.BigEndian.Uint16(head[:]))
			if _, err := io.ReadFull(c, question); err != nil {
				return
			}
			q := new(lib.Msg)
			if q.Unpack(question) != nil {
				return
			}
			for _, b := range answers(n, q) {
				if b == nil {
					return
				}
				_, _ = c.Write(b)
			}
			_, _ = c.Read(head[:]) // until the other side has gone
		}()
	}
}

// framed puts its length before each message.
func framed(of replies) replies {
	return func(n int, q *lib.Msg) [][]byte {
		var out [][]byte
		for _, b := range of(n, q) {
			out = append(out, append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...))
		}
		return out
	}
}

// says answers with a message that change has made something of.
func says(change ...func(*lib.Msg)) replies {
	return func(_ int, q *lib.Msg) [][]byte {
		var out [][]byte
		for _, c := range change {
			m := new(lib.Msg)
			m.SetReply(q)
			m.Authoritative = true
			c(m)
			b, err := m.Pack()
			if err != nil {
				panic(err)
			}
			out = append(out, b)
		}
		return out
	}
}

func hasAddress(m *lib.Msg) {
	m.Answer = append(m.Answer, &lib.A{Hdr: lib.RR_Header{Name: m.Question[0].Name, Rrtype: lib.TypeA, Class: lib.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, 1)})
}

func isCut(m *lib.Msg)   { m.Truncated = true }
func wrongID(m *lib.Msg) { m.Id++ }
func isAsked(m *lib.Msg) { m.Response = false }
func another(m *lib.Msg) { m.Question[0].Name = "other.lab." }
func noName(m *lib.Msg)  { m.Rcode = lib.RcodeNameError }

// silent answers nothing.
func silent(int, *lib.Msg) [][]byte { return nil }

// asks is what of a result does not vary from run to run.
type asks struct {
	Fate     measure.Fate
	Errno    string
	ICMP     string
	Closed   bool
	Fallback bool
	Text     string
	Status   string
	Data     []string
	Odd      []string
}

func asksOf(d measure.DNS) asks {
	a := asks{Fate: d.Fate, Errno: d.Errno, Closed: d.Closed, Fallback: d.Fallback, Odd: d.Odd}
	if d.Errno == "" {
		a.Text = d.Text
	}
	if d.ICMP != nil {
		a.ICMP = d.ICMP.From.String() + ": " + d.ICMP.Text
	}
	if d.Answer != nil {
		a.Status, a.Data = d.Answer.Status, d.Answer.Data("A")
	}
	return a
}

func TestEachQuestionIsMeasuredAsWhatItIs(t *testing.T) {
	found := asks{Fate: measure.Answered, Status: dns.NoError, Data: []string{"192.0.2.1"}}
	quiet := asks{Fate: measure.Silent}
	mute := asks{Fate: measure.Silent, Text: "the server took the connection, and said nothing"}
	odd := func(a asks, odd ...string) asks { a.Odd = odd; return a }
	fell := func(a asks) asks { a.Fallback = true; return a }
	closed := asks{Fate: measure.Reported, Closed: true}
	id := func(n uint16) string { return fmt.Sprintf("its id is %d, and that of the question is 4711", n) }
	noHeader := func(n int) string {
		return fmt.Sprintf("it is no DNS message: the header alone takes 12 octets, and there are %d", n)
	}
	good := says(hasAddress)
	tests := []struct {
		name, broken string
		udp, tcp     replies
		to           string // empty: 192.168.2.3
		byTCP, whole bool
		tries        int
		want         asks
	}{
		{name: "it is answered", udp: good, want: found},
		{name: "it is answered by IPv6", udp: good, to: "fd00:2::3", want: found},
		{name: "it is answered by a link-local address", udp: good, to: "fe80::1%eth0", broken: "-n a addr add fe80::2/64 dev eth0 nodad\n-n r addr add fe80::1/64 dev eth0 nodad\n", want: found},
		{name: "it is answered by TCP", tcp: framed(good), byTCP: true, want: found},
		{name: "it is answered by TCP and IPv6", tcp: framed(good), byTCP: true, to: "fd00:2::3", want: found},
		{name: "that there is no such name is an answer", udp: says(noName), want: asks{Fate: measure.Answered, Status: dns.NXDomain}},
		{name: "garbage comes before the answer", udp: func(n int, q *lib.Msg) [][]byte {
			return append([][]byte{{1, 2, 3}, {}, []byte("this is no message at all")}, good(n, q)...)
		}, want: odd(found, noHeader(3), noHeader(0),
			"it is a damaged DNS message: bad question name: bad rdata")},
		{name: "only garbage comes", udp: func(int, *lib.Msg) [][]byte { return [][]byte{{1}} }, want: odd(quiet, noHeader(1))},
		{name: "another id comes", udp: says(wrongID), want: odd(quiet, id(4712))},
		{name: "another id comes first", udp: says(wrongID, hasAddress), want: odd(found, id(4712))},
		{name: "another question is answered", udp: says(another), want: odd(quiet, "it answers another question: other.lab. A, and not web.lab. A")},
		{name: "the question comes back", udp: says(isAsked), want: odd(quiet, "it is a question, not an answer")},
		{name: "many messages come that are no answer", udp: says(wrongID, wrongID, wrongID, wrongID, wrongID, wrongID, wrongID, wrongID, wrongID, wrongID, hasAddress),
			want: odd(found, id(4712), id(4712), id(4712), id(4712), id(4712), id(4712), id(4712), id(4712))},
		{name: "another id comes by TCP first", tcp: framed(says(wrongID, hasAddress)), byTCP: true, want: odd(found, id(4712))},
		{name: "an answer was cut short", udp: says(isCut), tcp: framed(good), want: fell(found)},
		{name: "an answer that was cut short is wanted", udp: says(isCut), tcp: framed(good), whole: true, want: asks{Fate: measure.Answered, Status: dns.NoError}},
		{name: "an answer was cut short, and TCP is closed", udp: says(isCut), want: fell(closed)},
		{name: "an answer was cut short, and TCP is silent", udp: says(isCut), tcp: silent, want: fell(mute)},
		{name: "TCP closes without an answer", tcp: func(int, *lib.Msg) [][]byte { return [][]byte{nil} }, byTCP: true,
			want: asks{Fate: measure.Silent, Text: "the server closed the connection without an answer"}},
		{name: "TCP closes in the middle of a message", tcp: func(int, *lib.Msg) [][]byte { return [][]byte{{0, 50, 1, 2, 3}, nil} }, byTCP: true,
			want: asks{Fate: measure.Silent, Text: "the server closed the connection in the middle of a message: 5 of 52 octets had come"}},
		{name: "TCP closes in the middle of a length", tcp: func(int, *lib.Msg) [][]byte { return [][]byte{{0}, nil} }, byTCP: true,
			want: asks{Fate: measure.Silent, Text: "the server closed the connection in the middle of a message: 1 of 2 octets had come"}},
		{name: "TCP sends a message in pieces", tcp: func(n int, q *lib.Msg) [][]byte {
			b := framed(good)(n, q)[0]
			return [][]byte{b[:1], b[1:9], b[9:]}
		}, byTCP: true, want: found},
		{name: "the server is silent", udp: silent, want: quiet},
		{name: "the server is silent by TCP", tcp: silent, byTCP: true, want: mute},
		{name: "the second try is answered", udp: func(n int, q *lib.Msg) [][]byte {
			if n == 0 {
				return nil
			}
			return good(n, q)
		}, tries: 2, want: found},
		{name: "the second connection is answered", tcp: func(n int, q *lib.Msg) [][]byte {
			if n == 0 {
				return [][]byte{nil}
			}
			return framed(good)(n, q)
		}, byTCP: true, tries: 2, want: found},
		{name: "TCP is dropped", tcp: framed(good), byTCP: true, broken: filter("b", "input", "tcp dport 53 drop"), want: quiet},
		{name: "nobody listens", want: asks{Fate: measure.Reported, Closed: true, ICMP: "192.168.2.3: Destination Port Unreachable"}},
		{name: "nobody listens by IPv6", to: "fd00:2::3", want: asks{Fate: measure.Reported, Closed: true, ICMP: "fd00:2::3: Destination unreachable: Port unreachable"}},
		{name: "nobody listens by TCP", byTCP: true, want: closed},
		{name: "nobody listens in the own namespace", to: "192.168.1.1", want: asks{Fate: measure.Reported, Closed: true, ICMP: "192.168.1.1: Destination Port Unreachable"}},
		{name: "nobody listens in the own namespace, by the address that is none", to: "0.0.0.0", want: asks{Fate: measure.Reported, Closed: true, ICMP: "127.0.0.1: Destination Port Unreachable"}},
		{name: "it is dropped", udp: good, broken: filter("b", "input", "udp dport 53 drop"), want: quiet},
		{name: "the answer is dropped", udp: good, broken: filter("b", "output", "udp sport 53 drop"), want: quiet},
		{name: "a router prohibits it", udp: good, broken: filter("r", "forward", "udp dport 53 reject with icmpx admin-prohibited"),
			want: asks{Fate: measure.Reported, ICMP: "192.168.1.5: Packet filtered"}},
		{name: "the router has no route", to: "203.0.113.1", want: asks{Fate: measure.Reported, ICMP: "192.168.1.5: Destination Net Unreachable"}},
		{name: "the router finds nobody at home", to: "192.168.2.99", broken: impatient("r", "eth1"),
			want: asks{Fate: measure.Reported, ICMP: "192.168.1.5: Destination Host Unreachable"}},
		{name: "there is no route", broken: "-n a route del default\n", want: asks{Fate: measure.Refused, Errno: "ENETUNREACH"}},
		{name: "there is no route, by TCP", broken: "-n a route del default\n", byTCP: true, want: asks{Fate: measure.Refused, Errno: "ENETUNREACH"}},
		{name: "nobody answers ARP", to: "192.168.1.99", broken: impatient("a", "eth0"),
			want: asks{Fate: measure.Refused, Errno: "EHOSTUNREACH", ICMP: "192.168.1.1: Destination Host Unreachable"}},
		{name: "the own firewall drops it", broken: filter("a", "output", "udp dport 53 drop"), want: asks{Fate: measure.Refused, Errno: "EPERM"}},
		{name: "an interface that there is not", to: "fe80::1%nothing", want: asks{Fate: measure.Refused, Errno: "ENODEV"}},
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
			in, network := "b", ""
			if strings.HasPrefix(tt.to, "fe80") {
				in = "r"
			}
			nameServer(t, in, network, tt.udp, tt.tcp)
			to := "192.168.2.3"
			if tt.to != "" {
				to = tt.to
			}
			req := DNSRequest{From: "a", Server: netip.AddrPortFrom(addr(to), 53), Query: dns.Ask("web.lab", "A"), TCP: tt.byTCP, Whole: tt.whole, Tries: tt.tries, Timeout: 400 * time.Millisecond}
			req.Query.ID = 4711
			got := patientDNS(t, req, tt.want.Fate)
			if diff := cmp.Diff(tt.want, asksOf(got)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
			if got.From != "a" || got.Server != req.Server || got.TCP != tt.byTCP || got.Question.Name != "web.lab." || (got.RTT > 0) != (got.Fate == measure.Answered) {
				t.Errorf("it does not say what was asked: %+v", got)
			}
		})
	}
}

// patientDNS asks again where an IPv6 address is too young to be used.
func patientDNS(t *testing.T, req DNSRequest, want measure.Fate) measure.DNS {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		got, err := DNS(soon(t), req)
		if err != nil {
			t.Fatal(err)
		}
		if got.Fate == want || !is6(req.Server.Addr()) || time.Now().After(end) {
			return got
		}
		forgetAll(t, req.From)
	}
}

func TestAQuestionIsRepeatedAsOftenAsWanted(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	asked := nameServer(t, "ns2", "", silent, nil)
	for _, tries := range []int{0, 1, 3} {
		asked.Store(0)
		began := time.Now()
		got, err := DNS(soon(t), DNSRequest{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:53"), Query: dns.Ask("web.lab", "A"), Tries: tries, Timeout: 100 * time.Millisecond})
		want := max(tries, 1)
		if err != nil || got.Fate != measure.Silent || int(asked.Load()) != want || time.Since(began) < time.Duration(want)*100*time.Millisecond {
			t.Errorf("%d tries: %+v, %v; asked %d times in %v", tries, got, err, asked.Load(), time.Since(began))
		}
	}
}

func TestTheAnswerToTheFirstTryCountsWhenItIsLate(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	var first *lib.Msg
	nameServer(t, "ns2", "", func(n int, q *lib.Msg) [][]byte {
		if n == 0 {
			first = q
			return nil
		}
		return says(hasAddress)(n, first)
	}, nil)
	got, err := DNS(soon(t), DNSRequest{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:0"), Query: dns.Ask("web.lab", "A"), Tries: 2, Timeout: 200 * time.Millisecond})
	if err != nil || got.Fate != measure.Answered || len(got.Odd) > 0 || got.Server.Port() != dns.Port {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAQuestionComesFromWhereItIsTold(t *testing.T) {
	build(t, pair+"-n ns1 addr add 10.1.1.9/24 dev veth_ns1\n")
	settle(t, "ns1", "ns2")
	c, err := netns.Socket("ns2", func() (net.PacketConn, error) { return net.ListenPacket("udp", ":53") })
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, tt := range []struct {
		source, want string
		errno        string
	}{{"10.1.1.9:4000", "10.1.1.9:4000", ""}, {"10.1.1.77:0", "", "EADDRNOTAVAIL"}} {
		got, err := DNS(soon(t), DNSRequest{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:53"), Source: netip.MustParseAddrPort(tt.source), Query: dns.Ask("web.lab", "A"), Timeout: 50 * time.Millisecond})
		if err != nil || got.Errno != tt.errno {
			t.Fatalf("%+v, %v", got, err)
		}
		if tt.want == "" {
			continue
		}
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, from, err := c.ReadFrom(make([]byte, 512)); err != nil || from.String() != tt.want {
			t.Errorf("from %v, %v", from, err)
		}
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	at := netip.MustParseAddrPort("10.1.1.2:53")
	tests := []struct {
		name string
		req  DNSRequest
		want string
	}{
		{"a name that is too long", DNSRequest{Server: at, Query: dns.Ask(strings.Repeat("abcdefghi.", 30), "A")}, "too long"},
		{"a type that there is not", DNSRequest{Server: at, Query: dns.Ask("web.lab", "AAAAA")}, `"AAAAA" is no record type`},
		{"no server", DNSRequest{Query: dns.Ask("web.lab", "A")}, "needs the address of a server"},
		{"from one family to the other", DNSRequest{Server: at, Source: netip.MustParseAddrPort("[fd00::1]:0"), Query: dns.Ask("web.lab", "A")}, "of two families"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := DNS(soon(t), tt.req); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v", err)
			}
		})
	}
	if _, err := DNS(soon(t), DNSRequest{From: "nobody", Server: at, Query: dns.Ask("web.lab", "A")}); !errors.Is(err, ErrNoNamespace) {
		t.Errorf("from nowhere: %v", err)
	}
}

func TestTheEndOfTheContextEndsAQuestion(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	nameServer(t, "ns2", "", silent, framed(silent))
	for _, tcp := range []bool{false, true} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		_, err := DNS(ctx, DNSRequest{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:53"), Query: dns.Ask("web.lab", "A"), TCP: tcp, Tries: 100, Timeout: time.Minute})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
			t.Errorf("TCP %v: %v after %v", tcp, err, time.Since(began))
		}
	}
}

func TestAQuestionLeavesNoSocketOpen(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	nameServer(t, "ns2", "", says(isCut), framed(says(hasAddress)))
	ask := func() {
		got, err := DNS(soon(t), DNSRequest{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:53"), Query: dns.Ask("web.lab", "A"), Timeout: 5 * time.Second})
		if err != nil || !got.Fallback || got.Fate != measure.Answered {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	ask()
	before := descriptors(t)
	for range 20 {
		ask()
	}
	if after := descriptors(t); after > before+4 { // the server's own are closed in its own time
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	nothingLeft(t)
}
