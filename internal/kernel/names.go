package kernel

import (
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// The words of iproute2 for numbers of the kernel (rtnetlink(7), and
// iproute2's own tables under /etc/iproute2). A number is its own word where
// there is none.

func scopes() map[string]int {
	return map[string]int{"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}
}

func tables() map[string]int {
	return map[string]int{"unspec": 0, "default": 253, "main": 254, "local": 255}
}

func protos() map[string]int {
	return map[string]int{
		"unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
		"bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "babel": 42, "openr": 99,
		"bgp": 186, "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192,
	}
}

func types() map[string]int {
	return map[string]int{
		"none": unix.RTN_UNSPEC, "unicast": unix.RTN_UNICAST, "local": unix.RTN_LOCAL, "broadcast": unix.RTN_BROADCAST,
		"anycast": unix.RTN_ANYCAST, "multicast": unix.RTN_MULTICAST, "blackhole": unix.RTN_BLACKHOLE,
		"unreachable": unix.RTN_UNREACHABLE, "prohibit": unix.RTN_PROHIBIT, "throw": unix.RTN_THROW, "nat": unix.RTN_NAT,
		"xresolve": unix.RTN_XRESOLVE,
	}
}

func nuds() map[string]int {
	return map[string]int{
		"none": unix.NUD_NONE, "incomplete": unix.NUD_INCOMPLETE, "reachable": unix.NUD_REACHABLE, "stale": unix.NUD_STALE,
		"delay": unix.NUD_DELAY, "probe": unix.NUD_PROBE, "failed": unix.NUD_FAILED, "noarp": unix.NUD_NOARP,
		"permanent": unix.NUD_PERMANENT,
	}
}

// number finds a word, or reads a number that is at most limit.
func number(words map[string]int, word string, limit uint64) (uint64, bool) {
	if n, ok := words[word]; ok {
		return uint64(n), true
	}
	n, err := strconv.ParseUint(word, 0, 32)
	return n, err == nil && n <= limit
}

func scopeNumber(word string) (uint8, bool) {
	n, ok := number(scopes(), word, 255)
	return uint8(n), ok
}

func typeNumber(word string) (uint8, bool) {
	n, ok := number(types(), word, 255)
	return uint8(n), ok
}

func protoNumber(word string) (uint8, bool) {
	n, ok := number(protos(), word, 255)
	return uint8(n), ok
}

func nudNumber(word string) (uint16, bool) {
	n, ok := number(nuds(), word, 255)
	return uint16(n), ok
}

func tableNumber(word string) (uint32, bool) {
	n, ok := number(tables(), word, 1<<32-1)
	return uint32(n), ok
}

// word is the word for a number; the number itself if there is none.
func word(words map[string]int, n int) string {
	for _, w := range slices.Sorted(maps.Keys(words)) {
		if words[w] == n {
			return w
		}
	}
	return strconv.Itoa(n)
}
