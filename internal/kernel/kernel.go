// Package kernel does the ops of a lesson, and takes snapshots of a lab's
// network, over netlink. What it asks of the kernel is, message for message,
// what iproute2 asks; what it says when the kernel refuses is what iproute2
// says, with a hint beside it.
package kernel

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/op"
)

// Kernel does ops and takes snapshots in the namespaces of the lab in which
// this process runs. It keeps no socket open between calls: an open socket
// would keep a deleted namespace alive. It may be used by many at once.
type Kernel struct {
	// Warn, if not nil, gets what ip would print on standard error although
	// the op succeeded.
	Warn func(l op.Line, text string)
	// Tap, if not nil, gets each exchange with the kernel that an op is made of,
	// in order, as soon as it is over. An op that goes another way than netlink
	// has none.
	Tap func(l op.Line, x Exchange)

	mu   sync.Mutex
	held map[string]bool // cables whose other end is known to be nowhere

	texts map[uint64]ruleText // of firewall rules, by the number of their namespace
}

// New returns a Kernel for the lab in which this process runs.
func New() *Kernel { return &Kernel{} }

// Do does one op. When it fails, the error is an *Error.
func (k *Kernel) Do(l op.Line) error {
	t := &task{line: l, warn: k.Warn, tap: newTap(k.Tap, l)}
	err := t.run()
	if err == nil {
		return nil
	}
	e := t.explain(err)
	// A lab that cannot be read any more has no hint.
	if lab, err := k.withoutFilters(context.Background()); err == nil {
		e.Hint = hint(lab, e)
	}
	return e
}

// task is one op being done in one namespace.
type task struct {
	line op.Line
	warn func(l op.Line, text string)
	tap  *tap
	conn *conn // routing socket in the line's namespace
}

func (t *task) run() error {
	switch o := t.line.Op.(type) {
	case *op.NetnsAdd:
		return t.netns(func() error { return netns.Create(o.Name) })
	case *op.NetnsDel:
		return t.netns(func() error { return netns.Delete(o.Name) })
	case *op.SysctlSet:
		return t.sysctlSet(o)
	}
	if err := t.open(); err != nil {
		return err
	}
	defer t.conn.close()
	return t.talk()
}

// talk does an op that is one or more rtnetlink messages.
func (t *task) talk() error {
	switch o := t.line.Op.(type) {
	case *op.LinkAdd:
		return t.linkAdd(o)
	case *op.LinkSet:
		return t.linkSet(o)
	case *op.LinkDel:
		return t.linkDel(o)
	case *op.AddrAdd:
		return t.addrAdd(o)
	case *op.AddrDel:
		return t.addrDel(o)
	case *op.AddrFlush:
		return t.addrFlush(o)
	case *op.RouteAdd:
		return t.routeAdd(o)
	case *op.RouteDel:
		return t.routeDel(o)
	case *op.NeighAdd:
		return t.neighAdd(o)
	case *op.NeighDel:
		return t.neighDel(o)
	case *op.NeighFlush:
		return t.neighFlush(o)
	case *op.FDBAdd:
		return t.fdbAdd(o)
	case *op.FDBDel:
		return t.fdbDel(o)
	case *op.PortSet:
		return t.portSet(o)
	}
	return fmt.Errorf("an op of type %T cannot be done", t.line.Op)
}

// open makes the routing socket in the line's namespace.
func (t *task) open() error {
	if err := t.there(); err != nil {
		return err
	}
	c, err := netns.Socket(t.line.Netns, func() (*conn, error) { return dial(unix.NETLINK_ROUTE, make([]byte, bufferSize)) })
	if err != nil {
		return err
	}
	t.conn, c.tap = c, t.tap
	return nil
}

// there refuses the namespace "host": to ip that is a name like any other, and
// the lab has none that is called so. The lab's own is written as no namespace
// at all.
func (t *task) there() error {
	if t.line.Netns != netns.Host {
		return nil
	}
	_, err := netns.OpenNamed(netns.Host)
	return err
}

// Up brings a link up, as "ip link set dev DEV up" does; for lo, mostly.
func (k *Kernel) Up(ns, dev string) error {
	up := true
	if ns == netns.Host {
		ns = ""
	}
	return k.Do(op.Line{Netns: ns, Op: &op.LinkSet{Dev: dev, Up: &up}})
}

// Settle makes the kernel finish what it still has to do about links that came
// up or went down, in all namespaces. A link whose carrier has just come drops
// what is sent through it until then, which can be a second.
func (k *Kernel) Settle(ctx context.Context) error {
	s, err := openSession(func(*space, []byte) {})
	if err != nil {
		return err
	}
	defer s.close()
	return s.settle(ctx)
}
