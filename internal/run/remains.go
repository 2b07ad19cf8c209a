package run

import (
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"netlab/internal/interp"
	"netlab/internal/snapshot"
)

// remains is what a script could leave behind on a machine.
type remains struct {
	lab      snapshot.Lab
	settings map[string]string
	files    []string
}

// look sees what there is besides the snapshot.
func look(lab snapshot.Lab) remains {
	return remains{lab: lab, settings: interp.Settings(), files: filesOf("/etc/netns")}
}

func filesOf(dir string) []string {
	var out []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return nil //nolint:nilerr // what cannot be seen is left out
	})
	return out
}

// left says what is more or other than before, in lines to be read.
func (r remains) left(now remains, processes []string) []string {
	out := snapshot.Left(r.lab, now.lab)
	for _, key := range slices.Sorted(maps.Keys(now.settings)) {
		was, ok := r.settings[key]
		if ok && was != now.settings[key] && !follows(key, r.settings, now.settings) {
			out = append(out, fmt.Sprintf("setting %s = %s, before %s", key, now.settings[key], was))
		}
	}
	for _, f := range now.files {
		if !slices.Contains(r.files, f) {
			out = append(out, "file "+f)
		}
	}
	for _, p := range processes {
		out = append(out, "process "+told(p))
	}
	return out
}

// follows says that the kernel set a key along with another one: that of all
// links, or net.ipv4.ip_forward (ip-sysctl in the kernel's documentation). What
// only counts is no setting either.
func follows(key string, was, now map[string]string) bool {
	switch {
	case strings.HasPrefix(key, "net.netfilter.") && strings.HasSuffix(key, "_count"):
		return true
	case strings.HasPrefix(key, "net.ipv4.conf.") && (strings.HasSuffix(key, ".forwarding") || strings.HasSuffix(key, ".accept_redirects")):
		return was["net.ipv4.ip_forward"] != now["net.ipv4.ip_forward"]
	}
	all := strings.Replace(key, ".conf.default.", ".conf.all.", 1)
	return all != key && was[all] != now[all] && now[all] == now[key]
}

// exitOf is the exit code of a process that has ended, as a shell has it.
func exitOf(st *os.ProcessState) int {
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return st.ExitCode()
}

// peerPid asks the kernel who is at the other end (SO_PEERCRED in unix(7)).
func peerPid(conn *net.UnixConn) int {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	_ = raw.Control(func(fd uintptr) {
		if cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid
}
