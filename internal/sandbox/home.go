package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Home is the directory in which one user's labs that stay are found: a
// socket for each, named after the lab. It is there only while there are labs.
// The kernel is the truth: a socket to which nobody listens is no lab, and is
// removed by whoever meets it. One goroutine uses a Home at a time.
type Home struct {
	path string
	uid  int
	dir  *os.File // nil: not open
}

// suffix ends the name of a lab's socket.
const suffix = ".sock"

// HomeError says that the directory cannot be trusted, or not be made.
type HomeError struct{ Text, Hint string }

func (e *HomeError) Error() string { return e.Text }

// NewHome is the place of the labs of whoever runs this program: for root
// /run/netlab, else netlab in XDG_RUNTIME_DIR, which a login makes, else
// /tmp/netlab-UID. The caller closes it.
func NewHome() *Home {
	uid := os.Geteuid()
	return &Home{path: homePath(uid, os.Getenv("XDG_RUNTIME_DIR")), uid: uid}
}

// Close lets go of the directory.
func (h *Home) Close() {
	if h.dir != nil {
		_ = h.dir.Close()
		h.dir = nil
	}
}

// open opens the directory, which must belong to the user alone. The error is
// ENOENT when there is none, and it is not to be made.
func (h *Home) open(create bool) error {
	if h.dir != nil {
		return nil
	}
	if create {
		if err := unix.Mkdir(h.path, 0o700); err != nil && !errors.Is(err, unix.EEXIST) {
			return &HomeError{fmt.Sprintf("cannot make %s, where labs that stay are found: %v", h.path, err),
				"XDG_RUNTIME_DIR names the directory in which it is made"}
		}
	}
	fd, err := unix.Open(h.path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.ENOENT) && !create:
		return err
	case err != nil:
		return &HomeError{fmt.Sprintf("%s, where labs that stay are found, is not a directory of yours: %v", h.path, err),
			"somebody else may have put it there; XDG_RUNTIME_DIR names another place"}
	}
	h.dir = os.NewFile(uintptr(fd), h.path)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		h.Close()
		return err
	}
	if text := distrust(h.path, st, h.uid); text != "" {
		h.Close()
		return &HomeError{text, "remove it, or name another place with XDG_RUNTIME_DIR"}
	}
	return nil
}

// homePath is where the labs of a user are found. A relative XDG_RUNTIME_DIR
// does not count (XDG Base Directory Specification).
func homePath(euid int, runtimeDir string) string {
	switch {
	case euid == 0:
		return "/run/netlab"
	case filepath.IsAbs(runtimeDir):
		return filepath.Join(runtimeDir, "netlab")
	}
	return "/tmp/netlab-" + strconv.Itoa(euid)
}

// distrust says why a directory cannot hold a user's sockets; empty: it can.
func distrust(path string, st unix.Stat_t, euid int) string {
	const others = 0o077
	switch {
	case int(st.Uid) != euid:
		return fmt.Sprintf("%s, where labs that stay are found, belongs to the user with the id %d, not to you (%d)", path, st.Uid, euid)
	case st.Mode&others != 0:
		return fmt.Sprintf("%s, where labs that stay are found, is open to other users (mode %#o)", path, st.Mode&0o7777)
	}
	return ""
}

// file names a lab's socket by way of the open directory: nobody can exchange
// that, and it is short enough for the address of a socket (108 bytes, unix(7)).
func (h *Home) file(name string) string {
	return fmt.Sprintf("/proc/self/fd/%d/%s%s", h.dir.Fd(), name, suffix)
}

// locked runs f in the directory while nobody else who minds the lock makes or
// sweeps sockets. At its end a directory without labs is removed.
func (h *Home) locked(create bool, f func() error) error {
	for {
		if err := h.open(create); err != nil {
			return err
		}
		there, err := h.lock()
		if err != nil {
			return err
		}
		if there {
			break
		}
		h.Close() // somebody has removed it meanwhile
	}
	defer func() { _ = unix.Flock(int(h.dir.Fd()), unix.LOCK_UN) }()
	err := f()
	_ = unix.Rmdir(h.path) // the kernel refuses while there is something in it
	return err
}

// lock waits for the lock, and says whether the directory is still there.
func (h *Home) lock() (there bool, err error) {
	fd := int(h.dir.Fd())
	for {
		err := unix.Flock(fd, unix.LOCK_EX)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return false, fmt.Errorf("lock %s: %w", h.path, err)
		}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return false, err
	}
	return st.Nlink > 0, nil
}

// List returns the names of the labs that are up, sorted, and sweeps the
// sockets of those that are not any more.
func (h *Home) List() ([]string, error) {
	var names []string
	err := h.locked(false, func() error {
		all, err := h.sockets()
		for _, name := range all {
			if h.sweep(name) {
				continue
			}
			names = append(names, name)
		}
		return err
	})
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	slices.Sort(names)
	return names, err
}

func (h *Home) sockets() ([]string, error) {
	if _, err := h.dir.Seek(0, 0); err != nil {
		return nil, err
	}
	entries, err := h.dir.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && e.Type() == fs.ModeSocket {
			out = append(out, name)
		}
	}
	return out, nil
}

// sweep removes a socket to which nobody listens, and says whether it did.
// Sockets are made under the lock, too, and listen before it is released.
func (h *Home) sweep(name string) bool {
	conn, err := h.Dial(name)
	if err == nil {
		conn.Close()
		return false
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return false
	}
	return h.discard(name)
}

// discard removes a socket, and nothing that is none.
func (h *Home) discard(name string) bool {
	st, err := os.Lstat(h.file(name))
	return err == nil && st.Mode().Type() == fs.ModeSocket && unix.Unlink(h.file(name)) == nil
}
