package interp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/expand"

	"netlab/internal/control"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/sandbox"
)

// A foreign script runs in its own shell, with netlab under the names of the
// network commands first on its PATH. Such a shim runs the machine's program
// (or, for want of one, does what it knows of it), and tells the engine before
// and after. Whatever becomes of the engine, the program runs.

// ShimDir is where the shims of a lab are. It is for root of the lab alone.
const ShimDir = "/run/netlab/shims"

// PlayLab is the name of the lab of a foreign script. Its shims find the
// engine by it, whatever the script did to their environment.
const PlayLab = "play"

// Shims names the commands that a foreign script has shims for: those that
// this machine has, and those that netlab does itself.
func Shims() []string {
	own := []string{"ip", "bridge", "sysctl", "ping", "sudo"}
	var out []string
	for _, name := range shimNames() {
		if _, ok := realProgram(name, os.Environ()); ok || slices.Contains(own, name) {
			out = append(out, name)
		}
	}
	return out
}

func shimNames() []string {
	return []string{
		"ip", "bridge", "sysctl", "nft", "iptables", "ip6tables", "tc", "ping", "ping4", "ping6", "sudo", "ifconfig", "route", "brctl", "arp",
	}
}

// IsShim says whether the program that runs is a shim, called by this name.
func IsShim(argv0 string) bool {
	exe, err := os.Executable()
	return err == nil && isShim(exe, argv0)
}

// isShim says that a process with this program and first argument is a shim.
func isShim(exe, argv0 string) bool {
	return exe == sandbox.ProgramFile && slices.Contains(shimNames(), filepath.Base(argv0))
}

// Shim is the main function of a shim. It returns the exit code.
func Shim(args []string) int {
	s := &shim{
		args: append([]string{filepath.Base(args[0])}, args[1:]...), env: os.Environ(),
		stdin: os.NewFile(0, "stdin"), stdout: os.NewFile(1, "stdout"), stderr: os.NewFile(2, "stderr"),
	}
	if s.args[0] == "sudo" {
		return s.sudo()
	}
	if ns, argv, ok := op.ParseExec(s.args); ok && tellsItself(argv[0]) && netns.Exists(ns) {
		return s.enter(args[0], ns, argv)
	}
	return s.tell(args[0])
}

// shim is one call of a network command.
type shim struct {
	args                  []string
	env                   []string
	stdin, stdout, stderr *os.File
}

// sudo drops sudo, and becomes what stands behind it.
func (s *shim) sudo() int {
	l, text, hint := readSudo(s.args)
	if text != "" {
		fmt.Fprintln(s.stderr, text)
		if hint != "" {
			fmt.Fprintln(s.stderr, "hint: "+hint)
		}
		return 1
	}
	path, err := exec.LookPath(l.args[0])
	if err != nil && !errors.Is(err, exec.ErrDot) {
		fmt.Fprintf(s.stderr, "sudo: %s: command not found\n", l.args[0])
		return 1
	}
	err = unix.Exec(path, l.args, append(s.env, l.env...))
	fmt.Fprintf(s.stderr, "sudo: unable to execute %s: %v\n", path, netns.Words(err))
	return 1
}

// enter becomes "ip netns exec": what runs inside tells of itself.
func (s *shim) enter(argv0, ns string, argv []string) int {
	if program, ok := realProgram("ip", s.env); ok {
		err := unix.Exec(program, append([]string{argv0}, s.args[1:]...), s.env)
		fmt.Fprintf(s.stderr, "ip: %v\n", netns.Words(err))
		return 126
	}
	return netnsExec(append([]string{ns}, argv...), s.stderr)
}

// tellsItself says that a command behind "ip netns exec NS" is a shim, or
// something that only runs other commands.
func tellsItself(name string) bool {
	name = filepath.Base(name)
	return slices.Contains(shimNames(), name) ||
		slices.Contains([]string{"bash", "sh", "dash", "env", "nohup", "setsid", "nice", "time", "timeout", "stdbuf", "xargs"}, name)
}

// tell runs the command between two messages to the engine.
func (s *shim) tell(argv0 string) int {
	program, ok := realProgram(s.args[0], s.env)
	by := byMachine
	if !ok {
		by = byNetlab
	}
	m := report(s.args, by)
	if !ok {
		exit := s.native()
		m.end(exit, "")
		return exit
	}
	w := &ward{path: program, args: append([]string{argv0}, s.args[1:]...), shim: s}
	w.patience = s.patience()
	end := w.run()
	m.end(end.code, end.said)
	if end.signal != 0 {
		end.follow()
	}
	return end.code
}

// native does what netlab itself knows of a command that is not installed.
func (s *shim) native() int {
	path := "PATH=" + strings.Join(realPath(s.env), ":")
	t := &session{opts: Options{}.withDefaults(), tools: native(), nursery: newNursery(), out: newMouth(s.stderr)}
	t.toldEndless.Store(true) // the engine tells it
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	c := &call{
		args: s.args, vars: expand.ListEnviron(append(slices.Clone(s.env), path)...), env: s.env, dir: dir,
		stdin: s.stdin, stdout: s.stdout, stderr: s.stderr,
	}
	return t.planIn("", c, s.args).run(context.Background(), c).exit
}

// realPath is the PATH without the shims.
func realPath(env []string) []string {
	path := DefaultPath
	for _, v := range env {
		if p, ok := strings.CutPrefix(v, "PATH="); ok {
			path = p
		}
	}
	return slices.DeleteFunc(filepath.SplitList(path), func(dir string) bool { return filepath.Clean(dir) == ShimDir })
}

// realProgram finds the machine's own program of that name.
func realProgram(name string, env []string) (string, bool) {
	return findIn(realPath(env), name)
}

// messenger tells the engine of one command. One that cannot says nothing.
type messenger struct {
	peer sandbox.Peer
	conn *control.Conn // nil: the engine does not answer
}

// maxAnswer is how long the engine is waited for.
const maxAnswer = 5 * time.Second

// report tells that a command begins.
func report(args []string, by string) *messenger {
	m := &messenger{}
	home := sandbox.NewHome()
	defer home.Close()
	peer, err := home.Dial(PlayLab)
	if err != nil {
		return m
	}
	m.peer, m.conn = peer, control.New(peer)
	m.ask(control.Request{Verb: control.Begin, Args: args, Text: by})
	return m
}

// end tells that it has ended.
func (m *messenger) end(exit int, said string) {
	if m.conn != nil {
		m.ask(control.Request{Verb: control.End, Number: exit, Text: said})
	}
	if m.conn != nil {
		m.hangUp()
	}
}

func (m *messenger) ask(req control.Request) {
	err := m.peer.SetDeadline(time.Now().Add(maxAnswer))
	if err == nil {
		err = m.conn.Send(control.KindRequest, req)
	}
	if err == nil {
		_, err = m.conn.Receive()
	}
	if err != nil {
		m.hangUp()
	}
}

func (m *messenger) hangUp() {
	_ = m.peer.Close()
	m.conn = nil
}
