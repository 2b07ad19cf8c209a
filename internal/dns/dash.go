package dns

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// dash reads an option with one dash: letters without a value, which may stand
// together, or one with a value, in the same word or in the next.
func (p *digParser) dash(args []string) (int, error) {
	word := args[0][1:]
	for i, c := range word {
		switch c {
		case '4', '6':
			p.at().Family = int(c - '0')
		case 'r': // there is no file of one's own options
		case 'u':
			p.cmd.Micro = true
		case 'h':
			p.cmd.Help = true
		case 'v':
			p.cmd.Version = true
		case 'b', 'c', 'p', 'q', 't', 'x':
			if value := word[i+1:]; value != "" {
				return 1, p.valued(c, value)
			}
			if len(args) < 2 {
				return 1, usage("-%c wants a value", c)
			}
			return 2, p.valued(c, args[1])
		case 'f', 'k', 'm', 'y', 'd', 'i':
			return 1, usage("dig knows -%c, netlab's own does not", c)
		default:
			return 1, usage("dig has no option -%c", c)
		}
	}
	return 1, nil
}

func (p *digParser) valued(option rune, value string) error {
	l := p.at()
	switch option {
	case 'b':
		return l.setSource(value)
	case 'c', 't':
		return p.named(option, value)
	case 'p':
		port, err := strconv.ParseUint(value, 10, 16)
		l.Port = uint16(port)
		if err != nil {
			return usage("%q is no port: a number up to 65535 is", cut(value))
		}
	case 'q':
		if value == "" {
			return usage("a name is empty")
		}
		p.add(value)
	case 'x':
		return p.reverse(value)
	}
	return nil
}

// named takes -t and -c. What is no type or class, dig only warns of.
func (p *digParser) named(option rune, value string) error {
	l := p.at()
	what, before := "type", p.types
	p.types = false
	if option == 't' {
		if typ, ok := ParseType(value); ok {
			l.setType(typ)
			return noTransfer(typ)
		}
		if incremental(value) {
			return noTransfer("IXFR")
		}
	} else {
		if class, ok := ParseClass(value); ok {
			l.Class, l.classSaid = class, true
			return nil
		}
		what = "class"
	}
	p.types = before
	p.cmd.Notes = append(p.cmd.Notes, fmt.Sprintf(";; Warning, ignoring invalid %s %s", what, cut(value)))
	return nil
}

// incremental is the type IXFR with the serial of a zone.
func incremental(word string) bool { return strings.HasPrefix(strings.ToUpper(word), "IXFR=") }

func noTransfer(typ string) error {
	if typ == "AXFR" || typ == "IXFR" {
		return usage("dig knows %s, the transfer of a zone; netlab's own does not", typ)
	}
	return nil
}

// reverse takes -x: an address, or the beginning of an IPv4 address.
func (p *digParser) reverse(value string) error {
	var name string
	if addr, err := netip.ParseAddr(value); err == nil {
		name = reverseName(addr)
	} else if strings.Contains(value, ":") || value == "" {
		return usage("%q is no IP address", cut(value))
	} else {
		for part := range strings.SplitSeq(value, ".") {
			name = part + "." + name
		}
		name += "in-addr.arpa."
	}
	l := p.add(name)
	if !l.typeSaid {
		l.Type, l.typeSaid = "PTR", true
	}
	return nil
}

func (l *Lookup) setSource(value string) error {
	text, port, has := strings.Cut(value, "#")
	addr, err := netip.ParseAddr(text)
	number := uint64(0)
	if err == nil && has {
		number, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return usage("%q is no address to send from: an address is, or an address#port", cut(value))
	}
	l.Source = netip.AddrPortFrom(addr, uint16(number))
	return nil
}

// setCookie reads the value of +cookie.
func (l *Lookup) setCookie(value string) error {
	b, err := hex.DecodeString(value)
	if err != nil || len(b) < 8 || len(b) > 40 {
		return usage("%q is no cookie: 16 to 80 hexadecimal digits are", cut(value))
	}
	l.SendCookie, l.Cookie = true, b
	return nil
}
