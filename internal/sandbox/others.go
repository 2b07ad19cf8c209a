package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Other is a lab that stays and belongs to another user.
type Other struct {
	Name string
	Pid  int // of its process 1
	UID  int // of whoever it runs as
}

// Others finds the labs of other users by their first processes, which carry
// the lab's name in their command line (proc_pid_cmdline(5)). Where the system
// hides the processes of others, there are none.
func Others() []Other {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var out []Other
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		line, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		name, ok := stayingLab(string(line))
		if uid := realUID(pid); ok && uid >= 0 && uid != os.Geteuid() && !ours(uid) {
			out = append(out, Other{name, pid, uid})
		}
	}
	return out
}

// stayingLab reads the command line of process 1 of a lab that stays.
func stayingLab(cmdline string) (name string, ok bool) {
	words := strings.Split(strings.TrimSuffix(cmdline, "\x00"), "\x00")
	if len(words) != 2 || words[0] != StageInit {
		return "", false
	}
	return words[1], true
}

// realUID is the user of a process, -1 if it has ended. The owner of its
// directory under /proc would not do: that is root for what is not dumpable.
func realUID(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(status)) {
		var uid int
		if n, _ := fmt.Sscanf(line, "Uid: %d", &uid); n == 1 {
			return uid
		}
	}
	return -1
}

// ours says whether a user is the one as whom root's labs run.
func ours(uid int) bool {
	if unix.Geteuid() != 0 {
		return false
	}
	id := chooseIdentity(false)
	return len(id.uids) > 0 && id.uids[0].HostID == uid
}
