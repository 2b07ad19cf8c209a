package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Limits of a lab as a whole, where systemd can set them.
const (
	// MaxMemory is in bytes: twice what one command may have (package
	// interp), so that a command at its own limit is told so by name.
	MaxMemory = 2 << 30
	// maxTasks bounds processes and threads where no step's limit does, as in
	// a learner's own shell: ten times the limit of a step.
	maxTasks = 4096
)

// scopeTime bounds all talk with systemd. It takes some milliseconds; without
// it a lab starts all the same.
const scopeTime = 500 * time.Millisecond

// cgroups is where systemd mounts the tree of control groups (systemd(1)).
const cgroups = "/sys/fs/cgroup"

// limitLab puts process pid, and so all that it will start, into a control
// group with limits: a transient scope of systemd, which is gone when its last
// process is. It returns the group's directory; the error says why the lab has
// no limits.
func limitLab(pid int) (dir string, err error) {
	bus, err := findBus(os.Geteuid(), os.Getenv)
	if err != nil {
		return "", err
	}
	return bus.limit(pid, time.Now().Add(scopeTime))
}

// limit asks for the scope and sees that it holds pid and has its limit.
func (b bus) limit(pid int, deadline time.Time) (dir string, err error) {
	unit := scopeName(pid)
	err = b.ask(pid, unit, deadline)
	switch {
	case err == nil:
		return checkLimit(pid, unit)
	case !time.Now().Before(deadline):
		return "", fmt.Errorf("systemd has not answered within %v", scopeTime)
	}
	return "", err
}

func scopeName(pid int) string { return fmt.Sprintf("netlab-%d-%08x.scope", pid, rand.Uint32()) }

// checkLimit sees whether process pid is in the unit's control group, and its
// memory is limited: where the kernel's memory controller is not there for the
// user, systemd makes a scope without it.
func checkLimit(pid int, unit string) (dir string, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return "", err
	}
	return checkGroups(string(b), unit, cgroups)
}

// checkGroups reads the group's place from a line "0::/…" (cgroups(7)).
func checkGroups(groups, unit, root string) (dir string, err error) {
	for line := range strings.Lines(groups) {
		place, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		dir := filepath.Join(root, place)
		if !ok || filepath.Base(dir) != unit {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "memory.max"))
		if err != nil {
			break
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && n <= MaxMemory {
			return dir, nil
		}
	}
	return "", errors.New("systemd may not limit memory here (no memory controller of cgroup v2)")
}

// Starved is how many processes of the lab the kernel has ended so far because
// the lab had used up its memory; 0 where that is not limited.
func (l *Lab) Starved() int {
	if l.group == "" {
		return 0
	}
	b, err := os.ReadFile(filepath.Join(l.group, "memory.events"))
	if err != nil { // the lab has ended
		return 0
	}
	return oomKills(string(b))
}

// oomKills reads the line "oom_kill 3" (cgroup v2 documentation, memory.events).
func oomKills(events string) int {
	for line := range strings.Lines(events) {
		if n, ok := strings.CutPrefix(line, "oom_kill "); ok {
			kills, _ := strconv.Atoi(strings.TrimSpace(n))
			return kills
		}
	}
	return 0
}
