package kernel

import (
	"strconv"
	"strings"

	"netlab/internal/snapshot"
)

// legacyHook is where the old iptables hooks a chain of its own into, and with
// which priority (the tables in linux/netfilter_ipv4.h). An own chain has none.
func legacyHook(table, chain string) (hook, kind string, priority int) {
	hooks := map[string]string{
		"PREROUTING": "prerouting", "INPUT": "input", "FORWARD": "forward", "OUTPUT": "output", "POSTROUTING": "postrouting",
	}
	if hook = hooks[chain]; hook == "" {
		return "", "", 0
	}
	switch table {
	case "raw":
		return hook, "filter", -300
	case "mangle":
		kind = "filter"
		if chain == "OUTPUT" {
			kind = "route"
		}
		return hook, kind, -150
	case "nat":
		priority = -100
		if chain == "INPUT" || chain == "POSTROUTING" {
			priority = 100
		}
		return hook, "nat", priority
	case "security":
		return hook, "filter", 50
	}
	return hook, "filter", 0
}

// legacyFilters reads the output of "iptables-save -c". What the newer iptables
// has made is rules of nft, which are read there: then there are none here.
func legacyFilters(tool, out string) []snapshot.Filter {
	l := legacy{base: snapshot.Filter{Tool: tool, Family: "ip"}, rules: map[string][]snapshot.Filter{}}
	if tool == "ip6tables" {
		l.base.Family = "ip6"
	}
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
			if strings.Contains(line, "nf_tables") || strings.Contains(line, "-nft-") {
				return nil
			}
		case strings.HasPrefix(line, "*"):
			l.base.Table = line[1:]
		case strings.HasPrefix(line, ":"):
			l.chain(strings.Fields(line[1:]))
		case strings.HasPrefix(line, "["):
			l.rule(line)
		case line == "COMMIT":
			l.end()
		}
	}
	return l.all
}

// legacy collects what iptables-save prints: all chains of a table, then all
// its rules.
type legacy struct {
	base   snapshot.Filter // tool, family and the table at hand
	chains []snapshot.Filter
	rules  map[string][]snapshot.Filter
	all    []snapshot.Filter
}

// chain takes a line like "INPUT ACCEPT [12:840]". An own chain has no policy
// but "-".
func (l *legacy) chain(words []string) {
	if len(words) < 2 {
		return
	}
	f := l.base
	f.Chain = words[0]
	f.Hook, f.Type, f.Priority = legacyHook(f.Table, f.Chain)
	if words[1] != "-" {
		f.Policy = strings.ToLower(words[1])
	}
	l.chains = append(l.chains, f)
}

// rule takes a line like "[3:252] -A INPUT -p icmp -j DROP".
func (l *legacy) rule(line string) {
	count, rest, _ := strings.Cut(strings.TrimPrefix(line, "["), "] -A ")
	chain, text, _ := strings.Cut(rest, " ")
	packets, bytes, _ := strings.Cut(count, ":")
	f := l.base
	f.Chain, f.Text, f.Counted = chain, text, true
	f.Hook, f.Type, f.Priority = legacyHook(f.Table, chain)
	f.Packets, _ = strconv.ParseUint(packets, 10, 64)
	f.Bytes, _ = strconv.ParseUint(bytes, 10, 64)
	l.rules[chain] = append(l.rules[chain], f)
}

// end puts each chain's rules before what it does in the end.
func (l *legacy) end() {
	for _, c := range l.chains {
		l.all = append(l.all, l.rules[c.Chain]...)
		if c.Policy != "" {
			l.all = append(l.all, c)
		}
	}
	l.chains, l.rules = nil, map[string][]snapshot.Filter{}
}
