package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// types asks for the other types of a name that there is.
func (p *planner) types() {
	for _, e := range p.all {
		if !p.knows(e) || e.Server == "" || e.Type != p.typ || e.Means().Sense != dns.NoData {
			continue
		}
		for _, typ := range []string{"A", "AAAA", "MX", "TXT"} {
			p.inside(e.Server, e.Name, typ, false)
		}
	}
}

// aliases asks for what the answers lead to: what a name stands for, and the
// servers of a referral whose address was not told.
func (p *planner) aliases() {
	for _, e := range p.all {
		if e.Answer == nil {
			continue
		}
		r := e.Means()
		var more []string
		if len(r.Aliases) > 0 && r.Sense != dns.Found {
			more = append(more, r.Last)
			if twice, ok := doubled(r.Last); ok {
				more = append(more, twice)
			}
		}
		for _, s := range servers(p.lab) {
			if r.Sense == dns.Referral {
				p.inside(s, r.Zone, "SOA", false) // who has it?
			}
		}
		for _, n := range r.Names {
			if r.Sense == dns.Referral && len(r.Glue[n]) == 0 {
				more = append(more, n)
			}
		}
		for _, name := range more {
			for _, s := range servers(p.lab) {
				p.inside(s, name, p.typ, false)
			}
		}
		if e.Answer.Truncated && !e.TCP {
			p.add(NameQuestion{From: e.From, Server: e.To, TCP: true, Question: dns.Question{Name: e.Name, Type: e.Type}, Recursive: true})
		}
	}
}

// ways are those of the questions without an answer, each from whom to whom
// once; and of servers that do not help and ask nobody, those to the others.
func (p *planner) ways() {
	for _, e := range p.all {
		if e.Answer == nil && len(e.Odd) == 0 && e.From != "" && !e.own() && e.From != e.Server {
			p.way(NameQuestion{From: e.From, Server: e.To, TCP: e.TCP, Question: dns.Question{Name: e.Name, Type: e.Type}, Recursive: e.Recursive})
		}
	}
	for _, s := range servers(p.lab) {
		helpless := slices.ContainsFunc(p.all, func(e exchange) bool {
			return e.Server == s && (e.Answer == nil && !e.closed || e.Answer != nil && e.Answer.Status == dns.ServFail)
		})
		if !helpless || len(p.asked(s, func(e exchange) bool { return e.Server != s })) > 0 {
			continue
		}
		for _, other := range servers(p.lab) {
			space, _ := p.lab.Space(other)
			if at := reachable(space); other != s && at.IsValid() {
				p.way(NameQuestion{From: s, Server: netip.AddrPortFrom(at, dns.Port), Question: dns.Question{Name: p.likely(), Type: p.typ}})
			}
		}
	}
}

// reachable is an address of a namespace at which others find it.
func reachable(s snapshot.Space) netip.Addr {
	i := slices.IndexFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Scope == "global" && a.Prefix.Addr().Is4() })
	if i < 0 {
		return netip.Addr{}
	}
	return s.Addrs[i].Prefix.Addr()
}

func (p *planner) way(n NameQuestion) {
	proto := measure.UDP
	if n.TCP {
		proto = measure.TCP
	}
	followed := slices.ContainsFunc(p.t.Ways, func(w NameWay) bool {
		return w.Trace.From == n.From && w.Trace.To == n.Server.Addr() && w.Trace.Proto == proto
	})
	again := slices.ContainsFunc(p.follow, func(o NameQuestion) bool { return o.From == n.From && o.Server == n.Server && o.TCP == n.TCP })
	if !followed && !again && len(p.follow)+len(p.t.Ways) < maxNameWays {
		p.follow = append(p.follow, n)
	}
}
