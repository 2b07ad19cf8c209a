package nss

import (
	"net/netip"
	"strings"
	"time"

	"netlab/internal/dns"
)

// outcome is what became of the questions for one name.
type outcome struct {
	types []string
	found []*dns.Message // for each type; nil: neither of them has an answer
	// nobody listens at any server, or none is asked. silent: they were waited for
	// in vain, or none wanted to answer.
	nobody, silent bool
	ends           bool // the search list is not gone on with
}

// query asks for one name, a question for each type.
func (l *lookup) query(name string, types []string) outcome {
	o := outcome{types: types}
	asked := make([]string, len(types))
	for i, kind := range types {
		asked[i] = kind
		if kind == "AAAA" && l.resolv.NoAAAA {
			asked[i] = "A"
		}
	}
	answers, last := l.send(name, asked)
	if answers == nil {
		o.nobody, o.silent = last.nobody, !last.nobody
		o.ends = last.status != dns.ServFail
		return o
	}
	status := dns.NoError
	for i, m := range answers {
		switch {
		case m == nil:
		case m.Status == dns.NoError && len(m.Answers) > 0 && asked[i] == types[i]:
			o.found = answers
		case m.Status != dns.NoError:
			status = m.Status
		}
	}
	o.ends = status != dns.NoError && status != dns.NXDomain && status != dns.ServFail
	return o
}

// failure is why no server has answered.
type failure struct {
	nobody bool
	status string // of the last message that came; NOERROR: none, or one that helps nobody
}

// send asks the servers in turn, as often as there are attempts, until one of
// them answers. No answers: none has.
func (l *lookup) send(name string, types []string) ([]*dns.Message, failure) {
	servers := l.inTurn()
	why := failure{nobody: true, status: dns.NoError}
	tcp := l.resolv.UseTCP
	for range l.resolv.Attempts {
		for _, i := range servers {
			answers, cut := l.server(i, name, types, tcp, &why)
			if cut && !tcp {
				tcp = true // for all that follows
				answers, _ = l.server(i, name, types, tcp, &why)
			}
			if answers != nil {
				return answers, why
			}
		}
		if tcp {
			break
		}
	}
	return nil, why
}

// inTurn are the numbers of the servers in the order in which they are asked.
func (l *lookup) inTurn() []int {
	n := len(l.resolv.Servers)
	all := make([]int, n)
	for i := range all {
		all[i] = (i + l.turn) % n
	}
	if l.resolv.Rotate {
		l.turn++
	}
	return all
}

// server asks one server. No answers: the next one is asked. One that is cut
// short is to be asked again, by TCP.
func (l *lookup) server(i int, name string, types []string, tcp bool, why *failure) (answers []*dns.Message, cut bool) {
	q := Query{Server: l.resolv.Servers[i].Addr, TCP: tcp}
	if !tcp {
		q.Wait = l.resolv.Wait(i)
	}
	usable := false
	for _, kind := range types {
		q.Question = dns.Question{Name: name, Type: kind, Class: "IN"}
		r := l.ask(q)
		why.nobody = why.nobody && r.Answer == nil && r.Closed
		switch {
		case r.Answer == nil && r.Closed:
			return nil, false
		case r.Answer == nil:
			answers = append(answers, nil)
			continue
		}
		why.status = r.Answer.Status
		if r.Answer.Truncated && !tcp {
			return nil, true
		}
		if !tcp && passedOver(r.Answer) {
			answers = append(answers, nil)
			continue
		}
		answers, usable = append(answers, r.Answer), true
	}
	if !usable {
		return nil, false
	}
	return answers, false
}

// passedOver: the next server is asked, because this one cannot or does not
// want to answer, or knows only that it knows nothing.
func passedOver(m *dns.Message) bool {
	switch m.Status {
	case dns.ServFail, dns.NotImp, dns.Refused:
		return true
	case dns.NoError:
		return len(m.Answers) == 0 && !m.Authoritative && !m.RecursionAvailable && len(m.Additional) == 0 && m.EDNS == nil
	}
	return false
}

// Wait is how long server i, from 0, is waited for by UDP: each server but the
// first has twice as long as the one before, divided by how many there are.
func (r Resolv) Wait(i int) time.Duration {
	seconds := r.Timeout << i
	if i > 0 {
		seconds /= len(r.Servers)
	}
	return time.Duration(max(seconds, 1)) * time.Second
}

// read takes the addresses out of the answers for a name, which may be another
// name for one that has them.
func (o outcome) read(name string) Found {
	found := Found{Source: "dns", Status: Success}
	alias := false
	for i, m := range o.found {
		if m == nil || m.Status != dns.NoError {
			continue
		}
		owner := name
		for _, r := range m.Answers {
			switch {
			case !equalFold(r.Name, owner):
			case r.Type == "CNAME":
				owner, alias = r.Data, true
			case r.Type == o.types[i]:
				if a, err := netip.ParseAddr(r.Data); err == nil {
					found.Addrs = append(found.Addrs, a)
					found.Canon = strings.TrimSuffix(owner, ".")
				}
			}
		}
	}
	switch {
	case len(found.Addrs) > 0:
		return found
	case alias:
		return Found{Status: NotFound}
	}
	return Found{Status: TryAgain}
}
