// Package floor is the yardstick of the benchmarks: it builds their networks
// with exactly the system calls that the kernel needs for them, and nothing
// else. It has no input to check, no sandbox, no words for errors, and leaves
// nothing but the network. Only tests use it.
package floor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// space is a namespace under construction.
type space struct {
	messages
	socket int
	err    error
}

// Up builds a network whose namespaces are pinned under dir, which Up makes.
// They stay until Down. After an error, call Down too.
func Up(dir string, p *Plan) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("floor", dir, "tmpfs", 0, "mode=0755"); err != nil {
		return err
	}
	if err := unix.Mount("", dir, "", unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	spaces := make([]space, len(p.Nodes))
	defer func() {
		for _, s := range spaces {
			if s.socket > 0 {
				unix.Close(s.socket)
			}
		}
	}()
	for _, part := range []func(*Plan, []space) error{namespaces(dir), plug, configure, settle} {
		if err := part(p, spaces); err != nil {
			return err
		}
	}
	return nil
}

// Down drops all the namespaces at once.
func Down(dir string) error {
	return errors.Join(unix.Unmount(dir, unix.MNT_DETACH), os.Remove(dir))
}

// namespaces are made by two threads: more would only wait for each other.
func namespaces(dir string) func(*Plan, []space) error {
	return func(p *Plan, spaces []space) error {
		var next atomic.Int64
		var running sync.WaitGroup
		for range 2 {
			running.Go(func() {
				runtime.LockOSThread() // for good: the thread ends with it
				for i := int(next.Add(1)) - 1; i < len(spaces); i = int(next.Add(1)) - 1 {
					spaces[i].socket, spaces[i].err = namespace(filepath.Join(dir, p.Nodes[i].Name), p.Nodes[i].Router)
				}
			})
		}
		running.Wait()
		var errs []error
		for _, s := range spaces {
			errs = append(errs, s.err)
		}
		return errors.Join(errs...)
	}
}

// namespace takes the calling thread into a new one and returns a netlink
// socket there.
func namespace(path string, router bool) (socket int, err error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return 0, err
	}
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	unix.Close(fd)
	if err := unix.Mount("/proc/thread-self/ns/net", path, "", unix.MS_BIND, ""); err != nil {
		return 0, err
	}
	if router {
		if err := write("/proc/sys/net/ipv4/ip_forward", "1"); err != nil {
			return 0, err
		}
	}
	return unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
}

func write(path, value string) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Write(fd, []byte(value))
	return err
}

func plug(p *Plan, spaces []space) error {
	for i, n := range p.Nodes {
		if n.Switch {
			spaces[i].bridge()
		}
	}
	for _, c := range p.Cables {
		near := &spaces[c.Near.Node]
		far, err := unix.IoctlRetInt(spaces[c.Far.Node].socket, unix.SIOCGSKNS)
		if err != nil {
			return err
		}
		near.cable(c, far)
		err = near.do(near.socket)
		unix.Close(far)
		if err != nil {
			return fmt.Errorf("%s in %s: %w", c.Near.Dev, p.Nodes[c.Near.Node].Name, err)
		}
	}
	return nil
}

// configure gives all addresses and routes; bridges come up last, since an
// open one floods what each new port says.
func configure(p *Plan, spaces []space) error {
	for i, n := range p.Nodes {
		if !n.Switch {
			spaces[i].up(1) // lo
		}
	}
	for _, c := range p.Cables {
		if c.Near.Addr.IsValid() {
			spaces[c.Near.Node].address(c.Near.Index, c.Near.Addr)
		}
		far := &spaces[c.Far.Node]
		far.up(c.Far.Index)
		far.address(c.Far.Index, c.Far.Addr)
	}
	for i := len(p.Nodes) - 1; i >= 0; i-- { // the switch is the first
		n, s := p.Nodes[i], &spaces[i]
		for _, r := range n.Routes {
			s.route(r)
		}
		if n.Switch {
			s.up(bridgeIndex)
		}
		if err := s.do(s.socket); err != nil {
			return fmt.Errorf("%s: %w", n.Name, err)
		}
	}
	return nil
}

// settle is for the ends whose carrier came by itself: those that were up
// before the far ones, and the bridges.
func settle(p *Plan, spaces []space) error {
	one := func(node, index int) error {
		s := &spaces[node]
		s.settle(index)
		return s.do(s.socket)
	}
	for _, c := range p.Cables {
		if err := one(c.Near.Node, c.Near.Index); err != nil {
			return err
		}
	}
	for i, n := range p.Nodes {
		if n.Switch {
			if err := one(i, bridgeIndex); err != nil {
				return err
			}
		}
	}
	return nil
}
