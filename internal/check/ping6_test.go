package check

import (
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

func TestPingsOfIPv6(t *testing.T) {
	to := "fd02::3"
	ping := func(f measure.Fate, errno string, icmp *measure.ICMPError) *measure.Ping {
		return &measure.Ping{From: "A", To: ip(to), Sent: 1, Fate: f, Errno: errno, ICMP: icmp, Text: "the words"}
	}
	unreachable := &measure.ICMPError{From: ip("fd01::5"), Type: 1, Code: 3, Text: "Address unreachable"}
	late := &measure.ICMPError{From: ip("fd01::5"), Type: 3, Text: "Time exceeded: Hop limit"}
	must := func(ttl int) Check { return Check{Ping: &Ping{In: "A", To: ip(to), TTL: ttl}} }
	not := func(how string) Check { return Check{Not: true, Ping: &Ping{In: "A", To: ip(to), Error: how}} }
	tests := []struct {
		name  string
		check Check
		ping  *measure.Ping
		ok    bool
		want  string // part of Want
		got   string // part of Got
		cause string // part of Cause
	}{
		{"answered", must(0), answer("A", to, 63), true, "fd02::3 answers", "fd02::3 answered after 42µs (ttl 63)", ""},
		{"answered with its ttl", must(63), answer("A", to, 63), true, "with ttl 63", "ttl 63", ""},
		{"answered without a router between", must(64), answer("A", to, 63), false, "with ttl 64", "ttl 63", "1 router more than expected"},
		{"silent, since the way back is missing", must(0), ping(measure.Silent, "", nil), false, "answers", "no answer", "the reply has no way back: F has no route to fd01::1"},
		{"refused", must(0), ping(measure.Refused, "EACCES", nil), false, "answers", "the kernel would not send it: the words (EACCES)", "the reply has no way back"},
		{"unreachable says type 1", not(Unreachable), ping(measure.Reported, "", unreachable), true, "does not answer (unreachable)", "fd01::5 said: Address unreachable", ""},
		{"type 3 is unreachable only in IPv4", not(Unreachable), ping(measure.Reported, "", late), false, "does not answer (unreachable)", "Time exceeded", "the reply has no way back"},
		{"silence is not unreachable", not(Unreachable), ping(measure.Silent, "", nil), false, "(unreachable)", "no answer", "the reply has no way back"},
		{"a report is not silence", not(Silent), ping(measure.Reported, "", unreachable), false, "(silent)", "Address unreachable", "the reply"},
		{"a report without its message is no answer", not(""), ping(measure.Reported, "", nil), true, "does not answer", "no answer", ""},
		{"an error of the kernel without a name was not tried", not(""), ping(measure.Refused, "", nil), false, "does not answer", "no echo was sent", "could not be tried"},
		{"answered, though it must not be", not(""), answer("A", to, 63), false, "does not answer", "answered", "the way from A to F, which has fd02::3, is open"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Judge(tt.check, lab6(), measure.Found{Ping: tt.ping})
			if out.OK != tt.ok || !strings.Contains(out.Want, tt.want) || !strings.Contains(out.Got, tt.got) || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("%+v\nwant ok %v and parts %q, %q, %q", out, tt.ok, tt.want, tt.got, tt.cause)
			}
			if out.OK != (out.Cause == "") {
				t.Errorf("a cause for each failure, and only there: %+v", out)
			}
		})
	}
}

func TestAPingWithoutAReasonSaysSo(t *testing.T) {
	now := snapshot.Lab{Spaces: []snapshot.Space{{
		Name:  "ns1",
		Links: []snapshot.Link{{Name: "lo", Kind: "loopback", Up: true, Carrier: true}},
		Addrs: []snapshot.Addr{{Link: "lo", Prefix: prefix("::1/128"), Scope: "host"}},
	}}}
	p := &measure.Ping{From: "ns1", To: ip("::1"), Sent: 1, Fate: measure.Silent}
	out := Judge(Check{Ping: &Ping{In: "ns1", To: ip("::1")}}, now, measure.Found{Ping: p})
	if want := (Outcome{false, "::1 answers", "no answer", "the state of the lab shows no reason"}); out != want {
		t.Errorf("got  %+v\nwant %+v", out, want)
	}
	out = Judge(Check{Not: true, Ping: &Ping{In: "ns1", To: ip("::1"), Error: "EACCES"}}, now, measure.Found{Ping: p})
	if want := (Outcome{false, "::1 does not answer (EACCES)", "no answer", "it fails in another way than expected"}); out != want {
		t.Errorf("got  %+v\nwant %+v", out, want)
	}
}
