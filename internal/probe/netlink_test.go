//go:build linux

package probe

import (
	"encoding/binary"
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// netlink is a route netlink socket of one namespace: just enough for the
// care of neighbours. It is used by one goroutine.
type netlink struct {
	fd  int
	seq uint32
	in  []byte
}

// openNetlink makes a socket in the namespace of the calling thread.
func openNetlink() (*netlink, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	// 32 KiB is what the kernel fills at most with one part of a list.
	return &netlink{fd: fd, in: make([]byte, 1<<15)}, nil
}

func (c *netlink) close() error { return unix.Close(c.fd) }

// errInterrupted: the list changed while it was read (NLM_F_DUMP_INTR).
var errInterrupted = errors.New("the list changed while it was read")

// ask sends a request and gives each message of the answer to f. A list that
// changed meanwhile is asked for again, so f may see an entry twice.
func (c *netlink) ask(typ, flags uint16, body []byte, f func(typ uint16, body []byte)) error {
	const tries = 5
	var err error
	for range tries {
		if err = c.once(typ, flags, body, f); !errors.Is(err, errInterrupted) {
			return err
		}
	}
	return nil
}

func (c *netlink) once(typ, flags uint16, body []byte, f func(uint16, []byte)) error {
	c.seq++
	head := make([]byte, unix.SizeofNlMsghdr)
	binary.NativeEndian.PutUint32(head, uint32(len(head)+len(body)))
	binary.NativeEndian.PutUint16(head[4:], typ)
	binary.NativeEndian.PutUint16(head[6:], flags|unix.NLM_F_REQUEST)
	binary.NativeEndian.PutUint32(head[8:], c.seq)
	if err := unix.Sendto(c.fd, slices.Concat(head, body), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	var interrupted error
	for {
		n, _, err := unix.Recvfrom(c.fd, c.in, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		done, err := c.answer(c.in[:n], f, &interrupted)
		if err != nil {
			return err
		}
		if done {
			return interrupted
		}
	}
}

// answer reads the messages of one datagram; done after the last one of an
// answer.
func (c *netlink) answer(b []byte, f func(uint16, []byte), interrupted *error) (done bool, err error) {
	for len(b) >= unix.SizeofNlMsghdr {
		size := int(u32(b))
		if size < unix.SizeofNlMsghdr || size > len(b) {
			return true, unix.EBADMSG
		}
		typ, flags, seq, body := u16(b[4:]), u16(b[6:]), u32(b[8:]), b[unix.SizeofNlMsghdr:size]
		b = b[min(align(size), len(b)):]
		if seq != c.seq {
			continue
		}
		if flags&unix.NLM_F_DUMP_INTR != 0 {
			*interrupted = errInterrupted
		}
		switch typ {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			return true, errorOf(body)
		}
		f(typ, body)
	}
	return false, nil
}

// errorOf reads an NLMSG_ERROR; 0 is the acknowledgement.
func errorOf(body []byte) error {
	if len(body) < 4 {
		return unix.EBADMSG
	}
	if no := int32(u32(body)); no != 0 {
		return unix.Errno(-no)
	}
	return nil
}

// attribute finds the value of the attribute typ.
func attribute(b []byte, typ uint16) []byte {
	for len(b) >= unix.SizeofRtAttr {
		size := int(u16(b))
		if size < unix.SizeofRtAttr || size > len(b) {
			return nil
		}
		if u16(b[2:]) == typ {
			return b[unix.SizeofRtAttr:size]
		}
		b = b[min(align(size), len(b)):]
	}
	return nil
}

func attributeBytes(typ uint16, value []byte) []byte {
	size := unix.SizeofRtAttr + len(value)
	b := make([]byte, align(size))
	binary.NativeEndian.PutUint16(b, uint16(size))
	binary.NativeEndian.PutUint16(b[2:], typ)
	copy(b[unix.SizeofRtAttr:], value)
	return b
}

// align rounds up to the 4 bytes of NLMSG_ALIGN.
func align(n int) int { return (n + 3) &^ 3 }

func u16(b []byte) uint16       { return binary.NativeEndian.Uint16(b) }
func u32(b []byte) uint32       { return binary.NativeEndian.Uint32(b) }
func putU32(b []byte, v uint32) { binary.NativeEndian.PutUint32(b, v) }
