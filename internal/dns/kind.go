package dns

import (
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// ParseType reads the name of a record type, in letters of any size, or TYPE
// and its number (RFC 3597), and returns it as this package writes it.
func ParseType(text string) (string, bool) {
	n, ok := typeOf(text)
	return typeName(n), ok
}

// ParseClass is ParseType for a class.
func ParseClass(text string) (string, bool) {
	n, ok := classOf(text)
	return className(n), ok
}

// typeName writes a type, one without a name as RFC 3597 has it.
func typeName(n uint16) string {
	if name, ok := dns.TypeToString[n]; ok && n != dns.TypeNone && n != dns.TypeReserved {
		return name
	}
	return "TYPE" + strconv.Itoa(int(n))
}

func typeOf(text string) (uint16, bool) {
	text = strings.ToUpper(text)
	if n, ok := dns.StringToType[text]; ok && typeName(n) == text {
		return n, true
	}
	return numbered(text, "TYPE")
}

func className(n uint16) string {
	for _, c := range classes() {
		if c.number == n {
			return c.name
		}
	}
	return "CLASS" + strconv.Itoa(int(n))
}

func classOf(text string) (uint16, bool) {
	text = strings.ToUpper(text)
	for _, c := range classes() {
		if c.name == text {
			return c.number, true
		}
	}
	return numbered(text, "CLASS")
}

func numbered(text, word string) (uint16, bool) {
	digits, ok := strings.CutPrefix(text, word)
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), ok && err == nil
}

type class struct {
	name   string
	number uint16
}

// classes are those with names (RFC 6895, 3.2); of two names for one number
// the first is written.
func classes() []class {
	return []class{
		{"IN", 1}, {"CH", 3}, {"CHAOS", 3}, {"HS", 4}, {"HESIOD", 4}, {"NONE", 254}, {"ANY", 255},
	}
}

// statusName writes a response code as dig does (RFC 6895, 2.3).
func statusName(code int) string {
	names := []string{
		NoError, FormErr, ServFail, NXDomain, NotImp, Refused, "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
		"RESERVED11", "RESERVED12", "RESERVED13", "RESERVED14", "RESERVED15", "BADVERS",
	}
	const badCookie = 23
	switch {
	case code < len(names):
		return names[code]
	case code == badCookie:
		return "BADCOOKIE"
	}
	return "?" + strconv.Itoa(code)
}

// opcodeName writes an opcode as dig does (RFC 6895, 2.2).
func opcodeName(code int) string {
	switch code {
	case dns.OpcodeQuery:
		return "QUERY"
	case dns.OpcodeIQuery:
		return "IQUERY"
	case dns.OpcodeStatus:
		return "STATUS"
	case dns.OpcodeNotify:
		return "NOTIFY"
	case dns.OpcodeUpdate:
		return "UPDATE"
	}
	return "RESERVED" + strconv.Itoa(code)
}
