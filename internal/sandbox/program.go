package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// ProgramFile is where a lab finds netlab's own program, which its engine is
// started from. It is a mount of that one file, read-only and locked: who is
// root of the lab may be the user whose file it is on the host, and must not be
// able to write to it through /proc/PID/exe either (mount_namespaces(7)).
const ProgramFile = "/netlab/netlab"

// selfExe is this process's program, whatever became of the path of it.
const selfExe = "/proc/self/exe"

// source is what init is, and what it can have the lab's program from, best
// first: a mount of the file, its path, and what is in it.
type source struct {
	exe   string
	mount *os.File // nil: this process may not make one
	file  *os.File // open for reading
}

// newSource opens this program for a lab of id.
func newSource(id identity) (source, error) {
	file, err := os.Open(selfExe)
	if err != nil {
		return source{}, refuse("open netlab's program", bare(err))
	}
	if !id.reduced && !mayRun(file, id.uids[0].HostID, id.gids[0].HostID) {
		return source{file: file}.opened()
	}
	s := source{exe: selfExe, file: file}
	if id.privileged && !id.reduced {
		if fd, err := unix.OpenTree(unix.AT_FDCWD, selfExe, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC); err == nil {
			s.mount = os.NewFile(uintptr(fd), "program")
		}
	}
	return s, nil
}

// mayRun says that a user of the host may execute a file and read it: whoever
// only executes it is no longer master of its own /proc/PID (proc(5)).
func mayRun(file *os.File, uid, gid int) bool {
	var st unix.Stat_t
	if unix.Fstat(int(file.Fd()), &st) != nil {
		return false
	}
	bits := st.Mode
	switch {
	case int(st.Uid) == uid:
		bits >>= 6
	case int(st.Gid) == gid:
		bits >>= 3
	}
	return bits&0o5 == 0o5
}

// opened is s for a lab whose root may not execute the file: a copy in memory
// that everybody may (memfd_create(2)). It closes s.
func (s source) opened() (source, error) {
	defer s.close()
	// A process that is forked now would hold the descriptor that writes, and the
	// kernel refuses to execute a file that somebody can write to (ETXTBSY).
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // MFD_EXEC is known since Linux 6.3
		fd, err = unix.MemfdCreate("netlab", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return source{}, refuse("memfd_create", err)
	}
	mem := os.NewFile(uintptr(fd), "netlab")
	defer mem.Close()
	if err := errors.Join(copyFile(mem, s.file), mem.Chmod(0o755)); err != nil {
		return source{}, fmt.Errorf("cannot copy netlab's program into memory: %w", err)
	}
	file, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	return source{exe: fmt.Sprintf("/proc/self/fd/%d", fdProgram), file: file}, err
}

func (s source) close() {
	s.file.Close()
	s.mount.Close() // nil is as good as closed
}

// ownPlace is the program's file as init sees it by its path, before the tree is
// built over that; -1 where it does not.
func ownPlace() int {
	path, err := os.Readlink(selfExe)
	if err != nil {
		return -1
	}
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	var at, self unix.Stat_t
	if unix.Fstat(fd, &at) != nil || unix.Stat(selfExe, &self) != nil || at.Dev != self.Dev || at.Ino != self.Ino {
		unix.Close(fd)
		return -1
	}
	return fd
}

// program puts netlab's own program into the tree. Without a user namespace
// around the lab no mount is locked there: then it is a copy.
func (b *builder) program(at int, set settings) {
	from := os.NewFile(fdProgram, "program")
	defer from.Close()
	defer unix.Close(at)
	b.try("show netlab's program", func() error {
		file := b.root + ProgramFile
		if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, nil, 0o755); err != nil {
			return err
		}
		if set.Reduced || mountProgram(at, file, set.Mount) != nil {
			if err := b.copyProgram(from, file); err != nil {
				return err
			}
		}
		return setAttrs(file, unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
	})
}

// mountProgram mounts the file: what init was given, or else what it sees.
func mountProgram(at int, file string, given bool) error {
	if given {
		defer unix.Close(fdMount)
		if unix.MoveMount(fdMount, "", unix.AT_FDCWD, file, unix.MOVE_MOUNT_F_EMPTY_PATH) == nil {
			return nil
		}
	}
	return unix.Mount(fmt.Sprintf("/proc/self/fd/%d", at), file, "", unix.MS_BIND, "")
}

// copyProgram mounts a copy of the program, in memory of the lab's own.
func (b *builder) copyProgram(from *os.File, file string) error {
	st, err := from.Stat()
	if err != nil {
		return err
	}
	dir := b.base + "/program"
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	size := fmt.Sprintf("mode=0700,size=%d", st.Size()+1<<20)
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, size); err != nil {
		return err
	}
	to, err := os.OpenFile(dir+"/netlab", os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if err := errors.Join(copyFile(to, from), to.Close()); err != nil {
		return err
	}
	return unix.Mount(dir+"/netlab", file, "", unix.MS_BIND, "")
}

// copyFile copies a file within the kernel (sendfile(2)), which takes half the
// time of reading and writing it.
func copyFile(to, from *os.File) error {
	for {
		n, err := unix.Sendfile(int(to.Fd()), int(from.Fd()), nil, maxSend)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n == 0:
			return nil
		}
	}
}

// maxSend is the most that sendfile(2) copies at once.
const maxSend = 0x7ffff000
