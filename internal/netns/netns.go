// Package netns creates, lists, enters and deletes the named network
// namespaces of a lab, and makes sockets and processes inside them. What it
// leaves under /run/netns is what iproute2 leaves there, so that both can be
// used side by side.
package netns

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Dir holds one file for each named network namespace (ip-netns(8)).
const Dir = "/run/netns"

// Host is the name of the namespace in which this process itself runs. The
// empty name means the same.
const Host = "host"

// Valid tells whether name may be the name of a namespace, which becomes a file
// name under Dir: up to 63 letters, digits and "_.-", the first a letter or a
// digit.
func Valid(name string) bool {
	if name == "" || len(name) > 63 || strings.IndexByte("_.-", name[0]) >= 0 {
		return false
	}
	for _, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("_.-", c) < 0 {
			return false
		}
	}
	return true
}

// Path is the file of the namespace called name. The name must be valid.
func Path(name string) string { return filepath.Join(Dir, name) }

// Exists tells whether there is a file for the namespace called name.
func Exists(name string) bool {
	if !Valid(name) {
		return false
	}
	_, err := os.Lstat(Path(name))
	return err == nil
}

// List returns the names under Dir, sorted, without those that are not Valid
// and without Host. A machine on which no namespace was ever created has none.
func List() ([]string, error) {
	entries, err := os.ReadDir(Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if Valid(e.Name()) && e.Name() != Host {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// Create makes a namespace with the given name. It belongs to nobody: it stays
// until Delete, or until the mount namespace ends. The one name that ip would
// take and Create does not is Host.
func Create(name string) error {
	if err := mayCreate(name); err != nil {
		return err
	}
	if err := Setup(); err != nil {
		return err
	}
	path, err := reserve(name)
	if err != nil {
		return err
	}
	err = onThread(func() error { return pin(name, path) })
	if err != nil {
		_ = unix.Unlink(path)
	}
	return err
}

func mayCreate(name string) error {
	if !Valid(name) {
		return invalidName(name)
	}
	if name == Host {
		return &Error{Text: `"` + Host + `" is the name of the lab's own namespace`, Errno: unix.EEXIST}
	}
	return nil
}

// reserve makes the file to which a new namespace is bound. Dir is there.
func reserve(name string) (path string, err error) {
	if err := mayCreate(name); err != nil {
		return "", err
	}
	path = Path(name)
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", failed(err, "Cannot create namespace file \"%s\"", path)
	}
	unix.Close(fd)
	return path, nil
}

// pin gives the calling thread a new network namespace and binds it to path.
func pin(name, path string) error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return failed(err, "Failed to create a new network namespace \"%s\"", name)
	}
	// Not /proc/self: that is the main thread's namespace.
	if err := unix.Mount("/proc/thread-self/ns/net", path, "none", unix.MS_BIND, ""); err != nil {
		return failed(err, "Bind /proc/self/ns/net -> %s failed", path)
	}
	return nil
}

// Delete removes the namespace's name. The namespace itself goes when no
// process, socket or open file holds it any more.
func Delete(name string) error {
	if !Valid(name) {
		return invalidName(name)
	}
	path := Path(name)
	// A file that is not mounted is removed all the same, as ip does.
	_ = unix.Unmount(path, unix.MNT_DETACH)
	if err := unix.Unlink(path); err != nil {
		return failed(err, "Cannot remove namespace file \"%s\"", path)
	}
	return nil
}

// Setup makes Dir a shared mount of its own, as iproute2 does before the first
// namespace, so that a name removed in one mount namespace goes in all. Doing
// it twice is fine.
func Setup() error {
	if err := unix.Mkdir(Dir, 0o755); err != nil && err != unix.EEXIST {
		return failed(err, "mkdir %s failed", Dir)
	}
	lock, err := os.Open(Dir)
	if err != nil {
		return failed(err, "Cannot open netns runtime directory \"%s\"", Dir)
	}
	defer lock.Close()
	// Without the lock two programs that start at once would stack mounts.
	_ = unix.Flock(int(lock.Fd()), unix.LOCK_EX)
	share := func() error { return unix.Mount("", Dir, "none", unix.MS_SHARED|unix.MS_REC, "") }
	err = share()
	if errors.Is(err, unix.EINVAL) {
		if err := unix.Mount(Dir, Dir, "none", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return failed(err, "mount --bind %s %s failed", Dir, Dir)
		}
		err = share()
	}
	if err != nil {
		return failed(err, "mount --make-shared %s failed", Dir)
	}
	return nil
}
