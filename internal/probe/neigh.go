//go:build linux

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

// mark remembers which neighbours some namespaces knew at a moment, so that
// what a probe left behind can be removed: a check changes nothing that it
// judges. Its sockets stay in the namespaces until close.
type mark struct {
	spaces []marked
}

type marked struct {
	name  string
	conn  *netlink
	known map[neighbour]bool
}

// neighbour is the key of an entry.
type neighbour struct {
	family uint8
	index  int32
	addr   string // as bytes
}

// markNeighbours marks the entries of the named namespaces (empty or "host": this
// process's own). A namespace that does not exist is left out. The caller
// closes the mark.
func markNeighbours(names []string) (*mark, error) {
	m := &mark{}
	for _, name := range names {
		conn, err := dial(name)
		if errors.Is(err, ErrNoNamespace) {
			continue
		}
		if err != nil {
			m.close()
			return nil, err
		}
		s := marked{name: name, conn: conn, known: make(map[neighbour]bool)}
		m.spaces = append(m.spaces, s)
		entries, err := conn.neighbours()
		if err != nil {
			m.close()
			return nil, err
		}
		for _, e := range entries {
			s.known[e] = true
		}
	}
	return m, nil
}

// restore removes the entries that were not there when the mark was made,
// those without an answer too: an address that is asked for in vain is asked
// for again only after a second. Do it after the snapshot that explains a
// failure. It may be called many times, and goes on after an error.
func (m *mark) restore() error {
	var errs []error
	for _, s := range m.spaces {
		entries, err := s.conn.neighbours()
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot list the neighbours of %q: %w", s.name, err))
			continue
		}
		for _, e := range entries {
			if s.known[e] {
				continue
			}
			err := s.conn.forget(e)
			if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENODEV) {
				errs = append(errs, fmt.Errorf("cannot remove a neighbour of %q: %w", s.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// close closes the sockets of the mark.
func (m *mark) close() {
	for _, s := range m.spaces {
		_ = s.conn.close()
	}
	m.spaces = nil
}

func dial(name string) (*netlink, error) {
	conn, err := netns.Socket(name, openNetlink)
	if noNamespace(name, err) {
		return nil, &missingError{name, err}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open a netlink socket in %q: %w", name, err)
	}
	return conn, nil
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

// neighbours lists the ARP and NDP entries, without those that the kernel
// keeps for itself (NOARP).
func (c *netlink) neighbours() ([]neighbour, error) {
	var out []neighbour
	err := c.ask(unix.RTM_GETNEIGH, unix.NLM_F_DUMP, make([]byte, unix.SizeofNdMsg), func(typ uint16, body []byte) {
		if typ != unix.RTM_NEWNEIGH || len(body) < unix.SizeofNdMsg {
			return
		}
		state := u16(body[8:])
		n := neighbour{family: body[0], index: int32(u32(body[4:]))}
		n.addr = string(attribute(body[unix.SizeofNdMsg:], unix.NDA_DST))
		if state&unix.NUD_NOARP == 0 && (n.family == unix.AF_INET || n.family == unix.AF_INET6) && n.addr != "" {
			out = append(out, n)
		}
	})
	return out, err
}

func (c *netlink) forget(n neighbour) error {
	body := make([]byte, unix.SizeofNdMsg)
	body[0] = n.family
	putU32(body[4:], uint32(n.index))
	body = slices.Concat(body, attributeBytes(unix.NDA_DST, []byte(n.addr)))
	return c.ask(unix.RTM_DELNEIGH, unix.NLM_F_ACK, body, func(uint16, []byte) {})
}
