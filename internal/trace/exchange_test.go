package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// office is a lab with some addresses.
func office() snapshot.Lab {
	node := func(name, addr string) snapshot.Space {
		return snapshot.Space{Name: name, Addrs: []snapshot.Addr{{Link: "eth0", Prefix: netip.MustParsePrefix(addr + "/24"), Scope: "global"}},
			Sockets: []snapshot.Socket{{Proto: "udp", Addr: netip.IPv4Unspecified(), Port: 53}}}
	}
	a := node("A", "10.0.0.1")
	a.Sockets = nil
	return snapshot.Lab{Spaces: []snapshot.Space{{Name: "host"}, a, node("dns", "10.0.0.53"), node("up", "10.0.0.54")}}
}

// heardSaying makes messages of lines "A>dns 7 ? www.lab. A", with "rd" for a
// question to somebody who is to ask others, and "dns>A 7 NOERROR aa www.lab. A 10.0.0.2"
// for an answer to it. A word behind the names is where it got: "lost" is nowhere.
func heardSaying(t *testing.T, lines ...string) []measure.Heard {
	t.Helper()
	ports := map[string]netip.AddrPort{}
	at := map[string]string{"A": "10.0.0.1", "dns": "10.0.0.53", "up": "10.0.0.54", "nobody": "10.0.0.99"}
	var out []measure.Heard
	for i, l := range lines {
		f := strings.Fields(l)
		from, to, _ := strings.Cut(f[0], ">")
		client, server := from, to
		if f[2] != "?" {
			client, server = to, from
		}
		key := client + server + f[1]
		if _, ok := ports[key]; !ok {
			ports[key] = netip.AddrPortFrom(netip.MustParseAddr(at[client]), uint16(4000+len(ports)))
		}
		listens := netip.AddrPortFrom(netip.MustParseAddr(at[server]), 53)
		h := measure.Heard{At: time.Duration(i) * time.Millisecond, Sender: from, Taker: to, From: ports[key], To: listens}
		if to == "nobody" || strings.Contains(l, " lost") {
			h.Taker = ""
		}
		m := dns.Message{Status: f[2], RecursionDesired: strings.Contains(l, " rd"), Authoritative: strings.Contains(l, " aa")}
		fmt.Sscan(f[1], &m.ID)
		rest := f[3:]
		for len(rest) > 0 && (rest[0] == "rd" || rest[0] == "aa" || rest[0] == "lost") {
			rest = rest[1:]
		}
		if len(rest) > 1 {
			m.Questions = []dns.Question{{Name: rest[0], Type: rest[1]}}
		}
		if f[2] != "?" {
			h.From, h.To = h.To, h.From
			m.Response = true
			if len(rest) > 2 {
				m.Answers = []dns.Record{{Name: rest[0], TTL: 60, Class: "IN", Type: rest[1], Data: rest[2]}}
			}
		}
		h.Message = &m
		if f[2] == "noise" {
			h.Message, h.Wrong = nil, "it is no DNS message"
		}
		out = append(out, h)
	}
	return out
}

func TestExchanges(t *testing.T) {
	tests := []struct {
		name  string
		heard []string
		want  []string
	}{
		{"a question and its answer", []string{"A>dns 7 ? rd www.lab. A", "dns>A 7 NOERROR aa www.lab. A 10.0.0.2"},
			[]string{"A asks 10.0.0.53 (dns) for www.lab. A, rd: NOERROR"}},
		{"a question that is sent once more", []string{"A>dns 7 ? www.lab. A", "A>dns 7 ? www.lab. A", "dns>A 7 REFUSED www.lab. A"},
			[]string{"A asks 10.0.0.53 (dns) for www.lab. A, 2 times: REFUSED"}},
		{"two that overlap", []string{"A>dns 7 ? rd www.lab. A", "dns>up 9 ? rd www.lab. A", "up>dns 9 NXDOMAIN aa www.lab. A", "dns>A 7 NXDOMAIN www.lab. A"},
			[]string{"A asks 10.0.0.53 (dns) for www.lab. A, rd: NXDOMAIN", "dns asks 10.0.0.54 (up) for www.lab. A, rd: NXDOMAIN"}},
		{"a question to nobody", []string{"A>nobody 7 ? www.lab. A"}, []string{"A asks 10.0.0.99 for www.lab. A: nothing, not arrived"}},
		{"one that is lost on the way", []string{"A>dns 7 ? lost www.lab. A"}, []string{"A asks 10.0.0.53 (dns) for www.lab. A: nothing, not arrived"}},
		{"an answer that is lost", []string{"A>dns 7 ? www.lab. A", "dns>A 7 NOERROR lost www.lab. A 10.0.0.2"}, []string{"A asks 10.0.0.53 (dns) for www.lab. A: NOERROR, not back"}},
		{"letters of both sizes", []string{"A>dns 7 ? WWW.Lab. A"}, []string{"A asks 10.0.0.53 (dns) for www.lab. A: nothing"}},
		{"an answer to nothing", []string{"dns>A 7 NOERROR www.lab. A 10.0.0.2"}, nil},
		{"nothing", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, e := range Exchanges(office(), heardSaying(t, tt.heard...)) {
				text := fmt.Sprintf("%s asks %s for %s %s", e.From, e.Whom(), e.Name, e.Type)
				if e.Recursive {
					text += ", rd"
				}
				if e.Times > 1 {
					text += fmt.Sprintf(", %d times", e.Times)
				}
				switch {
				case e.Answer == nil:
					text += ": nothing"
				default:
					text += ": " + e.Answer.Status
				}
				if !e.Arrived {
					text += ", not arrived"
				}
				if e.Answer != nil && !e.Back {
					text += ", not back"
				}
				got = append(got, text)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestWhatComesAndIsNoAnswer(t *testing.T) {
	heard := heardSaying(t, "A>dns 7 ? www.lab. A", "dns>A 7 noise", "dns>A 7 NOERROR www.lab. A 10.0.0.2")
	heard[2].Message.ID = 8
	got := Exchanges(office(), heard)
	if len(got) != 1 || got[0].Answer != nil || !got[0].OtherID {
		t.Fatalf("%+v", got)
	}
	if d := cmp.Diff([]string{"it is no DNS message", "an answer with another id"}, got[0].Odd); d != "" {
		t.Error(d)
	}
}

func TestTheAnswerToAnotherQuestionIsNone(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		odd    string // empty: it is the answer
	}{
		"another name":                  {"dns>A 7 NOERROR aa mail.lab. A 10.0.0.2", "it answers another question: mail.lab. A, and not www.lab. A"},
		"another type":                  {"dns>A 7 NOERROR aa www.lab. MX", "it answers another question: www.lab. MX, and not www.lab. A"},
		"no question":                   {"dns>A 7 NOERROR", "it does not say which question it answers"},
		"other letters":                 {"dns>A 7 NOERROR aa WWW.lab. A 10.0.0.2", ""},
		"an error that does not repeat": {"dns>A 7 FORMERR", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Exchanges(office(), heardSaying(t, "A>dns 7 ? www.lab. A", tt.answer))
			if len(got) != 1 || (got[0].Answer == nil) != (tt.odd != "") || got[0].OtherQuestion != (tt.odd != "") || strings.Join(got[0].Odd, "") != tt.odd {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAQuestionIsNoAnswer(t *testing.T) {
	heard := heardSaying(t, "A>dns 7 ? www.lab. A", "dns>A 7 NOERROR www.lab. A 10.0.0.2")
	heard[1].Message.Response = false
	got := Exchanges(office(), heard)
	if len(got) != 1 || got[0].Answer != nil || len(got[0].Odd) != 1 {
		t.Fatalf("%+v", got)
	}
}

func TestMeansOfAReferral(t *testing.T) {
	m := dns.Message{Response: true, Status: dns.NoError, Questions: []dns.Question{{Name: "www.yahoo.com.", Type: "A"}},
		Authority:  []dns.Record{{Name: "Com.", Type: "NS", Data: "A.gtld.net."}, {Name: "com.", Type: "NS", Data: "b.gtld.net."}},
		Additional: []dns.Record{{Name: "a.gtld.net.", Type: "A", Data: "10.0.0.9"}, {Name: "x.net.", Type: "A", Data: "10.0.0.8"}}}
	got := Exchange{Name: "www.yahoo.com.", Type: "A", Answer: &m}.Means()
	want := Meaning{Sense: dns.Referral, Last: "www.yahoo.com.", Zone: "com.", Names: []string{"a.gtld.net.", "b.gtld.net."}, Glue: map[string][]netip.Addr{"a.gtld.net.": {netip.MustParseAddr("10.0.0.9")}}}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	alias := dns.Message{Response: true, Status: dns.NoError, Answers: []dns.Record{
		{Name: "www.lab.", TTL: 9, Type: "CNAME", Data: "Web.lab."}, {Name: "web.lab.", TTL: 60, Type: "A", Data: "10.0.0.2"}}}
	got = Exchange{Name: "www.lab.", Type: "A", Answer: &alias}.Means() // without its question
	if got.Sense != dns.Found || got.Last != "web.lab." || len(got.Aliases) != 1 || len(got.Addrs) != 1 || got.TTL != 9 {
		t.Errorf("%+v", got)
	}
	if (Exchange{}).Means().Sense != "" {
		t.Error("no answer means something")
	}
}

func TestOwner(t *testing.T) {
	for _, tt := range []struct{ addr, want string }{{"10.0.0.53", "dns"}, {"10.0.0.99", ""}, {"127.0.0.1", "A"}} {
		if got := Owner(office(), "A", netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.addr, got, tt.want)
		}
	}
}
