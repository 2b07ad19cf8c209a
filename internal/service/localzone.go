package service

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// local answers what unbound answers by itself: names of this machine, and
// what no server of the Internet knows (RFC 6303, RFC 6761, RFC 7793, RFC 8375).
func local(name string, rtype uint16) (found, bool) {
	name = dns.CanonicalName(name)
	if dns.IsSubDomain("localhost.", name) {
		return localhost(name, rtype), true
	}
	zone, ok := unknownZone(name)
	if !ok {
		return found{}, false
	}
	f := found{rcode: dns.RcodeNameError, soa: localSOA(zone)}
	switch {
	case name == loopback4 || name == loopback6:
		f.rcode = dns.RcodeSuccess
		if rtype == dns.TypePTR {
			f.soa, f.records = nil, []dns.RR{&dns.PTR{Hdr: localHeader(name, rtype), Ptr: "localhost."}}
		}
	case name == zone:
		return apex(zone, rtype), true
	}
	return f, true
}

// apex is what is known of a zone itself.
func apex(zone string, rtype uint16) found {
	switch rtype {
	case dns.TypeSOA:
		return found{records: []dns.RR{localSOA(zone)}}
	case dns.TypeNS:
		return found{records: []dns.RR{&dns.NS{Hdr: localHeader(zone, rtype), Ns: "localhost."}}}
	}
	return found{soa: localSOA(zone)}
}

const loopback4, loopback6 = "1.0.0.127.in-addr.arpa.", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."

func localhost(name string, rtype uint16) found {
	switch rtype {
	case dns.TypeA:
		return found{records: []dns.RR{&dns.A{Hdr: localHeader(name, rtype), A: netip.AddrFrom4([4]byte{127, 0, 0, 1}).AsSlice()}}}
	case dns.TypeAAAA:
		return found{records: []dns.RR{&dns.AAAA{Hdr: localHeader(name, rtype), AAAA: netip.IPv6Loopback().AsSlice()}}}
	}
	if name == "localhost." {
		return apex(name, rtype)
	}
	return found{soa: localSOA("localhost.")}
}

const localTTL = 10800 // seconds, as unbound has it

func localHeader(name string, rtype uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rtype, Class: dns.ClassINET, Ttl: localTTL}
}

func localSOA(zone string) dns.RR {
	return &dns.SOA{Hdr: localHeader(zone, dns.TypeSOA), Ns: "localhost.", Mbox: "nobody.invalid.",
		Serial: 1, Refresh: 3600, Retry: 1200, Expire: 604800, Minttl: localTTL}
}

// unknownZone finds the zone without names in which a name lies.
func unknownZone(name string) (string, bool) {
	for i, end := 0, false; !end; i, end = dns.NextLabel(name, i) {
		if zone := name[i:]; isUnknown(zone) {
			return zone, true
		}
	}
	return "", false
}

func isUnknown(zone string) bool {
	switch zone {
	case "home.arpa.", "onion.", "test.", "invalid.", loopback6,
		"10.in-addr.arpa.", "168.192.in-addr.arpa.", "0.in-addr.arpa.", "127.in-addr.arpa.", "254.169.in-addr.arpa.", "2.0.192.in-addr.arpa.",
		"100.51.198.in-addr.arpa.", "113.0.203.in-addr.arpa.", "255.255.255.255.in-addr.arpa.",
		"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.", "d.f.ip6.arpa.", "8.e.f.ip6.arpa.", "9.e.f.ip6.arpa.",
		"a.e.f.ip6.arpa.", "b.e.f.ip6.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa.":
		return true
	}
	return numbered(zone, ".172.in-addr.arpa.", 16, 31) || numbered(zone, ".100.in-addr.arpa.", 64, 127)
}

// numbered says that a zone is one of 16.172.in-addr.arpa. … 31.172.in-addr.arpa.
func numbered(zone, rest string, first, last int) bool {
	label, ok := strings.CutSuffix(zone, rest)
	n, err := strconv.Atoi(label)
	return ok && err == nil && first <= n && n <= last && label == strconv.Itoa(n)
}
