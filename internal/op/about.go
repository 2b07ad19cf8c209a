package op

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const zeroMAC = "00:00:00:00:00:00"

// aboutHost explains the address of an interface with its mask.
func aboutHost(p netip.Prefix) string {
	a := p.Addr()
	if p.IsSingleIP() {
		return fmt.Sprintf("%s, %s, alone: the mask /%d leaves no other address in its network", a, addrKind(a), p.Bits())
	}
	return fmt.Sprintf("%s, %s, in the %s", a, addrKind(a), aboutNetwork(p.Masked()))
}

// aboutNetwork explains a network: how many addresses, from where to where.
func aboutNetwork(p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "network " + p.String() + ": every address that no other route covers"
	case p.IsSingleIP():
		return "the single address " + p.Addr().String() + ": " + addrKind(p.Addr())
	case p != p.Masked():
		return fmt.Sprintf("not a network, since bits behind the mask are set: the network is %s", p.Masked())
	}
	return fmt.Sprintf("network %s: %s, %s", p, sizeOf(p), span(p))
}

// sizeOf counts the addresses of a network. In IPv4 the first one names the
// network and the last one is for broadcast, except in a /31 (RFC 3021).
func sizeOf(p netip.Prefix) string {
	host := p.Addr().BitLen() - p.Bits()
	switch {
	case host > 32:
		return fmt.Sprintf("2^%d addresses", host)
	case p.Addr().Is4() && host > 1:
		n := uint64(1) << host
		return fmt.Sprintf("%d addresses of which %d for hosts", n, n-2)
	}
	return fmt.Sprintf("%d addresses, all for hosts", uint64(1)<<host)
}

func aboutAddr(a netip.Addr) string { return a.String() + ", " + addrKind(a) }

// ranges are blocks of addresses with a meaning of their own.
func ranges() map[string]string {
	return map[string]string{
		"10.0.0.0/8":         "a private address (RFC 1918)",
		"172.16.0.0/12":      "a private address (RFC 1918)",
		"192.168.0.0/16":     "a private address (RFC 1918)",
		"100.64.0.0/10":      "an address that providers share among customers (RFC 6598)",
		"127.0.0.0/8":        "this machine itself",
		"169.254.0.0/16":     "a link-local address, for this link only",
		"192.0.2.0/24":       "an address for examples (RFC 5737)",
		"198.51.100.0/24":    "an address for examples (RFC 5737)",
		"203.0.113.0/24":     "an address for examples (RFC 5737)",
		"255.255.255.255/32": "the broadcast address: every machine on this network",
		"224.0.0.0/4":        "a multicast address: a group of machines",
		"::1/128":            "this machine itself",
		"fe80::/10":          "a link-local address, for this link only",
		"fc00::/7":           "a private address (RFC 4193)",
		"2001:db8::/32":      "an address for examples (RFC 3849)",
		"ff00::/8":           "a multicast address: a group of machines",
	}
}

func addrKind(a netip.Addr) string {
	if a.IsUnspecified() {
		return "no address in particular"
	}
	for block, kind := range ranges() {
		if netip.MustParsePrefix(block).Contains(a) {
			return kind
		}
	}
	return "a public address"
}

// aboutMAC explains an Ethernet address by the two low bits of its first byte.
func aboutMAC(mac string) string {
	first, _ := strconv.ParseUint(mac[:2], 16, 8)
	switch {
	case mac == zeroMAC:
		return "all zeros: in a tunnel's table, every frame whose place is not known"
	case mac == "ff:ff:ff:ff:ff:ff":
		return "the broadcast address: every machine on this network"
	case first&1 != 0:
		return "a multicast MAC address: a group of machines"
	case first&2 != 0:
		return "a MAC address that was made up here, not by the maker of a card"
	}
	return "a MAC address; the first half, " + strings.ToLower(mac[:8]) + ", names the maker of the card"
}
