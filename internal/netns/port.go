package netns

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Port is a port at which a process waits for packets or connections.
type Port struct {
	Protocol string // udp or tcp
	Number   int
}

// Sharer is a process that waits at a port where another one waits, too.
type Sharer struct {
	Name string // its command's, at most 15 bytes (proc_pid_comm(5))
	Pid  int
	Port Port
}

// Ports lists where a process waits. One whose descriptors the caller may not
// see waits nowhere.
func Ports(pid int) []Port { return ports(filepath.Join("/proc", strconv.Itoa(pid))) }

func ports(dir string) []Port {
	mine := inodes(dir)
	var out []Port
	for _, s := range waiting(dir) {
		if slices.Contains(mine, s.inode) {
			out = append(out, s.port)
		}
	}
	return out
}

// Sharers finds the other processes of its network namespace that wait at a
// port of the calling process, which SO_REUSEPORT (socket(7)) lets them.
func Sharers() []Sharer { return sharers("/proc") }

func sharers(proc string) []Sharer {
	self := filepath.Join(proc, "self")
	mine, at := inodes(self), ports(self)
	var out []Sharer
	for _, s := range waiting(self) {
		if slices.Contains(mine, s.inode) || !slices.Contains(at, s.port) {
			continue
		}
		if name, pid, ok := holder(proc, s.inode); ok && !slices.Contains(out, Sharer{name, pid, s.port}) {
			out = append(out, Sharer{name, pid, s.port})
		}
	}
	return out
}

// holder finds the process that has a socket.
func holder(proc, inode string) (name string, pid int, ok bool) {
	all, _ := filepath.Glob(filepath.Join(proc, "[0-9]*"))
	for _, dir := range all {
		if slices.Contains(inodes(dir), inode) {
			name, _ := os.ReadFile(filepath.Join(dir, "comm"))
			pid, err := strconv.Atoi(filepath.Base(dir))
			return strings.TrimSpace(string(name)), pid, err == nil
		}
	}
	return "", 0, false
}

// inodes are those of a process's sockets, proc_pid_fd(5).
func inodes(dir string) []string {
	var out []string
	all, _ := filepath.Glob(filepath.Join(dir, "fd", "*"))
	for _, fd := range all {
		to, _ := os.Readlink(fd)
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			out = append(out, strings.TrimSuffix(inode, "]"))
		}
	}
	return out
}

// waitingSocket is a socket of a network namespace that has no other end.
type waitingSocket struct {
	port  Port
	inode string
}

// waiting reads the kernel's tables of sockets, proc_pid_net(5).
func waiting(dir string) []waitingSocket {
	var out []waitingSocket
	for table, protocol := range map[string]string{"udp": "udp", "udp6": "udp", "tcp": "tcp", "tcp6": "tcp"} {
		f, err := os.Open(filepath.Join(dir, "net", table))
		if err != nil {
			continue // a kernel without IPv6
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if s, ok := readSocket(lines.Text()); ok {
				s.port.Protocol = protocol
				out = append(out, s)
			}
		}
		f.Close()
	}
	slices.SortFunc(out, func(a, b waitingSocket) int { return strings.Compare(a.port.Protocol+a.inode, b.port.Protocol+b.inode) })
	return out
}

// readSocket reads a line of such a table, if its socket has no other end.
func readSocket(line string) (waitingSocket, bool) {
	const local, remote, inode = 1, 2, 9 // columns
	words := strings.Fields(line)
	if len(words) <= inode || !strings.HasSuffix(words[remote], ":0000") {
		return waitingSocket{}, false
	}
	_, hex, _ := strings.Cut(words[local], ":")
	number, err := strconv.ParseUint(hex, 16, 16)
	return waitingSocket{Port{Number: int(number)}, words[inode]}, err == nil
}
