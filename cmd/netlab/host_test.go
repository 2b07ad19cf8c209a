package main_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// listing is everything that netlab might change on a host.
func listing(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{
		"processes":  strings.Join(processes(), "\n"),
		"namespaces": namespaces(),
		"settings":   settings(),
		"files":      files("/run", "/tmp", "/etc", "/var/tmp", "/dev/shm"),
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	out["mounts"] = string(mounts)
	for name, command := range map[string]string{
		"links": "ip -d link", "addresses": "ip addr", "routes": "ip route show table all; ip -6 route show table all; ip rule",
		"names": "ip netns list", "neighbours": "ip neigh", "rules": "nft list ruleset 2>/dev/null || true", "hostname": "uname -n",
	} {
		b, err := exec.Command("sh", "-c", command).Output()
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = string(b)
	}
	return out
}

// processes lists all that live here, but not the passing ones of this test.
func processes() []string {
	var out []string
	for _, path := range glob("/proc/[0-9]*/stat") {
		b, err := os.ReadFile(path)
		if err != nil || dead(filepath.Dir(path)) {
			continue
		}
		out = append(out, string(b[:bytes.LastIndexByte(b, ')')+1]))
	}
	return out
}

// dead says that a process has ended, though nobody asked for its exit code:
// orphans come to this test, which is process 1 here and does not reap.
func dead(proc string) bool {
	b, err := os.ReadFile(proc + "/stat")
	return err != nil || bytes.Contains(b, []byte(") Z "))
}

// namespaces lists all namespaces in which a process of this host is.
func namespaces() string {
	set := map[string]bool{}
	for _, l := range glob("/proc/[0-9]*/ns/*") {
		if dead(filepath.Dir(filepath.Dir(l))) {
			continue
		}
		if to, err := os.Readlink(l); err == nil {
			set[to] = true
		}
	}
	var out []string
	for ns := range set {
		out = append(out, ns)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// settings lists every sysctl of the network.
func settings() string {
	var out strings.Builder
	_ = filepath.WalkDir("/proc/sys/net", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "random") || strings.Contains(path, "stat") {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil {
			fmt.Fprintf(&out, "%s=%s", path, b)
		}
		return nil
	})
	return out.String()
}

// files lists the names under some directories, but for this test's own.
func files(dirs ...string) string {
	var out []string
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil, dir == "/etc" && strings.Count(path, "/") > 2:
				return fs.SkipDir
			case dir == "/tmp" && path != dir && !strings.Contains(path, "netlab"),
				strings.HasPrefix(path, "/tmp/netlab-sandbox-test"), strings.HasPrefix(path, "/tmp/netlab-e2e"): // of other tests
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			out = append(out, path)
			return nil
		})
	}
	return strings.Join(out, "\n")
}

// unchanged compares the host with an earlier listing. What ends may take a
// moment to be gone.
func unchanged(t *testing.T, before map[string]string) {
	t.Helper()
	var diff string
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); <-tick.C {
		if diff = cmp.Diff(before, listing(t)); diff == "" {
			return
		}
	}
	t.Errorf("the host has changed:\n%s", diff)
}

func TestTheHostIsAsBeforeHoweverARunEnds(t *testing.T) {
	failing := filepath.Join(t.TempDir(), "scenario.yaml")
	openUp(t, failing)
	if err := os.WriteFile(failing, []byte(failingScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	ends := []struct {
		name string
		args []string
		sig  syscall.Signal
		want int
	}{
		{"a normal end", []string{"run", "--auto", "bridge"}, 0, 0},
		{"a failing step", []string{"run", "--auto", failing}, 0, 1},
		{"Ctrl-C", []string{"run", "--auto", "bridge"}, syscall.SIGINT, 130},
		{"being terminated", []string{"verify"}, syscall.SIGTERM, 143},
		{"a closed window", []string{"verify", "bridge-host"}, syscall.SIGHUP, 129},
		{"being killed", []string{"verify"}, syscall.SIGKILL, 137},
	}
	for _, w := range everyone() {
		for _, e := range ends {
			t.Run(e.name+" as "+w.name, func(t *testing.T) {
				before := listing(t)
				cmd := w.netlab(t, e.args...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if e.sig != 0 {
					labLives(t)
					if err := cmd.Process.Signal(e.sig); err != nil {
						t.Fatal(err)
					}
				}
				if got := codeOf(t, cmd.Wait()); got != e.want {
					t.Errorf("exit code %d, want %d", got, e.want)
				}
				unchanged(t, before)
			})
		}
	}
}

// labLives waits until a lab's engine is there.
func labLives(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); <-tick.C {
		if process("netlab-engine") > 0 {
			return
		}
	}
	t.Fatal("no engine came to life")
}

// process finds a process by the beginning of its command line; 0: none.
func process(begin string) int {
	for _, path := range glob("/proc/[0-9]*/cmdline") {
		if b, err := os.ReadFile(path); err == nil && bytes.HasPrefix(b, []byte(begin)) {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			return pid
		}
	}
	return 0
}

func glob(pattern string) []string {
	found, _ := filepath.Glob(pattern)
	return found
}

// TestKilledAtAnyMoment kills the outer process at 50 moments of its life.
func TestKilledAtAnyMoment(t *testing.T) {
	const moments, longest = 50, 400 * time.Millisecond
	before := listing(t)
	all := everyone()
	for i := range moments {
		w := all[i%len(all)]
		cmd := w.netlab(t, "verify", "veth-pair")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(rand.N(longest), func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
	}
	unchanged(t, before)
	for _, w := range all {
		if code := exitCode(t, w.netlab(t, "verify", "veth-pair")); code != 0 {
			t.Errorf("after all that, verify as %s ends with %d", w.name, code)
		}
	}
}

// openUp lets every user reach a test's file.
func openUp(t *testing.T, path string) {
	t.Helper()
	for dir := filepath.Dir(path); dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

const failingScenario = `name: failing
title: A lesson that fails
summary: its claim is wrong
question: does it fail?
minutes: 1
steps:
  - title: One
    explain: A namespace, and a wrong claim.
    run: ip netns add ns1
    checks:
      - says: there is another one
        within: 100ms
        namespace: ns2
    hints: [look at the names]
recap: [it failed]
`
