package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// The kinds of faults in resolv.conf(5).
func resolvKinds() []Kind {
	return []Kind{
		{Name: "no-nameserver", Title: "resolv.conf names no nameserver", at: served(noNameserver)},
		{Name: "wrong-nameserver", Title: "resolv.conf names a machine that is no name server", at: served(wrongNameserver)},
		{Name: "first-nameserver-dead", Title: "the first nameserver in resolv.conf does not answer: each name takes long", at: served(firstDead)},
		{Name: "resolv-conf-mistake", Title: "a line of resolv.conf is not written as it should be, and does not count", at: served(resolvMistake)},
		{Name: "search-missing", Title: "a short name, and resolv.conf has no search list", at: served(searchMissing)},
		{Name: "search-wrong", Title: "a short name, and the search list has another domain", at: served(searchWrong)},
		{Name: "ndots-too-high", Title: "the search list is tried before the name itself, and something there has that name", at: served(ndotsTooHigh)},
	}
}

// resolv is a fault in the sender's resolv.conf.
func (n *naming) resolv(says, what string, after []string) Fault {
	f := rewritten(n.place(n.files.Resolv, "resolv.conf"), n.files.Resolv, after)
	f.Cause, f.Says = Cause{In: n.in, What: what}, says
	return f
}

func (n *naming) each(turn func(line string) (string, bool)) []string {
	return each(n.files.Resolv.Text, turn)
}

func noNameserver(n *naming) []Fault {
	after := n.each(func(l string) (string, bool) { return l, first(l) != "nameserver" })
	return []Fault{n.resolv("resolv.conf of "+n.in+" names no nameserver", "", after)}
}

// wrongNameserver has all nameservers wrong: with one that is right, the name
// is found.
func wrongNameserver(n *naming) (out []Fault) {
	asked := n.asked()
	with := func(a netip.Addr) Fault {
		done := false
		after := n.each(func(l string) (string, bool) {
			if first(l) != "nameserver" {
				return l, true
			}
			keep := !done
			done = true
			return "nameserver " + a.String(), keep
		})
		return n.resolv("resolv.conf of "+n.in+" names "+a.String()+", which is no name server", a.String(), after)
	}
	if a, ok := n.nobody(asked[0].Addr); ok {
		f := with(a)
		f.Cause.Also = []Cause{nobodyHas()}
		out = append(out, f)
	}
	if in, a, ok := n.another(asked[0].Addr); ok {
		f := with(a)
		f.Cause.Also = []Cause{{Kind: "service-not-listening", In: in}}
		out = append(out, f)
	}
	return out
}

// firstDead is a new nameserver line before the others, or a first server
// whose cable is out.
func firstDead(n *naming) (out []Fault) {
	asked := n.asked()
	if a, ok := n.nobody(asked[0].Addr); ok {
		after := append([]string{"nameserver " + a.String()}, split(n.files.Resolv.Text)...)
		f := n.resolv("the first nameserver of "+n.in+", "+a.String()+", is nobody", a.String(), after)
		f.Cause.Also = []Cause{{Kind: "wrong-nameserver", In: n.in}, nobodyHas()}
		f.Slow = true
		out = append(out, f)
	}
	if len(asked) < 2 || asked[0].In == n.in {
		return out
	}
	at, _, ok := n.prefixOf(asked[0].In, asked[0].Addr)
	if !ok {
		return out
	}
	return append(out, Fault{
		Cause: Cause{Kind: "link-down", In: at.in, Link: at.link, Also: []Cause{{Kind: "first-nameserver-dead", In: n.in}}},
		Says:  "the first nameserver of " + n.in + ", " + at.in + ", is cut off: its interface " + at.link + " is down",
		Harm:  lines(line(at.in, "link set %s down", at.link)),
		Mend:  append(lines(line(at.in, "link set %s up", at.link)), n.restore(at, true)...),
		Slow:  true,
	})
}

func resolvMistake(n *naming) (out []Fault) {
	typos := []struct{ what, says string }{
		{"namserver", "a letter is missing in the word nameserver"},
		{"address", "its address is no address"},
	}
	for _, typo := range typos {
		after := n.each(func(l string) (string, bool) {
			f := strings.Fields(l)
			switch {
			case first(l) != "nameserver" || len(f) < 2:
				return l, true
			case typo.what == "namserver":
				return "namserver " + f[1], true
			}
			return "nameserver " + f[1] + ".", true
		})
		f := n.resolv("the line nameserver in resolv.conf of "+n.in+" does not count: "+typo.says, typo.what, after)
		f.Cause.Also = []Cause{{Kind: "no-nameserver", In: n.in}}
		out = append(out, f)
	}
	return out
}

// domain is the part of the search list by which a short name is found.
func (n *naming) domain() (string, bool) {
	d, ok := strings.CutPrefix(n.Full, n.Name+".")
	if !ok || d == "" || strings.HasSuffix(n.Name, ".") {
		return "", false
	}
	d = strings.TrimSuffix(d, ".")
	return d, slices.ContainsFunc(split(n.files.Resolv.Text), func(l string) bool {
		return searches(l) && slices.Contains(strings.Fields(l), d)
	})
}

func searches(line string) bool { return first(line) == "search" || first(line) == "domain" }

func searchMissing(n *naming) []Fault {
	d, ok := n.domain()
	if !ok {
		return nil
	}
	after := n.each(func(l string) (string, bool) { return l, !searches(l) })
	f := n.resolv("resolv.conf of "+n.in+" has no search list, and "+n.Name+" alone is no name", d, after)
	f.Cause.Also = []Cause{{Kind: "search-wrong", In: n.in}}
	return []Fault{f}
}

func searchWrong(n *naming) []Fault {
	d, ok := n.domain()
	if !ok {
		return nil
	}
	after := n.each(func(l string) (string, bool) {
		if searches(l) {
			return "search corp.example", true
		}
		return l, true
	})
	f := n.resolv("the search list of "+n.in+" has corp.example instead of "+d, d, after)
	f.Cause.Also = []Cause{{Kind: "search-missing", In: n.in}}
	return []Fault{f}
}

// ndotsTooHigh needs a wildcard in a domain of the search list: else the name
// itself is tried in the end.
func ndotsTooHigh(n *naming) []Fault {
	dots := strings.Count(n.Name, ".")
	if dots == 0 || strings.HasSuffix(n.Name, ".") {
		return nil
	}
	wild := func(d string) bool {
		for _, s := range n.asked() {
			for _, z := range s.Zones {
				if slices.ContainsFunc(z.records(), func(r record) bool { return r.owner == "*."+d+"." }) {
					return true
				}
			}
		}
		return false
	}
	for _, l := range split(n.files.Resolv.Text) {
		if !searches(l) || !slices.ContainsFunc(strings.Fields(l)[1:], wild) {
			continue
		}
		after := append(split(n.files.Resolv.Text), "options ndots:5")
		return []Fault{n.resolv("with ndots:5 in resolv.conf of "+n.in+", a name of fewer dots is looked for in the search list first, and a wildcard there has every name", "ndots:5", after)}
	}
	return nil
}
