package kernel

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// ruleMore is the parts of a rule that have no field in a snapshot, in the words
// of "ip rule" and in its order.
func ruleMore(b []byte) string {
	values := map[uint16][]byte{}
	for kind, v := range attrs(b[sizeofRuleHdr:]) {
		values[kind] = v
	}
	var words []string
	if tos := b[3]; tos != 0 {
		words = append(words, fmt.Sprintf("tos 0x%02x", tos))
	}
	for _, kind := range []uint16{
		unix.FRA_L3MDEV, unix.FRA_UID_RANGE, unix.FRA_IP_PROTO, unix.FRA_SPORT_RANGE, unix.FRA_DPORT_RANGE, unix.FRA_TUN_ID,
		unix.FRA_SUPPRESS_PREFIXLEN, unix.FRA_SUPPRESS_IFGROUP,
	} {
		if v, ok := values[kind]; ok {
			words = append(words, ruleWord(kind, v)...)
		}
	}
	return strings.Join(words, " ")
}

func ruleWord(kind uint16, v []byte) []string {
	switch kind {
	case unix.FRA_L3MDEV:
		if u8(v) != 0 {
			return []string{"l3mdev"}
		}
	case unix.FRA_UID_RANGE:
		if len(v) >= 8 {
			return []string{"uidrange", fmt.Sprintf("%d-%d", u32(v), u32(v[4:]))}
		}
	case unix.FRA_IP_PROTO:
		return []string{"ipproto", ipProto(u8(v))}
	case unix.FRA_SPORT_RANGE:
		return []string{"sport", portRange(v)}
	case unix.FRA_DPORT_RANGE:
		return []string{"dport", portRange(v)}
	case unix.FRA_TUN_ID:
		return []string{"tun_id", fmt.Sprint(be64(v))}
	case unix.FRA_SUPPRESS_PREFIXLEN:
		return limit("suppress_prefixlength", v)
	case unix.FRA_SUPPRESS_IFGROUP:
		return limit("suppress_ifgroup", v)
	}
	return nil
}

// limit is a number that is -1 where a rule has none.
func limit(word string, v []byte) []string {
	if n := int32(u32(v)); n != -1 {
		return []string{word, fmt.Sprint(n)}
	}
	return nil
}

// portRange is a struct fib_rule_port_range: one port, or from and to.
func portRange(v []byte) string {
	if len(v) < 4 {
		return ""
	}
	if from, to := u16(v), u16(v[2:]); from != to {
		return fmt.Sprintf("%d-%d", from, to)
	}
	return fmt.Sprint(u16(v))
}

// ipProto is the name of a protocol over IP that lessons use, else its number as
// ip writes it.
func ipProto(n uint8) string {
	switch n {
	case unix.IPPROTO_ICMP:
		return "icmp"
	case unix.IPPROTO_TCP:
		return "tcp"
	case unix.IPPROTO_UDP:
		return "udp"
	case unix.IPPROTO_ICMPV6:
		return "ipv6-icmp"
	}
	return fmt.Sprintf("ipproto-%d", n)
}
