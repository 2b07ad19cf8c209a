package service

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// world is an Internet of name servers without a network: what each answers.
type world map[netip.Addr]func(*dns.Msg) *dns.Msg

// authority answers as a name server does that has some zones, RFC 1034
// section 4.3.2. The zones are given by their names and records.
func authority(t testing.TB, zones map[string]string) func(*dns.Msg) *dns.Msg {
	t.Helper()
	records := map[string][]dns.RR{}
	for zone, text := range zones {
		p := dns.NewZoneParser(strings.NewReader(text), zone, zone)
		p.SetDefaultTTL(300)
		for rr, ok := p.Next(); ok; rr, ok = p.Next() {
			records[zone] = append(records[zone], rr)
		}
		if err := p.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return func(q *dns.Msg) *dns.Msg {
		a := new(dns.Msg).SetReply(q)
		name, zone := dns.CanonicalName(q.Question[0].Name), ""
		for z := range records {
			if dns.IsSubDomain(z, name) && len(z) > len(zone) {
				zone = z
			}
		}
		if zone == "" {
			a.Rcode = dns.RcodeRefused
			return a
		}
		lookup(records[zone], zone, name, a)
		return a
	}
}

func lookup(all []dns.RR, zone, name string, a *dns.Msg) {
	has := func(rtype uint16, owner string) []dns.RR { return owned(all, owner, rtype) }
	for i, end := 0, false; !end && name[i:] != zone; i, end = dns.NextLabel(name, i) {
		if ns := has(dns.TypeNS, name[i:]); len(ns) > 0 {
			a.Ns, a.Extra = ns, append(a.Extra, slices.Concat(glue(ns, all)...)...)
			return
		}
	}
	a.Authoritative = true
	rtype := a.Question[0].Qtype
	for range 8 { // aliases of this zone are followed
		a.Answer = append(a.Answer, has(rtype, name)...)
		alias := has(dns.TypeCNAME, name)
		if len(a.Answer) > 0 && len(has(rtype, name)) > 0 || len(alias) == 0 {
			break
		}
		a.Answer = append(a.Answer, alias...)
		if name = dns.CanonicalName(alias[0].(*dns.CNAME).Target); !dns.IsSubDomain(zone, name) {
			return
		}
	}
	if len(a.Answer) > 0 {
		return
	}
	a.Ns = has(dns.TypeSOA, zone)
	if !slices.ContainsFunc(all, func(rr dns.RR) bool { return dns.IsSubDomain(name, rr.Header().Name) }) {
		a.Rcode = dns.RcodeNameError
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

const soa = "@ 3600 SOA ns admin 1 7200 3600 1209600 60\n"

// smallInternet is a root, com. and net., and what is below them; some of it
// broken.
func smallInternet(t testing.TB) world {
	silent := func(*dns.Msg) *dns.Msg { return nil }
	return world{
		addr("10.1.0.1"): authority(t, map[string]string{".": soa + `
@ 518400 NS a.root.
a.root. A 10.1.0.1
com. 172800 NS ns.com.
ns.com. A 10.2.0.1
net. 172800 NS ns.net.
ns.net. A 10.2.0.2
`}),
		addr("10.2.0.1"): authority(t, map[string]string{"com.": soa + `
@ NS ns
ns A 10.2.0.1
yahoo NS ns1.yahoo
ns1.yahoo A 10.3.0.1
glueless NS ns1.hosting.net.
lame NS ns1.lame
ns1.lame A 10.3.0.9
refused NS ns1.refused
ns1.refused A 10.3.0.2
half NS ns1.half
half NS ns2.half
ns1.half A 10.3.0.66
ns2.half A 10.3.0.3
dead NS ns1.dead
ns1.dead A 10.3.0.66
loopa NS ns.loopb
loopb NS ns.loopa
forged NS ns1.forged
ns1.forged A 10.3.0.5
zero 0 NS ns1.zero
ns1.zero 0 A 10.3.0.3
aliased NS www.yahoo
thirsty NS ns1.thirsty
ns1.thirsty A 127.0.0.1
six NS ns1.six
ns1.six AAAA fd00::3
`}),
		addr("10.2.0.2"): authority(t, map[string]string{"net.": soa + `
@ NS ns
ns A 10.2.0.2
hosting NS ns1.hosting
ns1.hosting A 10.3.0.2
`}),
		addr("10.3.0.1"): authority(t, map[string]string{"yahoo.com.": soa + `
@ NS ns1
ns1 A 10.3.0.1
mail 300 A 10.3.0.25
www 600 CNAME mail
far CNAME www.glueless.com.
nowhere CNAME nothing.glueless.com.
outside CNAME www.dead.com.
loop1 CNAME loop2
loop2 CNAME loop1
there CNAME back.glueless.com.
many A 10.3.0.31
many A 10.3.0.32
sub.deep A 10.3.0.40
zero 0 A 10.3.0.41
`}),
		addr("10.3.0.2"): authority(t, map[string]string{"hosting.net.": soa + "@ NS ns1\nns1 0 A 10.3.0.2\n", "glueless.com.": soa + `
@ NS ns1.hosting.net.
www A 10.3.0.2
back CNAME there.yahoo.com.
`}),
		addr("10.3.0.3"):  authority(t, map[string]string{"half.com.": soa + "@ NS ns1\nwww A 10.3.0.3\n", "zero.com.": soa + "www A 10.3.0.3\n", "aliased.com.": soa + "www A 10.3.0.3\n"}),
		addr("fd00::3"):   authority(t, map[string]string{"six.com.": soa + "www A 10.3.0.3\n"}),
		addr("10.3.0.9"):  authority(t, map[string]string{"com.": soa + "lame NS ns1.lame\nns1.lame A 10.3.0.9\n"}), // sends them back
		addr("10.3.0.66"): silent,
		addr("10.3.0.5"):  forger,
	}
}

// forger answers for names that are not its own, besides the one that is asked.
func forger(q *dns.Msg) *dns.Msg {
	a := new(dns.Msg).SetReply(q)
	a.Authoritative = true
	rr := func(s string) dns.RR { r, _ := dns.NewRR(s); return r }
	a.Answer = []dns.RR{rr("mail.yahoo.com. 600 A 6.6.6.6"), rr(q.Question[0].Name + " 600 A 10.3.0.5")}
	a.Ns = []dns.RR{rr("yahoo.com. 600 NS ns1.forged.com."), rr("com. 600 NS ns1.forged.com.")}
	a.Extra = []dns.RR{rr("ns1.yahoo.com. 600 A 10.3.0.5"), rr("ns.com. 600 A 10.3.0.5")}
	return a
}
