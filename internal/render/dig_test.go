package render

import (
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/term"
)

// dugText is what is shown of things that come of a command line of dig.
func dugText(t *testing.T, line string, all ...control.Dug) (out, errs string) {
	t.Helper()
	cmd, err := dns.ParseDig(strings.Fields(line))
	if err != nil {
		t.Fatal(err)
	}
	tm, b := term.Test(strings.NewReader(""), 80)
	d := NewDig(tm, cmd, "; head\n")
	d.now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	for _, dug := range all {
		if err := d.Tell(dug); err != nil {
			t.Fatal(err)
		}
	}
	return b.Out.String(), b.Err.String()
}

func question(change ...func(*measure.DNS)) *measure.DNS {
	d := measure.DNS{Server: netip.MustParseAddrPort("10.0.0.2:53"), Question: dns.Question{Name: "web.lab.", Type: "A", Class: "IN"}, Fate: measure.Silent}
	for _, c := range change {
		c(&d)
	}
	return &d
}

func TestWhatIsLostInTheWordsOfDig(t *testing.T) {
	fate := func(f measure.Fate) func(*measure.DNS) { return func(d *measure.DNS) { d.Fate = f } }
	errno := func(name, text string) func(*measure.DNS) {
		return func(d *measure.DNS) { d.Fate, d.Errno, d.Text = measure.Refused, name, text }
	}
	icmp := func(from, text string) func(*measure.DNS) {
		return func(d *measure.DNS) { d.ICMP = &measure.ICMPError{From: netip.MustParseAddr(from), Text: text} }
	}
	closed := func(d *measure.DNS) { d.Fate, d.Closed = measure.Reported, true }
	tcp := func(d *measure.DNS) { d.TCP = true }
	fell := func(d *measure.DNS) { d.Fallback = true }
	text := func(s string) func(*measure.DNS) { return func(d *measure.DNS) { d.Text = s } }
	odd := func(s ...string) func(*measure.DNS) { return func(d *measure.DNS) { d.Odd = s } }
	tests := []struct {
		name string
		in   *measure.DNS
		want string
	}{
		{"silence", question(), ";; communications error to 10.0.0.2#53: timed out\n"},
		{"nobody listens", question(closed), ";; communications error to 10.0.0.2#53: connection refused\n"},
		{"nobody listens by TCP", question(closed, tcp), ";; Connection to 10.0.0.2#53(10.0.0.2) for web.lab failed: connection refused.\n"},
		{"nobody listens by TCP after all", question(closed, fell), ";; Truncated, retrying in TCP mode.\n;; Connection to 10.0.0.2#53(10.0.0.2) for web.lab failed: connection refused.\n"},
		{"no connection", question(tcp), ";; Connection to 10.0.0.2#53(10.0.0.2) for web.lab failed: timed out.\n"},
		{"a connection and silence", question(tcp, text("the server took the connection, and said nothing")), ";; communications error to 10.0.0.2#53: the server took the connection, and said nothing\n"},
		{"no way", question(errno("ENETUNREACH", "network is unreachable")), ";; UDP setup with 10.0.0.2#53(10.0.0.2) for web.lab failed: network unreachable.\n"},
		{"another error of the kernel", question(errno("ENOBUFS", "no buffer space available")), ";; UDP setup with 10.0.0.2#53(10.0.0.2) for web.lab failed: no buffer space available.\n"},
		{"the own firewall", question(errno("EPERM", "operation not permitted")), ";; communications error to 10.0.0.2#53: permission denied\n"},
		{"nobody answers ARP", question(errno("EHOSTUNREACH", "no route to host"), icmp("10.0.0.1", "Destination Host Unreachable")),
			";; communications error to 10.0.0.2#53: host unreachable (10.0.0.1: Destination Host Unreachable)\n"},
		{"a router has no way", question(fate(measure.Reported), icmp("10.0.0.9", "Destination Net Unreachable")),
			";; communications error to 10.0.0.2#53: network unreachable (10.0.0.9: Destination Net Unreachable)\n"},
		{"an IPv6 router has no way", question(fate(measure.Reported), icmp("fd00::9", "Destination unreachable: No route")),
			";; communications error to 10.0.0.2#53: network unreachable (fd00::9: Destination unreachable: No route)\n"},
		{"a router prohibits it", question(fate(measure.Reported), icmp("10.0.0.9", "Packet filtered")),
			";; communications error to 10.0.0.2#53: host unreachable (10.0.0.9: Packet filtered)\n"},
		{"messages that are no answer", question(odd("its id is 1", "evil \x1b[2J")),
			";; Warning: a message is passed over: its id is 1\n;; Warning: a message is passed over: evil \\x1b[2J\n;; communications error to 10.0.0.2#53: timed out\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, errs := dugText(t, "web.lab", control.Dug{Found: tt.in})
			if d := cmp.Diff(tt.want, out); d != "" || errs != "" {
				t.Errorf("%q (-want +got):\n%s", errs, d)
			}
		})
	}
}

func TestAnAnswerInTheWordsOfDig(t *testing.T) {
	answered := func(d *measure.DNS) {
		d.Fate, d.RTT = measure.Answered, 1234*time.Microsecond
		d.Answer = &dns.Message{
			ID: 7, Opcode: "QUERY", Status: dns.NoError, Response: true, Questions: []dns.Question{d.Question},
			Answers: []dns.Record{{Name: "web.lab.", TTL: 60, Class: "IN", Type: "A", Data: "192.0.2.1"}}, Size: 41,
		}
	}
	shown := control.Dug{Found: question(answered), Show: true}
	passed := control.Dug{Found: question(answered)}
	fell := control.Dug{Found: question(answered, func(d *measure.DNS) { d.Fallback = true }), Show: true, Server: "ns.lab", Remark: ";; BADVERS"}
	const record = "web.lab.\t\t60\tIN\tA\t192.0.2.1\n"
	for _, tt := range []struct {
		name, line string
		in         []control.Dug
		out, errs  string
	}{
		{"the answer alone", "+noall +answer web.lab", []control.Dug{shown}, record, ""},
		{"an answer that is passed over", "web.lab", []control.Dug{passed}, "", ""},
		{"with statistics", "+noall +stats web.lab", []control.Dug{shown},
			";; Query time: 1 msec\n;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)\n;; WHEN: Fri Jan 02 03:04:05 UTC 2026\n;; MSG SIZE  rcvd: 41\n\n", ""},
		{"by TCP after all, in microseconds", "-u +noall +stats web.lab", []control.Dug{fell},
			";; Truncated, retrying in TCP mode.\n;; BADVERS\n;; Query time: 1234 usec\n;; SERVER: 10.0.0.2#53(ns.lab) (TCP)\n;; WHEN: Fri Jan 02 03:04:05 UTC 2026\n;; MSG SIZE  rcvd: 41\n\n", ""},
		{"in short, and from whom", "+short +identify web.lab", []control.Dug{shown}, "192.0.2.1 from server 10.0.0.2 in 1 ms.\n", ""},
		{"in short, in microseconds", "-u +short +identify web.lab", []control.Dug{shown}, "192.0.2.1 from server 10.0.0.2 in 1234 us.\n", ""},
		{"the head comes once", "+nocomments +nostats +noquestion web.lab", []control.Dug{shown, shown}, "\n; head\n;; global options: +cmd\n" + record + record, ""},
		{"what netlab says besides", "+short web.lab", []control.Dug{{Note: "no server"}, {Remark: "dig: too many"}, {Remark: ";; BAD"}, {None: true}},
			";; BAD\n;; no servers could be reached\n", "; netlab: no server\ndig: too many\n"},
		{"what dig warns of", "web.lab mx a +short", nil, "", ";; Warning, extra type option\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs := dugText(t, tt.line, tt.in...)
			if d := cmp.Diff(tt.out, out); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.errs, errs); d != "" {
				t.Errorf("errors (-want +got):\n%s", d)
			}
		})
	}
}

func TestDigSaysThatNobodyReads(t *testing.T) {
	cmd, err := dns.ParseDig([]string{"web.lab"})
	if err != nil {
		t.Fatal(err)
	}
	d := NewDig(term.TestTo(strings.NewReader(""), 80, brokenPipe{}), cmd, "; head\n")
	if err := d.Tell(control.Dug{Found: question()}); err == nil {
		t.Error("no error")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
