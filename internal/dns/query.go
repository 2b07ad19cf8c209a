package dns

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/miekg/dns"
)

// DefaultUDPSize is how large an answer by UDP may be if the question says
// nothing else: large enough for most, and small enough for any network
// (DNS flag day 2020); dig asks for it, too.
const DefaultUDPSize = 1232

// Query is a question on its way to a name server.
type Query struct {
	Question
	ID               uint16
	RecursionDesired bool
	AuthenticData    bool // RFC 6840, 5.7: the answer may say whether it was validated
	CheckingDisabled bool
	EDNS             *EDNS  // nil: none. Its options are not sent, but for those below
	Cookie           []byte // client cookie of 8 octets (RFC 7873), or with the server's behind it; needs EDNS
	NSID             bool   // asks which server it is (RFC 5001); needs EDNS
}

// Ask is a query as a resolver library sends it: recursion is desired, and
// that is all. The class is IN.
func Ask(name, typ string) Query {
	return Query{Question: Question{Name: Absolute(name), Type: typ, Class: "IN"}, RecursionDesired: true}
}

// Pack makes the octets of a query. The error says what is wrong with its name,
// type or class.
func (q Query) Pack() ([]byte, error) {
	all, err := labels(q.Name)
	if err != nil {
		return nil, err
	}
	typ, ok := typeOf(q.Type)
	if !ok {
		return nil, fmt.Errorf("%q is no record type", cut(q.Type))
	}
	class, ok := classOf(q.class())
	if !ok {
		return nil, fmt.Errorf("%q is no class", cut(q.Class))
	}
	m := dns.Msg{
		MsgHdr: dns.MsgHdr{
			Id: q.ID, RecursionDesired: q.RecursionDesired, AuthenticatedData: q.AuthenticData, CheckingDisabled: q.CheckingDisabled,
		},
		Question: []dns.Question{{Name: printName(all), Qtype: typ, Qclass: class}},
	}
	if q.EDNS != nil {
		m.Extra = append(m.Extra, q.opt())
	}
	return m.Pack()
}

func (q Question) class() string {
	if q.Class == "" {
		return "IN"
	}
	return q.Class
}

func (q Query) opt() *dns.OPT {
	opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}
	opt.SetUDPSize(q.EDNS.UDPSize)
	opt.SetVersion(q.EDNS.Version)
	if q.EDNS.DO {
		opt.SetDo()
	}
	if q.NSID {
		opt.Option = append(opt.Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID})
	}
	if len(q.Cookie) > 0 {
		opt.Option = append(opt.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: hex.EncodeToString(q.Cookie)})
	}
	return opt
}

// Answer reads what came while the query waited. The error says in words why
// that is no answer to it: no DNS message, a question, another id, another
// question. A server that could not read the question may leave it out.
func (q Query) Answer(b []byte) (Message, error) {
	m, err := Parse(b)
	switch {
	case err != nil:
		return m, err
	case !m.Response:
		return m, fmt.Errorf("it is a question, not an answer")
	case m.ID != q.ID:
		return m, fmt.Errorf("its id is %d, and that of the question is %d", m.ID, q.ID)
	}
	return m, q.AnsweredBy(m)
}

// AnsweredBy says in words why an answer is not one to this question; nil: it
// is. One with an error may leave the question out.
func (q Question) AnsweredBy(m Message) error {
	if len(m.Questions) == 0 && m.Status == NoError {
		return errors.New("it does not say which question it answers")
	}
	for _, got := range m.Questions {
		if !SameName(got.Name, q.Name) || got.Type != q.typeName() || got.class() != q.className() {
			return fmt.Errorf("it answers another question: %s %s, and not %s %s", got.Name, got.Type, Canonical(q.Name), q.typeName())
		}
	}
	return nil
}

func (q Question) typeName() string {
	n, _ := typeOf(q.Type)
	return typeName(n)
}

func (q Question) className() string {
	n, _ := classOf(q.class())
	return className(n)
}
