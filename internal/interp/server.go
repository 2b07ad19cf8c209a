package interp

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"netlab/internal/netns"
)

// A step that starts a server ends when the server waits for questions, or has
// failed: what the step changed is seen then, and the next one can ask.

// serverTime is the longest that a server is waited for.
const serverTime = 2 * time.Second

// serverLook is how often it is looked whether a server waits. Twice the same
// means that it has opened all its ports.
const serverLook = 3 * time.Millisecond

// isServer says that a command line starts one of OwnPrograms, or the machine's
// own program of that name.
func isServer(args []string) bool {
	return slices.ContainsFunc(args, func(word string) bool {
		return slices.ContainsFunc(OwnPrograms(), func(p OwnProgram) bool { return p.Server && filepath.Base(word) == p.Name })
	})
}

// awaitServers waits for the servers that run in the background and have not
// been waited for.
func (s *session) awaitServers() {
	tick := time.NewTicker(serverLook)
	defer tick.Stop()
	seen := map[*call]int{}
	for end := time.Now().Add(serverTime); s.starting(seen) && time.Now().Before(end); {
		<-tick.C
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.jobs {
		c.awaited = true
	}
}

// starting says whether a server is not ready yet; seen is at how many ports
// each waited at the last look.
func (s *session) starting(seen map[*call]int) bool {
	pids := map[*call]int{}
	s.mu.Lock()
	for c := range s.jobs {
		if !c.awaited && isServer(c.args) {
			pids[c] = c.pid
		}
	}
	s.mu.Unlock()
	if len(pids) == 0 {
		return false
	}
	all, not := processes(), false
	for c, pid := range pids {
		n := waitingPorts(all, pid)
		not = not || n == 0 || n != seen[c]
		seen[c] = n
	}
	return not
}

// waitingPorts counts where a process and its descendants wait.
func waitingPorts(all []process, pid int) int {
	n := 0
	for _, p := range all {
		if p.pid == pid {
			n += len(netns.Ports(pid))
		} else if p.parent == pid {
			n += waitingPorts(all, p.pid)
		}
	}
	return n
}

// lastWords is the last line that a program has written to a file; empty where
// its output was seen.
func lastWords(w io.Writer) string {
	f, ok := w.(*os.File)
	if !ok {
		return ""
	}
	st, err := os.Stat(f.Name())
	if err != nil || !st.Mode().IsRegular() {
		return ""
	}
	const most = 1 << 10 // bytes
	r, err := os.Open(f.Name())
	if err != nil {
		return ""
	}
	defer r.Close()
	buf := make([]byte, most)
	n, _ := r.ReadAt(buf, max(0, st.Size()-most))
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(buf[:n]), "")), "\n")
	return lines[len(lines)-1]
}
