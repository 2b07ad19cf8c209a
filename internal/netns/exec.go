package netns

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exec does what "ip netns exec NAME ARGV…" does, and only comes back if it
// failed: the network namespace, a mount namespace whose /sys shows it, and
// every file of /etc/netns/NAME over the one in /etc. It changes the calling
// process, which must be a fresh one made for this.
//
// The warnings say which files could not be bound over; ip goes on then, too.
func Exec(name string, argv, env []string, warn func(text string)) error {
	runtime.LockOSThread()
	if len(argv) == 0 {
		return &Error{Text: "No command specified"}
	}
	if err := enter(name); err != nil {
		return err
	}
	if err := ownSys(name); err != nil {
		return err
	}
	bindEtc(filepath.Join("/etc/netns", name), warn)
	path, err := lookPath(argv[0], env)
	if err == nil {
		err = unix.Exec(path, argv, env)
	}
	return failed(err, "exec of \"%s\" failed", argv[0])
}

// ownSys gives the calling thread a mount namespace whose /sys shows its
// network namespace.
func ownSys(name string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return failed(err, "unshare failed")
	}
	if err := unix.Mount("", "/", "none", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return failed(err, `"mount --make-rslave /" failed`)
	}
	var flags uintptr
	if unix.Unmount("/sys", unix.MNT_DETACH) != nil {
		// A read-only /sys that cannot go may only be covered by another
		// read-only one.
		var st unix.Statfs_t
		if unix.Statfs("/sys", &st) == nil && st.Flags&unix.ST_RDONLY != 0 {
			flags = unix.MS_RDONLY
		}
	}
	if err := unix.Mount(name, "/sys", "sysfs", flags, ""); err != nil {
		return failed(err, "mount of /sys failed")
	}
	return nil
}

// bindEtc binds the files in the folder's own order, as ip does: of two over the
// same file the last one counts.
func bindEtc(dir string, warn func(text string)) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return
	}
	for _, e := range entries {
		from, to := filepath.Join(dir, e.Name()), filepath.Join("/etc", e.Name())
		if err := unix.Mount(from, to, "none", unix.MS_BIND, ""); err != nil {
			warn(failed(err, "Bind %s -> %s failed", from, to).Error())
		}
	}
}

// lookPath finds a program as execvp(3) does, in the PATH that it will get.
func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := "/bin:/usr/bin"
	for _, v := range env {
		if p, ok := strings.CutPrefix(v, "PATH="); ok {
			path = p
		}
	}
	found := error(unix.ENOENT)
	for _, dir := range filepath.SplitList(path) {
		full := filepath.Join(dir, name)
		st, err := os.Stat(full)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			found = unix.EACCES
		case err != nil || st.IsDir():
		case syscall.Access(full, 1) != nil:
			found = unix.EACCES
		default:
			return full, nil
		}
	}
	return "", found
}
