package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"netlab/internal/term"
)

// envPart names the part that a child of the test plays.
const envPart = "NETLAB_TEST_CLI_PART"

// The signals by which people and systems end programs.
func endings() map[string]syscall.Signal {
	return map[string]syscall.Signal{"interrupt": syscall.SIGINT, "terminated": syscall.SIGTERM, "hangup": syscall.SIGHUP, "quit": syscall.SIGQUIT}
}

// exitIgnored: the signal was ignored from the start, as nohup does.
const exitIgnored = 77

// play is a netlab in whose lesson a signal comes; or, with "after ", one to
// which it comes when all is done.
func play(part string) int {
	name, after := strings.CutPrefix(part, "after ")
	if after && signal.Ignored(endings()[name]) {
		return exitIgnored
	}
	kill := func() error { return syscall.Kill(os.Getpid(), endings()[name]) }
	ctx, _, stop := untilSignal(context.Background())
	if after {
		stop()
		<-ctx.Done()
		_ = kill()
		<-time.After(10 * time.Second) // the signal ends this process
		return 0
	}
	defer stop()
	lab := &fakeLab{onStep: func(ctx context.Context, _ string, number int) error {
		if number != 2 {
			return nil
		}
		err := kill()
		<-ctx.Done()
		return errors.Join(context.Cause(ctx), err)
	}}
	return lab.on(ctx, term.System(), "run", "veth-pair", "--auto")
}

// act starts a child of the test and returns how it ended.
func act(t *testing.T, part string) (end syscall.WaitStatus, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(soon(t), "/proc/self/exe")
	cmd.Env = append(os.Environ(), envPart+"="+part, "LC_ALL=C.UTF-8")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.Sys().(syscall.WaitStatus), stdout.String(), stderr.String()
}

func TestASignalEndsALessonInOrder(t *testing.T) {
	for name, sig := range endings() {
		t.Run(name, func(t *testing.T) {
			end, out, errs := act(t, name)
			if !end.Exited() || end.ExitStatus() != 128+int(sig) {
				t.Errorf("it ended with %#x", end)
			}
			if got := strings.Count(errs, "stopped ("+name+"): everything of the lab is removed"); got != 1 || strings.Contains(errs, "fault") {
				t.Errorf("it said so %d times: %s", got, errs)
			}
			if !strings.Contains(out, "── 2 of ") || strings.Contains(out, "── 3 of ") {
				t.Errorf("it printed %s", out)
			}
		})
	}
}

func TestASignalAfterTheEndDoesWhatItAlwaysDoes(t *testing.T) {
	for name, sig := range endings() {
		if sig == syscall.SIGQUIT { // what it always does is the runtime's: it shows where it is
			continue
		}
		if end, _, errs := act(t, "after "+name); end.ExitStatus() == exitIgnored {
			t.Logf("%s: these tests were started with it ignored", name)
		} else if !end.Signaled() || end.Signal() != sig {
			t.Errorf("%s: it ended with %#x: %s", name, end, errs)
		}
	}
}

func TestAContextThatEndsByItselfIsNoSignal(t *testing.T) {
	outer, cancel := context.WithCancel(context.Background())
	ctx, _, stop := untilSignal(outer)
	defer stop()
	if err := ctx.Err(); err != nil {
		t.Fatalf("it begins with %v", err)
	}
	cancel()
	<-ctx.Done()
	var sig *signalled
	if cause := context.Cause(ctx); errors.As(cause, &sig) {
		t.Errorf("the cause is %v", cause)
	}
}

func TestRightsOfTheFileAreRefused(t *testing.T) {
	tests := []struct {
		name                 string
		uid, euid, gid, egid int
		ok                   bool
	}{
		{"an ordinary user", 1000, 1000, 100, 100, true},
		{"root", 0, 0, 0, 0, true},
		{"set-user-id", 1000, 0, 100, 100, false},
		{"set-group-id", 1000, 1000, 100, 0, false},
		{"root who became somebody by the file", 0, 1000, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := mustNotBeSetuid(tt.uid, tt.euid, tt.gid, tt.egid)
			if (err == nil) != tt.ok {
				t.Fatalf("it says %v", err)
			}
			if code, _, hint := verdict(err); !tt.ok && (code != 3 || !strings.Contains(hint, "chmod")) {
				t.Errorf("exit code %d, hint %q", code, hint)
			}
		})
	}
}
