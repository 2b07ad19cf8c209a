package service

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// fixed is a server whose resolver knows one name, and which clients it has.
func fixed(t *testing.T) *server {
	t.Helper()
	c, err := readConf("c", "server:\naccess-control: 10.0.0.0/8 allow\naccess-control: 10.1.0.0/16 deny\naccess-control: 10.2.0.0/16 allow_snoop")
	if err != nil {
		t.Fatal(err)
	}
	rr := func(s string) dns.RR { r, _ := dns.NewRR(s); return r }
	return newServer(c, func(name string, _ uint16) found {
		if dns.CanonicalName(name) == "fails.example." {
			return found{rcode: dns.RcodeServerFailure}
		}
		return found{records: []dns.RR{rr("www.example. 5 CNAME a.example."), rr("a.example. 6 A 1.1.1.1"), rr("a.example. 6 A 1.1.1.2")}}
	}, func(int, string, ...any) {})
}

func TestWhoGetsWhat(t *testing.T) {
	const all = "NOERROR\nWWW.example. 5 IN CNAME a.example.\na.example. 6 IN A 1.1.1.1\na.example. 6 IN A 1.1.1.2"
	tests := []struct {
		name, from string
		edit       func(*dns.Msg)
		want       string
	}{
		{"a client", "10.0.0.2", nil, all},
		{"this machine", "127.0.0.1", nil, all},
		{"this machine, by IPv6", "::1", nil, all},
		{"anybody else", "192.0.2.1", nil, "REFUSED"},
		{"one who gets no answer", "10.1.0.1", nil, "nothing"},
		{"one who asks for what is known already", "10.0.0.2", func(m *dns.Msg) { m.RecursionDesired = false }, "REFUSED"},
		{"one who may ask so", "10.2.0.2", func(m *dns.Msg) { m.RecursionDesired = false }, all},
		{"an answer", "10.0.0.2", func(m *dns.Msg) { m.Response = true }, "nothing"},
		{"a notice", "10.0.0.2", func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }, "REFUSED"},
		{"a change", "10.0.0.2", func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }, "NOTIMP"},
		{"no question", "10.0.0.2", func(m *dns.Msg) { m.Question = nil }, "FORMERR"},
		{"two questions", "10.0.0.2", func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }, "FORMERR"},
		{"another class", "10.0.0.2", func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, "REFUSED"},
		{"what cannot be resolved", "10.0.0.2", func(m *dns.Msg) { m.Question[0].Name = "fails.example." }, "SERVFAIL"},
		{"mail of old", "10.0.0.2", func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMAILB }, "FORMERR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := new(dns.Msg).SetQuestion("WWW.example.", dns.TypeA)
			if tt.edit != nil {
				tt.edit(q)
			}
			got := "nothing"
			if a := fixed(t).answer(netip.MustParseAddr(tt.from), q); a != nil {
				got = answered(a)
				if !a.Response || a.Id != q.Id {
					t.Error("it is no answer to this question")
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// packing is a client at the other end, which has what fits into a message.
type packing struct {
	dns.ResponseWriter
	from net.Addr
	size int
	got  *dns.Msg
}

func (p *packing) RemoteAddr() net.Addr { return p.from }

func (p *packing) WriteMsg(m *dns.Msg) error {
	b, err := m.Pack()
	if err != nil {
		return err
	}
	p.size, p.got = len(b), new(dns.Msg)
	return p.got.Unpack(b)
}

func TestALargeAnswerIsMadeSmallOrCut(t *testing.T) {
	tcp, udp := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	for _, tt := range []struct {
		name    string
		from    net.Addr
		records int
		most    int // octets
		whole   bool
	}{
		{"by UDP", udp, 3, dns.MinMsgSize, true},
		{"by UDP, too large", udp, 300, dns.MinMsgSize, false},
		{"by TCP", tcp, 300, dns.MaxMsgSize, true},
		{"by TCP, too large as long as each record has the name", tcp, 3000, dns.MaxMsgSize, true},
		{"by TCP, too large in any case", tcp, 9000, dns.MaxMsgSize, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fixed(t)
			s.resolve = func(name string, _ uint16) found {
				var f found
				for i := range tt.records {
					f.records = append(f.records, &dns.A{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(10, 1, byte(i>>8), byte(i))})
				}
				return f
			}
			p := &packing{from: tt.from}
			s.ServeDNS(p, new(dns.Msg).SetQuestion("a-name-of-some-length.example.", dns.TypeA))
			if p.got == nil || p.size > tt.most || p.got.Truncated == tt.whole || (len(p.got.Answer) == tt.records) != tt.whole {
				t.Errorf("%d octets: %v", p.size, p.got != nil && p.got.Truncated)
			}
		})
	}
}

// Clients share servers when the order of their addresses changes.
func TestAddressesComeInTurns(t *testing.T) {
	first := map[string]bool{}
	for range 200 {
		a := fixed(t).answer(netip.MustParseAddr("10.0.0.2"), new(dns.Msg).SetQuestion("www.example.", dns.TypeA))
		if _, ok := a.Answer[0].(*dns.CNAME); !ok || len(a.Answer) != 3 {
			t.Fatalf("the alias does not come first: %v", a.Answer)
		}
		first[a.Answer[1].(*dns.A).A.String()] = true
	}
	if len(first) != 2 {
		t.Errorf("first comes always %v", first)
	}
}

func TestClient(t *testing.T) {
	for _, tt := range []struct {
		a    net.Addr
		want string
		udp  bool
	}{
		{&net.UDPAddr{IP: net.IPv4(10, 0, 0, 2), Port: 5}, "10.0.0.2", true},
		{&net.UDPAddr{IP: net.ParseIP("::ffff:10.0.0.2"), Port: 5}, "10.0.0.2", true},
		{&net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"}, "fe80::1%eth0", false},
		{&net.UnixAddr{}, "invalid IP", false},
	} {
		if a, udp := client(tt.a); a.String() != tt.want || udp != tt.udp {
			t.Errorf("%v: %v, %v", tt.a, a, udp)
		}
	}
}

func TestAnswersToAQuestion(t *testing.T) {
	q := new(dns.Msg).SetQuestion("www.Example.", dns.TypeA)
	for name, tt := range map[string]struct {
		edit func(*dns.Msg)
		want bool
	}{
		"its answer":               {func(*dns.Msg) {}, true},
		"with other letters":       {func(m *dns.Msg) { m.Question[0].Name = "WWW.example." }, true},
		"another id":               {func(m *dns.Msg) { m.Id++ }, false},
		"a question":               {func(m *dns.Msg) { m.Response = false }, false},
		"another name":             {func(m *dns.Msg) { m.Question[0].Name = "w.example." }, false},
		"another type":             {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAAAA }, false},
		"another class":            {func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, false},
		"none":                     {func(m *dns.Msg) { m.Question = nil }, false},
		"another kind of question": {func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }, false},
	} {
		a := new(dns.Msg).SetReply(q)
		tt.edit(a)
		if got := answers(q, a); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestQuestionsCannotBeForeseen(t *testing.T) {
	seen := map[uint16]bool{}
	for range 100 {
		m := question(ask{name: "a.", rtype: dns.TypeA})
		seen[m.Id] = true
		if opt := m.IsEdns0(); m.RecursionDesired || !m.CheckingDisabled || opt == nil || opt.UDPSize() != udpSize {
			t.Fatalf("%v", m)
		}
	}
	if len(seen) < 90 {
		t.Errorf("%d ids in 100 questions", len(seen))
	}
}

func TestMayAsk(t *testing.T) {
	for a, want := range map[string]bool{"10.0.0.1": true, "fd00::1": true, "127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false} {
		if got := mayAsk(false)(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
	if !mayAsk(true)(netip.MustParseAddr("127.0.0.1")) || mayAsk(true)(netip.Addr{}) {
		t.Error("with this machine")
	}
}

func TestParseFlags(t *testing.T) {
	for line, want := range map[string]flags{
		"":           {file: "/etc/unbound/unbound.conf", daemon: true},
		"-d -c x":    {file: "x"},
		"-dd -vv -p": {file: "/etc/unbound/unbound.conf", verbosity: 2, noPidFile: true},
		"-dvcx -v":   {file: "x", verbosity: 2},
		"-c x -d":    {file: "x"},
		"-c a -c b":  {file: "b", daemon: true},
		"-V":         {file: "/etc/unbound/unbound.conf", daemon: true, version: true},
		"-c x -h":    {file: "x", daemon: true, help: true},
	} {
		got, err := parseFlags(strings.Fields(line))
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
	for line, want := range map[string]string{
		"-x": "unbound: invalid option -- 'x'", "-c": "unbound: option requires an argument -- 'c'", "-d extra": `unbound: what is "extra" for?`, "-": `unbound: what is "-" for?`,
		"-c x -y": "unbound: invalid option -- 'y'", "-é": "unbound: invalid option -- 'é'",
	} {
		if _, err := parseFlags(strings.Fields(line)); errText(err) != want {
			t.Errorf("%q: %v", line, err)
		}
	}
}
