package dns

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answer is an answer to a question, made from lines "name ttl type data".
func answer(name, typ string, change ...func(*Message)) Message {
	m := Message{Status: NoError, Response: true, Questions: []Question{{name, typ, "IN"}}}
	for _, c := range change {
		c(&m)
	}
	return m
}

func has(name, typ string, ttl uint32, data string) func(*Message) {
	return func(m *Message) { m.Answers = append(m.Answers, Record{name, ttl, "IN", typ, data}) }
}

func names(name, typ string, ttl uint32, data string) func(*Message) {
	return func(m *Message) { m.Authority = append(m.Authority, Record{name, ttl, "IN", typ, data}) }
}

func adds(name, typ, data string) func(*Message) {
	return func(m *Message) { m.Additional = append(m.Additional, Record{name, 60, "IN", typ, data}) }
}

func is(status string) func(*Message) { return func(m *Message) { m.Status = status } }

func TestAnswersInWords(t *testing.T) {
	aa := func(m *Message) { m.Authoritative = true }
	ra := func(m *Message) { m.RecursionAvailable = true }
	soa := names("lab.", "SOA", 3600, "ns.lab. host.lab. 1 2 3 4 60")
	ede := func(m *Message) { m.EDNS = &EDNS{Options: []Option{{"EDE", "22 (No Reachable Authority)"}}} }
	const final = "the server is authoritative for the zone lab, so that is final"
	tests := []struct {
		name     string
		in       Message
		sense    Sense
		want     string
		standing string
	}{
		{"an address", answer("web.lab.", "A", aa, has("web.lab.", "A", 60, "192.0.2.1")), Found,
			"web.lab is 192.0.2.1", "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"two addresses, from a resolver", answer("web.lab.", "A", ra, has("WEB.lab.", "A", 60, "192.0.2.1"), has("web.lab.", "A", 1, "192.0.2.2")), Found,
			"web.lab is 192.0.2.1, 192.0.2.2", "from a resolver, which has asked or still knows; it may be kept for 1 second (TTL)"},
		{"neither of both", answer("web.lab.", "AAAA", has("web.lab.", "AAAA", 60, "2001:db8::1")), Found,
			"web.lab is 2001:db8::1", "from a server that is not authoritative; it may be kept for 60 seconds (TTL)"},
		{"another name", answer("www.lab.", "A", aa, has("www.lab.", "CNAME", 30, "web.lab."), has("web.lab.", "A", 60, "192.0.2.1")), Found,
			"www.lab is another name for web.lab (CNAME), which is 192.0.2.1", "authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a chain of names", answer("a.lab.", "A", aa, has("b.lab.", "CNAME", 30, "c.lab."), has("a.lab.", "CNAME", 30, "b.lab."), has("c.lab.", "A", 60, "192.0.2.1")), Found,
			"a.lab is another name for b.lab, which is another name for c.lab (CNAME), which is 192.0.2.1", "authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a chain that ends elsewhere", answer("a.lab.", "A", aa, has("a.lab.", "CNAME", 30, "web.com.")), Alias,
			"a.lab is another name for web.com (CNAME), of which the server says nothing more", "authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a chain in a circle", answer("a.lab.", "A", aa, has("a.lab.", "CNAME", 30, "b.lab."), has("b.lab.", "CNAME", 30, "A.lab.")), Alias,
			"a.lab is another name for b.lab, which is another name for A.lab (CNAME) again: the names go round in a circle, and nobody will ever find an address",
			"authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a name for itself", answer("a.lab.", "A", aa, has("a.lab.", "CNAME", 30, "a.lab.")), Alias,
			"a.lab is another name for a.lab (CNAME) again: the names go round in a circle, and nobody will ever find an address",
			"authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a chain that ends with nothing of the type", answer("www.lab.", "AAAA", aa, has("www.lab.", "CNAME", 30, "web.lab."), soa), NoData,
			"www.lab is another name for web.lab (CNAME), and there is a name web.lab, but it has no AAAA record (NOERROR without an answer: nodata)",
			"authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"a chain that ends with no name", answer("www.lab.", "A", aa, is(NXDomain), has("www.lab.", "CNAME", 30, "web.lab."), soa), NoName,
			"www.lab is another name for web.lab (CNAME), and there is no name web.lab (NXDOMAIN): " + final,
			"authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"what it is another name for", answer("www.lab.", "CNAME", aa, has("www.lab.", "CNAME", 30, "web.lab.")), Found,
			"www.lab is another name for web.lab", "authoritative: the server has the zone itself; it may be kept for 30 seconds (TTL)"},
		{"a name of an address", answer("1.2.0.192.in-addr.arpa.", "PTR", has("1.2.0.192.in-addr.arpa.", "PTR", 0, "web.lab.")), Found,
			"192.0.2.1 is web.lab", "from a server that is not authoritative; it may be kept for 0 seconds (TTL)"},
		{"servers of mail", answer("lab.", "MX", aa, has("lab.", "MX", 60, "10 mail.lab.")), Found,
			"lab gets its mail at 10 mail.lab.", "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"many servers", answer("lab.", "NS", aa, has("lab.", "NS", 9, "a."), has("lab.", "NS", 9, "b."), has("lab.", "NS", 9, "c."), has("lab.", "NS", 9, "d."), has("lab.", "NS", 9, "e.")), Found,
			"lab is served by a, b, c, d and 1 more", "authoritative: the server has the zone itself; it may be kept for 9 seconds (TTL)"},
		{"a service", answer("_sip._udp.lab.", "SRV", aa, has("_sip._udp.lab.", "SRV", 60, "1 2 5060 sip.lab.")), Found,
			"_sip._udp.lab is served at 1 2 5060 sip.lab.", "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"a text", answer("lab.", "TXT", aa, has("lab.", "TXT", 60, `"hello"`)), Found,
			`lab has TXT "hello"`, "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"everything", answer("lab.", "ANY", aa, has("lab.", "HINFO", 60, `"RFC8482" ""`)), Found,
			"lab has 1 record", "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"no such name", answer("x.lab.", "A", aa, is(NXDomain), soa), NoName,
			"there is no name x.lab (NXDOMAIN): " + final, "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"no such name, without a zone", answer("x.lab.", "A", aa, is(NXDomain)), NoName,
			"there is no name x.lab (NXDOMAIN): the server is authoritative, so that is final", "authoritative: the server has the zone itself"},
		{"no such name, says a resolver", answer("x.lab.", "A", ra, is(NXDomain), soa), NoName,
			"there is no name x.lab (NXDOMAIN): a resolver says so, which has asked for the zone lab or still knows", "from a resolver, which has asked or still knows; it may be kept for 60 seconds (TTL)"},
		{"no such name, says a resolver without a zone", answer("x.lab.", "A", ra, is(NXDomain)), NoName,
			"there is no name x.lab (NXDOMAIN): a resolver says so, which has asked or still knows", "from a resolver, which has asked or still knows"},
		{"no such name, says anybody", answer("x.lab.", "A", is(NXDomain)), NoName,
			"there is no name x.lab (NXDOMAIN): a server says so that is not authoritative", "from a server that is not authoritative"},
		{"nothing of the type", answer("web.lab.", "AAAA", aa, soa), NoData,
			"there is a name web.lab, but it has no AAAA record (NOERROR without an answer: nodata)", "authoritative: the server has the zone itself; it may be kept for 60 seconds (TTL)"},
		{"a referral", answer("web.com.", "A", names("com.", "NS", 60, "a.com."), names("com.", "NS", 60, "b.com."), adds("a.com.", "A", "192.0.2.1"), adds("a.com.", "AAAA", "2001:db8::1")), Referral,
			"the server does not know, and refers to the servers of the zone com: a.com at 192.0.2.1, 2001:db8::1, b.com", ""},
		{"a referral to the root", answer("web.com.", "A", names(".", "NS", 60, "a.root.")), Referral,
			"the server does not know, and refers to the servers of the root: a.root", ""},
		{"an error", answer("web.lab.", "A", ra, is(ServFail)), Failed,
			"the server could not find out: it failed itself, or those that it asked did (SERVFAIL)", ""},
		{"an error and why", answer("web.lab.", "A", ra, is(ServFail), ede), Failed,
			"the server could not find out: it failed itself, or those that it asked did (SERVFAIL); it adds: 22 (No Reachable Authority)", ""},
		{"refused", answer("web.lab.", "A", is(Refused)), Failed,
			"the server does not want to answer: the zone is not its own, or it does not serve whoever asks (REFUSED)", ""},
		{"not understood", Message{Status: FormErr}, Failed, "the server does not understand the question (FORMERR)", ""},
		{"not done", Message{Status: NotImp}, Failed, "the server cannot do what it was asked (NOTIMP)", ""},
		{"another version", Message{Status: "BADVERS"}, Failed, "the server does not know this version of EDNS (BADVERS)", ""},
		{"another error", Message{Status: "YXRRSET"}, Failed, "the server reports an error (YXRRSET)", ""},
		{"cut short", answer("web.lab.", "A", func(m *Message) { m.Truncated = true }), CutShort,
			"the answer is too long for a datagram and was cut short (tc): it can be had by TCP", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.Sense(); got != tt.sense {
				t.Errorf("its sense is %s", got)
			}
			if d := cmp.Diff(tt.want, tt.in.Words()); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.standing, tt.in.Standing()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestQuestionsInWords(t *testing.T) {
	for want, q := range map[string]Question{
		"the IPv4 address of web.lab (A)":           {Name: "web.lab.", Type: "A"},
		"the IPv6 address of web.lab (AAAA)":        {Name: "web.lab.", Type: "AAAA"},
		"what www.lab is another name for (CNAME)":  {Name: "www.lab.", Type: "CNAME"},
		"the mail servers of lab (MX)":              {Name: "lab.", Type: "MX"},
		"the name servers of the root (NS)":         {Name: ".", Type: "NS"},
		"the name of 192.0.2.1 (PTR)":               {Name: ReverseName(netip.MustParseAddr("192.0.2.1")), Type: "PTR"},
		"the name of 2001:db8::1 (PTR)":             {Name: ReverseName(netip.MustParseAddr("2001:db8::1")), Type: "PTR"},
		"the name at web.lab (PTR)":                 {Name: "web.lab.", Type: "PTR"},
		"who is in charge of the zone lab (SOA)":    {Name: "lab.", Type: "SOA"},
		"who is in charge of the root (SOA)":        {Name: ".", Type: "SOA"},
		"where the service _sip._udp.lab is (SRV)":  {Name: "_sip._udp.lab.", Type: "SRV"},
		"the texts of lab (TXT)":                    {Name: "lab.", Type: "TXT"},
		"all records of lab (ANY)":                  {Name: "lab.", Type: "ANY"},
		"the TYPE65280 records of web.lab":          {Name: "web.lab.", Type: "TYPE65280"},
		`the IPv4 address of a\.lab (A)`:            {Name: `a\.lab.`, Type: "A"},
		"the IPv4 address of a relative name.x (A)": {Name: "a relative name.x", Type: "A"},
	} {
		if got := q.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhoIsReferredTo(t *testing.T) {
	com, other := names("com.", "NS", 60, "a.com."), names("org.", "NS", 60, "a.org.")
	for name, tt := range map[string]struct {
		in   Message
		zone string
		all  []string
	}{
		"a referral":                   {answer("x.com.", "A", com, com), "com.", []string{"a.com.", "a.com."}},
		"two zones: the first counts":  {answer("x.com.", "A", com, other), "com.", []string{"a.com."}},
		"an answer refers nowhere":     {answer("x.com.", "A", com, has("x.com.", "A", 1, "192.0.2.1")), "", nil},
		"nor does one that has a zone": {answer("x.com.", "A", com, func(m *Message) { m.Authoritative = true }), "", nil},
		"nor that there is no data":    {answer("x.com.", "A", names("com.", "SOA", 1, "a. b. 1 2 3 4 5"), com), "", nil},
		"nor an error":                 {answer("x.com.", "A", com, is(ServFail)), "", nil},
	} {
		zone, all := tt.in.Refers()
		if d := cmp.Diff(tt.all, all); zone != tt.zone || d != "" {
			t.Errorf("%s: %s %s", name, zone, d)
		}
	}
}
