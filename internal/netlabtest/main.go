// Package netlabtest helps tests that need a kernel: it runs a package's tests
// inside a private set of namespaces, so that nothing they do reaches the
// machine.
package netlabtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

const inside = "NETLAB_TEST_INSIDE"

// Main runs the package's tests inside a sandbox. Call it from TestMain.
func Main(m *testing.M) int {
	for _, a := range os.Args {
		if strings.HasPrefix(a, "-test.fuzzworker") {
			return m.Run()
		}
	}
	if os.Getenv(inside) != "" {
		if err := prepare(); err != nil {
			fmt.Fprintln(os.Stderr, "netlabtest:", err)
			return 1
		}
		return m.Run()
	}
	return again()
}

// Require skips the test, or fails it under NETLAB_REQUIRE_KERNEL=1, because
// this machine lacks what is named.
func Require(t testing.TB, have bool, what string) {
	t.Helper()
	switch {
	case have:
	case os.Getenv("NETLAB_REQUIRE_KERNEL") == "1":
		t.Fatalf("this test needs %s, and NETLAB_REQUIRE_KERNEL=1 forbids skipping", what)
	default:
		t.Skipf("needs %s (kernel or program missing)", what)
	}
}

func again() int {
	runtime.LockOSThread()
	size := 1
	if os.Geteuid() == 0 {
		size = 65536
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:                 syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings:                []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: size}},
		GidMappings:                []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: size}},
		GidMappingsEnableSetgroups: size > 1,
		Pdeathsig:                  syscall.SIGKILL,
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "netlabtest: cannot make a sandbox:", err)
		return 1
	}
	return 0
}

func prepare() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_SLAVE, ""); err != nil {
		return err
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return err
	}
	if err := syscall.Mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", "/run", "tmpfs", 0, "size=64m,mode=0755")
}
