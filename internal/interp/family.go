package interp

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// process is one line of the process table: /proc/PID/stat, see proc_pid_stat(5).
type process struct {
	pid, parent, session int
	state                byte // R, S, D, T, Z …
	threads              int
}

func (p process) alive() bool { return p.state != 'Z' && p.state != 'X' }

// family lists root and all that come from it: its descendants, and the
// members of its session. Orphans count as descendants, since the child is
// the one that inherits them (PR_SET_CHILD_SUBREAPER). When root is reaped,
// its number may be another's: only its session is left of it then.
func family(root int, reaped bool) []process {
	all := processes()
	in := map[int]bool{root: !reaped}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !in[p.pid] && (in[p.parent] || p.session == root) {
				in[p.pid], grown = true, true
			}
		}
	}
	var out []process
	for _, p := range all {
		if in[p.pid] {
			out = append(out, p)
		}
	}
	return out
}

// tasks counts the living processes and threads that root has started.
func tasks(root int) int {
	n := 0
	for _, p := range family(root, false) {
		if p.pid != root && p.alive() {
			n += p.threads
		}
	}
	return n
}

// processes reads the whole process table: in a lab, the lab's own.
func processes() []process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var out []process
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if p, ok := readProcess(pid); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

func readProcess(pid int) (process, bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	// The name, in parentheses, may hold anything.
	f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(f) < 18 {
		return process{}, false
	}
	num := func(i int) int { n, _ := strconv.Atoi(string(f[i])); return n }
	return process{pid: pid, state: f[0][0], parent: num(1), session: num(3), threads: num(17)}, true
}

// killFamily ends root and all that come from it. They are stopped first,
// until none appears any more: a stopped process starts no other. Root goes
// last, so that orphans stay in sight.
func killFamily(root int, reaped bool) {
	seen := map[int]bool{}
	deadline := time.Now().Add(5 * time.Second)
	for fresh := true; fresh && time.Now().Before(deadline); {
		fresh = false
		if len(family(root, reaped)) > 0 {
			// Most have not left the process group: this stops them at once.
			_ = unix.Kill(-root, unix.SIGSTOP)
		}
		for _, p := range family(root, reaped) {
			if !seen[p.pid] {
				_ = unix.Kill(p.pid, unix.SIGSTOP)
				seen[p.pid], fresh = true, true
			}
		}
	}
	for killChildren(root, reaped) && time.Now().Before(deadline) {
		<-time.After(time.Millisecond)
	}
	if !reaped {
		_ = unix.Kill(root, unix.SIGKILL)
	}
}

// killChildren kills all but root, and tells whether there were any: one that
// was in the middle of fork(2) when it was stopped has a child a moment later.
func killChildren(root int, reaped bool) (any bool) {
	for _, p := range family(root, reaped) {
		if p.pid != root && p.alive() {
			_ = unix.Kill(p.pid, unix.SIGKILL)
			any = true
		}
	}
	return any
}
