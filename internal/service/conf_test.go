package service

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
)

func TestReadConf(t *testing.T) {
	port := func(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
	tests := []struct {
		name, text string
		check      func(config) (got, want any)
	}{
		{"nothing: it waits at this machine", "", func(c config) (any, any) {
			return c.listenOn(), []netip.AddrPort{port("127.0.0.1:53"), port("[::1]:53")}
		}},
		{"nothing: the defaults", "", func(c config) (any, any) {
			return []any{c.verbosity, c.logQueries, c.toLocalhost, c.networks(), c.types(), c.pidFile, c.ttl},
				[]any{1, false, false, []string{"udp", "tcp"}, []uint16{1, 28}, "/run/unbound.pid", ttlLimits{86400, 0, 3600}}
		}},
		{"an address", "server:\n interface: 10.0.0.53\n", func(c config) (any, any) { return c.listenOn(), []netip.AddrPort{port("10.0.0.53:53")} }},
		{"an address and a port", "server: interface: 10.0.0.53@5353 port: 54 interface: fd00::1", func(c config) (any, any) {
			return c.listenOn(), []netip.AddrPort{port("10.0.0.53:5353"), port("[fd00::1]:54")}
		}},
		{"no IPv6", "server:\ndo-ip6: no\ninterface: ::0\ninterface: 0.0.0.0", func(c config) (any, any) {
			return []any{c.listenOn(), c.types()}, []any{[]netip.AddrPort{port("0.0.0.0:53")}, []uint16{1}}
		}},
		{"no IPv4, no UDP", "server:\ndo-ip4: no\ndo-udp: no", func(c config) (any, any) {
			return []any{c.listenOn(), c.types(), c.networks()}, []any{[]netip.AddrPort{port("[::1]:53")}, []uint16{28}, []string{"tcp"}}
		}},
		{"quotes and comments", "# first\nserver: # second\n\troot-hints: \"/etc/a #b\"#third\n  directory:'/x y'\n", func(c config) (any, any) {
			return []string{c.rootHints, c.directory}, []string{"/etc/a #b", "/x y"}
		}},
		{"empty values", "server:\nusername: \"\"\nchroot: ''\npidfile: \"\"", func(c config) (any, any) { return []any{c.pidFile, c.notes}, []any{"", []string(nil)} }},
		{"what is ignored, with a note", "server:\nusername: unbound\nuse-syslog: yes\nmodule-config: \"validator iterator\"\nqname-minimisation: yes\nauto-trust-anchor-file: x\n", func(c config) (any, any) {
			return c.notes, []string{
				"username is ignored: it stays who it is, where it is",
				"use-syslog is ignored: there is no syslog in a lab; messages go to the standard error",
				"module-config is ignored: no signatures are checked here (DNSSEC)",
				"qname-minimisation is ignored: the whole name is asked for, everywhere",
				"auto-trust-anchor-file is ignored: no signatures are checked here (DNSSEC)",
			}
		}},
		{"what is ignored, without one", "server:\nharden-glue: yes\nnum-threads: 4\nmsg-cache-size: 50m\nuse-syslog: no\nqname-minimisation: no\nmodule-config: iterator\nremote-control:\ncontrol-enable: no\n",
			func(c config) (any, any) { return c.notes, []string(nil) }},
		{"limits of time", "server:\ncache-max-ttl: 60\ncache-min-ttl: 5\ncache-max-negative-ttl: 10", func(c config) (any, any) { return c.ttl, ttlLimits{60, 5, 10} }},
		{"the log", "server:\nverbosity: 3\nlog-queries: yes\nlogfile: x.log", func(c config) (any, any) {
			return []any{c.verbosity, c.logQueries, c.logFile}, []any{3, true, "x.log"}
		}},
		{"servers on this machine", "server:\ndo-not-query-localhost: no", func(c config) (any, any) { return c.toLocalhost, true }},
		{"lines of Windows", "server:\r\n\tport: 5353\r\n", func(c config) (any, any) { return c.port, uint16(5353) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := readConf("c", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got, want := tt.check(c)
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }), cmp.AllowUnexported(ttlLimits{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// wrongSettings are settings and the first thing that is wrong with them.
func wrongSettings() map[string]string {
	return map[string]string{
		"server:\n port: x":        "c:2: error: port number expected",
		"server:\n do-ip6: maybe":  "c:2: error: expected yes or no.",
		"server:\n verbosity: abc": "c:2: error: number expected",
		"server:\n nosuch: yes":    "c:2: error: unknown keyword 'nosuch'",
		"foo":                      "c:1: error: unknown keyword 'foo'",
		"\n\nserver:\n interface: \"10.0.0.53\n port: 53": "c:4: error: newline inside quoted string, no end \"",
		"server:\n access-control: 10.0.0.0/8 alow":       "c:2: error: expected deny, refuse, deny_non_local, refuse_non_local, allow, allow_setrd or allow_snoop as access control action",
	}
}

func TestWrongSettings(t *testing.T) {
	tests := wrongSettings()
	for text, want := range map[string]string{
		"server:\n interface:":                            "c:2: error: syntax error, 'interface' needs a value",
		"server:\n access-control: 10.0.0.0/8":            "c:2: error: syntax error, 'access-control' needs 2 values",
		"server:\n access-control: 10.0.0.0/88 allow":     "c:2: error: '10.0.0.0/88' is no netblock",
		"server:\n interface: 1.2.3.400":                  "c:2: error: '1.2.3.400' is no address; netlab's small resolver takes no names of interfaces",
		"server:\n interface: 1.2.3.4@0":                  "c:2: error: port number expected",
		"server:\n port: 70000":                           "c:2: error: port number expected",
		"server:\n cache-max-ttl: -4":                     "c:2: error: number expected",
		"port: 53":                                        "c:1: error: syntax error, 'port' stands in no section",
		"server:\nforward-zone:\n name: \".\"":            "c:2: error: netlab's small resolver does not know 'forward-zone'",
		"server:\n local-data: \"a. A 1.2.3.4\"":          "c:2: error: netlab's small resolver does not know 'local-data'",
		"server:\n local-zone: a. static":                 "c:2: error: netlab's small resolver does not know 'local-zone'",
		"include: \"/etc/unbound/unbound.conf.d/*.conf\"": "c:1: error: syntax error, 'include' stands in no section",
	} {
		tests[text] = want
	}
	for text, want := range tests {
		_, err := readConf("c", text)
		first, _, _ := strings.Cut(errText(err), "\n")
		if first != want {
			t.Errorf("%q:\n%s\nwant %s", text, first, want)
		}
	}
	_, err := readConf("c", "server:\n"+strings.Repeat("nosuch: 1\n", 100))
	if lines := strings.Split(errText(err), "\n"); len(lines) != maxErrors+1 || lines[maxErrors] != "read c failed: 20 errors in configuration file" {
		t.Errorf("%d lines, the last: %q", len(lines), lines[len(lines)-1])
	}
}

func errText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// checkconf is unbound's own word on settings.
func checkconf(t *testing.T, text string) string {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/unbound-checkconf")
	netlabtest.Require(t, err == nil, "unbound-checkconf")
	file := filepath.Join(t.TempDir(), "c")
	write(t, file, text)
	out, _ := exec.Command(program, file).CombinedOutput()
	return strings.ReplaceAll(string(out), file+":", "c:")
}

func TestMistakesAreToldAsUnboundTellsThem(t *testing.T) {
	for text, want := range wrongSettings() {
		if got := checkconf(t, text); !strings.Contains(got, want+"\n") {
			t.Errorf("%q: want %q of unbound\n%s", text, want, got)
		}
	}
}

// What is said to be a setting of unbound is one.
func TestUnboundKnowsTheSettings(t *testing.T) {
	var text strings.Builder
	text.WriteString("server:\n")
	for name := range obeyed() {
		text.WriteString(name + ": x\n")
	}
	out := strings.ReplaceAll(checkconf(t, strings.ReplaceAll(text.String(), "access-control: x", "access-control: x allow")), " 'x'", "")
	if strings.Contains(out, "unknown keyword") {
		t.Error(out)
	}
	for _, name := range []string{"server", "remote-control", "forward-zone", "stub-zone", "auth-zone", "view"} {
		if out := checkconf(t, name+":\n"); strings.Contains(out, "unknown keyword") || !isClause(name) {
			t.Error(out)
		}
	}
}

// Whatever the example of unbound's own documentation has, is known here, too.
func TestTheExampleOfUnboundIsUnderstood(t *testing.T) {
	b, err := os.ReadFile("/usr/share/doc/unbound/examples/unbound.conf")
	netlabtest.Require(t, err == nil, "unbound's example of its settings")
	var unknown []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimLeft(line, "\t #")
		name, _, ok := strings.Cut(line, ":")
		if !ok || strings.ContainsFunc(name, func(c rune) bool { return c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') }) || name == "0" || isClause(name) || name == "" || strings.HasPrefix(name, "http") {
			continue
		}
		if obeyed()[name] == nil && !ignored(name) && !refused(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	if unknown = slices.Compact(unknown); len(unknown) > 0 {
		t.Errorf("unknown: %q", unknown)
	}
}

func TestAccess(t *testing.T) {
	c, err := readConf("c", `server:
 access-control: 10.0.0.0/8 allow
 access-control: 10.1.0.0/16 deny
 access-control: 10.1.2.0/24 allow_snoop
 access-control: 10.1.2.3 refuse
 access-control: fd00::/8 allow
`)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]action{
		"127.0.0.1": actAllow, "::1": actAllow, "192.168.0.1": actRefuse, "10.9.9.9": actAllow, "10.1.9.9": actDeny, "10.1.2.9": actSnoop,
		"10.1.2.3": actRefuse, "fd00::5": actAllow, "2001:db8::1": actRefuse, "fe80::1%eth0": actRefuse,
	} {
		if got := c.access.of(netip.MustParseAddr(from)); got != want {
			t.Errorf("%s: %d, want %d", from, got, want)
		}
	}
	if got := defaults().access.of(netip.Addr{}); got != actRefuse {
		t.Errorf("nobody: %d", got)
	}
}

func TestHints(t *testing.T) {
	h, err := readHints("h", ". 3600000 IN NS A.Root.\n.  NS b.root.\na.root. 3600000 A 10.1.0.1\nA.ROOT. AAAA fd00::1\n; a comment\n")
	want := hints{servers: []string{"a.root.", "b.root."}, addresses: map[string][]netip.Addr{"a.root.": {addr("10.1.0.1"), addr("fd00::1")}}}
	if diff := cmp.Diff(want, h, cmp.AllowUnexported(hints{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for text, want := range map[string]string{
		"":                                   "h: it names no server of the root with its address",
		". NS a.root.":                       "h: it names no server of the root with its address",
		"a.root. A 10.1.0.1":                 "h: it names no server of the root with its address",
		". NS a.root.\na.root. A 10.1.0.256": "line: 2",
		". NS a.root.\na.root. MX 10 b.":     "h: a MX record is no root hint",
		"$INCLUDE /etc/passwd":               "directive not allowed",
		". NS a.root.\n$GENERATE 1-100000000 x A": "line: 2",
	} {
		if _, err := readHints("h", text); !strings.Contains(errText(err), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadConf(f *testing.F) {
	for text := range wrongSettings() {
		f.Add(text)
	}
	b, err := os.ReadFile("testdata/unbound.conf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add("server: access-control: ::/0 allow # x\n'\"")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readConf("c", text)
		if err != nil {
			if n := strings.Count(err.Error(), "\n"); n == 0 || n > maxErrors+1+strings.Count(text, "\n") {
				t.Errorf("%d lines of errors", n)
			}
			return
		}
		for _, a := range c.listenOn() {
			if !a.IsValid() || a.Port() == 0 {
				t.Errorf("it waits at %v", a)
			}
		}
		if c.access.of(netip.MustParseAddr("127.0.0.1")); len(c.access) < 2 {
			t.Error("the defaults are gone")
		}
	})
}
