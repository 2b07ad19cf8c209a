package interp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/sandbox"
)

// ownProgram stands in for a program of netlab's own: it says how it was called.
func ownProgram(args []string) int {
	if len(args) > 1 && !strings.HasPrefix(args[1], "-") {
		return ownServer(args)
	}
	fmt.Println("this is", filepath.Base(args[0]), strings.Join(args[1:], " "))
	return 0
}

func isOwn(argv0 string) bool {
	for _, p := range OwnPrograms() {
		if filepath.Base(argv0) == p.Name {
			return true
		}
	}
	return false
}

func TestOwnProgramsAreFoundInEveryWay(t *testing.T) {
	s := open(t, Options{})
	do(t, s, "ip netns add dns; mkdir -p /root/d; printf 'coredns \"$@\"\\n' > /root/d/start.sh; chmod +x /root/d/start.sh")
	for name, line := range map[string]string{
		"by its name":                        "coredns -x",
		"in a namespace":                     "ip netns exec dns coredns -x",
		"in a namespace, by the real ip":     "/sbin/ip netns exec dns coredns -x",
		"in the background":                  "coredns -x & wait",
		"behind sudo":                        "sudo coredns -x",
		"in another shell":                   "sh -c 'coredns -x'",
		"behind timeout":                     "timeout 5 coredns -x",
		"in a shell in a namespace":          "ip netns exec dns sh -c 'timeout 5 coredns -x'",
		"in a script":                        "sh /root/d/start.sh -x",
		"in a script that is a program":      "./d/start.sh -x",
		"behind a program that looks for it": "env coredns -x",
		"by its path":                        "/run/netlab/bin/coredns -x",
		"in a command substitution":          "echo $(coredns -x)",
	} {
		t.Run(name, func(t *testing.T) {
			got := do(t, s, line)
			if out := strings.TrimSpace(got.output("")); got.Exit != 0 || out != "this is coredns -x" {
				t.Errorf("%s: exit code %d: %s", line, got.Exit, out)
			}
		})
	}
}

func TestOwnProgramsOutliveTheShellThatIsStopped(t *testing.T) {
	s := open(t, Options{})
	if first := do(t, s, "exit 3"); first.Exit != 3 {
		t.Fatal(first.story())
	}
	s.drop("this test wants it so")
	if got := do(t, s, "coredns -x"); got.output("stdout") != "this is coredns -x\n" {
		t.Error(got.story())
	}
}

func TestNobodyWritesToOwnPrograms(t *testing.T) {
	s := open(t, Options{})
	for _, line := range []string{
		"echo x > /run/netlab/bin/coredns", "echo x >> " + sandbox.ProgramFile, "dd if=/dev/zero of=/run/netlab/bin/coredns count=1 conv=notrunc status=none",
		"truncate -s 0 /run/netlab/bin/coredns",
	} {
		if got := do(t, s, line); got.Exit == 0 {
			t.Errorf("%s: it could be done", line)
		}
	}
	if got := do(t, s, "coredns"); got.Exit != 0 {
		t.Error(got.story())
	}
}

// A program that the machine has is the machine's, but for those that lessons
// need as netlab links them.
func TestOwnProgramsStandIn(t *testing.T) {
	for _, p := range OwnPrograms() {
		t.Run(p.Name, func(t *testing.T) {
			if err := os.RemoveAll(OwnDir); err != nil {
				t.Fatal(err)
			}
			path, has := findIn(filepath.SplitList(DefaultPath), p.Name)
			check := func(want bool) {
				t.Helper()
				if err := PlaceOwn(); err != nil {
					t.Fatal(err)
				}
				if _, err := os.Lstat(filepath.Join(OwnDir, p.Name)); (err == nil) != want {
					t.Errorf("the machine has %q, and netlab's own is placed: %v", path, err == nil)
				}
			}
			check(p.First || !has)
			if !has {
				return
			}
			if err := unix.Mount("/dev/null", path, "", unix.MS_BIND, ""); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = unix.Unmount(path, 0) })
			check(true)
		})
	}
	if _, has := findIn([]string{t.TempDir()}, "coredns"); has {
		t.Error("a program is found in an empty folder")
	}
}

func TestWhatIsThereStays(t *testing.T) {
	dir := t.TempDir()
	own, at := filepath.Join(dir, "own"), filepath.Join(dir, "at")
	if err := os.WriteFile(own, []byte("file"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{own, at, at} {
		if err := Link(at); err != nil {
			t.Fatal(err)
		}
	}
	if to, err := os.Readlink(at); to != sandbox.ProgramFile {
		t.Errorf("it leads to %q, %v", to, err)
	}
	if b, err := os.ReadFile(own); err != nil || string(b) != "file" {
		t.Errorf("a learner's own program is %q, %v", b, err)
	}
	if err := Link(filepath.Join(dir, "nope", "at")); err == nil {
		t.Error("a link in no folder")
	}
}
