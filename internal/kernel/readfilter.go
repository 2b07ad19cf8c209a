package kernel

import (
	"errors"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// nftables is what the kernel says about the rules of a namespace: all but
// their texts, which only nft can write.
type nftables struct {
	chains []snapshot.Filter // each as a snapshot has it where it ends
	rules  []snapshot.Filter // without text
	gen    uint32            // grows with each change of the rules; counters do not change it
}

// readNFT reads the rules of the calling thread's namespace; nil if this kernel
// has no nftables.
func readNFT(buf []byte) *nftables {
	c, err := dial(unix.NETLINK_NETFILTER, buf)
	if err != nil {
		return nil
	}
	defer c.close()
	chains, err := c.dump(func() *nl.NetlinkRequest { return nftRequest(unix.NFT_MSG_GETCHAIN) })
	if err != nil {
		return nil
	}
	t := &nftables{}
	if len(chains) == 0 {
		return t
	}
	for _, b := range chains {
		t.chains = append(t.chains, readChain(b))
	}
	rules, err := c.dump(func() *nl.NetlinkRequest { return nftRequest(unix.NFT_MSG_GETRULE) })
	if err != nil {
		return nil
	}
	for _, b := range rules {
		t.rules = append(t.rules, readRule(b))
	}
	t.gen = nftGeneration(c)
	return t
}

// nftRequest asks for things of any family.
func nftRequest(what int) *nl.NetlinkRequest {
	// The header is struct nfgenmsg: any family, version 0, no resource.
	req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|what, 0)
	req.AddData(raw{unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, 0})
	return req
}

func nftGeneration(c *conn) uint32 {
	b, err := c.get(nftRequest(unix.NFT_MSG_GETGEN))
	if err != nil || len(b) < sizeofNfgenmsg {
		return 0
	}
	for kind, v := range attrs(b[sizeofNfgenmsg:]) {
		if kind == unix.NFTA_GEN_ID {
			return be32(v)
		}
	}
	return 0
}

// nftFamily is the word of nft for a family (NFPROTO_ in linux/netfilter.h).
func nftFamily(n uint8) string {
	switch n {
	case unix.NFPROTO_INET:
		return "inet"
	case unix.NFPROTO_IPV4:
		return "ip"
	case unix.NFPROTO_IPV6:
		return "ip6"
	case unix.NFPROTO_ARP:
		return "arp"
	case unix.NFPROTO_BRIDGE:
		return "bridge"
	case unix.NFPROTO_NETDEV:
		return "netdev"
	}
	return ""
}

// hookName is the word of nft for a hook of a family.
func hookName(family string, n uint32) string {
	words := []string{"prerouting", "input", "forward", "output", "postrouting", "ingress"}
	switch family {
	case "arp":
		words = []string{"input", "output", "forward"}
	case "netdev":
		words = []string{"ingress", "egress"}
	}
	if int(n) >= len(words) {
		return ""
	}
	return words[n]
}

// nftObject is the beginning of what nftables says of a chain or a rule, and the
// attributes behind it.
func nftObject(b []byte) (snapshot.Filter, []byte) {
	if len(b) < sizeofNfgenmsg {
		return snapshot.Filter{}, nil
	}
	return snapshot.Filter{Tool: "nft", Family: nftFamily(b[0])}, b[sizeofNfgenmsg:]
}

func readChain(b []byte) snapshot.Filter {
	f, rest := nftObject(b)
	for kind, v := range attrs(rest) {
		switch kind {
		case unix.NFTA_CHAIN_TABLE:
			f.Table = cString(v)
		case unix.NFTA_CHAIN_NAME:
			f.Chain = cString(v)
		case unix.NFTA_CHAIN_TYPE:
			f.Type = cString(v)
		case unix.NFTA_CHAIN_POLICY:
			f.Policy = policyWord(be32(v))
		case unix.NFTA_CHAIN_HOOK:
			readHook(&f, v)
		}
	}
	return f
}

// policyWord is what a chain does in the end (NF_DROP and NF_ACCEPT).
func policyWord(n uint32) string {
	if n == 0 {
		return "drop"
	}
	return "accept"
}

func readHook(f *snapshot.Filter, b []byte) {
	for kind, v := range attrs(b) {
		switch kind {
		case unix.NFTA_HOOK_HOOKNUM:
			f.Hook = hookName(f.Family, be32(v))
		case unix.NFTA_HOOK_PRIORITY:
			f.Priority = int(int32(be32(v)))
		}
	}
}

func readRule(b []byte) snapshot.Filter {
	f, rest := nftObject(b)
	for kind, v := range attrs(rest) {
		switch kind {
		case unix.NFTA_RULE_TABLE:
			f.Table = cString(v)
		case unix.NFTA_RULE_CHAIN:
			f.Chain = cString(v)
		case unix.NFTA_RULE_HANDLE:
			f.Handle = be64(v)
		case unix.NFTA_RULE_EXPRESSIONS:
			for _, e := range attrs(v) {
				readCounter(&f, e)
			}
		}
	}
	return f
}

// readCounter takes what a rule has counted, if the expression is its counter.
func readCounter(f *snapshot.Filter, b []byte) {
	var name string
	for kind, v := range attrs(b) {
		switch {
		case kind == unix.NFTA_EXPR_NAME:
			name = cString(v)
		case kind == unix.NFTA_EXPR_DATA && name == "counter":
			f.Counted = true
			f.Packets, f.Bytes = readCount(v)
		}
	}
}

func readCount(b []byte) (packets, bytes uint64) {
	for kind, v := range attrs(b) {
		switch kind {
		case unix.NFTA_COUNTER_PACKETS:
			packets = be64(v)
		case unix.NFTA_COUNTER_BYTES:
			bytes = be64(v)
		}
	}
	return packets, bytes
}

// filters puts chains and rules together with the texts of the rules: each
// chain with its rules, and then what it does in the end. It fails if a text is
// missing: then the rules have changed meanwhile.
func (t *nftables) filters(texts map[ruleKey]string) ([]snapshot.Filter, error) {
	var all []snapshot.Filter
	for _, c := range t.chains {
		for _, r := range t.rules {
			if r.Family != c.Family || r.Table != c.Table || r.Chain != c.Chain {
				continue
			}
			text, ok := texts[ruleKey{r.Family, r.Table, r.Handle}]
			if !ok {
				return nil, errOtherRules
			}
			r.Text, r.Type, r.Hook, r.Priority = text, c.Type, c.Hook, c.Priority
			all = append(all, r)
		}
		if c.Hook != "" {
			all = append(all, c)
		}
	}
	return all, nil
}

var errOtherRules = errors.New("the rules have changed while they were read")
