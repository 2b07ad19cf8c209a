//go:build linux

package probe

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

// own is the socket's own address and port; zero before there is one.
func (d *door) own() netip.AddrPort {
	var own netip.AddrPort
	_ = d.conn.Control(func(fd uintptr) {
		sa, err := unix.Getsockname(int(fd))
		if err != nil {
			return
		}
		switch sa := sa.(type) {
		case *unix.SockaddrInet4:
			own = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
		case *unix.SockaddrInet6:
			own = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
		}
	})
	return own
}

// report takes the first ICMP error from the socket's queue, and says whether
// the own kernel has written it: nobody answered for the hardware address.
func (d *door) report() (found *measure.ICMPError, own bool) {
	oob := make([]byte, 512)
	n := 0
	_ = d.conn.Control(func(fd uintptr) {
		var err error
		if _, n, _, _, err = unix.Recvmsg(int(fd), make([]byte, 1), oob, unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT); err != nil {
			n = 0
		}
	})
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil {
		return nil, false
	}
	for _, m := range messages {
		if r := extended(m.Data); r != nil {
			return r, r.From == d.own().Addr()
		}
	}
	return nil, false
}

// Where an error in the queue comes from, and where its parts are
// (linux/errqueue.h, struct sock_extended_err; the sender's address follows).
const (
	originICMP, originICMP6 = 2, 3
	extendedSize            = 16
)

// extended reads an ICMP error from a control message; nil if it is none.
func extended(b []byte) *measure.ICMPError {
	if len(b) < extendedSize+2 || b[4] != originICMP && b[4] != originICMP6 {
		return nil
	}
	r := &measure.ICMPError{Type: int(b[5]), Code: int(b[6])}
	// As in the header of the message: what follows the checksum.
	head := make([]byte, headerLen)
	head[0], head[1] = b[5], b[6]
	binary.BigEndian.PutUint32(head[4:], binary.NativeEndian.Uint32(b[8:]))
	from := b[extendedSize:]
	switch family := binary.NativeEndian.Uint16(from); {
	case family == unix.AF_INET && len(from) >= 8:
		r.From, r.Text = addrOf(from[4:8]), text4(head)
	case family == unix.AF_INET6 && len(from) >= 24:
		r.From, r.Text = addrOf(from[8:24]), text6(head)
	default:
		return nil
	}
	return r
}
