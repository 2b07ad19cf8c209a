package interp

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"netlab/internal/event"
	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/nlmsg"
	"netlab/internal/op"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// tools are the rooms that do what netlab does itself, each behind one
// function, so that planning and wording are tested without a kernel.
type tools struct {
	parse      func(args []string) (op.Line, error)
	parseExec  func(args []string) (ns string, argv []string, ok bool)
	parseQuery func(args []string) (op.Query, error)
	summary    func(op.Line) string
	do         func(op.Line) *refusal
	show       func(ctx context.Context, q op.Query) (string, error)
	enter      func(ns string) error // only tries: is there such a namespace
	setting    func(ns, path string) (string, error)
	connect    func(ns string, to netip.Addr) error
	echo       func(ctx context.Context, req probe.Request, f func(probe.Reply)) error
}

// refusal is how an op failed, in the words of the real tool.
type refusal struct {
	exit       int
	text, hint string
}

// native are the tools of the lab in which this process runs.
func native() tools { return toolsOf(kernel.New()) }

// tapped are native tools that also tell what they send to the kernel, if that
// is wanted.
func tapped(o Options, out *mouth) tools {
	k := kernel.New()
	if !o.Netlink {
		return toolsOf(k)
	}
	k.Tap = func(l op.Line, x kernel.Exchange) {
		read := nlmsg.Read(x.Sent, x.Received)
		out.say(event.Event{Kind: event.Netlink, Line: l.String(), Place: place(l), Netlink: &read})
	}
	t := toolsOf(k)
	do := t.do
	t.do = func(l op.Line) *refusal {
		if how := kernel.Otherwise(l); how != "" {
			out.say(event.Event{Kind: event.Netlink, Line: l.String(), Place: place(l), Text: how})
		}
		return do(l)
	}
	return t
}

func place(l op.Line) string { return cmp.Or(l.Netns, host) }

func toolsOf(k *kernel.Kernel) tools {
	return tools{
		parse:      op.Parse,
		parseExec:  op.ParseExec,
		parseQuery: op.ParseQuery,
		summary:    op.Summary,
		do:         func(l op.Line) *refusal { return refused(k.Do(l)) },
		show: func(ctx context.Context, q op.Query) (string, error) {
			lab, err := k.Snapshot(ctx)
			if err != nil {
				return "", err
			}
			return snapshot.Show(lab, q)
		},
		enter:   enter,
		setting: setting,
		connect: connect,
		echo:    probe.Each,
	}
}

func refused(err error) *refusal {
	if err == nil {
		return nil
	}
	var e *kernel.Error
	if errors.As(err, &e) {
		return &refusal{exit: e.Exit, text: e.Text, hint: e.Hint}
	}
	return &refusal{exit: 1, text: err.Error()}
}

func enter(ns string) error {
	f, err := netns.OpenNamed(ns)
	if err != nil {
		return err
	}
	return f.Close()
}

// setting reads a file under /proc/sys as the namespace shows it.
func setting(ns, path string) (string, error) {
	return netns.Socket(ns, func() (string, error) {
		b, err := os.ReadFile(path)
		return string(b), err
	})
}

// connectPort is the port to which ping(8), too, connects a UDP socket before
// it sends anything, to hear what the routing table says.
const connectPort = 1025

// connect asks the routing table of the namespace for a way to an address.
// Nothing is sent.
func connect(ns string, to netip.Addr) error {
	return netns.Do(ns, func() error {
		family, sa := socketAddress(to.Unmap())
		fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.Connect(fd, sa)
	})
}

// socketAddress must be made in the namespace: a zone is the name of one of
// its links.
func socketAddress(to netip.Addr) (family int, sa unix.Sockaddr) {
	if to.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: connectPort, Addr: to.As4()}
	}
	sa6 := &unix.SockaddrInet6{Port: connectPort, Addr: to.As16()}
	if link, err := net.InterfaceByName(to.Zone()); err == nil {
		sa6.ZoneId = uint32(link.Index)
	}
	return unix.AF_INET6, sa6
}
