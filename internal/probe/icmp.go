//go:build linux

package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

// ICMP types (RFC 792) and ICMPv6 types (RFC 4443, RFC 4861).
const (
	echoReply4, unreachable4, quench4, redirect4, echo4, exceeded4, problem4 = 0, 3, 4, 5, 8, 11, 12
	unreachable6, tooBig6, exceeded6, problem6                               = 1, 2, 3, 4
	echo6, echoReply6, redirect6                                             = 128, 129, 137
)

const (
	headerLen  = 8  // of an ICMP message, and of an echo
	header4Min = 20 // of an IPv4 packet
	header6    = 40 // of an IPv6 packet
)

func passed4() []uint {
	return []uint{echoReply4, unreachable4, quench4, redirect4, exceeded4, problem4}
}

func passed6() []uint {
	return []uint{unreachable6, tooBig6, exceeded6, problem6, echoReply6, redirect6}
}

// message is an ICMP message that is about an echo of somebody here.
type message struct {
	id, seq uint16
	from    netip.Addr
	size    int
	ttl     int
	stamp   time.Time // when the kernel received it; zero if it did not say
	read    time.Time
	data    []byte // of an answer; valid until the next read

	// An error report, and the echo it quotes.
	report *measure.ICMPError
	to     netip.Addr
	own    bool // reported by the sender's own kernel
}

// after is the time since an echo was sent. The kernel's stamp does not count
// the time that the message lay in the buffer; it is on a clock that can be
// set, and is not believed where that is seen.
func (m message) after(sent time.Time) time.Duration {
	rough := m.read.Sub(sent)
	if fine := m.stamp.Sub(sent); !m.stamp.IsZero() && fine > 0 && fine < rough {
		return fine
	}
	return rough
}

// echo builds an echo request. The kernel writes the checksum of ICMPv6.
func (s *socket) echo(size int, seq uint16) []byte {
	b := make([]byte, headerLen+size)
	b[0] = echo4
	if s.six {
		b[0] = echo6
	}
	binary.BigEndian.PutUint16(b[4:], s.id)
	binary.BigEndian.PutUint16(b[6:], seq)
	for i := copy(b[headerLen:], s.cookie[:]); i < size; i++ {
		b[headerLen+i] = byte(i)
	}
	if !s.six {
		binary.BigEndian.PutUint16(b[2:], checksum(b))
	}
	return b
}

// checksum is that of RFC 1071.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// decode reads a message; ok is false for what is no answer to an echo and no
// report about one.
func (s *socket) decode(b []byte, from unix.Sockaddr) (m message, ok bool) {
	if s.six {
		sa, is := from.(*unix.SockaddrInet6)
		if !is {
			return m, false
		}
		m.from = netip.AddrFrom16(sa.Addr)
		return m, m.decode6(b)
	}
	return m, m.decode4(b)
}

func (m *message) decode4(b []byte) bool {
	head, ok := header4(b)
	if !ok {
		return false
	}
	m.from, _ = netip.AddrFromSlice(b[12:16])
	m.ttl = int(b[8])
	b = b[head:]
	if len(b) < headerLen {
		return false
	}
	m.size = len(b)
	if b[0] == echoReply4 {
		m.answer(b)
		return true
	}
	quoted := b[headerLen:]
	inner, ok := header4(quoted)
	if !ok || quoted[9] != unix.IPPROTO_ICMP || len(quoted) < inner+headerLen || quoted[inner] != echo4 {
		return false
	}
	src, _ := netip.AddrFromSlice(quoted[12:16])
	m.to, _ = netip.AddrFromSlice(quoted[16:20])
	m.quote(b, src, quoted[inner:])
	m.report.Text = text4(b)
	return true
}

func (m *message) decode6(b []byte) bool {
	if len(b) < headerLen {
		return false
	}
	m.size = len(b)
	if b[0] == echoReply6 {
		m.answer(b)
		return true
	}
	quoted := b[headerLen:]
	if b[0] == redirect6 {
		// The packet itself is an option of a redirect (RFC 4861, 4.5), and
		// nothing waits for the news.
		return false
	}
	if len(quoted) < header6+headerLen || quoted[6] != unix.IPPROTO_ICMPV6 || quoted[header6] != echo6 {
		return false
	}
	src, _ := netip.AddrFromSlice(quoted[8:24])
	m.to, _ = netip.AddrFromSlice(quoted[24:40])
	m.quote(b, src, quoted[header6:])
	m.report.Text = text6(b)
	return true
}

func (m *message) answer(b []byte) {
	m.id, m.seq = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	m.data = b[headerLen:]
}

func (m *message) quote(b []byte, src netip.Addr, echo []byte) {
	m.id, m.seq = binary.BigEndian.Uint16(echo[4:]), binary.BigEndian.Uint16(echo[6:])
	m.own = m.from == src
	m.report = &measure.ICMPError{From: m.from, Type: int(b[0]), Code: int(b[1])}
}

// header4 is the length of the IPv4 header at the beginning of b.
func header4(b []byte) (int, bool) {
	if len(b) < header4Min || b[0]>>4 != 4 {
		return 0, false
	}
	n := int(b[0]&0x0f) * 4
	return n, n >= header4Min && n <= len(b)
}

// control reads the kernel's notes on a packet: its time and its hop limit.
func (m *message) control(oob []byte) {
	for len(oob) >= unix.CmsgLen(0) {
		h := controlHeader(oob)
		size := int(h.Len)
		if size < unix.CmsgLen(0) || size > len(oob) {
			return
		}
		data := oob[unix.CmsgLen(0):size]
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) == 16:
			m.stamp = time.Unix(int64(binary.NativeEndian.Uint64(data)), int64(binary.NativeEndian.Uint64(data[8:])))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_HOPLIMIT && len(data) >= 4:
			m.ttl = int(binary.NativeEndian.Uint32(data))
		}
		oob = oob[min(unix.CmsgSpace(size-unix.CmsgLen(0)), len(oob)):]
	}
}

func controlHeader(b []byte) *unix.Cmsghdr { return (*unix.Cmsghdr)(unsafe.Pointer(&b[0])) }

// redirect says that a report is only advice, and the echo is still on its way.
func redirect(to netip.Addr, r *measure.ICMPError) bool {
	return r != nil && r.Type == redirect4 && !is6(to)
}

// noNeighbour is the report by which the kernel tells its own sender that
// nobody answered for the hardware address.
func noNeighbour(six bool, r *measure.ICMPError) bool {
	if six {
		return r.Type == unreachable6 && r.Code == 3
	}
	return r.Type == unreachable4 && r.Code == 1
}

func errnoName(err error) string {
	var no unix.Errno
	if errors.As(err, &no) {
		if name := unix.ErrnoName(no); name != "" {
			return name
		}
		return fmt.Sprintf("errno %d", int(no))
	}
	return "EIO"
}
