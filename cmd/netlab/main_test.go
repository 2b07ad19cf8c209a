package main_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The tests of the whole program run on a little host of their own: a network,
// mounts and processes that are this test's. What netlab might do to a host,
// it could do only to that one, and each trace of it would show there.
const envHost = "NETLAB_TEST_HOST"

// learner is the ordinary user's id on the little host.
const learner = 54321

func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == refuser {
		os.Exit(refuse(os.Args[1:]))
	}
	if os.Getenv(envHost) != "" {
		if err := furnish(); err != nil {
			fmt.Fprintln(os.Stderr, "little host:", err)
			os.Exit(1)
		}
		flag.Parse()
		parallel := "6" // they wait for pings more than for processors
		if !realRoot() {
			parallel = "1" // all are root of the little host, whose labs are in one place
		}
		if err := flag.Set("test.parallel", parallel); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	os.Exit(onLittleHost())
}

// onLittleHost builds netlab as a user would get it, and starts this test
// again in namespaces of its own.
func onLittleHost() int {
	dir, err := os.MkdirTemp("", "netlab-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(os.Chmod(dir, 0o755), build(filepath.Join(dir, "netlab")), asRefuser(filepath.Join(dir, refuser))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), envHost+"="+dir, "PATH="+dir+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "little host:", err)
		return 1
	}
	return 0
}

func build(to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.Chmod(to, 0o755)
}

// furnish gives the little host what hosts have.
func furnish() error {
	return errors.Join(
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("proc", "/proc", "proc", 0, ""),
		syscall.Mount("sysfs", "/sys", "sysfs", 0, ""),
		syscall.Mount("tmpfs", "/run", "tmpfs", 0, "mode=0755"),
		syscall.Mount("tmpfs", "/var/tmp", "tmpfs", 0, "mode=1777"),
		syscall.Mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777"),
		os.Mkdir("/run/mount", 0o755), // mount(8) makes it
		login(),
		exec.Command("ip", "link", "set", "lo", "up").Run(),
	)
}

// runtimeDir is what a login gives the ordinary user.
const runtimeDir = "/run/user/learner"

func login() error {
	err := errors.Join(os.Mkdir(filepath.Dir(runtimeDir), 0o755), os.Mkdir(runtimeDir, 0o700))
	if realRoot() {
		err = errors.Join(err, os.Chown(runtimeDir, learner, learner))
	}
	return err
}

// who is a way to call netlab.
type who struct {
	name string
	uid  uint32
	env  []string
}

// everyone is who may call netlab here: an ordinary user, and where this test
// is root, root with and without sudo.
func everyone() []who {
	if _, err := os.ReadFile("/proc/1/uid_map"); err != nil || !realRoot() {
		return []who{{name: "user"}}
	}
	id := strconv.Itoa(learner)
	return []who{{name: "user", uid: learner}, {name: "sudo", env: []string{"SUDO_UID=" + id, "SUDO_GID=" + id}}, {name: "root"}}
}

// realRoot says whether other users can be had.
func realRoot() bool {
	var first, outside, count int
	b, _ := os.ReadFile("/proc/self/uid_map")
	n, _ := fmt.Sscan(string(b), &first, &outside, &count)
	return n == 3 && count > learner
}

// netlab makes a call of netlab, which ends with the test.
func (w who) netlab(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, filepath.Join(os.Getenv(envHost), "netlab"), args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), w.env...)
	cmd.WaitDelay = 20 * time.Second
	if w.uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: w.uid, Gid: w.uid}}
	}
	return cmd
}

// exitCode runs a command and returns its code, 128+n for signal n.
func exitCode(t testing.TB, cmd *exec.Cmd) int {
	t.Helper()
	err := cmd.Run()
	return codeOf(t, err)
}

func codeOf(t testing.TB, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		t.Fatal(err)
	}
	if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return exit.ExitCode()
}
