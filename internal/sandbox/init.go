package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// againByte tells init to execute itself once more: its ids are mapped now,
// and only a program started as a mapped root has root's capabilities
// (user_namespaces(7), "Capabilities").
const againByte = 'x'

// goByte tells init that the lab has its limits, or will have none: what is
// started before is in no control group of the lab's.
const goByte = 'g'

// Init is the main of process 1 of a lab. It builds the tree, starts the
// engine and reaps until the engine or the outer process has ended.
func Init() int {
	runtime.LockOSThread()
	catchSignals()
	syscall.Umask(0o022) // not that of whoever started netlab: the tree is for all users of the lab
	life := os.NewFile(fdLifeline, "lifeline")
	status := os.NewFile(fdStatus, "status")
	report := json.NewEncoder(status)
	set, rest, err := readSettings(life)
	if err != nil {
		_ = report.Encode(statusOf("settings", err))
		outliveScope()
		return 1
	}
	syscall.CloseOnExec(fdLifeline)
	syscall.CloseOnExec(fdStatus)
	syscall.CloseOnExec(fdProgram)
	if set.Mount {
		syscall.CloseOnExec(fdMount)
	}
	if err := set.stay(); err != nil {
		_ = report.Encode(statusOf("listen", err))
		return 1
	}
	if stage, err := buildTree(set); err != nil {
		_ = report.Encode(statusOf(stage, err))
		return 1
	}
	if b, err := rest.ReadByte(); err != nil || b != goByte {
		outliveScope() // the outer process is gone
		return 1
	}
	pid, err := startEngine(set)
	if err != nil {
		_ = report.Encode(statusOf(stageOfEngine, err))
		return 1
	}
	if err := seal(); err != nil {
		_ = report.Encode(statusOf("prctl", err))
		return 1
	}
	_ = report.Encode(status0{})
	status.Close()
	go endWithOuter(rest)
	if set.Stays {
		go endWithSocket()
	}
	return reap(pid)
}

// stay prepares a lab that can stay. Who listens last is the one whom the
// kernel names to callers: that must be process 1 (SO_PEERCRED in unix(7)).
func (set settings) stay() error {
	if !set.Stays {
		return nil
	}
	syscall.CloseOnExec(fdListen)
	syscall.CloseOnExec(fdFile)
	return unix.Listen(fdListen, backlog)
}

// catchSignals keeps signals from inside from ending process 1, without
// making its children ignore them.
func catchSignals() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1,
		syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGALRM, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU)
}

// readSettings reads one byte alone at first: what follows it is for the
// program that is executed then. What comes behind the settings is the rest's.
func readSettings(life io.Reader) (set settings, rest *bufio.Reader, err error) {
	var first [1]byte
	if _, err := io.ReadFull(life, first[:]); err != nil {
		return set, nil, err
	}
	if first[0] == againByte {
		return set, nil, syscall.Exec("/proc/self/exe", os.Args, os.Environ())
	}
	rest = bufio.NewReader(life)
	line, err := rest.ReadBytes('\n')
	if err != nil {
		return set, nil, err
	}
	return set, rest, json.Unmarshal(append(first[:], line...), &set)
}

// outliveScope waits as long as systemd may be about to put this process into a
// scope: a scope whose process had just ended would never become empty, and
// systemd would keep it.
func outliveScope() { <-time.After(scopeTime) }

// startEngine starts stage B: a user namespace of its own, with mounts and a
// network that its root may change, below mounts that it may not.
func startEngine(set settings) (int, error) {
	cmd := exec.Command(ProgramFile)
	cmd.Args = set.Args
	cmd.Env = set.Env
	cmd.Dir = "/"
	if set.Dir != "" {
		cmd.Dir = set.Dir
	}
	cmd.Stderr = os.Stderr
	if set.Stdio {
		cmd.Stdout = os.Stdout
	}
	cmd.ExtraFiles = []*os.File{os.NewFile(fdControl, "control")}
	if set.Stays {
		cmd.ExtraFiles = append(cmd.ExtraFiles, os.NewFile(fdListen, "socket"))
		cmd.Env = append(cmd.Env, envStays+"=1")
	}
	defer func() {
		for _, f := range cmd.ExtraFiles {
			f.Close() // the engine has its own
		}
	}()
	cmd.SysProcAttr = engineAttr(set)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

func engineAttr(set settings) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET, Setsid: true}
	if set.Reduced {
		return attr
	}
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	first := 0
	for _, n := range set.IDs { // a run may not be wider than the one it lies in (user_namespaces(7))
		same := syscall.SysProcIDMap{ContainerID: first, HostID: first, Size: n}
		attr.UidMappings, attr.GidMappings = append(attr.UidMappings, same), append(attr.GidMappings, same)
		first += n
	}
	attr.GidMappingsEnableSetgroups = set.Groups
	return attr
}

// seal makes process 1 unreadable for everybody in the lab: without it, and
// with CAP_SYS_PTRACE, the lab's root would see the host through /proc/1
// (prctl(2) PR_SET_DUMPABLE).
func seal() error {
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// endWithOuter ends the lab when the outer process is gone: however it died,
// its end of the lifeline is closed then. A lab that stays is told before.
func endWithOuter(life io.Reader) {
	var word [1]byte
	if _, err := io.ReadFull(life, word[:]); err == nil && word[0] == stayByte {
		return
	}
	os.Exit(128 + int(syscall.SIGHUP))
}

// lookEvery is how often init looks whether its socket is still there. To be
// told (inotify(7)) would be sooner, but whoever ends the lab would wait for
// it: the kernel lets go of a watch only after 10 ms and more.
const lookEvery = time.Second

// endWithSocket ends the lab when its socket is gone or has another place, by
// whatever hand: nobody could find it. The kernel says where it is.
func endWithSocket() {
	place := func() string {
		text, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fdFile))
		return text
	}
	for was := place(); place() == was && !strings.HasSuffix(was, " (deleted)"); { // proc_pid_fd(5)
		<-time.After(lookEvery)
	}
	os.Exit(128 + int(syscall.SIGHUP))
}

// reap collects every orphan of the lab until the engine has ended, and
// returns the engine's exit code.
func reap(engine int) int {
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			fmt.Fprintln(os.NewFile(2, "stderr"), "netlab-init: wait:", err)
			return 1
		case pid == engine && ws.Signaled():
			return 128 + int(ws.Signal())
		case pid == engine && ws.Exited():
			return ws.ExitStatus()
		}
	}
}
