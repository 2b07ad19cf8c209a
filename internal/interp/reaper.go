package interp

import (
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// nursery knows the programs that the shell has started and waits for. What
// else becomes the shell's child is an orphan, left by a program: it is reaped
// here when it ends, since it counts against the limit of processes until then.
type nursery struct {
	mu   sync.Mutex
	own  map[int]bool
	used bool // a program was started
}

func newNursery() *nursery {
	n := &nursery{own: map[int]bool{}}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for range ended {
			n.reap()
		}
	}()
	return n
}

// run starts cmd and waits for its end.
func (n *nursery) run(cmd *exec.Cmd, started func()) error {
	n.mu.Lock()
	err := cmd.Start()
	if err == nil {
		n.own[cmd.Process.Pid] = true
		n.used = true
	}
	n.mu.Unlock()
	if err != nil {
		return err
	}
	started()
	defer func() {
		n.mu.Lock()
		delete(n.own, cmd.Process.Pid)
		n.mu.Unlock()
		n.reap()
	}()
	return cmd.Wait()
}

// reap collects the orphans that have ended. One behind a program that the
// shell waits for comes to light when that is collected.
func (n *nursery) reap() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		pid := endedChild()
		if pid == 0 || n.own[pid] {
			return
		}
		_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
	}
}

// pidInSiginfo is where waitid(2) puts the process ID, in bytes: behind three
// integers, aligned for a pointer.
const pidInSiginfo = 16

// endedChild is a child that has ended and is not collected yet; 0 if there is none.
func endedChild() int {
	var info unix.Siginfo
	if unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) != nil {
		return 0
	}
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(&info), pidInSiginfo)))
}

// orphans lists the living programs which the shell has inherited, as
// command lines.
func (n *nursery) orphans() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.used {
		return nil
	}
	var out []string
	for _, pid := range children() {
		if p, ok := readProcess(pid); ok && p.alive() && !n.own[pid] {
			out = append(out, commandLine(pid))
		}
	}
	return out
}

func children() []int {
	self := os.Getpid()
	var out []int
	for _, p := range processes() {
		if p.parent == self {
			out = append(out, p.pid)
		}
	}
	return out
}

func commandLine(pid int) string { return quoted(arguments(pid)) }

// arguments are those of a process, one empty one if it has ended.
func arguments(pid int) []string {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return strings.Split(strings.TrimRight(string(b), "\x00"), "\x00")
}

// setMemory bounds the Go runtime of the shell itself: the stack of endless
// recursion, and the heap, which is collected harder near the limit of data.
func setMemory(o Options) {
	debug.SetMaxStack(o.Stack)
	debug.SetMemoryLimit(o.Memory * 3 / 4)
}
