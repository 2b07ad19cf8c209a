package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// refuser is the name under which this test binary runs a program on a machine
// that refuses user namespaces: as root of one in which the limit is 0.
const refuser = "refusing"

// asRefuser puts the test binary on PATH under that name.
func asRefuser(path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return os.Symlink(self, path)
}

// refuse runs a program line and returns its exit code.
func refuse(args []string) int {
	line := append([]string{"-c", `echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"`, "sh"}, args...)
	cmd := exec.Command("/bin/sh", line...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, GidMappingsEnableSetgroups: true}
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "refusing:", err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}
