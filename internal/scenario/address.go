package scenario

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parseHost reads the address of one machine.
func parseHost(s string) (netip.Addr, *problem) {
	if before, _, ok := strings.Cut(s, "/"); ok && looksLikeIP(before) {
		return netip.Addr{}, &problem{fmt.Sprintf("%s has a prefix length; only the address belongs here", cut(s)), "write " + cut(before)}
	}
	a, p := parseAddr(s)
	if p != nil {
		return a, p
	}
	return a, notOneHost(a)
}

// parseOwn reads an address as it is set on an interface.
func parseOwn(s string) (netip.Prefix, *problem) {
	p, bad := parsePrefix(s, "/24")
	if bad != nil {
		return p, bad
	}
	if bad := notOneHost(p.Addr()); bad != nil {
		return p, bad
	}
	return p, notInside(p)
}

// parseNetwork reads the destination of a route. default is the one of IPv4;
// IPv6's is written ::/0.
func parseNetwork(s string) (netip.Prefix, *problem) {
	if s == "default" {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), nil
	}
	p, bad := parsePrefix(s, "/24")
	if bad == nil && p != p.Masked() {
		return p, &problem{fmt.Sprintf("%s is not a network: bits behind the prefix length are set", p), fmt.Sprintf("the network is %s", p.Masked())}
	}
	return p, bad
}

func parsePrefix(s, example string) (netip.Prefix, *problem) {
	before, length, ok := strings.Cut(s, "/")
	a, bad := parseAddr(before)
	if bad != nil {
		return netip.Prefix{}, bad
	}
	if !ok {
		if a.Is6() {
			example = "/64"
		}
		return netip.Prefix{}, &problem{fmt.Sprintf("%s has no prefix length", s), "write " + s + example + " or what fits"}
	}
	bits, err := strconv.Atoi(length)
	if err != nil || bits < 0 || bits > a.BitLen() || strconv.Itoa(bits) != length {
		return netip.Prefix{}, &problem{fmt.Sprintf("/%s is not a prefix length: for this address it is a number from 0 to %d", cut(length), a.BitLen()), ""}
	}
	return netip.PrefixFrom(a.WithZone(""), bits), nil
}

// notInside refuses the two addresses of an IPv4 network that no interface can have.
func notInside(p netip.Prefix) *problem {
	if !p.Addr().Is4() || p.Bits() >= 31 { // RFC 3021: both addresses of a /31 are hosts
		return nil
	}
	switch p.Addr() {
	case p.Masked().Addr():
		return &problem{fmt.Sprintf("%s is the network itself, not a machine in it", p), "the first machine is " + p.Addr().Next().String()}
	case broadcast(p):
		return &problem{fmt.Sprintf("%s is the broadcast address of %s", p.Addr(), p.Masked()), "the last machine is " + p.Addr().Prev().String()}
	}
	return nil
}

func broadcast(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(b)
}

func notOneHost(a netip.Addr) *problem {
	switch {
	case a.IsUnspecified():
		return &problem{fmt.Sprintf("%s means any address, not one machine", a), ""}
	case a.IsMulticast():
		return &problem{fmt.Sprintf("%s is a multicast address, not one machine's", a), ""}
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return &problem{"255.255.255.255 is the broadcast address, not one machine's", ""}
	}
	return nil
}

func parseAddr(s string) (netip.Addr, *problem) {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return a, &problem{fmt.Sprintf("%q is not an IP address%s", cut(s), whyNot(s)), ""}
	case a.Zone() != "" && !a.IsLinkLocalUnicast():
		return a, &problem{fmt.Sprintf("%s: only a link-local address (fe80::) has a zone", cut(s)), ""}
	case a.Zone() != "" && linkName().check(a.Zone()) != nil:
		return a, linkName().check(a.Zone())
	}
	return a, nil
}

// whyNot tells which rule of dotted addresses s breaks, if it is meant as one.
func whyNot(s string) string {
	if strings.Contains(s, ":") || !looksLikeIP(s) {
		return ""
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return fmt.Sprintf(": it has %d parts, and four are needed", len(parts))
	}
	for _, part := range parts {
		n, err := strconv.Atoi(part)
		switch {
		case part == "":
			return ": a part is empty"
		case err != nil || n > 255:
			return ": each part is at most 255"
		case len(part) > 1 && part[0] == '0':
			return ": a part may not begin with 0"
		}
	}
	return ""
}

func looksLikeIP(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.") == "" || strings.Contains(s, ":") && strings.Trim(s, "0123456789abcdefABCDEF:.") == ""
}
