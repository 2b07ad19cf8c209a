package nss

import (
	"net/netip"
	"strconv"
	"strings"
)

// inetAton reads an IPv4 address as inet_aton(3) does, so also 10.1, 0x0a.0.0.1
// and 012.0.0.1 with their parts in octal. Nothing may stand behind it.
func inetAton(text string) (netip.Addr, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	sum := uint64(0)
	for i, p := range parts {
		if p == "" || p[0] < '0' || p[0] > '9' || strings.ContainsAny(p, "_oObB") && !hexadecimal(p) {
			return netip.Addr{}, false
		}
		n, err := strconv.ParseUint(p, 0, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		last := i == len(parts)-1
		room := uint(32 - 8*i) // bits that are left
		if !last {
			room = 8
		}
		if n >= 1<<room {
			return netip.Addr{}, false
		}
		if last {
			sum |= n
		} else {
			sum |= n << (24 - 8*i)
		}
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

func hexadecimal(p string) bool {
	return (strings.HasPrefix(p, "0x") || strings.HasPrefix(p, "0X")) && !strings.Contains(p, "_")
}

// inetPton reads an address as inet_pton(3) does: in full, and without a zone.
func inetPton(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Zone() == "" && !strings.Contains(text, "%")
}

// literal reads a name that getaddrinfo(3) takes for an address, so that it
// looks nothing up.
func literal(name string) (netip.Addr, bool) {
	if a, ok := inetAton(name); ok {
		return a, true
	}
	name, zone, _ := strings.Cut(name, "%")
	a, ok := inetPton(name)
	return a.WithZone(zone), ok && a.Is6()
}

// wanted is an address for somebody who wants the family, or any for 0.
func wanted(a netip.Addr, family int) (netip.Addr, bool) {
	switch family {
	case 4:
		return a.Unmap(), a.Unmap().Is4()
	case 6:
		return mapped(a), true
	}
	return a, true
}
