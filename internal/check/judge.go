package check

import (
	"cmp"
	"fmt"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Outcome is what became of a check. Want and Got are parts of a sentence
// ("up", "10.1.1.2 answers"); Cause is one line, and empty when the check
// is OK.
type Outcome struct {
	OK    bool
	Want  string
	Got   string
	Cause string
}

// verdict is what one predicate finds, before Not is applied.
type verdict struct {
	holds bool
	blind string // not empty: the subject of the claim is missing, so that neither the claim nor its contrary can be seen
	want  string // what the claim asks for
	deny  string // what its contrary asks for
	got   string
	cause string // why the claim does not hold
	shows string // why it holds, for a claim that must not
}

// Judge decides a check. Found is what the probe found that the check asks
// for, and empty for a check of the state.
//
// A claim about something that is missing fails, negated or not: a check that
// passes because its subject is gone would be blind. The subject is the
// namespace, for every predicate but namespace itself; the interface, bridge
// or port that an addr, route, neigh or fdb check names, and the interface of
// of_dev; the nodes that a check of names says are asked; the interface of a link check which asks for more than its being
// there (its other end and its bridge are no subjects: they may be missing);
// the setting of a sysctl check; nftables in the kernel for rules; the address
// of each namespace of a reach check. A ping or a question that was not really
// sent fails likewise.
func Judge(c Check, now snapshot.Lab, found measure.Found) Outcome {
	v := judge(c, now, found)
	switch {
	case v.blind != "" && c.Not:
		return Outcome{Want: v.deny, Got: v.blind, Cause: v.cause}
	case v.blind != "":
		return Outcome{Want: v.want, Got: v.blind, Cause: v.cause}
	case c.Not && v.holds:
		return Outcome{Want: v.deny, Got: v.got, Cause: cmp.Or(v.shows, "it is still so: nothing has changed it")}
	case c.Not:
		return Outcome{OK: true, Want: v.deny, Got: v.got}
	case v.holds:
		return Outcome{OK: true, Want: v.want, Got: v.got}
	}
	return Outcome{Want: v.want, Got: v.got, Cause: cmp.Or(v.cause, "nothing has made it so")}
}

func judge(c Check, now snapshot.Lab, found measure.Found) verdict {
	switch {
	case c.Ping != nil && c.Not:
		return c.Ping.fails(now, found.Ping)
	case c.Ping != nil:
		return c.Ping.answered(now, found.Ping)
	case c.Reach != nil:
		return c.Reach.judge(now, found.Pings, c.Not)
	case c.Path != nil:
		return c.Path.judge(now, found.Path)
	case c.Seen != nil:
		return c.Seen.judge(now, found.Seen, c.Not)
	case c.Lookup != nil:
		return c.Lookup.judge(now, found.Lookup, c.Not)
	case c.Conntrack != nil:
		return c.Conntrack.judge(now, found.Connections)
	case c.Resolves != nil:
		return c.Resolves.judge(now, found.Resolved, c.Not)
	case c.DNS != nil && c.Not:
		return c.DNS.fails(now, found.DNS)
	case c.DNS != nil:
		return c.DNS.answered(now, found.DNS)
	case c.Namespace != nil:
		return c.Namespace.judge(now)
	case c.Link != nil:
		return c.Link.judge(now)
	case c.Addr != nil:
		return c.Addr.judge(now)
	case c.Route != nil:
		return c.Route.judge(now)
	case c.Neigh != nil:
		return c.Neigh.judge(now)
	case c.FDB != nil:
		return c.FDB.judge(now)
	case c.Sysctl != nil:
		return c.Sysctl.judge(now)
	case c.Rules != nil:
		return c.Rules.judge(now)
	}
	return verdict{want: "a claim", deny: "a claim", blind: "the check claims nothing", cause: "a check makes one claim"}
}

// subject finds the namespace and the interfaces that a check speaks about.
func (v *verdict) subject(now snapshot.Lab, in string, links ...string) snapshot.Space {
	s, ok := now.Space(place(in))
	if !ok {
		v.blind = "there is no namespace " + place(in)
		v.cause = "a check cannot see into a namespace that does not exist"
		return s
	}
	for _, l := range links {
		if _, ok := s.Link(l); l != "" && !ok && v.blind == "" {
			v.blind = fmt.Sprintf("there is no interface %s in %s", l, s.Name)
			v.cause = diagnose.Missing(now, in, l)
		}
	}
	return s
}

func (n Namespace) judge(now snapshot.Lab) verdict {
	v := verdict{want: "a namespace " + n.Name, deny: "no namespace " + n.Name}
	if _, v.holds = now.Space(place(n.Name)); v.holds {
		v.got = "there is a namespace " + n.Name
		return v
	}
	v.got = "there is no namespace " + n.Name
	v.cause = diagnose.Namespace(now, n.Name)
	return v
}

func (s Sysctl) judge(now snapshot.Lab) verdict {
	v := verdict{want: s.Key + " = " + s.Value, deny: s.Key + " other than " + s.Value}
	space := v.subject(now, s.In)
	if v.blind != "" {
		return v
	}
	value, known := space.Sysctls[s.Key]
	if !known {
		v.blind = "the value of " + s.Key + " is not known"
		v.cause = "this kernel has no such setting, or netlab does not read it"
		return v
	}
	v.holds = value == s.Value
	v.got = s.Key + " = " + value
	return v
}

func (r Rules) judge(now snapshot.Lab) verdict {
	v := verdict{want: plural(r.Count, "nftables rule"), deny: "another number than " + plural(r.Count, "nftables rule")}
	if r.Count == 0 {
		v.deny = "nftables rules"
	}
	space := v.subject(now, r.In)
	if v.blind != "" {
		return v
	}
	if space.Rules < 0 {
		v.blind = "the rules cannot be counted"
		v.cause = "this kernel has no nftables"
		return v
	}
	v.holds = space.Rules == r.Count
	v.got = plural(space.Rules, "nftables rule")
	return v
}

func plural(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
