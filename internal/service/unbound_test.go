package service

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"netlab/internal/netlabtest"
)

// settings puts the lesson's settings where the lesson has them.
func settings(t *testing.T, more string) (file string) {
	t.Helper()
	for _, name := range []string{"unbound.conf", "root.hints"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "unbound.conf" {
			b = append(b, more...)
		}
		write(t, filepath.Join("/etc/unbound", name), string(b))
	}
	return "/etc/unbound/unbound.conf"
}

// real is the machine's own unbound.
func real(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("/usr/sbin/unbound")
	netlabtest.Require(t, err == nil, "unbound")
	return path
}

// asking is a question of a client.
type asking struct {
	name  string
	ask   string
	rtype uint16
	edit  func(*dns.Msg)
	// more says that unbound may ask more, and take its time.
	more bool
}

func askings() []asking {
	return []asking{
		{name: "an address", ask: "mail.yahoo.com."},
		{name: "an IPv6 address", ask: "mail.yahoo.com.", rtype: dns.TypeAAAA},
		{name: "in capitals", ask: "Mail.YAHOO.com."},
		{name: "an alias", ask: "www.yahoo.com."},
		{name: "an alias of an alias", ask: "two.yahoo.com."},
		{name: "no such name", ask: "nope.yahoo.com."},
		{name: "no such record", ask: "mail.yahoo.com.", rtype: dns.TypeMX},
		{name: "a name with something below it only", ask: "deep.yahoo.com."},
		{name: "a name that any other stands for", ask: "x.wild.yahoo.com."},
		{name: "a mail exchanger", ask: "yahoo.com.", rtype: dns.TypeMX},
		{name: "a service", ask: "_http._tcp.yahoo.com.", rtype: dns.TypeSRV},
		{name: "an answer too long for UDP", ask: "long.yahoo.com.", rtype: dns.TypeTXT},
		{name: "no such top-level domain", ask: "www.nope."},
		{name: "a zone's servers", ask: "yahoo.com.", rtype: dns.TypeNS},
		{name: "a zone's authority", ask: "yahoo.com.", rtype: dns.TypeSOA},
		{name: "the root's servers", ask: ".", rtype: dns.TypeNS, more: true},
		{name: "signatures of a delegation", ask: "yahoo.com.", rtype: dns.TypeDS},
		{name: "a type that nobody knows", ask: "mail.yahoo.com.", rtype: 65280},
		{name: "zero seconds", ask: "zero.yahoo.com."},
		{name: "a server whose address is elsewhere", ask: "www.glueless.com."},
		{name: "an alias to another zone", ask: "far.yahoo.com."},
		{name: "an alias to a name that does not exist", ask: "nowhere.yahoo.com."},
		{name: "aliases in a circle", ask: "loop1.yahoo.com.", more: true},
		{name: "aliases in a circle through two zones", ask: "there.yahoo.com.", more: true},
		{name: "a server that refuses", ask: "www.lame.com.", more: true},
		{name: "one of two servers is silent", ask: "www.half.com.", more: true},
		{name: "a server that is silent", ask: "www.dead.com.", more: true},
		{name: "two zones with their servers in each other", ask: "www.loopa.com.", more: true},
		{name: "a server that answers late", ask: "www.slow.com.", more: true},
		{name: "a question that must not be resolved", ask: "mail.yahoo.com.", edit: func(m *dns.Msg) { m.RecursionDesired = false }},
		{name: "with EDNS, and signatures", ask: "mail.yahoo.com.", edit: func(m *dns.Msg) { m.SetEdns0(4096, true) }},
		{name: "an EDNS of the future", ask: "mail.yahoo.com.", edit: func(m *dns.Msg) { m.SetEdns0(4096, false); m.IsEdns0().SetVersion(3) }},
		{name: "another class", ask: "mail.yahoo.com.", edit: func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassHESIOD }},
		{name: "the whole zone", ask: "yahoo.com.", rtype: dns.TypeAXFR},
		{name: "this machine", ask: "localhost."},
		{name: "something of this machine", ask: "localhost.", rtype: dns.TypeMX},
		{name: "below this machine", ask: "x.localhost.", rtype: dns.TypeAAAA},
		{name: "the name of 127.0.0.1", ask: "1.0.0.127.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "the name of 127.0.0.2", ask: "2.0.0.127.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "the name of ::1", ask: loopback6, rtype: dns.TypePTR},
		{name: "another record of ::1", ask: loopback6, rtype: dns.TypeTXT},
		{name: "the name of a private address", ask: "5.0.0.10.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "the name of another one", ask: "1.2.31.172.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "the name of an address that is not private", ask: "1.2.32.172.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "the name of an address for documents", ask: "1.113.0.203.in-addr.arpa.", rtype: dns.TypePTR},
		{name: "a zone without names itself", ask: "10.in-addr.arpa.", rtype: dns.TypeSOA},
		{name: "the servers of one", ask: "10.in-addr.arpa.", rtype: dns.TypeNS},
		{name: "this machine's authority", ask: "localhost.", rtype: dns.TypeSOA},
		{name: "this machine's servers", ask: "localhost.", rtype: dns.TypeNS},
		{name: "the name of a unique local address", ask: "1.0.0.0.d.f.ip6.arpa.", rtype: dns.TypePTR},
		{name: "a name for tests", ask: "www.test."},
	}
}

// told is what a resolver made of one question, alone and asked again.
type told struct {
	First, Again string
	Questions    map[string][]string
}

// interview starts a resolver for each question anew.
func interview(t *testing.T, in *internet, all []asking, args ...string) map[string]told {
	t.Helper()
	out := map[string]told{}
	for _, q := range all {
		stop := start(t, "resolver", filepath.Join(in.dir, "resolver.log"), args...)
		if q.rtype == 0 {
			q.rtype = dns.TypeA
		}
		in.questions(t)
		var got told
		for _, to := range []*string{&got.First, &got.Again} {
			if a, err := in.ask(t, q.ask, q.rtype, q.edit); err != nil {
				*to = err.Error()
			} else {
				*to = answered(a)
			}
		}
		stop()
		got.Questions = in.questions(t)
		out[q.name] = got
	}
	return out
}

// roughly is what is compared where time passes before the answer.
func roughly(a told) told {
	ttl := regexp.MustCompile(` \d+ IN `)
	return told{First: ttl.ReplaceAllString(a.First, " IN "), Again: ttl.ReplaceAllString(a.Again, " IN ")}
}

// TestTheSmallResolverAnswersAsUnbound compares the small resolver with the real
// one, on the same Internet: what a client gets, and what servers are asked.
func TestTheSmallResolverAnswersAsUnbound(t *testing.T) {
	theirs := real(t)
	in := newInternet(t)
	file := settings(t, "")
	want := interview(t, in, askings(), theirs, "-d", "-c", file)
	got := interview(t, in, askings(), "unbound", "-d", "-c", file)
	for _, q := range askings() {
		t.Run(q.name, func(t *testing.T) {
			w, g := want[q.name], got[q.name]
			if !q.more && !cmp.Equal(w, g) { // a busy server may write down a question late: once more
				w = interview(t, in, []asking{q}, theirs, "-d", "-c", file)[q.name]
				g = interview(t, in, []asking{q}, "unbound", "-d", "-c", file)[q.name]
			}
			if q.more {
				if count(g.Questions) > count(w.Questions) {
					t.Errorf("it asks more than unbound does (-unbound +it): %s", cmp.Diff(w.Questions, g.Questions))
				}
				w, g = roughly(w), roughly(g)
			}
			if diff := cmp.Diff(w, g); diff != "" {
				t.Errorf("(-unbound +it): %s", diff)
			}
			if strings.Contains(g.First, "i/o timeout") {
				t.Error("no answer at all")
			}
		})
	}
}
