//go:build linux

package probe

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

// neighbour is the key of an entry.
type neighbour struct {
	family uint8
	index  int32
	addr   string // as bytes
}

func dial(name string) (*netlink, error) {
	conn, err := netns.Socket(name, openNetlink)
	if err != nil {
		return nil, fmt.Errorf("cannot open a netlink socket in %q: %w", name, err)
	}
	return conn, nil
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

// forgetAll removes what the named namespaces know of their neighbours.
func forgetAll(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		conn, err := dial(name)
		if err != nil {
			t.Fatal(err)
		}
		all, err := conn.neighbours()
		for _, n := range all {
			_ = conn.forget(n) // it may have gone by itself
		}
		_ = conn.close()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (c *netlink) forget(n neighbour) error {
	body := make([]byte, unix.SizeofNdMsg)
	body[0] = n.family
	putU32(body[4:], uint32(n.index))
	body = slices.Concat(body, attributeBytes(unix.NDA_DST, []byte(n.addr)))
	return c.ask(unix.RTM_DELNEIGH, unix.NLM_F_ACK, body, func(uint16, []byte) {})
}
