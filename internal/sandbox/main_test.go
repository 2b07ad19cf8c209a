package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the program that is sandboxed: as the outer process
// (started as the user under test), as init, and as the engine.
const (
	stageOuter  = "test-outer"
	stageEngine = "test-engine"
	envScript   = "TEST_SCRIPT"
	envCall     = "TEST_CALL" // a function of engineCall, instead of a script
	envGone     = "TEST_GONE" // what the outer process removes first
)

func TestMain(m *testing.M) {
	runtime.LockOSThread()
	switch os.Args[0] {
	case StageInit:
		os.Exit(Init())
	case stageEngine:
		os.Exit(engineMain())
	case stageOuter:
		os.Exit(outerMain())
	}
	code := m.Run()
	if copied, _ := selfCopy(); copied != "" {
		os.RemoveAll(filepath.Dir(copied))
	}
	os.Exit(code)
}

// engineMain runs the script under test as the lab's root.
func engineMain() int {
	ends, err := EnterEngine()
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		return 99
	}
	if name := os.Getenv(envCall); name != "" {
		if err := engineCall(name, ends.Control); err != nil {
			fmt.Fprintln(os.Stderr, name+":", err)
			return 1
		}
		return 0
	}
	cmd := exec.Command("/bin/bash", "-c", os.Getenv(envScript))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "script:", err)
		return 1
	}
	return 0
}

func outerMain() int {
	if gone := os.Getenv(envGone); gone != "" {
		if err := os.Remove(gone); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	lab, err := Start(Options{
		Args: []string{stageEngine}, Env: []string{envScript + "=" + os.Getenv(envScript)},
		Stdout: os.Stdout, Stderr: os.Stderr, Trusted: true,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		return 3
	}
	fmt.Fprintf(os.Stderr, "size single=%v reduced=%v unlimited=%v\n", lab.Single, lab.Reduced, lab.Unlimited)
	return lab.Wait()
}

// who is a way to start netlab.
type who struct {
	name string
	uid  int // 0: as this process
	env  []string
}

func everyone() []who {
	if os.Geteuid() != 0 {
		return []who{{name: "ordinary user"}}
	}
	return []who{
		{name: "ordinary user", uid: 54321},
		{name: "root through sudo", env: []string{"SUDO_UID=54321", "SUDO_GID=54321"}},
		{name: "root"},
	}
}

func (w who) command(ctx context.Context, t *testing.T, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, readableSelf(t))
	cmd.Args = []string{stageOuter}
	cmd.Dir = "/"
	cmd.Env = append([]string{envScript + "=" + script, "PATH=" + os.Getenv("PATH")}, w.env...)
	if w.uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(w.uid), Gid: uint32(w.uid)}}
	}
	return cmd
}

// readableSelf is this test's binary where every user may execute it: one copy
// for all tests, which TestMain removes.
func readableSelf(t *testing.T) string {
	t.Helper()
	path, err := selfCopy()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var selfCopy = sync.OnceValues(copySelf)

func copySelf() (string, error) {
	dir, err := os.MkdirTemp("", "netlab-sandbox-test")
	if err != nil {
		return "", err
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return "", err
	}
	copied := filepath.Join(dir, "test")
	return copied, errors.Join(os.Chmod(dir, 0o755), os.WriteFile(copied, self, 0o755), os.Chmod(copied, 0o755))
}

// inside runs a script as the lab's root and returns what it printed.
func (w who) inside(t *testing.T, script string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 180*time.Second)
	defer cancel()
	cmd := w.command(ctx, t, script)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return strings.TrimSpace(out.String()), err
}
