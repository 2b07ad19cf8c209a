package scenario

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"

	"go.yaml.in/yaml/v3"

	"netlab/internal/check"
	"netlab/internal/dns"
)

func resolvesRecord(r *check.Resolves) record {
	return record{title: "resolves", doc: "The resolver library of `in` (`getent ahostsv4`) finds addresses for a name; with `not: true` it finds none. What is given besides is so, too. " + learns,
		fields: []field{
			in(&r.In),
			{"name", domain(&r.Name), true, "the name, as a program would look it up"},
			{"family", ipFamily(&r.Family), false, "whether IPv4 (left out) or IPv6 addresses are looked for. With 6 it is `getent ahostsv6`: a node without an IPv6 address looks for none, and a source that has only an IPv4 address ends the search"},
			{"to", oneOrMany[netip.Addr]{&r.To, func(a *netip.Addr) value { return address(a) }}, false, "the address that is found, or a list: these and no others"},
			{"tries", many[string]{&r.Tries, func(s *string) value { return domain(s) }, 0, maxList}, false, "the names that `in` asks name servers for meanwhile, in the order of their first question; `[]`: it asks for none"},
			asksField(&r.Asks, "the nodes that get a question meanwhile, from whomever, in the order of their first; `[]`: none does"),
			{"waits", span(&r.Waits), false, "it takes at least so long"},
		}}
}

// learns is what holds of all checks of names.
const learns = "The question is a real one. What a caching server learns by it stays, and nobody asks again when one has learned something."

func dnsRecord(d *check.DNS) record {
	return record{title: "dns", doc: "A name server answers a question so (as `dig` shows it); with `not: true` the question fails. " + learns,
		fields: []field{
			in(&d.In),
			{"server", address(&d.Server), true, "the address of the server"},
			{"name", domain(&d.Name), true, "the name that is asked about, in full: no search list is used"},
			{"type", oneOf(&d.Type, check.DNSTypes()...), false, "the type of the records; left out: A"},
			{"tcp", truth(&d.TCP), false, "ask by TCP"},
			{"is", oneOrMany[string]{&d.Is, word}, false, "the data of the records of that type, or a list: these and no others"},
			{"alias", domain(&d.Alias), false, "the name that the name is another one for (CNAME)"},
			{"refers", domain(&d.Refers), false, "the zone whose servers the server names instead of answering itself"},
			{"authoritative", maybeTruth(&d.Authoritative), false, "whether the server has the zone itself (`aa`)"},
			{"ttl", seconds32(&d.TTL), false, "the time to live of the records, in seconds"},
			{"ttlbelow", seconds32(&d.TTLBelow), false, "their time to live is below this: the answer has been kept for a while"},
			asksField(&d.Asks, "the nodes besides the server that get a question meanwhile, in the order of their first; `[]`: none does"),
			{"error", oneOf(&d.Error, check.DNSErrors()...), false, "with `not: true`: how it fails. `nodata`: there is such a name, but no record of the type; `timeout`: no answer; `closed`: nothing listens there; `ENETUNREACH`: there is no way"},
		}}
}

func asksField(to *[]string, doc string) field {
	return field{"asks", many[string]{to, func(s *string) value { return named(s, spaceName()) }, 0, maxList}, false, doc}
}

// maxDomain is how long a name can be written: 255 octets (RFC 1035, section
// 2.3.4), each as \DDD.
const maxDomain = 4 * dns.MaxName

// domain is the name of a machine or a zone.
func domain(to *string) value {
	return scalar[string]{to: to, name: "a name, such as web.example.lan", tags: text(), shape: schema{Type: "string", Pattern: `^(\.|(\\.|[^.\\\s])+(\.(\\.|[^.\\\s])+)*\.?)$`, MaxLength: maxDomain},
		parse: func(s string) (string, *problem) {
			if err := dns.CheckName(s); err != nil {
				return "", &problem{err.Error(), ""}
			}
			for _, r := range s {
				if r <= ' ' || r > '~' {
					return "", &problem{fmt.Sprintf("%q is not a name: it has characters besides letters, digits and signs", cut(s)), ""}
				}
			}
			return s, nil
		}}
}

// seconds32 is a time to live (RFC 2181, section 8).
func seconds32(to *uint32) value {
	low, high := 1, math.MaxInt32
	return scalar[uint32]{to: to, name: "a number of seconds from 1 on", tags: []string{"!!int"}, shape: schema{Type: "integer", Minimum: &low, Maximum: &high},
		parse: func(s string) (uint32, *problem) {
			n, err := strconv.Atoi(s)
			if err != nil || n < low || n > high || strconv.Itoa(n) != s {
				return 0, &problem{fmt.Sprintf("%s is not a number of seconds from %d to %d", cut(s), low, high), ""}
			}
			return uint32(n), nil
		}}
}

// oneOrMany is one value, or a list of such.
type oneOrMany[T any] struct {
	to   *[]T
	item func(*T) value
}

func (v oneOrMany[T]) list() many[T] { return many[T]{v.to, v.item, 1, maxList} }

func (v oneOrMany[T]) words() string { return v.item(new(T)).words() + ", or a list of such" }

func (v oneOrMany[T]) schema() *schema {
	return &schema{AnyOf: []*schema{v.item(new(T)).schema(), v.list().schema()}}
}

func (v oneOrMany[T]) read(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		v.list().read(d, n)
		return
	}
	*v.to = make([]T, 1)
	v.item(&(*v.to)[0]).read(d, n)
}
