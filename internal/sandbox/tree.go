package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// builder makes the tree of a lab: base is a private tmpfs on the old tree,
// root, below it, becomes /.
type builder struct {
	base, root string
	stage      string // what is being done, for the report
	err        error
}

// buildTree makes the lab's tree and moves into it. On an error it returns
// what was being done.
func buildTree(set settings) (stage string, err error) {
	b := &builder{}
	at := ownPlace()
	b.do("make mounts private", unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	b.mkBase(set.Binds)
	for _, dir := range programDirs() {
		b.readOnly(dir)
	}
	b.devices()
	b.mount("proc", "/proc", "proc", "")
	if set.Guard {
		b.guardProc()
	}
	b.mount("sysfs", "/sys", "sysfs", "")
	b.scratch()
	b.program(at, set)
	b.etc()
	for _, bind := range set.Binds {
		b.bind(bind)
	}
	b.pivot()
	b.do("set the host name", unix.Sethostname([]byte("netlab")))
	return b.stage, b.err
}

// programDirs are the host's directories that a lab sees, read-only.
func programDirs() []string {
	dirs := []string{"/usr", "/bin", "/sbin", "/opt", "/nix", "/gnu"}
	libs, _ := filepath.Glob("/lib*")
	return append(dirs, libs...)
}

// do notes the first failure; what is after it is not done.
func (b *builder) do(stage string, err error) {
	if b.err == nil && err != nil {
		b.stage, b.err = stage, err
	}
}

// try runs f unless something failed before.
func (b *builder) try(stage string, f func() error) {
	if b.err == nil {
		b.do(stage, f())
	}
}

func (b *builder) mkBase(binds []Bind) {
	b.try("find a place for the tree", func() error {
		for _, dir := range []string{"/mnt", "/media", "/srv", "/run", "/tmp", "/var"} {
			if st, err := os.Lstat(dir); err == nil && st.IsDir() && !covers(dir, binds) {
				b.base = dir
				return nil
			}
		}
		return errors.New("no directory to mount on")
	})
	b.try("mount tmpfs", func() error {
		if err := unix.Mount("tmpfs", b.base, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=32m"); err != nil {
			return err
		}
		b.root = b.base + "/root"
		if err := os.Mkdir(b.root, 0o755); err != nil {
			return err
		}
		return unix.Mount("tmpfs", b.root, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=1m")
	})
}

func covers(dir string, binds []Bind) bool {
	for _, b := range binds {
		if rel, err := filepath.Rel(dir, b.Path); err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}

// readOnly shows a directory of the host read-only, or repeats its symlink.
func (b *builder) readOnly(dir string) {
	b.try("show "+dir, func() error {
		st, err := os.Lstat(dir)
		switch {
		case err != nil:
			return nil
		case st.Mode()&os.ModeSymlink != 0:
			to, err := os.Readlink(dir)
			if err != nil {
				return err
			}
			return os.Symlink(to, b.root+dir)
		case !st.IsDir():
			return nil
		}
		return b.bindAt(dir, unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
	})
}

func (b *builder) bindAt(dir string, attrs uint64) error {
	if err := os.MkdirAll(b.root+dir, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(dir, b.root+dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	return setAttrs(b.root+dir, attrs)
}

// setAttrs sets mount flags on a whole tree of mounts (mount_setattr(2)).
func setAttrs(path string, attrs uint64) error {
	return unix.MountSetattr(unix.AT_FDCWD, path, unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attrs})
}

// mount makes a kernel file system. Where the host shows its own read-only, as
// containers do, the kernel allows only a read-only one.
func (b *builder) mount(kind, at, source, data string) {
	b.try("mount "+kind, func() error {
		if err := os.MkdirAll(b.root+at, 0o755); err != nil {
			return err
		}
		return mountKernelFS(source, b.root+at, kind, data)
	})
}

func mountKernelFS(source, at, kind, data string) error {
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	err := unix.Mount(source, at, kind, flags, data)
	if errors.Is(err, syscall.EPERM) {
		return unix.Mount(source, at, kind, flags|unix.MS_RDONLY, data)
	}
	return err
}

// guardProc closes the settings of the whole machine, all but those of the
// network, which each namespace has for itself. Their files belong to the
// machine's root, and need no capability to be written by that user: where a
// lab's root may be the machine's (no other id could be had), it could.
func (b *builder) guardProc() {
	b.try("guard /proc/sys", func() error {
		entries, err := os.ReadDir(b.root + "/proc/sys")
		if err != nil {
			return err
		}
		paths := []string{"/proc/sysrq-trigger"}
		for _, e := range entries {
			if e.Name() != "net" {
				paths = append(paths, "/proc/sys/"+e.Name())
			}
		}
		for _, p := range paths {
			err := unix.Mount(b.root+p, b.root+p, "", unix.MS_BIND, "")
			if errors.Is(err, syscall.ENOENT) { // a kernel without sysrq
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			if err := setAttrs(b.root+p, unix.MOUNT_ATTR_RDONLY); err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
		}
		return nil
	})
}

// scratch makes the directories that a lab may write to: sized, in memory.
func (b *builder) scratch() {
	for _, d := range []struct{ at, opts string }{
		{"/run", "mode=0755,size=64m"}, {"/tmp", "mode=1777,size=256m"}, {"/var", "mode=0755,size=64m"},
		{"/root", "mode=0700,size=64m"}, {"/home", "mode=0755,size=16m"},
	} {
		b.try("mount tmpfs", func() error {
			if err := os.Mkdir(b.root+d.at, 0o755); err != nil {
				return err
			}
			return unix.Mount("tmpfs", b.root+d.at, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, d.opts)
		})
	}
	b.try("fill /var", func() error {
		for _, dir := range []string{"/var/lib", "/var/log", "/var/cache", "/run/lock"} {
			if err := os.Mkdir(b.root+dir, 0o755); err != nil {
				return err
			}
		}
		if err := os.Mkdir(b.root+"/var/tmp", 0o700); err != nil {
			return err
		}
		if err := os.Chmod(b.root+"/var/tmp", os.ModeSticky|0o777); err != nil {
			return err
		}
		return os.Symlink("../run", b.root+"/var/run")
	})
}

// bind shows a directory of a test at its own place.
func (b *builder) bind(bind Bind) {
	b.try("show "+bind.Path, func() error {
		attrs := uint64(unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV)
		if !bind.Writable {
			attrs |= unix.MOUNT_ATTR_RDONLY
		}
		return b.bindAt(bind.Path, attrs)
	})
}

// pivot makes the tree the root of this mount namespace, lets go of the old
// one, and closes the new one for writing (pivot_root(2), "pivot_root(".", ".")").
func (b *builder) pivot() {
	b.try("pivot_root", func() error {
		if err := os.Chdir(b.root); err != nil {
			return err
		}
		if err := unix.PivotRoot(".", "."); err != nil {
			return err
		}
		if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
			return err
		}
		if err := os.Chdir("/"); err != nil {
			return err
		}
		return unix.MountSetattr(unix.AT_FDCWD, "/", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	})
}

// devices makes a /dev with the few devices that programs expect, the same
// ones as a container has.
func (b *builder) devices() {
	b.try("make /dev", func() error {
		if err := os.Mkdir(b.root+"/dev", 0o755); err != nil {
			return err
		}
		if err := unix.Mount("tmpfs", b.root+"/dev", "tmpfs", unix.MS_NOSUID|unix.MS_NOEXEC, "mode=0755,size=1m"); err != nil {
			return err
		}
		for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
			if err := b.device("/dev/" + name); err != nil {
				return fmt.Errorf("/dev/%s: %w", name, err)
			}
		}
		for at, to := range map[string]string{"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"} {
			if err := os.Symlink(to, b.root+"/dev/"+at); err != nil {
				return err
			}
		}
		return nil
	})
	b.try("mount devpts", func() error {
		if err := os.Mkdir(b.root+"/dev/pts", 0o755); err != nil {
			return err
		}
		return unix.Mount("devpts", b.root+"/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
	})
	b.mount("tmpfs", "/dev/shm", "tmpfs", "mode=1777,size=64m")
	b.try("make /dev read-only", func() error {
		return unix.MountSetattr(unix.AT_FDCWD, b.root+"/dev", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	})
}

func (b *builder) device(path string) error {
	f, err := os.OpenFile(b.root+path, os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	f.Close()
	return unix.Mount(path, b.root+path, "", syscall.MS_BIND, "")
}
