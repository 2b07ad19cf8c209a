//go:build linux

package probe

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

// receiveBuffer is what we ask for; the kernel gives what rmem_max allows.
const receiveBuffer = 1 << 20

// socket is a raw ICMP socket in a namespace. It sees the answers to every
// echo of the namespace: id and cookie tell ours.
type socket struct {
	file   *os.File
	conn   syscall.RawConn
	six    bool
	id     uint16
	cookie cookie
	in     []byte
	oob    []byte
}

// cookie is the beginning of the data of our echoes.
type cookie [8]byte

// fits compares as far as the data of a short echo goes.
func (c cookie) fits(data []byte) bool {
	n := min(len(data), len(c))
	return slices.Equal(c[:n], data[:n])
}

// open makes a socket in the namespace, for answers with so many bytes of
// data. The caller closes it.
func open(space string, six bool, data int) (*socket, error) {
	fd, err := netns.Socket(space, func() (int, error) { return rawSocket(six) })
	if err != nil {
		return nil, notOpened(space, err)
	}
	return newSocket(fd, six, data)
}

// openHere makes one in the namespace of the calling thread.
func openHere(six bool, data int) (*socket, error) {
	fd, err := rawSocket(six)
	if err != nil {
		return nil, err
	}
	return newSocket(fd, six, data)
}

// notOpened words why there is no socket in the namespace.
func notOpened(space string, err error) error {
	if noNamespace(space, err) {
		return &missingError{space, err}
	}
	return fmt.Errorf("cannot open a socket for ICMP in %q: %w", space, err)
}

// headersMost is more than the headers before the data of an answer are long,
// and than a report with the packet that it quotes: at most 576 bytes (RFC
// 1812, 4.3.2.3) or 1280 (RFC 4443, 2.4).
const headersMost = 2048

// newSocket takes over fd.
func newSocket(fd int, six bool, data int) (*socket, error) {
	s := &socket{file: os.NewFile(uintptr(fd), "icmp"), six: six, in: make([]byte, headersMost+data), oob: make([]byte, 256)}
	var err error
	if s.conn, err = s.file.SyscallConn(); err != nil {
		s.close()
		return nil, err
	}
	s.rename()
	return s, nil
}

// rename gives the echoes to come another id and cookie: what is still under
// way is not taken for an answer to them.
func (s *socket) rename() {
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	_, _ = rand.Read(s.cookie[:])
	s.id = binary.BigEndian.Uint16(id[:])
}

func (s *socket) close() { _ = s.file.Close() }

func rawSocket(six bool) (int, error) {
	family, proto := unix.AF_INET, unix.IPPROTO_ICMP
	if six {
		family, proto = unix.AF_INET6, unix.IPPROTO_ICMPV6
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	if err != nil {
		return -1, err
	}
	if err := errors.Join(setup(fd, six)...); err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// setup lets through what can be about an echo, and asks for the time and the
// hop limit of each packet.
func setup(fd int, six bool) []error {
	errs := []error{
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer),
	}
	if !six {
		// Bits that are set are kept out (raw(7), ICMP_FILTER).
		mask := ^uint32(0)
		for _, t := range passed4() {
			mask &^= 1 << t
		}
		return append(errs, unix.SetsockoptInt(fd, unix.SOL_RAW, icmpFilter, int(int32(mask))))
	}
	var filter unix.ICMPv6Filter
	for i := range filter.Data {
		filter.Data[i] = ^uint32(0)
	}
	for _, t := range passed6() {
		filter.Data[t/32] &^= 1 << (t % 32)
	}
	return append(errs,
		unix.SetsockoptICMPv6Filter(fd, unix.IPPROTO_ICMPV6, icmpFilter, &filter),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1))
}

// icmpFilter is ICMP_FILTER of linux/icmp.h and ICMPV6_FILTER of
// linux/icmpv6.h: both are 1.
const icmpFilter = 1

// send writes one echo. It never blocks.
func (s *socket) send(r Request, seq uint16) error {
	packet := s.echo(r.size(), seq)
	to, err := s.address(r.To)
	if err != nil {
		return err
	}
	var hops []byte
	if r.TTL > 0 {
		hops = hopLimit(s.six, r.TTL)
	}
	ctl := s.conn.Control(func(fd uintptr) {
		err = unix.Sendmsg(int(fd), packet, hops, to, unix.MSG_DONTWAIT)
	})
	if ctl != nil {
		return ctl
	}
	return err
}

func (r Request) size() int {
	switch {
	case r.Size == 0:
		return DefaultSize
	default:
		return max(r.Size, 0)
	}
}

func (s *socket) address(to netip.Addr) (unix.Sockaddr, error) {
	if !s.six {
		return &unix.SockaddrInet4{Addr: to.Unmap().As4()}, nil
	}
	out := &unix.SockaddrInet6{Addr: to.As16()}
	if to.Zone() == "" {
		return out, nil
	}
	ifr, err := unix.NewIfreq(to.Zone())
	if err != nil {
		return nil, unix.ENODEV
	}
	// The socket's namespace is asked, whatever thread this is.
	ctl := s.conn.Control(func(fd uintptr) { err = unix.IoctlIfreq(int(fd), unix.SIOCGIFINDEX, ifr) })
	if err := errors.Join(ctl, err); err != nil {
		return nil, unix.ENODEV
	}
	out.ZoneId = ifr.Uint32()
	return out, nil
}

// hopLimit is the control message that sets the time to live of one packet
// (IP_TTL in ip(7), IPV6_HOPLIMIT in ipv6(7)).
func hopLimit(six bool, ttl int) []byte {
	level, typ := unix.IPPROTO_IP, unix.IP_TTL
	if six {
		level, typ = unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT
	}
	b := make([]byte, unix.CmsgSpace(4))
	head := unix.CmsgLen(0)
	h := controlHeader(b)
	h.Level, h.Type = int32(level), int32(typ)
	h.SetLen(unix.CmsgLen(4))
	binary.NativeEndian.PutUint32(b[head:], uint32(ttl))
	return b
}

// read gives the next message that can be understood. With wait it waits
// until the deadline of the file, else it returns EAGAIN.
func (s *socket) read(wait bool) (message, error) {
	for {
		n, oobn, from, err := s.receive(wait)
		if err != nil {
			return message{}, err
		}
		m, ok := s.decode(s.in[:n], from)
		if !ok {
			continue
		}
		m.control(s.oob[:oobn])
		m.read = time.Now()
		return m, nil
	}
}

func (s *socket) receive(wait bool) (n, oobn int, from unix.Sockaddr, err error) {
	once := func(fd uintptr) bool {
		n, oobn, _, from, err = unix.Recvmsg(int(fd), s.in, s.oob, unix.MSG_DONTWAIT)
		return !wait || !errors.Is(err, unix.EAGAIN)
	}
	if wait {
		if ctl := s.conn.Read(once); ctl != nil {
			return 0, 0, nil, ctl
		}
		return n, oobn, from, err
	}
	if ctl := s.conn.Control(func(fd uintptr) { once(fd) }); ctl != nil {
		return 0, 0, nil, ctl
	}
	return n, oobn, from, err
}

// missingError is ErrNoNamespace and the error of netns in one.
type missingError struct {
	name  string
	cause error
}

func (e *missingError) Error() string { return fmt.Sprintf("there is no namespace %q", e.name) }

func (e *missingError) Unwrap() []error { return []error{ErrNoNamespace, e.cause} }

// noNamespace tells whether an error of netns means that there is none.
func noNamespace(name string, err error) bool {
	own := name == "" || name == netns.Host
	return err != nil && !own && (errors.Is(err, fs.ErrNotExist) || !netns.Valid(name))
}
