package run

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netlab/internal/event"
)

// hostile plays a script within limits that are small, and says how it ended.
func hostile(t *testing.T, text string, limit time.Duration) (Played, string, error) {
	t.Helper()
	c := openPlay(t)
	s := foreign(t, "x.sh", text)
	s.Time = limit
	var all bytes.Buffer
	played, err := c.Play(soon(t), s, nil, Streams{Read: typed(""), Out: &all, Err: &all}, func(event.Event) {})
	c.Close()
	return played, all.String(), err
}

func TestHostileScriptsAreStoppedByName(t *testing.T) {
	for _, tt := range []struct {
		name, script, says string
		limit              time.Duration
	}{
		{"a fork bomb", "#!/bin/bash\n:(){ :|:& };:\nsleep 30", "more than 256 processes", time.Minute},
		{"a fork bomb that waits", "f() { f | f; }; f", "more than 256 processes", time.Minute},
		{"a fork bomb that goes away", "#!/bin/bash\nf(){ f & f & }; f; sleep 5; exit 0", "more than 256 processes", time.Minute},
		{"for ever", "while :; do :; done", "longer than 1 s", time.Second},
		{"for ever, asleep and deaf", "trap '' TERM INT HUP; while :; do sleep 1; done", "longer than 1 s", time.Second},
		{"output without end", "yes", "wrote more than 64 MiB", time.Minute},
		{"errors without end", "yes >&2", "wrote more than 64 MiB", time.Minute},
		{"a huge file", "exec dd if=/dev/zero of=/tmp/x bs=1M count=100", "larger than 64 MiB", time.Minute},
		{"memory", "tail /dev/zero", "at most 1 GiB", 2 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			played, all, err := hostile(t, tt.script, tt.limit)
			must(t, err)
			if !strings.Contains(played.Limit, tt.says) {
				t.Errorf("it ended with %+v\n%s", played, all[:min(len(all), 2000)])
			}
		})
	}
}

func TestScriptsThatEndTheirLab(t *testing.T) {
	for name, script := range map[string]string{
		"the parent": "kill -9 $PPID; sleep 100",
		"everybody":  "kill -9 -1; sleep 100",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := hostile(t, script, time.Minute)
			var killed *Killed
			if !errors.As(err, &killed) || killed.Signal != 9 {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

func TestScriptsAreContained(t *testing.T) {
	hosts, err := os.ReadFile("/etc/hosts")
	must(t, err)
	for _, tt := range []struct {
		name, script string
		exit         int
		says         string
	}{
		{"process 1 lives", "kill -9 1; kill -TERM 1; echo still here", 0, "still here"},
		{"the system is read-only", "touch /usr/bin/evil /bin/evil; echo $?", 0, "Read-only file system"},
		{"and stays so", "mount -o remount,rw /usr || mount -o remount,bind,rw /usr; touch /usr/evil && echo written", 1, "Read-only file system"},
		{"a mount of its own covers it, and hides nothing", "umount -l /usr 2>&1; umount /etc 2>&1; echo ok", 0, "ok"},
		// Read-only where root of the lab may be root of the machine.
		{"settings of the machine", "(echo x > /proc/sys/kernel/core_pattern) 2>&1 | sed 's/Read-only file system/Permission denied/'; exit 2", 2, "denied"},
		{"/etc is the lab's own", "echo evil > /etc/hosts && cat /etc/hosts", 0, "evil"},
		{"/tmp is bounded", "i=0; while head -c 40M /dev/zero > /tmp/f$i; do i=$((i+1)); done; echo full after $i", 0, "full after 6"},
		{"no home, no socket", "ls /home /root /run; echo $HOME", 0, "/root"},
		{"no other network", "ip -br link; ip route get 8.8.8.8 || echo nowhere", 0, "nowhere"},
		{"the program of process 1, which is the machine's file", "echo x 2>&1 >> /proc/1/exe || cat /proc/1/exe 2>&1 >/dev/null || echo closed", 0, "closed"},
		{"no real root", "chroot /proc/1/root true; ls /proc/1/fd; echo $?", 0, "denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			played, all, err := hostile(t, tt.script, time.Minute)
			must(t, err)
			if played.Exit != tt.exit || !strings.Contains(all, tt.says) || strings.Contains(all, "written") {
				t.Errorf("exit %d:\n%s", played.Exit, all)
			}
		})
	}
	now, err := os.ReadFile("/etc/hosts")
	must(t, err)
	if !bytes.Equal(hosts, now) {
		t.Error("/etc/hosts of the machine is another one now")
	}
}

func TestNothingOutlivesItsLab(t *testing.T) {
	_, all, err := hostile(t, "setsid sleep 98765 & (setsid nohup sleep 98765 >/dev/null 2>&1 &) ; ip netns add a; ip netns exec a sleep 98765 & sleep 0.2; pgrep -c sleep", time.Minute)
	must(t, err)
	if !strings.Contains(all, "3") {
		t.Errorf("the processes did not even begin: %s", all)
	}
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	must(t, err)
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte("98765")) && bytes.HasPrefix(b, []byte("sleep")) {
			t.Errorf("%s still runs: %q", f, b)
		}
	}
}
