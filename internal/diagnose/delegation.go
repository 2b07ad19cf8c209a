package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/trace"
)

// step asks the servers of a zone: the next ones, or why it goes no further.
func (j *journey) step(at []netip.Addr) (next []netip.Addr, found []Cause) {
	for _, a := range at {
		more, c := j.ask(a)
		if len(more) > 0 {
			return more, nil
		}
		if found == nil {
			found = c
		}
	}
	return nil, found
}

// ask is one server of the zone.
func (j *journey) ask(a netip.Addr) (next []netip.Addr, found []Cause) {
	server := j.owner(j.resolver, a)
	if server == "" {
		return nil, j.absent(a)
	}
	e, known := j.heardFrom(a, server)
	if !known {
		return nil, j.deaf(a, server)
	}
	r := e.Means()
	j.shows = append(j.shows, e.String())
	switch r.Sense {
	case dns.Referral:
		return j.referred(a, server, r)
	case dns.Found:
		return nil, nil
	case dns.Failed:
		return nil, j.lame(a, server, e)
	}
	if !j.knows(e) {
		return nil, j.lame(a, server, e)
	}
	if len(r.Aliases) > 0 && !dns.SameName(r.Last, j.name) {
		if end, ok := j.says(server, r.Last, j.typ); !ok || !j.knows(end) {
			j.name = r.Last // from the beginning, with the other name
			j.parent, j.zone = "", "."
			return j.roots(), nil
		}
	}
	return nil, j.authority(server, j.name, r, e.String())
}

// heardFrom is what a server answers to the resolver, or would.
func (j *journey) heardFrom(a netip.Addr, server string) (exchange, bool) {
	for _, e := range j.all {
		if e.From == j.resolver && !e.onPurpose && e.To.Addr() == a && e.Is(j.name, j.typ) && e.Answer != nil {
			return e, true
		}
	}
	if slices.ContainsFunc(j.all, func(e exchange) bool {
		return e.From == j.resolver && e.To.Addr() == a && e.Answer == nil && !e.own()
	}) && !slices.ContainsFunc(j.all, func(e exchange) bool {
		return e.From == j.resolver && e.To.Addr() == a && e.Answer != nil
	}) {
		return exchange{}, false
	}
	for _, e := range j.all {
		if e.own() && e.Server == server && !e.Recursive && e.Is(j.name, j.typ) && e.Answer != nil {
			return e, true
		}
	}
	return exchange{}, false
}

// absent: nobody has the address of a server.
func (j *journey) absent(a netip.Addr) []Cause {
	e := j.to(a)
	network := j.network(e)
	if len(placed(network)) > 0 && network[0].Sure {
		return network
	}
	if j.parent == "" {
		if !j.inquired() { // it may have begun further down, with what it knew already
			text := fmt.Sprintf("%s asks %s for %s, and nobody in this lab has this address", j.resolver, a, shown(j.name))
			return append([]Cause{j.blame("", j.resolver, false, text, dig(j.resolver, a, j.name, j.typ), e.String())}, placed(network)...)
		}
		text := fmt.Sprintf("%s looks for the root server at %s, and nobody in this lab has this address", j.resolver, a)
		return append([]Cause{j.blame(RootHintsWrong, j.resolver, true, text, dig(j.resolver, a, ".", "NS"), e.String())}, placed(network)...)
	}
	text := fmt.Sprintf("%s names a server for %s at %s, and nobody in this lab has this address", j.parent, shown(j.zone), a)
	return append([]Cause{j.blame(BrokenDelegation, j.parent, true, text, j.digAt(j.parent, j.name, j.typ), append(slices.Clone(j.shows), e.String())...)}, placed(network)...)
}

// to is the question of the resolver to an address.
func (j *journey) to(a netip.Addr) exchange {
	for _, e := range j.all {
		if e.From == j.resolver && e.To.Addr() == a && !e.own() {
			return e
		}
	}
	return exchange{Exchange: trace.Exchange{From: j.resolver, To: netip.AddrPortFrom(a, dns.Port), Name: j.name, Type: j.typ, Server: j.owner(j.resolver, a)}}
}

// deaf: a machine has the address, and does not answer.
func (j *journey) deaf(a netip.Addr, server string) []Cause {
	e := j.to(a)
	s, _ := j.lab.Space(server)
	if !listens(s) {
		if right, ok := j.keeper(server); ok && j.parent != "" {
			return []Cause{j.misled(a, server, right)}
		}
	}
	found := j.unanswered(e, append(slices.Clone(j.seen), j.resolver))
	if len(found) > 0 && j.parent != "" {
		found[0].Text = fmt.Sprintf("a server of %s does not answer: %s", shown(j.zone), found[0].Text)
		found[0].Evidence = eachOnce(found[0].Evidence + "\n" + strings.Join(j.shows, "\n"))
	}
	return found
}

// keeper is the server that has the zone which is asked for, other than the one
// that is named.
func (j *journey) keeper(than string) (exchange, bool) {
	for _, e := range j.all {
		if e.own() && e.Server != than && e.Is(j.zone, "SOA") && e.Means().Sense == dns.Found && e.Answer.Authoritative {
			return e, true
		}
	}
	return exchange{}, false
}

// misled: the parent names a machine that has not the zone, and another one has.
func (j *journey) misled(a netip.Addr, server string, right exchange) Cause {
	text := fmt.Sprintf("%s names %s (%s) as a server for %s, which does not have that zone; %s has it", j.parent, a, server, shown(j.zone), right.Server)
	return j.blame(BrokenDelegation, j.parent, true, text, j.digAt(j.parent, j.name, j.typ), append(slices.Clone(j.shows), right.String())...)
}

// lame: a zone was delegated to a server that does not have it.
func (j *journey) lame(a netip.Addr, server string, e exchange) []Cause {
	if j.parent == "" && !j.inquired() {
		text := fmt.Sprintf("%s asks %s (%s) for %s, and that answers %s", j.resolver, a, server, shown(j.name), answerWord(e))
		return []Cause{j.blame("", server, false, text, dig(j.resolver, a, j.name, j.typ, "+norecurse"), e.String())}
	}
	if j.parent == "" {
		text := fmt.Sprintf("%s begins its search at %s (%s), which is no root server: it answers %s", j.resolver, a, server, answerWord(e))
		return []Cause{j.blame(RootHintsWrong, j.resolver, true, text, dig(j.resolver, a, ".", "NS"), e.String())}
	}
	if right, ok := j.keeper(server); ok {
		return []Cause{j.misled(a, server, right)}
	}
	text := fmt.Sprintf("%s names %s (%s) as a server for %s, and that does not have the zone: it answers %s", j.parent, a, server, shown(j.zone), answerWord(e))
	return []Cause{j.blame(LameServer, server, true, text, dig(j.resolver, a, j.name, j.typ, "+norecurse"), j.shows...)}
}

// answerWord is the status of an answer; one without an error that says nothing
// has authority over nothing.
func answerWord(e exchange) string {
	if e.Answer.Status == dns.NoError {
		return "without authority"
	}
	return e.Answer.Status
}

// referred: a server names others.
func (j *journey) referred(at netip.Addr, server string, r trace.Meaning) (next []netip.Addr, found []Cause) {
	if r.Zone == j.zone || !dns.Within(r.Zone, j.zone) || !dns.Within(j.name, r.Zone) {
		if right, ok := j.keeper(server); ok && j.parent != "" {
			return nil, []Cause{j.misled(at, server, right)}
		}
		text := fmt.Sprintf("%s, which %s names as a server for %s, does not have the zone: it refers to the servers of %s", server, j.parent, shown(j.zone), shown(r.Zone))
		return nil, []Cause{j.blame(LameServer, server, true, text, j.digAt(server, j.name, j.typ), j.shows...)}
	}
	j.parent, j.zone = server, r.Zone
	var nameless []string
	for _, n := range r.Names {
		all := j.addressesOf(n, r)
		if len(all) == 0 {
			nameless = append(nameless, shown(n))
		}
		for _, a := range all {
			if a.Is4() {
				next = append(next, a)
			}
		}
	}
	if len(next) > 0 {
		return next, nil
	}
	text := fmt.Sprintf("%s names %s as a server for %s, and nobody says what address that has", server, list(nameless), shown(r.Zone))
	return nil, []Cause{j.blame(BrokenDelegation, server, true, text, j.digAt(server, j.name, j.typ), j.shows...)}
}

// addressesOf are those of a server that a referral names: it tells them itself,
// or servers with authority do.
func (j *journey) addressesOf(name string, r trace.Meaning) []netip.Addr {
	if glue := r.Glue[name]; len(glue) > 0 {
		return glue
	}
	e, ok := j.truth(name)
	if typ := j.typ; !ok && typ != "A" {
		j.typ = "A"
		e, ok = j.truth(name)
		j.typ = typ
	}
	if !ok {
		return nil
	}
	return e.Means().Addrs
}
