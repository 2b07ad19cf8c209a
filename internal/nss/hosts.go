package nss

import (
	"fmt"
	"net/netip"
	"strings"
)

// ReadHosts reads /etc/hosts, hosts(5). It never fails: what glibc passes over
// stands in Mistakes.
func ReadHosts(text string) Hosts {
	var h Hosts
	for l := range lines(text) {
		content, _, _ := strings.Cut(h.unmoved(l), "#")
		words := strings.FieldsFunc(content, space)
		if len(words) == 0 {
			continue
		}
		addr, ok := inetPton(words[0])
		switch {
		case !ok:
			h.Mistakes = append(h.Mistakes, l.mistake("this line is ignored: "+noAddress(words)))
		case len(words) == 1:
			h.Mistakes = append(h.Mistakes, l.mistake("this line is of no use: no name stands behind the address"))
		default:
			h.Lines = append(h.Lines, HostsLine{Line: l.at, Addr: addr, Names: words[1:]})
		}
	}
	return h
}

// unmoved is what glibc 2.36 reads of a line. It moves what stands behind
// blanks to the front, but without the end of the text if there is no newline:
// the last letters then stand twice.
func (h *Hosts) unmoved(l line) string {
	moved := strings.TrimLeftFunc(l.text, space)
	if l.closed || moved == l.text || moved == "" || moved[0] == '#' {
		return l.text
	}
	h.Mistakes = append(h.Mistakes, l.mistake("blanks stand in front and no newline at the end: glibc reads the last letters twice"))
	return moved + l.text[len(moved):]
}

// noAddress says why the first word of a line in hosts is no address.
func noAddress(words []string) string {
	first := words[0]
	if _, ok := inetAton(first); ok {
		return fmt.Sprintf("%q is not written in full, as in 192.168.1.5, without zeros in front", first)
	}
	if a, err := netip.ParseAddr(first); err == nil && a.Zone() != "" {
		return fmt.Sprintf("an address here cannot have a zone, as in %q", first)
	}
	if p, err := netip.ParsePrefix(first); err == nil {
		return fmt.Sprintf("%q has a mask; an address stands alone", p)
	}
	for _, w := range words[1:] {
		if _, ok := inetPton(w); ok {
			return "the address must come first, then the names"
		}
	}
	return fmt.Sprintf("%q is no address", first)
}

// Find returns the lines that have the name, in either case of letters, with
// the address that somebody gets who wants family 4 or 6, or 0 for both:
//
//   - for 4, ::1 counts as 127.0.0.1, and ::ffff:10.0.0.1 as 10.0.0.1;
//   - for 6, IPv4 addresses stand as ::ffff:10.0.0.1 if there are no others, as
//     getent ahostsv6 (AI_V4MAPPED) has it.
//
// A name with a dot at the end is found only if the file has it so. All lines
// count, not only the first, since /etc/host.conf of a lab says "multi on".
func (h Hosts) Find(name string, family int) []HostsLine {
	found := h.find(name, func(a netip.Addr) (netip.Addr, bool) { return seen(a, family) })
	if family == 6 && len(found) == 0 {
		found = h.find(name, func(a netip.Addr) (netip.Addr, bool) {
			four, ok := seen(a, 4)
			return mapped(four), ok
		})
	}
	return found
}

func (h Hosts) find(name string, as func(netip.Addr) (netip.Addr, bool)) []HostsLine {
	var found []HostsLine
	for _, l := range h.Lines {
		for _, n := range l.Names {
			if addr, ok := as(l.Addr); ok && equalFold(n, name) {
				found = append(found, HostsLine{l.Line, addr, l.Names})
				break
			}
		}
	}
	return found
}

// seen is an address of hosts as one that is of the family; 0: of any.
func seen(a netip.Addr, family int) (netip.Addr, bool) {
	switch {
	case family == 6:
		return a, a.Is6()
	case family == 4 && a == netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	case family == 4:
		return a.Unmap(), a.Unmap().Is4()
	}
	return a, true
}

func mapped(a netip.Addr) netip.Addr {
	if !a.Is4() {
		return a
	}
	return netip.AddrFrom16(a.As16())
}

// equalFold compares names as strcasecmp(3) does, in which only A to Z have
// two cases.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
