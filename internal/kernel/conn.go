package kernel

import (
	"errors"
	"fmt"
	"iter"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// conn is a netlink socket. It stays in the namespace in which it was made.
// The kernel answers before the send returns, so reading never waits long.
type conn struct {
	fd  int
	buf []byte // shared by the sockets of a session, which take turns
	tap *tap   // nil: nobody listens
}

// bufferSize holds the largest answer of a dump: the kernel fills at most
// 32 KiB at a time (netlink(7), NLMSG_GOODSIZE).
const bufferSize = 32 << 10

// maxInterrupted is how often a dump is taken anew when others changed the
// table meanwhile.
const maxInterrupted = 20

// refusal is the kernel's no, with its own words where it has some
// (NLMSGERR_ATTR_MSG).
type refusal struct {
	errno unix.Errno
	ext   string
}

func (r *refusal) Error() string {
	if r.ext != "" {
		return fmt.Sprintf("%v: %s", r.errno, r.ext)
	}
	return r.errno.Error()
}

func (r *refusal) Unwrap() error { return r.errno }

var errInterrupted = errors.New("the kernel's table changed while it was read")

// dial makes a socket in the namespace of the calling thread. Answers are read
// into buf, which must have bufferSize.
func dial(protocol int, buf []byte) (*conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, err
	}
	// Only asked for: a kernel without extended errors still works.
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &conn{fd: fd, buf: buf}, nil
}

// cookie is the number of the namespace of a socket (SO_NETNS_COOKIE, Linux
// 5.14); 0 if the kernel has none.
func cookie(c *conn) uint64 {
	n, err := unix.GetsockoptUint64(c.fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	if err != nil {
		return 0
	}
	return n
}

func (c *conn) close() { unix.Close(c.fd) }

// do sends a change and waits for the kernel's yes or no. The text is a
// warning that came with the yes.
func (c *conn) do(req *nl.NetlinkRequest) (warning string, err error) {
	req.Flags |= unix.NLM_F_ACK
	return c.exchange(req, func(reply) {})
}

// get asks for one object.
func (c *conn) get(req *nl.NetlinkRequest) ([]byte, error) {
	var got []byte
	_, err := c.exchange(req, func(r reply) { got = append(got, r.data...) })
	return got, err
}

// dump asks for all objects of a kind. It is the one place where a dump that
// was interrupted is taken anew.
func (c *conn) dump(build func() *nl.NetlinkRequest) ([][]byte, error) {
	var got [][]byte
	err := errInterrupted
	for range maxInterrupted {
		got = got[:0]
		req := build()
		req.Flags |= unix.NLM_F_DUMP
		_, err = c.exchange(req, func(r reply) { got = append(got, append([]byte(nil), r.data...)) })
		if !errors.Is(err, errInterrupted) {
			break
		}
	}
	return got, err
}

// reply is one message from the kernel. Its data is overwritten by the next.
type reply struct {
	kind  uint16
	flags uint16
	data  []byte
}

func (c *conn) exchange(req *nl.NetlinkRequest, each func(reply)) (warning string, err error) {
	// A netlink socket that is not connected writes to the kernel (netlink(7)).
	sent := req.Serialize()
	c.tap.sent(sent)
	defer c.tap.end()
	if _, err := unix.Write(c.fd, sent); err != nil {
		return "", err
	}
	interrupted := false
	for {
		n, _, err := unix.Recvfrom(c.fd, c.buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		c.tap.received(c.buf[:n])
		for r := range replies(c.buf[:n], req.Seq) {
			interrupted = interrupted || r.flags&unix.NLM_F_DUMP_INTR != 0
			switch {
			case r.kind == unix.NLMSG_ERROR || r.kind == unix.NLMSG_DONE:
				warning, err := verdict(r)
				if err == nil && interrupted {
					err = errInterrupted
				}
				return warning, err
			default:
				each(r)
				if r.flags&unix.NLM_F_MULTI == 0 && req.Flags&unix.NLM_F_ACK == 0 {
					return "", nil
				}
			}
		}
	}
}

// replies walks over the messages in one datagram that answer request seq.
func replies(b []byte, seq uint32) iter.Seq[reply] {
	return func(yield func(reply) bool) {
		for of, r := range messages(b) {
			if of == seq && !yield(r) {
				return
			}
		}
	}
}

// messages walks over all messages in one datagram, with the number of the
// request that each answers.
func messages(b []byte) iter.Seq2[uint32, reply] {
	return func(yield func(uint32, reply) bool) {
		for len(b) >= unix.SizeofNlMsghdr {
			size := int(u32(b))
			if size < unix.SizeofNlMsghdr || size > len(b) {
				return
			}
			r := reply{u16(b[4:]), u16(b[6:]), b[unix.SizeofNlMsghdr:size]}
			if !yield(u32(b[8:]), r) {
				return
			}
			b = b[min(align(size), len(b)):]
		}
	}
}

// verdict reads the last message of an exchange: a number, for an error also
// the request it is about, and the kernel's words.
func verdict(r reply) (warning string, err error) {
	if len(r.data) < 4 {
		return "", nil
	}
	no := unix.Errno(-int32(u32(r.data)))
	rest := r.data[4:]
	if r.kind == unix.NLMSG_ERROR && len(rest) >= unix.SizeofNlMsghdr {
		echoed := unix.SizeofNlMsghdr
		if r.flags&unix.NLM_F_CAPPED == 0 {
			echoed = align(int(u32(rest)))
		}
		rest = rest[min(echoed, len(rest)):]
	}
	var text string
	if r.flags&unix.NLM_F_ACK_TLVS != 0 {
		for kind, value := range attrs(rest) {
			if kind == unix.NLMSGERR_ATTR_MSG {
				text = cString(value)
			}
		}
	}
	if no != 0 {
		return "", &refusal{no, text}
	}
	return text, nil
}
