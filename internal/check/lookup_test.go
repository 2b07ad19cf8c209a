package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
)

func TestLookup(t *testing.T) {
	const b = "192.168.2.3"
	to := ip(b)
	gateway := &measure.Lookup{In: "A", To: to, Via: ip("192.168.1.5"), Dev: "eth0", From: ip("192.168.1.1")}
	refused := &measure.Lookup{In: "R", To: ip("203.0.113.1"), Errno: "ENETUNREACH", Text: "network is unreachable"}
	const got = "192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1"
	const sends = "A sends to 192.168.2.3 by the route default via 192.168.1.5 dev eth0"
	full := Lookup{In: "A", To: to, Via: ip("192.168.1.5"), Dev: "eth0", From: ip("192.168.1.1")}
	tests := []struct {
		name     string
		lookup   Lookup
		found    *measure.Lookup
		says, no Outcome
	}{
		{"everything", full, gateway,
			Outcome{true, "A sends to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", got, ""},
			Outcome{false, "A does not send to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", got, sends}},
		{"anything", Lookup{In: "A", To: to}, gateway,
			Outcome{true, "A sends to 192.168.2.3", got, ""}, Outcome{false, "A does not send to 192.168.2.3", got, sends}},
		{"another gateway", Lookup{In: "A", To: to, Via: ip("192.168.1.6")}, gateway,
			Outcome{false, "A sends to 192.168.2.3 via 192.168.1.6", got, sends},
			Outcome{true, "A does not send to 192.168.2.3 via 192.168.1.6", got, ""}},
		{"another source", Lookup{In: "A", To: to, From: ip("192.168.1.6")}, gateway,
			Outcome{false, "A sends to 192.168.2.3 from 192.168.1.6", got, sends},
			Outcome{true, "A does not send to 192.168.2.3 from 192.168.1.6", got, ""}},
		{"no route", Lookup{In: "R", To: refused.To, Dev: "eth0"}, refused,
			Outcome{false, "R sends to 203.0.113.1 dev eth0", "the kernel would not send it: network is unreachable (ENETUNREACH)", "R has no route to 203.0.113.1: it has no address in that network, and no default route"},
			Outcome{true, "R does not send to 203.0.113.1 dev eth0", "the kernel would not send it: network is unreachable (ENETUNREACH)", ""}},
		{"another interface is asked for and missing", Lookup{In: "A", To: to, Dev: "eth7"}, gateway,
			Outcome{false, "A sends to 192.168.2.3 dev eth7", "there is no interface eth7 in A", "no namespace of this lab has an interface eth7"},
			Outcome{false, "A does not send to 192.168.2.3 dev eth7", "there is no interface eth7 in A", "no namespace of this lab has an interface eth7"}},
		{"nobody asked", full, nil,
			Outcome{false, "A sends to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", "the kernel was not asked", "the question could not be put"},
			Outcome{false, "A does not send to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", "the kernel was not asked", "the question could not be put"}},
		{"another question", full, refused,
			Outcome{false, "A sends to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", "the kernel was not asked", "the question could not be put"},
			Outcome{false, "A does not send to 192.168.2.3 via 192.168.1.5 dev eth0 from 192.168.1.1", "the kernel was not asked", "the question could not be put"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for not, want := range map[bool]Outcome{false: tt.says, true: tt.no} {
				got := Judge(Check{Not: not, Lookup: &tt.lookup}, routed(), measure.Found{Lookup: tt.found})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("not: %v\n%s", not, diff)
				}
			}
		})
	}
}

func TestALookupThatMustFail(t *testing.T) {
	to := ip("192.168.2.3")
	must := Check{Not: true, Lookup: &Lookup{In: "A", To: to, Error: "ENETUNREACH"}}
	for _, tt := range []struct {
		name  string
		found measure.Lookup
		want  Outcome
	}{
		{"as it must", measure.Lookup{In: "A", To: to, Errno: "ENETUNREACH", Text: "network is unreachable"},
			Outcome{true, "A does not send to 192.168.2.3 (ENETUNREACH)", "the kernel would not send it: network is unreachable (ENETUNREACH)", ""}},
		{"in another way", measure.Lookup{In: "A", To: to, Errno: "EACCES", Text: "permission denied"},
			Outcome{false, "A does not send to 192.168.2.3 (ENETUNREACH)", "the kernel would not send it: permission denied (EACCES)", "A sends to 192.168.2.3 by the route default via 192.168.1.5 dev eth0"}},
		{"not at all", measure.Lookup{In: "A", To: to, Via: ip("192.168.1.5"), Dev: "eth0"},
			Outcome{false, "A does not send to 192.168.2.3 (ENETUNREACH)", "192.168.2.3 via 192.168.1.5 dev eth0", "A sends to 192.168.2.3 by the route default via 192.168.1.5 dev eth0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Judge(must, routed(), measure.Found{Lookup: &tt.found})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLookupsThatMakeNoSense(t *testing.T) {
	to, via := ip("10.0.0.2"), ip("10.0.0.1")
	for _, tt := range []struct {
		check Check
		err   string
	}{
		{Check{Lookup: &Lookup{To: to, Via: via}}, ""},
		{Check{Not: true, Lookup: &Lookup{To: to, Error: "EACCES"}}, ""},
		{Check{Lookup: &Lookup{}}, "lookup: to is missing"},
		{Check{Lookup: &Lookup{To: to, Error: "EACCES"}}, `lookup: error "EACCES" is only for a lookup that must fail`},
		{Check{Not: true, Lookup: &Lookup{To: to, Via: via, Error: "EACCES"}}, "lookup: what fails has no via, dev or from"},
		{Check{Not: true, Lookup: &Lookup{To: to, Error: "silent"}}, `lookup: error is the name of a kernel error such as ENETUNREACH, not "silent"`},
		{Check{Lookup: &Lookup{To: to, Via: ip("fd00::1")}}, "lookup: 10.0.0.2 and via fd00::1 are of two families"},
		{Check{Conntrack: &Conntrack{ReplyTo: to}}, ""},
		{Check{Conntrack: &Conntrack{In: "A"}}, "conntrack: from, to or reply_to is missing"},
	} {
		text := ""
		if err := tt.check.Validate(); err != nil {
			text = err.Error()
		}
		if text != tt.err {
			t.Errorf("%s: %q, want %q", tt.check, text, tt.err)
		}
	}
	for want, c := range map[string]Check{
		"lookup 10.0.0.2 in host: via 10.0.0.1 dev eth0":         {Lookup: &Lookup{To: to, Via: via, Dev: "eth0"}},
		"not lookup 10.0.0.2 in A: error EACCES":                 {Not: true, Lookup: &Lookup{In: "A", To: to, Error: "EACCES"}},
		"conntrack in R: from 10.0.0.1 with replies to 10.0.0.2": {Conntrack: &Conntrack{In: "R", From: via, ReplyTo: to}},
	} {
		if got := c.String(); got != want || (c.Kind() != "lookup" && c.Kind() != "conntrack") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestConntrack(t *testing.T) {
	a, b, r := ip("192.168.1.1"), ip("203.0.113.10"), ip("203.0.113.1")
	entry := func(replyTo string) measure.Connection {
		return measure.Connection{Way: measure.Tuple{Proto: 1, From: a, To: b}, Reply: measure.Tuple{Proto: 1, From: b, To: ip(replyTo)}}
	}
	table := func(in string, list ...measure.Connection) *measure.Connections {
		return &measure.Connections{In: in, Known: true, List: list}
	}
	nat := Conntrack{In: "R", From: a, To: b, ReplyTo: r}
	const want = "R follows a connection from 192.168.1.1 to 203.0.113.10 with replies to 203.0.113.1"
	const deny = "R follows no connection from 192.168.1.1 to 203.0.113.10 with replies to 203.0.113.1"
	const text = "icmp from 192.168.1.1 to 203.0.113.10, replies from 203.0.113.10 to 203.0.113.1"
	other := entry("192.168.1.1")
	other.Way.From = ip("192.168.1.2")
	tests := []struct {
		name     string
		claim    Conntrack
		found    *measure.Connections
		says, no Outcome
	}{
		{"an entry", nat, table("R", other, entry("203.0.113.1")),
			Outcome{true, want, "icmp from 192.168.1.2 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1, " + text, ""},
			Outcome{false, deny, "icmp from 192.168.1.2 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1, " + text, "an entry stays for a while after the last packet of its connection"}},
		{"an entry without NAT", nat, table("R", entry("192.168.1.1")),
			Outcome{false, want, "icmp from 192.168.1.1 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1", "the replies to this connection come to another address: NAT in R writes it, or none does"},
			Outcome{true, deny, "icmp from 192.168.1.1 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1", ""}},
		{"another one", nat, table("R", other),
			Outcome{false, want, "icmp from 192.168.1.2 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1", "no such packet has passed R lately"},
			Outcome{true, deny, "icmp from 192.168.1.2 to 203.0.113.10, replies from 203.0.113.10 to 192.168.1.1", ""}},
		{"nobody follows", Conntrack{In: "A", To: b}, table("A"),
			Outcome{false, "A follows a connection to 203.0.113.10", "no connections", "A has no nftables rules: only a rule that asks for connections, or NAT, makes the kernel follow them"},
			Outcome{true, "A follows no connection to 203.0.113.10", "no connections", ""}},
		{"a kernel without it", nat, &measure.Connections{In: "R"},
			Outcome{false, want, "the connections cannot be listed", "this kernel has no connection tracking"},
			Outcome{false, deny, "the connections cannot be listed", "this kernel has no connection tracking"}},
		{"nobody asked", nat, nil,
			Outcome{false, want, "the connections were not listed", "the question could not be put"},
			Outcome{false, deny, "the connections were not listed", "the question could not be put"}},
		{"a namespace is missing", Conntrack{In: "X", To: b}, nil,
			Outcome{false, "X follows a connection to 203.0.113.10", "there is no namespace X", "a check cannot see into a namespace that does not exist"},
			Outcome{false, "X follows no connection to 203.0.113.10", "there is no namespace X", "a check cannot see into a namespace that does not exist"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for not, want := range map[bool]Outcome{false: tt.says, true: tt.no} {
				got := Judge(Check{Not: not, Conntrack: &tt.claim}, routed(), measure.Found{Connections: tt.found})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("not: %v\n%s", not, diff)
				}
			}
		})
	}
}
