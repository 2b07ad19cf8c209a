package sandbox

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ErrUp is wrapped by the error of Listen for a lab that is up.
var ErrUp = errors.New("the lab is up")

// Listener is the socket by which a lab that stays will be found. It is made
// before the lab, so that of two labs with one name the second is refused.
type Listener struct {
	Name string

	home   *Home
	socket *os.File
	file   *os.File // its place in the tree: tells init that it is gone
}

// backlog is how many callers may wait until the engine takes them.
const backlog = 128

// Listen makes the socket of a lab. The caller gives it to Start and closes it
// afterwards; Remove takes it away when there will be no lab.
func (h *Home) Listen(name string) (*Listener, error) {
	l := &Listener{Name: name, home: h}
	err := h.locked(true, func() error {
		h.sweep(name)
		return l.make()
	})
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return nil, fmt.Errorf("%w: %s", ErrUp, name)
	case err != nil:
		return nil, fmt.Errorf("make the socket of the lab: %w", err)
	}
	return l, nil
}

func (l *Listener) make() error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	l.socket = os.NewFile(uintptr(fd), l.Name)
	path := l.home.file(l.Name)
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		l.Close()
		return err
	}
	err = errors.Join(unix.Chmod(path, 0o700), unix.Listen(fd, backlog))
	if err == nil {
		l.file, err = openPath(path)
	}
	if err != nil {
		l.Remove()
	}
	return err
}

// openPath opens a file as a place in the tree alone. Init, another user in
// the lab, could not look it up.
func openPath(path string) (*os.File, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// Socket is the listening socket. It stays the Listener's to close.
func (l *Listener) Socket() *os.File { return l.socket }

// Close closes this process's descriptors. The lab has its own.
func (l *Listener) Close() {
	_ = l.socket.Close()
	if l.file != nil {
		_ = l.file.Close()
	}
}

// Remove takes the socket away, and with it the lab, if there is one.
func (l *Listener) Remove() {
	_ = l.home.locked(false, func() error { return unix.Unlink(l.home.file(l.Name)) })
	l.Close()
}

// Peer is a connection to a lab that stays.
type Peer struct {
	*os.File
	// Pid is the lab's process 1 as this process sees it: the kernel vouches for
	// it (SO_PEERCRED in unix(7)).
	Pid int

	fd int // of File, which would lose its deadlines if it were asked for it
}

// Dial connects to a lab. The error is ECONNREFUSED when its socket was left
// behind, ENOENT when there is none, EAGAIN when too many wait for it.
func (h *Home) Dial(name string) (Peer, error) {
	if err := h.open(false); err != nil {
		return Peer{}, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return Peer{}, err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: h.file(name)}); err != nil {
		unix.Close(fd)
		return Peer{}, err
	}
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		unix.Close(fd)
		return Peer{}, err
	}
	return Peer{File: os.NewFile(uintptr(fd), name), Pid: int(cred.Pid), fd: fd}, nil
}

// maxEnd is how long the kernel may take to end the processes of a lab.
const maxEnd = 10 * time.Second

// End ends a lab and returns when all its processes are gone. The error is
// Dial's when there is no such lab.
func (h *Home) End(name string) error {
	var pidfd int
	err := h.locked(false, func() error {
		p, err := h.Dial(name)
		if errors.Is(err, unix.ECONNREFUSED) {
			h.discard(name)
		}
		if err != nil {
			return err
		}
		defer p.Close()
		if pidfd, err = p.open(); err != nil {
			return err
		}
		return unix.Unlink(h.file(name))
	})
	if err != nil {
		return err
	}
	defer unix.Close(pidfd)
	// Init would end by itself, seeing that its socket is gone; this is sooner,
	// and works even if it is stopped.
	if err := unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("end the lab %s: %w", name, err)
	}
	return awaitEnd(pidfd, name)
}

// open returns a descriptor of the lab's process 1. While the connection is
// alive so is the process, and its number is not another one's.
func (p Peer) open() (int, error) {
	pidfd, err := unix.PidfdOpen(p.Pid, 0)
	if err != nil {
		return -1, fmt.Errorf("find the lab's first process: %w", err)
	}
	fds := []unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, 0); err != nil || fds[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0 {
		unix.Close(pidfd)
		return -1, unix.ECONNREFUSED
	}
	return pidfd, nil
}

// awaitEnd waits until a process has ended: process 1 of a lab is the last.
func awaitEnd(pidfd int, name string) error {
	deadline := time.Now().Add(maxEnd)
	for {
		left := time.Until(deadline)
		fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int(max(left, 0)/time.Millisecond))
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n > 0:
			return nil
		case left <= 0:
			return fmt.Errorf("the lab %s did not end within %v", name, maxEnd)
		}
	}
}
