//go:build linux

package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
	"netlab/internal/netns"
)

// sight is a frame that came by, and whether it leaves the namespace there.
type sight struct {
	measure.Frame
	leaves bool
}

// tap reads the frames at an interface that carry one echo, from when it is
// made until its end.
type tap struct {
	file   *os.File
	conn   syscall.RawConn
	cookie cookie
	wanted func(sight) bool

	found chan struct{} // closed at the first frame that is wanted
	done  chan error    // the reader has ended
	seen  []sight       // of the reader, until done
}

// openTap begins to watch. An empty dev means all interfaces. The caller
// closes the tap.
func openTap(space, dev string, of cookie, wanted func(sight) bool) (*tap, error) {
	fd, err := netns.Socket(space, func() (int, error) { return packetSocket(dev) })
	if noNamespace(space, err) {
		return nil, &missingError{space, err}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot watch the interface %s in %q: %w", dev, space, err)
	}
	t := &tap{file: os.NewFile(uintptr(fd), "packet"), cookie: of, wanted: wanted,
		found: make(chan struct{}), done: make(chan error, 1)}
	if t.conn, err = t.file.SyscallConn(); err != nil {
		t.close()
		return nil, err
	}
	go func() { t.done <- t.read() }()
	return t, nil
}

func (t *tap) close() { _ = t.file.Close() }

// packetSocket is one that sees every frame (packet(7)). Protocol 0 keeps it
// deaf until it is bound to its interface.
func packetSocket(dev string) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	all := &unix.SockaddrLinklayer{Protocol: binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))}
	if dev != "" {
		all.Ifindex, err = indexOf(fd, dev)
	}
	if err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)); err == nil {
		err = unix.Bind(fd, all)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// indexOf asks the socket's namespace for the number of an interface.
func indexOf(fd int, dev string) (int, error) {
	ifr, err := unix.NewIfreq(dev)
	if err != nil {
		return 0, unix.ENODEV
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr); err != nil {
		return 0, err
	}
	return int(ifr.Uint32()), nil
}

// read takes frames until the deadline of the file.
func (t *tap) read() error {
	buf := make([]byte, headersMost+DefaultSize)
	for {
		var n int
		var from unix.Sockaddr
		var err error
		ctl := t.conn.Read(func(fd uintptr) bool {
			n, from, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			return !errors.Is(err, unix.EAGAIN)
		})
		switch {
		case errors.Is(ctl, os.ErrDeadlineExceeded):
			return nil
		case ctl != nil:
			return ctl
		case errors.Is(err, unix.ENETDOWN):
			continue // the interface has gone down, and may come up again
		case err != nil:
			return err
		}
		t.take(buf[:n], from)
	}
}

func (t *tap) take(b []byte, from unix.Sockaddr) {
	ll, ok := from.(*unix.SockaddrLinklayer)
	if !ok {
		return
	}
	f, ok := t.cookie.frame(b, ll)
	if !ok {
		return
	}
	t.seen = append(t.seen, f)
	if t.wanted(f) {
		select {
		case <-t.found:
		default:
			close(t.found)
		}
	}
}

// end waits until a wanted frame has come, or the time is over, and gives all
// frames that came.
func (t *tap) end(until time.Time) (all []sight, wanted bool, err error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-t.found:
	case <-timer.C:
	}
	err = errors.Join(t.file.SetReadDeadline(time.Unix(1, 0)), <-t.done)
	select {
	case <-t.found:
		wanted = true
	default:
	}
	return t.seen, wanted, err
}

// hardwareHeader is the length of the header of Ethernet: two addresses and
// the type of what follows.
const hardwareHeader = 14

// frame reads a frame with the echo of this cookie, or with its reply.
func (c cookie) frame(b []byte, ll *unix.SockaddrLinklayer) (sight, bool) {
	f := sight{leaves: ll.Pkttype == unix.PACKET_OUTGOING}
	switch ll.Hatype {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		if len(b) < hardwareHeader {
			return f, false
		}
		f.To, f.From = net.HardwareAddr(b[:6]).String(), net.HardwareAddr(b[6:12]).String()
		b = b[hardwareHeader:]
	case unix.ARPHRD_NONE:
	default:
		return f, false
	}
	return f, c.packet(b, &f)
}

// packet reads the IP packet in a frame.
func (c cookie) packet(b []byte, f *sight) bool {
	var request, reply byte = echo4, echoReply4
	switch head, ok := header4(b); {
	case ok && b[9] == unix.IPPROTO_ICMP:
		f.Source, f.Dest, f.TTL = addrOf(b[12:16]), addrOf(b[16:20]), int(b[8])
		b = b[head:]
	case len(b) >= header6 && b[0]>>4 == 6 && b[6] == unix.IPPROTO_ICMPV6:
		f.Source, f.Dest, f.TTL = addrOf(b[8:24]), addrOf(b[24:40]), int(b[7])
		b, request, reply = b[header6:], echo6, echoReply6
	default:
		return false
	}
	if len(b) < headerLen+len(c) || !c.fits(b[headerLen:]) {
		return false
	}
	f.Reply = b[0] == reply
	return f.Reply || b[0] == request
}

func addrOf(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}
