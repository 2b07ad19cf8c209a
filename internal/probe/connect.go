//go:build linux

package probe

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
	"netlab/internal/netns"
)

// Knock is one attempt to reach an address, or a port there.
type Knock struct {
	From    string // namespace; empty means host
	To      netip.Addr
	Proto   measure.Proto
	Port    uint16        // of TCP and UDP
	Timeout time.Duration // 0 means DefaultTimeout
	Size    int           // bytes of data in an echo or a datagram; 0 means DefaultSize
	// Data is what a datagram carries; nil: Size bytes that mean nothing. Its first
	// eight bytes must tell it from others.
	Data []byte
}

// Reach knocks once: by an echo, by the beginning of a connection, which is
// given up as soon as it stands, or by a datagram. Whether a datagram without
// an answer has arrived, it cannot say. The result has no capture. Errors are
// those of Ping.
func (k Knock) Reach(ctx context.Context) (measure.Trace, error) {
	if k.Proto == measure.ICMP {
		return k.echo(ctx)
	}
	out := k.trace()
	d, err := k.open()
	if err != nil {
		return out, err
	}
	defer d.file.Close()
	if k.Proto == measure.UDP {
		out.Token = k.Data
		if out.Size = len(k.Data); k.Data == nil {
			out.Size = cmp.Or(k.Size, DefaultSize)
			out.Token = make([]byte, max(out.Size, len(cookie{})))
			_, _ = rand.Read(out.Token[:len(cookie{})]) // never fails (crypto/rand)
		}
	}
	began := time.Now()
	stop := context.AfterFunc(ctx, func() { _ = d.file.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = d.file.SetDeadline(began.Add(cmp.Or(k.Timeout, DefaultTimeout)))
	err = d.knock(k, out.Token)
	took := time.Since(began)
	out.Local = d.own().Port()
	if d.judge(&out, err); out.Fate == measure.Answered {
		out.RTT = took
	}
	out.Token = out.Token[:min(len(out.Token), len(cookie{}))]
	return out, ctx.Err()
}

// judge says what an error means: whose word it is stands in the socket's
// queue of errors (ip(7), IP_RECVERR). That nobody listens the target says
// itself, of TCP without ICMP (RFC 9293, 3.10.7.1): else it is a firewall.
func (d *door) judge(out *measure.Trace, err error) {
	report, own := d.report()
	out.ICMP = report
	var no unix.Errno
	switch {
	case err == nil:
		out.Fate = measure.Answered
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, unix.ETIMEDOUT):
		out.Fate = measure.Silent
	case errors.Is(err, unix.ECONNREFUSED) && (report == nil || out.Proto == measure.UDP && report.From == reached(out.To)):
		out.Fate = measure.Closed
	case report != nil && (!own || errors.Is(err, unix.ECONNREFUSED)):
		out.Fate = measure.Reported
	default:
		out.Fate = measure.Refused
		if errors.As(err, &no) {
			out.Errno, out.Text = errnoName(no), no.Error()
		}
	}
}

// reached is the address that a packet to another one goes to: the kernel takes
// the unspecified address for this machine itself (ip(7)).
func reached(to netip.Addr) netip.Addr {
	switch to = to.WithZone("").Unmap(); to {
	case netip.IPv4Unspecified():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case netip.IPv6Unspecified():
		return netip.IPv6Loopback()
	}
	return to
}

// trace is a result that nothing has come to yet.
func (k Knock) trace() measure.Trace {
	return measure.Trace{From: cmp.Or(k.From, netns.Host), To: k.To, Proto: k.Proto, Port: k.Port, Size: k.Size, Fate: measure.Silent}
}

func (k Knock) echo(ctx context.Context) (measure.Trace, error) {
	out := k.trace()
	req := Request{From: k.From, To: k.To, Timeout: k.Timeout, Size: k.Size}
	if err := req.check(); err != nil {
		return out, err
	}
	s, err := open(k.From, is6(k.To), req.size())
	if err != nil {
		return out, err
	}
	defer s.close()
	out.Token = s.cookie[:]
	var p measure.Ping
	err = newSession(s, []Request{req}, func(_ int, r Reply) { fold(&p, r) }).run(ctx)
	out.Fate, out.RTT, out.Errno, out.Text, out.ICMP = p.Fate, p.RTT, p.Errno, p.Text, p.ICMP
	return out, err
}

// door is a socket at which somebody knocks.
type door struct {
	file *os.File
	conn syscall.RawConn
	six  bool
}

func (k Knock) open() (*door, error) {
	family, kind := unix.AF_INET, unix.SOCK_STREAM
	level, option := unix.IPPROTO_IP, unix.IP_RECVERR
	if is6(k.To) {
		family, level, option = unix.AF_INET6, unix.IPPROTO_IPV6, unix.IPV6_RECVERR
	}
	if k.Proto == measure.UDP {
		kind = unix.SOCK_DGRAM
	}
	fd, err := netns.Socket(k.From, func() (int, error) {
		return unix.Socket(family, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	})
	if err != nil {
		return nil, notOpened(k.From, err)
	}
	// With it a router's report comes at once, and says whose it is (ip(7)).
	err = unix.SetsockoptInt(fd, level, option, 1)
	if k.Proto == measure.TCP {
		// Closing leaves nothing behind (socket(7), SO_LINGER; tcp(7)).
		err = errors.Join(err, unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
	}
	d := &door{file: os.NewFile(uintptr(fd), "door"), six: is6(k.To)}
	if err == nil {
		d.conn, err = d.file.SyscallConn()
	}
	if err != nil {
		d.file.Close()
		return nil, err
	}
	return d, nil
}

// knock connects, and sends a datagram and waits for one.
func (d *door) knock(k Knock, data []byte) error {
	err := d.connect(k.To, k.Port)
	if err != nil || k.Proto == measure.TCP {
		return err
	}
	if err := d.send(data); err != nil {
		return err
	}
	return d.answer()
}

func (d *door) connect(to netip.Addr, port uint16) error {
	sa, err := d.address(to, port)
	if err != nil {
		return err
	}
	var got error
	begun := false
	ctl := d.conn.Write(func(fd uintptr) bool {
		if !begun {
			begun = true
			got = unix.Connect(int(fd), sa)
			return !errors.Is(got, unix.EINPROGRESS)
		}
		got = connected(int(fd))
		return !errors.Is(got, unix.EINPROGRESS)
	})
	return errors.Join(ctl, got)
}

// connected is nil when a connection stands, and EINPROGRESS while it is
// neither that nor an error: the poller may wake without a reason, since a new
// TCP socket counts as ready (epoll_ctl(2), EPOLLHUP).
func connected(fd int) error {
	no, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if no != 0 {
		return unix.Errno(no)
	}
	if _, err = unix.Getpeername(fd); errors.Is(err, unix.ENOTCONN) {
		return unix.EINPROGRESS
	}
	return err
}

func (d *door) address(to netip.Addr, port uint16) (unix.Sockaddr, error) {
	s := socket{conn: d.conn, six: d.six}
	sa, err := s.address(to)
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		sa.Port = int(port)
	case *unix.SockaddrInet6:
		sa.Port = int(port)
	}
	return sa, err
}

func (d *door) send(data []byte) error {
	var got error
	ctl := d.conn.Write(func(fd uintptr) bool {
		_, got = unix.Write(int(fd), data)
		return !errors.Is(got, unix.EAGAIN)
	})
	return errors.Join(ctl, got)
}

// answer waits for a datagram, or for an error that was reported.
func (d *door) answer() error {
	var got error
	ctl := d.conn.Read(func(fd uintptr) bool {
		_, got = unix.Read(int(fd), make([]byte, 1))
		return !errors.Is(got, unix.EAGAIN)
	})
	return errors.Join(ctl, got)
}
