package kernel

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// The words of iproute2 for numbers of the kernel (rtnetlink(7), and
// iproute2's own tables under /etc/iproute2). A number is its own word where
// there is none.

// named is a word of iproute2 and its number.
type named struct {
	word   string
	number int
}

// lookup finds the number of a word, or reads a number that is at most limit.
func lookup(table []named, word string, limit uint64) (uint64, bool) {
	for _, n := range table {
		if n.word == word {
			return uint64(n.number), true
		}
	}
	n, err := strconv.ParseUint(word, 0, 32)
	return n, err == nil && n <= limit
}

// wordFor is the word for a number; the number itself if there is none.
func wordFor(table []named, number int) string {
	for _, n := range table {
		if n.number == number {
			return n.word
		}
	}
	return strconv.Itoa(number)
}

// names are all the tables.
var names = struct{ scopes, tables, protos, types, nuds []named }{
	scopes: []named{{"global", 0}, {"site", 200}, {"link", 253}, {"host", 254}, {"nowhere", 255}},
	tables: []named{{"unspec", 0}, {"default", 253}, {"main", 254}, {"local", 255}},
	protos: []named{
		{"unspec", 0}, {"redirect", 1}, {"kernel", 2}, {"boot", 3}, {"static", 4}, {"gated", 8}, {"ra", 9}, {"mrt", 10},
		{"zebra", 11}, {"bird", 12}, {"dnrouted", 13}, {"xorp", 14}, {"ntk", 15}, {"dhcp", 16}, {"keepalived", 18},
		{"babel", 42}, {"openr", 99}, {"bgp", 186}, {"isis", 187}, {"ospf", 188}, {"rip", 189}, {"eigrp", 192},
	},
	types: []named{
		{"none", unix.RTN_UNSPEC}, {"unicast", unix.RTN_UNICAST}, {"local", unix.RTN_LOCAL}, {"broadcast", unix.RTN_BROADCAST},
		{"anycast", unix.RTN_ANYCAST}, {"multicast", unix.RTN_MULTICAST}, {"blackhole", unix.RTN_BLACKHOLE},
		{"unreachable", unix.RTN_UNREACHABLE}, {"prohibit", unix.RTN_PROHIBIT}, {"throw", unix.RTN_THROW},
		{"nat", unix.RTN_NAT}, {"xresolve", unix.RTN_XRESOLVE},
	},
	nuds: []named{
		{"none", unix.NUD_NONE}, {"incomplete", unix.NUD_INCOMPLETE}, {"reachable", unix.NUD_REACHABLE},
		{"stale", unix.NUD_STALE}, {"delay", unix.NUD_DELAY}, {"probe", unix.NUD_PROBE}, {"failed", unix.NUD_FAILED},
		{"noarp", unix.NUD_NOARP}, {"permanent", unix.NUD_PERMANENT},
	},
}

func scopeNumber(word string) (uint8, bool) {
	n, ok := lookup(names.scopes, word, 255)
	return uint8(n), ok
}

func typeNumber(word string) (uint8, bool) {
	n, ok := lookup(names.types, word, 255)
	return uint8(n), ok
}

func protoNumber(word string) (uint8, bool) {
	n, ok := lookup(names.protos, word, 255)
	return uint8(n), ok
}

func nudNumber(word string) (uint16, bool) {
	n, ok := lookup(names.nuds, word, 255)
	return uint16(n), ok
}

func tableNumber(word string) (uint32, bool) {
	n, ok := lookup(names.tables, word, 1<<32-1)
	return uint32(n), ok
}
