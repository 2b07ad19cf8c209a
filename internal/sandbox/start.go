// Package sandbox gives a lab its private world: two nested stages of Linux
// namespaces, a read-only allow-listed file tree, and a process 1 that takes
// everything with it when it dies. Nothing of it is ever visible on the host,
// and nothing of the host's network, homes and sockets is visible in it.
//
// Three processes take part. The outer process calls Start and keeps the
// terminal. Init (stage A) is process 1 of the lab: it builds the tree, reaps,
// and ends when the outer process does. The engine (stage B) is started by
// init in a nested user namespace with its own mounts and network, so that
// the mount flags made in stage A are locked there (mount_namespaces(7)).
package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// StageInit is the argv[0] under which a program calls Init.
const StageInit = "netlab-init"

// Descriptors that init starts with, after stdin, stdout and stderr. The
// engine gets only the first and, in a lab that stays, the listening socket.
const (
	fdControl  = 3 // control socket
	fdLifeline = 4 // settings, goByte, then end of file when the outer process is gone
	fdStatus   = 5 // how the start went
	fdProgram  = 6 // netlab's own program
	fdMount    = 7 // a mount of it; see settings.Mount
	fdListen   = 8 // the socket by which a lab that stays is found
	fdFile     = 9 // its place in the tree

	fdEngineListen = 4 // fdListen in the engine
)

// stayByte on the lifeline tells init to live on without the outer process.
const stayByte = 's'

// Bind makes one directory of the host visible at the same path inside; only
// tests use it.
type Bind struct {
	Path     string `json:"path"`
	Writable bool   `json:"writable"`
}

// Options say what to start.
type Options struct {
	// Args is the engine's argument list; Args[0] names its stage.
	Args []string
	// Env is added to the short environment that every lab has.
	Env []string
	// Binds, Dir, Stdout and Stderr are for tests that run inside a sandbox.
	// With Binds, root of the lab is whoever started it, root too: what is
	// bound belongs to them.
	Binds          []Bind
	Dir            string
	Stdout, Stderr *os.File
	// Trusted says that only netlab's own lessons will run. Where the kernel
	// refuses user namespaces even to root, only those may.
	Trusted bool
	// Name is what the lab is called inside; empty for tests.
	Name string
	// Listener makes it a lab that can stay: see Lab.Keep.
	Listener *Listener
}

// Lab is a running sandbox as the outer process sees it.
type Lab struct {
	// Control is the outer end of the control socket.
	Control *os.File
	// Reduced says that the lab runs without a user namespace.
	Reduced bool
	// Single says that the lab knows one user only (no subordinate ids).
	Single bool
	// Unlimited says why the memory of the lab is not limited to MaxMemory; nil: it is.
	Unlimited error

	cmd      *exec.Cmd
	lifeline *os.File
	crash    *tail
	group    string // directory of its control group; empty: it has none of its own
	once     sync.Once
	state    *os.ProcessState
}

// settings is what init is told by the outer process.
type settings struct {
	Args    []string `json:"args"`
	Env     []string `json:"env"`
	Dir     string   `json:"dir"`
	Binds   []Bind   `json:"binds"`
	IDs     []int    `json:"ids"` // the runs of ids that are mapped, by their lengths
	Groups  bool     `json:"groups"`
	Reduced bool     `json:"reduced"`
	Guard   bool     `json:"guard"` // root of the lab may be root of the machine
	Stdio   bool     `json:"stdio"` // the engine shares init's stdout and stderr
	Stays   bool     `json:"stays"` // the lab has a socket
	Mount   bool     `json:"mount"` // there is a fdMount
}

// Start makes a sandbox and starts the engine in it. It returns when the
// engine's process exists. A *Refusal says why this machine cannot.
// The caller ends the lab with Kill.
func Start(opt Options) (*Lab, error) {
	if err := checkKernel(); err != nil {
		return nil, err
	}
	id := chooseIdentity(len(opt.Binds) > 0)
	lab, err := start(opt, id)
	if err != nil && id.privileged && opt.Trusted && isRefusedClone(err) {
		return start(opt, identity{reduced: true, privileged: true})
	}
	return lab, err
}

func start(opt Options, id identity) (*Lab, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ends, err := newEnds()
	if err != nil {
		return nil, err
	}
	defer ends.closeInner()
	lab := &Lab{Control: ends.control, Reduced: id.reduced, Single: id.size == 1, lifeline: ends.lifeline, crash: newTail()}
	mounted, err := lab.startInit(opt, id, ends)
	if err != nil {
		ends.closeOuter()
		return nil, err
	}
	ends.closeInner()
	if err := lab.handshake(opt, id, mounted, ends.status); err != nil {
		lab.Kill()
		return nil, err
	}
	return lab, nil
}

// startInit executes this program as init. It says whether init was given a
// mount of it.
func (l *Lab) startInit(opt Options, id identity, e *ends) (mounted bool, err error) {
	src, err := newSource(id)
	if err != nil {
		return false, err
	}
	defer src.close()
	l.cmd = initCommand(opt, id, src, e, l.crash)
	if err := l.cmd.Start(); err != nil {
		return false, refuse("clone", bare(err))
	}
	return src.mount != nil, nil
}

// bare is what the kernel said, without the path of the program.
func bare(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func initCommand(opt Options, id identity, src source, e *ends, crash io.Writer) *exec.Cmd {
	cmd := exec.Command(src.exe)
	cmd.Args = []string{StageInit}
	cmd.Dir = "/"
	cmd.Env = baseEnv()
	cmd.ExtraFiles = []*os.File{e.innerControl, e.innerLifeline, e.innerStatus, src.file, src.mount}
	if l := opt.Listener; l != nil {
		cmd.Args = append(cmd.Args, l.Name) // for those who look for other people's labs
		cmd.ExtraFiles = append(cmd.ExtraFiles, l.socket, l.file)
	}
	cmd.Stderr = crash
	if opt.Stdout != nil {
		cmd.Stdout, cmd.Stderr = opt.Stdout, opt.Stderr
	}
	cmd.SysProcAttr = id.sysProcAttr()
	return cmd
}

// errTests: a whole test binary lives in such a lab, with what its tests need.
var errTests = errors.New("tests set their own limits")

// handshake gives init its settings and waits until the engine runs. The lab is
// given its limits while init builds the tree, and before there is an engine.
func (l *Lab) handshake(opt Options, id identity, mounted bool, status *os.File) error {
	defer status.Close()
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if l.Unlimited = errTests; len(opt.Binds) == 0 {
			l.group, l.Unlimited = limitLab(l.Pid())
		}
	}()
	err := l.instruct(opt, id, mounted)
	<-asked // also after an error: as long as systemd thinks, the pid must not become another's
	if err != nil {
		return err
	}
	_, _ = l.lifeline.Write([]byte{goByte}) // if init is gone, its status says why
	var st status0
	if err := json.NewDecoder(status).Decode(&st); err != nil {
		return l.stillborn()
	}
	return st.err()
}

// instruct maps the lab's ids, where init cannot, and sends init its settings.
func (l *Lab) instruct(opt Options, id identity, mounted bool) error {
	if id.helpers {
		if err := id.writeMaps(l.cmd.Process.Pid); err != nil {
			return refuse("newuidmap", err)
		}
		if _, err := l.lifeline.Write([]byte{againByte}); err != nil {
			return refuse("start", err)
		}
	}
	set := settings{
		Args: opt.Args, Env: append(baseEnv(), opt.Env...), Dir: opt.Dir, Binds: opt.Binds,
		IDs: id.runs(), Groups: id.setgroups, Reduced: id.reduced, Guard: id.mayBeRoot(), Stdio: opt.Stdout != nil, Stays: opt.Listener != nil, Mount: mounted,
	}
	if opt.Name != "" {
		set.Env = append(set.Env, EnvLab+"="+opt.Name)
	}
	if id.reduced {
		set.Env = append(set.Env, envReduced+"=1")
	}
	msg, err := json.Marshal(set)
	if err != nil {
		return err
	}
	if _, err := l.lifeline.Write(append(msg, '\n')); err != nil {
		return refuse("start", err)
	}
	return nil
}

// stillborn explains an init that died without a word.
func (l *Lab) stillborn() error {
	l.Kill()
	return &Refusal{Stage: "init", Err: fmt.Errorf("the sandbox's first process died: %s%s", l.state, l.crash.text())}
}

// Kill ends the lab at once, whatever it is doing, and returns when all its
// processes are gone. It may be called more than once and from any goroutine,
// also while another one is in Wait.
func (l *Lab) Kill() {
	_ = l.cmd.Process.Kill()
	l.collect()
}

// Wait returns the engine's exit code once the lab has ended by itself.
func (l *Lab) Wait() int {
	l.collect()
	if ws, ok := l.state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return l.state.ExitCode()
}

// collect waits for the end of init, and so of all that is in the lab.
func (l *Lab) collect() {
	l.once.Do(func() {
		_ = l.cmd.Wait()
		l.state = l.cmd.ProcessState
		l.lifeline.Close()
		l.Control.Close()
	})
}

// Keep lets the lab live on when this process has ended. It must have been
// started with a Listener; of this Lab nothing can be used any more.
func (l *Lab) Keep() error {
	_, err := l.lifeline.Write([]byte{stayByte})
	l.lifeline.Close()
	l.Control.Close()
	return errors.Join(err, l.cmd.Process.Release())
}

// Crash is what the lab's processes wrote to their standard error, its last
// few kilobytes: the trace of a crash, else nothing.
func (l *Lab) Crash() string { return l.crash.text() }

// Pid is the process id of the lab's init as the outer process sees it.
func (l *Lab) Pid() int { return l.cmd.Process.Pid }

// ends are the two sides of everything that connects outer and init.
type ends struct {
	control, lifeline, status                *os.File
	innerControl, innerLifeline, innerStatus *os.File
}

func newEnds() (*ends, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	e := &ends{control: os.NewFile(uintptr(pair[0]), "control"), innerControl: os.NewFile(uintptr(pair[1]), "control")}
	if e.innerLifeline, e.lifeline, err = os.Pipe(); err != nil {
		return nil, err
	}
	if e.status, e.innerStatus, err = os.Pipe(); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *ends) closeInner() {
	e.innerControl.Close()
	e.innerLifeline.Close()
	e.innerStatus.Close()
}

func (e *ends) closeOuter() {
	e.control.Close()
	e.lifeline.Close()
	e.status.Close()
}

// EnvLab is the environment variable that names the lab to what runs in it.
const EnvLab = "NETLAB_LAB"

// baseEnv is the whole environment of a lab. GORACE is for builds with the race
// detector, in which each process ends a second late without it.
func baseEnv() []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh",
	}
	for _, name := range []string{"LANG", "LC_ALL", "LC_CTYPE", "TERM", "NO_COLOR", "GORACE"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
