package dns

import "strings"

// Sense is what an answer comes to, whatever its records are.
type Sense string

// The senses of an answer.
const (
	Found    Sense = "found"    // there are records of the type that was asked for
	Alias    Sense = "alias"    // the name is another name for one of which nothing more is said
	NoData   Sense = "nodata"   // there is such a name, but nothing of this type (RFC 2308, 2.2)
	NoName   Sense = "nxdomain" // there is no such name (RFC 2308, 2.1)
	Referral Sense = "referral" // other servers know (RFC 1034, 4.3.2)
	Failed   Sense = "failed"   // the status is an error
	CutShort Sense = "cut"      // it has no room for the answer (tc)
)

// Sense says what an answer comes to.
func (m Message) Sense() Sense {
	zone, _ := m.Refers()
	q := m.asked()
	switch {
	case m.Status == NXDomain:
		return NoName
	case m.Status != NoError:
		return Failed
	case len(m.Data(q.Type)) > 0 || q.Type == "ANY" && len(m.Answers) > 0:
		return Found
	case m.Truncated:
		return CutShort
	case len(m.Chain()) > 1 && m.Zone() == "":
		return Alias
	case zone != "":
		return Referral
	}
	return NoData
}

// asked is the question that a message has; the zero value if it has none.
func (m Message) asked() Question {
	if len(m.Questions) == 0 {
		return Question{}
	}
	return m.Questions[0]
}

// Chain is the name that was asked for, and the names that it is another name
// for, one after the other (CNAME). It ends where the answer has no more, or
// comes to a name again.
func (m Message) Chain() []string {
	name := m.asked().Name
	chain := []string{name}
	if m.asked().Type == "CNAME" {
		return chain
	}
	for {
		next, ok := m.alias(name)
		if !ok {
			return chain
		}
		for _, before := range chain {
			if SameName(before, next) {
				return append(chain, next)
			}
		}
		chain, name = append(chain, next), next
	}
}

// Loops says that a chain of aliases comes back to a name of its own.
func (m Message) Loops() bool {
	chain := m.Chain()
	last := chain[len(chain)-1]
	for _, name := range chain[:len(chain)-1] {
		if SameName(name, last) {
			return true
		}
	}
	return false
}

func (m Message) alias(name string) (string, bool) {
	for _, r := range m.Answers {
		if r.Type == "CNAME" && SameName(r.Name, name) {
			return r.Data, true
		}
	}
	return "", false
}

// Data is the data of the answers of a type that belong to the name at the end
// of the chain.
func (m Message) Data(typ string) []string {
	var out []string
	for _, r := range m.ofType(typ) {
		out = append(out, r.Data)
	}
	return out
}

func (m Message) ofType(typ string) []Record {
	chain := m.Chain()
	name := chain[len(chain)-1]
	var out []Record
	for _, r := range m.Answers {
		if r.Type == strings.ToUpper(typ) && SameName(r.Name, name) {
			out = append(out, r)
		}
	}
	return out
}

// Refers is the zone for which the server names other servers, and these,
// instead of answering itself; empty: it does not.
func (m Message) Refers() (zone string, servers []string) {
	if m.Status != NoError || m.Authoritative || len(m.Answers) > 0 {
		return "", nil
	}
	for _, r := range m.Authority {
		switch {
		case r.Type == "SOA": // that there is no data, RFC 2308
			return "", nil
		case r.Type == "NS" && (zone == "" || SameName(zone, r.Name)):
			zone, servers = r.Name, append(servers, r.Data)
		}
	}
	return zone, servers
}

// Glue is the addresses of a server that come with the answer, behind its
// sections: IPv4 and IPv6, in their order.
func (m Message) Glue(server string) []string {
	var out []string
	for _, r := range m.Additional {
		if (r.Type == "A" || r.Type == "AAAA") && SameName(r.Name, server) {
			out = append(out, r.Data)
		}
	}
	return out
}

// Zone is the zone that the server names as the one that a negative answer is
// about (its SOA record); empty: it names none.
func (m Message) Zone() string {
	for _, r := range m.Authority {
		if r.Type == "SOA" {
			return r.Name
		}
	}
	return ""
}
