package kernel

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/nss"
)

// netnsFiles has a folder for each namespace with files of its own; "ip netns
// exec" binds them over those in /etc (ip-netns(8)).
const netnsFiles = "/etc/netns"

// readNames puts the files by which names are found into every namespace: its
// own, or those that the lab shares. What cannot be read is not there.
func (s *session) readNames() {
	shared := sharedFiles(nss.MaxFile)
	own := map[string]bool{}
	folders, _ := os.ReadDir(netnsFiles)
	for _, f := range folders {
		own[f.Name()] = true
	}
	for _, sp := range s.spaces {
		sp.snap.Names = shared
		if own[sp.snap.Name] && sp.snap.Name != netns.Host {
			sp.snap.Names = ownFiles(filepath.Join(netnsFiles, sp.snap.Name), shared, nss.MaxFile)
		}
	}
}

// NameFiles are the files by which one namespace finds names: its own, or those
// that the lab shares. The empty name means host.
// They are read as programs read them, to the end.
func NameFiles(space string) nss.Files {
	const whole = 64 << 20
	if space == "" || space == netns.Host {
		return sharedFiles(whole)
	}
	return ownFiles(filepath.Join(netnsFiles, space), sharedFiles(whole), whole)
}

func sharedFiles(most int) nss.Files {
	return nss.Files{Switch: readFile(nss.SwitchPath, most), Hosts: readFile(nss.HostsPath, most), Resolv: readFile(nss.ResolvPath, most)}
}

// ownFiles are the shared files with those of a folder bound over them. The
// mount fails where there is nothing below, or on one side a directory: then
// the program sees the shared file, if any.
func ownFiles(folder string, shared nss.Files, most int) nss.Files {
	bound := func(f nss.File, name string) nss.File {
		at := filepath.Join(folder, name)
		var above, below unix.Stat_t
		if unix.Stat(at, &above) != nil || unix.Stat(filepath.Join("/etc", name), &below) != nil {
			return f
		}
		if isDir(above) || isDir(below) {
			return f
		}
		return readFile(at, most)
	}
	return nss.Files{Switch: bound(shared.Switch, "nsswitch.conf"), Hosts: bound(shared.Hosts, "hosts"), Resolv: bound(shared.Resolv, "resolv.conf")}
}

func isDir(st unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFDIR }

// readFile reads a file, but only if it is a real one: opening a device or a
// pipe may do something, reading it may take for ever. Such a file has a flaw
// instead of a text, as has one of /proc, which knows who reads it. Of one that
// has more than most bytes the first lines are kept.
func readFile(path string, most int) nss.File {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nss.File{}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Fstat(fd, &st) != nil || isDir(st) || unix.Fstatfs(fd, &fs) != nil {
		return nss.File{}
	}
	if flaw, real := flawOf(st, fs); !real {
		return nss.File{Path: path, Flaw: flaw}
	}
	f, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(fd), os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nss.File{}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err != nil {
		return nss.File{}
	}
	return bounded(nss.File{Path: path, Text: string(text)}, most)
}

// flawOf says what a file is if not a real one. /dev/null is as good as an
// empty file.
func flawOf(st unix.Stat_t, fs unix.Statfs_t) (nss.Flaw, bool) {
	const null = 1<<8 | 3 // Documentation/admin-guide/devices.txt
	switch kind := st.Mode & unix.S_IFMT; {
	case kind == unix.S_IFIFO:
		return nss.Pipe, false
	case kind == unix.S_IFSOCK:
		return nss.Socket, false
	case kind == unix.S_IFCHR && st.Rdev == null:
		return "", false
	case kind != unix.S_IFREG:
		return nss.Device, false
	case fs.Type == unix.PROC_SUPER_MAGIC:
		return nss.Kernel, false
	}
	return "", true
}

// bounded leaves out lines that are too many.
func bounded(f nss.File, most int) nss.File {
	if len(f.Text) > most {
		f.Text, f.Flaw = f.Text[:strings.LastIndexByte(f.Text[:most], '\n')+1], nss.Large
	}
	return f
}
