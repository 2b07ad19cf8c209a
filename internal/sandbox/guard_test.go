package sandbox

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestRootThatHasNoOtherID starts netlab as root of a user namespace with one
// id, which may be the machine's root: its lab must not reach the settings of
// the machine. What is written is what was read.
func TestRootThatHasNoOtherID(t *testing.T) {
	const script = `for f in kernel/panic kernel/core_pattern vm/swappiness fs/file-max; do
		v=$(cat /proc/sys/$f) && echo "$v" >/proc/sys/$f && echo ESCAPED $f
	done 2>/dev/null
	echo h 2>/dev/null >/proc/sysrq-trigger && echo ESCAPED
	ip netns add a && echo 1 >/proc/sys/net/ipv4/ip_forward && echo the network works`
	cmd := exec.CommandContext(t.Context(), readableSelf(t))
	cmd.Args = []string{stageOuter}
	cmd.Env = append(os.Environ(), envScript+"="+script)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	b, err := cmd.CombinedOutput()
	out := string(b)
	if err != nil || strings.Contains(out, "ESCAPED") || !strings.Contains(out, "the network works") || !strings.Contains(out, "single=true") {
		t.Fatal(err, out)
	}
}
