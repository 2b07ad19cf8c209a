package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hostile is a lesson from somebody who means no good.
type hostile struct {
	name string
	run  string // prints ESCAPED when it got out
	code int    // exit code of netlab
	says string // what the learner reads
	own  bool   // run is for the lesson's own shell, not for sh
}

// late is said when a command's time was over: what a hostile lesson does must
// be stopped for what it is, and not only for how long it takes.
const late = "stopped: a command may run for"

// TestNothingGetsOutOfALab tries only what would do no harm if it worked.
func TestNothingGetsOutOfALab(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	openUp(t, secret)
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	stopHostile(t, []hostile{
		{name: "remount what is read-only", run: `
for m in / /usr /bin /lib /opt /dev; do
  mount -o remount,rw $m && echo ESCAPED; mount -o remount,bind,rw $m && echo ESCAPED; umount -l $m && echo ESCAPED
done
touch /usr/bin/escaped && echo ESCAPED`, code: 0, says: "read-only|Read-only"},
		{name: "write through every mount", run: `
while read -r _ at _ _; do
  case $at in /tmp|/run|/run/*|/var|/root|/home|/etc|/proc|/sys|/dev/*) ;; *) touch "$at/escaped" && echo ESCAPED;; esac
done </proc/mounts`, code: 0, says: "Read-only"},
		{name: "look into process 1", run: `
for what in root/ ns/mnt cwd/ exe; do ls /proc/1/$what && echo ESCAPED; done
ls -l /proc/1/fd | grep -- '->' && echo ESCAPED
cat /proc/1/environ && echo ESCAPED
nsenter -t 1 -m true && echo ESCAPED`, code: 0, says: "ermission denied"},
		{name: "trace process 1 and the engine", run: `
for pid in 1 2; do strace -qq -p $pid -o /tmp/trace & sleep 0.2; kill $! 2>/dev/null; done
grep -q . /tmp/trace && echo ESCAPED`, code: 0, says: "not permitted"},
		{name: "type into the learner's terminal", run: `
perl -e 'for ("/dev/tty","/dev/pts/0","/dev/console","/proc/1/fd/0") { open(T,"+<",$_) and ioctl(T,0x5412,"x") and print "ESCAPED\n" }'
echo tried`, code: 0, says: "tried"},
		{name: "find sockets and homes", run: `
find / -xdev -type s 2>/dev/null | grep . && echo ESCAPED
ls /run/systemd /run/dbus /run/docker.sock /var/run/docker.sock 2>/dev/null && echo ESCAPED
ls -A /home /root | grep -v : | grep . && echo ESCAPED
test -e ` + secret + ` && echo ESCAPED
grep -q @ /proc/net/unix && echo ESCAPED
echo tried`, code: 0, says: "tried"},
		{name: "see the machine's processes and network", run: `
ls /proc | grep -c '^[0-9]*$' | { read -r n; test $n -gt 20 && echo ESCAPED; }
ip -o link | grep -v ': lo:' && echo ESCAPED
echo tried`, code: 0, says: "tried"},
		{name: "change the machine's settings", run: `
for f in kernel/panic kernel/core_pattern vm/swappiness; do cat /proc/sys/$f | tee /proc/sys/$f && echo ESCAPED; done
echo h >/proc/sysrq-trigger && echo ESCAPED
mknod /tmp/disk b 8 0 && echo ESCAPED
date -s "$(date)" && echo ESCAPED`, code: 0, says: "not permitted"},
	})
}

// TestWhatNeverEndsIsStopped: its failure is the learner's, with the limit's
// name. A bomb may also run into the kernel's limit before netlab counts it.
func TestWhatNeverEndsIsStopped(t *testing.T) {
	stopHostile(t, []hostile{
		{name: "kill everything", run: `kill -9 -1`, code: 1, says: "the lab outlives its commands|killed"},
		{name: "kill process 1", run: `for s in KILL TERM INT HUP; do kill -$s 1; done; echo survived`, code: 0, says: "survived"},
		{name: "a fork bomb", run: `b() { b | b & }; b; sleep 5; exit 1`, code: 1, says: "processes|Cannot fork"},
		{name: "a program that takes all memory", run: `exec tail /dev/zero`, code: 1, says: "memory"},
		{name: "endless output", run: `exec yes`, code: 1, says: "output"},
		{name: "a file without end", run: `exec cat /dev/zero >/tmp/zero`, code: 1, says: "larger than"},
		{name: "all of /tmp", run: `i=0; while head -c 30000000 /dev/zero >/tmp/f$i; do i=$((i+1)); done; exit 1`, code: 1, says: "No space left"},
	})
}

// TestTheShellOfALessonIsStoppedToo does the same without any program.
func TestTheShellOfALessonIsStoppedToo(t *testing.T) {
	lessons := []hostile{
		{name: "a fork bomb", run: `b() { b | b & }; b; sleep 20`, code: 1, says: "processes"},
		{name: "a string that doubles", run: `x=0123456789abcdef; while :; do x=$x$x; done`, code: 1, says: "memory"},
		{name: "endless recursion", run: `f() { f; }; f`, code: 1, says: "stack"},
		{name: "endless output", run: `while :; do echo y; done`, code: 1, says: "output"},
	}
	for i := range lessons {
		lessons[i].own = true
	}
	stopHostile(t, lessons)
}

// stopHostile runs each lesson for everyone, at the same time, and wants the
// host as it was.
func stopHostile(t *testing.T, lessons []hostile) {
	before := listing(t)
	t.Run("all", func(t *testing.T) {
		for _, h := range lessons {
			for _, w := range everyone() {
				t.Run(h.name+" as "+w.name, func(t *testing.T) {
					t.Parallel()
					h.try(t, w)
				})
			}
		}
	})
	unchanged(t, before)
}

func (h hostile) try(t *testing.T, w who) {
	file := filepath.Join(t.TempDir(), "scenario.yaml")
	openUp(t, file)
	if err := os.WriteFile(file, []byte(h.scenario()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := w.netlab(t, "run", "--auto", "--more", file)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if code := exitCode(t, cmd); code != h.code || !regexp.MustCompile(h.says).MatchString(out.String()) {
		t.Errorf("exit code %d, want %d and %q in:\n%s", code, h.code, h.says, tail(out.String()))
	}
	if strings.Contains(out.String(), "│ ESCAPED") {
		t.Errorf("it got out:\n%s", out)
	}
	if strings.Contains(out.String(), late) {
		t.Errorf("only its time limit stopped it:\n%s", tail(out.String()))
	}
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

// scenario is the lesson's file. In sh a command may fail.
func (h hostile) scenario() string {
	run := strings.TrimPrefix(h.run, "\n")
	if !h.own {
		run = "sh <<'END'\n" + run + "\n" + map[bool]string{true: "true\n"}[h.code == 0] + "END"
	}
	return fmt.Sprintf(`name: hostile
title: No good
summary: it tries to get out
question: does it?
minutes: 1
steps:
  - title: Try
    explain: What a stranger may have written.
    run: |
      %s
    checks:
      - says: the lab still has its host
        link: {in: host, name: lo}
    hints: [it should not work]
recap: [it did not]
`, strings.ReplaceAll(run, "\n", "\n      "))
}
