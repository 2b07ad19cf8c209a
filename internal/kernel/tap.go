package kernel

import (
	"slices"

	"netlab/internal/op"
)

// Exchange is a request as it was sent to the kernel, and the datagrams that
// came back, byte for byte.
type Exchange struct {
	Sent     []byte
	Received [][]byte
}

// maxTapped bounds what is kept of the answers to one request, in bytes: the
// dump of a large table has megabytes. What comes after is left out whole.
const maxTapped = 64 << 10

// tap records what goes over a conn. A nil tap records nothing and costs
// nothing.
type tap struct {
	tell func(Exchange)
	now  Exchange
	kept int
}

// newTap makes the tap for a line, if anybody wants to know.
func newTap(want func(op.Line, Exchange), l op.Line) *tap {
	if want == nil {
		return nil
	}
	return &tap{tell: func(x Exchange) { want(l, x) }}
}

func (t *tap) sent(b []byte) {
	if t != nil {
		t.now, t.kept = Exchange{Sent: slices.Clone(b)}, 0
	}
}

func (t *tap) received(b []byte) {
	if t == nil {
		return
	}
	if t.kept += len(b); t.kept <= maxTapped {
		t.now.Received = append(t.now.Received, slices.Clone(b))
	}
}

// end tells the exchange, which is over.
func (t *tap) end() {
	if t != nil {
		t.tell(t.now)
	}
}

// Otherwise says how a line reaches the kernel when it does not by netlink;
// empty: it does.
func Otherwise(l op.Line) string {
	switch l.Op.(type) {
	case *op.NetnsAdd:
		return "no netlink: a namespace is made by unshare(2), and kept under its name by a bind mount, mount(2)"
	case *op.NetnsDel:
		return "no netlink: the name of a namespace is taken away by umount(2) and unlink(2)"
	case *op.SysctlSet:
		return "no netlink: a setting is written into a file under /proc/sys"
	}
	return ""
}
