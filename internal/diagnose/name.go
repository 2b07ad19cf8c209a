package diagnose

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// NameTrace is a name that was looked up, and what was found out besides to
// say what became of it.
type NameTrace struct {
	Resolved measure.Resolved `json:"resolved"`
	// Direct is the question to one server that a claim is about; then nothing
	// was looked up, and Resolved has no more than where it came from.
	Direct *measure.DNS `json:"direct,omitempty"`
	// Asked are the questions that were asked on purpose, see NextName; with
	// Recursive left out they are asked of a server in its own namespace.
	Asked []measure.DNS   `json:"asked,omitempty"`
	Heard []measure.Heard `json:"heard,omitempty"` // while these were under way
	Ways  []NameWay       `json:"ways,omitempty"`
	// Wants are the addresses that the name should have; empty: any.
	Wants []netip.Addr `json:"wants,omitempty"`
}

// NameWay is a question that was followed on its way to a server, with the lab
// before and after.
type NameWay struct {
	Before snapshot.Lab  `json:"before"`
	After  snapshot.Lab  `json:"after"`
	Trace  measure.Trace `json:"trace"`
}

// WhyName says what is wrong with how a name was found, or why it was not, the
// likeliest cause first; nothing where the name has the address of a machine,
// and nobody contradicts.
//
// It goes through what the resolver library goes through: the sources of
// nsswitch.conf, the hosts file, and the servers of resolv.conf. Of a server
// that did not help it follows what that one asked in its turn, to the last one
// who knows; of one that did not answer, the way of a packet to it (Why).
func WhyName(lab snapshot.Lab, t NameTrace) []Cause {
	q := newSearch(lab, t)
	var found []Cause
	switch {
	case t.Direct != nil:
		found = q.answered(*t.Direct)
	case len(t.Resolved.Addrs) > 0:
		found = q.misnamed()
	default:
		found = q.unnamed()
	}
	return different(found)
}

// Joined are the causes of a name and of the probe to what came of it: first what
// is sure of the name.
func Joined(name, probe []Cause) []Cause {
	sure := slices.IndexFunc(name, func(c Cause) bool { return !c.Sure })
	if sure < 0 {
		sure = len(name)
	}
	if sure > 0 && name[0].Kind != FirstServerDead {
		probe = placed(probe) // that nobody has the address has been said
	}
	return different(slices.Concat(name[:sure], probe, name[sure:]))
}

// search is the search for the cause of one failure to find a name.
type search struct {
	lab        snapshot.Lab
	t          NameTrace
	from       string // the namespace
	name, typ  string // as it was typed, and which records are wanted
	files      nss.Files
	hosts      nss.Hosts
	resolv     nss.Resolv
	sources    nss.Switch
	candidates []string // the names that the library asks for, see asAsked
	all        []exchange
}

func newSearch(lab snapshot.Lab, t NameTrace) *search {
	q := &search{lab: lab, t: t, from: place(t.Resolved.From), name: t.Resolved.Name, typ: "A"}
	if t.Resolved.Family == 6 {
		q.typ = "AAAA"
	}
	s, _ := lab.Space(q.from)
	q.files = s.Names
	q.hosts = nss.ReadHosts(q.files.Hosts.Text)
	q.resolv = nss.ReadResolv(q.files.Resolv.Text)
	for i, s := range q.resolv.Servers {
		q.resolv.Servers[i].Addr = reached(s.Addr)
	}
	q.sources = nss.ReadSwitch(q.files.Switch.Text)
	for _, name := range q.resolv.Candidates(q.name) {
		q.candidates = append(q.candidates, asAsked(name))
	}
	if t.Direct != nil {
		q.name, q.typ, q.from = t.Direct.Question.Name, t.Direct.Question.Type, place(t.Direct.From)
		q.candidates = []string{asAsked(q.name)}
	}
	q.all = append(q.exchanges(t.Resolved.Heard), q.besides()...)
	if t.Direct != nil {
		q.all = append(q.exchanges(t.Direct.Heard), q.all...)
		q.all = append(q.all, q.asking(*t.Direct))
	}
	for _, d := range t.Asked {
		q.all = append(q.all, q.asking(d))
	}
	return q
}

// reached is the address that a question to a server goes to: the unspecified
// one is this machine itself (ip(7)).
func reached(server netip.Addr) netip.Addr {
	switch server {
	case netip.IPv4Unspecified():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case netip.IPv6Unspecified():
		return netip.IPv6Loopback()
	}
	return server
}

// asAsked is a name as questions have it: absolute, and in small letters.
func asAsked(name string) string { return strings.ToLower(dns.Canonical(name)) }

// family is that of the addresses that are wanted.
func (q *search) family() int {
	if q.typ == "AAAA" {
		return 6
	}
	return 4
}

// source says that nsswitch.conf names a source.
func (q *search) source(name string) bool {
	return slices.ContainsFunc(q.sources.Sources, func(s nss.Source) bool { return s.Name == name })
}

// before says that one source is asked before another one.
func (q *search) before(one, other string) bool {
	at := func(name string) int {
		return slices.IndexFunc(q.sources.Sources, func(s nss.Source) bool { return s.Name == name })
	}
	return at(one) >= 0 && (at(other) < 0 || at(one) < at(other))
}

// owner is the namespace that has the address of a server, as seen by who
// asks; empty: nobody.
func (q *search) owner(asker string, a netip.Addr) string { return trace.Owner(q.lab, asker, a) }

// listens says that something waits for questions in a namespace.
func listens(s snapshot.Space) bool {
	return slices.ContainsFunc(s.Sockets, func(k snapshot.Socket) bool { return k.Proto == "udp" && k.Port == dns.Port })
}

// servers are the namespaces with a name server.
func servers(lab snapshot.Lab) []string {
	var out []string
	for _, s := range lab.Spaces {
		if listens(s) {
			out = append(out, s.Name)
		}
	}
	return out
}

// blame is a cause of the search: in a namespace, with a command that shows it.
func (q *search) blame(kind Kind, space string, sure bool, text, look string, evidence ...string) Cause {
	return Cause{Finding: Finding{text, eachOnce(strings.Join(evidence, "\n"))}, Kind: kind, Space: space, Look: look, Sure: sure}
}

// shown is a name as a sentence has it: without its last dot.
func shown(name string) string {
	if name == "." {
		return "the root"
	}
	return strings.TrimSuffix(name, ".")
}

// cat shows a file as the programs of a namespace see it.
func cat(space, file string) string {
	_, _, exec := programs(space)
	return exec + "cat /etc/" + file
}

// dig asks a server, from a namespace.
func dig(space string, server netip.Addr, name, typ string, more ...string) string {
	_, _, exec := programs(space)
	return strings.Join(append([]string{exec + "dig @" + server.String(), cmp.Or(name, "."), typ}, more...), " ")
}
