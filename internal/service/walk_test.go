package service

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// lab is a cache and a world in which walks go, at a time of its own.
type lab struct {
	world  world
	rules  walkRules
	cache  *cache
	health *health
	now    time.Time
}

func newLab(w world) *lab {
	h := hints{servers: []string{"a.root."}, addresses: map[string][]netip.Addr{"a.root.": {addr("10.1.0.1")}}}
	return &lab{
		world: w, rules: newRules(h, []uint16{dns.TypeA}, mayAsk(false)), cache: newCache(defaults().ttl), health: newHealth(),
		now: time.Unix(1_000_000, 0),
	}
}

// walk walks for a name, and returns the questions that it took, each as zone,
// name and type.
func (l *lab) walk(t *testing.T, name string, rtype uint16) (found, []string) {
	t.Helper()
	w := newWalk(l.rules, l.cache, l.health, func(int) int { return 0 }, name, rtype)
	var asked []string
	for range 1000 {
		q, end := w.next(l.now)
		if end != nil {
			return *end, asked
		}
		asked = append(asked, fmt.Sprintf("%s %s %s", q.zone, q.name, typeName(q.rtype)))
		if q.patience <= 0 {
			t.Errorf("no time to answer %v", q)
		}
		server := l.world[q.to]
		if server == nil {
			w.silent(l.now, q)
			continue
		}
		if a := server(question(q)); a != nil {
			w.heard(l.now, q, a)
		} else {
			w.silent(l.now, q)
		}
	}
	t.Fatalf("%s: it never ends: %q", name, asked[:20])
	return found{}, nil
}

// said writes an answer as its status and records: the data, or type and data
// of what is no address.
func said(f found) string {
	out := []string{dns.RcodeToString[f.rcode]}
	for _, rr := range f.records {
		h := rr.Header()
		data := strings.TrimPrefix(rr.String(), h.String())
		if h.Rrtype != dns.TypeA {
			data = typeName(h.Rrtype) + " " + data
		}
		out = append(out, data)
	}
	if f.soa != nil {
		out = append(out, fmt.Sprintf("SOA of %s for %d", f.soa.Header().Name, f.soa.Header().Ttl))
	}
	return strings.Join(out, ", ")
}

func TestWalks(t *testing.T) {
	const root, com, net = ". . NS", ". %s A|com. %[1]s A", ". %s A|net. %[1]s A"
	way := func(name string, more ...string) []string {
		return slices.Concat([]string{root}, strings.Split(fmt.Sprintf(com, name), "|"), more)
	}
	repeat := func(s string) []string { return []string{s, s, s} }
	toHosting := append(strings.Split(fmt.Sprintf(net, "ns1.hosting.net."), "|"), "hosting.net. ns1.hosting.net. A")
	tests := []struct {
		name, ask string
		rtype     uint16
		want      string
		asked     []string
	}{
		{"an address", "mail.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.25", way("mail.yahoo.com.", "yahoo.com. mail.yahoo.com. A")},
		{"a name in capitals", "MAIL.Yahoo.COM.", dns.TypeA, "NOERROR, 10.3.0.25", way("mail.yahoo.com.", "yahoo.com. mail.yahoo.com. A")},
		{"several addresses", "many.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.31, 10.3.0.32", way("many.yahoo.com.", "yahoo.com. many.yahoo.com. A")},
		{"an alias in the same zone", "www.yahoo.com.", dns.TypeA, "NOERROR, CNAME mail.yahoo.com., 10.3.0.25",
			way("www.yahoo.com.", "yahoo.com. www.yahoo.com. A", "yahoo.com. mail.yahoo.com. A")},
		{"the alias itself", "www.yahoo.com.", dns.TypeCNAME, "NOERROR, CNAME mail.yahoo.com.",
			[]string{root, ". www.yahoo.com. CNAME", "com. www.yahoo.com. CNAME", "yahoo.com. www.yahoo.com. CNAME"}},
		{"no such name", "nope.yahoo.com.", dns.TypeA, "NXDOMAIN, SOA of yahoo.com. for 60", way("nope.yahoo.com.", "yahoo.com. nope.yahoo.com. A")},
		{"no such record", "mail.yahoo.com.", dns.TypeMX, "NOERROR, SOA of yahoo.com. for 60",
			[]string{root, ". mail.yahoo.com. MX", "com. mail.yahoo.com. MX", "yahoo.com. mail.yahoo.com. MX"}},
		{"a name with something below it only", "deep.yahoo.com.", dns.TypeA, "NOERROR, SOA of yahoo.com. for 60", way("deep.yahoo.com.", "yahoo.com. deep.yahoo.com. A")},
		{"no such top-level domain", "a.nope.", dns.TypeA, "NXDOMAIN, SOA of . for 60", []string{root, ". a.nope. A"}},
		{"the root's servers", ".", dns.TypeNS, "NOERROR, NS a.root.", []string{root}},
		{"a zone's servers", "yahoo.com.", dns.TypeNS, "NOERROR, NS ns1.yahoo.com.",
			[]string{root, ". yahoo.com. NS", "com. yahoo.com. NS", "yahoo.com. yahoo.com. NS"}},
		{"a server whose address is elsewhere", "www.glueless.com.", dns.TypeA, "NOERROR, 10.3.0.2",
			way("www.glueless.com.", append(toHosting, "glueless.com. www.glueless.com. A")...)},
		{"an alias to another zone", "far.yahoo.com.", dns.TypeA, "NOERROR, CNAME www.glueless.com., 10.3.0.2",
			way("far.yahoo.com.", slices.Concat([]string{"yahoo.com. far.yahoo.com. A", "com. www.glueless.com. A"}, toHosting, []string{"glueless.com. www.glueless.com. A"})...)},
		{"an alias to a name that does not exist", "nowhere.yahoo.com.", dns.TypeA, "NXDOMAIN, CNAME nothing.glueless.com., SOA of glueless.com. for 60",
			way("nowhere.yahoo.com.", slices.Concat([]string{"yahoo.com. nowhere.yahoo.com. A", "com. nothing.glueless.com. A"}, toHosting, []string{"glueless.com. nothing.glueless.com. A"})...)},
		{"aliases in a circle", "loop1.yahoo.com.", dns.TypeA, "SERVFAIL", way("loop1.yahoo.com.", "yahoo.com. loop1.yahoo.com. A", "yahoo.com. loop2.yahoo.com. A")},
		{"aliases in a circle through two zones", "there.yahoo.com.", dns.TypeA, "SERVFAIL",
			way("there.yahoo.com.", slices.Concat([]string{"yahoo.com. there.yahoo.com. A", "com. back.glueless.com. A"}, toHosting, []string{"glueless.com. back.glueless.com. A"})...)},
		{"a server that knows only who sent us", "www.lame.com.", dns.TypeA, "SERVFAIL", way("www.lame.com.", "lame.com. www.lame.com. A")},
		{"a server that refuses", "www.refused.com.", dns.TypeA, "SERVFAIL", way("www.refused.com.", "refused.com. www.refused.com. A")},
		{"a server that is silent", "www.dead.com.", dns.TypeA, "SERVFAIL", way("www.dead.com.", repeat("dead.com. www.dead.com. A")...)},
		{"one of two servers is silent", "www.half.com.", dns.TypeA, "NOERROR, 10.3.0.3", way("www.half.com.", "half.com. www.half.com. A", "half.com. www.half.com. A")},
		{"two zones with their servers in each other", "www.loopa.com.", dns.TypeA, "SERVFAIL",
			way("www.loopa.com.", "com. ns.loopb.com. A")},
		{"a delegation that may not be remembered", "www.zero.com.", dns.TypeA, "NOERROR, 10.3.0.3", way("www.zero.com.", "zero.com. www.zero.com. A")},
		{"a record that may not be remembered", "zero.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.41", way("zero.yahoo.com.", "yahoo.com. zero.yahoo.com. A")},
		{"a server whose name is an alias", "www.aliased.com.", dns.TypeA, "SERVFAIL",
			way("www.aliased.com.", "com. www.yahoo.com. A", "yahoo.com. www.yahoo.com. A", "yahoo.com. mail.yahoo.com. A")},
		{"a server that is said to be this machine", "www.thirsty.com.", dns.TypeA, "SERVFAIL", way("www.thirsty.com.")},
		{"a server with an IPv6 address alone", "www.six.com.", dns.TypeA, "SERVFAIL", way("www.six.com.", "com. ns1.six.com. A")},
		{"any type", "many.yahoo.com.", dns.TypeANY, "NOERROR, 10.3.0.31, 10.3.0.32",
			[]string{root, ". many.yahoo.com. ANY", "com. many.yahoo.com. ANY", "yahoo.com. many.yahoo.com. ANY"}},
		{"type 0", "mail.yahoo.com.", dns.TypeNone, "NOERROR, SOA of yahoo.com. for 60",
			[]string{root, ". mail.yahoo.com. None", "com. mail.yahoo.com. None", "yahoo.com. mail.yahoo.com. None"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(smallInternet(t))
			got, asked := l.walk(t, tt.ask, tt.rtype)
			if diff := cmp.Diff(tt.want, said(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, asked); diff != "" {
				t.Error("the questions:", diff)
			}
			if (got.rcode == dns.RcodeServerFailure) != (got.why != "") {
				t.Errorf("why: %q", got.why)
			}
		})
	}
}

func TestWhatIsKnownIsNotAskedAgain(t *testing.T) {
	l := newLab(smallInternet(t))
	steps := []struct {
		name  string
		after time.Duration // since the step before
		ask   string
		rtype uint16
		want  string
		ttl   uint32 // of the first record
		asked []string
	}{
		{"the first question", 0, "mail.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.25", 300,
			[]string{". . NS", ". mail.yahoo.com. A", "com. mail.yahoo.com. A", "yahoo.com. mail.yahoo.com. A"}},
		{"the time to live counts down", 100 * time.Second, "mail.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.25", 200, nil},
		{"its last second", 199 * time.Second, "mail.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.25", 1, nil},
		{"it is over, and the zone is known", time.Second, "mail.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.25", 300, []string{"yahoo.com. mail.yahoo.com. A"}},
		{"another name of the zone", 0, "www.yahoo.com.", dns.TypeA, "NOERROR, CNAME mail.yahoo.com., 10.3.0.25", 600, []string{"yahoo.com. www.yahoo.com. A"}},
		{"an alias that is known", 50 * time.Second, "www.yahoo.com.", dns.TypeA, "NOERROR, CNAME mail.yahoo.com., 10.3.0.25", 550, nil},
		{"another type of it: of what it stands for", 0, "www.yahoo.com.", dns.TypeMX, "NOERROR, CNAME mail.yahoo.com., SOA of yahoo.com. for 60", 550, []string{"yahoo.com. mail.yahoo.com. MX"}},
		{"that there is none is known", 40 * time.Second, "mail.yahoo.com.", dns.TypeMX, "NOERROR, SOA of yahoo.com. for 20", 0, nil},
		{"no such name", 0, "nope.yahoo.com.", dns.TypeA, "NXDOMAIN, SOA of yahoo.com. for 60", 0, []string{"yahoo.com. nope.yahoo.com. A"}},
		{"no such name, so no record of any type", 10 * time.Second, "nope.yahoo.com.", dns.TypeTXT, "NXDOMAIN, SOA of yahoo.com. for 50", 0, nil},
		{"that is over, too", 50 * time.Second, "nope.yahoo.com.", dns.TypeA, "NXDOMAIN, SOA of yahoo.com. for 60", 0, []string{"yahoo.com. nope.yahoo.com. A"}},
		{"type 0 is no name that does not exist", 0, "many.yahoo.com.", dns.TypeNone, "NOERROR, SOA of yahoo.com. for 60", 0, []string{"yahoo.com. many.yahoo.com. None"}},
		{"and other types are there", 0, "many.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.31, 10.3.0.32", 600, []string{"yahoo.com. many.yahoo.com. A"}},
		{"the address of a server that came with a referral is no answer", 0, "ns1.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.1", 3600, []string{"yahoo.com. ns1.yahoo.com. A"}},
		{"nor are the servers in it", 0, "yahoo.com.", dns.TypeNS, "NOERROR, NS ns1.yahoo.com.", 3600, []string{"yahoo.com. yahoo.com. NS"}},
		{"zero seconds", 0, "zero.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.41", 0, []string{"yahoo.com. zero.yahoo.com. A"}},
		{"zero seconds, again", 0, "zero.yahoo.com.", dns.TypeA, "NOERROR, 10.3.0.41", 0, []string{"yahoo.com. zero.yahoo.com. A"}},
	}
	for _, s := range steps {
		l.now = l.now.Add(s.after)
		got, asked := l.walk(t, s.ask, s.rtype)
		if diff := cmp.Diff(s.want, said(got)); diff != "" {
			t.Error(s.name, diff)
		}
		if diff := cmp.Diff(s.asked, asked); diff != "" {
			t.Error(s.name, "the questions:", diff)
		}
		if len(got.records) > 0 && got.records[0].Header().Ttl != s.ttl {
			t.Errorf("%s: time to live %d, want %d", s.name, got.records[0].Header().Ttl, s.ttl)
		}
	}
}

// With IPv6, the servers that have nothing else are asked, too; of a server with
// an address nothing more is asked.
func TestWalksByIPv6(t *testing.T) {
	for name, want := range map[string]struct {
		said  string
		asked int
	}{
		"www.six.com.": {"NOERROR, 10.3.0.3", 4}, "mail.yahoo.com.": {"NOERROR, 10.3.0.25", 4}, "www.glueless.com.": {"NOERROR, 10.3.0.2", 7},
	} {
		l := newLab(smallInternet(t))
		l.rules.types = []uint16{dns.TypeA, dns.TypeAAAA}
		if got, asked := l.walk(t, name, dns.TypeA); said(got) != want.said || len(asked) != want.asked {
			t.Errorf("%s: %s, asked %q", name, said(got), asked)
		}
	}
}

// A resolver that may keep nothing walks from the root each time.
func TestNothingIsKept(t *testing.T) {
	l := newLab(smallInternet(t))
	l.cache = newCache(ttlLimits{})
	want := []string{". . NS", ". mail.yahoo.com. A", "com. mail.yahoo.com. A", "yahoo.com. mail.yahoo.com. A"}
	for _, turn := range []string{"the first time", "the second time"} {
		got, asked := l.walk(t, "mail.yahoo.com.", dns.TypeA)
		if said(got) != "NOERROR, 10.3.0.25" {
			t.Error(turn, said(got))
		}
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Error(turn, diff)
		}
	}
}

// What a server says of names that are not its own is not believed.
func TestForgedRecordsAreNotRemembered(t *testing.T) {
	l := newLab(smallInternet(t))
	if got, _ := l.walk(t, "www.forged.com.", dns.TypeA); said(got) != "NOERROR, 10.3.0.5" {
		t.Error(said(got))
	}
	for name, want := range map[string]string{"mail.yahoo.com.": "NOERROR, 10.3.0.25", "ns1.yahoo.com.": "NOERROR, 10.3.0.1"} {
		if got, _ := l.walk(t, name, dns.TypeA); said(got) != want {
			t.Errorf("%s: %s", name, said(got))
		}
	}
}

func TestASilentServerIsAskedAfterTheOthers(t *testing.T) {
	l := newLab(smallInternet(t))
	l.walk(t, "www.half.com.", dns.TypeA)
	if _, asked := l.walk(t, "other.half.com.", dns.TypeA); len(asked) != 1 {
		t.Errorf("it is asked first again: %q", asked)
	}
	l.now = l.now.Add(suspectFor)
	if _, asked := l.walk(t, "third.half.com.", dns.TypeA); len(asked) != 2 {
		t.Errorf("it is never asked again: %q", asked)
	}
}

func TestTheRootDoesNotAnswer(t *testing.T) {
	w := smallInternet(t)
	w[addr("10.1.0.1")] = func(*dns.Msg) *dns.Msg { return nil }
	got, asked := newLab(w).walk(t, "www.yahoo.com.", dns.TypeA)
	if want := strings.Repeat(". . NS\n", 3); got.rcode != dns.RcodeServerFailure || strings.Join(asked, "\n")+"\n" != want {
		t.Errorf("%s, asked %q", said(got), asked)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	rr := func(s string) dns.RR { r, _ := dns.NewRR(s); return r }
	q := ask{zone: "com.", name: "www.yahoo.com.", rtype: dns.TypeA}
	tests := []struct {
		name string
		edit func(*dns.Msg)
		lame bool
		want string
	}{
		{"nothing at all", func(*dns.Msg) {}, true, ""},
		{"nothing, by its own word", func(m *dns.Msg) { m.Authoritative = true }, false, "none"},
		{"no such name, without proof", func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }, false, "none"},
		{"no such name, from a cache", func(m *dns.Msg) { m.Rcode, m.RecursionAvailable = dns.RcodeNameError, true }, true, ""},
		{"an answer from a cache", func(m *dns.Msg) { m.RecursionAvailable = true; m.Answer = []dns.RR{rr("www.yahoo.com. A 1.1.1.1")} }, true, ""},
		{"an answer that is not its own, and from no cache", func(m *dns.Msg) { m.Answer = []dns.RR{rr("www.yahoo.com. A 1.1.1.1")} }, false, "1 records"},
		{"trouble", func(m *dns.Msg) { m.Rcode = dns.RcodeServerFailure }, true, ""},
		{"a referral upwards", func(m *dns.Msg) { m.Ns = []dns.RR{rr(". NS a.root.")} }, true, ""},
		{"a referral to itself", func(m *dns.Msg) { m.Ns = []dns.RR{rr("com. NS ns.com.")} }, true, ""},
		{"a referral aside", func(m *dns.Msg) { m.Ns = []dns.RR{rr("google.com. NS ns.com.")} }, true, ""},
		{"a referral down", func(m *dns.Msg) { m.Ns = []dns.RR{rr("yahoo.com. NS ns.net."), rr("x.yahoo.com. NS b.net.")} }, false, "down to yahoo.com. with 0 addresses"},
		{"a referral with addresses", func(m *dns.Msg) {
			m.Ns = []dns.RR{rr("Yahoo.com. NS NS.yahoo.com.")}
			m.Extra = []dns.RR{rr("ns.yahoo.com. A 1.1.1.1"), rr("other.com. A 6.6.6.6"), rr("ns.yahoo.com. AAAA fd00::1")}
		}, false, "down to Yahoo.com. with 2 addresses"},
		{"proof for another name", func(m *dns.Msg) { m.Ns = []dns.RR{rr("google.com. SOA a. b. 1 1 1 1 1")} }, true, ""},
		{"proof from above", func(m *dns.Msg) { m.Ns = []dns.RR{rr(". SOA a. b. 1 1 1 1 1")} }, true, ""},
		{"an alias of another name", func(m *dns.Msg) { m.Answer = []dns.RR{rr("www.google.com. CNAME www.yahoo.com.")} }, true, ""},
		{"an alias and what it stands for", func(m *dns.Msg) {
			m.Answer = []dns.RR{rr("www.yahoo.com. CNAME x.com."), rr("x.com. A 1.1.1.1")}
		}, false, "an alias"},
		{"another class", func(m *dns.Msg) { m.Answer = []dns.RR{rr("www.yahoo.com. CH A 1.1.1.1")} }, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &dns.Msg{}
			tt.edit(m)
			a := sift(q, m)
			got := ""
			switch {
			case a.alias != nil:
				got = "an alias"
			case len(a.records) > 0:
				got = fmt.Sprintf("%d records", len(a.records))
			case a.none:
				got = "none"
			case len(a.referral) > 0:
				got = fmt.Sprintf("down to %s with %d addresses", a.referral[0].Header().Name, len(a.glue))
			}
			if got != tt.want || (a.lame != "") != tt.lame {
				t.Errorf("%q, lame: %q", got, a.lame)
			}
		})
	}
}
