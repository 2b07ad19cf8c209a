package dns

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// reader takes fields from the data of a record.
type reader struct {
	rest  []byte
	short bool // there was less than a field needs
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.short = true
		n = len(r.rest)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) number(octets int) uint64 {
	var n uint64
	for _, b := range r.take(octets) {
		n = n<<8 | uint64(b)
	}
	return n
}

// counted takes what has its length in one octet before it.
func (r *reader) counted() []byte { return r.take(int(r.number(1))) }

func (r *reader) all() []byte { return r.take(len(r.rest)) }

func (r *reader) fields(form string) []string {
	var out []string
	for _, kind := range []byte(form) {
		out = append(out, r.field(kind)...)
	}
	return out
}

func (r *reader) field(kind byte) []string {
	switch kind {
	case '1', '2', '4':
		return []string{strconv.FormatUint(r.number(int(kind-'0')), 10)}
	case 'n':
		return []string{printName(r.name())}
	case 'a':
		addr, _ := netip.AddrFromSlice(r.take(4))
		return []string{addr.String()}
	case '6':
		return []string{addr6Text(r.take(16))}
	case 's':
		return []string{quoted(r.counted())}
	case 'S':
		return r.strings()
	case 'q':
		return []string{quoted(r.all())}
	case 'g':
		return []string{strings.Trim(quoted(r.counted()), `"`)}
	case 'T':
		return []string{typeName(uint16(r.number(2)))}
	case 't':
		return []string{time.Unix(int64(r.number(4)), 0).UTC().Format("20060102150405")}
	case 'w':
		return r.typeSet()
	}
	return []string{r.encoded(kind)}
}

// encoded takes octets that are shown in an encoding.
func (r *reader) encoded(kind byte) string {
	switch kind {
	case 'h':
		return hexText(r.all())
	case 'b':
		return base64.StdEncoding.EncodeToString(r.all())
	case 'H':
		return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(r.counted())
	}
	if salt := r.counted(); len(salt) > 0 {
		return hexText(salt)
	}
	return "-"
}

func hexText(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// name takes a name that is not compressed.
func (r *reader) name() []string {
	var all []string
	for {
		label := r.counted()
		if len(label) == 0 || r.short {
			return all
		}
		all = append(all, string(label))
	}
}

func (r *reader) strings() []string {
	var out []string
	for len(r.rest) > 0 {
		out = append(out, quoted(r.counted()))
	}
	return out
}

// typeSet takes the bit maps of RFC 4034 section 4.1.2.
func (r *reader) typeSet() []string {
	var out []string
	for len(r.rest) > 0 {
		window := r.number(1)
		for i, bits := range r.counted() {
			for bit := range 8 {
				if bits&(0x80>>bit) != 0 {
					out = append(out, typeName(uint16(int(window)<<8|i*8+bit)))
				}
			}
		}
	}
	return out
}

// quoted writes a string in quotes, as RFC 1035 section 5.1 has it.
func quoted(b []byte) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, `\%03d`, c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// addr6Text writes an IPv6 address as inet_ntop(3) does: one in which only the
// last 32 bits are set looks like an IPv4 address there.
func addr6Text(b []byte) string {
	addr, ok := netip.AddrFromSlice(b)
	if !ok {
		return ""
	}
	for _, c := range b[:12] {
		if c != 0 {
			return addr.String()
		}
	}
	if low := [4]byte(b[12:]); low != [4]byte{} && low != [4]byte{3: 1} {
		return "::" + netip.AddrFrom4(low).String()
	}
	return addr.String()
}
