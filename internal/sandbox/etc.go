package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"netlab/internal/nss"
)

// etc makes /etc: the host's, below an upper layer in memory. A file that
// belongs to the host's root cannot be changed by a lab's root, a new one can:
// so the upper layer gets every directory, and the files that lessons edit.
func (b *builder) etc() {
	upper, work := b.base+"/etc/upper", b.base+"/etc/work"
	b.try("make /etc", func() error {
		for _, dir := range []string{upper, work, b.root + "/etc"} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		if err := copyDirs("/etc", upper); err != nil {
			return err
		}
		for _, dir := range serverDirs() {
			hideFiles("/etc", upper, dir)
		}
		return writeEdited(upper)
	})
	b.try("mount overlay", func() error {
		opts := "lowerdir=/etc,upperdir=" + upper + ",workdir=" + work + ",userxattr"
		err := unix.Mount("overlay", b.root+"/etc", "overlay", unix.MS_NOSUID|unix.MS_NODEV, opts)
		if err == nil {
			return b.hideNetnsFiles()
		}
		return copyEtc(upper, b.root+"/etc", err)
	})
}

// writeEdited writes the files by which names are found, which on the host may
// be symlinks into a hidden /run, or ask daemons over sockets. What a lab's
// resolver does is the same on every machine: host.conf(5) makes all lines of
// hosts count, gai.conf(5) leaves the order of addresses to RFC 6724.
func writeEdited(etc string) error {
	texts := map[string]string{"hostname": "netlab\n", "host.conf": "multi on\n", "gai.conf": ""}
	for _, f := range nss.Fresh().Each() {
		texts[f.Name] = f.File.Text
	}
	for name, text := range texts {
		if err := writeAnew(filepath.Join(etc, name), text); err != nil {
			return err
		}
	}
	var errs []error
	for _, dir := range append(serverDirs(), "netns") {
		errs = append(errs, os.MkdirAll(filepath.Join(etc, dir), 0o755))
	}
	return errors.Join(errs...)
}

// serverDirs hold the settings of the servers that lessons start. They are
// there in every lab, and empty: what the host has in them could be neither
// read nor changed, and would be in the way.
func serverDirs() []string { return []string{"coredns", "unbound"} }

// hideFiles covers the host's files in a directory of /etc by whiteouts
// (Documentation/filesystems/overlayfs.rst). One that cannot be covered stays.
func hideFiles(etc, upper, dir string) {
	_ = filepath.WalkDir(filepath.Join(etc, dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_ = unix.Mknod(upper+strings.TrimPrefix(path, etc), unix.S_IFCHR, 0)
		}
		return skipUnreadable(err)
	})
}

// writeAnew writes a plain file, whatever stood there: what a symlink leads to
// is the host's.
func writeAnew(path, text string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Chmod(0o644), f.Close())
}

// netnsFiles has the files that are one namespace's own (ip-netns(8)). Those of
// the host are for its namespaces, not for a lab's of the same name.
const netnsFiles = "/etc/netns"

// hideNetnsFiles puts an empty folder over those of the host, which a lab's root
// may not remove.
func (b *builder) hideNetnsFiles() error {
	at, none := b.root+netnsFiles, b.base+"/etc/netns"
	if entries, err := os.ReadDir(at); err != nil || len(entries) == 0 {
		return err
	}
	if err := os.Mkdir(none, 0o755); err != nil {
		return err
	}
	return unix.Mount(none, at, "", unix.MS_BIND, "")
}

// copyDirs makes the directories of from that may be read also in to. A place
// in to under which from has no readable directory stays as the host has it.
func copyDirs(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return skipUnreadable(err)
		}
		if !d.IsDir() || path == from {
			return nil
		}
		if path == netnsFiles || unix.Access(path, unix.R_OK|unix.X_OK) != nil {
			return fs.SkipDir
		}
		return os.Mkdir(to+strings.TrimPrefix(path, from), 0o755)
	})
}

func skipUnreadable(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		return fs.SkipDir
	}
	return err
}

// copyEtc stands in for an overlay on kernels that have none: what is
// readable and small of the host's /etc is copied.
func copyEtc(upper, etc string, overlay error) error {
	if !errors.Is(overlay, syscall.ENODEV) && !errors.Is(overlay, syscall.EPERM) && !errors.Is(overlay, syscall.EINVAL) {
		return overlay
	}
	for _, dir := range serverDirs() { // without an overlay a whiteout is a file
		if err := os.RemoveAll(filepath.Join(upper, dir)); err != nil {
			return err
		}
	}
	if err := copyFiles("/etc", upper); err != nil {
		return err
	}
	if err := writeEdited(upper); err != nil {
		return err
	}
	return unix.Mount(upper, etc, "", unix.MS_BIND, "")
}

func copyFiles(from, to string) error {
	const limit = 256 << 10 // larger files of /etc are caches
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return skipUnreadable(err)
		}
		if path == netnsFiles || d.IsDir() && filepath.Dir(path) == from && slices.Contains(serverDirs(), d.Name()) {
			return fs.SkipDir
		}
		at := to + strings.TrimPrefix(path, from)
		if link, err := os.Readlink(path); err == nil {
			_ = os.Symlink(link, at)
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		_ = os.Remove(at)
		err = os.WriteFile(at, data, 0o644)
		if errors.Is(err, syscall.ENOTDIR) { // the host has a folder where a lab has a file
			return nil
		}
		return err
	})
}
