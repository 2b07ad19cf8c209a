package trace

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/dns"
)

// Meaning is what an answer comes to. Names in it are absolute, in small
// letters.
type Meaning struct {
	Sense   dns.Sense
	Addrs   []netip.Addr // Found, of A and AAAA
	TTL     uint32       // for how many seconds it may be kept
	Aliases []dns.Record // the CNAME records, each of the name before it
	Last    string       // the name behind them; the question's own, if there are none
	// Zone is that of the SOA record, by which a server says that it has
	// nothing; Referral: the zone whose servers are named.
	Zone  string
	Names []string                // Referral: these servers
	Glue  map[string][]netip.Addr // Referral: their addresses, where they were told
}

// Means is what the answer comes to; nothing, where there is none.
func (e Exchange) Means() Meaning {
	if e.Answer == nil {
		return Meaning{}
	}
	m := *e.Answer
	if len(m.Questions) == 0 { // a server that could not read it leaves it out
		m.Questions = []dns.Question{{Name: e.Name, Type: e.Type}}
	}
	chain := m.Chain()
	r := Meaning{Sense: m.Sense(), Last: small(chain[len(chain)-1]), Zone: m.Zone()}
	r.TTL, _ = m.TTL()
	for _, name := range chain[:len(chain)-1] {
		i := slices.IndexFunc(m.Answers, func(a dns.Record) bool { return a.Type == "CNAME" && dns.SameName(a.Name, name) })
		r.Aliases = append(r.Aliases, m.Answers[i])
	}
	for _, data := range m.Data(e.Type) {
		if a, err := netip.ParseAddr(data); err == nil {
			r.Addrs = append(r.Addrs, a)
		}
	}
	if r.Zone != "" {
		r.Zone = small(r.Zone)
	}
	if zone, servers := m.Refers(); r.Sense == dns.Referral {
		r.refer(m, zone, servers)
	}
	return r
}

func (r *Meaning) refer(m dns.Message, zone string, servers []string) {
	r.Zone, r.Glue = small(zone), map[string][]netip.Addr{}
	for _, s := range servers {
		name := small(s)
		r.Names = append(r.Names, name)
		for _, text := range m.Glue(s) {
			if a, err := netip.ParseAddr(text); err == nil {
				r.Glue[name] = append(r.Glue[name], a)
			}
		}
	}
}

func small(name string) string { return strings.ToLower(dns.Absolute(name)) }
