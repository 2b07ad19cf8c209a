package floor

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

const (
	bridgeIndex = 10
	vethPeer    = 1 // VETH_INFO_PEER in linux/veth.h
	create      = unix.NLM_F_CREATE | unix.NLM_F_EXCL
)

// messages go to the kernel in one datagram (netlink(7), rtnetlink(7)).
type messages struct {
	b     []byte
	last  int // where the last one starts
	count uint32
}

func (m *messages) add(kind, flags int, parts ...[]byte) {
	body := slices.Concat(parts...)
	m.last, m.count = len(m.b), m.count+1
	m.b = binary.NativeEndian.AppendUint32(m.b, uint32(unix.SizeofNlMsghdr+len(body)))
	m.b = binary.NativeEndian.AppendUint16(m.b, uint16(kind))
	m.b = binary.NativeEndian.AppendUint16(m.b, uint16(flags|unix.NLM_F_REQUEST))
	m.b = binary.NativeEndian.AppendUint32(m.b, m.count)
	m.b = append(binary.NativeEndian.AppendUint32(m.b, 0), body...)
}

// attr is an attribute that holds the parts.
func attr(kind int, parts ...[]byte) []byte {
	data := slices.Concat(parts...)
	b := binary.NativeEndian.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(data)))
	b = append(binary.NativeEndian.AppendUint16(b, uint16(kind)), data...)
	for len(b)%unix.RTA_ALIGNTO != 0 {
		b = append(b, 0)
	}
	return b
}

func number(kind, v int) []byte {
	return attr(kind, binary.NativeEndian.AppendUint32(nil, uint32(v)))
}

func text(kind int, s string) []byte { return attr(kind, append([]byte(s), 0)) }

// link is the fixed part of a message about a link (struct ifinfomsg).
func link(index int, flags uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[8:], flags)
	binary.NativeEndian.PutUint32(b[12:], flags)
	return b
}

func (m *messages) up(index int) { m.add(unix.RTM_NEWLINK, 0, link(index, unix.IFF_UP)) }

func (m *messages) bridge() {
	m.add(unix.RTM_NEWLINK, create, link(bridgeIndex, 0), text(unix.IFLA_IFNAME, "br0"),
		attr(unix.IFLA_LINKINFO, text(unix.IFLA_INFO_KIND, "bridge")))
}

// cable makes both ends where they belong, and the near one up at once. The
// far one cannot be: the kernel opens it before it ties the two (ENOTCONN).
func (m *messages) cable(c Cable, farSpace int) {
	near := slices.Concat(link(c.Near.Index, unix.IFF_UP), device(c.Near))
	if !c.Near.Addr.IsValid() {
		near = append(near, number(unix.IFLA_MASTER, bridgeIndex)...)
	}
	peer := attr(vethPeer, link(c.Far.Index, 0), device(c.Far), number(unix.IFLA_NET_NS_FD, farSpace))
	m.add(unix.RTM_NEWLINK, create, near,
		attr(unix.IFLA_LINKINFO, text(unix.IFLA_INFO_KIND, "veth"), attr(unix.IFLA_INFO_DATA, peer)))
}

// device has one queue each way: the default is one for each processor.
func device(e End) []byte {
	return slices.Concat(text(unix.IFLA_IFNAME, e.Dev), number(unix.IFLA_NUM_TX_QUEUES, 1), number(unix.IFLA_NUM_RX_QUEUES, 1))
}

func (m *messages) address(index int, p netip.Prefix) {
	head := []byte{unix.AF_INET, byte(p.Bits()), 0, unix.RT_SCOPE_UNIVERSE}
	addr := p.Addr().AsSlice()
	m.add(unix.RTM_NEWADDR, create, binary.NativeEndian.AppendUint32(head, uint32(index)),
		attr(unix.IFA_LOCAL, addr), attr(unix.IFA_ADDRESS, addr))
}

func (m *messages) route(r Route) {
	head := []byte{unix.AF_INET, byte(r.To.Bits()), 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST, 0, 0, 0, 0}
	m.add(unix.RTM_NEWROUTE, create, head, attr(unix.RTA_DST, r.To.Addr().AsSlice()), attr(unix.RTA_GATEWAY, r.Via.AsSlice()))
}

// settle asks for a link: before the kernel answers, it lets the carrier count
// that has just come. What is sent before that may be lost.
func (m *messages) settle(index int) { m.add(unix.RTM_GETLINK, 0, link(index, 0)) }

// do sends the messages and waits until the last is done. The error is the
// first that the kernel reports. There are no messages then.
func (m *messages) do(socket int) error {
	if m.count == 0 {
		return nil
	}
	binary.NativeEndian.PutUint16(m.b[m.last+6:], binary.NativeEndian.Uint16(m.b[m.last+6:])|unix.NLM_F_ACK)
	last := m.count
	_, err := unix.Write(socket, m.b)
	*m = messages{}
	reply := make([]byte, 16<<10)
	for first := err; err == nil; {
		var n int
		if n, err = unix.Read(socket, reply); errors.Is(err, unix.EINTR) {
			err = nil
			continue
		}
		for b := reply[:max(n, 0)]; len(b) >= unix.SizeofNlMsghdr+4; b = b[min(len(b), int(binary.NativeEndian.Uint32(b)+3)&^3):] {
			if binary.NativeEndian.Uint16(b[4:]) != unix.NLMSG_ERROR {
				continue
			}
			if code := int32(binary.NativeEndian.Uint32(b[unix.SizeofNlMsghdr:])); code != 0 && first == nil {
				first = unix.Errno(-code)
			}
			if binary.NativeEndian.Uint32(b[8:]) == last {
				return first
			}
		}
	}
	return err
}
