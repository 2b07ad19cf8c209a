package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// Name gives the reasons why a name was found as it was, or not at all, the
// likeliest first. Of what the servers said, it knows what was heard.
func Name(lab snapshot.Lab, r measure.Resolved) []Finding {
	q := inquiry{lab: lab, from: place(r.From), heard: r.Heard}
	s, ok := lab.Space(q.from)
	if !ok {
		return []Finding{noSpace(lab, q.from)}
	}
	q.files = s.Names
	if len(r.Addrs) > 0 {
		return q.foundBy(r)
	}
	return distinct(slices.Concat(q.unasked(), q.asked(), q.searched(r.Name)))
}

// DNS gives the reasons why a name server answered as it did, or not at all,
// the likeliest first.
func DNS(lab snapshot.Lab, d measure.DNS) []Finding {
	q := inquiry{lab: lab, from: place(d.From), heard: d.Heard}
	if _, ok := lab.Space(q.from); !ok {
		return []Finding{noSpace(lab, q.from)}
	}
	if d.Fate == measure.Answered && d.Answer != nil {
		return q.said(d.Server.Addr(), *d.Answer)
	}
	return q.unanswered(d)
}

// inquiry looks for the reason of one answer, or of one that did not come.
type inquiry struct {
	lab   snapshot.Lab
	from  string // who asks
	files nss.Files
	heard []measure.Heard
}

// server names one by its address and its nodes.
func (q inquiry) server(a netip.Addr) string {
	if a.IsLoopback() {
		return a.String() + " (" + q.from + " itself)"
	}
	if nodes := owners(q.lab, a); len(nodes) > 0 {
		return a.String() + " (" + strings.Join(nodes, ", ") + ")"
	}
	return a.String()
}

// foundBy says who has told the addresses.
func (q inquiry) foundBy(r measure.Resolved) []Finding {
	hosts := nss.ReadHosts(q.files.Hosts.Text).Find(r.Name, r.Family)
	for _, l := range hosts {
		if slices.Contains(r.Addrs, l.Addr) {
			return []Finding{{
				fmt.Sprintf("line %d of %s gives %s this address", l.Line, q.files.Hosts.Path, r.Name),
				fmt.Sprintf("%s %s\nnsswitch.conf: hosts: %s", l.Addr, strings.Join(l.Names, " "), sourceNames(q.sources())),
			}}
		}
	}
	if answer := q.lastAnswer(); answer != nil {
		return q.said(answer.From.Addr(), *answer.Message)
	}
	return nil
}

func (q inquiry) sources() []nss.Source { return nss.ReadSwitch(q.files.Switch.Text).Sources }

func sourceNames(list []nss.Source) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Name
	}
	return strings.Join(out, " ")
}

// unasked: no server got a question, or only the machine itself.
func (q inquiry) unasked() []Finding {
	var out []Finding
	resolv := nss.ReadResolv(q.files.Resolv.Text)
	asked := slices.ContainsFunc(q.heard, q.own)
	others := slices.ContainsFunc(q.heard, func(h measure.Heard) bool { return q.own(h) && !h.To.Addr().IsLoopback() })
	sources := q.sources()
	byDNS := slices.ContainsFunc(sources, func(s nss.Source) bool { return s.Name == "dns" })
	switch {
	case others:
	case q.files.Resolv.Flaw != "" && resolv.Assumed:
		out = append(out, Finding{q.files.Resolv.Flawed(), ""})
	case !byDNS:
		out = append(out, Finding{q.from + " does not ask DNS: nsswitch.conf does not name it", "nsswitch.conf: hosts: " + sourceNames(sources)})
	case resolv.Assumed:
		out = append(out, Finding{"no nameserver stands in " + q.fileName(q.files.Resolv, "resolv.conf") + ": " + q.from + " asks itself", "resolv.conf: " + inWords(q.files.Resolv.Text)})
	case !asked && len(resolv.Servers) > 0:
		return q.unreached(resolv.Servers[0].Addr)
	}
	return out
}

func (q inquiry) fileName(f nss.File, name string) string {
	if f.Path == "" {
		return "/etc/" + name + " of " + q.from
	}
	return f.Path
}

func inWords(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return "(empty)"
	}
	return text
}

func (q inquiry) own(h measure.Heard) bool {
	return h.Message != nil && !h.Message.Response && h.Sender == q.from
}

// lastAnswer is the last one that came to who asks.
func (q inquiry) lastAnswer() *measure.Heard {
	for i, h := range slices.Backward(q.heard) {
		if h.Message != nil && h.Message.Response && h.Taker == q.from {
			return &q.heard[i]
		}
	}
	return nil
}

// Decisive is the question of a namespace that tells most of why it found no
// name, and the answer to it; nil: there is none. Each name is tried until a
// server answers: what comes last of a name counts. That there is no such name is
// usual for all but one of a search list; anything else is not.
func Decisive(heard []measure.Heard, from string) (question, answer *measure.Heard) {
	var names []string
	type exchange struct{ question, answer *measure.Heard }
	last := map[string]exchange{}
	for i := range heard {
		h := &heard[i]
		if h.Message == nil || len(h.Message.Questions) == 0 {
			continue
		}
		name := strings.ToLower(h.Message.Questions[0].Name)
		switch e, known := last[name]; {
		case !h.Message.Response && h.Sender == from:
			if !known {
				names = append(names, name)
			}
			last[name] = exchange{question: h}
		case known && h.Message.Response && h.Taker == from && h.From == e.question.To:
			last[name] = exchange{e.question, h}
		}
	}
	for _, name := range names {
		e := last[name]
		question, answer = e.question, e.answer
		if answer == nil || answer.Message.Status != dns.NXDomain {
			break
		}
	}
	return question, answer
}

// asked: what came of the question that tells most.
func (q inquiry) asked() []Finding {
	switch question, answer := Decisive(q.heard, q.from); {
	case question == nil:
		return nil
	case answer == nil:
		return q.unreached(question.To.Addr())
	default:
		return q.said(answer.From.Addr(), *answer.Message)
	}
}

// searched: a name without a dot is asked for with the domains of the search
// list behind it, and only then as it is.
func (q inquiry) searched(name string) []Finding {
	if strings.Contains(name, ".") {
		return nil
	}
	resolv := nss.ReadResolv(q.files.Resolv.Text)
	if len(resolv.Search) == 0 {
		return []Finding{{name + " is asked for without a domain: " + q.from + " has no search list", "resolv.conf: " + inWords(q.files.Resolv.Text)}}
	}
	return []Finding{{name + " is in none of the domains of the search list: " + strings.Join(resolv.Search, ", "), "resolv.conf: " + inWords(q.files.Resolv.Text)}}
}

// said explains an answer.
func (q inquiry) said(server netip.Addr, m dns.Message) []Finding {
	if len(m.Questions) == 0 {
		return nil
	}
	who, name := q.server(server), m.Questions[0].Name
	zone := "has it from others, or from its cache"
	if m.Authoritative {
		zone = "has the zone itself"
	}
	evidence := fmt.Sprintf("%s %s: %s", name, m.Questions[0].Type, m.Status)
	switch {
	case m.Status == dns.NXDomain:
		return []Finding{{fmt.Sprintf("%s says that there is no name %s, and %s", who, name, zone), evidence}}
	case m.Status == dns.Refused:
		return []Finding{{who + " answers no questions of " + q.from + " about " + name + ": it neither has the zone nor asks others for it", evidence}}
	case m.Status == dns.ServFail:
		return append(q.further(server), Finding{who + " has a fault of its own, or could not ask those who know", evidence})
	case m.Status != dns.NoError:
		return []Finding{{who + " answers " + m.Status, evidence}}
	}
	switch zones, _ := m.Refers(); {
	case m.Sense() == dns.NoData:
		return []Finding{{fmt.Sprintf("%s says that %s has no %s record, and %s", who, name, m.Questions[0].Type, zone), evidence}}
	case zones != "":
		return []Finding{{who + " does not have " + name + " itself, and leaves it to the asker to go on with the servers of " + zones, evidence}}
	}
	return []Finding{{who + " says so, and " + zone, evidence}}
}

// further: a server has asked another one, from which no answer came.
func (q inquiry) further(server netip.Addr) []Finding {
	var out []Finding
	for i, h := range q.heard {
		if h.Message == nil || h.Message.Response || h.Sender == "" || !slices.Contains(owners(q.lab, server), h.Sender) {
			continue
		}
		back := func(b measure.Heard) bool {
			return b.Message != nil && b.Message.Response && b.From == h.To && b.Taker == h.Sender
		}
		if !slices.ContainsFunc(q.heard[i:], back) {
			text := q.server(server) + " asked " + q.server(h.To.Addr()) + ", and no answer came"
			out = append(out, Finding{text, inquiry{lab: q.lab, from: h.Sender}.firstReason(h.To.Addr())})
		}
	}
	return out
}

func (q inquiry) firstReason(server netip.Addr) string {
	if found := q.unreached(server); len(found) > 0 {
		return found[0].Text
	}
	return "the state of the lab shows no reason"
}

// unanswered: no answer came to a question.
func (q inquiry) unanswered(d measure.DNS) []Finding {
	if d.Closed {
		return q.closed(d.Server.Addr())
	}
	if found := q.closed(d.Server.Addr()); d.Fate == measure.Silent && len(q.way(d)) == 0 && len(found) > 0 {
		return found
	}
	return append(q.way(d), q.dumb(d.Server.Addr())...)
}

// unreached is unanswered for a question of which only the server is known.
func (q inquiry) unreached(server netip.Addr) []Finding {
	return q.unanswered(measure.DNS{From: q.from, Server: netip.AddrPortFrom(server, dns.Port), Fate: measure.Silent})
}

// way: the network between the two is at fault.
func (q inquiry) way(d measure.DNS) []Finding {
	return Ping(q.lab, measure.Ping{From: q.from, To: d.Server.Addr(), Sent: 1, Fate: d.Fate, Errno: d.Errno, Text: d.Text, ICMP: d.ICMP})
}

// closed: nobody listens there.
func (q inquiry) closed(server netip.Addr) []Finding {
	nodes := owners(q.lab, server)
	if server.IsLoopback() {
		nodes = []string{q.from}
	}
	var out []Finding
	for _, name := range nodes {
		s, _ := q.lab.Space(name)
		var at []string
		hears := false
		for _, k := range s.Sockets {
			if k.Proto != "udp" || k.Port != dns.Port {
				continue
			}
			at = append(at, k.Addr.String())
			hears = hears || k.Addr == server || k.Addr.IsUnspecified() && (k.Addr.Is4() == server.Is4() || k.Addr.Is6() && !k.V6Only)
		}
		switch {
		case hears:
		case len(at) > 0:
			out = append(out, Finding{fmt.Sprintf("the name server in %s listens at %s, and not at %s", name, strings.Join(at, ", "), server), "UDP sockets at port 53 of " + name + ": " + strings.Join(at, ", ")})
		default:
			out = append(out, Finding{fmt.Sprintf("no name server runs in %s, which has %s: nothing listens at port %d", name, server, dns.Port), "no UDP socket at port 53 of " + name})
		}
	}
	return out
}

// dumb: somebody listens, and does not answer; or the question was lost.
func (q inquiry) dumb(server netip.Addr) []Finding {
	asked := func(h measure.Heard) bool { return q.own(h) && h.To.Addr() == server }
	arrived := func(h measure.Heard) bool { return asked(h) && h.Taker != "" }
	if slices.ContainsFunc(q.heard, asked) && !slices.ContainsFunc(q.heard, arrived) {
		return []Finding{{"the question of " + q.from + " to " + q.server(server) + " left, and did not arrive", "it was seen at " + q.from + " only"}}
	}
	if nodes := owners(q.lab, server); len(nodes) > 0 && len(q.closed(server)) == 0 {
		return []Finding{{"the name server in " + strings.Join(nodes, ", ") + " listens, and does not answer in time", "a UDP socket at port 53 of " + nodes[0]}}
	}
	return nil
}
