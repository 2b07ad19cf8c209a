package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// batch is several changes in one datagram: the kernel does them in order and
// says yes once, at the end, but no to each that it refuses. It is written by
// hand, in one piece of memory: a scene of a thousand nodes is some ten
// thousand messages.
type batch struct {
	b     []byte
	start int      // of the message that is being written
	about []string // what each message is about, for an error
}

// The numbers in if_link.h and rtnetlink.h that package unix has no names for.
const vethPeer = 1 // VETH_INFO_PEER in linux/veth.h

// begin starts a message; its fixed part comes next.
func (m *batch) begin(kind, flags int, about string) {
	m.start = len(m.b)
	m.about = append(m.about, about)
	m.b = append(m.b, make([]byte, unix.SizeofNlMsghdr)...)
	head := m.b[m.start:]
	binary.NativeEndian.PutUint16(head[4:], uint16(kind))
	binary.NativeEndian.PutUint16(head[6:], uint16(flags|unix.NLM_F_REQUEST))
	binary.NativeEndian.PutUint32(head[8:], uint32(len(m.about)))
}

// end closes the message, whose length is known only now.
func (m *batch) end() { binary.NativeEndian.PutUint32(m.b[m.start:], uint32(len(m.b)-m.start)) }

// link is the fixed part of a message about a link (struct ifinfomsg).
func (m *batch) link(index int, up bool) {
	head := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(head[4:], uint32(index))
	if up {
		binary.NativeEndian.PutUint32(head[8:], unix.IFF_UP)
		binary.NativeEndian.PutUint32(head[12:], unix.IFF_UP)
	}
	m.b = append(m.b, head...)
}

func (m *batch) attr(kind int, data ...byte) {
	m.b = put16(m.b, uint16(unix.SizeofRtAttr+len(data)))
	m.b = put16(m.b, uint16(kind))
	m.b = append(m.b, data...)
	for len(m.b) != align(len(m.b)) {
		m.b = append(m.b, 0)
	}
}

func (m *batch) attr32(kind int, v uint32) { m.attr(kind, put32(nil, v)...) }

func (m *batch) text(kind int, s string) { m.attr(kind, append([]byte(s), 0)...) }

// nest writes an attribute that holds what inner writes.
func (m *batch) nest(kind int, inner func()) {
	start := len(m.b)
	m.attr(kind)
	inner()
	binary.NativeEndian.PutUint16(m.b[start:], uint16(len(m.b)-start))
}

// refusedPart is the kernel's no to one message of a batch.
type refusedPart struct {
	about string
	err   error
}

func (r *refusedPart) Error() string { return fmt.Sprintf("%s: %v", r.about, r.err) }

func (r *refusedPart) Unwrap() error { return r.err }

// doAll sends the messages and waits until all are done. The error is that of
// the first that was refused. The batch is empty then.
func (c *conn) doAll(m *batch) error {
	if len(m.about) == 0 {
		return nil
	}
	flags := m.b[m.start+6:]
	binary.NativeEndian.PutUint16(flags, u16(flags)|unix.NLM_F_ACK)
	defer func() { m.b, m.about = m.b[:0], m.about[:0] }()
	if _, err := unix.Write(c.fd, m.b); err != nil {
		return &refusedPart{m.about[0], err}
	}
	var first error
	for {
		n, _, err := unix.Recvfrom(c.fd, c.buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		for seq, r := range messages(c.buf[:n]) {
			if r.kind != unix.NLMSG_ERROR || seq == 0 || int(seq) > len(m.about) {
				continue
			}
			if _, err := verdict(r); err != nil && first == nil {
				first = &refusedPart{m.about[seq-1], err}
			}
			if int(seq) == len(m.about) {
				return first
			}
		}
	}
}
