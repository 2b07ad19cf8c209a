package scenario

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"netlab/internal/check"
)

// predicates are the keys of a check of which exactly one is given.
func predicates(c *check.Check) []field {
	return []field{
		{"ping", inside[check.Ping]{&c.Ping, pingRecord, nil}, false, "an echo request is answered"},
		{"reach", inside[check.Reach]{&c.Reach, reachRecord, nil}, false, "several namespaces ping each other, and all are answered"},
		{"path", inside[check.Path]{&c.Path, pathRecord, nil}, false, "the way of a packet, hop by hop"},
		{"seen", inside[check.Seen]{&c.Seen, seenRecord, nil}, false, "a frame comes by an interface"},
		{"lookup", inside[check.Lookup]{&c.Lookup, lookupRecord, nil}, false, "the kernel would send so to an address"},
		{"conntrack", inside[check.Conntrack]{&c.Conntrack, conntrackRecord, nil}, false, "the kernel follows a connection"},
		{"resolves", inside[check.Resolves]{&c.Resolves, resolvesRecord, nil}, false, "a name leads to addresses"},
		{"dns", inside[check.DNS]{&c.DNS, dnsRecord, nil}, false, "a name server answers a question so"},
		{"namespace", inside[check.Namespace]{&c.Namespace, namespaceRecord, func(n *check.Namespace) value { return named(&n.Name, spaceName()) }}, false, "the network namespace exists"},
		{"link", inside[check.Link]{&c.Link, linkRecord, nil}, false, "an interface exists, and is as said"},
		{"addr", inside[check.Addr]{&c.Addr, addrRecord, nil}, false, "an interface has an address"},
		{"route", inside[check.Route]{&c.Route, routeRecord, nil}, false, "the routing table has a route"},
		{"neigh", inside[check.Neigh]{&c.Neigh, neighRecord, nil}, false, "the link-layer address of a neighbour is known"},
		{"fdb", inside[check.FDB]{&c.FDB, fdbRecord, nil}, false, "a bridge has learned where an interface is"},
		{"sysctl", inside[check.Sysctl]{&c.Sysctl, sysctlRecord, nil}, false, "a kernel setting has a value"},
		{"rules", inside[check.Rules]{&c.Rules, rulesRecord, nil}, false, "a namespace has so many nftables rules"},
	}
}

func checkRecord(c *check.Check) record {
	common := []field{
		{"says", line(&c.Says, maxText), true, "the claim as a sentence"},
		{"not", truth(&c.Not), false, "the claim is that the predicate does not hold"},
		{"within", span(&c.Within), false, "how long to wait until it is true; left out: netlab's own limit"},
	}
	words := predicateWords(c)
	return record{title: "a check", doc: "One claim: a sentence, and exactly one of the predicates " + list(words) + ".",
		fields: append(common, predicates(c)...),
		verify: func(d *decoder, n *yaml.Node) { verifyCheck(d, n, c, words) },
		refine: func(s *schema) {
			for _, word := range words {
				s.OneOf = append(s.OneOf, &schema{Required: []string{word}})
			}
			s.allowTemplates()
		}}
}

func predicateWords(c *check.Check) []string {
	var words []string
	for _, f := range predicates(c) {
		words = append(words, f.key)
	}
	return words
}

func verifyCheck(d *decoder, n *yaml.Node, c *check.Check, words []string) {
	before := len(d.errs)
	var given []string
	for i := 0; i < len(n.Content); i += 2 {
		if slices.Contains(words, n.Content[i].Value) {
			given = append(given, n.Content[i].Value)
		}
	}
	switch {
	case len(given) == 0:
		d.fail(n, "the check has no predicate", "one of: "+list(words))
	case len(given) > 1:
		d.fail(n, "the check has more than one predicate: "+list(given), "write two checks, each with its own sentence")
	case c.Ping != nil:
		verifyPing(d, at(n, "ping"), c)
	case c.DNS != nil && c.DNS.Error != "" && !c.Not:
		d.fail(at(at(n, "dns"), "error"), "error says how a question fails, and this one must be answered", "add not: true to the check, or remove error")
	case c.Link != nil && c.Not:
		verifyNoLink(d, at(n, "link"), c.Link)
	case c.Namespace != nil && c.Namespace.Name == "host":
		d.fail(at(n, "namespace"), "host is always there: it is where the lab begins", "")
	}
	if err := c.Validate(); err != nil && len(d.errs) == before {
		d.fail(at(n, given[0]), err.Error(), "")
	}
}

func verifyPing(d *decoder, n *yaml.Node, c *check.Check) {
	if c.Ping.Error != "" && !c.Not {
		d.fail(at(n, "error"), "error says how a ping fails, and this one must be answered", "add not: true to the check, or remove error")
	}
	if c.Ping.TTL != 0 && c.Not {
		d.fail(at(n, "ttl"), "ttl is about the answer, and this ping must have none", "remove ttl")
	}
}

// verifyNoLink keeps a negated check clear: of two properties nobody knows
// which one is not so.
func verifyNoLink(d *decoder, n *yaml.Node, l *check.Link) {
	given := 0
	for i := 0; i < len(n.Content); i += 2 {
		if !slices.Contains([]string{"in", "name", "peer_in"}, n.Content[i].Value) {
			given++
		}
	}
	if given > 1 {
		d.fail(n, fmt.Sprintf("a negated check of link %s may name one property, not %d", l.Name, given), "write one check for each")
	}
}

func in(to *string) field {
	return field{"in", named(to, spaceName()), true, "the namespace; `host` is the lab's own root"}
}

func pingRecord(p *check.Ping) record {
	return record{title: "ping", doc: "An echo request from `in` to `to` is answered.", fields: []field{
		in(&p.In),
		{"to", address(&p.To), true, "where the request goes"},
		{"ttl", number(&p.TTL, 1, 255), false, "the time to live with which the answer arrives"},
		{"error", oneOf(&p.Error, pingErrors()...), false, "with `not: true`: how it fails. `silent`: no answer; `unreachable`: an ICMP error comes back; else the error of the kernel here"},
	}}
}

// pingErrors are the words for a failed ping: the names are those of errno(3).
func pingErrors() []string {
	return []string{"silent", "unreachable", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "ENETDOWN", "EACCES", "EPERM", "EINVAL"}
}

func namespaceRecord(n *check.Namespace) record {
	return record{title: "namespace", doc: "The network namespace exists. Short form: `namespace: ns1`.", fields: []field{
		{"name", named(&n.Name, spaceName()), true, "its name, as `ip netns list` shows it"},
	}}
}

func linkRecord(l *check.Link) record {
	return record{title: "link", doc: "The interface exists, and everything given here is so. In a negated check at most one property is given.", fields: []field{
		in(&l.In),
		{"name", named(&l.Name, linkName()), true, "its name"},
		{"kind", oneOf(&l.Kind, "veth", "bridge", "vxlan", "dummy", "loopback", "macvlan", "ipvlan", "vlan", "tun"), false, "what it is"},
		{"up", maybeTruth(&l.Up), false, "somebody switched it on (`ip link set … up`)"},
		{"state", oneOf(&l.State, "up", "down", "lowerlayerdown", "unknown", "dormant", "testing", "notpresent"), false, "its state, as `ip link` prints it after the word state"},
		{"carrier", maybeTruth(&l.Carrier), false, "the other end of the cable is there and switched on"},
		{"peer", named(&l.Peer, linkName()), false, "the other end of a veth"},
		{"peer_in", named(&l.PeerIn, spaceName()), false, "the namespace of the other end; left out: the same as `in`"},
		{"master", master(&l.Master), false, "the bridge whose port it is; `none`: of no bridge"},
		{"mtu", number(&l.MTU, 68, 65536), false, "the largest packet, in bytes"},
	}, verify: func(d *decoder, n *yaml.Node) {
		if l.PeerIn != "" && l.Peer == "" {
			d.fail(at(n, "peer_in"), "peer_in without peer", "peer: the name of the other end")
		}
		if l.Peer != "" && l.PeerIn == "" {
			l.PeerIn = l.In
		}
	}, refine: func(s *schema) { s.DependentRequired = map[string][]string{"peer_in": {"peer"}} }}
}

func addrRecord(a *check.Addr) record {
	return record{title: "addr", doc: "The interface has the address; without `is`: any address (IPv6 link-local ones do not count).", fields: []field{
		in(&a.In),
		{"dev", named(&a.Dev, linkName()), true, "the interface"},
		{"is", addressAndLength(&a.Prefix), false, "the address with its prefix length"},
		{"flag", oneOf(&a.Flag, check.Flags()...), false, "what the kernel says of the IPv6 address `is`: `tentative` while duplicate address detection goes on, `dadfailed` when another one has it"},
	}, refine: func(s *schema) { s.DependentRequired = map[string][]string{"flag": {"is"}} }}
}

func routeRecord(r *check.Route) record {
	return record{title: "route", doc: "The main routing table has the route; what is left out may be anything.", fields: []field{
		in(&r.In),
		{"to", destination(&r.Dst), false, "the destination; left out: any. `default` is the one of IPv4, `::/0` that of IPv6"},
		{"via", address(&r.Via), false, "the gateway"},
		{"dev", named(&r.Dev, linkName()), false, "the interface"},
	}}
}

func neighRecord(g *check.Neigh) record {
	return record{title: "neigh", doc: "The link-layer address of a neighbour is known (an ARP or NDP entry that is in use).", fields: []field{
		in(&g.In),
		{"of", address(&g.Addr), false, "the neighbour; left out: any"},
		{"dev", named(&g.Dev, linkName()), false, "the interface"},
	}}
}

func fdbRecord(f *check.FDB) record {
	return record{title: "fdb", doc: "The bridge has learned, on a port, the MAC address of an interface.", fields: []field{
		in(&f.In),
		{"bridge", named(&f.Bridge, linkName()), true, "the bridge"},
		{"port", named(&f.Port, linkName()), false, "the port; left out: any"},
		{"of", interfaceRecord(&f.OfIn, &f.OfDev), false, "the interface whose MAC address is meant; left out: any"},
	}}
}

func interfaceRecord(space, dev *string) record {
	return record{title: "an interface", doc: "Where an interface is.", fields: []field{
		in(space),
		{"dev", named(dev, linkName()), true, "the interface"},
	}}
}

func sysctlRecord(s *check.Sysctl) record {
	return record{title: "sysctl", doc: "The kernel setting has the value in this namespace.", fields: []field{
		in(&s.In),
		{"key", sysctl(&s.Key), true, "the setting, with dots"},
		{"is", word(&s.Value), true, "its value"},
	}}
}

func rulesRecord(r *check.Rules) record {
	return record{title: "rules", doc: "The namespace has exactly so many nftables rules, in all its tables.", fields: []field{
		in(&r.In),
		{"count", number(&r.Count, 0, 100000), true, "how many"},
	}}
}

// anchor is how a Markdown heading is linked to.
func anchor(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") }
