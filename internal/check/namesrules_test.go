package check

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
)

func TestChecksOfNamesInWords(t *testing.T) {
	server := ip("192.168.1.53")
	for want, c := range map[string]Check{
		"resolves web in host": {Resolves: &Resolves{Name: "web"}},
		"not resolves web in A family 6 tries web.lan, web asks nobody waits 2s": {Not: true, Resolves: &Resolves{In: "A", Name: "web", Family: 6, Tries: []string{"web.lan", "web"}, Asks: []string{}, Waits: 2 * time.Second}},
		"resolves web in A to 192.168.1.2, 192.168.1.3 tries nothing asks ns1":   {Resolves: &Resolves{In: "A", Name: "web", To: []netip.Addr{ip("192.168.1.2"), ip("192.168.1.3")}, Tries: []string{}, Asks: []string{"ns1"}}},
		"dns web A from 192.168.1.53 in A":                                       {DNS: &DNS{In: "A", Server: server, Name: "web"}},
		"not dns web MX by TCP from 192.168.1.53 in host error NXDOMAIN":         {Not: true, DNS: &DNS{Server: server, Name: "web", Type: "MX", TCP: true, Error: NXDomain}},
		"dns web A from 192.168.1.53 in A, 10.0.0.1, as another name for www, authoritative, ttl 60; asked besides: nobody": {
			DNS: &DNS{In: "A", Server: server, Name: "web", Is: []string{"10.0.0.1"}, Alias: "www", Authoritative: yes(), TTL: 60, Asks: []string{}}},
		"dns web A from 192.168.1.53 in A, with the servers of lan, not authoritative, ttl below 60; asked besides: ns2": {
			DNS: &DNS{In: "A", Server: server, Name: "web", Refers: "lan", Authoritative: no(), TTLBelow: 60, Asks: []string{"ns2"}}},
	} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if kind := c.Kind(); kind != "resolves" && kind != "dns" {
			t.Errorf("kind %q", kind)
		}
	}
}

func TestChecksOfNamesThatMakeNoSense(t *testing.T) {
	resolves := func(change func(*Resolves)) Check {
		r := &Resolves{In: "A", Name: "web"}
		change(r)
		return Check{Resolves: r}
	}
	query := func(change func(*DNS)) Check {
		d := &DNS{In: "A", Server: ip("192.168.1.53"), Name: "web.lan"}
		change(d)
		return Check{DNS: d}
	}
	not := func(c Check) Check { c.Not = true; return c }
	within := func(c Check, d time.Duration) Check { c.Within = d; return c }
	four, six := []netip.Addr{ip("10.0.0.1")}, []netip.Addr{ip("fd00::1")}
	validates(t, []claim{
		{"a name", resolves(func(*Resolves) {}), ""},
		{"a name of IPv6", resolves(func(r *Resolves) { r.Family, r.To = 6, six }), ""},
		{"a name that must not be found", not(resolves(func(r *Resolves) { r.Tries, r.Asks, r.Waits = []string{"web"}, []string{"ns1"}, time.Second })), ""},
		{"no name", resolves(func(r *Resolves) { r.Name = " " }), "resolves: name is missing"},
		{"a name that is too long", resolves(func(r *Resolves) { r.Name = strings.Repeat("abcdefgh.", 33) }), "too long"},
		{"a label that is too long", resolves(func(r *Resolves) { r.Name = strings.Repeat("a", 64) }), "too long"},
		{"an address for a name", resolves(func(r *Resolves) { r.Name = "10.0.0.1" }), "10.0.0.1 is an address already"},
		{"an address of the other family", resolves(func(r *Resolves) { r.To = six }), "fd00::1 is no IPv4 address"},
		{"an IPv4 address where IPv6 is wanted", resolves(func(r *Resolves) { r.Family, r.To = 6, four }), "10.0.0.1 is no IPv6 address"},
		{"a family that there is not", resolves(func(r *Resolves) { r.Family = 5 }), "family is 4 or 6"},
		{"addresses that must not be found", not(resolves(func(r *Resolves) { r.To = four })), "has no addresses (to)"},
		{"a negative wait", resolves(func(r *Resolves) { r.Waits = -1 }), "cannot be negative"},
		{"a wait for longer than there is time", within(resolves(func(r *Resolves) { r.Waits = 5 * time.Second }), time.Second), "cannot wait for 5s within 1s"},
		{"a wait for longer than netlab does", resolves(func(r *Resolves) { r.Waits = 20 * time.Second }), "within must be longer"},
		{"a long wait with time for it", within(resolves(func(r *Resolves) { r.Waits = 20 * time.Second }), 30*time.Second), ""},
		{"a name that is tried twice", resolves(func(r *Resolves) { r.Tries = []string{"web.lan", "WEB.lan."} }), `"WEB.lan." is there twice`},
		{"a node that is asked twice", resolves(func(r *Resolves) { r.Asks = []string{"ns1", "ns2", "ns1"} }), `"ns1" is there twice`},

		{"a question", query(func(*DNS) {}), ""},
		{"a question that must fail", not(query(func(d *DNS) { d.Error, d.Authoritative, d.Asks = NXDomain, yes(), []string{} })), ""},
		{"a question about nothing", query(func(d *DNS) { d.Name = "" }), "dns: name is missing"},
		{"a question about the root", query(func(d *DNS) { d.Name, d.Type = ".", "NS" }), ""},
		{"a question to nobody", query(func(d *DNS) { d.Server = netip.Addr{} }), "dns: server is missing"},
		{"a server behind no interface", query(func(d *DNS) { d.Server = ip("fe80::1") }), "needs its interface"},
		{"a type that there is not", query(func(d *DNS) { d.Type = "ANYTHING" }), `not "ANYTHING"`},
		{"an error of a question that must be answered", query(func(d *DNS) { d.Error = NXDomain }), "only for a question that must fail"},
		{"an error nobody knows", not(query(func(d *DNS) { d.Error = "nxdomain" })), `not "nxdomain"`},
		{"records of what must fail", not(query(func(d *DNS) { d.Is = []string{"10.0.0.1"} })), "what fails has no is"},
		{"a time to live of what must fail", not(query(func(d *DNS) { d.TTLBelow = 3 })), "what fails has no is"},
		{"authority of no answer", not(query(func(d *DNS) { d.Error, d.Authoritative = Timeout, yes() })), "only an answer can be authoritative"},
		{"a referral with a record", query(func(d *DNS) { d.Refers, d.Is = "lan", []string{"10.0.0.1"} }), "does not answer itself"},
		{"two times to live", query(func(d *DNS) { d.TTL, d.TTLBelow = 1, 2 }), "not both"},
		{"a name for an A record", query(func(d *DNS) { d.Is = []string{"www.lan"} }), "an A record is an IPv4 address"},
		{"an IPv4 address for an AAAA record", query(func(d *DNS) { d.Type, d.Is = "AAAA", []string{"10.0.0.1"} }), "an AAAA record is an IPv6 address"},
		{"a mail server", query(func(d *DNS) { d.Type, d.Is = "MX", []string{"10 mail.lan"} }), ""},
		{"a node that is asked twice by a server", query(func(d *DNS) { d.Asks = []string{"ns1", "ns1"} }), "is there twice"},
	})
}

func TestPatienceWithNames(t *testing.T) {
	r, d := &Resolves{Name: "web"}, &DNS{Name: "web"}
	for name, tt := range map[string]struct {
		check      Check
		within, at time.Duration
	}{
		"a name":                         {Check{Resolves: r}, DefaultWithin, ResolveWait},
		"a name with its own time":       {Check{Resolves: r, Within: time.Second}, time.Second, time.Second},
		"a name that must not be found":  {Check{Not: true, Resolves: r}, DefaultWithin, ResolveWait},
		"a question":                     {Check{DNS: d}, DefaultWithin, DNSWait},
		"a question with its own time":   {Check{DNS: d, Within: time.Minute}, time.Minute, time.Minute},
		"a question that must not be so": {Check{Not: true, DNS: d, Within: time.Second}, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if within, at := tt.check.Patience(); within != tt.within || at != tt.at {
				t.Errorf("%s and %s", within, at)
			}
		})
	}
}

func TestACheckThatTaughtAServerSomethingIsFinal(t *testing.T) {
	record := message(dns.NoError, "web.lan.", a("web.lan.", "192.168.1.2"))
	direct := []measure.Heard{asks("A", "ns1", "web.lan.", true), tells("ns1", "A", record)}
	further := []measure.Heard{asks("A", "ns1", "web.lan.", true), asks("ns1", "ns2", "web.lan.", true), tells("ns2", "ns1", record), tells("ns1", "A", record)}
	vain := []measure.Heard{asks("A", "ns1", "web.lan.", true), asks("ns1", "ns2", "web.lan.", true)}
	itself := []measure.Heard{asks("ns1", "ns1", "web.lan.", true), tells("ns1", "ns1", record)}
	closed := &measure.DNS{Fate: measure.Reported, Closed: true}
	for name, tt := range map[string]struct {
		check Check
		found measure.Found
		final bool
	}{
		"an answer of the server's own":         {Check{Resolves: &Resolves{}}, measure.Found{Resolved: &measure.Resolved{Heard: direct}}, false},
		"an answer that it has got from others": {Check{Resolves: &Resolves{}}, measure.Found{Resolved: &measure.Resolved{Heard: further}}, true},
		"it asked others in vain":               {Check{Resolves: &Resolves{}}, measure.Found{Resolved: &measure.Resolved{Heard: vain}}, false},
		"a machine that asks itself":            {Check{Resolves: &Resolves{}}, measure.Found{Resolved: &measure.Resolved{Heard: itself}}, false},
		"a name that must not be found":         {Check{Not: true, Resolves: &Resolves{}}, measure.Found{Resolved: &measure.Resolved{Heard: direct}}, true},
		"a question with a wrong answer":        {Check{DNS: &DNS{}}, measure.Found{DNS: &measure.DNS{Heard: direct}}, false},
		"a question that taught the server":     {Check{DNS: &DNS{}}, measure.Found{DNS: &measure.DNS{Heard: further}}, true},
		"a server that does not run yet":        {Check{Not: true, DNS: &DNS{Error: NXDomain}}, measure.Found{DNS: closed}, false},
		"any failure is wanted":                 {Check{Not: true, DNS: &DNS{}}, measure.Found{DNS: closed}, true},
		"an answer that must not be":            {Check{Not: true, DNS: &DNS{Error: NXDomain}}, measure.Found{DNS: said(record, nil)}, true},
		"nothing was found out":                 {Check{DNS: &DNS{}}, measure.Found{}, false},
		"another kind of check":                 {Check{Ping: &Ping{}}, measure.Found{Ping: &measure.Ping{}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.check.Final(tt.found); got != tt.final {
				t.Errorf("%v", got)
			}
		})
	}
}
