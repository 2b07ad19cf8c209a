package run

import (
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	miekg "github.com/miekg/dns"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
)

// nameLab is h1, which asks h2 for names and then h3. Both know the zone lan.
func nameLab(t *testing.T) (b *bench, h2, h3 *nameServer) {
	t.Helper()
	_, err := exec.LookPath("getent")
	netlabtest.Require(t, err == nil, "getent")
	b = newBench(t)
	b.star(4)
	t.Cleanup(func() { _ = os.RemoveAll("/etc/netns/h1") })
	b.files("h1", "hosts", "10.0.0.9 printer.lan printer")
	b.files("h1", "nsswitch.conf", "hosts: files dns")
	b.files("h1", "resolv.conf", both...)
	h2, h3 = startServer(t, "h2", "10.0.0.2"), startServer(t, "h3", "10.0.0.3")
	for _, s := range []*nameServer{h2, h3} {
		s.says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.7"))
		s.says("web.lan. AAAA", zoneOf("web.lan. 300 AAAA fd00::7"))
	}
	return b, h2, h3
}

// files writes a file of a node.
func (b *bench) files(node, name string, lines ...string) {
	b.t.Helper()
	dir := "/etc/netns/" + node
	must(b.t, os.MkdirAll(dir, 0o755))
	must(b.t, os.WriteFile(dir+"/"+name, []byte(strings.Join(append(lines, ""), "\n")), 0o644))
	b.changed()
}

// confusion is a way to make a check of names false.
type confusion struct {
	name       string
	check      check.Check
	harm, mend func()
	words      []string // each is in what was got, or in the cause
}

// confuses sees each check hold, fail for the right reason, and hold again.
func (b *bench) confuses(all []confusion) {
	b.t.Helper()
	t := b.t.(*testing.T)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			defer func(old testing.TB) { b.t = old }(b.t)
			b.t = t
			if out := b.now(c.check, check.DefaultWithin); !out.OK {
				t.Fatalf("in a whole network: %+v", out)
			}
			c.harm()
			out := b.now(c.check, 0)
			for _, w := range c.words {
				if out.OK || !strings.Contains(out.Got+"\n"+out.Cause, w) {
					t.Errorf("no %q in %+v", w, out)
				}
			}
			c.mend()
			if out := b.now(c.check, check.DefaultWithin); !out.OK {
				t.Fatalf("after the repair: %+v", out)
			}
		})
	}
}

// now decides a check, which is tried again for so long.
func (b *bench) now(c check.Check, within time.Duration) check.Outcome {
	b.t.Helper()
	b.changed()
	defer func(old func(check.Check) (time.Duration, time.Duration)) { b.patience = old }(b.patience)
	b.patience = func(c check.Check) (time.Duration, time.Duration) {
		_, echo := c.Patience()
		return within, echo
	}
	out, err := b.decide(soon(b.t), c)
	must(b.t, err)
	return out
}

// typed is a command as harm or repair.
func (b *bench) typed(text string) func() { return func() { must(b.t, b.sh(text)) } }

func resolves(r check.Resolves) check.Check { r.In = "h1"; return check.Check{Resolves: &r} }

func TestANameThatIsBrokenSaysWhy(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b, h2, h3 := nameLab(t)
	addr := func(list ...string) (out []netip.Addr) {
		for _, a := range list {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	file := func(name string, lines ...string) func() { return func() { b.files("h1", name, lines...) } }
	web := resolves(check.Resolves{Name: "web", To: addr("10.0.0.7")})
	one := file("resolv.conf", "search lan", "nameserver 10.0.0.2", "options timeout:1 attempts:1")
	two := file("resolv.conf", both...)
	alone := func(c confusion) confusion { // h1 asks h2 only
		harm := c.harm
		c.harm = func() { one(); harm() }
		mend := c.mend
		c.mend = func() { mend(); two() }
		return c
	}
	nft := exe("h2") + "nft "
	none := check.Check{Not: true, Resolves: &check.Resolves{In: "h1", Name: "none", Tries: []string{"none.lan", "none"}, Asks: []string{"h2"}}}
	silent := func(s *nameServer) func() { return func() { s.says("web.lan. A", silence) } }
	told := func(s *nameServer, a string) func() {
		return func() { s.says("web.lan. A", zoneOf("web.lan. 300 A "+a)) }
	}
	b.confuses([]confusion{
		{"the server forgets the name", web, func() { h2.says("web.lan. A", nil); h2.says("web.lan. AAAA", nil) },
			func() { told(h2, "10.0.0.7")(); h2.says("web.lan. AAAA", zoneOf("web.lan. 300 AAAA fd00::7")) },
			[]string{"h1 finds no address for web: 10.0.0.2 answers NXDOMAIN: there is no such name", "there is no name web.lan: h2 says so (NXDOMAIN), with authority for the zone lan"}},
		{"the server has another address", web, told(h2, "10.0.0.8"), told(h2, "10.0.0.7"),
			[]string{"h1 finds 10.0.0.8 for web", "10.0.0.2 (h2) says so, and has the zone itself"}},
		alone(confusion{"the server is ended", web, h2.stop, func() { h2.start(b.t, "10.0.0.2") },
			[]string{"10.0.0.2 did not answer", "no name server runs in h2, which has 10.0.0.2: nothing listens at port 53"}}),
		alone(confusion{"the server's cable is cut", web, b.typed("ip -n h2 link set eth0 down"), b.typed("ip -n h2 link set eth0 up"),
			[]string{"h1 finds no address for web", "eth0 in h2"}}),
		alone(confusion{"a firewall drops questions", web,
			b.typed(nft + "add table ip x\n" + nft + "add chain ip x input '{ type filter hook input priority 0 ; }'\n" + nft + "add rule ip x input udp dport 53 drop"),
			b.typed(nft + "delete table ip x"), []string{"10.0.0.2 did not answer", "a firewall rule in h2 may drop"}}),
		alone(confusion{"the server refuses", web, func() { h2.says("web.lan. A", replied(miekg.RcodeRefused)) }, told(h2, "10.0.0.7"),
			[]string{"answers REFUSED", "10.0.0.2 (h2) refuses to answer h1: either it has no zone of web.lan and asks no others for it, or its access control does not let h1 in"}}),
		{"no nameserver is in the file", web, file("resolv.conf", "search lan"), two, []string{"h1 finds no address for web", "no nameserver is configured: resolv.conf of h1 names none"}},
		{"the nameserver is another machine", web, file("resolv.conf", "search lan", "nameserver 10.0.0.4", "options timeout:1 attempts:1"), two,
			[]string{"10.0.0.4 did not answer", "no name server runs in h4, which has 10.0.0.4"}},
		{"nobody has the nameserver's address", web, file("resolv.conf", "search lan", "nameserver 10.0.0.77", "options timeout:1 attempts:1"), two,
			[]string{"h1 finds no address for web", "h1 has the nameserver 10.0.0.77, and nobody in this lab has this address"}},
		{"a line in the hosts file", web, file("hosts", "10.0.0.9 printer", "10.0.0.66 web"), file("hosts", "10.0.0.9 printer"), []string{"h1 finds 10.0.0.66 for web", "line 2 of /etc/netns/h1/hosts gives web this address"}},
		{"DNS is not asked", web, file("nsswitch.conf", "hosts: files"), file("nsswitch.conf", "hosts: files dns"), []string{"h1 finds no address for web: no question to a name server left h1", "the hosts file of h1 has no line for web, and nsswitch.conf does not name dns, so no name server is asked"}},
		{"the sources are in another order", resolves(check.Resolves{Name: "printer", To: addr("10.0.0.9"), Tries: []string{}, Asks: []string{}}),
			file("nsswitch.conf", "hosts: dns files"), file("nsswitch.conf", "hosts: files dns"),
			[]string{"it asks for printer.lan, printer; asked: h2", "h1 asks for printer.lan, printer, and not for no name"}},
		{"the name has no IPv6 address any more", resolves(check.Resolves{Name: "web", Family: 6, To: addr("fd00::7")}), func() { h2.says("web.lan. AAAA", nil) },
			func() { h2.says("web.lan. AAAA", zoneOf("web.lan. 300 AAAA fd00::7")) }, []string{"h1 finds no address for web"}},
		{"the search list has another domain first", resolves(check.Resolves{Name: "web", Tries: []string{"web.lan"}}),
			file("resolv.conf", append([]string{"search example lan"}, both[1:]...)...), two, []string{"it asks for web.example, web.lan", "and not for web.lan"}},
		{"the search list is empty", web, file("resolv.conf", append([]string{"search ."}, both[1:]...)...), two, []string{"h1 finds no address for web", "NXDOMAIN"}},
		{"the servers are in another order", resolves(check.Resolves{Name: "web", Asks: []string{"h2"}}),
			file("resolv.conf", "search lan", "nameserver 10.0.0.3", "nameserver 10.0.0.2"), two, []string{"asked: h3", "h3 is asked, and not h2"}},
		{"the server asks another one", resolves(check.Resolves{Name: "web", Asks: []string{"h2"}}), func() { h2.says("web.lan. A", forwards(h2, "10.0.0.3")) }, told(h2, "10.0.0.7"),
			[]string{"asked: h2, h3"}},
		{"a name that there must not be", none, func() { h2.says("none.lan. A", zoneOf("none.lan. 300 A 10.0.0.66")) }, func() { h2.says("none.lan. A", nil) },
			[]string{"h1 finds 10.0.0.66 for none", "10.0.0.2 (h2) says so"}},
		{"a name that there is not, and not all ask for it", none, file("resolv.conf", append([]string{"search lan example"}, both[1:]...)...), two,
			[]string{"it asks for none.lan, none.example, none"}},
	})
	silent(h2)()
	b.confuses([]confusion{
		{"the first server is silent no more", resolves(check.Resolves{Name: "web", To: addr("10.0.0.7"), Asks: []string{"h2", "h3"}, Waits: 900 * time.Millisecond}),
			told(h2, "10.0.0.7"), silent(h2), []string{"asked: h2; it takes", "h2 is asked, and not h2, h3"}},
		{"nobody waits", resolves(check.Resolves{Name: "web", Waits: 900 * time.Millisecond}), h2.stop, func() { h2.start(b.t, "10.0.0.2") }, []string{"it takes", "nothing has made it wait"}},
	})
	silent(h3)()
	for _, not := range []bool{false, true} {
		c := resolves(check.Resolves{Name: "web"})
		c.Not, c.Within = not, 300*time.Millisecond
		begun := time.Now()
		out, err := b.decide(soon(t), c)
		must(t, err)
		if out.OK != not || !strings.Contains(out.Got, " h1 still has no address for web") || time.Since(begun) > 30*time.Second {
			t.Errorf("not: %v, after %s: %+v", not, time.Since(begun), out)
		}
	}
}

// both are the lines of the resolv.conf of h1.
var both = []string{"search lan", "nameserver 10.0.0.2", "nameserver 10.0.0.3", "options timeout:1 attempts:1"}

func TestACheckOfNamesLeavesTheLabAsItWas(t *testing.T) {
	b, h2, _ := nameLab(t)
	h2.says("web.lan. A", forwards(h2, "10.0.0.3"))
	for _, n := range []string{"h1", "h2", "h3", "h4", "sw"} { // IPv6 speaks by itself, and a switch learns from it
		must(t, b.sh(exe(n)+"sysctl -q -w net.ipv6.conf.all.disable_ipv6=1"))
	}
	must(t, b.sh("ip -n sw link set br0 type bridge fdb_flush"))
	before := b.learned()
	if out := b.now(resolves(check.Resolves{Name: "web", Asks: []string{"h2", "h3"}}), 0); !out.OK {
		t.Fatalf("%+v", out)
	}
	dns := check.Check{DNS: &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.3"), Name: "web.lan"}}
	if out := b.now(dns, 0); !out.OK {
		t.Fatalf("%+v", out)
	}
	if d := cmp.Diff(before, b.learned()); d != "" {
		t.Error(d)
	}
}

// learned is what the nodes have learned of each other.
func (b *bench) learned() []string {
	b.t.Helper()
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	var out []string
	for _, s := range lab.Spaces {
		for _, n := range s.Neighs {
			out = append(out, s.Name+" knows "+n.Addr.String())
		}
		for _, f := range s.FDB {
			if f.State != "permanent" {
				out = append(out, s.Name+" has seen "+f.MAC+" at "+f.Link)
			}
		}
	}
	return out
}

func TestTheHostLooksNamesUpToo(t *testing.T) {
	b, _, _ := nameLab(t)
	b.do("ip link add d0 type bridge", "ip addr add 10.9.0.1/24 dev d0", "ip link set d0 up")
	if out := b.now(check.Check{Resolves: &check.Resolves{In: "host", Name: "localhost", To: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}}, 0); !out.OK {
		t.Errorf("%+v", out)
	}
}

func TestWhatGetentPrints(t *testing.T) {
	addr := netip.MustParseAddr
	for name, tt := range map[string]struct {
		text   string
		family int
		addrs  []netip.Addr
		canon  string
	}{
		"each address once":              {"10.0.0.7        STREAM web.lan\n10.0.0.7        DGRAM  \n10.0.0.7        RAW    \n10.0.0.8        STREAM \n", 4, []netip.Addr{addr("10.0.0.7"), addr("10.0.0.8")}, "web.lan"},
		"IPv6":                           {"fd00::7         STREAM web.lan\nfd00::7         DGRAM  \n", 6, []netip.Addr{addr("fd00::7")}, "web.lan"},
		"IPv4 addresses dressed as IPv6": {"::ffff:10.0.0.7 STREAM web.lan\n", 6, nil, ""},
		"nothing":                        {"", 4, nil, ""},
		"rubbish":                        {"x\nweb STREAM web\n\x00\n", 4, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			addrs, canon := readAhosts(tt.text, tt.family)
			if d := cmp.Diff(tt.addrs, addrs, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" || canon != tt.canon {
				t.Errorf("%q\n%s", canon, d)
			}
		})
	}
}
