package sandbox

import (
	"fmt"
	"os"
)

// firstVictim is the highest score that a process may give itself
// (proc_pid_oom_score_adj(5)).
const firstVictim = "1000"

// Victim lets the kernel end process pid, and what it starts from now on, before
// all others when memory runs out: before the engine, which can say what
// happened, and before the programs of the machine.
func Victim(pid int) {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte(firstVictim), 0) // the lab works without it
}
