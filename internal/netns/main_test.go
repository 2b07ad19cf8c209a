package netns_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// helper makes the test binary do Exec, as a hidden command of the real one.
const helper = "NETNS_TEST_EXEC"

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	if name := os.Getenv(helper); name != "" {
		warn := func(text string) { os.Stderr.WriteString(text + "\n") }
		err := netns.Exec(name, os.Args[1:], os.Environ(), warn)
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(netlabtest.Main(m))
}

// made creates a namespace that the end of the test removes.
func made(t *testing.T, name string) {
	t.Helper()
	if err := netns.Create(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if netns.Exists(name) {
			if err := netns.Delete(name); err != nil {
				t.Error(err)
			}
		}
	})
}

// inode identifies the network namespace that a path shows.
func inode(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

// ip runs the real ip and returns what it printed.
func ip(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	out, err := exec.Command(path, args...).CombinedOutput()
	return string(out), err
}
