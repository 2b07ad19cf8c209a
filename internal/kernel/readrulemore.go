package kernel

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// ruleWords are the parts of a rule that have no field in a snapshot, in the
// words of "ip rule".
type ruleWords []string

// String is the words in one line.
func (w ruleWords) String() string { return strings.Join(w, " ") }

func (w *ruleWords) add(format string, args ...any) { *w = append(*w, fmt.Sprintf(format, args...)) }

func (w *ruleWords) tos(tos uint8) {
	if tos != 0 {
		w.add("tos 0x%02x", tos)
	}
}

func (w *ruleWords) attr(kind uint16, v []byte) {
	switch kind {
	case unix.FRA_IP_PROTO:
		w.add("ipproto %s", ipProto(u8(v)))
	case unix.FRA_SPORT_RANGE:
		w.add("sport %s", portRange(v))
	case unix.FRA_DPORT_RANGE:
		w.add("dport %s", portRange(v))
	case unix.FRA_UID_RANGE:
		if len(v) >= 8 {
			w.add("uidrange %d-%d", u32(v), u32(v[4:]))
		}
	case unix.FRA_TUN_ID:
		w.add("tun_id %d", be64(v))
	case unix.FRA_L3MDEV:
		if u8(v) != 0 {
			w.add("l3mdev")
		}
	case unix.FRA_SUPPRESS_PREFIXLEN:
		if n := int32(u32(v)); n != -1 {
			w.add("suppress_prefixlength %d", n)
		}
	case unix.FRA_SUPPRESS_IFGROUP:
		if n := int32(u32(v)); n != -1 {
			w.add("suppress_ifgroup %d", n)
		}
	}
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

// ipProto is the name of a protocol over IP that lessons use (RFC 5237), else
// its number.
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
	return fmt.Sprint(n)
}
