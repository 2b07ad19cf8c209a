package trace

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"netlab/internal/measure"
)

// Numbers of Ethernet (linux/if_ether.h) and of IP (RFC 790, RFC 8200).
const (
	etherIPv4, etherARP, etherIPv6 = 0x0800, 0x0806, 0x86dd
	etherHeader                    = 14
	protoICMP6                     = 58
	groupQuery, groupReport2       = 130, 143 // MLD; between them the messages of neighbour discovery
	solicit, advertise             = 135, 136
)

// Protocols are those of the frames that may belong to a probe, by their
// numbers in an Ethernet header.
func Protocols(to netip.Addr, tunnels bool) []uint16 {
	switch {
	case tunnels: // which may be of the other family
		return []uint16{etherIPv6, etherIPv4, etherARP}
	case to.Is6():
		return []uint16{etherIPv6}
	}
	return []uint16{etherIPv4, etherARP}
}

// Near says that a frame may belong to a probe to an address: it is of that
// family of addresses, and no routine of IPv6. It is quick, and read before
// anything else.
func Near(to netip.Addr, tunnels bool) func(frame []byte, ether bool) bool {
	return func(b []byte, ether bool) bool {
		kind := uint16(0)
		switch {
		case ether && len(b) > etherHeader:
			kind, b = binary.BigEndian.Uint16(b[12:]), b[etherHeader:]
		case !ether && len(b) > 0 && b[0]>>4 == 6:
			kind = etherIPv6
		case !ether && len(b) > 0:
			kind = etherIPv4
		}
		switch {
		case kind == etherIPv4 || kind == etherARP:
			return to.Is4() || tunnels
		case kind != etherIPv6 || len(b) <= header6 || to.Is4() && !tunnels:
			return false
		}
		routine := b[6] == 0 || b[6] == protoICMP6 && b[header6] >= groupQuery && b[header6] <= groupReport2
		return !routine || b[6] == protoICMP6 && (b[header6] == solicit || b[header6] == advertise)
	}
}

// Only is a capture with the frames of a story alone, which names them by their
// new numbers from then on.
func (s *Story) Only(c measure.Capture) measure.Capture {
	out := measure.Capture{Points: c.Points, Lost: c.Lost}
	for l := range s.Legs {
		for h := range s.Legs[l].Hops {
			frames := slices.Clone(s.Legs[l].Hops[h].Frames)
			for i, n := range frames {
				frames[i] = len(out.Packets)
				out.Packets = append(out.Packets, c.Packets[n])
			}
			s.Legs[l].Hops[h].Frames = frames
		}
	}
	return out
}

// Since is when a visit began.
func Since(v Visit) time.Duration { return v.Sights[0].At }
