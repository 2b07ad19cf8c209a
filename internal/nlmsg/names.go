package nlmsg

import (
	"fmt"
	"strconv"
	"strings"

	"netlab/internal/complaint"
)

// The types of messages that are no rtnetlink message, and those that are
// needed by number (linux/netlink.h, linux/rtnetlink.h).
const (
	typeError   = 2
	typeDone    = 3
	firstRoute  = 16 // RTM_BASE
	typeNewNSID = 88
)

const familyBridge = 7 // AF_BRIDGE in linux/socket.h

// typeName is the name of a message's type.
func typeName(kind uint16) string {
	switch kind {
	case 1:
		return "NLMSG_NOOP"
	case typeError:
		return "NLMSG_ERROR"
	case typeDone:
		return "NLMSG_DONE"
	case 4:
		return "NLMSG_OVERRUN"
	}
	if kind >= firstRoute {
		objects := map[uint16]string{
			0: "LINK", 1: "ADDR", 2: "ROUTE", 3: "NEIGH", 4: "RULE", 5: "QDISC", 6: "TCLASS", 7: "TFILTER", 8: "ACTION",
			9: "PREFIX", 12: "NEIGHTBL", 16: "NETCONF", 17: "MDB", 18: "NSID", 19: "STATS", 21: "CHAIN", 22: "NEXTHOP",
			23: "LINKPROP", 24: "VLAN",
		}
		verbs := []string{"NEW", "DEL", "GET", "SET"}
		if object := objects[(kind-firstRoute)/4]; object != "" {
			return "RTM_" + verbs[(kind-firstRoute)%4] + object
		}
	}
	return "type " + strconv.Itoa(int(kind))
}

// The flags of an answer that say how its rest is read.
const (
	flagCapped  = 0x100
	flagAckTLVs = 0x200
)

// flagNames names the flags of a message. Those from 0x100 on mean something
// else for each verb.
func flagNames(kind, flags uint16) string {
	names := []bit{
		{0x1, "NLM_F_REQUEST"}, {0x2, "NLM_F_MULTI"}, {0x4, "NLM_F_ACK"}, {0x8, "NLM_F_ECHO"},
		{0x10, "NLM_F_DUMP_INTR"}, {0x20, "NLM_F_DUMP_FILTERED"},
	}
	switch {
	case kind == typeError || kind == typeDone:
		names = append(names, bit{flagCapped, "NLM_F_CAPPED"}, bit{flagAckTLVs, "NLM_F_ACK_TLVS"})
	case kind < firstRoute:
	case kind%4 == 0: // new
		names = append(names, bit{0x100, "NLM_F_REPLACE"}, bit{0x200, "NLM_F_EXCL"}, bit{0x400, "NLM_F_CREATE"}, bit{0x800, "NLM_F_APPEND"})
	case kind%4 == 1: // del
		names = append(names, bit{0x100, "NLM_F_NONREC"}, bit{0x200, "NLM_F_BULK"})
	case kind%4 == 2: // get
		names = append(names, bit{0x300, "NLM_F_DUMP"}, bit{0x100, "NLM_F_ROOT"}, bit{0x200, "NLM_F_MATCH"}, bit{0x400, "NLM_F_ATOMIC"})
	}
	return bits(uint32(flags), names)
}

// bit is one or more bits of a number and their name.
type bit struct {
	mask uint32
	name string
}

// bits names the bits of a number; those without a name stay a number.
func bits(n uint32, names []bit) string {
	if n == 0 {
		return "0"
	}
	var words []string
	for _, b := range names {
		if n&b.mask == b.mask {
			words = append(words, b.name)
			n &^= b.mask
		}
	}
	if n != 0 {
		words = append(words, fmt.Sprintf("%#x", n))
	}
	return strings.Join(words, "|")
}

// says is what the last answer means.
func says(kind uint16, number int32) string {
	switch {
	case number != 0:
		return errorName(number)
	case kind == typeDone:
		return "the end of the list"
	}
	return "ACK: done"
}

// errorName is an error number as an answer has it, less than zero.
func errorName(number int32) string {
	switch e := complaint.ByNumber(int(-int64(number))); {
	case number == 0:
		return "0"
	case e.Name != "":
		return fmt.Sprintf("-%s (%d): %s", e.Name, e.Number, e.Text)
	}
	return strconv.Itoa(int(number))
}

// words finds the name of a number in a list of NUMBER:name.
func words(n uint32, list string) string {
	for entry := range strings.FieldsSeq(list) {
		number, name, _ := strings.Cut(entry, ":")
		if number == strconv.FormatUint(uint64(n), 10) {
			return name
		}
	}
	return ""
}

func familyName(n uint32) string {
	return numbered(words(n, "0:AF_UNSPEC 1:AF_UNIX 2:AF_INET 7:AF_BRIDGE 10:AF_INET6 17:AF_PACKET 28:AF_MPLS 128:RTNL_FAMILY_IPMR 129:RTNL_FAMILY_IP6MR"), n)
}

func linkType(n uint32) string {
	return numbered(words(n, "0:0 1:ARPHRD_ETHER 65534:ARPHRD_NONE 768:ARPHRD_TUNNEL 769:ARPHRD_TUNNEL6 772:ARPHRD_LOOPBACK 776:ARPHRD_SIT 778:ARPHRD_IPGRE"), n)
}

func linkFlags(n uint32) string {
	if n == 1<<32-1 {
		return "0xffffffff"
	}
	return bits(n, []bit{
		{1 << 0, "IFF_UP"}, {1 << 1, "IFF_BROADCAST"}, {1 << 2, "IFF_DEBUG"}, {1 << 3, "IFF_LOOPBACK"}, {1 << 4, "IFF_POINTOPOINT"},
		{1 << 5, "IFF_NOTRAILERS"}, {1 << 6, "IFF_RUNNING"}, {1 << 7, "IFF_NOARP"}, {1 << 8, "IFF_PROMISC"}, {1 << 9, "IFF_ALLMULTI"},
		{1 << 10, "IFF_MASTER"}, {1 << 11, "IFF_SLAVE"}, {1 << 12, "IFF_MULTICAST"}, {1 << 13, "IFF_PORTSEL"},
		{1 << 14, "IFF_AUTOMEDIA"}, {1 << 15, "IFF_DYNAMIC"}, {1 << 16, "IFF_LOWER_UP"}, {1 << 17, "IFF_DORMANT"}, {1 << 18, "IFF_ECHO"},
	})
}

func addrFlags(n uint32) string {
	return bits(n, []bit{
		{0x01, "IFA_F_SECONDARY"}, {0x02, "IFA_F_NODAD"}, {0x04, "IFA_F_OPTIMISTIC"}, {0x08, "IFA_F_DADFAILED"},
		{0x10, "IFA_F_HOMEADDRESS"}, {0x20, "IFA_F_DEPRECATED"}, {0x40, "IFA_F_TENTATIVE"}, {0x80, "IFA_F_PERMANENT"},
		{0x100, "IFA_F_MANAGETEMPADDR"}, {0x200, "IFA_F_NOPREFIXROUTE"}, {0x400, "IFA_F_MCAUTOJOIN"}, {0x800, "IFA_F_STABLE_PRIVACY"},
	})
}

func routeFlags(n uint32) string {
	return bits(n, append(nextHopBits(),
		bit{0x100, "RTM_F_NOTIFY"}, bit{0x200, "RTM_F_CLONED"}, bit{0x400, "RTM_F_EQUALIZE"}, bit{0x800, "RTM_F_PREFIX"},
		bit{0x1000, "RTM_F_LOOKUP_TABLE"}, bit{0x2000, "RTM_F_FIB_MATCH"}, bit{0x4000, "RTM_F_OFFLOAD"}, bit{0x8000, "RTM_F_TRAP"},
	))
}

func nextHopBits() []bit {
	return []bit{
		{1, "RTNH_F_DEAD"}, {2, "RTNH_F_PERVASIVE"}, {4, "RTNH_F_ONLINK"}, {8, "RTNH_F_OFFLOAD"}, {16, "RTNH_F_LINKDOWN"},
		{32, "RTNH_F_UNRESOLVED"}, {64, "RTNH_F_TRAP"},
	}
}

func neighState(n uint32) string {
	if n == 0 {
		return "NUD_NONE"
	}
	return bits(n, []bit{
		{0x01, "NUD_INCOMPLETE"}, {0x02, "NUD_REACHABLE"}, {0x04, "NUD_STALE"}, {0x08, "NUD_DELAY"}, {0x10, "NUD_PROBE"},
		{0x20, "NUD_FAILED"}, {0x40, "NUD_NOARP"}, {0x80, "NUD_PERMANENT"},
	})
}

func neighFlags(n uint32) string {
	return bits(n, []bit{
		{0x01, "NTF_USE"}, {0x02, "NTF_SELF"}, {0x04, "NTF_MASTER"}, {0x08, "NTF_PROXY"}, {0x10, "NTF_EXT_LEARNED"},
		{0x20, "NTF_OFFLOADED"}, {0x40, "NTF_STICKY"}, {0x80, "NTF_ROUTER"},
	})
}

func filterFlags(n uint32) string {
	return bits(n, []bit{
		{0x1, "RTEXT_FILTER_VF"}, {0x2, "RTEXT_FILTER_BRVLAN"}, {0x4, "RTEXT_FILTER_BRVLAN_COMPRESSED"}, {0x8, "RTEXT_FILTER_SKIP_STATS"},
		{0x10, "RTEXT_FILTER_MRP"}, {0x20, "RTEXT_FILTER_CFM_CONFIG"}, {0x40, "RTEXT_FILTER_CFM_STATUS"}, {0x80, "RTEXT_FILTER_MST"},
	})
}

func routeProto(n uint32) string {
	return numbered(words(n, "0:RTPROT_UNSPEC 1:RTPROT_REDIRECT 2:RTPROT_KERNEL 3:RTPROT_BOOT 4:RTPROT_STATIC 9:RTPROT_RA 12:RTPROT_BIRD 16:RTPROT_DHCP 42:RTPROT_BABEL 186:RTPROT_BGP 187:RTPROT_ISIS 188:RTPROT_OSPF 189:RTPROT_RIP"), n)
}

func routeType(n uint32) string {
	return numbered(words(n, "0:RTN_UNSPEC 1:RTN_UNICAST 2:RTN_LOCAL 3:RTN_BROADCAST 4:RTN_ANYCAST 5:RTN_MULTICAST 6:RTN_BLACKHOLE 7:RTN_UNREACHABLE 8:RTN_PROHIBIT 9:RTN_THROW 10:RTN_NAT 11:RTN_XRESOLVE"), n)
}

func scopeName(n uint32) string {
	return numbered(words(n, "0:RT_SCOPE_UNIVERSE 200:RT_SCOPE_SITE 253:RT_SCOPE_LINK 254:RT_SCOPE_HOST 255:RT_SCOPE_NOWHERE"), n)
}

func tableName(n uint32) string {
	return numbered(words(n, "0:RT_TABLE_UNSPEC 252:RT_TABLE_COMPAT 253:RT_TABLE_DEFAULT 254:RT_TABLE_MAIN 255:RT_TABLE_LOCAL"), n)
}

// operState is what IF_OPER_ says of a link (linux/if.h, RFC 2863).
func operState(n uint32) string {
	return numbered(words(n, "0:IF_OPER_UNKNOWN 1:IF_OPER_NOTPRESENT 2:IF_OPER_DOWN 3:IF_OPER_LOWERLAYERDOWN 4:IF_OPER_TESTING 5:IF_OPER_DORMANT 6:IF_OPER_UP"), n)
}

func addrGen(n uint32) string {
	return numbered(words(n, "0:IN6_ADDR_GEN_MODE_EUI64 1:IN6_ADDR_GEN_MODE_NONE 2:IN6_ADDR_GEN_MODE_STABLE_PRIVACY 3:IN6_ADDR_GEN_MODE_RANDOM"), n)
}

func portState(n uint32) string {
	return numbered(words(n, "0:BR_STATE_DISABLED 1:BR_STATE_LISTENING 2:BR_STATE_LEARNING 3:BR_STATE_FORWARDING 4:BR_STATE_BLOCKING"), n)
}
