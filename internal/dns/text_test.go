package dns

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// full is an answer with everything.
func full() Message {
	return Message{
		ID: 7, Opcode: "QUERY", Status: NoError, Response: true, Authoritative: true, RecursionDesired: true,
		Questions:  []Question{{"web.lab.", "A", "IN"}},
		Answers:    []Record{{"web.lab.", 60, "IN", "CNAME", "a-name-that-goes-beyond-the-next-column-and-more.lab."}, {"a-name-that-goes-beyond-the-next-column-and-more.lab.", 86400, "IN", "A", "192.0.2.1"}},
		Authority:  []Record{{"lab.", 3661, "IN", "NS", "ns.lab."}},
		Additional: []Record{{"ns.lab.", 3600, "IN", "TYPE65280", `\# 4 0A000001`}},
		EDNS:       &EDNS{UDPSize: 1232, DO: true, Options: []Option{{"COOKIE", "0011223344556677aabbccddeeff0011"}, {"NSID", ""}}},
	}
}

func TestAMessageInTheWordsOfDig(t *testing.T) {
	sent := Message{EDNS: &EDNS{Options: []Option{{"COOKIE", "0011223344556677"}}}}
	other := Message{EDNS: &EDNS{Options: []Option{{"COOKIE", "9911223344556677"}}}}
	style := func(change func(*Style)) Style { s := DefaultStyle(); change(&s); return s }
	for _, tt := range []struct {
		name  string
		style Style
		sent  *Message
		want  string
	}{
		{"everything", DefaultStyle(), &sent, `;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7
;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 2
;; WARNING: recursion requested but not available
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
; COOKIE: 0011223344556677aabbccddeeff0011 (good)
; NSID:
;; QUESTION SECTION:
;web.lab.			IN	A

;; ANSWER SECTION:
web.lab.		60	IN	CNAME	a-name-that-goes-beyond-the-next-column-and-more.lab.
a-name-that-goes-beyond-the-next-column-and-more.lab. 86400 IN A 192.0.2.1

;; AUTHORITY SECTION:
lab.			3661	IN	NS	ns.lab.

;; ADDITIONAL SECTION:
ns.lab.			3600	IN	TYPE65280 \# 4 0A000001

`},
		{"a foreign cookie", style(func(s *Style) { *s = Style{Comments: true} }), &other, `;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7
;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 2
;; WARNING: recursion requested but not available
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
; COOKIE: 0011223344556677aabbccddeeff0011 (bad)
; NSID:
`},
		{"the authority alone", Style{Authority: true}, nil, "lab.\t\t\t3661\tIN\tNS\tns.lab.\n"},
		{"in units of time", Style{Authority: true, TTLUnits: true}, nil, "lab.\t\t\t1h1m1s\tIN\tNS\tns.lab.\n"},
		{"without a TTL", Style{Authority: true, Question: true, NoTTL: true}, nil, ";web.lab.\t\tIN\tA\nlab.\t\t\tIN\tNS\tns.lab.\n"},
		{"without a class", Style{Authority: true, Question: true, NoClass: true}, nil, ";web.lab.\t\tIN\tA\nlab.\t\t\t3661\tNS\tns.lab.\n"},
		{"without both", Style{Authority: true, Question: true, NoClass: true, NoTTL: true}, nil, ";web.lab.\t\tIN A\nlab.\t\t\tNS\tns.lab.\n"},
		{"nothing", Style{}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, tt.style.Header(full())+tt.style.Sections(full(), tt.sent)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestLongDataIsShownInPieces(t *testing.T) {
	hash := strings.Repeat("0A", 40)
	for _, tt := range []struct {
		name  string
		style Style
		in    Record
		want  string
	}{
		{"by 56", DefaultStyle(), Record{Type: "DS", Data: "1 5 1 " + hash}, "1 5 1 " + hash[:56] + " " + hash[56:]},
		{"in one", Style{}, Record{Type: "DS", Data: "1 5 1 " + hash}, "1 5 1 " + hash},
		{"just one", DefaultStyle(), Record{Type: "DS", Data: "1 5 1 " + hash[:56]}, "1 5 1 " + hash[:56]},
		{"an unknown type", Style{Split: 8}, Record{Type: "TYPE7777", Data: `\# 6 0A0B0C0D0E0F`}, `\# 6 0A0B0C0D 0E0F`},
		{"a text is none", Style{Split: 8}, Record{Type: "TXT", Data: `"` + hash + `"`}, `"` + hash + `"`},
		{"nothing", DefaultStyle(), Record{Type: "DS"}, ""},
		{"with its type", Style{Short: true, Typed: true}, Record{Type: "A", Data: "192.0.2.1"}, "A 192.0.2.1"},
	} {
		if got := tt.style.Data(tt.in); got != tt.want {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
