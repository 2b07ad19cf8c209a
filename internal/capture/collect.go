//go:build linux

package capture

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

type place struct {
	space string
	index int
}

// collector puts the frames of all taps together.
type collector struct {
	links   func(string, int) (string, bool)
	keep    func([]byte, bool) bool
	out     measure.Capture
	numbers map[place]int // index in out.Points
	buf     []byte
	oob     [64]byte
}

// drain reads all that a socket holds.
func (c *collector) drain(t tap) error {
	for {
		n, oobn, _, from, err := unix.Recvmsg(t.fd, c.buf, c.oob[:], unix.MSG_TRUNC|unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return c.count(t.fd)
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.ENETDOWN):
			continue // an interface has gone down
		case err != nil:
			return err
		}
		if ll, ok := from.(*unix.SockaddrLinklayer); ok {
			c.add(t.space, ll, n, stamp(c.oob[:oobn]))
		}
	}
}

func (c *collector) count(fd int) error {
	st, err := unix.GetsockoptTpacketStats(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return err
	}
	c.out.Lost += int(st.Drops)
	return nil
}

func (c *collector) add(space string, ll *unix.SockaddrLinklayer, n int, at time.Time) {
	point, ok := c.point(space, ll)
	if !ok || !c.keep(c.buf[:min(n, len(c.buf))], c.out.Points[point].Ether) {
		return
	}
	if len(c.out.Packets) >= most {
		c.out.Lost++
		return
	}
	c.out.Packets = append(c.out.Packets, measure.Packet{
		Point: point, Time: at, For: purpose(ll.Pkttype), Len: n, Data: slices.Clone(c.buf[:min(n, len(c.buf))]),
	})
}

func (c *collector) point(space string, ll *unix.SockaddrLinklayer) (int, bool) {
	at := place{space, ll.Ifindex}
	if n, known := c.numbers[at]; known {
		return n, true
	}
	name, ok := c.links(space, ll.Ifindex)
	if !ok {
		return 0, false
	}
	c.numbers[at] = len(c.out.Points)
	c.out.Points = append(c.out.Points, measure.Point{
		Space: space, Link: name, Index: ll.Ifindex, Ether: ll.Hatype == unix.ARPHRD_ETHER || ll.Hatype == unix.ARPHRD_LOOPBACK,
	})
	return c.numbers[at], true
}

func purpose(kind uint8) measure.For {
	switch kind {
	case unix.PACKET_HOST:
		return measure.ForHost
	case unix.PACKET_BROADCAST:
		return measure.ForAll
	case unix.PACKET_MULTICAST:
		return measure.ForGroup
	case unix.PACKET_OTHERHOST:
		return measure.ForOther
	case unix.PACKET_OUTGOING:
		return measure.ForOutgoing
	}
	return measure.ForSomething
}

// stamp is the time at which the kernel saw a frame.
func stamp(oob []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Now()
}
