package dns

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// The longest that a name and one of its labels may be, in octets as they go
// over the network: RFC 1035 section 2.3.4. A name has an octet for the length
// of each label besides, and one for the root.
const (
	MaxName  = 255
	MaxLabel = 63
)

// CheckName says why a text is no domain name; nil: it is one, relative or
// absolute. Characters may be written as \. or \DDD, as in a zone file.
func CheckName(name string) error {
	_, err := labels(name)
	return err
}

// Absolute is the name with its last dot. No name stays none.
func Absolute(name string) string {
	if name == "" || IsAbsolute(name) {
		return name
	}
	return name + "."
}

// IsAbsolute says whether a name ends with a dot that is not escaped.
func IsAbsolute(name string) bool {
	if !strings.HasSuffix(name, ".") {
		return false
	}
	before := strings.TrimRight(name[:len(name)-1], `\`)
	return (len(name)-1-len(before))%2 == 0
}

// Dots counts the dots of a name that separate labels, as ndots does
// (resolv.conf(5)).
func Dots(name string) int {
	all, err := labels(name)
	if err != nil {
		return strings.Count(name, ".")
	}
	if n := len(all); n > 0 && !IsAbsolute(name) {
		return n - 1
	}
	return len(all)
}

// SameName says whether two names are the same one: letters of both sizes are
// equal (RFC 4343), and both count as absolute.
func SameName(a, b string) bool {
	return strings.EqualFold(Canonical(a), Canonical(b))
}

// Within says whether a name is the zone's own or below it.
func Within(name, zone string) bool {
	name, zone = strings.ToLower(Canonical(name)), strings.ToLower(Canonical(zone))
	return zone == "." || name == zone || strings.HasSuffix(name, "."+zone)
}

// Canonical writes a name in the one way of this package: absolute, and what is
// odd in it as \. or \DDD.
func Canonical(name string) string {
	all, err := labels(name)
	if err != nil {
		return Absolute(name)
	}
	return printName(all)
}

// labels splits a name; the root has none.
func labels(name string) ([]string, error) {
	switch name {
	case "":
		return nil, errors.New("the name is empty")
	case ".":
		return nil, nil
	}
	var all []string
	var label []byte
	size := 1
	for rest := name; ; {
		c, n, err := character(rest)
		if err != nil {
			return nil, fmt.Errorf("%q is no name: %w", cut(name), err)
		}
		if n > 0 && (rest[0] != '.' || n > 1) {
			label, rest = append(label, c), rest[n:]
			continue
		}
		if err := checkLabel(name, label); err != nil {
			return nil, err
		}
		size += 1 + len(label)
		all, label, rest = append(all, string(label)), nil, rest[n:]
		if rest == "" {
			break
		}
	}
	if size > MaxName {
		return nil, fmt.Errorf("the name %q is too long: it takes %d octets on the wire, and RFC 1035 (2.3.4) allows %d", cut(name), size, MaxName)
	}
	return all, nil
}

func checkLabel(name string, label []byte) error {
	switch {
	case len(label) == 0 && strings.HasPrefix(name, "."):
		return fmt.Errorf("%q is no name: it begins with a dot, so that its first label is empty (RFC 1035, 3.1: only the root's is)", cut(name))
	case len(label) == 0:
		return fmt.Errorf("%q is no name: between two dots there is an empty label (RFC 1035, 3.1: only the root's is)", cut(name))
	case len(label) > MaxLabel:
		return fmt.Errorf("the label %q is too long: it has %d characters, and RFC 1035 (2.3.4) allows %d", cut(string(label)), len(label), MaxLabel)
	}
	return nil
}

// character reads one character of a name and says how long its writing is;
// 0 at the end.
func character(s string) (c byte, n int, err error) {
	switch {
	case s == "":
		return 0, 0, nil
	case s[0] != '\\':
		return s[0], 1, nil
	case len(s) == 1:
		return 0, 0, errors.New("it ends with a backslash")
	case s[1] < '0' || s[1] > '9':
		return s[1], 2, nil
	}
	value := 0
	for i := 1; i <= 3; i++ {
		if i >= len(s) || s[i] < '0' || s[i] > '9' {
			return 0, 0, errors.New(`a backslash and a digit want three digits, as in \046`)
		}
		value = value*10 + int(s[i]-'0')
	}
	if value > 255 {
		return 0, 0, fmt.Errorf(`\%03d is no octet: the largest is \255`, value)
	}
	return byte(value), 4, nil
}

// cut shortens a word that is said again.
func cut(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// printName writes labels as a zone file and dig have them.
func printName(all []string) string {
	if len(all) == 0 {
		return "."
	}
	var b strings.Builder
	for _, label := range all {
		for i := range len(label) {
			switch c := label[i]; {
			case strings.IndexByte(`"$().;@\`, c) >= 0:
				b.WriteByte('\\')
				b.WriteByte(c)
			case c <= ' ' || c >= 0x7f:
				fmt.Fprintf(&b, `\%03d`, c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('.')
	}
	return b.String()
}

// ReverseName is the name below in-addr.arpa (RFC 1035, 3.5) or ip6.arpa (RFC
// 3596, 2.5) whose PTR record has the name of an address.
func ReverseName(addr netip.Addr) string { return reverseName(addr.Unmap()) }

// reverseName takes an IPv4 address that is written as an IPv6 one (RFC 4291,
// 2.5.5) for an IPv6 address, as dig does.
func reverseName(addr netip.Addr) string {
	b := addr.AsSlice()
	var out strings.Builder
	for i := len(b) - 1; i >= 0; i-- {
		if addr.Is4() {
			fmt.Fprintf(&out, "%d.", b[i])
			continue
		}
		fmt.Fprintf(&out, "%x.%x.", b[i]&0xf, b[i]>>4)
	}
	if addr.Is4() {
		return out.String() + "in-addr.arpa."
	}
	return out.String() + "ip6.arpa."
}

// ReversedAddr is the address whose ReverseName this is; false for any other
// name.
func ReversedAddr(name string) (netip.Addr, bool) {
	all, err := labels(strings.ToLower(name))
	if err != nil || len(all) < 6 {
		return netip.Addr{}, false
	}
	turned := make([]string, 0, len(all))
	for i := len(all) - 3; i >= 0; i-- {
		turned = append(turned, all[i])
	}
	text := strings.Join(turned, ".")
	if all[len(all)-2] == "ip6" {
		text = strings.Join(turned, "")
		var groups []string
		for ; len(text) > 4; text = text[4:] {
			groups = append(groups, text[:4])
		}
		text = strings.Join(append(groups, text), ":")
	}
	addr, err := netip.ParseAddr(text)
	return addr, err == nil && SameName(ReverseName(addr), name)
}
