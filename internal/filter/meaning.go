package filter

import (
	"encoding/binary"
	"net/netip"
)

// What frames carry (linux/if_ether.h).
const (
	ip4  carries = 0x0800
	arp  carries = 0x0806
	rarp carries = 0x8035
	ip6  carries = 0x86dd
)

// Protocols of IP (IANA).
const (
	protoICMP, protoTCP, protoUDP, protoFragment, protoICMP6, protoSCTP = 1, 6, 17, 44, 58, 132
)

func inIP4(proto uint32) expr {
	return all(ip4, field{of: ofNetwork, off: 9, size: 1, want: proto})
}

// inIP6 also knows a protocol behind the header of a fragment, as tcpdump does.
func inIP6(proto uint32) expr {
	return all(ip6, anyOf(next(proto), all(next(protoFragment), field{of: ofNetwork, off: 40, size: 1, want: proto})))
}

func next(proto uint32) expr { return field{of: ofNetwork, off: 6, size: 1, want: proto} }

func inIP(proto uint32) expr { return anyOf(inIP4(proto), inIP6(proto)) }

// direction is which of two fields is meant.
type direction string

const (
	oneOf     direction = ""
	source    direction = "src"
	dest      direction = "dst"
	bothSides direction = "src and dst"
)

func (d direction) of(src, dst expr) expr {
	switch d {
	case source:
		return src
	case dest:
		return dst
	case bothSides:
		return all(src, dst)
	}
	return anyOf(src, dst)
}

// network: an address of the frame's IP or ARP header lies in a network, which
// is a single address in the most narrow case. Of says in which headers; none: in all.
func network(d direction, n netip.Prefix, of string) expr {
	if n.Addr().Is6() {
		return all(ip6, d.of(within(n, 8), within(n, 24)))
	}
	inIP := all(ip4, d.of(within(n, 12), within(n, 16)))
	inARP := d.of(within(n, 14), within(n, 24))
	switch of {
	case "ip":
		return inIP
	case "arp":
		return all(arp, inARP)
	}
	return anyOf(inIP, all(anyOf(arp, rarp), inARP))
}

// within compares the bits of an address that a prefix fixes, word by word.
func within(n netip.Prefix, off uint32) expr {
	bits, addr := n.Bits(), n.Masked().Addr().AsSlice()
	words := []expr{everything{}}
	for i := 0; i < len(addr) && bits > 0; i += 4 {
		mask := uint32(0)
		if bits < 32 {
			mask = ^uint32(0) << (32 - bits)
		}
		words = append(words, field{of: ofNetwork, off: off + uint32(i), size: 4, mask: mask, want: binary.BigEndian.Uint32(addr[i:])})
		bits -= 32
	}
	return all(words...)
}

// port: of TCP, UDP or SCTP, or of one of them. Only the first fragment of a
// packet has ports.
func port(d direction, n uint32, protos ...uint32) expr {
	whole := field{of: ofNetwork, off: 6, size: 2, mask: 0x1fff, want: 0}
	var four, six []expr
	for _, p := range protos {
		four = append(four, field{of: ofNetwork, off: 9, size: 1, want: p})
		six = append(six, next(p))
	}
	at := func(l layer, off uint32) expr { return field{of: l, off: off, size: 2, want: n} }
	return anyOf(
		all(ip4, anyOf(four...), whole, d.of(at(ofTransport, 0), at(ofTransport, 2))),
		all(ip6, anyOf(six...), d.of(at(ofNetwork, 40), at(ofNetwork, 42))))
}

// station: a hardware address of the frame.
func station(d direction, mac []byte) expr {
	at := func(off uint32) expr {
		return all(
			field{of: ofFrame, off: off + 2, size: 4, want: binary.BigEndian.Uint32(mac[2:])},
			field{of: ofFrame, off: off, size: 2, want: uint32(binary.BigEndian.Uint16(mac))})
	}
	return all(framed{}, d.of(at(6), at(0)))
}

// group: the frame is for a group of stations (IEEE 802: the lowest bit of the
// first byte).
func group() expr {
	return all(framed{}, field{of: ofFrame, off: 0, size: 1, mask: 1, want: 1})
}
