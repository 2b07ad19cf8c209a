package nlmsg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// sizeOf is how many bytes a form takes in a struct.
func sizeOf(form string) int {
	switch {
	case strings.HasSuffix(form, "8"):
		return 1
	case form == "u16" || form == "hex16" || form == "arphrd" || form == "nud" || form == "type":
		return 2
	}
	return 4
}

// valueOf writes bytes as a form says. Bytes that do not fit the form are
// written as hex digits.
func valueOf(form string, b []byte) string {
	switch form {
	case "text":
		return text(b)
	case "hw":
		return hardware(b)
	case "addr":
		return addr(b)
	case "via":
		return via(b)
	case "cacheinfo":
		return lifetimes(b)
	case "be16":
		if len(b) == 2 {
			return strconv.Itoa(int(binary.BigEndian.Uint16(b))) // the order of the network
		}
	}
	n, signed, ok := number(b)
	switch {
	case !ok || len(b) != width(form):
		return hexed(b)
	case strings.HasPrefix(form, "hex"):
		return fmt.Sprintf("%#x", n)
	case form == "s32" || form == "s64":
		return strconv.FormatInt(signed, 10)
	case form == "u64":
		return strconv.FormatUint(n, 10)
	}
	return meaning(form, uint32(n))
}

// width is how many bytes a number of this form has; 0: it is no number.
func width(form string) int {
	switch form {
	case "", "hex", "be16":
		return 0
	case "u64", "s64":
		return 8
	case "operstate", "addrgen", "portstate":
		return 1
	}
	return sizeOf(form)
}

// number reads a number in the order of this machine.
func number(b []byte) (n uint64, signed int64, ok bool) {
	switch len(b) {
	case 1:
		return uint64(b[0]), int64(int8(b[0])), true
	case 2:
		n := binary.NativeEndian.Uint16(b)
		return uint64(n), int64(int16(n)), true
	case 4:
		n := binary.NativeEndian.Uint32(b)
		return uint64(n), int64(int32(n)), true
	case 8:
		n := binary.NativeEndian.Uint64(b)
		return n, int64(n), true
	}
	return 0, 0, false
}

// meaning writes a number that stands for something.
func meaning(form string, n uint32) string {
	switch form {
	case "type":
		return typeName(uint16(n))
	case "errno":
		return errorName(int32(n))
	case "family8":
		return familyName(n)
	case "arphrd":
		return linkType(n)
	case "iff":
		return linkFlags(n)
	case "addrflags", "addrflags8":
		return addrFlags(n)
	case "scope8":
		return scopeName(n)
	case "table", "table8":
		return tableName(n)
	case "proto8":
		return routeProto(n)
	case "rtype8":
		return routeType(n)
	case "rtflags":
		return routeFlags(n)
	case "nhflags8":
		return bits(n, nextHopBits())
	case "nud":
		return neighState(n)
	case "ntf8":
		return neighFlags(n)
	case "operstate":
		return operState(n)
	case "addrgen":
		return addrGen(n)
	case "portstate":
		return portState(n)
	case "extmask":
		return filterFlags(n)
	case "fd":
		return "file descriptor " + strconv.FormatInt(int64(int32(n)), 10)
	}
	return strconv.FormatUint(uint64(n), 10)
}

// text is a name in quotation marks.
func text(b []byte) string {
	s := cString(b)
	if rest := b[min(len(s)+1, len(b)):]; len(rest) > 0 {
		return hexed(b) // there is more behind its end
	}
	return strconv.Quote(s)
}

func cString(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// hardware is a link-layer address: of Ethernet, or the IP address of the end
// of a tunnel.
func hardware(b []byte) string {
	if len(b) == 0 || len(b) == 4 || len(b) == 16 {
		return addr(b)
	}
	var pairs []string
	for _, c := range b {
		pairs = append(pairs, fmt.Sprintf("%02x", c))
	}
	return strings.Join(pairs, ":")
}

func addr(b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.String()
	}
	return hexed(b)
}

// via is struct rtvia: a gateway of the other family.
func via(b []byte) string {
	if len(b) < 2 {
		return hexed(b)
	}
	return familyName(uint32(native16(b))) + " " + addr(b[2:])
}

// lifetimes is struct ifa_cacheinfo: seconds, and when in hundredths of a
// second since the start of the machine.
func lifetimes(b []byte) string {
	const size = 16
	if len(b) != size {
		return hexed(b)
	}
	life := func(b []byte) string {
		if n := native32(b); n != 1<<32-1 {
			return strconv.FormatUint(uint64(n), 10) + " s"
		}
		return "forever"
	}
	return fmt.Sprintf("preferred %s, valid %s, made at %d, changed at %d", life(b), life(b[4:]), native32(b[8:]), native32(b[12:]))
}
