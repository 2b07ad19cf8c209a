package op

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// parseAddr reads an address as ip does: IPv4 may be short, since missing
// numbers are zeros at the end (10.2 is 10.2.0.0), and IPv6 has no zone.
func parseAddr(word string) (netip.Addr, error) {
	if strings.Contains(word, ":") {
		a, err := netip.ParseAddr(word)
		if err != nil || a.Zone() != "" {
			return netip.Addr{}, errors.New("is not an IPv6 address")
		}
		return a, nil
	}
	var raw [4]byte
	parts := strings.Split(word, ".")
	if len(parts) > 4 {
		return netip.Addr{}, errors.New("is not an address: too many numbers")
	}
	for i, part := range parts {
		n, err := decimal(part, 0, 1<<32)
		switch {
		case err != nil:
			return netip.Addr{}, errors.New("is not an address such as 10.0.0.1")
		case n > 255:
			return netip.Addr{}, fmt.Errorf("is not an address: %d is more than 255", n)
		}
		raw[i] = byte(n)
	}
	return netip.AddrFrom4(raw), nil
}

// parsePrefix reads an address with or without a mask; without one it is the
// address alone. The mask is a length or, for IPv4, written as an address.
func parsePrefix(word string) (p netip.Prefix, masked bool, err error) {
	addr, mask, masked := strings.Cut(word, "/")
	a, err := parseAddr(addr)
	if err != nil {
		return netip.Prefix{}, masked, err
	}
	if !masked {
		return netip.PrefixFrom(a, a.BitLen()), false, nil
	}
	bits, err := decimal(mask, 0, uint64(a.BitLen()))
	if strings.Contains(mask, ".") {
		bits, err = dottedMask(mask)
	}
	if err != nil || bits > uint64(a.BitLen()) {
		return netip.Prefix{}, true, fmt.Errorf("has a wrong mask: the number behind / goes from 0 to %d", a.BitLen())
	}
	return netip.PrefixFrom(a, int(bits)), true, nil
}

// dottedMask counts the ones of a mask such as 255.255.255.0.
func dottedMask(word string) (uint64, error) {
	a, err := parseAddr(word)
	if err != nil || strings.Count(word, ".") != 3 {
		return 0, errors.New("is not a mask")
	}
	raw := a.As4()
	n := uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3])
	bits := uint64(0)
	for ; n&(1<<31) != 0; n <<= 1 {
		bits++
	}
	if n != 0 {
		return 0, errors.New("is not a mask")
	}
	return bits, nil
}

func familyOf(a netip.Addr) Family {
	switch {
	case !a.IsValid():
		return AnyFamily
	case a.Is4():
		return IPv4
	}
	return IPv6
}

// addr is one address.
func addr(p *netip.Addr) value {
	return value{
		holder: "ADDRESS",
		set: func(word string) error {
			a, err := parseAddr(word)
			if err == nil {
				*p = a
			}
			return err
		},
		get:    func() (string, bool) { return p.String(), p.IsValid() },
		about:  func() string { return aboutAddr(*p) },
		family: func() Family { return familyOf(*p) },
	}
}

// prefix is the address of an interface with the mask of its network.
func prefix(p *netip.Prefix) value {
	return value{
		holder: "ADDRESS/MASK",
		set: func(word string) error {
			got, _, err := parsePrefix(word)
			if err == nil {
				*p = got
			}
			return err
		},
		get:    func() (string, bool) { return p.String(), p.IsValid() },
		about:  func() string { return aboutHost(*p) },
		family: func() Family { return familyOf(p.Addr()) },
	}
}

// masked is a prefix whose mask must be written down. For IPv4, ip takes a
// bare address in "ip addr del" as a pattern, and warns.
func masked(p *netip.Prefix) value {
	v := prefix(p)
	v.set = func(word string) error {
		got, masked, err := parsePrefix(word)
		if err == nil && !masked && got.Addr().Is4() {
			err = errors.New("needs its mask, such as /24")
		}
		if err == nil {
			*p = got
		}
		return err
	}
	return v
}

// destination is where a route leads: a network, or default.
func destination(p *netip.Prefix, all *bool) value {
	return value{
		holder: "NETWORK/MASK|default",
		words:  "default",
		set: func(word string) error {
			if word == "default" {
				*all = true
				return nil
			}
			got, _, err := parsePrefix(word)
			if err == nil {
				*p = got
			}
			return err
		},
		get: func() (string, bool) {
			if *all {
				return "default", true
			}
			return p.String(), p.IsValid()
		},
		about: func() string {
			if *all {
				return "0.0.0.0/0 (in IPv6 ::/0): every address that no other route covers"
			}
			return aboutNetwork(*p)
		},
		family: func() Family { return familyOf(p.Addr()) },
	}
}
