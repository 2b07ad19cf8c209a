package nss

import "net/netip"

// Looked says for which family a name is looked up by somebody who wants
// family 4, 6 or 0 (both), in a namespace that has these addresses. Where it
// has none of the family, nothing is looked up at all, not even in hosts. That
// is what AI_ADDRCONFIG of getaddrinfo(3) makes of it, which getent ahosts…,
// ping and most programs use. 127.0.0.1 and ::1 do not count.
func Looked(addrs []netip.Addr, family int) (as int, looked bool) {
	four, six := false, false
	for _, a := range addrs {
		four = four || a.Is4() && a != netip.AddrFrom4([4]byte{127, 0, 0, 1})
		six = six || a.Is6() && a != netip.IPv6Loopback()
	}
	switch {
	case family == 4:
		return 4, four
	case family == 6:
		return 6, six
	case four && !six:
		return 4, true
	case six && !four:
		return 6, true
	}
	return 0, true
}
