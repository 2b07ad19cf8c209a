package dns

import (
	"fmt"
	"strings"
)

// Words says for people what is asked: "the IPv4 address of web.lab (A)".
func (q Question) Words() string {
	name := shown(q.Name)
	addr, reverse := ReversedAddr(q.Name)
	var what string
	switch q.Type {
	case "A":
		what = "the IPv4 address of " + name
	case "AAAA":
		what = "the IPv6 address of " + name
	case "CNAME":
		what = "what " + name + " is another name for"
	case "MX":
		what = "the mail servers of " + name
	case "NS":
		what = "the name servers of " + name
	case "PTR":
		what = "the name at " + name
		if reverse {
			what = "the name of " + addr.String()
		}
	case "SOA":
		what = "who is in charge of " + zoneWords(q.Name)
	case "SRV":
		what = "where the service " + name + " is"
	case "TXT":
		what = "the texts of " + name
	case "ANY":
		what = "all records of " + name
	default:
		return "the " + q.Type + " records of " + name
	}
	return what + " (" + q.Type + ")"
}

// shown is a name without its last dot, which people leave out.
func shown(name string) string {
	if name == "." || name == "" {
		return "the root"
	}
	if IsAbsolute(name) {
		return name[:len(name)-1]
	}
	return name
}

// zoneWords names a zone.
func zoneWords(name string) string {
	if name == "." {
		return "the root"
	}
	return "the zone " + shown(name)
}

// Words says for people what an answer means, in one sentence without a full
// stop. Whom it comes from stands in Standing.
func (m Message) Words() string {
	q := m.asked()
	switch m.Sense() {
	case NoName:
		return m.noNameWords()
	case Failed:
		return m.failedWords()
	case Found:
		return m.foundWords()
	case CutShort:
		return "the answer is too long for a datagram and was cut short (tc): it can be had by TCP"
	case Alias:
		return m.aliasWords()
	case Referral:
		return m.referralWords()
	}
	return m.and(fmt.Sprintf("there is a name %s, but it has no %s record (%s without an answer: nodata)", shown(m.lastName()), q.Type, NoError))
}

// and puts the chain of aliases before a text, if there is one.
func (m Message) and(text string) string {
	if chain := m.chainWords(); chain != "" {
		return chain + ", and " + text
	}
	return text
}

// lastName is the name at the end of the chain of aliases.
func (m Message) lastName() string {
	chain := m.Chain()
	return chain[len(chain)-1]
}

func (m Message) noNameWords() string {
	text := m.and("there is no name " + shown(m.lastName()))
	zone := m.Zone()
	switch {
	case m.Authoritative && zone != "":
		return fmt.Sprintf("%s (%s): the server is authoritative for %s, so that is final", text, NXDomain, zoneWords(zone))
	case m.Authoritative:
		return fmt.Sprintf("%s (%s): the server is authoritative, so that is final", text, NXDomain)
	case m.RecursionAvailable && zone != "":
		return fmt.Sprintf("%s (%s): a resolver says so, which has asked for %s or still knows", text, NXDomain, zoneWords(zone))
	case m.RecursionAvailable:
		return fmt.Sprintf("%s (%s): a resolver says so, which has asked or still knows", text, NXDomain)
	}
	return fmt.Sprintf("%s (%s): a server says so that is not authoritative", text, NXDomain)
}

func (m Message) failedWords() string {
	var text string
	switch m.Status {
	case ServFail:
		text = "the server could not find out: it failed itself, or those that it asked did"
	case Refused:
		text = "the server does not want to answer: the zone is not its own, or it does not serve whoever asks"
	case FormErr:
		text = "the server does not understand the question"
	case NotImp:
		text = "the server cannot do what it was asked"
	case "BADVERS":
		text = "the server does not know this version of EDNS"
	default:
		text = "the server reports an error"
	}
	text += " (" + m.Status + ")"
	if m.EDNS != nil {
		for _, o := range m.EDNS.Options {
			if o.Name == "EDE" {
				text += "; it adds: " + o.Data
			}
		}
	}
	return text
}

func (m Message) foundWords() string {
	q := m.asked()
	if q.Type == "ANY" {
		return fmt.Sprintf("%s has %s", shown(q.Name), counted(len(m.Answers), "record"))
	}
	data := m.Data(q.Type)
	if q.Type == "PTR" || q.Type == "CNAME" || q.Type == "NS" {
		for i := range data {
			data[i] = shown(data[i])
		}
	}
	return m.subject() + " " + few(data)
}

// subject is what the data of an answer is said of, with its verb.
func (m Message) subject() string {
	q := m.asked()
	if chain := m.chainWords(); chain != "" {
		return chain + ", which " + verb(q.Type)
	}
	if addr, ok := ReversedAddr(q.Name); ok && q.Type == "PTR" {
		return addr.String() + " is"
	}
	return shown(q.Name) + " " + verb(q.Type)
}

func verb(typ string) string {
	switch typ {
	case "A", "AAAA":
		return "is"
	case "CNAME":
		return "is another name for"
	case "NS":
		return "is served by"
	case "MX":
		return "gets its mail at"
	case "SRV":
		return "is served at"
	}
	return "has " + typ
}

func (m Message) aliasWords() string {
	if m.Loops() {
		return m.chainWords() + " again: the names go round in a circle, and nobody will ever find an address"
	}
	return fmt.Sprintf("%s, of which the server says nothing more", m.chainWords())
}

// chainWords tells a chain of aliases; empty if there is none.
func (m Message) chainWords() string {
	chain := m.Chain()
	if len(chain) < 2 {
		return ""
	}
	text := shown(chain[0])
	for _, name := range chain[1:] {
		text += " is another name for " + shown(name)
		if name != chain[len(chain)-1] {
			text += ", which"
		}
	}
	return text + " (CNAME)"
}

func (m Message) referralWords() string {
	zone, servers := m.Refers()
	for i, s := range servers {
		glue := m.Glue(s)
		servers[i] = shown(s)
		if len(glue) > 0 {
			servers[i] += " at " + strings.Join(glue, ", ")
		}
	}
	return fmt.Sprintf("the server does not know, and refers to the servers of %s: %s", zoneWords(zone), few(servers))
}

// few writes a list, and of a long one its beginning.
func few(list []string) string {
	const most = 4
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
