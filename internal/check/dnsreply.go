package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
)

// More ways in which an answer has no record of its question. They are no
// failures of the server.
const (
	referral  = "referral" // it names other servers
	aliasOnly = "alias"    // it gives another name, and no record of that
	cutShort  = "cut"      // the answer had no room for it, and TCP was not tried
)

// dnsReply is what came of a question, and what that comes to.
type dnsReply struct {
	found   measure.DNS
	how     string       // one of DNSErrors, another status, an errno, referral …; empty: a record came
	records []dns.Record // of the type that was asked for
	alias   string       // what the name is another name for
	zone    string       // of a referral
}

func reading(found measure.DNS) dnsReply {
	r := dnsReply{found: found}
	m := found.Answer
	switch {
	case found.Fate == measure.Answered && m != nil:
		r.read(*m)
	case found.Closed:
		r.how = Closed
	case found.Fate == measure.Refused:
		r.how = found.Errno
	case found.Fate == measure.Reported:
		r.how = Unreachable
	default:
		r.how = Timeout
	}
	return r
}

func (r *dnsReply) read(m dns.Message) {
	q := r.found.Question
	chain := m.Chain()
	if len(chain) > 1 {
		r.alias = chain[1]
	}
	for _, a := range m.Answers {
		if a.Type == q.Type && dns.SameName(a.Name, chain[len(chain)-1]) {
			r.records = append(r.records, a)
		}
	}
	if q.Type == "CNAME" && len(r.records) > 0 {
		r.alias = r.records[0].Data
	}
	r.how = m.Status
	switch m.Sense() {
	case dns.Found:
		r.how = ""
	case dns.CutShort:
		r.how = cutShort
	case dns.Referral:
		r.how = referral
		r.zone, _ = m.Refers()
	case dns.Alias:
		r.how = aliasOnly
		if m.Zone() != "" { // there is none of the other name either, RFC 2308, section 2.2
			r.how = NoData
		}
	case dns.NoData:
		r.how = NoData
	}
}

// who is the server.
func (r dnsReply) who() string { return r.found.Server.Addr().String() }

func (r dnsReply) data() []string {
	var out []string
	for _, a := range r.records {
		out = append(out, a.Data)
	}
	return out
}

// ttls are those of the records, or of what came instead.
func (r dnsReply) ttls() []uint32 {
	list := r.records
	switch m := r.found.Answer; {
	case len(list) > 0 || m == nil:
	case r.how == referral:
		list = m.Authority
	default:
		list = m.Answers
	}
	var out []uint32
	for _, a := range list {
		out = append(out, a.TTL)
	}
	return out
}

func (r dnsReply) text() string {
	q, who := r.found.Question, r.who()
	switch r.how {
	case "":
		text := who + " answers " + strings.Join(r.data(), ", ") + r.details()
		if r.alias != "" && q.Type != "CNAME" {
			text += ", since the name is another one for " + r.alias
		}
		return text
	case aliasOnly:
		return who + " answers that the name is another one for " + r.alias + ", and nothing more" + r.details()
	case cutShort:
		return who + " answers, and has to leave out the rest (tc)"
	case referral:
		return who + " does not answer itself: it names the servers of " + r.zone
	case NXDomain:
		return who + " answers NXDOMAIN: there is no such name" + r.details()
	case NoData:
		return who + " answers: there is such a name, and no " + q.Type + " record of it (nodata)" + r.details()
	case ServFail:
		return who + " answers SERVFAIL: it could not find out"
	case Refused:
		return who + " answers REFUSED: it does not want to answer"
	case Closed:
		return fmt.Sprintf("nothing listens at port %d of %s (closed)", cmp.Or(r.found.Server.Port(), dns.Port), who)
	case Timeout:
		return "no answer from " + who + " (timeout)" + r.odd()
	case Unreachable:
		if icmp := r.found.ICMP; icmp != nil {
			return icmp.From.String() + " said: " + icmp.Text
		}
		return who + " cannot be reached"
	}
	if r.found.Fate == measure.Answered {
		return who + " answers " + r.how
	}
	return "the kernel would not send it: " + words(r.found.Text, "("+r.how+")")
}

// details are what else the answer says.
func (r dnsReply) details() string {
	var out []string
	if ttls := r.ttls(); len(ttls) > 0 {
		out = append(out, fmt.Sprintf("ttl %d", slices.Min(ttls)))
	}
	if authoritative(r.found) {
		out = append(out, "authoritative")
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// odd tells of messages that came and are no answer.
func (r dnsReply) odd() string {
	if len(r.found.Odd) == 0 {
		return ""
	}
	return "; what came is no answer: " + strings.Join(r.found.Odd, ", ")
}
