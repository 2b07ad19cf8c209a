//go:build linux

package probe

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

func testSocket(six bool) *socket {
	return &socket{six: six, id: 0x1234, cookie: cookie{1, 2, 3, 4, 5, 6, 7, 8}}
}

// packet4 is an IPv4 packet with an ICMP message.
func packet4(from, to string, ttl byte, icmp []byte) []byte {
	b := make([]byte, header4Min, header4Min+len(icmp))
	b[0], b[8], b[9] = 0x45, ttl, unix.IPPROTO_ICMP
	copy(b[12:], addr(from).AsSlice())
	copy(b[16:], addr(to).AsSlice())
	return append(b, icmp...)
}

func packet6(from, to string, icmp []byte) []byte {
	b := make([]byte, header6, header6+len(icmp))
	b[0], b[6] = 0x60, unix.IPPROTO_ICMPV6
	copy(b[8:], addr(from).AsSlice())
	copy(b[24:], addr(to).AsSlice())
	return append(b, icmp...)
}

// report is an ICMP error with a packet inside.
func report(typ, code byte, word uint32, quoted []byte) []byte {
	b := []byte{typ, code, 0, 0}
	b = binary.BigEndian.AppendUint32(b, word)
	return append(b, quoted...)
}

// reply turns an echo request into its answer.
func reply(echo []byte, typ byte) []byte {
	out := slices.Clone(echo)
	out[0] = typ
	return out
}

type wire struct {
	name string
	six  bool
	data []byte
	ok   bool
	want string // report
	own  bool
}

func wires() []wire {
	e4, e6 := testSocket(false).echo(56, 7), testSocket(true).echo(56, 7)
	q4 := packet4("10.1.1.1", "10.1.1.2", 64, e4)
	q6 := packet6("fd00::1", "fd00::2", e6)
	options := slices.Concat([]byte{0x46}, q4[1:20], []byte{1, 1, 1, 0}, q4[20:])
	return []wire{
		{name: "an answer", data: packet4("10.1.1.2", "10.1.1.1", 63, reply(e4, 0)), ok: true},
		{name: "a report of a router", data: packet4("10.1.1.5", "10.1.1.1", 64, report(3, 0, 0, q4)), ok: true, want: "10.1.1.5 3/0: Destination Net Unreachable"},
		{name: "a report of our own kernel", data: packet4("10.1.1.1", "10.1.1.1", 64, report(3, 1, 0, q4)), ok: true, want: "10.1.1.1 3/1: Destination Host Unreachable", own: true},
		{name: "a report with no more than eight bytes", data: packet4("10.1.1.5", "10.1.1.1", 64, report(11, 0, 0, q4[:28])), ok: true, want: "10.1.1.5 11/0: Time to live exceeded"},
		{name: "a report about a packet with options", data: packet4("10.1.1.5", "10.1.1.1", 64, report(11, 0, 0, options)), ok: true, want: "10.1.1.5 11/0: Time to live exceeded"},
		{name: "a report that is cut short", data: packet4("10.1.1.5", "10.1.1.1", 64, report(11, 0, 0, q4[:27]))},
		{name: "a report about something else", data: packet4("10.1.1.5", "10.1.1.1", 64, report(3, 3, 0, packet4("10.1.1.1", "10.1.1.2", 64, reply(e4, 0))))},
		{name: "nothing"},
		{name: "half a header", data: q4[:10]},
		{name: "a header that lies about its length", data: append([]byte{0x4f}, q4[1:20]...)},
		{name: "a header without a message", data: q4[:20]},

		{name: "an answer by IPv6", six: true, data: reply(e6, 129), ok: true},
		{name: "a report by IPv6", six: true, data: report(1, 0, 0, q6), ok: true, want: "fd00::2 1/0: Destination unreachable: No route"},
		{name: "a report by IPv6 that is cut short", six: true, data: report(1, 0, 0, q6[:47])},
		{name: "a report by IPv6 about something else", six: true, data: report(1, 4, 0, packet6("fd00::1", "fd00::2", reply(e6, 129)))},
		{name: "a redirect by IPv6", six: true, data: report(137, 0, 0, q6)},
		{name: "half a message by IPv6", six: true, data: e6[:7]},
	}
}

func sender(six bool) unix.Sockaddr {
	if six {
		return &unix.SockaddrInet6{Addr: addr("fd00::2").As16()}
	}
	return &unix.SockaddrInet4{Addr: addr("10.1.1.2").As4()}
}

func TestMessagesAreUnderstood(t *testing.T) {
	for _, tt := range wires() {
		t.Run(tt.name, func(t *testing.T) {
			s := testSocket(tt.six)
			m, ok := s.decode(tt.data, sender(tt.six))
			if ok != tt.ok {
				t.Fatalf("understood: %v", ok)
			}
			if !ok {
				return
			}
			if m.id != s.id || m.seq != 7 {
				t.Errorf("id %x, sequence %d", m.id, m.seq)
			}
			var got string
			if m.report != nil {
				got = fmt.Sprintf("%s %d/%d: %s", m.report.From, m.report.Type, m.report.Code, m.report.Text)
			} else if !s.cookie.fits(m.data) {
				t.Error("the data of our own echo is not recognised")
			}
			if got != tt.want || m.own != tt.own {
				t.Errorf("report %q, own %v; want %q, %v", got, m.own, tt.want, tt.own)
			}
		})
	}
}

func TestTextsOfReports(t *testing.T) {
	tests := []struct {
		six       bool
		typ, code byte
		word      uint32
		want      string
	}{
		{typ: 3, code: 2, want: "Destination Protocol Unreachable"},
		{typ: 3, code: 3, want: "Destination Port Unreachable"},
		{typ: 3, code: 4, word: 1400, want: "Frag needed and DF set (mtu = 1400)"},
		{typ: 3, code: 9, want: "Destination Net Prohibited"},
		{typ: 3, code: 10, want: "Destination Host Prohibited"},
		{typ: 3, code: 13, want: "Packet filtered"},
		{typ: 3, code: 99, want: "Dest Unreachable, Bad Code: 99"},
		{typ: 4, want: "Source Quench"},
		{typ: 5, code: 1, want: "Redirect Host"},
		{typ: 5, code: 9, want: "Redirect, Bad Code: 9"},
		{typ: 11, code: 1, want: "Frag reassembly time exceeded"},
		{typ: 12, word: 20 << 24, want: "Parameter problem: pointer = 20"},
		{typ: 99, want: "Bad ICMP type: 99"},
		{six: true, typ: 1, code: 1, want: "Destination unreachable: Administratively prohibited"},
		{six: true, typ: 1, code: 3, want: "Destination unreachable: Address unreachable"},
		{six: true, typ: 1, code: 77, want: "Destination unreachable: Unknown code 77"},
		{six: true, typ: 2, word: 1280, want: "Packet too big: mtu=1280"},
		{six: true, typ: 3, want: "Time exceeded: Hop limit"},
		{six: true, typ: 4, code: 1, word: 6, want: "Parameter problem: Unknown header at 6"},
		{six: true, typ: 99, want: "unknown icmp type: 99"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			text := text4
			if tt.six {
				text = text6
			}
			if got := text(report(tt.typ, tt.code, tt.word, nil)); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	if len(wires()) == 0 {
		f.Fatal("no seeds")
	}
	for _, w := range wires() {
		f.Add(w.six, w.data, w.data)
	}
	f.Fuzz(func(t *testing.T, six bool, data, control []byte) {
		m, ok := testSocket(six).decode(data, sender(six))
		if ok && (m.report == nil) == (m.data == nil) {
			t.Errorf("neither an answer nor a report, or both: %+v", m)
		}
		m.control(slices.Clone(control)) // aligned, as the kernel gives it
		_ = attribute(data, unix.NDA_DST)
		var interrupted error
		_, _ = (&netlink{}).answer(data, func(uint16, []byte) {}, &interrupted)
	})
}

func TestChecksum(t *testing.T) {
	for _, size := range []int{0, 1, 8, 55, 56, 65507} {
		b := testSocket(false).echo(size, 9)
		if got := checksum(b); got != 0 {
			t.Errorf("%d bytes: the sum over a message with its checksum is %#x", size, got)
		}
	}
}

func TestTimeOfAnAnswer(t *testing.T) {
	sent := time.Now()
	read := sent.Add(10 * time.Millisecond)
	for name, tt := range map[string]struct {
		stamp time.Time
		want  time.Duration
	}{
		"the kernel's stamp is the finer one":          {sent.Add(time.Millisecond), time.Millisecond},
		"without a stamp the time of reading counts":   {time.Time{}, 10 * time.Millisecond},
		"a clock that was set back is not believed":    {sent.Add(-time.Hour), 10 * time.Millisecond},
		"a clock that was set forward is not believed": {sent.Add(time.Hour), 10 * time.Millisecond},
	} {
		if got := (message{stamp: tt.stamp, read: read}).after(sent); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestFoldWeighsAnswersErrorsAndSilence(t *testing.T) {
	answer := Reply{Fate: measure.Answered, RTT: time.Millisecond, TTL: 63}
	refused := Reply{Fate: measure.Refused, Errno: "ENETUNREACH", Text: "words"}
	reported := Reply{Fate: measure.Reported, ICMP: &measure.ICMPError{Type: 3}}
	advice := Reply{Fate: measure.Reported, ICMP: &measure.ICMPError{Type: 5}}
	silent := Reply{Fate: measure.Silent}
	tests := []struct {
		name    string
		replies []Reply
		want    measure.Ping
	}{
		{"an answer after silence", []Reply{silent, answer}, measure.Ping{Sent: 2, Received: 1, Fate: measure.Answered, RTT: time.Millisecond, TTL: 63}},
		{"an answer after an error", []Reply{refused, answer}, measure.Ping{Sent: 2, Received: 1, Fate: measure.Answered, RTT: time.Millisecond, TTL: 63}},
		{"an error after an answer", []Reply{answer, reported}, measure.Ping{Sent: 2, Received: 1, Fate: measure.Answered, RTT: time.Millisecond, TTL: 63}},
		{"the first of two answers has the time", []Reply{answer, {Fate: measure.Answered, RTT: time.Hour, TTL: 1}}, measure.Ping{Sent: 2, Received: 2, Fate: measure.Answered, RTT: time.Millisecond, TTL: 63}},
		{"an error after silence", []Reply{silent, refused}, measure.Ping{Sent: 2, Fate: measure.Refused, Errno: "ENETUNREACH", Text: "words"}},
		{"the first of two errors", []Reply{reported, refused}, measure.Ping{Sent: 2, Fate: measure.Reported, ICMP: reported.ICMP}},
		{"silence after an error", []Reply{refused, silent}, measure.Ping{Sent: 2, Fate: measure.Refused, Errno: "ENETUNREACH", Text: "words"}},
		{"a redirect is no end", []Reply{advice, silent}, measure.Ping{Sent: 1, Fate: measure.Silent}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := measure.Ping{To: addr("10.1.1.2")}
			for _, r := range tt.replies {
				fold(&got, r)
			}
			tt.want.To = got.To
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
