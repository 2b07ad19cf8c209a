package op

import "strings"

// objects are the things that ip and bridge work on, in the order in which
// they are tried: "n" is neigh and "net" is netns.
func objects(program string) string {
	if program == "bridge" {
		return "link* fdb* mdb* vlan* monitor* help*"
	}
	return "address*=addr addrlabel* maddress*=maddr route* rule* neighbor*=neigh neighbour*=neigh ntable* " +
		"ntbl* link* l2tp* fou* ila* macsec* tunnel* tunl* tuntap* tap* token* tcpmetrics* tcp_metrics* " +
		"monitor* xfrm* mroute* mrule* netns* netconf* vrf* sr* nexthop* mptcp* ioam* help* stats*"
}

// knownObjects are those that this package understands.
func knownObjects(program string) []string {
	if program == "bridge" {
		return []string{"fdb", "link"}
	}
	return []string{"addr", "link", "route", "neigh", "netns", "rule", "maddr"}
}

// knownSpellings are all ways to write them, for a word that is none.
func knownSpellings(program string) []string {
	all := knownObjects(program)
	for entry := range strings.FieldsSeq(objects(program)) {
		if name, object := spelling(entry); objectHelp(program, object) != "" {
			all = append(all, strings.TrimSuffix(name, "*"))
		}
	}
	return all
}

// verbs are what can be done to an object, in the order they are tried.
func verbs(object string) string {
	switch object {
	case "addr":
		return "add* change* chg=change replace* delete*=del show* list*=show lst*=show flush* save* showdump* restore* help*"
	case "link":
		return "add* set* change*=set replace* delete*=del afstats* show* list*=show lst*=show xstats* property* help*"
	case "route":
		return "list*=show show* lst*=show get* add* change* chg=change replace* prepend* append* test* " +
			"delete*=del flush* save* restore* showdump* help*"
	case "neigh":
		return "add* change* chg=change replace* delete*=del get* show* list*=show lst*=show flush* help*"
	case "netns":
		return "list* show*=list lst*=list list-id* help* add* set* delete*=del identify* pids* exec* monitor* attach*"
	case "fdb":
		return "add* append* replace* delete*=del get* show* list*=show lst*=show flush help*"
	case "port":
		return "set* change*=set show* list*=show lst*=show help*"
	}
	return "show* list*=show lst*=show"
}

// knownVerbs are those that this package understands.
func knownVerbs(object string) []string {
	var all []string
	for _, entry := range strings.Fields(verbs(object)) {
		name, verb := spelling(entry)
		known := newOp(object, verb) != nil || asks(object, verb) || verb == "exec"
		if known && strings.TrimSuffix(name, "*") == verb || name == "delete*" {
			all = append(all, verb)
		}
	}
	return all
}

// defaultVerb is what ip does without a verb.
func defaultVerb(object string) string {
	if object == "netns" {
		return "list"
	}
	return "show"
}

// asks tells whether the verb is a question.
func asks(object, verb string) bool {
	switch verb {
	case "show", "list", "identify", "pids":
		return true
	case "get":
		return object == "route"
	}
	return false
}

// newOp makes the empty op of an object and a verb; nil: there is none.
func newOp(object, verb string) Op {
	switch object {
	case "netns":
		return newNetnsOp(verb)
	case "link":
		return newLinkOp(verb)
	case "addr":
		return newAddrOp(verb)
	case "route":
		return newRouteOp(verb)
	case "neigh":
		return newNeighOp(verb)
	case "fdb":
		return newFDBOp(verb)
	case "port":
		if verb == "set" {
			return &PortSet{}
		}
	}
	return nil
}

// objectHelp says what an object is; "" when this package does not know it.
func objectHelp(program, object string) string {
	switch program + " " + object {
	case "ip addr":
		return "the IP addresses of interfaces"
	case "ip link":
		return "the interfaces themselves: network cards, real and virtual"
	case "ip route":
		return "the routing table: which way packets go"
	case "ip neigh":
		return "the neighbours: which MAC address belongs to an IP address on the same network (ARP, ND)"
	case "ip netns":
		return "named network namespaces: networks of their own, apart from all others"
	case "ip rule":
		return "the rules that choose among routing tables"
	case "ip maddr":
		return "the multicast addresses that interfaces listen to"
	case "bridge fdb":
		return "the forwarding database: behind which port a MAC address is"
	case "bridge link":
		return "the ports of bridges"
	}
	return ""
}

// verbHelp says what a verb does.
func verbHelp(verb string) string {
	switch verb {
	case "add":
		return "makes a new one; it is an error if it is there already"
	case "del":
		return "removes one"
	case "set":
		return "changes one that is there"
	case "replace":
		return "makes a new one, or changes the one that is there"
	case "change":
		return "changes one that is there"
	case "append":
		return "adds one more beside those that are there"
	case "flush":
		return "removes all that match"
	case "get":
		return "asks which route the kernel would take, without sending anything"
	case "identify":
		return "says in which namespace a process is"
	case "pids":
		return "lists the processes in a namespace"
	}
	return "shows what there is and changes nothing"
}

// All gives an empty op of each kind, for those who must treat them all.
func All() []Op {
	return []Op{
		&NetnsAdd{}, &NetnsDel{},
		&LinkAdd{}, &LinkSet{}, &LinkDel{},
		&AddrAdd{}, &AddrDel{}, &AddrFlush{},
		&RouteAdd{}, &RouteDel{},
		&NeighAdd{}, &NeighDel{}, &NeighFlush{},
		&FDBAdd{}, &FDBDel{}, &PortSet{}, &SysctlSet{},
	}
}

// Keywords lists the keywords that can follow in the line of o, in the order
// they are printed, for completion. "type veth" and its like bring more of
// them, so that the answer depends on what o holds.
func Keywords(o Op) []string {
	var all []string
	for _, row := range o.fields() {
		all = append(all, row.keywords()...)
	}
	return all
}
