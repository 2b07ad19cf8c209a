package scenario

// Requirement is a word that may stand under requires.
type Requirement struct {
	Word string
	Doc  string // what it means, one line
	// Program is the command that must be on PATH; empty: only the kernel matters.
	Program string
	// Kind is the link type that the kernel must be able to make; empty: none.
	Kind string
}

// Requirements lists every word that may stand under requires. Whether this
// machine has them is the business of package machine.
func Requirements() []Requirement {
	return []Requirement{
		{"veth", "the kernel makes virtual cables", "", "veth"},
		{"bridge", "the kernel makes bridges", "", "bridge"},
		{"vxlan", "the kernel makes VXLAN tunnels", "", "vxlan"},
		{"dummy", "the kernel makes dummy interfaces", "", "dummy"},
		{"ipv6", "the kernel speaks IPv6", "", ""},
		{"nft", "nftables in the kernel, and its program nft", "nft", ""},
		{"nft-nat", "NAT by nftables (masquerade), and the program nft", "nft", ""},
		{"conntrack", "the kernel follows connections, and lists them", "", ""},
		{"ip", "the program ip (iproute2)", "ip", ""},
		{"route", "the program route (net-tools)", "route", ""},
		{"iptables", "the program iptables", "iptables", ""},
		{"curl", "the program curl", "curl", ""},
		{"dig", "the program dig", "dig", ""},
		{"getent", "the program getent", "getent", ""},
		{"tcpdump", "the program tcpdump", "tcpdump", ""},
	}
}

func requirementWords() []string {
	var words []string
	for _, r := range Requirements() {
		words = append(words, r.Word)
	}
	return words
}

func requirements(to *[]string) value {
	return many[string]{to, func(s *string) value {
		one := choice(s, requirementWords())
		one.about = "[words](#the-words-of-requires)"
		return one
	}, 1, maxList}
}
