package kernel

import (
	"bytes"
	"encoding/binary"
	"iter"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

func align(n int) int { return (n + unix.NLMSG_ALIGNTO - 1) &^ (unix.NLMSG_ALIGNTO - 1) }

// attrs walks over the attributes of a message or of a nest. What is cut off
// ends the walk.
func attrs(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= unix.SizeofRtAttr {
			size := int(binary.NativeEndian.Uint16(b))
			if size < unix.SizeofRtAttr || size > len(b) {
				return
			}
			kind := binary.NativeEndian.Uint16(b[2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
			if !yield(kind, b[unix.SizeofRtAttr:size]) {
				return
			}
			b = b[min(align(size), len(b)):]
		}
	}
}

// The readers give the zero value for an attribute that is too short. Netlink
// uses the byte order of the machine.

func u8(b []byte) uint8 {
	if len(b) < 1 {
		return 0
	}
	return b[0]
}

func u16(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.NativeEndian.Uint16(b)
}

func be16(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// be64 reads a number in the byte order of the network, which netfilter uses.
func be64(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func be32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

func u32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(b)
}

func cString(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

// put16 and put32 add a number to a fixed part.

func put16(b []byte, v uint16) []byte { return binary.NativeEndian.AppendUint16(b, v) }
func put32(b []byte, v uint32) []byte { return binary.NativeEndian.AppendUint32(b, v) }

// raw is the fixed beginning of a message.
type raw []byte

// Len is the size of the bytes.
func (r raw) Len() int { return len(r) }

// Serialize returns the bytes.
func (r raw) Serialize() []byte { return r }

// The writers make one attribute each.

func attr8(kind int, v uint8) *nl.RtAttr   { return nl.NewRtAttr(kind, []byte{v}) }
func attr16(kind int, v uint16) *nl.RtAttr { return nl.NewRtAttr(kind, nl.Uint16Attr(v)) }
func attr32(kind int, v uint32) *nl.RtAttr { return nl.NewRtAttr(kind, nl.Uint32Attr(v)) }

func attrBE16(kind int, v uint16) *nl.RtAttr {
	return nl.NewRtAttr(kind, binary.BigEndian.AppendUint16(nil, v))
}

func attrAddr(kind int, a netip.Addr) *nl.RtAttr { return nl.NewRtAttr(kind, a.AsSlice()) }

func attrString(kind int, s string) *nl.RtAttr { return nl.NewRtAttr(kind, nl.ZeroTerminated(s)) }

// bit is 1 for true.
func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// nest makes an attribute that holds others.
func nest(kind int, inner ...*nl.RtAttr) *nl.RtAttr {
	a := nl.NewRtAttr(kind, nil)
	for _, i := range inner {
		a.AddChild(i)
	}
	return a
}

// family is the address family of a, as the kernel numbers it.
func family(a netip.Addr) int {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// hardware is a link-layer address: for tunnels, an IP address.
func hardware(b []byte) string {
	if a := addr(b); a.IsValid() {
		return a.String()
	}
	return net.HardwareAddr(b).String()
}
