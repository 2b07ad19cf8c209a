package check

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// named is A and two name servers, ns1 and ns2, on one cable each to a switch.
// A has a hosts file and asks ns1; in ns2 no server runs.
func named() snapshot.Lab {
	node := func(name, addr string, sockets ...snapshot.Socket) snapshot.Space {
		return snapshot.Space{
			Name:    name,
			Links:   []snapshot.Link{{Name: "eth0", Kind: "veth", Up: true, Carrier: true, State: "UP", Peer: name, PeerSpace: "sw"}},
			Addrs:   []snapshot.Addr{{Link: "eth0", Prefix: prefix(addr + "/24"), Scope: "global"}},
			Routes:  []snapshot.Route{{Dst: prefix("192.168.1.0/24"), Link: "eth0", Table: 254}},
			Sockets: sockets,
		}
	}
	port := func(name string) snapshot.Link {
		return snapshot.Link{Name: name, Kind: "veth", Up: true, Carrier: true, State: "UP", Master: "sw", Peer: "eth0", PeerSpace: name, PortState: "forwarding"}
	}
	a := node("A", "192.168.1.1")
	a.Names = nss.Files{
		Switch: nss.File{Path: "/etc/netns/A/nsswitch.conf", Text: "hosts: files dns\n"},
		Hosts:  nss.File{Path: "/etc/netns/A/hosts", Text: "127.0.0.1 localhost\n192.168.1.9 printer\n"},
		Resolv: nss.File{Path: "/etc/netns/A/resolv.conf", Text: "nameserver 192.168.1.53\nnameserver 192.168.1.54\nsearch lan\n"},
	}
	return snapshot.Lab{Spaces: []snapshot.Space{
		{Name: "host"}, a,
		node("ns1", "192.168.1.53", snapshot.Socket{Proto: "udp", Addr: ip("0.0.0.0"), Port: 53}),
		node("ns2", "192.168.1.54"),
		{Name: "sw", Links: []snapshot.Link{{Name: "sw", Kind: "bridge", Up: true, Carrier: true, State: "UP"}, port("A"), port("ns1"), port("ns2")}},
	}}
}

// mouth is the address and port at which a node speaks of names.
func mouth(node string) netip.AddrPort {
	known := map[string]string{"A": "192.168.1.1:4000", "ns1": "192.168.1.53:53", "ns2": "192.168.1.54:53"}
	return netip.MustParseAddrPort(known[node])
}

// asks is a question that one node gets from another one; taken: it arrives.
func asks(from, to, name string, taken bool) measure.Heard {
	h := measure.Heard{Sender: from, From: mouth(from), To: mouth(to), Message: &dns.Message{Questions: []dns.Question{{Name: name, Type: "A"}}}}
	if taken {
		h.Taker = to
	}
	return h
}

// tells is an answer.
func tells(from, to string, m dns.Message) measure.Heard {
	m.Response = true
	return measure.Heard{At: time.Millisecond, Sender: from, Taker: to, From: mouth(from), To: mouth(to), Message: &m}
}

func message(status, name string, answers ...dns.Record) dns.Message {
	return dns.Message{Response: true, Status: status, Questions: []dns.Question{{Name: name, Type: "A"}}, Answers: answers}
}

func a(name, data string) dns.Record {
	return dns.Record{Name: name, Type: "A", TTL: 300, Data: data}
}

func resolved(heard []measure.Heard, addrs ...string) *measure.Resolved {
	r := &measure.Resolved{From: "A", Name: "web", Family: 4, By: ByGetent, Exit: 2, Took: 3 * time.Millisecond, Heard: heard}
	for _, s := range addrs {
		r.Addrs, r.Exit = append(r.Addrs, ip(s)), 0
	}
	return r
}

func with(r *measure.Resolved, change func(*measure.Resolved)) *measure.Resolved {
	change(r)
	return r
}

func TestResolves(t *testing.T) {
	web := func(change func(*Resolves)) Check {
		r := &Resolves{In: "A", Name: "web"}
		if change != nil {
			change(r)
		}
		return Check{Resolves: r}
	}
	not := func(c Check) Check { c.Not = true; return c }
	good := []measure.Heard{asks("A", "ns1", "web.lan.", true), tells("ns1", "A", message(dns.NoError, "web.lan.", a("web.lan.", "192.168.1.2")))}
	none := []measure.Heard{
		asks("A", "ns1", "web.lan.", true), tells("ns1", "A", message(dns.NXDomain, "web.lan.")),
		asks("A", "ns1", "web.", true), tells("ns1", "A", message(dns.NXDomain, "web.")),
	}
	lost := []measure.Heard{asks("A", "ns1", "web.lan.", false)}
	closed := []measure.Heard{asks("A", "ns2", "web.lan.", true)}
	both := append([]measure.Heard{asks("A", "ns2", "web.lan.", true)}, good...)
	tests := []struct {
		name  string
		check Check
		found *measure.Resolved
		ok    bool
		got   string
		cause string
	}{
		{"a name that is found", web(nil), resolved(good, "192.168.1.2"), true, "A finds 192.168.1.2 for web", ""},
		{"its address", web(func(r *Resolves) { r.To = []netip.Addr{ip("192.168.1.2")} }), resolved(good, "192.168.1.2"), true, "A finds 192.168.1.2 for web", ""},
		{"its addresses in any order", web(func(r *Resolves) { r.To = []netip.Addr{ip("192.168.1.3"), ip("192.168.1.2")} }), resolved(good, "192.168.1.2", "192.168.1.3"), true, "192.168.1.2, 192.168.1.3", ""},
		{"one address too many", web(func(r *Resolves) { r.To = []netip.Addr{ip("192.168.1.2")} }), resolved(good, "192.168.1.2", "192.168.1.3"), false, "192.168.1.2, 192.168.1.3", "192.168.1.53 (ns1) says so"},
		{"another address, by DNS", web(func(r *Resolves) { r.To = []netip.Addr{ip("192.168.1.3")} }), resolved(good, "192.168.1.2"), false, "A finds 192.168.1.2", "192.168.1.53 (ns1) says so, and has it from others, or from its cache"},
		{"another address, by the hosts file", web(func(r *Resolves) { r.Name, r.To = "printer", []netip.Addr{ip("192.168.1.2")} }),
			with(resolved(nil, "192.168.1.9"), func(r *measure.Resolved) { r.Name = "printer" }), false, "A finds 192.168.1.9 for printer", "line 2 of /etc/netns/A/hosts gives printer this address"},
		{"there is no such name", web(nil), resolved(none), false, "A finds no address for web: 192.168.1.53 answers NXDOMAIN: there is no such name", "192.168.1.53 (ns1) says that there is no name web.lan (NXDOMAIN), and has it from others, or from its cache"},
		{"the question is lost", web(nil), resolved(lost), false, "A finds no address for web: 192.168.1.53 did not answer", "the question of A to 192.168.1.53 (ns1) left, and did not arrive"},
		{"no server runs there", web(nil), resolved(closed), false, "192.168.1.54 did not answer", "no name server runs in ns2, which has 192.168.1.54: nothing listens at port 53"},
		{"nobody is asked", web(nil), resolved(nil), false, "no question to a name server left A", "A was not heard to ask its nameserver 192.168.1.53 (ns1)"},
		{"it takes too long", web(nil), with(resolved(lost), func(r *measure.Resolved) { r.Slow, r.Took, r.Exit = true, 15*time.Second, -1 }), false, "after 15s A still has no address for web", ""},
		{"netlab's own resolver is named", web(nil), with(resolved(good, "192.168.1.2"), func(r *measure.Resolved) { r.By = "netlab's own resolver" }), true, "(by netlab's own resolver)", ""},

		{"the names that it tries", web(func(r *Resolves) { r.Tries = []string{"web.lan", "Web."} }), resolved(append(none[:3:3], tells("ns1", "A", message(dns.NoError, "web.", a("web.", "192.168.1.2")))), "192.168.1.2"), true, "it asks for web.lan, web", ""},
		{"it tries another name first", web(func(r *Resolves) { r.Tries = []string{"web", "web.lan"} }), resolved(none, "192.168.1.2"), false, "it asks for web.lan, web", "A asks for web.lan, web, and not for web, web.lan"},
		{"it must try none", web(func(r *Resolves) { r.Tries = []string{} }), resolved(good, "192.168.1.2"), false, "it asks for web.lan", "A asks for web.lan, and not for no name"},
		{"it tries none", web(func(r *Resolves) { r.Tries = []string{} }), resolved(nil, "192.168.1.2"), true, "it asks for no name", ""},
		{"whom it asks", web(func(r *Resolves) { r.Asks = []string{"ns2", "ns1"} }), resolved(both, "192.168.1.2"), true, "asked: ns2, ns1", ""},
		{"it asks in another order", web(func(r *Resolves) { r.Asks = []string{"ns1", "ns2"} }), resolved(both, "192.168.1.2"), false, "asked: ns2, ns1", "ns2, ns1 is asked, and not ns1, ns2"},
		{"a question that does not arrive asks nobody", web(func(r *Resolves) { r.Asks = []string{} }), resolved(lost, "192.168.1.2"), true, "asked: nobody", ""},
		{"it waits", web(func(r *Resolves) { r.Waits = time.Second }), with(resolved(both, "192.168.1.2"), func(r *measure.Resolved) { r.Took = 5 * time.Second }), true, "it takes 5s", ""},
		{"it does not wait", web(func(r *Resolves) { r.Waits = time.Second }), resolved(both, "192.168.1.2"), false, "it takes 3ms", "nothing has made it wait"},

		{"not found, as it must be", not(web(nil)), resolved(none), true, "NXDOMAIN", ""},
		{"found, and must not be", not(web(nil)), resolved(good, "192.168.1.2"), false, "A finds 192.168.1.2 for web", "192.168.1.53 (ns1) says so"},
		{"not found, and the right ones asked", not(web(func(r *Resolves) { r.Asks = []string{"ns1"} })), resolved(none), true, "asked: ns1", ""},
		{"not found, and somebody else asked", not(web(func(r *Resolves) { r.Asks = []string{"ns2"} })), resolved(none), false, "asked: ns1", "ns1 is asked, and not ns2"},
		{"not found, and not at once", not(web(func(r *Resolves) { r.Waits = time.Second })), resolved(none), false, "it takes 3ms", "nothing has made it wait"},

		{"not looked up", web(nil), nil, false, "the name was not looked up", "could not be asked"},
		{"not looked up, negated", not(web(nil)), nil, false, "the name was not looked up", "could not be asked"},
		{"another name was looked up", not(web(nil)), with(resolved(none), func(r *measure.Resolved) { r.Name = "mail" }), false, "was not looked up", ""},
		{"another family was looked up", not(web(func(r *Resolves) { r.Family = 6 })), resolved(none), false, "was not looked up", ""},
		{"getent has failed", not(web(nil)), with(resolved(nil), func(r *measure.Resolved) { r.Exit, r.Text = 126, "no memory" }), false, "getent failed: no memory", ""},
		{"not all was heard", web(func(r *Resolves) { r.Asks = []string{"ns1"} }), with(resolved(good, "192.168.1.2"), func(r *measure.Resolved) { r.Missed = 7 }), false, "7 messages were not heard", "ask each other in a circle"},
		{"not all was heard, which does not matter", web(nil), with(resolved(good, "192.168.1.2"), func(r *measure.Resolved) { r.Missed = 7 }), true, "A finds", ""},
		{"there is no such node", not(web(func(r *Resolves) { r.In = "B" })), nil, false, "there is no namespace B", ""},
		{"there is no node of those that are asked", not(web(func(r *Resolves) { r.Asks = []string{"ns9"} })), resolved(none), false, "there is no namespace ns9", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Judge(tt.check, named(), measure.Found{Resolved: tt.found})
			if out.OK != tt.ok || !strings.Contains(out.Got, tt.got) || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("%+v\nwant ok %v, parts %q and %q", out, tt.ok, tt.got, tt.cause)
			}
			if out.Want == "" || out.OK != (out.Cause == "") {
				t.Errorf("want is always said, a cause for each failure: %+v", out)
			}
		})
	}
}

// dnsOf is what came of A's question for web.lan. to ns1.
func dnsOf(fate measure.Fate, m *dns.Message, change func(*measure.DNS)) *measure.DNS {
	d := &measure.DNS{From: "A", Server: mouth("ns1"), Question: dns.Question{Name: "web.lan.", Type: "A"}, Fate: fate, Answer: m}
	if change != nil {
		change(d)
	}
	return d
}

func said(m dns.Message, change func(*measure.DNS)) *measure.DNS {
	return dnsOf(measure.Answered, &m, change)
}

func TestDNS(t *testing.T) {
	claim := func(change func(*DNS)) Check {
		d := &DNS{In: "A", Server: ip("192.168.1.53"), Name: "web.lan"}
		if change != nil {
			change(d)
		}
		return Check{DNS: d}
	}
	fails := func(how string) Check {
		c := claim(func(d *DNS) { d.Error = how })
		c.Not = true
		return c
	}
	record := message(dns.NoError, "web.lan.", a("web.lan.", "192.168.1.2"))
	own := record
	own.Authoritative = true
	cname := dns.Record{Name: "web.lan.", Type: "CNAME", TTL: 60, Data: "www.lan."}
	alias := message(dns.NoError, "web.lan.", cname, a("www.lan.", "192.168.1.2"))
	only := message(dns.NoError, "web.lan.", cname)
	refers := message(dns.NoError, "web.lan.")
	refers.Authority = []dns.Record{{Name: "lan.", Type: "NS", TTL: 60, Data: "ns2.lan."}}
	empty := message(dns.NoError, "web.lan.")
	empty.Authority = []dns.Record{{Name: "lan.", Type: "SOA", TTL: 60}}
	noname := message(dns.NXDomain, "web.lan.")
	noname.Authoritative = true
	servfail, refused := message(dns.ServFail, "web.lan."), message(dns.Refused, "web.lan.")
	asked := func(d *measure.DNS) {
		d.Heard = []measure.Heard{asks("A", "ns1", "web.lan.", true), asks("ns1", "ns2", "web.lan.", true), tells("ns2", "ns1", record), tells("ns1", "A", record)}
	}
	alone := func(d *measure.DNS) {
		d.Heard = []measure.Heard{asks("A", "ns1", "web.lan.", true), tells("ns1", "A", record)}
	}
	closed := dnsOf(measure.Reported, nil, func(d *measure.DNS) { d.Closed = true })
	silent := dnsOf(measure.Silent, nil, nil)
	noway := dnsOf(measure.Refused, nil, func(d *measure.DNS) { d.Errno, d.Text = NoWay, "network is unreachable" })
	far := dnsOf(measure.Reported, nil, func(d *measure.DNS) {
		d.ICMP = &measure.ICMPError{From: ip("192.168.1.1"), Type: 3, Code: 1, Text: "Destination Host Unreachable"}
	})
	tests := []struct {
		name  string
		check Check
		found *measure.DNS
		ok    bool
		got   string
		cause string
	}{
		{"an answer", claim(nil), said(record, nil), true, "192.168.1.53 answers 192.168.1.2 (ttl 300)", ""},
		{"the data", claim(func(d *DNS) { d.Is = []string{"192.168.1.2"} }), said(record, nil), true, "192.168.1.2", ""},
		{"other data", claim(func(d *DNS) { d.Is = []string{"192.168.1.3"} }), said(record, nil), false, "192.168.1.53 answers 192.168.1.2", "192.168.1.53 (ns1) says so"},
		{"one record too few", claim(func(d *DNS) { d.Is = []string{"192.168.1.2", "192.168.1.3"} }), said(record, nil), false, "192.168.1.2", ""},
		{"an answer with authority", claim(func(d *DNS) { d.Authoritative = yes() }), said(own, nil), true, "authoritative", ""},
		{"an answer without authority", claim(func(d *DNS) { d.Authoritative = yes() }), said(record, nil), false, "(ttl 300)", "192.168.1.53 does not have the zone itself"},
		{"an answer with authority, where it must have none", claim(func(d *DNS) { d.Authoritative = no() }), said(own, nil), false, "authoritative", "192.168.1.53 has the zone itself"},
		{"another name", claim(func(d *DNS) { d.Alias, d.Is = "www.lan", []string{"192.168.1.2"} }), said(alias, nil), true, "since the name is another one for www.lan.", ""},
		{"another name and nothing more", claim(func(d *DNS) { d.Alias = "www.lan." }), said(only, nil), true, "another one for www.lan., and nothing more", ""},
		{"another name without the address", claim(func(d *DNS) { d.Alias, d.Is = "www.lan.", []string{"192.168.1.2"} }), said(only, nil), false, "and nothing more", ""},
		{"the wrong other name", claim(func(d *DNS) { d.Alias = "mail.lan." }), said(alias, nil), false, "www.lan.", "web.lan. is another name for www.lan."},
		{"no other name", claim(func(d *DNS) { d.Alias = "www.lan." }), said(record, nil), false, "192.168.1.2", "web.lan. is no other name for anything"},
		{"the servers of a zone", claim(func(d *DNS) { d.Refers = "LAN" }), said(refers, nil), true, "it names the servers of lan.", ""},
		{"the servers of another zone", claim(func(d *DNS) { d.Refers = "com" }), said(refers, nil), false, "it names the servers of lan.", "192.168.1.53 names the servers of lan."},
		{"an answer instead of the servers", claim(func(d *DNS) { d.Refers = "lan." }), said(record, nil), false, "192.168.1.2", ""},
		{"the servers instead of an answer", claim(nil), said(refers, nil), false, "it names the servers of lan.", "leaves it to the asker to go on with the servers of lan"},
		{"the time to live", claim(func(d *DNS) { d.TTL = 300 }), said(record, nil), true, "ttl 300", ""},
		{"another time to live", claim(func(d *DNS) { d.TTL = 60 }), said(record, nil), false, "ttl 300", "counts down in a cache"},
		{"an answer that was kept", claim(func(d *DNS) { d.TTLBelow = 301 }), said(record, nil), true, "ttl 300", ""},
		{"a fresh answer", claim(func(d *DNS) { d.TTLBelow = 300 }), said(record, nil), false, "ttl 300", "the answer is fresh"},
		{"the server asks another one", claim(func(d *DNS) { d.Asks = []string{"ns2"} }), said(record, asked), true, "asked besides: ns2", ""},
		{"the server must ask nobody", claim(func(d *DNS) { d.Asks = []string{} }), said(record, asked), false, "asked besides: ns2", "ns2 is asked besides, and not nobody"},
		{"the server asks nobody", claim(func(d *DNS) { d.Asks = []string{} }), said(record, alone), true, "asked besides: nobody", ""},
		{"no such name", claim(nil), said(noname, nil), false, "192.168.1.53 answers NXDOMAIN: there is no such name (authoritative)", "there is no name web.lan: ns1 says so (NXDOMAIN), with authority for the zone of that name"},
		{"no such record", claim(nil), said(empty, nil), false, "there is such a name, and no A record of it (nodata)", "192.168.1.53 (ns1) says that web.lan has no A record, and has it from others, or from its cache"},
		{"the server could not find out", claim(nil), said(servfail, nil), false, "answers SERVFAIL: it could not find out", "ns1 could not find out what web.lan is (SERVFAIL), and nothing was heard that it asked"},
		{"the server does not want to", claim(nil), said(refused, nil), false, "answers REFUSED: it does not want to answer", "192.168.1.53 (ns1) refuses to answer A: either it has no zone of web.lan and asks no others for it, or its access control does not let A in"},
		{"nothing listens", claim(nil), closed, false, "nothing listens at port 53 of 192.168.1.53 (closed)", ""},
		{"no answer", claim(nil), silent, false, "no answer from 192.168.1.53 (timeout)", "the name server in ns1 listens, and does not answer in time"},
		{"no way", claim(nil), noway, false, "the kernel would not send it: network is unreachable (ENETUNREACH)", ""},
		{"a router cannot deliver it", claim(nil), far, false, "192.168.1.1 said: Destination Host Unreachable", ""},
		{"what came was no answer", claim(nil), dnsOf(measure.Silent, nil, func(d *measure.DNS) { d.Odd = []string{"its id is 7"} }), false, "what came is no answer: its id is 7", ""},
		{"a status of another kind", claim(nil), said(message(dns.NotImp, "web.lan."), nil), false, "192.168.1.53 answers NOTIMP", "answers NOTIMP"},

		{"it fails, however", fails(""), closed, true, "closed", ""},
		{"it does not fail", fails(""), said(record, nil), false, "192.168.1.53 answers 192.168.1.2", "says so"},
		{"not looked for", fails(""), nil, false, "no question was sent", "could not be asked"},
		{"no fate", fails(Timeout), dnsOf("", nil, nil), false, "no question was sent", ""},
		{"another question", fails(""), said(noname, func(d *measure.DNS) { d.Question.Name = "mail.lan." }), false, "another question was sent", ""},
		{"another type", fails(""), said(noname, func(d *measure.DNS) { d.Question.Type = "MX" }), false, "another question was sent", ""},
		{"not all was heard", claim(func(d *DNS) { d.Asks = []string{} }), said(record, func(d *measure.DNS) { d.Missed = 1 }), false, "1 messages were not heard", ""},
		{"there is no such node", fails(""), nil, false, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Judge(tt.check, named(), measure.Found{DNS: tt.found})
			if out.OK != tt.ok || !strings.Contains(out.Got, tt.got) || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("%+v\nwant ok %v, parts %q and %q", out, tt.ok, tt.got, tt.cause)
			}
			if out.Want == "" || out.OK != (out.Cause == "") {
				t.Errorf("want is always said, a cause for each failure: %+v", out)
			}
		})
	}
	// Each way to fail is another one than all others.
	ways := map[string]*measure.DNS{
		NXDomain: said(noname, nil), NoData: said(empty, nil), ServFail: said(servfail, nil), Refused: said(refused, nil),
		Timeout: silent, Closed: closed, NoWay: noway,
	}
	for _, want := range DNSErrors() {
		for is, found := range ways {
			out := Judge(fails(want), named(), measure.Found{DNS: found})
			if out.OK != (want == is) || !out.OK && (out.Cause == "" || !strings.Contains(out.Want, "("+want+")")) {
				t.Errorf("it must fail with %s and fails with %s: %+v", want, is, out)
			}
		}
	}
}

func TestWhatANegatedQuestionMaySayBesides(t *testing.T) {
	noname := message(dns.NXDomain, "web.lan.")
	heard := func(d *measure.DNS) {
		d.Heard = []measure.Heard{asks("A", "ns1", "web.lan.", true), asks("ns1", "ns2", "web.lan.", true)}
	}
	base := DNS{In: "A", Server: ip("192.168.1.53"), Name: "web.lan", Error: NXDomain}
	cached, own := base, base
	cached.Asks, own.Authoritative = []string{}, yes()
	for name, tt := range map[string]struct {
		claim DNS
		found *measure.DNS
		ok    bool
	}{
		"from the cache":                     {cached, said(noname, nil), true},
		"from another server":                {cached, said(noname, heard), false},
		"with authority":                     {own, said(noname, func(d *measure.DNS) { d.Answer.Authoritative = true }), true},
		"without the authority it should be": {own, said(noname, func(d *measure.DNS) { d.Answer.Authoritative = false }), false},
	} {
		t.Run(name, func(t *testing.T) {
			if out := Judge(Check{Not: true, DNS: &tt.claim}, named(), measure.Found{DNS: tt.found}); out.OK != tt.ok {
				t.Errorf("%+v", out)
			}
		})
	}
}

func TestDataMayBeWrittenInSeveralWays(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  string
		a, b []string
		same bool
	}{
		"in another order":                {"A", []string{"10.0.0.1", "10.0.0.2"}, []string{"10.0.0.2", "10.0.0.1"}, true},
		"with another last dot":           {"MX", []string{"10 mail.lan"}, []string{"10 mail.lan."}, true},
		"in letters of the other size":    {"CNAME", []string{"WWW.lan."}, []string{"www.lan."}, true},
		"an address written longer":       {"AAAA", []string{"fd00:0::1"}, []string{"fd00::1"}, true},
		"text without quotes":             {"TXT", []string{"v=spf1 -all"}, []string{`"v=spf1 -all"`}, true},
		"text in letters of another size": {"TXT", []string{"Hello"}, []string{`"hello"`}, false},
		"one more":                        {"A", []string{"10.0.0.1"}, []string{"10.0.0.1", "10.0.0.2"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sameData(tt.typ, tt.a, tt.b); got != tt.same {
				t.Errorf("%v", got)
			}
		})
	}
}
