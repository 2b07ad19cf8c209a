package dns

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lib "github.com/miekg/dns"
)

// zone reads records as a zone file has them.
func zone(t testing.TB, text string) []lib.RR {
	t.Helper()
	var out []lib.RR
	p := lib.NewZoneParser(strings.NewReader(text), ".", "")
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		out = append(out, rr)
	}
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// packed makes the octets of a message.
func packed(t testing.TB, m *lib.Msg) []byte {
	t.Helper()
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reply is a message that answers a question with these records.
func reply(t testing.TB, name string, typ uint16, answers string) *lib.Msg {
	t.Helper()
	m := new(lib.Msg)
	m.SetQuestion(name, typ)
	m.Id = 4711
	m.Response = true
	m.Compress = true
	m.Answer = zone(t, answers)
	return m
}

func parsed(t testing.TB, m *lib.Msg) Message {
	t.Helper()
	out, err := Parse(packed(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAMessageIsReadAsAWhole(t *testing.T) {
	m := reply(t, "web.lab.", lib.TypeA, "web.lab. 60 IN A 192.0.2.1\nweb.lab. 60 IN A 192.0.2.2")
	m.Authoritative, m.RecursionAvailable, m.AuthenticatedData = true, true, true
	m.Ns = zone(t, "lab. 3600 IN NS ns.lab.")
	m.Extra = zone(t, "ns.lab. 3600 IN A 192.0.2.53")
	m.SetEdns0(1400, true)
	got := parsed(t, m)
	want := Message{
		ID: 4711, Opcode: "QUERY", Status: NoError, Response: true, Authoritative: true, RecursionDesired: true, RecursionAvailable: true, AuthenticData: true,
		Questions:  []Question{{"web.lab.", "A", "IN"}},
		Answers:    []Record{{"web.lab.", 60, "IN", "A", "192.0.2.1"}, {"web.lab.", 60, "IN", "A", "192.0.2.2"}},
		Authority:  []Record{{"lab.", 3600, "IN", "NS", "ns.lab."}},
		Additional: []Record{{"ns.lab.", 3600, "IN", "A", "192.0.2.53"}},
		EDNS:       &EDNS{UDPSize: 1400, DO: true},
		Size:       len(packed(t, m)),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestStatusesAndOpcodes(t *testing.T) {
	for code, want := range map[int]string{
		0: NoError, 1: FormErr, 2: ServFail, 3: NXDomain, 4: NotImp, 5: Refused, 6: "YXDOMAIN", 10: "NOTZONE", 13: "RESERVED13", 16: "BADVERS", 23: "BADCOOKIE", 3000: "?3000",
	} {
		m := reply(t, "web.lab.", lib.TypeA, "")
		m.SetEdns0(1232, false)
		m.Rcode = code
		if got := parsed(t, m).Status; got != want {
			t.Errorf("%d is %s, want %s", code, got, want)
		}
	}
	for code, want := range map[int]string{0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE", 9: "RESERVED9"} {
		m := reply(t, "web.lab.", lib.TypeA, "")
		m.Opcode = code
		if got := parsed(t, m).Opcode; got != want {
			t.Errorf("%d is %s, want %s", code, got, want)
		}
	}
}

// The data of each type stands here as the real dig writes it; a test with the
// real one compares many of them.
func TestDataIsWrittenAsInAZoneFile(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"A 192.0.2.1", ""},
		{"AAAA 2001:db8:0:0:1:0:0:1", "AAAA 2001:db8::1:0:0:1"},
		{"AAAA ::1", ""},
		{"AAAA ::", ""},
		{"AAAA ::192.0.2.1", ""},
		{"AAAA ::ffff:192.0.2.1", ""},
		{"NS ns.lab.", ""},
		{"CNAME .", ""},
		{"PTR web.lab.", ""},
		{"MX 10 mail.lab.", ""},
		{`SOA ns.lab. host\.master.lab. 2026010101 7200 3600 1209600 300`, ""},
		{`TXT "a b" "q\"u\\o" "\001\200;$@"`, ""},
		{`TXT ""`, ""},
		{"SRV 10 20 5060 sip.lab.", ""},
		{`HINFO "PC" "Li nux"`, ""},
		{`NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:a@b.lab!" .`, ""},
		{`CAA 128 issue "ca.lab; x=\"1\""`, ""},
		{`URI 10 1 "ftp://a.lab/x"`, ""},
		{"RP a.lab. b.lab.", ""},
		{"DS 60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118", "DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
		{"DNSKEY 257 3 8 AwEAAcMnWBKLuvG/LwnP", ""},
		{"RRSIG A 8 2 3600 20260101000000 20251201000000 12345 lab. AwEAAcMn", ""},
		{"NSEC b.lab. A AAAA RRSIG NSEC TYPE1234", ""},
		{"NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX RRSIG", ""},
		{"NSEC3PARAM 1 0 0 -", ""},
		{"TLSA 3 1 1 0123456789abcdef", "TLSA 3 1 1 0123456789ABCDEF"},
		{"SSHFP 1 1 0123456789abcdef0123456789abcdef01234567", "SSHFP 1 1 0123456789ABCDEF0123456789ABCDEF01234567"},
		{"SVCB 1 foo.lab. alpn=\"h2,h3\" port=8443 ipv4hint=192.0.2.1 key65000=\"x y\"", ""},
		{"HTTPS 1 . mandatory=alpn alpn=\"h2\" no-default-alpn", ""},
		{`TYPE65280 \# 4 0a000001`, `TYPE65280 \# 4 0A000001`},
		{`TYPE65280 \# 0`, ""},
		{"CERT PKIX 1 RSASHA256 AwEAAcMn", ""},
		{"LOC 42 21 54.123 N 71 06 18.000 W -24.50m 30m 10m 10m", ""},
		{"EUI48 00-00-5e-00-53-2a", ""},
	} {
		want := tt.want
		if want == "" {
			want = tt.in
		}
		typ, data, _ := strings.Cut(want, " ")
		got := parsed(t, reply(t, "x.lab.", lib.TypeANY, "x.lab. 60 IN "+tt.in))
		if d := cmp.Diff([]Record{{"x.lab.", 60, "IN", typ, data}}, got.Answers); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.in, d)
		}
	}
}

func TestNamesAreWrittenAsDigDoes(t *testing.T) {
	for _, name := range []string{
		".", "web.lab.", "UPPER.lab.", `w\@e\.ird\$x\"y\;z\(\)'q\\.lab.`, `sp\032ace\001\200\255.lab.`,
	} {
		got := parsed(t, reply(t, name, lib.TypeA, ""))
		if got.Questions[0].Name != name {
			t.Errorf("%s is written %s", name, got.Questions[0].Name)
		}
	}
}

func TestOptionsInWords(t *testing.T) {
	local := func(code uint16, data string) lib.EDNS0 { return &lib.EDNS0_LOCAL{Code: code, Data: []byte(data)} }
	for _, tt := range []struct {
		in   lib.EDNS0
		want Option
	}{
		{&lib.EDNS0_NSID{Code: 3, Nsid: "6162630a"}, Option{"NSID", `61 62 63 0a ("abc.")`}},
		{&lib.EDNS0_NSID{Code: 3}, Option{"NSID", ""}},
		{&lib.EDNS0_COOKIE{Code: 10, Cookie: "24a5ac1122334455"}, Option{"COOKIE", "24a5ac1122334455"}},
		{&lib.EDNS0_EDE{InfoCode: 15, ExtraText: "by\x01 \"us\""}, Option{"EDE", `15 (Blocked): (by. "us")`}},
		{&lib.EDNS0_EDE{InfoCode: 22}, Option{"EDE", "22 (No Reachable Authority)"}},
		{&lib.EDNS0_EDE{InfoCode: 4900}, Option{"EDE", "4900"}},
		{&lib.EDNS0_SUBNET{Code: 8, Family: 1, SourceNetmask: 24, SourceScope: 8, Address: []byte{192, 0, 2, 0}}, Option{"CLIENT-SUBNET", "192.0.2.0/24/8"}},
		{&lib.EDNS0_SUBNET{Code: 8, Family: 2, SourceNetmask: 16, Address: []byte{0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, Option{"CLIENT-SUBNET", "2001::/16/0"}},
		{&lib.EDNS0_EXPIRE{Code: 9, Expire: 100000}, Option{"EXPIRE", "100000 (1 day 3 hours 46 minutes 40 seconds)"}},
		{&lib.EDNS0_EXPIRE{Code: 9, Expire: 0}, Option{"EXPIRE", "0 (0 seconds)"}},
		{&lib.EDNS0_TCP_KEEPALIVE{Code: 11, Timeout: 205}, Option{"TCP KEEPALIVE", "20.5 secs"}},
		{&lib.EDNS0_PADDING{Padding: []byte{0, 0, 0, 0}}, Option{"PAD", "(4 bytes)"}},
		{&lib.EDNS0_LLQ{Code: 1, Version: 1, Opcode: 1, Id: 77, LeaseLife: 7}, Option{"LLQ", "Version: 1, Opcode: 1, Error: 0, Identifier: 77, Lifetime: 7"}},
		{local(16, "hi"), Option{"CLIENT-TAG", "26729"}},
		{local(65001, "hi\xff"), Option{"OPT=65001", `68 69 ff ("hi.")`}},
		{local(65001, ""), Option{"OPT=65001", ""}},
	} {
		m := reply(t, "web.lab.", lib.TypeA, "")
		m.SetEdns0(1232, false)
		m.IsEdns0().Option = []lib.EDNS0{tt.in}
		if d := cmp.Diff([]Option{tt.want}, parsed(t, m).EDNS.Options); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	whole := packed(t, reply(t, "web.lab.", lib.TypeA, "web.lab. 60 IN A 192.0.2.1"))
	change := func(at int, to byte) []byte {
		b := slices.Clone(whole)
		b[at] = to
		return b
	}
	loop := append([]byte{0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0}, 0xc0, 12, 0, 1, 0, 1)
	for _, tt := range []struct {
		name string
		in   []byte
		want string
	}{
		{"nothing", nil, "the header alone takes 12 octets, and there are 0"},
		{"more answers than there are", change(7, 9), "its header says 9 in the answer section, and there are 1"},
		{"more than fit", change(8, 0xff), "its header says 65280 in the authority section, and there are 0"},
		{"less than a header", whole[:11], "the header alone takes 12 octets, and there are 11"},
		{"the question is cut", whole[:18], "it is a damaged DNS message: bad question name"},
		{"a record is cut", whole[:len(whole)-2], "it is a damaged DNS message: overflowing header size"},
		{"a name that points to itself", loop, "it is a damaged DNS message: bad question name: too many compression pointers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.in)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "dns:") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestAMessageThatSaysThatItIsCut(t *testing.T) {
	m := reply(t, "web.lab.", lib.TypeA, "web.lab. 60 IN A 192.0.2.1\nweb.lab. 60 IN A 192.0.2.2")
	m.Truncated = true
	whole := packed(t, m)
	got, err := Parse(whole[:len(whole)-2])
	if err != nil || !got.Truncated || len(got.Questions) != 1 || len(got.Answers) > 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Parse(whole[:headerSize+3]); err == nil {
		t.Error("without a question it is taken")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"A 192.0.2.1", `TXT "a" "\001"`, "NSEC3 1 1 12 AABB 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX", `SVCB 1 . alpn=h2`, `TYPE65280 \# 4 0A000001`, "SOA a. b. 1 2 3 4 5", "CNAME x.lab."} {
		m := reply(f, "x.lab.", lib.TypeANY, "x.lab. 60 IN "+s)
		m.SetEdns0(1232, true)
		m.IsEdns0().Option = []lib.EDNS0{&lib.EDNS0_EDE{InfoCode: 15, ExtraText: "x"}, &lib.EDNS0_COOKIE{Code: 10, Cookie: "24a5ac1122334455"}}
		f.Add(packed(f, m))
	}
	f.Add([]byte(nil))
	null := reply(f, "x.lab.", lib.TypeANY, "")
	null.Answer = []lib.RR{&lib.NULL{Hdr: lib.RR_Header{Name: "x.lab.", Rrtype: lib.TypeNULL, Class: 1}, Data: "\x00\x1b[2J"}}
	f.Add(packed(f, null))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		text := DefaultStyle().Header(m) + DefaultStyle().Sections(m, &m) + m.Words() + m.Standing() + m.asked().Words()
		for _, c := range []byte(text) {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				t.Fatalf("%q would act on a terminal", text)
			}
		}
	})
}
