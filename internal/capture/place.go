//go:build linux

package capture

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

// Place is where a stream listens.
type Place struct {
	Space string
	Link  string // empty: at all interfaces, those too that come later
}

func (p Place) String() string {
	if p.Link == "" {
		return p.Space
	}
	return p.Space + ":" + p.Link
}

// NowhereError says that a lab has no such place.
type NowhereError struct{ Place Place }

func (e *NowhereError) Error() string {
	if e.Place.Link == "" {
		return fmt.Sprintf("there is no node %q in this lab", e.Place.Space)
	}
	return fmt.Sprintf("the node %q has no interface %q", e.Place.Space, e.Place.Link)
}

// tapped is a place at which a ring listens.
type tapped struct {
	*ring
	place  Place
	inode  uint64 // of the namespace: another one may get its name
	index  int    // of the interface; 0: all
	points []measure.Point
}

// tapAt begins to listen at a place. The error is a *NowhereError if there is
// none.
func tapAt(p Place, s shape, program filter.Program) (*tapped, error) {
	t := &tapped{place: p, inode: inode(p.Space)}
	fd, err := netns.Socket(p.Space, func() (int, error) { return t.open() })
	switch {
	case errors.Is(err, unix.ENODEV), t.inode == 0, errors.Is(err, unix.ENOENT):
		if err == nil {
			_ = unix.Close(fd)
		}
		return nil, &NowhereError{p}
	case err != nil:
		return nil, fmt.Errorf("cannot listen in %q: %w", p.Space, err)
	}
	if t.ring, err = newRing(fd, s, program, t.index); err != nil {
		return nil, fmt.Errorf("cannot listen at %q: %w", p, err)
	}
	return t, nil
}

// open makes the socket, on a thread in the namespace, and notes which
// interfaces there are.
func (t *tapped) open() (int, error) {
	all, err := net.Interfaces()
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	for _, l := range all {
		if t.place.Link != "" && t.place.Link != l.Name {
			continue
		}
		if t.place.Link != "" {
			t.index = l.Index
		}
		t.points = append(t.points, measure.Point{Space: t.place.Space, Link: l.Name, Index: l.Index, Ether: ethernet(kindOf(fd, l.Name))})
	}
	if t.place.Link != "" && t.index == 0 {
		_ = unix.Close(fd)
		return -1, unix.ENODEV
	}
	return fd, nil
}

// stale says that the place is not the one any more at which the ring listens.
func (t *tapped) stale() bool {
	return inode(t.place.Space) != t.inode || t.index != 0 && t.linkName(t.index) != t.place.Link
}

// linkName is the name that an interface has now; empty: it is gone. The
// socket answers for its own namespace, whoever asks (netdevice(7)).
func (t *tapped) linkName(index int) string {
	name := ""
	t.control(func(fd int) {
		ifr, err := unix.NewIfreq("")
		if err != nil {
			return
		}
		ifr.SetUint32(uint32(index))
		if unix.IoctlIfreq(fd, unix.SIOCGIFNAME, ifr) == nil {
			name = ifr.Name()
		}
	})
	return name
}

// kindOf is the kind of an interface (ARPHRD).
func kindOf(fd int, name string) uint16 {
	ifr, err := unix.NewIfreq(name)
	if err != nil || unix.IoctlIfreq(fd, unix.SIOCGIFHWADDR, ifr) != nil {
		return 0
	}
	return ifr.Uint16() // sa_family of its address
}

func ethernet(kind uint16) bool { return kind == unix.ARPHRD_ETHER || kind == unix.ARPHRD_LOOPBACK }

// inode tells namespaces of the same name apart; 0: there is none.
func inode(space string) uint64 {
	path := "/proc/self/ns/net"
	if space != netns.Host {
		if !netns.Exists(space) {
			return 0
		}
		path = netns.Path(space)
	}
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return 0
	}
	return st.Ino
}
