package scenario

import (
	"net/netip"

	"netlab/internal/check"
)

func reachRecord(r *check.Reach) record {
	names := func(to *[]string) value {
		return many[string]{to, func(s *string) value { return spaces(s) }, 1, maxList}
	}
	return record{title: "reach", doc: "Each namespace pings the first global address of each other one. With `not: true`: none is answered. Give `among`, or `from` and `to`.", fields: []field{
		{"among", names(&r.Among), false, "all ordered pairs of these namespaces"},
		{"from", names(&r.From), false, "who pings"},
		{"to", names(&r.To), false, "who is pinged"},
		{"family", ipFamily(&r.Family), false, "whether IPv4 (left out) or IPv6 addresses are pinged"},
	}}
}

func pathRecord(p *check.Path) record {
	return record{title: "path", doc: "The way from `in` to `to` is exactly so, as traceroute shows it.", fields: []field{
		in(&p.In),
		{"to", address(&p.To), true, "where the packet goes"},
		{"hops", many[netip.Addr]{&p.Hops, func(a *netip.Addr) value { return hop(a) }, 1, maxHops}, true, "who answers, router by router, and `to` at the end; `silent`: one that does not answer (at the end of the list: nobody behind it either)"},
	}}
}

func seenRecord(s *check.Seen) record {
	mac := func(to **check.Interface) value {
		return inside[check.Interface]{to, func(i *check.Interface) record { return interfaceRecord(&i.In, &i.Dev) }, nil}
	}
	return record{title: "seen", doc: "While `in` pings `to` once, the echo request comes by the interface `at`, for whomever it is. With `not: true` it does not, and nothing else is claimed of it.", fields: []field{
		{"at", interfaceRecord(&s.At.In, &s.At.Dev), true, "the interface that is watched"},
		in(&s.In),
		{"to", address(&s.To), true, "where the request goes"},
		{"reply", truth(&s.Reply), false, "look for the reply, not for the request"},
		{"source", address(&s.Source), false, "the source address that the frame has there"},
		{"ttl", number(&s.TTL, 1, 255), false, "the time to live that it has there"},
		{"mac_from", mac(&s.MACFrom), false, "the interface whose MAC address it comes from"},
		{"mac_to", mac(&s.MACTo), false, "the interface whose MAC address it is for"},
	}}
}

func lookupRecord(l *check.Lookup) record {
	return record{title: "lookup", doc: "Asked how to send to an address (`ip route get`), the kernel answers so; what is left out may be anything.", fields: []field{
		in(&l.In),
		{"to", address(&l.To), true, "the address that is asked about"},
		{"via", address(&l.Via), false, "the gateway"},
		{"dev", named(&l.Dev, linkName()), false, "the interface"},
		{"from", address(&l.From), false, "the source address that the kernel chooses"},
		{"error", oneOf(&l.Error, pingErrors()[2:]...), false, "with `not: true`, and without the others: the error with which it refuses"},
	}}
}

func conntrackRecord(c *check.Conntrack) record {
	return record{title: "conntrack", doc: "The kernel's connection tracking has such an entry; what is left out may be anything, but not all. Needs `requires: [conntrack]`.", fields: []field{
		in(&c.In),
		{"from", address(&c.From), false, "where the packets of the connection come from"},
		{"to", address(&c.To), false, "where they go"},
		{"reply_to", address(&c.ReplyTo), false, "where the replies go: with source NAT, the address that was written"},
	}}
}
