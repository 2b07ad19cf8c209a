package diagnose

import (
	"fmt"
	"slices"

	"netlab/internal/dns"
)

// cut: the answer is too long for a datagram, and did not come by TCP.
func (q *search) cut(e exchange) []Cause {
	for _, o := range q.all {
		if !o.TCP || o.From != e.From || o.To != e.To || !o.Is(e.Name, e.Type) || o.Answer != nil {
			continue
		}
		network := q.network(o)
		text := fmt.Sprintf("the answer of %s is too long for a datagram, and by TCP it does not come", e.To.Addr())
		for i := range network {
			network[i].Text = text + ": " + network[i].Text
		}
		if len(network) > 0 && network[0].Kind != "" {
			return network
		}
		return []Cause{q.blame(TCPBlocked, e.Server, len(network) == 0, text, dig(e.From, e.To.Addr(), e.Name, e.Type, "+tcp"), e.String(), o.String())}
	}
	text := fmt.Sprintf("the answer of %s is too long for a datagram", e.To.Addr())
	if !q.inquired() {
		text += ", and none was heard by TCP"
	}
	return []Cause{q.blame(TCPBlocked, e.Server, false, text, dig(e.From, e.To.Addr(), e.Name, e.Type, "+tcp"), e.String())}
}

// circle: aliases that lead back to where they began.
func (q *search) circle(name string) []Cause {
	const most = 16
	at := name
	var seen, shows []string
	keeper := ""
	for range most {
		if slices.ContainsFunc(seen, func(s string) bool { return dns.SameName(s, at) }) {
			for i := range seen {
				seen[i] = shown(seen[i])
			}
			at = shown(at)
			return []Cause{q.blame(CNAMELoop, keeper, true, fmt.Sprintf("%s is an alias (CNAME) that leads back to itself: %s", shown(name), list(append(seen, at))), q.digAt(keeper, name, "CNAME"), shows...)}
		}
		seen = append(seen, at)
		next, who, ok := q.aliasOf(at)
		if !ok {
			return nil
		}
		shows = append(shows, who+": "+at+" CNAME "+next)
		at, keeper = next, who
	}
	return nil
}

// aliasOf is what a name stands for, and who says so with authority.
func (q *search) aliasOf(name string) (target, server string, ok bool) {
	for _, e := range q.all {
		if !q.knows(e) {
			continue
		}
		for _, a := range e.Answer.Answers {
			if a.Type == "CNAME" && dns.SameName(a.Name, name) {
				return dns.Absolute(a.Data), e.Server, true
			}
		}
	}
	return "", "", false
}

// digAt asks a server in its own namespace, and wants no help of others.
func (q *search) digAt(server, name, typ string) string {
	if server == "" {
		return ""
	}
	for _, e := range q.all {
		if e.Server == server && !e.To.Addr().IsLoopback() {
			return dig(q.from, e.To.Addr(), name, typ, "+norecurse")
		}
	}
	s, _ := q.lab.Space(server)
	for _, a := range s.Addrs {
		if a.Scope == "global" {
			return dig(q.from, a.Prefix.Addr(), name, typ, "+norecurse")
		}
	}
	return ""
}
