package scenario

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"netlab/internal/check"
)

const small = `name: demo
title: A demo
summary: Shows one thing
question: Does it work?
minutes: 5
steps:
  - title: One
    explain: Make a namespace.
    run: |
      ip netns add ns1
    checks:
      - says: ns1 exists
        namespace: ns1
    hints: [Look at the list.]
recap:
  - It works.
`

func demo() Scenario {
	return Scenario{
		Name: "demo", Title: "A demo", Summary: "Shows one thing", Question: "Does it work?", Minutes: 5,
		Steps: []Step{{
			Title: "One", Explain: "Make a namespace.", Run: "ip netns add ns1\n",
			Checks: []check.Check{{Says: "ns1 exists", Namespace: &check.Namespace{Name: "ns1"}}},
			Hints:  []string{"Look at the list."},
		}},
		Recap: []string{"It works."},
	}
}

func compare(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTextFormsThatMeanTheSame(t *testing.T) {
	forms := map[string]string{
		"as it is":                    small,
		"with a byte order mark":      "\uFEFF" + small,
		"with line breaks of Windows": strings.ReplaceAll(small, "\n", "\r\n"),
		"with a line --- first":       "---\n" + small,
		"with comments":               "# top\n" + strings.ReplaceAll(small, "minutes: 5", "minutes: 5 # long"),
		"with the long form":          strings.ReplaceAll(small, "namespace: ns1", "namespace: {name: ns1}"),
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("demo.yaml", []byte(form))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, demo(), got)
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	manySteps := strings.Replace(small, "steps:\n", "steps:\n"+strings.Repeat("  - {title: a, explain: b}\n", maxSteps), 1)
	tests := []struct{ name, file, want string }{
		{"an empty file", "", "f: the file is empty"},
		{"zero bytes", small + "\x00", "f: this is not a text file: it has zero bytes"},
		{"UTF-16", "\xff\xfen\x00", "f: the file is UTF-16, not UTF-8"},
		{"UTF-16, the other way round", "\xfe\xff\x00n", "f: the file is UTF-16, not UTF-8"},
		{"another encoding", "name: caf\xe9", "f:1:10: byte 0xe9 is not UTF-8"},
		{"an escape sequence", "name: \x1b[31mred", "f:1:7: control character U+001B is not allowed"},
		{"a lone carriage return", "name: a\rb: c", "f:1:8: control character U+000D is not allowed"},
		{"a mark that turns text round", "name: a\u202eb", "f:1:8: control character U+202E is not allowed"},
		{"too big", strings.Repeat("#\n", maxSize/2+1), "f: the file has 262146 bytes; at most 262144 are read"},
		{"too many steps", manySteps, "f:107:5: the list may have 100 entries, and has 101"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.file))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			var one *Error
			if !errors.As(err, &one) {
				t.Errorf("%T holds no *Error", err)
			}
		})
	}
}

func TestHostileFilesAreReadInBoundedTime(t *testing.T) {
	for _, part := range []string{"[", "{", "- ", "? ", "a:\n ", "&a ", "*a ", "# c\n", "a: &a b\n", "[],", "a: b\n", "'", "\"", "|\n", "!a ", " ", "%A a\n", "---\n", "[a: ", "-\n", "a: [b\n"} {
		start := time.Now()
		_, err := Parse("f", []byte(strings.Repeat(part, maxSize/len(part))))
		if err == nil {
			t.Errorf("%q again and again is accepted", part)
		}
		took := time.Since(start)
		if took > 10*time.Second {
			t.Errorf("%q again and again takes %s", part, took)
		}
	}
}

func TestChecksBecomeValues(t *testing.T) {
	yes, no, br0, none := true, false, "br0", ""
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	tests := []struct {
		yaml string
		want check.Check
	}{
		{"ping: {in: ns1, to: 10.1.1.2, ttl: 64}", check.Check{Ping: &check.Ping{In: "ns1", To: addr("10.1.1.2"), TTL: 64}}},
		{"not: true\nwithin: 1s\nping: {in: host, to: 2001:db8::1, error: ENETUNREACH}", check.Check{Not: true, Within: time.Second, Ping: &check.Ping{In: "host", To: addr("2001:db8::1"), Error: "ENETUNREACH"}}},
		{"reach: {among: [A, \"h{1..8}\"]}", check.Check{Reach: &check.Reach{Among: []string{"A", "h{1..8}"}}}},
		{"not: true\nreach: {from: [host], to: [ns1], family: 6}", check.Check{Not: true, Reach: &check.Reach{From: []string{"host"}, To: []string{"ns1"}, Family: 6}}},
		{"path: {in: A, to: 192.168.2.3, hops: [silent, 192.168.2.3]}", check.Check{Path: &check.Path{In: "A", To: addr("192.168.2.3"), Hops: []netip.Addr{{}, addr("192.168.2.3")}}}},
		{"seen: {at: {in: B, dev: eth0}, in: A, to: 10.1.1.3, reply: true, source: 10.1.1.4, ttl: 63, mac_from: {in: R, dev: eth1}, mac_to: {in: B, dev: eth0}}",
			check.Check{Seen: &check.Seen{At: check.Interface{In: "B", Dev: "eth0"}, In: "A", To: addr("10.1.1.3"), Reply: true, Source: addr("10.1.1.4"), TTL: 63,
				MACFrom: &check.Interface{In: "R", Dev: "eth1"}, MACTo: &check.Interface{In: "B", Dev: "eth0"}}}},
		{"not: true\nseen: {at: {in: B, dev: eth0}, in: A, to: 10.1.1.3}", check.Check{Not: true, Seen: &check.Seen{At: check.Interface{In: "B", Dev: "eth0"}, In: "A", To: addr("10.1.1.3")}}},
		{"lookup: {in: A, to: 203.0.113.10, via: 192.168.1.1, dev: eth0, from: 192.168.1.2}", check.Check{Lookup: &check.Lookup{In: "A", To: addr("203.0.113.10"), Via: addr("192.168.1.1"), Dev: "eth0", From: addr("192.168.1.2")}}},
		{"not: true\nlookup: {in: A, to: 203.0.113.10, error: ENETUNREACH}", check.Check{Not: true, Lookup: &check.Lookup{In: "A", To: addr("203.0.113.10"), Error: "ENETUNREACH"}}},
		{"conntrack: {in: R, from: 192.168.1.1, to: 203.0.113.10, reply_to: 203.0.113.1}", check.Check{Conntrack: &check.Conntrack{In: "R", From: addr("192.168.1.1"), To: addr("203.0.113.10"), ReplyTo: addr("203.0.113.1")}}},
		{"link: {in: ns1, name: a, kind: veth, up: true, carrier: false, state: down, mtu: 1500}", check.Check{Link: &check.Link{In: "ns1", Name: "a", Kind: "veth", Up: &yes, Carrier: &no, State: "down", MTU: 1500}}},
		{"link: {in: ns1, name: a, peer: b, peer_in: ns2}", check.Check{Link: &check.Link{In: "ns1", Name: "a", Peer: "b", PeerIn: "ns2"}}},
		{"link: {in: ns1, name: a, peer: b}", check.Check{Link: &check.Link{In: "ns1", Name: "a", Peer: "b", PeerIn: "ns1"}}},
		{"link: {in: host, name: a, master: br0}", check.Check{Link: &check.Link{In: "host", Name: "a", Master: &br0}}},
		{"link: {in: host, name: a, master: none}", check.Check{Link: &check.Link{In: "host", Name: "a", Master: &none}}},
		{"addr: {in: ns1, dev: a, is: 10.1.1.1/24}", check.Check{Addr: &check.Addr{In: "ns1", Dev: "a", Prefix: prefix("10.1.1.1/24")}}},
		{"addr: {in: ns1, dev: a, is: \"fd00::1/64\", flag: tentative}", check.Check{Addr: &check.Addr{In: "ns1", Dev: "a", Prefix: prefix("fd00::1/64"), Flag: "tentative"}}},
		{"not: true\naddr: {in: ns1, dev: a}", check.Check{Not: true, Addr: &check.Addr{In: "ns1", Dev: "a"}}},
		{"route: {in: ns1, to: default, via: 10.1.1.254}", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: addr("10.1.1.254")}}},
		{"route: {in: ns1, to: 10.1.1.0/24, dev: a}", check.Check{Route: &check.Route{In: "ns1", Dst: prefix("10.1.1.0/24"), Dev: "a"}}},
		{"neigh: {in: ns1, of: 10.1.1.2, dev: a}", check.Check{Neigh: &check.Neigh{In: "ns1", Addr: addr("10.1.1.2"), Dev: "a"}}},
		{"fdb: {in: host, bridge: br0, port: p, of: {in: ns1, dev: a}}", check.Check{FDB: &check.FDB{In: "host", Bridge: "br0", Port: "p", OfIn: "ns1", OfDev: "a"}}},
		{"sysctl: {in: host, key: net.ipv4.ip_forward, is: 1}", check.Check{Sysctl: &check.Sysctl{In: "host", Key: "net.ipv4.ip_forward", Value: "1"}}},
		{"rules: {in: ns1, count: 0}", check.Check{Rules: &check.Rules{In: "ns1"}}},
		{"resolves: {in: ns1, name: web}", check.Check{Resolves: &check.Resolves{In: "ns1", Name: "web"}}},
		{"resolves: {in: ns1, name: web.lan., family: 6, to: \"fd00::1\", tries: [web.lan], asks: [ns1, host], waits: 2s}", check.Check{Resolves: &check.Resolves{
			In: "ns1", Name: "web.lan.", Family: 6, To: []netip.Addr{addr("fd00::1")}, Tries: []string{"web.lan"}, Asks: []string{"ns1", "host"}, Waits: 2 * time.Second}}},
		{"not: true\nresolves: {in: ns1, name: web, tries: [], asks: []}", check.Check{Not: true, Resolves: &check.Resolves{In: "ns1", Name: "web", Tries: []string{}, Asks: []string{}}}},
		{"resolves: {in: ns1, name: web, to: [10.1.1.1, 10.1.1.2]}", check.Check{Resolves: &check.Resolves{In: "ns1", Name: "web", To: []netip.Addr{addr("10.1.1.1"), addr("10.1.1.2")}}}},
		{"dns: {in: ns1, server: 10.1.1.53, name: .}", check.Check{DNS: &check.DNS{In: "ns1", Server: addr("10.1.1.53"), Name: "."}}},
		{"dns: {in: ns1, server: 10.1.1.53, name: web.lan, type: MX, tcp: true, is: 10 mail.lan, alias: www.lan, authoritative: false, ttl: 300, asks: []}", check.Check{DNS: &check.DNS{
			In: "ns1", Server: addr("10.1.1.53"), Name: "web.lan", Type: "MX", TCP: true, Is: []string{"10 mail.lan"}, Alias: "www.lan", Authoritative: &no, TTL: 300, Asks: []string{}}}},
		{"dns: {in: ns1, server: \"fd00::53\", name: web.lan, is: [10.1.1.1, 10.1.1.2], ttlbelow: 300}", check.Check{DNS: &check.DNS{In: "ns1", Server: addr("fd00::53"), Name: "web.lan", Is: []string{"10.1.1.1", "10.1.1.2"}, TTLBelow: 300}}},
		{"dns: {in: ns1, server: 10.1.1.53, name: www.yahoo.com, refers: com}", check.Check{DNS: &check.DNS{In: "ns1", Server: addr("10.1.1.53"), Name: "www.yahoo.com", Refers: "com"}}},
		{"not: true\ndns: {in: ns1, server: 10.1.1.53, name: web, error: nodata, asks: [ns1]}", check.Check{Not: true, DNS: &check.DNS{In: "ns1", Server: addr("10.1.1.53"), Name: "web", Error: "nodata", Asks: []string{"ns1"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.yaml, func(t *testing.T) {
			s, err := Parse("f", []byte(withCheck(tt.yaml)))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Says = "ns1 exists"
			compare(t, tt.want, s.Steps[0].Checks[0])
			if err := tt.want.Validate(); err != nil {
				t.Errorf("Parse accepts what check refuses: %v", err)
			}
		})
	}
}

// withCheck is the small scenario with another predicate.
func withCheck(yaml string) string {
	small := small
	if strings.Contains(yaml, "conntrack") {
		small = strings.Replace(small, "steps:\n", "requires: [conntrack]\nsteps:\n", 1)
	}
	return strings.Replace(small, "        namespace: ns1\n", "        "+strings.ReplaceAll(yaml, "\n", "\n        ")+"\n", 1)
}

func TestChecksOfConnectionsNeedTheKernelsHelp(t *testing.T) {
	yaml := withCheck("conntrack: {in: ns1, to: 10.1.1.2}")
	if _, err := Parse("f", []byte(yaml)); err != nil {
		t.Error(err)
	}
	alone := strings.Replace(yaml, "requires: [conntrack]\n", "", 1)
	if _, err := Parse("f", []byte(alone)); err == nil || !strings.Contains(err.Error(), "not every kernel follows them") {
		t.Errorf("got %v", err)
	}
	ofTheStep := strings.Replace(alone, "    run: ", "    requires: [conntrack]\n    run: ", 1)
	if _, err := Parse("f", []byte(ofTheStep)); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfAnInterface(t *testing.T) {
	tests := []struct{ addr, want string }{
		{"10.1.1.1/24", ""},
		{"10.1.1.0/31", ""},
		{"10.1.1.255/32", ""},
		{"10.1.1.255/16", ""},
		{"2001:db8::/64", ""},
		{"10.1.255.255/16", "10.1.255.255 is the broadcast address of 10.1.0.0/16"},
		{"10.1.1.1/024", "/024 is not a prefix length: for this address it is a number from 0 to 32"},
		{"10.1.1.1/", "/ is not a prefix length: for this address it is a number from 0 to 32"},
		{"10.1.1.1/-1", "/-1 is not a prefix length: for this address it is a number from 0 to 32"},
		{"::1/129", "/129 is not a prefix length: for this address it is a number from 0 to 128"},
		{"239.0.0.1/8", "239.0.0.1 is a multicast address, not one machine's"},
		{"255.255.255.255/0", "255.255.255.255 is the broadcast address, not one machine's"},
		{"10.1..1/24", `"10.1..1" is not an IP address: a part is empty`},
		{"10.1.1.1%eth0/24", `"10.1.1.1%eth0" is not an IP address`},
		{"2001:db8::1%eth0/64", "2001:db8::1%eth0: only a link-local address (fe80::) has a zone"},
	}
	for _, tt := range tests {
		t.Run(tt.addr, func(t *testing.T) {
			_, bad := parseOwn(tt.addr)
			got := ""
			if bad != nil {
				got = bad.text
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNamesThatBecomeFileNames(t *testing.T) {
	rules := map[string]nameRule{"scenario": scenarioName(), "namespace": spaceName(), "interface": linkName()}
	tests := []struct{ name, ok string }{
		{"demo", "scenario namespace interface"},
		{"2-pods", "scenario namespace interface"},
		{"ns_1.a", "namespace interface"},
		{"Host", "namespace interface"},
		{strings.Repeat("a", 15), "scenario namespace interface"},
		{strings.Repeat("a", 16), "scenario namespace"},
		{strings.Repeat("a", 41), "scenario namespace"},
		{strings.Repeat("a", 42), "namespace"},
		{strings.Repeat("a", 64), ""},
		{"", ""}, {".", ""}, {"..", ""}, {"-a", ""}, {"_a", ""}, {"a/b", ""}, {"a b", ""}, {"ä", ""}, {"a\n", ""}, {"a\x00", ""},
	}
	for _, tt := range tests {
		for kind, rule := range rules {
			want := strings.Contains(tt.ok, kind)
			if got := rule.check(tt.name) == nil; got != want {
				t.Errorf("%s %q: accepted %v, want %v", kind, tt.name, got, want)
			}
		}
	}
}

func TestShownErrorsCannotReachTheTerminal(t *testing.T) {
	e := &Error{File: "a\x1b[2J", Line: 1, Column: 14, Text: "bad \a", Hint: "no \u202e", Source: "\tx: \x1b[31m \xff日本 here"}
	got := e.Show()
	want := "a\\x1b[2J:1:14: bad \\x07\n  1 |  x: \\x1b[31m �日本 here\n    |                   ^\n  hint: no \\u202e"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLongLinesAreCutAroundTheColumn(t *testing.T) {
	line := strings.Repeat("a", 100) + "X" + strings.Repeat("b", 100)
	for _, column := range []int{1, 30, 101, 201} {
		part, pad := excerpt(line, column)
		runes := []rune(part)
		if len(runes) > excerptWidth+2 {
			t.Errorf("column %d: %d characters are shown", column, len(runes))
		}
		if want := (line + " ")[column-1]; pad < len(runes) && runes[pad] != rune(want) {
			t.Errorf("column %d: the caret is under %q, want %q", column, runes[pad], want)
		}
	}
}

func TestErrorsAreSortedAndLimited(t *testing.T) {
	_, err := Parse("f", []byte(strings.Repeat("x: 1\n", 50)))
	var all Errors
	if !errors.As(err, &all) || len(all) != maxErrors {
		t.Fatalf("%d mistakes, want %d", len(all), maxErrors)
	}
	for i := range all[1:] {
		if all[i].Line > all[i+1].Line {
			t.Fatalf("line %d comes before line %d", all[i].Line, all[i+1].Line)
		}
	}
}

func TestNearestWords(t *testing.T) {
	tests := []struct{ word, want string }{
		{"pign", "ping"}, {"pings", "ping"}, {"names", "namespace"}, {"namspace", "namespace"}, {"rote", "route"}, {"xyz", ""}, {"", ""},
	}
	words := predicateWords(new(check.Check))
	for _, tt := range tests {
		got := ""
		if near := nearest(tt.word, words); len(near) > 0 {
			got = near[0]
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.word, got, tt.want)
		}
	}
}

func lessons(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../scenarios/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no lessons are found: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func FuzzParse(f *testing.F) {
	for _, src := range lessons(f) {
		f.Add(src)
	}
	for _, c := range errorCases(f) {
		f.Add([]byte(c.input))
	}
	f.Add([]byte(whole))
	f.Add([]byte(set("title", "|\n  A demo")))
	f.Add([]byte(inStep("fails: false")))
	f.Add([]byte(withCheck("within: 1s500ms\nnamespace: a")))
	schema := resolved(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("f", src)
		if err != nil {
			shownSafely(t, err)
			return
		}
		survivesJSON(t, s)
		if v, err := asJSON(string(src)); err == nil { // JSON has no .inf
			if err := schema.Validate(v); err != nil {
				t.Fatalf("the schema refuses what Parse accepts: %v", err)
			}
		}
		_ = Script(s, []Scenario{s})
	})
}

func shownSafely(t *testing.T, err error) {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("%T is not a list of mistakes", err)
	}
	for _, e := range all {
		if e.Text == "" || e.Line < 0 || e.Line > 0 && e.Column < 1 {
			t.Fatalf("a mistake without text or place: %+v", e)
		}
	}
	for _, r := range all.Show() {
		if r != '\n' && dangerous(r) {
			t.Fatalf("%q is shown as it is: %s", r, fmt.Sprintf("%q", all.Show()))
		}
	}
}
