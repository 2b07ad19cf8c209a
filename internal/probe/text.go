//go:build linux

package probe

import (
	"encoding/binary"
	"fmt"
)

// text4 is an ICMP error as ping(8) prints it.
func text4(b []byte) string {
	code := int(b[1])
	switch b[0] {
	case unreachable4:
		if code == 4 {
			return fmt.Sprintf("Frag needed and DF set (mtu = %d)", binary.BigEndian.Uint16(b[6:]))
		}
		return pick(code, "Dest Unreachable, Bad Code: %d", unreachableTexts4())
	case quench4:
		return "Source Quench"
	case redirect4:
		return pick(code, "Redirect, Bad Code: %d", []string{
			"Redirect Network", "Redirect Host", "Redirect Type of Service and Network", "Redirect Type of Service and Host",
		})
	case exceeded4:
		return pick(code, "Time exceeded, Bad Code: %d", []string{"Time to live exceeded", "Frag reassembly time exceeded"})
	case problem4:
		return fmt.Sprintf("Parameter problem: pointer = %d", b[4])
	}
	return fmt.Sprintf("Bad ICMP type: %d", b[0])
}

func unreachableTexts4() []string {
	return []string{
		0:  "Destination Net Unreachable",
		1:  "Destination Host Unreachable",
		2:  "Destination Protocol Unreachable",
		3:  "Destination Port Unreachable",
		5:  "Source Route Failed",
		6:  "Destination Net Unknown",
		7:  "Destination Host Unknown",
		8:  "Source Host Isolated",
		9:  "Destination Net Prohibited",
		10: "Destination Host Prohibited",
		11: "Destination Net Unreachable for Type of Service",
		12: "Destination Host Unreachable for Type of Service",
		13: "Packet filtered",
		14: "Precedence Violation",
		15: "Precedence Cutoff",
	}
}

// text6 is an ICMPv6 error as ping(8) prints it.
func text6(b []byte) string {
	code := int(b[1])
	word := binary.BigEndian.Uint32(b[4:])
	switch b[0] {
	case unreachable6:
		return "Destination unreachable: " + pick(code, "Unknown code %d", []string{
			"No route", "Administratively prohibited", "Beyond scope of source address", "Address unreachable",
			"Port unreachable", "Source address failed ingress/egress policy", "Reject route to destination",
		})
	case tooBig6:
		return fmt.Sprintf("Packet too big: mtu=%d", word)
	case exceeded6:
		return "Time exceeded: " + pick(code, "code %d", []string{"Hop limit", "Defragmentation failure"})
	case problem6:
		return "Parameter problem: " + pick(code, "code %d ", []string{
			"Wrong header field ", "Unknown header ", "Unknown option ",
		}) + fmt.Sprintf("at %d", word)
	}
	return fmt.Sprintf("unknown icmp type: %d", b[0])
}

func pick(code int, unknown string, texts []string) string {
	if code < len(texts) && texts[code] != "" {
		return texts[code]
	}
	return fmt.Sprintf(unknown, code)
}
