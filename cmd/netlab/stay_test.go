package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// staying makes a call of netlab by somebody who has logged in.
func (w who) staying(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := w.netlab(t, args...)
	cmd.Env = append(cmd.Env, "XDG_RUNTIME_DIR="+runtimeDir, "TERM=xterm-256color", "LANG=C.UTF-8")
	return cmd
}

// does is the output of a call that ends with 0.
func (w who) does(t testing.TB, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := w.staying(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if code := exitCode(t, cmd); code != 0 {
		t.Fatalf("netlab %s ends with %d as %s: %s%s", strings.Join(args, " "), code, w.name, out.String(), errs.String())
	}
	return out.String()
}

// up are the names of the labs that are up.
func (w who) up(t testing.TB) []string {
	t.Helper()
	var all []struct{ Name, User string }
	if err := json.Unmarshal([]byte(w.does(t, "ps", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range all {
		if l.User == "" {
			names = append(names, l.Name)
		}
	}
	return names
}

func TestTwentyLabsAtOnce(t *testing.T) {
	before := listing(t)
	for _, w := range everyone() {
		t.Run(w.name, func(t *testing.T) {
			defer w.does(t, "down", "--all")
			const labs = 20
			var wg sync.WaitGroup
			for i := range labs {
				wg.Go(func() {
					name := fmt.Sprintf("lab%02d", i)
					w.does(t, "up", "namespaces", "--name", name, "--step", "2")
					w.does(t, "exec", "-l", name, "host", "--", "ip", "netns", "add", "own-"+name)
				})
			}
			wg.Wait()
			if n := len(w.up(t)); n != labs {
				t.Errorf("%d labs are up", n)
			}
			for i := range labs {
				name := fmt.Sprintf("lab%02d", i)
				nodes := w.does(t, "exec", "--lab", name, "host", "--", "ip", "netns", "list")
				if !strings.Contains(nodes, "own-"+name) || strings.Count(nodes, "own-") != 1 {
					t.Errorf("%s has %s", name, nodes)
				}
			}
		})
	}
	unchanged(t, before)
}

// A lab of one user is named to another, and cannot be entered.
func TestLabsOfOthersAreNamed(t *testing.T) {
	all := everyone()
	if len(all) < 3 {
		t.Skip("this test cannot be another user")
	}
	user, root := all[0], all[2]
	defer root.does(t, "down", "--all")
	root.does(t, "up", "namespaces", "--name", "roots", "--step", "0")
	if out := user.does(t, "ps"); !strings.Contains(out, "roots") || !strings.Contains(out, "you cannot enter it") {
		t.Errorf("ps of the user: %s", out)
	}
	if names := user.up(t); len(names) > 0 {
		t.Errorf("the user has %v", names)
	}
	cmd := user.staying(t, "exec", "--lab", "roots", "host", "--", "true")
	if code := exitCode(t, cmd); code != 125 {
		t.Errorf("the user enters it: %d", code)
	}
	user.does(t, "down", "roots")
	if names := root.up(t); !slices.Equal(names, []string{"roots"}) {
		t.Errorf("root has %v", names)
	}
}

// Whatever process of a lab is killed, nothing is left of it that ps or the
// machine would show, or it lives on whole.
func TestAnyProcessOfALabIsKilled(t *testing.T) {
	before := listing(t)
	all := everyone()
	for i := range 50 {
		w := all[i%len(all)]
		w.does(t, "up", "namespaces", "--step", "1")
		w.does(t, "exec", "host", "--", "sh", "-c", "sleep 1000 >/dev/null 2>&1 &")
		victims := labProcesses()
		victim := victims[rand.IntN(len(victims))]
		line := commandLine(victim)
		if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "netlab-init") || strings.HasPrefix(line, "netlab-engine") {
			until(t, "the lab of the killed "+line+" is gone", func() bool { return len(labProcesses()) == 0 })
			if names := w.up(t); len(names) > 0 {
				t.Fatalf("after the end of %s ps shows %v", line, names)
			}
			continue
		}
		if names := w.up(t); !slices.Equal(names, []string{"namespaces"}) {
			t.Fatalf("after the end of %s ps shows %v", line, names)
		}
		w.does(t, "down")
	}
	unchanged(t, before)
}

// A lab that nobody can find any more ends by itself, as after a logout.
func TestALabWhoseSocketGoesEnds(t *testing.T) {
	for _, w := range everyone() {
		w.does(t, "up", "namespaces", "--step", "0")
		begun := labProcesses()
		for _, home := range []string{"/run/netlab", filepath.Join(runtimeDir, "netlab")} {
			_ = os.Remove(filepath.Join(home, "namespaces.sock"))
		}
		until(t, "the lab of "+w.name+" is gone", func() bool { return len(labProcesses()) == 0 })
		if len(begun) < 2 {
			t.Errorf("as %s there was no lab: %v", w.name, begun)
		}
	}
}

// labProcesses are those of the labs on this host.
func labProcesses() []int {
	var out []int
	for _, path := range glob("/proc/[0-9]*/cmdline") {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		line := commandLine(pid)
		if !dead(filepath.Dir(path)) && (strings.HasPrefix(line, "netlab-") || strings.HasPrefix(line, "sleep 1000")) {
			out = append(out, pid)
		}
	}
	return out
}

func commandLine(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\x00", " "))
}

// stopped: the state is the word behind the name (proc_pid_stat(5)).
func stopped(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return bytes.Contains(b, []byte(") T "))
}

func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); <-tick.C {
		if true() {
			return
		}
	}
	t.Fatal("never: " + what)
}

// enter opens a shell in a lab in front of a person.
func enter(t *testing.T, args ...string) (*session, *exec.Cmd) {
	t.Helper()
	cmd := everyone()[0].staying(t, append([]string{"shell"}, args...)...)
	tty, err := onTerminal(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tty.master.Close()
		_ = cmd.Process.Kill()
	})
	return &session{terminal: tty, t: t}, cmd
}

func TestAStayingShellHasATerminalOfItsOwn(t *testing.T) {
	user := everyone()[0]
	user.does(t, "up", "veth-pair")
	defer user.does(t, "down", "--all")
	s, cmd := enter(t, "ns1")
	settings := s.settings()
	s.expect("[veth-pair ns1]# ")
	s.press("sleep 1000\r")
	until(t, "the program runs", func() bool { return process("sleep") > 0 })
	s.press("\x1a") // Ctrl-Z
	until(t, "the program is stopped", func() bool { return stopped(process("sleep")) })
	s.expect("Stopped")
	s.expect("# ")
	s.press("jobs\r")
	s.expect("sleep 1000")
	s.expect("# ")
	s.press("fg\r")
	until(t, "the program goes on", func() bool { return !stopped(process("sleep")) })
	s.press("\x03") // what was typed before it is lost
	s.expect("# ")
	s.press("echo code $?\r")
	s.expect("code 130")
	if err := s.resize(61, 17); err != nil {
		t.Fatal(err)
	}
	s.press("until [ \"$(stty size)\" = '17 61' ]; do sleep 0.05; done; echo resi''zed\r")
	s.expect("resized")
	s.press("seq 100 | less\r") // a program that takes the whole screen
	s.expect("\x1b[?1049h")
	s.press("q")
	s.expect("\x1b[?1049l")
	s.press("ping -c1 10.1.1.2 | grep received\r")
	s.expect("1 received")
	s.press("netlab check | tail -n1\r")
	s.expect("1 passed")
	s.press("exit 9\r")
	if code := codeOf(t, cmd.Wait()); code != 9 {
		t.Errorf("exit code %d", code)
	}
	if s.settings() == settings {
		return
	}
	t.Error("the terminal is not as it was")
}

func TestALabEndsUnderAShell(t *testing.T) {
	before := listing(t)
	user := everyone()[0]
	user.does(t, "up", "namespaces")
	s, cmd := enter(t)
	settings := s.settings()
	s.expect("[namespaces host]# ")
	user.does(t, "down")
	s.expect("the lab has ended")
	if code := codeOf(t, cmd.Wait()); code != 128+int(syscall.SIGHUP) || s.settings() != settings {
		t.Errorf("exit code %d, or the terminal is not as it was", code)
	}
	unchanged(t, before)
}

func TestAWindowClosesOnAShell(t *testing.T) {
	user := everyone()[0]
	user.does(t, "up", "namespaces")
	defer user.does(t, "down", "--all")
	s, cmd := enter(t)
	s.expect("# ")
	s.press("sleep 1000\r")
	until(t, "the program runs", func() bool { return process("sleep") > 0 })
	s.master.Close()
	_ = cmd.Wait()
	until(t, "what ran in the window has ended", func() bool { return process("sleep") == 0 })
	if names := user.up(t); !slices.Equal(names, []string{"namespaces"}) {
		t.Errorf("the labs that are up: %v", names)
	}
}
