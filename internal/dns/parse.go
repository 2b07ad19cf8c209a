package dns

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// headerSize is how long a message is at least, RFC 1035 section 4.1.1.
const headerSize = 12

// Parse reads a message as it comes over the network: by TCP without the two
// octets of length before it. Of one that says that it was cut short, what can
// be read counts. The error says why it is none.
func Parse(b []byte) (Message, error) {
	if len(b) < headerSize {
		return Message{}, fmt.Errorf("it is no DNS message: the header alone takes %d octets, and there are %d", headerSize, len(b))
	}
	var m dns.Msg
	if err := m.Unpack(b); err != nil && (!m.Truncated || len(m.Question) == 0) {
		return Message{}, fmt.Errorf("it is a damaged DNS message: %s", strings.ReplaceAll(err.Error(), "dns: ", ""))
	}
	if err := miscounted(m, b); err != nil && !m.Truncated {
		return Message{}, err
	}
	out := Message{
		ID: m.Id, Opcode: opcodeName(m.Opcode), Status: statusName(m.Rcode),
		Response: m.Response, Authoritative: m.Authoritative, Truncated: m.Truncated,
		RecursionDesired: m.RecursionDesired, RecursionAvailable: m.RecursionAvailable,
		AuthenticData: m.AuthenticatedData, CheckingDisabled: m.CheckingDisabled,
		Questions: []Question{}, Answers: records(m.Answer), Authority: records(m.Ns), Additional: records(m.Extra),
		Size: len(b),
	}
	for _, q := range m.Question {
		out.Questions = append(out.Questions, Question{Name: Canonical(q.Name), Type: typeName(q.Qtype), Class: className(q.Qclass)})
	}
	if opt := m.IsEdns0(); opt != nil {
		out.EDNS = &EDNS{Version: opt.Version(), UDPSize: opt.UDPSize(), DO: opt.Do(), Options: optionsOf(opt)}
	}
	return out, nil
}

// miscounted compares what there is with what the header says that there is, RFC
// 1035 section 4.1.1: the library passes over what is missing at the end.
func miscounted(m dns.Msg, b []byte) error {
	const counts = 4 // where they begin, two octets each
	for i, section := range []struct {
		name string
		has  int
	}{{"question", len(m.Question)}, {"answer", len(m.Answer)}, {"authority", len(m.Ns)}, {"additional", len(m.Extra)}} {
		if says := int(binary.BigEndian.Uint16(b[counts+2*i:])); says != section.has {
			return fmt.Errorf("it is a damaged DNS message: its header says %d in the %s section, and there are %d", says, section.name, section.has)
		}
	}
	return nil
}

// records reads the records of a section, without OPT, which is none.
func records(section []dns.RR) []Record {
	var out []Record
	for _, rr := range section {
		h := rr.Header()
		if h.Rrtype == dns.TypeOPT {
			continue
		}
		out = append(out, Record{
			Name: Canonical(h.Name), TTL: h.Ttl, Class: className(h.Class), Type: typeName(h.Rrtype), Data: dataText(rr),
		})
	}
	return out
}
