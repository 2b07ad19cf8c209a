//go:build linux

package probe

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// settle makes the kernel finish what it still has to do for links that just
// went up. Until then they drop what is sent, for up to a second. A single
// question for a link (not a list of all) makes the kernel do it at once.
func settle(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		conn, err := dial(name)
		if err != nil {
			t.Fatal(err)
		}
		err = conn.settle()
		_ = conn.close()
		if err != nil {
			t.Fatalf("cannot ask for the links of %q: %v", name, err)
		}
	}
}

func (c *netlink) settle() error {
	var indexes []uint32
	err := c.ask(unix.RTM_GETLINK, unix.NLM_F_DUMP, make([]byte, unix.SizeofIfInfomsg), func(typ uint16, body []byte) {
		if typ == unix.RTM_NEWLINK && len(body) >= unix.SizeofIfInfomsg {
			indexes = append(indexes, u32(body[4:]))
		}
	})
	for _, index := range indexes {
		body := make([]byte, unix.SizeofIfInfomsg)
		putU32(body[4:], index)
		gone := c.ask(unix.RTM_GETLINK, unix.NLM_F_ACK, body, func(uint16, []byte) {})
		if gone != nil && !errors.Is(gone, unix.ENODEV) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
