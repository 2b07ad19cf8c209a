package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	beforeStep = "space run it"
	afterStep  = "space next"
	asking     = "your answer"
)

// sit starts a program in front of a person, as the ordinary user.
func sit(t *testing.T, args ...string) (*session, *exec.Cmd) {
	t.Helper()
	cmd := everyone()[0].netlab(t, args...)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/tmp")
	tty, err := onTerminal(cmd, 80, 40)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tty.master.Close()
		_ = cmd.Process.Kill() // if the test has failed
	})
	return &session{terminal: tty, t: t}, cmd
}

// settings is what stty would say of the terminal.
func (s *session) settings() unix.Termios {
	s.t.Helper()
	var mode *unix.Termios
	err := control(s.master, func(fd int) (err error) {
		mode, err = unix.IoctlGetTermios(fd, unix.TCGETS)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return *mode
}

func TestGuidedFromBeginningToEnd(t *testing.T) {
	before := listing(t)
	s, cmd := sit(t, "run", "veth-pair")
	settings := s.settings()
	for step := 1; step <= 9; step++ {
		s.press(" ") // shows the answer where one is asked for, and runs the step
		s.expect(afterStep)
		s.press("\r")
	}
	s.expect("✓")
	if code := codeOf(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if s.settings() != settings {
		t.Error("the terminal is not as it was")
	}
	s.end()
	unchanged(t, before)
}

func TestGuidedKeys(t *testing.T) {
	before := listing(t)
	s, cmd := sit(t, "run", "veth-pair")
	settings := s.settings()
	s.expect(beforeStep)
	s.press("?")
	s.expect("ip netns add ns1")
	s.expect("the name of the new namespace")
	s.expect("ip netns add ns2")
	s.expect(beforeStep)
	s.press("x") // no key of the legend
	s.expect(beforeStep)
	s.press(" ")
	s.expect("✓ The namespace ns2 exists")
	s.expect(afterStep)
	s.press("a")
	s.expect("is built anew")
	s.expect("1 of 9")
	s.press(" ")
	s.expect(afterStep)
	s.press("n")
	s.expect("2 of 9")
	s.press(" ")
	s.expect(afterStep)
	s.press("b")
	s.expect("1 of 9")
	s.press(" ")
	s.expect(afterStep)
	s.press("q")
	if code := codeOf(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if s.settings() != settings {
		t.Error("the terminal is not as it was")
	}
	s.end()
	unchanged(t, before)
}

func TestGuidedPrediction(t *testing.T) {
	s, cmd := sit(t, "run", "veth-pair")
	for range 3 {
		s.press(" ")
		s.expect(afterStep)
		s.press(" ")
	}
	s.expect(asking)
	s.press("9") // no choice
	s.expect(asking)
	s.press("1")
	s.expect("Not quite. It is")
	s.expect("3, “It is gone”")
	s.expect(afterStep)
	s.press(" ")
	s.expect(asking)
	s.press("3")
	s.expect("Right: ")
	s.expect(afterStep)
	s.press("q")
	if code := codeOf(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestAShellInTheLab opens the shell, which has a terminal of its own: its
// size, its job control, its Ctrl-C.
func TestAShellInTheLab(t *testing.T) {
	s, cmd := sit(t, "run", "veth-pair")
	settings := s.settings()
	s.press(" ")
	s.expect(afterStep)
	s.press("s")
	s.expect("goes back")
	s.expect("[veth-pair host]# ")
	s.press("ip netns list | sort | tr '\\n' ,; echo\r")
	s.expect("ns1,ns2,")
	s.press("stty size\r")
	s.expect("40 80")
	if err := s.resize(100, 50); err != nil {
		t.Fatal(err)
	}
	s.press("until stty size | grep -q '50 100'; do :; done; echo it fi''ts\r")
	s.expect("it fits")
	s.press("tput cup 10 5; tput el; echo -n at; tput cup 12 1; echo done\r") // as a program does that fills the screen
	s.expect("\x1b[11;6H")
	s.expect("done")
	s.press("sleep 1000; echo ended by $?\r")
	running(t, "sleep\x001000\x00", "sleep\x001000\x00")
	s.press("\x03")
	s.expect("^C")
	s.press("echo code $?\r")
	s.expect("code 130")
	s.press("ip netns add mine; exit 3\r")
	s.expect(afterStep) // its exit code is nobody's business
	s.press(" ")
	s.expect("2 of 9")
	s.press("q")
	if code := codeOf(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if s.settings() != settings {
		t.Error("the terminal is not as it was")
	}
}

func TestGuidedEndsBySignals(t *testing.T) {
	ends := []struct {
		name string
		end  func(*session, *exec.Cmd)
		want int
	}{
		{"Ctrl-C", func(s *session, _ *exec.Cmd) { s.press("\x03") }, 130},
		{"Ctrl-C in the middle of a step", func(s *session, _ *exec.Cmd) { s.press(" \x03") }, 130},
		{"Ctrl-D", func(s *session, _ *exec.Cmd) { s.press("\x04") }, 0},
		{"a closed window", func(s *session, _ *exec.Cmd) { s.master.Close() }, 129},
		{"being terminated", func(_ *session, c *exec.Cmd) { _ = c.Process.Signal(syscall.SIGTERM) }, 143},
		{"a closed window over a shell", func(s *session, _ *exec.Cmd) {
			s.press("s")
			s.expect("[veth-pair host]# ")
			s.master.Close()
		}, 129},
		{"being terminated under a shell", func(s *session, c *exec.Cmd) {
			s.press("s")
			s.expect("[veth-pair host]# ")
			_ = c.Process.Signal(syscall.SIGTERM)
		}, 143},
	}
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			before := listing(t)
			s, cmd := sit(t, "run", "veth-pair")
			s.expect(beforeStep)
			e.end(s, cmd)
			if code := codeOf(t, cmd.Wait()); code != e.want {
				t.Errorf("exit code %d, want %d; shown:\n%s", code, e.want, unpainted(tail(s.seen())))
			}
			unchanged(t, before)
		})
	}
}

// TestACrashIsNetlabsOwnFault lets the engine break in the middle of a lesson,
// as a mistake in it would: exit 70, a word on what to do, and nothing left.
func TestACrashIsNetlabsOwnFault(t *testing.T) {
	before := listing(t)
	file := filepath.Join(t.TempDir(), "scenario.yaml")
	openUp(t, file)
	if err := os.WriteFile(file, []byte(hostile{run: "sleep 60", code: 1, own: true}.scenario()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := everyone()[0].netlab(t, "run", "--auto", file)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(running(t, "sleep\x0060\x00", "netlab-engine"), syscall.SIGQUIT); err != nil { // the Go runtime's way to show where it is
		t.Fatal(err)
	}
	if code := codeOf(t, cmd.Wait()); code != 70 || !strings.Contains(out.String(), "netlab's own fault") || !strings.Contains(out.String(), "report") {
		t.Errorf("exit code %d; shown:\n%s", code, tail(out.String()))
	}
	unchanged(t, before)
}

// running waits until a process with the first command line lives, and returns
// the number of the one with the second.
func running(t *testing.T, first, second string) int {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); <-tick.C {
		if a, b := process(first), process(second); a > 0 && b > 0 {
			return b
		}
	}
	t.Fatalf("%q does not run", first)
	return 0
}
