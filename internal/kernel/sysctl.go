package kernel

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/op"
)

func sysctlPath(key string) string { return filepath.Join("/proc/sys", op.SysctlPath(key)) }

// Sysctl reads a kernel setting of the namespace ns; the key is written with
// dots. What this kernel does not have is an error that wraps fs.ErrNotExist.
func (k *Kernel) Sysctl(ns, key string) (string, error) {
	return netns.Socket(ns, func() (string, error) { return readSysctl(key) })
}

// readSysctl reads a setting of the calling thread's namespace.
func readSysctl(key string) (string, error) {
	path := sysctlPath(key)
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", &fs.PathError{Op: "open", Path: path, Err: err}
	}
	text, err := readAll(fd)
	return strings.Join(strings.Fields(text), " "), err
}

// readAll reads a small file of /proc, and closes it. It comes whole or not at
// all; the longest are far shorter.
func readAll(fd int) (string, error) {
	defer unix.Close(fd)
	var b [4096]byte
	n, err := unix.Read(fd, b[:])
	return string(b[:max(n, 0)]), err
}

// readSmall reads a small file of /proc; empty if this kernel has it not.
func readSmall(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	text, _ := readAll(fd)
	return text
}

func (t *task) sysctlSet(o *op.SysctlSet) error {
	if err := t.there(); err != nil {
		return err
	}
	return netns.Do(t.line.Netns, func() error { return writeSysctl(o.Key, o.Value) })
}

// writeSysctl sets a setting of the calling thread's namespace. It fails in
// the words of sysctl (procps).
func writeSysctl(key, value string) error {
	path := sysctlPath(key)
	st, err := os.Stat(path)
	if err == nil && st.Mode().Perm()&0o200 == 0 {
		// The real tool ends well here, although it has done nothing.
		return &stop{text: `sysctl: setting key "` + key + `": Invalid argument`, err: unix.EINVAL}
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &stop{text: "sysctl: cannot stat " + path + ": No such file or directory", exit: 1, err: unix.ENOENT}
	case err != nil:
		return keyError(key, err)
	}
	defer f.Close()
	if _, err := f.WriteString(value + "\n"); err != nil {
		return keyError(key, err)
	}
	return nil
}

func keyError(key string, err error) error {
	var no unix.Errno
	if errors.As(err, &no) && (no == unix.EACCES || no == unix.EPERM || no == unix.EROFS) {
		return &stop{text: `sysctl: permission denied on key "` + key + `"`, exit: 1, err: no}
	}
	return &stop{text: `sysctl: setting key "` + key + `": ` + netns.Words(err), exit: 1, err: no}
}

// FreshSysctls returns the settings that a snapshot has as a new namespace of
// this machine has them: the machine's own may be handed on
// (net.core.devconf_inherit_init_net). The namespace is gone when it returns.
func (k *Kernel) FreshSysctls() (map[string]string, error) {
	return netns.Socket("", func() (map[string]string, error) {
		// The thread ends with this function, and the namespace with it.
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return nil, err
		}
		return readSysctls(), nil
	})
}

// readSysctls reads the settings that a snapshot has, in the calling thread's
// namespace.
func readSysctls() map[string]string {
	values := map[string]string{}
	for _, key := range sysctls() {
		if v, err := readSysctl(key); err == nil {
			values[key] = v
		}
	}
	return values
}
