package op

import (
	"errors"
	"net/netip"
)

// Query is a line that asks. Words of ip that have no place here make
// ParseQuery fail; the caller then asks the real ip.
type Query struct {
	Netns  string
	Family Family
	Object string // link, addr, route, neigh, netns, rule, maddr, fdb, bridge-link, sysctl
	Verb   string // show, get (a route), list, identify, pids (namespaces)
	Dev    string // only this interface; empty: all
	To     string // address or network that is asked for, process ID, namespace, or sysctl key with dots
	Master string // only ports of this bridge; for fdb: "br NAME"
	Kind   string // only links of this kind
	Table  string // routing table: a name, a number or all
	Up     bool   // only interfaces that are up
	// Dynamic leaves the permanent entries out of a forwarding table.
	Dynamic bool
	Brief   bool // -br; for sysctl: -n, the value alone
	Stats   bool
	// Details, Oneline and JSON are -d, -o and -j.
	Details bool
	Oneline bool
	JSON    bool
	Args    []string // the line as it was given
}

// ParseQuery reads a line that asks. Besides ip, bridge and sysctl it knows
// the old command route, bare or with -n. The error is a *SyntaxError.
func ParseQuery(args []string) (Query, error) {
	r := newReader(args)
	if err := r.program(); err != nil {
		return Query{}, err
	}
	if r.query == nil {
		return Query{}, r.fail(0, "does not ask but changes something", nil, nil)
	}
	q := *r.query
	q.Args = args
	return q, nil
}

// ask reads the rest of a line that asks.
func (r *reader) ask(object, verb string) error {
	q := &Query{
		Netns: r.line.Netns, Family: r.line.Family, Object: object, Verb: verb,
		Brief: r.shown.brief, Stats: r.shown.stats, Details: r.shown.details,
		Oneline: r.shown.oneline, JSON: r.shown.json,
	}
	if object == "port" {
		q.Object = "bridge-link"
	}
	return r.question(q)
}

func (r *reader) question(q *Query) error {
	r.query = q
	return r.fill(q.fields)
}

// oldRoute reads the command route of net-tools, as far as it only asks.
func (r *reader) oldRoute() error {
	r.keyword("route", "the old program for the routing table; now it is ip route")
	q := &Query{Netns: r.line.Netns, Object: "route", Verb: "show"}
	if r.peek() == "-n" {
		r.keyword("-n", "numbers instead of names")
	}
	if r.more() {
		return r.fail(r.at, "is left to the real command", []string{"-n"}, nil)
	}
	return r.question(q)
}

// fields lists what narrows the answer down.
func (q *Query) fields() []field {
	dev := field{key: "dev", val: ifname(&q.Dev), bare: true, help: "only this interface"}
	switch q.Object + " " + q.Verb {
	case "link show", "addr show":
		return section("addr show", q.linkFilters(dev)...)
	case "route show":
		return section("route show", q.routeFilters()...)
	case "route get":
		return section("route get", field{key: "to", val: target(&q.To, false), need: true, bare: true, help: "the address to which a packet would go"})
	case "neigh show":
		dev.bare = false
		return section("neigh show", dev, field{key: "to", val: target(&q.To, true), bare: true, help: "only these neighbours"})
	case "maddr show":
		return section("maddr show", dev)
	case "bridge-link show", "fdb show":
		dev.bare = false
		return section("bridge show", q.bridgeFilters(dev)...)
	case "netns identify":
		return section("netns", field{val: word(&q.To, "PID"), bare: true, help: "the process; without one, the one that asks"})
	case "netns pids":
		return section("netns", field{val: nsname(&q.To), need: true, bare: true, help: "the namespace"})
	case "sysctl show":
		return section("sysctl", field{val: sysctlKey(&q.To), need: true, bare: true, help: "the setting"})
	}
	return nil
}

func (q *Query) linkFilters(dev field) []field {
	rows := []field{
		dev,
		{key: "up", val: given(&q.Up, "up"), help: "only interfaces that are up"},
		{key: "master", val: ifname(&q.Master), help: "only ports of this bridge"},
		{key: "type", val: anyKind(&q.Kind), help: "only interfaces of this sort"},
	}
	if q.Object == "addr" {
		rows = append(rows, field{key: "to", val: target(&q.To, true), help: "only addresses in this network"})
	}
	return rows
}

func (q *Query) bridgeFilters(dev field) []field {
	rows := []field{
		dev,
		{key: "br", val: onlyName(&q.Master), help: "only the table of this bridge"},
		{key: "master", val: onlyName(&q.Master), help: "only the ports of this bridge"},
	}
	if q.Object == "fdb" {
		rows = append(rows, field{key: "dynamic", val: given(&q.Dynamic, "dynamic"), help: "without the permanent entries: what was learned"})
	}
	return rows
}

func (q *Query) routeFilters() []field {
	return []field{
		{key: "table", val: numbered(&q.Table, "TABLE", tables()+" all", 1<<32-1, "a routing table"), help: "the routing table; main when not said"},
		{key: "dev", also: "oif", val: ifname(&q.Dev), help: "only routes through this interface"},
		{key: "to", val: target(&q.To, true), bare: true, help: "only the route to this network"},
	}
}

// questionVocabulary gives the words that ip knows in a line that asks.
func questionVocabulary(section string) string {
	switch section {
	case "addr show":
		return "to scope up dynamic permanent secondary temporary primary dadfailed deprecated tentative " +
			"home mngtmpaddr nodad noprefixroute autojoin label group master vrf nomaster novf type dev help*"
	case "route show":
		return "table* cached* cloned* metric* tos dsfield* protocol* scope* type* dev oif=dev iif mark via src realms* from* " +
			"vrf* nhid to root* match* exact* help*"
	case "route get":
		return "tos dsfield* from* iif* mark* oif* dev notify* connected* vrf* uid* ipproto* sport* dport* fibmatch* as to help*"
	case "neigh show":
		return "dev master vrf nomaster unused nud proxy protocol* extern_learn to help*"
	}
	return ""
}

// target is an address or a network that is asked for.
func target(p *string, network bool) value {
	return value{
		holder: "ADDRESS",
		set: func(word string) error {
			if network && (word == "default" || word == "all" || word == "any") {
				*p = "default"
				return nil
			}
			got, masked, err := parsePrefix(word)
			switch {
			case err != nil:
				return err
			case !masked:
				*p = got.Addr().String()
			case network:
				*p = got.String()
			default:
				return errors.New("is not one address")
			}
			return nil
		},
		about: func() string {
			if got, err := netip.ParsePrefix(*p); err == nil {
				return aboutNetwork(got)
			}
			if a, err := netip.ParseAddr(*p); err == nil {
				return aboutAddr(a)
			}
			return "every address that no other route covers"
		},
	}
}

// anyKind is the type of a link, also one that netlab cannot make.
func anyKind(p *string) value {
	v := word(p, "KIND")
	v.about = func() string {
		if about := aboutKind(*p); about != "" {
			return about
		}
		return "a sort of interface that is not one of netlab's lessons"
	}
	return v
}

// word is any word of the kind that names are made of.
func word(p *string, holder string) value {
	return value{
		holder: holder,
		set: func(word string) error {
			if !plainName(word, 63) {
				return errors.New("is not a name")
			}
			*p = word
			return nil
		},
		name: true,
	}
}

// sysctlKey is the name of a setting; it is kept with dots.
func sysctlKey(p *string) value {
	return value{
		holder: "KEY",
		set: func(word string) error {
			key, err := dotted(word)
			if err == nil {
				*p = key
			}
			return err
		},
		about: func() string {
			if about := aboutKey(*p); about != "" {
				return about
			}
			return "the file /proc/sys/" + SysctlPath(*p)
		},
	}
}
