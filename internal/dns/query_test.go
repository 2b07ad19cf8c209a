package dns

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lib "github.com/miekg/dns"
)

func TestAQueryIsPacked(t *testing.T) {
	plain := Query{Question: Question{"web.lab", "A", ""}, ID: 7}
	with := func(change func(*Query)) Query { q := plain; change(&q); return q }
	base := Message{ID: 7, Opcode: "QUERY", Status: NoError, Questions: []Question{{"web.lab.", "A", "IN"}}, Size: 25}
	want := func(change func(*Message)) Message { m := base; change(&m); return m }
	for _, tt := range []struct {
		name string
		in   Query
		want Message
	}{
		{"nothing is asked for", plain, base},
		{"as a resolver library does", Ask("web.lab", "a"), want(func(m *Message) { m.ID, m.RecursionDesired = 0, true })},
		{"all flags", with(func(q *Query) { q.RecursionDesired, q.AuthenticData, q.CheckingDisabled = true, true, true }),
			want(func(m *Message) { m.RecursionDesired, m.AuthenticData, m.CheckingDisabled = true, true, true })},
		{"EDNS", with(func(q *Query) { q.EDNS = &EDNS{Version: 1, UDPSize: 512, DO: true} }),
			want(func(m *Message) { m.EDNS, m.Size = &EDNS{Version: 1, UDPSize: 512, DO: true}, 36 })},
		{"EDNS with options", with(func(q *Query) {
			q.EDNS, q.NSID, q.Cookie = &EDNS{UDPSize: 1232}, true, []byte("\x24\xa5\xac\x11\x22\x33\x44\x55")
		}),
			want(func(m *Message) {
				m.EDNS, m.Size = &EDNS{UDPSize: 1232, Options: []Option{{"NSID", ""}, {"COOKIE", "24a5ac1122334455"}}}, 52
			})},
		{"options without EDNS", with(func(q *Query) { q.NSID, q.Cookie = true, []byte("12345678") }), base},
		{"another class and a type by its number", with(func(q *Query) { q.Type, q.Class = "type65280", "chaos" }),
			want(func(m *Message) { m.Questions = []Question{{"web.lab.", "TYPE65280", "CH"}} })},
		{"a name with escapes", with(func(q *Query) { q.Name = `a\.b\032c.lab.` }), want(func(m *Message) { m.Questions, m.Size = []Question{{`a\.b\032c.lab.`, "A", "IN"}}, 27 })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := tt.in.Pack()
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse(b)
			if d := cmp.Diff(tt.want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

func TestWhatCannotBePacked(t *testing.T) {
	for _, tt := range []struct {
		in   Query
		want string
	}{
		{Ask(strings.Repeat("a", 64), "A"), "RFC 1035 (2.3.4) allows 63"},
		{Ask("", "A"), "the name is empty"},
		{Query{Question: Question{Name: ""}}, "the name is empty"},
		{Ask("a", "B"), `"B" is no record type`},
		{Ask("a", "TYPE65536"), `"TYPE65536" is no record type`},
		{Query{Question: Question{"a", "A", "XX"}}, `"XX" is no class`},
	} {
		if _, err := tt.in.Pack(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
}

func TestWhatAnswersAQuestion(t *testing.T) {
	q := Ask("Web.lab", "A")
	q.ID = 4711
	change := func(f func(*lib.Msg)) []byte {
		m := reply(t, "web.lab.", lib.TypeA, "web.lab. 60 IN A 192.0.2.1")
		f(m)
		return packed(t, m)
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want string // of the error; empty: it does
	}{
		{"an answer, in other letters", change(func(*lib.Msg) {}), ""},
		{"an error without the question", change(func(m *lib.Msg) { m.Question, m.Answer, m.Rcode = nil, nil, lib.RcodeFormatError }), ""},
		{"an answer without the question", change(func(m *lib.Msg) { m.Question, m.Answer = nil, nil }), "it does not say which question it answers"},
		{"the question itself", change(func(m *lib.Msg) { m.Response = false }), "it is a question, not an answer"},
		{"another id", change(func(m *lib.Msg) { m.Id = 1 }), "its id is 1, and that of the question is 4711"},
		{"another name", change(func(m *lib.Msg) { m.Question[0].Name = "x.lab." }), "it answers another question: x.lab. A, and not Web.lab. A"},
		{"another type", change(func(m *lib.Msg) { m.Question[0].Qtype = lib.TypeMX }), "it answers another question: web.lab. MX, and not Web.lab. A"},
		{"another class", change(func(m *lib.Msg) { m.Question[0].Qclass = 3 }), "it answers another question"},
		{"two questions", change(func(m *lib.Msg) { m.Question = append(m.Question, lib.Question{Name: "x.lab.", Qtype: 1, Qclass: 1}) }), "it answers another question"},
		{"garbage", []byte("garbage"), "it is no DNS message"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := q.Answer(tt.in)
			switch {
			case tt.want == "" && (err != nil || m.ID != 4711):
				t.Errorf("%+v, %v", m, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestTypesAndClasses(t *testing.T) {
	for in, want := range map[string]string{"a": "A", "Aaaa": "AAAA", "any": "ANY", "type15": "MX", "TYPE65280": "TYPE65280", "TYPE0": "TYPE0"} {
		if got, ok := ParseType(in); !ok || got != want {
			t.Errorf("type %q: %s, %v", in, got, ok)
		}
	}
	for in, want := range map[string]string{"in": "IN", "Chaos": "CH", "hesiod": "HS", "class3": "CH", "CLASS77": "CLASS77", "none": "NONE"} {
		if got, ok := ParseClass(in); !ok || got != want {
			t.Errorf("class %q: %s, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "none", "reserved", "TYPE", "TYPE-1", "TYPE65536", "web.lab", "IN"} {
		if got, ok := ParseType(in); ok {
			t.Errorf("%q is the type %s", in, got)
		}
	}
	for _, in := range []string{"", "CLASS", "CLASS99999", "A"} {
		if got, ok := ParseClass(in); ok {
			t.Errorf("%q is the class %s", in, got)
		}
	}
}
