package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// started is a lab whose script sleeps, and all its processes.
type started struct {
	cmd       *exec.Cmd
	processes []int // outer, init, engine, script …
}

const sleeping = `setsid sleep 7301 & sleep 7301 & echo running; wait`

func (w who) start(t *testing.T) *started {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 180*time.Second)
	t.Cleanup(cancel)
	cmd := w.command(ctx, t, sleeping)
	out := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the script runs", func() bool { return strings.Contains(out.String(), "running") })
	s := &started{cmd: cmd}
	eventually(t, "all processes are there", func() bool {
		s.processes = family(cmd.Process.Pid)
		return len(s.processes) >= 6 // outer, init, engine, bash, two sleeps
	})
	return s
}

type lockedBuffer struct {
	tail
}

func (b *lockedBuffer) String() string { return b.text() }

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(90 * time.Second); !so(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// family lists a process and all its descendants.
func family(root int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, _ := bytes.Cut(b[bytes.LastIndexByte(b, ')'):], []byte(" "))
		var state string
		var parent int
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		if n, _ := fmt.Sscan(string(rest), &state, &parent); n == 2 && state != "Z" {
			children[parent] = append(children[parent], pid)
		}
	}
	out := []int{root}
	for i := 0; i < len(out); i++ {
		out = append(out, children[out[i]]...)
	}
	return out
}

func (s *started) allGone() bool {
	for _, pid := range s.processes {
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !bytes.Contains(b, []byte(") Z ")) {
			return false
		}
	}
	return true
}

func TestNothingSurvivesTheDeathOfAnyProcess(t *testing.T) {
	for _, w := range everyone() {
		for victim, name := range []string{"the outer process", "init", "the engine"} {
			t.Run(name+" of "+w.name, func(t *testing.T) {
				s := w.start(t)
				if err := syscall.Kill(s.processes[victim], syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
				_ = s.cmd.Wait()
				eventually(t, "every process of the lab is gone", s.allGone)
			})
		}
	}
}

func TestTheEnginesEndIsTheLabs(t *testing.T) {
	for _, w := range everyone() {
		out, err := w.inside(t, `setsid sleep 7302 & exit 0`)
		if err != nil {
			t.Fatal(err, out)
		}
	}
	eventually(t, "no sleeper is left", func() bool {
		found := exec.Command("pgrep", "-f", "^sleep 7302$").Run()
		return found != nil
	})
}

func TestManyLabsAtOnceWithTheSameNames(t *testing.T) {
	const script = `set -e; ip netns add ns1; ip link add v type veth peer name w netns ns1; ip netns list | grep -c . | grep -qx 1`
	ctx, cancel := context.WithTimeout(context.Background(), 180*time.Second)
	defer cancel()
	var labs [10]*exec.Cmd
	for i := range labs { // all before the first is started: a program being written cannot be executed
		labs[i] = everyone()[0].command(ctx, t, script)
	}
	errs := make(chan error, len(labs))
	for _, cmd := range labs {
		go func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			errs <- err
		}()
	}
	for range labs {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
