package dns

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// form is the fields of a type's data, one letter each.
//
//	1 2 4  a number of so many octets        T  a record type
//	n      a name                            t  a time
//	a 6    an IPv4 address, an IPv6 address  w  a set of record types
//	s S    a string, all strings to the end  g  a string without quotes
//	q      the rest as a string              x  a salt, in hex
//	h b    the rest in hex, in base64        H  a hash, in base32
func form(typ uint16) string {
	switch typ {
	case dns.TypeA:
		return "a"
	case dns.TypeAAAA:
		return "6"
	case dns.TypeNS, dns.TypeCNAME, dns.TypePTR, dns.TypeDNAME, dns.TypeMB, dns.TypeMG, dns.TypeMR:
		return "n"
	case dns.TypeMX, dns.TypeAFSDB, dns.TypeRT, dns.TypeKX:
		return "2n"
	case dns.TypeSOA:
		return "nn44444"
	case dns.TypeTXT, dns.TypeSPF:
		return "S"
	case dns.TypeSRV:
		return "222n"
	case dns.TypeHINFO:
		return "ss"
	case dns.TypeNAPTR:
		return "22sssn"
	case dns.TypeRP, dns.TypeMINFO:
		return "nn"
	case dns.TypeCAA:
		return "1gq"
	case dns.TypeURI:
		return "22q"
	}
	return secureForm(typ)
}

// secureForm is form for types with keys, signatures and hashes.
func secureForm(typ uint16) string {
	switch typ {
	case dns.TypeDS, dns.TypeCDS, dns.TypeDLV, dns.TypeTA:
		return "211h"
	case dns.TypeDNSKEY, dns.TypeCDNSKEY, dns.TypeKEY:
		return "211b"
	case dns.TypeRRSIG, dns.TypeSIG:
		return "T114tt2nb"
	case dns.TypeNSEC:
		return "nw"
	case dns.TypeNSEC3:
		return "112xHw"
	case dns.TypeNSEC3PARAM:
		return "112x"
	case dns.TypeTLSA, dns.TypeSMIMEA:
		return "111h"
	case dns.TypeSSHFP:
		return "11h"
	case dns.TypeZONEMD:
		return "411h"
	case dns.TypeCSYNC:
		return "42w"
	case dns.TypeOPENPGPKEY, dns.TypeDHCID:
		return "b"
	}
	return ""
}

// long says that the last field of a type's data is hex or base64 of any
// length, which dig shows in pieces.
func long(typ string) bool {
	n, _ := typeOf(typ)
	f := form(n)
	return strings.HasSuffix(f, "h") || strings.HasSuffix(f, "b") || n == dns.TypeCERT
}

// dataText writes the data of a record as a zone file has it: the types of
// form as dig does, others as the DNS library does, and those of which neither
// knows anything in the words of RFC 3597.
func dataText(rr dns.RR) string {
	var raw dns.RFC3597
	if err := raw.ToRFC3597(rr); err != nil {
		return ""
	}
	b, err := hex.DecodeString(raw.Rdata)
	if err != nil {
		return ""
	}
	if f := form(rr.Header().Rrtype); f != "" {
		r := reader{rest: b}
		if words := r.fields(f); !r.short && len(r.rest) == 0 {
			return strings.Join(words, " ")
		}
	}
	text := strings.TrimSpace(strings.TrimPrefix(rr.String(), rr.Header().String()))
	if svcb := serviceOf(rr); svcb != nil {
		text = serviceText(svcb)
	}
	_, unknown := rr.(*dns.RFC3597)
	if unknown || rr.Header().Rrtype == dns.TypeNULL || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return strings.TrimSpace(fmt.Sprintf(`\# %d %s`, len(b), strings.ToUpper(raw.Rdata)))
	}
	return text
}

func serviceOf(rr dns.RR) *dns.SVCB {
	switch rr := rr.(type) {
	case *dns.SVCB:
		return rr
	case *dns.HTTPS:
		return &rr.SVCB
	}
	return nil
}

// serviceText writes SVCB and HTTPS (RFC 9460) with quotes where dig has them.
func serviceText(s *dns.SVCB) string {
	words := []string{strconv.Itoa(int(s.Priority)), Canonical(s.Target)}
	for _, v := range s.Value {
		key, value := v.Key().String(), v.String()
		free := v.Key() == dns.SVCB_ALPN || v.Key() == dns.SVCB_DOHPATH || strings.HasPrefix(key, "key")
		switch {
		case value == "":
			words = append(words, key)
		case free:
			words = append(words, key+`="`+strings.ReplaceAll(value, `\ `, " ")+`"`)
		default:
			words = append(words, key+"="+value)
		}
	}
	return strings.Join(words, " ")
}
