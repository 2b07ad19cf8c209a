package diagnose

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// NameQuestion is a question that helps to say why a name is not found.
type NameQuestion struct {
	From      string // namespace
	Server    netip.AddrPort
	TCP       bool
	Question  dns.Question
	Recursive bool // the server may ask others
}

// NextName are the questions to be asked next, and those whose way is to be
// followed; none of either: nothing more can be found out. What the answers say
// may lead to further questions.
//
// Each server of the lab is asked in its own namespace what it knows by itself,
// so that the network has no part in it; and those who got no answer ask once
// more, to see where their packets end.
func NextName(lab snapshot.Lab, t NameTrace) (asks, ways []NameQuestion) {
	q := newSearch(lab, t)
	p := &planner{search: q}
	p.directly()
	for _, name := range p.names() {
		for _, s := range servers(lab) {
			p.inside(s, name, q.typ, false)
		}
	}
	p.decoys()
	p.types()
	p.aliases()
	p.ways()
	return p.asks, p.follow
}

// planner collects questions that were not asked yet.
type planner struct {
	*search
	asks, follow []NameQuestion
}

// What is asked at most: of all names together, and of ways.
const (
	maxNameAsks = 96
	maxNameWays = 6
)

func (p *planner) add(n NameQuestion) {
	n.Question.Name = asAsked(n.Question.Name)
	if dns.CheckName(n.Question.Name) != nil || len(p.asks)+len(p.t.Asked) >= maxNameAsks {
		return
	}
	asked := slices.ContainsFunc(p.t.Asked, func(d measure.DNS) bool {
		rd := d.Answer == nil || d.Answer.RecursionDesired
		own := place(d.From) == p.owner(place(d.From), d.Server.Addr())
		return place(d.From) == n.From && d.Server == n.Server && d.TCP == n.TCP && dns.SameName(d.Question.Name, n.Question.Name) && d.Question.Type == n.Question.Type && (rd == n.Recursive || d.Answer == nil && own)
	})
	if !asked && !slices.Contains(p.asks, n) {
		p.asks = append(p.asks, n)
	}
}

// directly asks the library's own servers, where it was not heard what they say.
func (p *planner) directly() {
	if p.t.Direct != nil {
		return
	}
	took, ok := p.answer()
	if !ok && len(p.t.Resolved.Addrs) > 0 {
		return
	}
	for _, name := range p.candidates[:min(len(p.candidates), maxDirect)] {
		for _, s := range p.resolv.Servers {
			if ok && name == took.Name && s.Addr == took.To.Addr() {
				return // what comes behind it was not asked
			}
			heard := slices.ContainsFunc(p.all, func(e exchange) bool {
				return e.From == p.from && e.To.Addr() == s.Addr && e.Is(name, p.typ) && e.Answer != nil && !e.gives()
			})
			if !heard {
				p.add(NameQuestion{From: p.from, Server: netip.AddrPortFrom(s.Addr, dns.Port), Question: dns.Question{Name: name, Type: p.typ}, Recursive: true})
			}
		}
	}
}

// maxDirect is how many names the library's own servers are asked for.
const maxDirect = 3

// inside asks a server in its own namespace, where it can speak to itself.
func (p *planner) inside(server, name, typ string, recursive bool) {
	s, _ := p.lab.Space(server)
	for _, k := range s.Sockets {
		if k.Proto != "udp" || k.Port != dns.Port {
			continue
		}
		from, at := server, k.Addr
		switch {
		case at.IsUnspecified() && k.V6Only:
			at = netip.IPv6Loopback()
		case at.IsUnspecified():
			at = netip.MustParseAddr("127.0.0.1")
		}
		if lo, ok := s.Link("lo"); ok && !lo.Up {
			from = p.from
			if at = k.Addr; at.IsUnspecified() {
				at = reachable(s)
			}
		}
		if !at.IsValid() || at.IsLoopback() && from != server {
			return
		}
		p.add(NameQuestion{From: from, Server: netip.AddrPortFrom(at.Unmap(), dns.Port), Question: dns.Question{Name: name, Type: typ}, Recursive: recursive})
		return
	}
}

// names are those about which servers are asked: what the library asks for,
// the same in domains that others have, and those near to it.
func (p *planner) names() []string {
	const most = 6
	out := slices.Clone(p.candidates[:min(len(p.candidates), most)])
	if p.t.Direct == nil && !strings.HasSuffix(p.name, ".") && len(p.t.Resolved.Addrs) == 0 {
		for _, d := range p.domains() {
			out = append(out, strings.ToLower(p.name)+"."+d+".")
		}
	}
	for _, n := range slices.Clone(out) {
		if p.missing(n) {
			out = append(out, p.nearby(n)...)
		}
	}
	return once(out)
}

// domains are those that the files of the lab search, and for a name without a
// dot the zones that servers were heard to have.
func (p *planner) domains() []string {
	const most = 4
	var out []string
	for _, s := range p.lab.Spaces {
		out = append(out, nss.ReadResolv(s.Names.Resolv.Text).Search...)
	}
	for _, e := range p.all {
		if e.Answer == nil || strings.Contains(p.name, ".") {
			continue
		}
		for _, a := range e.Answer.Authority {
			if z := strings.TrimSuffix(strings.ToLower(a.Name), "."); a.Type == "SOA" && z != "" {
				out = append(out, z)
			}
		}
	}
	out = once(out)
	return out[:min(len(out), most)]
}

// missing says that somebody has said that there is no such name.
func (p *planner) missing(name string) bool {
	return slices.ContainsFunc(p.all, func(e exchange) bool {
		return e.Answer != nil && e.Is(name, p.typ) && e.Answer.Status == dns.NXDomain
	})
}

// nearby are names like one that there is not, by the nodes of the lab and the
// names of its hosts files.
func (p *planner) nearby(name string) []string {
	const most = 3
	first, rest, _ := strings.Cut(name, ".")
	var out []string
	for _, s := range p.lab.Spaces {
		if near(s.Name, first) {
			out = append(out, strings.ToLower(s.Name)+"."+rest)
		}
	}
	if twice, ok := doubled(name); ok {
		out = append(out, twice)
	}
	out = once(out)
	return out[:min(len(out), most)]
}

// decoys asks servers for a name that nobody can have asked for before: who has
// its answers from others, or keeps them, has to ask these now.
func (p *planner) decoys() {
	for _, s := range servers(p.lab) {
		p.inside(s, p.decoy(p.likely()), p.typ, true)
	}
	for _, e := range p.all {
		if e.Answer != nil && e.Answer.Authoritative && e.Server != "" && e.Type == p.typ && !strings.HasPrefix(e.Name, decoyLabel) && !p.asksOthers(e.Server, e.Name) {
			p.inside(e.Server, p.decoy(e.Name), p.typ, true)
		}
	}
}

func once(all []string) []string {
	var out []string
	for _, one := range all {
		if one != "" && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}
