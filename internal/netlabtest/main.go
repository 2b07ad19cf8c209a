// Package netlabtest helps tests that need a kernel: it runs a package's tests
// inside a sandbox, so that nothing they do reaches the machine.
package netlabtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/netns"
	"netlab/internal/sandbox"
)

// stageTest is the argv[0] of a test binary that runs inside a sandbox.
const stageTest = "netlab-test"

// Main runs the package's tests as root of a fresh sandbox. Call it from
// TestMain of a test binary whose main thread is locked by an init function.
// The module is visible read-only, the folders of go test's own output files
// can be written.
func Main(m *testing.M) int {
	switch {
	case os.Args[0] == sandbox.StageInit:
		return sandbox.Init()
	case os.Args[0] == stageTest:
		return inside(m)
	case fuzzing():
		return m.Run()
	}
	return outside()
}

// fuzzing: the fuzzer's workers inherit pipes, which do not enter a sandbox.
func fuzzing() bool {
	for _, a := range os.Args {
		if strings.HasPrefix(a, "-test.fuzz=") || a == "-test.fuzzworker" {
			return true
		}
	}
	return false
}

func inside(m *testing.M) int {
	_, err := sandbox.EnterEngine()
	if err == nil {
		err = netns.Setup()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "netlabtest:", err)
		return 1
	}
	return m.Run()
}

// Nested runs the named tests once more, in a sandbox inside this one. There
// root is nobody outside, as in every real lab: the kernel counts and limits
// what such a root does, but not what the machine's own root does.
func Nested(t *testing.T, pattern string) {
	t.Helper()
	if err := Again(pattern, nil, os.Stdout, "-test.v"); err != nil {
		t.Error(err)
	}
}

// Again runs the named tests once more, in a sandbox inside this one, with
// more variables and flags. What they print goes to out. Several may run at
// once: each has a network of its own.
func Again(pattern string, env []string, out *os.File, flags ...string) error {
	lab, err := sandbox.Start(sandbox.Options{
		Args: append([]string{stageTest, "-test.run=" + pattern}, flags...), Env: append(testEnv(), env...), Stdout: out, Stderr: out, Trusted: true,
	})
	if err != nil {
		return err
	}
	if code := lab.Wait(); code != 0 {
		return fmt.Errorf("the tests inside ended with code %d", code)
	}
	return nil
}

func outside() int {
	binds, dir, err := visible()
	if err != nil {
		fmt.Fprintln(os.Stderr, "netlabtest:", err)
		return 1
	}
	lab, err := sandbox.Start(sandbox.Options{
		Args: append([]string{stageTest}, os.Args[1:]...), Env: testEnv(), Binds: binds, Dir: dir,
		Stdout: os.Stdout, Stderr: os.Stderr, Trusted: true,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "netlabtest:", err)
		return 1
	}
	return lab.Wait()
}

// visible are the module's folder and those of the output files. The files
// are made here, since inside another user writes them.
func visible() (binds []sandbox.Bind, dir string, err error) {
	if dir, err = os.Getwd(); err != nil {
		return nil, "", err
	}
	binds = []sandbox.Bind{{Path: moduleRoot(dir)}}
	for _, a := range os.Args[1:] {
		flag, path, ok := strings.Cut(a, "=")
		if !ok || !outputFlag(flag) || !filepath.IsAbs(path) {
			continue
		}
		if err := touch(path); err != nil {
			return nil, "", err
		}
		binds = append(binds, sandbox.Bind{Path: filepath.Dir(path), Writable: true})
	}
	return binds, dir, nil
}

func outputFlag(flag string) bool {
	switch strings.TrimLeft(flag, "-") {
	case "test.coverprofile", "test.testlogfile", "test.cpuprofile", "test.memprofile", "test.trace", "test.blockprofile", "test.mutexprofile":
		return true
	}
	return false
}

func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Chmod(0o666)
}

func moduleRoot(dir string) string {
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
	}
	return dir
}

func testEnv() []string {
	var env []string
	for _, e := range os.Environ() {
		if strings.HasPrefix(e, "NETLAB_") || strings.HasPrefix(e, "GO") {
			env = append(env, e)
		}
	}
	return env
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
