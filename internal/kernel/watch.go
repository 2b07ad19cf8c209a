package kernel

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// lookForNamespaces is how often a Watcher looks which namespaces there are. As
// long as it has not seen that one is gone, its sockets keep that alive.
const lookForNamespaces = 20 * time.Millisecond

// nftGroup is the group of messages about nftables (NFNLGRP_NFTABLES in
// linux/netfilter/nfnetlink.h).
const nftGroup = 7

// routeGroups are the groups of messages that a Watcher listens to: links,
// neighbours and forwarding entries, addresses, routes, rules, and settings of
// links (RTNLGRP_ in linux/rtnetlink.h).
func routeGroups() []int {
	return []int{
		unix.RTNLGRP_LINK, unix.RTNLGRP_NEIGH, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR,
		unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE, unix.RTNLGRP_IPV4_RULE, unix.RTNLGRP_IPV6_RULE,
		unix.RTNLGRP_IPV4_NETCONF, unix.RTNLGRP_IPV6_NETCONF,
	}
}

// Watcher hears when something changes in the network of the lab: in host and
// in each namespace under /run/netns, also in those that come later. What has
// changed a snapshot tells. The kernel says nothing about sockets, and about
// some settings: they must be looked for.
type Watcher struct {
	heard chan struct{}
	ears  map[string]ear
}

// ear is what listens in one namespace.
type ear struct {
	id    namespaceID
	files []*os.File
}

// namespaceID tells a namespace from a later one of the same name. As long as
// somebody has a socket in it, no other one gets its number.
type namespaceID struct{ dev, ino uint64 }

// Watch begins to listen in all namespaces, and ends with ctx.
func (k *Kernel) Watch(ctx context.Context) (*Watcher, error) {
	w := &Watcher{heard: make(chan struct{}, 1), ears: map[string]ear{}}
	if err := w.attend(); err != nil {
		w.close()
		return nil, err
	}
	go w.run(ctx)
	return w, nil
}

// Heard has a value when something may have changed since it was read last.
func (w *Watcher) Heard() <-chan struct{} { return w.heard }

func (w *Watcher) notify() {
	select {
	case w.heard <- struct{}{}:
	default:
	}
}

func (w *Watcher) run(ctx context.Context) {
	defer w.close()
	look := time.NewTicker(lookForNamespaces)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			_ = w.attend() // what could not be opened now is tried again
		}
	}
}

func (w *Watcher) close() {
	for name := range w.ears {
		w.deafen(name)
	}
}

func (w *Watcher) deafen(name string) {
	for _, f := range w.ears[name].files {
		f.Close()
	}
	delete(w.ears, name)
}

// attend listens in namespaces that are new, and no more in those that are gone.
func (w *Watcher) attend() error {
	named, err := netns.List()
	if err != nil {
		return err
	}
	there := map[string]namespaceID{snapshot.Host: {}}
	for _, name := range named {
		var st unix.Stat_t
		if unix.Stat(netns.Path(name), &st) == nil {
			there[name] = namespaceID{st.Dev, st.Ino}
		}
	}
	for name, e := range w.ears {
		if id, ok := there[name]; !ok || id != e.id {
			w.deafen(name)
			w.notify()
		}
	}
	var all error
	for name, id := range there {
		if _, ok := w.ears[name]; ok {
			continue
		}
		files, err := netns.Socket(name, listen)
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		w.ears[name] = ear{id, files}
		for _, f := range files {
			go w.hear(f)
		}
		w.notify()
	}
	return all
}

// hear notifies of each message until the socket is closed. That messages were
// lost (ENOBUFS) only means that there were many.
func (w *Watcher) hear(f *os.File) {
	buf := make([]byte, 4096)
	for {
		_, err := f.Read(buf)
		if err != nil && !errors.Is(err, unix.ENOBUFS) && !errors.Is(err, unix.EINTR) {
			return
		}
		w.notify()
	}
}

// listen makes the sockets in the namespace of the calling thread. A kernel
// without nftables has one less.
func listen() ([]*os.File, error) {
	f, err := listenTo(unix.NETLINK_ROUTE, routeGroups()...)
	if err != nil {
		return nil, err
	}
	files := []*os.File{f}
	if f, err := listenTo(unix.NETLINK_NETFILTER, nftGroup); err == nil {
		files = append(files, f)
	}
	return files, nil
}

func listenTo(protocol int, groups ...int) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, protocol)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "netlink")
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		f.Close()
		return nil, err
	}
	for _, g := range groups {
		// A kernel that does not know a group has nothing to say about it.
		_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, g)
	}
	return f, nil
}
