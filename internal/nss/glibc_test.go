package nss_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/nss"
)

// A lookedUp is a row for glibc: files, and the name that is looked up with
// them. An empty file is the usual one, "-" none.
type lookedUp struct {
	sw, hosts, resolv string
	name              string
	family            int
	glibc             string // the one version that does this; empty: all of today
}

// The files of a row that says nothing of them.
const (
	usualSwitch = "hosts: files dns\n"
	usualHosts  = "10.5.0.1 inhosts both\n10.5.0.2 both\n::1 loop\nfd05::1 six\n"
	usualServer = "nameserver 10.9.0.1\n"
	usualResolv = usualServer + "search a b\n"
)

func (l lookedUp) files() nss.Files {
	file := func(text, usual, name string) nss.File {
		switch text {
		case "":
			text = usual
		case "-":
			return nss.File{}
		case "empty":
			text = ""
		}
		return nss.File{Path: "/etc/" + name, Text: text}
	}
	return nss.Files{
		Switch: file(l.sw, usualSwitch, "nsswitch.conf"),
		Hosts:  file(l.hosts, usualHosts, "hosts"),
		Resolv: file(l.resolv, usualResolv, "resolv.conf"),
	}
}

// usualNames are the servers of all rows. 10.9.0.4 is an address where nobody
// listens, 10.77.0.1 one to which no way leads.
func usualNames() *names {
	zone := map[string][]string{
		"web.a.": {"10.1.1.1", "fd01::1"}, "four.b.": {"10.1.1.4", "10.1.1.5"}, "web.": {"10.1.1.9"}, "six.b.": {"fd01::6"},
		"alias.a.": {"CNAME web.a.", "10.1.1.1"}, "twice.a.": {"CNAME alias.a.", "CNAME web.a.", "10.1.1.1"}, "gone.a.": {"CNAME nobody.a."}, "gone.b.": {"10.1.1.3"},
		"x.y.": {"10.1.2.1"}, "x.y.a.": {"10.1.2.2"}, "p.q.b.": {"10.1.2.3"}, "p.r.": {"SERVFAIL"}, "p.r.a.": {"10.1.2.4"},
		"cut.a.": {"cut short", "10.1.2.5", "fd01::7"}, "none.a.": {"nothing"}, "none.b.": {"10.1.2.6"}, "loop.": {"10.1.2.7"}, "inhosts.": {"10.1.2.8"},
		"refused.b.": {"REFUSED"}, "glue.a.": {"referral", "glue"}, "glue.b.": {"10.1.3.1"}, "w1.a.": {"wrong id"}, "w2.a.": {"garbage"}, "w3.a.": {"wrong question"},
	}
	for _, how := range []string{"SERVFAIL", "REFUSED", "FORMERR", "NOTIMP", "referral", "silent"} {
		zone[strings.ToLower(how)+".a."] = []string{how}
		zone[strings.ToLower(how)+".b."] = []string{"10.1.3.1"}
	}
	return &names{servers: []server{
		{addr: "10.9.0.1", zone: zone}, {addr: "127.0.0.1", zone: zone}, {addr: "fd09::1", zone: zone},
		{addr: "10.9.0.2", all: "silent"}, {addr: "10.9.0.3", all: "SERVFAIL"}, {addr: "10.9.0.5", all: "REFUSED"}, {addr: "10.9.0.6", all: "referral"},
	}}
}

// answered is what came of a lookup.
type answered struct {
	Addrs []netip.Addr
	Canon string
	Asked []asked
}

// TestLookupDoesWhatGlibcDoes: with the same files and the same servers,
// getent asks for the same names in the same order, and finds the same.
func TestLookupDoesWhatGlibcDoes(t *testing.T) {
	n := machineWithServers(t)
	out, _ := exec.Command("getconf", "GNU_LIBC_VERSION").Output()
	version := strings.TrimSpace(strings.TrimPrefix(string(out), "glibc "))
	for name, row := range glibcRows() {
		t.Run(name, func(t *testing.T) {
			netlabtest.Require(t, row.glibc == "" || row.glibc == version, "glibc "+row.glibc)
			files := row.files()
			writeFiles(t, files)
			n.took()
			want := getent(t, row)
			want.Asked = n.took()

			found := nss.Lookup(files, row.name, row.family, n.ask)
			got := answered{found.Addrs, found.Canon, n.took()}
			sortAddrs(got.Addrs) // getent has an order of its own, RFC 6724
			sortAddrs(want.Addrs)
			if d := cmp.Diff(want, got, addrs()); d != "" {
				t.Errorf("%+v\n- getent, + Lookup:\n%s", files, d)
			}
		})
	}
}

// TestCandidatesAreTheNamesThatGlibcAsksFor where no server knows any of them.
func TestCandidatesAreTheNamesThatGlibcAsksFor(t *testing.T) {
	n := machineWithServers(t)
	for name, row := range candidateRows() {
		t.Run(name, func(t *testing.T) {
			writeFiles(t, row.files())
			n.took()
			getent(t, row)
			var want []string
			for _, a := range n.took() {
				want = append(want, a.Name)
			}
			if d := cmp.Diff(want, nss.ReadResolv(row.files().Resolv.Text).Candidates(row.name)); d != "" {
				t.Errorf("%q\n- getent, + Candidates:\n%s", row.resolv, d)
			}
		})
	}
}

// TestNobodyListensAnywhere: no server hears of it, but the kernel does.
func TestNobodyListensAnywhere(t *testing.T) {
	machineWithServers(t)
	_, err := exec.LookPath("strace")
	netlabtest.Require(t, err == nil, "strace")
	for _, name := range []string{"some", "some.name", "some.name."} {
		row := lookedUp{resolv: "nameserver 10.9.0.4\nsearch a b\n", name: name, family: 4}
		writeFiles(t, row.files())
		cmd := exec.Command("strace", "-f", "--seccomp-bpf", "-e", "trace=connect", "getent", "ahostsv4", name)
		out, _ := cmd.CombinedOutput()
		got := 0
		nss.Lookup(row.files(), name, 4, func(nss.Query) nss.Reply {
			got++
			return nss.Reply{Closed: true}
		})
		if want := strings.Count(string(out), `"10.9.0.4"`); got != want || want == 0 {
			t.Errorf("%s: getent asks %d times, Lookup %d", name, want, got)
		}
	}
}

// TestGlibcWaitsAsLongAsWaitSays for each of three servers that are silent.
func TestGlibcWaitsAsLongAsWaitSays(t *testing.T) {
	machineWithServers(t)
	row := lookedUp{resolv: strings.Repeat("nameserver 10.9.0.2\n", 3) + "options timeout:2 attempts:1\n", name: "some.", family: 4, sw: "hosts: dns\n"}
	writeFiles(t, row.files())
	start := time.Now()
	getent(t, row)
	// The computer may be slow, but glibc must not be faster.
	if took, least := time.Since(start), nss.Plan(row.files(), row.name, row.family)[0].Silent; took < least-100*time.Millisecond || least != 5*time.Second {
		t.Errorf("getent gave up after %s, the plan says %s", took, least)
	}
}

// machineWithServers makes the sandbox's host a machine with IPv4 and IPv6
// addresses, and starts the servers on them.
func machineWithServers(t *testing.T) *names {
	t.Helper()
	_, err := exec.LookPath("getent")
	netlabtest.Require(t, err == nil, "getent")
	_, err = exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip")
	n := usualNames()
	lines := []string{"ip link set lo up", "ip addr replace 10.9.0.4/32 dev lo"}
	for _, s := range n.servers {
		if s.addr != "127.0.0.1" {
			bits := map[bool]string{true: "/128 nodad", false: "/32"}[strings.Contains(s.addr, ":")]
			lines = append(lines, "ip addr replace "+s.addr+bits+" dev lo")
		}
	}
	if out, err := exec.Command("sh", "-ec", strings.Join(lines, "\n")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n.listen(t)
	return n
}

func writeFiles(t *testing.T, f nss.Files) {
	t.Helper()
	for name, file := range map[string]nss.File{"nsswitch.conf": f.Switch, "hosts": f.Hosts, "resolv.conf": f.Resolv} {
		path := "/etc/" + name
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if file.Path == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(file.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// getent looks a name up by glibc.
func getent(t *testing.T, l lookedUp) answered {
	t.Helper()
	database := map[int]string{0: "ahosts", 4: "ahostsv4", 6: "ahostsv6"}[l.family]
	cmd := exec.Command("getent", database, l.name)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	out, _ := cmd.Output()
	var a answered
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) < 2 || words[1] != "STREAM" {
			continue
		}
		a.Addrs = append(a.Addrs, netip.MustParseAddr(words[0]))
		if len(words) > 2 {
			a.Canon = words[2]
		}
	}
	if code := cmd.ProcessState.ExitCode(); (code == 0) != (len(a.Addrs) > 0) || code > 2 {
		t.Errorf("getent %s %s ended with code %d: %s", database, l.name, code, out)
	}
	return a
}

func sortAddrs(all []netip.Addr) { slices.SortFunc(all, netip.Addr.Compare) }

func many(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("d%d", i))
	}
	return strings.Join(out, " ")
}

func ip(text string) netip.Addr { return netip.MustParseAddr(text) }

func addrs() cmp.Option { return cmp.Comparer(func(a, b netip.Addr) bool { return a == b }) }
