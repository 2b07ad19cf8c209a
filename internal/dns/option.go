package dns

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// optionsOf reads the options of an OPT record (RFC 6891, 6.1.2) in dig's words.
func optionsOf(opt *dns.OPT) []Option {
	var raw dns.RFC3597
	if raw.ToRFC3597(opt) != nil {
		return nil
	}
	b, _ := hex.DecodeString(raw.Rdata)
	var out []Option
	for r := (reader{rest: b}); len(r.rest) > 0; {
		code := uint16(r.number(2))
		data := r.take(int(r.number(2)))
		if r.short {
			break
		}
		out = append(out, option(code, data))
	}
	return out
}

// Options that the library has no names for (IANA, DNS EDNS0 option codes).
const clientTag, serverTag = 16, 17

func option(code uint16, data []byte) Option {
	switch code {
	case dns.EDNS0LLQ:
		if len(data) == 18 {
			return Option{"LLQ", fmt.Sprintf("Version: %d, Opcode: %d, Error: %d, Identifier: %d, Lifetime: %d",
				binary.BigEndian.Uint16(data), binary.BigEndian.Uint16(data[2:]), binary.BigEndian.Uint16(data[4:]),
				binary.BigEndian.Uint64(data[6:]), binary.BigEndian.Uint32(data[14:]))}
		}
	case dns.EDNS0NSID:
		return Option{"NSID", octets(data)}
	case dns.EDNS0SUBNET:
		if text, ok := subnetText(data); ok {
			return Option{"CLIENT-SUBNET", text}
		}
	case dns.EDNS0EXPIRE:
		if len(data) == 4 {
			seconds := binary.BigEndian.Uint32(data)
			return Option{"EXPIRE", fmt.Sprintf("%d (%s)", seconds, spelled(seconds))}
		}
	case dns.EDNS0COOKIE:
		return Option{"COOKIE", hex.EncodeToString(data)}
	case dns.EDNS0TCPKEEPALIVE:
		if len(data) == 2 {
			tenths := binary.BigEndian.Uint16(data)
			return Option{"TCP KEEPALIVE", fmt.Sprintf("%d.%d secs", tenths/10, tenths%10)}
		}
	case clientTag, serverTag:
		if len(data) == 2 {
			return Option{map[uint16]string{clientTag: "CLIENT-TAG", serverTag: "SERVER-TAG"}[code], fmt.Sprint(binary.BigEndian.Uint16(data))}
		}
	case dns.EDNS0PADDING:
		return Option{"PAD", fmt.Sprintf("(%d bytes)", len(data))}
	case dns.EDNS0EDE:
		if len(data) >= 2 {
			return Option{"EDE", edeText(data)}
		}
	}
	return Option{fmt.Sprintf("OPT=%d", code), octets(data)}
}

// octets writes what has no meaning of its own, in hex and as text.
func octets(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range data {
		fmt.Fprintf(&b, "%02x ", c)
	}
	return b.String() + `("` + visible(data) + `")`
}

// visible replaces what cannot be printed by a dot.
func visible(data []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, latin(data))
}

// latin makes a rune of each octet.
func latin(data []byte) string {
	runes := make([]rune, len(data))
	for i, c := range data {
		runes[i] = rune(c)
	}
	return string(runes)
}

// edeText writes an extended error, RFC 8914.
func edeText(data []byte) string {
	code := binary.BigEndian.Uint16(data)
	text := fmt.Sprint(code)
	if name, ok := dns.ExtendedErrorCodeToString[code]; ok {
		text += " (" + name + ")"
	}
	if extra := data[2:]; len(extra) > 0 {
		text += ": (" + visible(extra) + ")"
	}
	return text
}

// subnetText writes a client subnet, RFC 7871: address, length, and the length
// for which the answer holds.
func subnetText(data []byte) (string, bool) {
	if len(data) < 4 {
		return "", false
	}
	size := map[uint16]int{1: 4, 2: 16}[binary.BigEndian.Uint16(data)]
	if size == 0 || len(data)-4 > size {
		return "", false
	}
	full := make([]byte, size)
	copy(full, data[4:])
	addr, _ := netip.AddrFromSlice(full)
	return fmt.Sprintf("%s/%d/%d", addr, data[2], data[3]), true
}

// unit is a unit of time in which a number of seconds is told.
type unit struct {
	name    string
	seconds uint32
}

func units() []unit {
	return []unit{{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}}
}

// spelled writes seconds as "1 day 3 hours".
func spelled(seconds uint32) string {
	var out []string
	for _, u := range units() {
		n := seconds / u.seconds
		seconds %= u.seconds
		switch {
		case n == 1:
			out = append(out, "1 "+u.name)
		case n > 1 || u.seconds == 1 && len(out) == 0:
			out = append(out, fmt.Sprintf("%d %ss", n, u.name))
		}
	}
	return strings.Join(out, " ")
}

// shortened writes seconds as "1d3h".
func shortened(seconds uint32) string {
	var b strings.Builder
	for _, u := range units() {
		n := seconds / u.seconds
		seconds %= u.seconds
		if n > 0 || u.seconds == 1 && b.Len() == 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name[:1])
		}
	}
	return b.String()
}
