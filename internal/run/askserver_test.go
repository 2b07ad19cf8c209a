package run

import (
	"net/netip"
	"os/exec"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
)

func TestAnAnswerThatIsBrokenSaysWhy(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b, h2, h3 := nameLab(t)
	yes, no := true, false
	asks := func(name string, change func(*check.DNS)) check.Check {
		d := &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.2"), Name: name}
		if change != nil {
			change(d)
		}
		return check.Check{DNS: d, Within: time.Second}
	}
	fails := func(name, how string) check.Check {
		c := asks(name, func(d *check.DNS) { d.Error = how })
		c.Not = true
		return c
	}
	says := func(question string, answer func(*miekg.Msg) *miekg.Msg) func() {
		return func() { h2.says(question, answer) }
	}
	web := zoneOf("web.lan. 300 A 10.0.0.7")
	alias := zoneOf("www.lan. 300 CNAME web.lan.", "web.lan. 300 A 10.0.0.7")
	refer := func(zone string) func(*miekg.Msg) *miekg.Msg {
		return changed(replied(miekg.RcodeSuccess, zone+" 300 NS ns."+zone), func(m *miekg.Msg) { m.Authoritative = false })
	}
	kept := changed(zoneOf("kept.lan. 20 A 10.0.0.7"), func(m *miekg.Msg) { m.Authoritative = false })
	refused, broken := replied(miekg.RcodeRefused), replied(miekg.RcodeServerFailure)
	for question, answer := range map[string]func(*miekg.Msg) *miekg.Msg{
		"www.lan. A": alias, "lan. MX": zoneOf("lan. 300 MX 10 mail.lan."), "www.yahoo.com. A": refer("com."), "kept.lan. A": kept,
		"far.lan. A": forwards(h2, "10.0.0.3"), "only6.lan. AAAA": zoneOf("only6.lan. 300 AAAA fd00::6"),
		"refused.lan. A": refused, "broken.lan. A": broken, "silent.lan. A": silence,
	} {
		h2.says(question, answer)
	}
	h3.says("far.lan. A", zoneOf("far.lan. 300 A 10.0.0.8"))
	nft := exe("h2") + "nft "
	h4 := netip.MustParseAddr("10.0.0.4")
	b.confuses([]confusion{
		{"another address", asks("web.lan", func(d *check.DNS) { d.Is = []string{"10.0.0.7"} }), says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.8")), says("web.lan. A", web),
			[]string{"10.0.0.2 answers 10.0.0.8 (ttl 300, authoritative)", "10.0.0.2 (h2) says so, and has the zone itself"}},
		{"no record of the type", asks("lan", func(d *check.DNS) { d.Type, d.Is = "MX", []string{"10 mail.lan"} }), says("lan. MX", nil), says("lan. MX", zoneOf("lan. 300 MX 10 mail.lan.")),
			[]string{"10.0.0.2 answers NXDOMAIN", "there is no name lan: h2 says so (NXDOMAIN), with authority for the zone lan"}},
		{"TCP is dropped", asks("web.lan", func(d *check.DNS) { d.TCP = true }),
			b.typed(nft + "add table ip x\n" + nft + "add chain ip x input '{ type filter hook input priority 0 ; }'\n" + nft + "add rule ip x input tcp dport 53 drop"),
			b.typed(nft + "delete table ip x"), []string{"no answer from 10.0.0.2 (timeout)", "a firewall rule in h2 may drop"}},
		{"another name for another one", asks("www.lan", func(d *check.DNS) { d.Alias = "web.lan" }), says("www.lan. A", zoneOf("www.lan. 300 CNAME mail.lan.", "mail.lan. 300 A 10.0.0.7")), says("www.lan. A", alias),
			[]string{"since the name is another one for mail.lan.", "www.lan. is another name for mail.lan."}},
		{"the servers of another zone", asks("www.yahoo.com", func(d *check.DNS) { d.Refers = "com" }), says("www.yahoo.com. A", refer("yahoo.com.")), says("www.yahoo.com. A", refer("com.")),
			[]string{"it names the servers of yahoo.com."}},
		{"an answer instead of a referral", asks("www.yahoo.com", func(d *check.DNS) { d.Refers = "com" }), says("www.yahoo.com. A", zoneOf("www.yahoo.com. 300 A 10.0.0.9")), says("www.yahoo.com. A", refer("com.")),
			[]string{"10.0.0.2 answers 10.0.0.9"}},
		{"no authority", asks("web.lan", func(d *check.DNS) { d.Authoritative = &yes }), says("web.lan. A", forwards(h2, "10.0.0.3")), says("web.lan. A", web),
			[]string{"10.0.0.2 answers 10.0.0.7 (ttl 300)", "10.0.0.2 does not have the zone itself"}},
		{"authority", asks("kept.lan", func(d *check.DNS) { d.Authoritative = &no }), says("kept.lan. A", zoneOf("kept.lan. 20 A 10.0.0.7")), says("kept.lan. A", kept),
			[]string{"authoritative", "10.0.0.2 has the zone itself"}},
		{"another time to live", asks("web.lan", func(d *check.DNS) { d.TTL = 300 }), says("web.lan. A", zoneOf("web.lan. 60 A 10.0.0.7")), says("web.lan. A", web),
			[]string{"ttl 60", "counts down in a cache"}},
		{"a fresh answer", asks("kept.lan", func(d *check.DNS) { d.TTLBelow = 300 }), says("kept.lan. A", zoneOf("kept.lan. 300 A 10.0.0.7")), says("kept.lan. A", kept),
			[]string{"ttl 300", "the answer is fresh"}},
		{"nobody else is asked", asks("far.lan", func(d *check.DNS) { d.Asks = []string{"h3"} }), says("far.lan. A", zoneOf("far.lan. 300 A 10.0.0.8")), says("far.lan. A", forwards(h2, "10.0.0.3")),
			[]string{"asked besides: nobody", "nobody is asked besides, and not h3"}},
		{"somebody else is asked", asks("web.lan", func(d *check.DNS) { d.Asks = []string{} }), says("web.lan. A", forwards(h2, "10.0.0.3")), says("web.lan. A", web),
			[]string{"asked besides: h3", "h3 is asked besides, and not nobody"}},
		{"the other server does not answer", asks("far.lan", nil), b.typed("ip -n h3 link set eth0 down"), b.typed("ip -n h3 link set eth0 up"),
			[]string{"10.0.0.2 answers SERVFAIL: it could not find out"}},
		{"the answer has another id", asks("web.lan", nil), says("web.lan. A", changed(web, func(m *miekg.Msg) { m.Id++ })), says("web.lan. A", web),
			[]string{"no answer from 10.0.0.2 (timeout); what came is no answer: its id is "}},
		{"the answer is about another name", asks("web.lan", nil), says("web.lan. A", changed(web, func(m *miekg.Msg) { m.Question[0].Name = "mail.lan." })), says("web.lan. A", web),
			[]string{"it answers another question: mail.lan. A"}},
		{"the cable is cut", asks("web.lan", nil), b.typed("ip -n h2 link set eth0 down"), b.typed("ip -n h2 link set eth0 up"), []string{"eth0 in h2"}},

		{"there is such a name", fails("none.lan", check.NXDomain), says("none.lan. A", zoneOf("none.lan. 300 A 10.0.0.9")), says("none.lan. A", nil), []string{"10.0.0.2 answers 10.0.0.9"}},
		{"there is such a name, without a record", fails("none.lan", check.NXDomain), says("none.lan. AAAA", zoneOf("none.lan. 300 AAAA fd00::6")), says("none.lan. AAAA", nil), []string{"(nodata)"}},
		{"there is such a record", fails("only6.lan", check.NoData), says("only6.lan. A", zoneOf("only6.lan. 300 A 10.0.0.9")), says("only6.lan. A", nil), []string{"10.0.0.2 answers 10.0.0.9"}},
		{"the server can find out", fails("broken.lan", check.ServFail), says("broken.lan. A", refused), says("broken.lan. A", broken), []string{"answers REFUSED"}},
		{"the server wants to answer", fails("refused.lan", check.Refused), says("refused.lan. A", nil), says("refused.lan. A", refused), []string{"answers NXDOMAIN"}},
		{"the server is silent no more", fails("silent.lan", check.Timeout), says("silent.lan. A", broken), says("silent.lan. A", silence), []string{"answers SERVFAIL"}},
		{"the silent server is gone", fails("silent.lan", check.Timeout), h2.stop, func() { h2.start(b.t, "10.0.0.2") }, []string{"nothing listens at port 53 of 10.0.0.2 (closed)", "no name server runs in h2"}},
	})
	var late *nameServer
	closed := fails("web.lan", check.Closed)
	closed.DNS.Server = h4
	away := fails("web.lan", check.NoWay)
	away.DNS.Server = netip.MustParseAddr("192.0.2.53")
	b.confuses([]confusion{
		{"a server listens", closed, func() { late = startServer(b.t, "h4", "10.0.0.4") }, func() { late.stop() }, []string{"10.0.0.4 answers NXDOMAIN", "there is no name web.lan: h4 says so (NXDOMAIN), with authority for the zone"}},
		{"there is a way", away, b.typed("ip -n h1 route add default via 10.0.0.2"), b.typed("ip -n h1 route del default"), []string{"192.0.2.53"}},
		{"a negated question without an error", fails("none.lan", ""), says("none.lan. A", zoneOf("none.lan. 300 A 10.0.0.9")), says("none.lan. A", nil), []string{"10.0.0.2 answers 10.0.0.9"}},
	})
}

// TestAServerThatStartsIsWaitedFor: a lesson starts its server in the
// background, and asks it in the next line.
func TestAServerThatStartsIsWaitedFor(t *testing.T) {
	b, h2, _ := nameLab(t)
	for name, c := range map[string]check.Check{
		"a question":            {DNS: &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.2"), Name: "web.lan"}},
		"a question that fails": {Not: true, DNS: &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.2"), Name: "none.lan", Error: check.NXDomain}},
		"a name, of one server": {Resolves: &check.Resolves{In: "h1", Name: "web", Asks: []string{"h2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h2.stop()
			c.Within = 20 * time.Second
			tried := make(chan struct{}, 1)
			started := make(chan struct{})
			b.patience = func(c check.Check) (time.Duration, time.Duration) {
				select {
				case tried <- struct{}{}:
				default:
				}
				return c.Patience()
			}
			go func() {
				defer close(started)
				<-tried
				<-time.After(100 * time.Millisecond)
				h2.start(t, "10.0.0.2")
			}()
			out, err := b.decide(soon(t), c)
			<-started
			must(t, err)
			if !out.OK {
				t.Errorf("%+v", out)
			}
		})
	}
}

// TestACheckDoesNotMakeItselfTrue: a server that has learned the answer by the
// first try would have it at the second.
func TestACheckDoesNotMakeItselfTrue(t *testing.T) {
	b, h2, _ := nameLab(t)
	further := forwards(h2, "10.0.0.3")
	h2.says("web.lan. A", func(q *miekg.Msg) *miekg.Msg {
		m := further(q)
		h2.says("web.lan. A", changed(zoneOf("web.lan. 200 A 10.0.0.7"), func(m *miekg.Msg) { m.Authoritative = false }))
		return m
	})
	c := check.Check{DNS: &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.2"), Name: "web.lan", TTLBelow: 300}}
	if out := b.now(c, check.DefaultWithin); out.OK {
		t.Errorf("the answer was not kept, and the check holds: %+v", out)
	}
	if out := b.now(c, 0); !out.OK {
		t.Errorf("now it is kept: %+v", out)
	}
}

// TestServersThatAskEachOtherDoNoHarm: a question that goes round in a circle
// makes a storm of others, of which not all can be heard.
func TestServersThatAskEachOtherDoNoHarm(t *testing.T) {
	b, h2, h3 := nameLab(t)
	h2.says("round.lan. A", forwards(h2, "10.0.0.3"))
	h3.says("round.lan. A", forwards(h3, "10.0.0.2"))
	for _, c := range []check.Check{
		{DNS: &check.DNS{In: "h1", Server: netip.MustParseAddr("10.0.0.2"), Name: "round.lan", Asks: []string{"h3"}}, Within: 2 * time.Second},
		{Resolves: &check.Resolves{In: "h1", Name: "round", Asks: []string{"h2", "h3"}}, Within: 2 * time.Second},
	} {
		begun := time.Now()
		out := b.now(c, 0)
		if out.OK || time.Since(begun) > 30*time.Second {
			t.Errorf("%+v after %s", out, time.Since(begun))
		}
	}
}
