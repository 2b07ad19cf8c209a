package op

import "strings"

// A vocabulary lists the words that ip knows at one place of a line, in the
// order in which ip tries them, separated by spaces. "word*" may be cut short,
// as far as no earlier word matches: ip takes the first that fits. A plain
// word must be written in full. "word*=other" is another spelling of other.
// Words that no row has are there too, so that an abbreviation never means
// here what it does not mean to ip. Source: iproute2 6.1, tried by hand.

// lookup finds the word in the vocabulary and gives it in full.
func lookup(vocabulary, word string) (string, bool) {
	if word == "" {
		return "", false
	}
	for entry := range strings.FieldsSeq(vocabulary) {
		name, canon := spelling(entry)
		full := strings.TrimSuffix(name, "*")
		if word == full || full != name && strings.HasPrefix(full, word) {
			return canon, true
		}
	}
	return "", false
}

// spelling splits an entry into the word and what it stands for.
func spelling(entry string) (name, canon string) {
	name, canon, other := strings.Cut(entry, "=")
	if !other {
		canon = strings.TrimSuffix(name, "*")
	}
	return name, canon
}

// spellings lists all words of a vocabulary in full.
func spellings(vocabulary string) []string {
	var all []string
	for entry := range strings.FieldsSeq(vocabulary) {
		name, _ := spelling(entry)
		all = append(all, strings.TrimSuffix(name, "*"))
	}
	return all
}

// vocabulary gives the words that ip knows in a section of a line.
func vocabulary(section string) string {
	switch section {
	case "link", "peer":
		return "up down name index link* address* broadcast* brd txqueuelen* qlen txqlen* mtu " +
			"xdpgeneric xdpdrv xdpoffload xdp netns multicast allmulticast promisc trailers arp " +
			"carrier vf master* vrf nomaster* dynamic* type* alias* group mode state numtxqueues* " +
			"numrxqueues* addrgenmode* link-netns* link-netnsid* protodown protodown_reason " +
			"gso_max_size gso_max_segs gro_max_size parentdev dev help*"
	case "veth":
		return "peer"
	case "vxlan":
		return "id* vni*=id group* remote* local* dev* ttl* hoplimit* tos* dsfield* df label* " +
			"flowlabel* ageing* maxaddress* port* srcport* dstport* nolearning* learning* noproxy* " +
			"proxy* norsc* rsc* nol2miss* l2miss* nol3miss* l3miss* udpcsum* noudpcsum* " +
			"udp6zerocsumtx* noudp6zerocsumtx* udp6zerocsumrx* noudp6zerocsumrx* remcsumtx* " +
			"noremcsumtx* remcsumrx* noremcsumrx* external* noexternal* vnifilter gbp* gpe* help*"
	case "bridge":
		return "forward_delay* hello_time* max_age* ageing_time* stp_state* priority* " +
			"vlan_filtering* vlan_protocol* group_fwd_mask* group_address* fdb_flush* " +
			"vlan_default_pvid* vlan_stats_enabled* vlan_stats_per_port* mcast_router* " +
			"mcast_snooping* mcast_query_use_ifaddr* mcast_querier* help*"
	case "addr":
		return "peer remote=peer broadcast* brd=broadcast anycast scope dev label metric* priority* " +
			"preference* valid_lft* preferred_lft* home mngtmpaddr nodad noprefixroute autojoin local help*"
	case "route":
		return "src as* via from tos dsfield* expires metric* priority*=metric preference=metric scope mtu hoplimit " +
			"advmss reordering* rtt rto_min window* cwnd* initcwnd* initrwnd* features* quickack* " +
			"congctl* rttvar* ssthresh* realms* onlink nexthop nhid protocol*=proto table* vrf* dev oif=dev " +
			"pref* encap ttl-propagate fastopen_no_cookie* to help*"
	case "neigh":
		return "lladdr* nud proxy* router managed use extern_learn* dev protocol* to help*"
	case "fdb":
		return "dev dst nhid port vni src_vni via self master* router* local*=permanent permanent* " +
			"temp*=static static* dynamic* vlan* use* extern_learn* sticky* to help*"
	}
	return questionVocabulary(section)
}
