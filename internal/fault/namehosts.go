package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// The kinds of faults in hosts(5) and in the line "hosts:" of nsswitch.conf(5).
func hostsKinds() []Kind {
	return []Kind{
		{Name: "stale-hosts-line", Title: "a line of the hosts file has an address that is no longer the machine's", at: named(staleHosts)},
		{Name: "hosts-line-missing", Title: "the hosts file has no line for the name", at: named(hostsMissing)},
		{Name: "hosts-name-typo", Title: "the name is misspelt in the hosts file", at: named(hostsTypo)},
		{Name: "hosts-mistake", Title: "a line of the hosts file is not written as it should be, and does not count", at: named(hostsMistake)},
		{Name: "hosts-other-family", Title: "the hosts file has an address of the other family only", at: named(hostsFamily)},
	}
}

// has says that a line of hosts is about the name.
func (n *naming) has(line string) bool {
	f := strings.Fields(line)
	return first(line) != "" && slices.Contains(f[1:], n.Name)
}

// inHosts says that the hosts file gives the name its address.
func (n *naming) inHosts() bool {
	return slices.ContainsFunc(split(n.files.Hosts.Text), n.has)
}

// onlyHosts says that no name server knows the name.
func (n *naming) onlyHosts() bool { return n.inHosts() && n.Full == "" }

func (n *naming) hosts(says, what string, turn func(line string) string) Fault {
	after := each(n.files.Hosts.Text, func(l string) (string, bool) {
		if n.has(l) {
			l = turn(l)
		}
		return l, l != ""
	})
	f := rewritten(n.place(n.files.Hosts, "hosts"), n.files.Hosts, after)
	f.Cause, f.Says = Cause{In: n.in, What: what}, says
	return f
}

// staleHosts changes the line of the name, or adds one for a name that comes
// from name servers.
func staleHosts(n *naming) (out []Fault) {
	if !n.filesFirst() {
		return nil
	}
	with := func(a netip.Addr) {
		f := n.hosts("the hosts file of "+n.in+" says that "+n.Name+" is "+a.String(), a.String(), func(l string) string {
			return a.String() + " " + strings.Join(strings.Fields(l)[1:], " ")
		})
		if !n.inHosts() {
			after := append(split(n.files.Hosts.Text), a.String()+" "+n.Name)
			g := rewritten(n.place(n.files.Hosts, "hosts"), n.files.Hosts, after)
			f.Harm, f.Mend = g.Harm, g.Mend
		}
		out = append(out, f)
	}
	if a, ok := n.nobody(n.Found); ok {
		with(a)
	}
	if _, a, ok := n.another(n.Found); ok && n.Full != "" && !n.Public.IsValid() { // else nobody could tell which is right
		with(a)
	}
	return out
}

func hostsMissing(n *naming) []Fault {
	if !n.onlyHosts() {
		return nil
	}
	return []Fault{n.hosts("the hosts file of "+n.in+" has no line for "+n.Name, n.Name, func(string) string { return "" })}
}

func hostsTypo(n *naming) []Fault {
	last := len(n.Name) - 1
	if !n.onlyHosts() || last < 2 {
		return nil
	}
	typo := n.Name[:last]
	f := n.hosts("the hosts file of "+n.in+" has "+typo+" instead of "+n.Name, typo, func(l string) string {
		words := strings.Fields(l)
		for i, w := range words {
			if w == n.Name {
				words[i] = typo
			}
		}
		return strings.Join(words, " ")
	})
	f.Cause.Also = []Cause{{Kind: "hosts-line-missing", In: n.in}}
	return []Fault{f}
}

func hostsMistake(n *naming) []Fault {
	if !n.onlyHosts() {
		return nil
	}
	return []Fault{
		n.hosts("the line of "+n.Name+" in the hosts file of "+n.in+" has an address that is none", "address", func(l string) string {
			words := strings.Fields(l)
			words[0] += ".1"
			return strings.Join(words, " ")
		}),
		n.hosts("the line of "+n.Name+" in the hosts file of "+n.in+" has the name before the address", "order", func(l string) string {
			words := strings.Fields(l)
			return n.Name + " " + words[0]
		}),
	}
}

func hostsFamily(n *naming) []Fault {
	if !n.onlyHosts() || !n.Found.Is4() {
		return nil
	}
	return []Fault{n.hosts("the hosts file of "+n.in+" has an IPv6 address for "+n.Name+" only", "family", func(l string) string {
		return "2001:db8::10 " + strings.Join(strings.Fields(l)[1:], " ")
	})}
}
