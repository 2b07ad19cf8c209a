package kernel

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// Mark remembers what the namespaces of the lab had learned at one moment:
// neighbours, where bridges and tunnels saw hardware addresses, and which echoes
// and questions to name servers were followed as connections. What is learned
// later, by a probe for example, can be forgotten. A mark holds two sockets in
// each namespace until it is closed, and is used by one goroutine.
type Mark struct {
	// Lab is the little that a probe has to know of the lab at this moment: its
	// namespaces, their links (without the other ends of cables) and addresses.
	// Everything else is empty.
	Lab snapshot.Lab

	session *session
	known   []map[learned]bool // for each namespace; true: with its hardware address
}

// learned is the key of an entry, as bytes.
type learned struct {
	family, flags uint8
	index, vlan   int
	addr, mac     string // mac only where it is part of the key
}

// Mark marks this moment. Links have settled in it, and the links of deleted
// namespaces are gone, as in a snapshot. The caller closes the mark.
func (k *Kernel) Mark(ctx context.Context) (*Mark, error) {
	m, err := mark(ctx)
	if err != nil || !dangling(m.Lab) {
		return m, err
	}
	m.Close()
	if _, err := k.withoutFilters(ctx); err != nil { // it waits for them
		return nil, err
	}
	return mark(ctx)
}

func mark(ctx context.Context) (*Mark, error) {
	s, err := openSession(func(sp *space, buf []byte) { sp.flows = openFlows(buf) })
	if err != nil {
		return nil, err
	}
	m := &Mark{session: s}
	if err := m.remember(ctx); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *Mark) remember(ctx context.Context) error {
	if err := m.session.settle(ctx); err != nil {
		return err
	}
	m.known = make([]map[learned]bool, len(m.session.spaces))
	err := m.session.each(func(i int, sp *space) error {
		sp.addLinks()
		if err := sp.fill(dump{unix.RTM_GETADDR, make(raw, unix.SizeofIfAddrmsg), sp.addAddr}); err != nil {
			return err
		}
		entries, err := sp.learned()
		if err != nil {
			return err
		}
		sp.flows.remember()
		m.known[i] = map[learned]bool{}
		for _, e := range entries {
			m.known[i][keyOf(e)] = resolved(e)
		}
		return nil
	})
	for _, sp := range m.session.spaces {
		m.Lab.Spaces = append(m.Lab.Spaces, sp.snap)
	}
	return err
}

// dangling says that the other end of a cable is nowhere: each end counts its
// own number and that of the other.
func dangling(lab snapshot.Lab) bool {
	type ends struct{ here, there int }
	open := map[ends]int{}
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			switch {
			case l.Kind != "veth":
			case l.Index <= l.PeerIndex:
				open[ends{l.Index, l.PeerIndex}]++
			default:
				open[ends{l.PeerIndex, l.Index}]--
			}
		}
	}
	for e, n := range open {
		if n != 0 && (e.here != e.there || n%2 != 0) {
			return true
		}
	}
	return false
}

// Entries counts the neighbours that the kernel keeps for the lab now, 4 or 6:
// in all namespaces, and of every kind. Its table is one for the machine, and
// full at 1024 entries by default (gc_thresh3 in arp(7)).
func (m *Mark) Entries(ip int) (int, error) {
	family := unix.AF_INET
	if ip == 6 {
		family = unix.AF_INET6
	}
	total := 0
	for _, sp := range m.session.spaces {
		err := sp.fill(dump{unix.RTM_GETNEIGH, neighHead(family, 0, 0, 0), func([]byte) { total++ }})
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// Forget removes what was learned since the mark, also the neighbours that
// were asked for in vain: the kernel asks for such a one again only after a
// second. What a command entered for good stays. It may be called many times.
func (m *Mark) Forget() error {
	return m.session.each(func(i int, sp *space) error {
		entries, err := sp.learned()
		if err != nil {
			return err
		}
		var gone []*nl.NetlinkRequest
		for _, e := range entries {
			if was, known := m.known[i][keyOf(e)]; !known || !was && resolved(e) {
				gone = append(gone, removalOf(e))
			}
		}
		return errors.Join(sp.route.drop(gone), sp.flows.forget())
	})
}

// Close closes the sockets of the mark.
func (m *Mark) Close() { m.session.close() }

// learned lists the entries that the kernel made by itself, as they came.
func (sp *space) learned() ([][]byte, error) {
	var out [][]byte
	for _, family := range []int{unix.AF_UNSPEC, unix.AF_BRIDGE} {
		found, err := sp.route.dump(func() *nl.NetlinkRequest {
			req := nl.NewNetlinkRequest(unix.RTM_GETNEIGH, 0)
			req.AddData(neighHead(family, 0, 0, 0))
			return req
		})
		if err != nil {
			return nil, err
		}
		for _, b := range found {
			if byItself(b) {
				out = append(out, b)
			}
		}
	}
	return out, nil
}

// byItself says that no command made the entry. The hardware address of an
// IPv6 multicast group needs no question, and yet the kernel keeps an entry
// for each group that it sends to, which fills its table like any other.
func byItself(b []byte) bool {
	if len(b) < sizeofNdmsg {
		return false
	}
	state := u16(b[8:])
	group := b[0] == unix.AF_INET6 && state&unix.NUD_NOARP != 0 && addr([]byte(keyOf(b).addr)).IsMulticast()
	return group || state&(unix.NUD_PERMANENT|unix.NUD_NOARP) == 0
}

func keyOf(b []byte) learned {
	k := learned{family: b[0], flags: b[10] & unix.NTF_SELF, index: int(u32(b[4:]))}
	for kind, v := range attrs(b[sizeofNdmsg:]) {
		switch {
		case kind == unix.NDA_DST:
			k.addr = string(v)
		case kind == unix.NDA_LLADDR && b[0] == unix.AF_BRIDGE:
			k.mac = string(v)
		case kind == unix.NDA_VLAN:
			k.vlan = int(u16(v))
		}
	}
	return k
}

// resolved says that an entry has its hardware address.
func resolved(b []byte) bool { return u16(b[8:])&(unix.NUD_INCOMPLETE|unix.NUD_FAILED) == 0 }

// removalOf is the message that removes an entry: what came, sent back. An
// entry that is not the link's own belongs to its bridge.
func removalOf(b []byte) *nl.NetlinkRequest {
	if b[0] == unix.AF_BRIDGE && b[10]&unix.NTF_SELF == 0 {
		b[10] |= unix.NTF_MASTER
	}
	req := nl.NewNetlinkRequest(unix.RTM_DELNEIGH, 0)
	req.AddRawData(b)
	return req
}

// drop sends removals, many in one datagram, and waits until they are done.
// The kernel answers the last one of a datagram, and the others only when it
// refuses; that an entry has gone by itself is no error.
func (c *conn) drop(reqs []*nl.NetlinkRequest) error {
	const together = 100 // far below the send buffer and the receive buffer
	for len(reqs) > 0 {
		n := min(together, len(reqs))
		if err := c.dropSome(reqs[:n]); err != nil {
			return err
		}
		reqs = reqs[n:]
	}
	return nil
}

func (c *conn) dropSome(reqs []*nl.NetlinkRequest) error {
	last := reqs[len(reqs)-1]
	last.Flags |= unix.NLM_F_ACK
	var all []byte
	for _, r := range reqs {
		r.Seq = last.Seq
		b := r.Serialize()
		all = append(all, b...)
		all = append(all, make([]byte, align(len(b))-len(b))...)
	}
	if _, err := unix.Write(c.fd, all); err != nil {
		return err
	}
	var first error
	for done := false; !done; {
		n, _, err := unix.Recvfrom(c.fd, c.buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		for r := range replies(c.buf[:n], last.Seq) {
			_, err := verdict(r)
			if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENODEV) && first == nil {
				first = err
			}
			done = done || isFor(last, r)
		}
	}
	return first
}

// isFor says that r answers req: it quotes the flags of the request, which
// only the last of many has.
func isFor(req *nl.NetlinkRequest, r reply) bool {
	return len(r.data) >= 4+unix.SizeofNlMsghdr && binary.NativeEndian.Uint16(r.data[4+6:]) == req.Flags
}
