package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Refusal says that this machine would not make a sandbox: what was tried,
// why it was refused, and what to do. It is never the learner's mistake.
type Refusal struct {
	Stage string // what was being done: clone, newuidmap, mount proc …
	Err   error  // what the kernel said
	Why   string // the cause in words; empty when unknown
	Todo  string // what to try
}

func (r *Refusal) Error() string {
	msg := "this machine cannot make a sandbox"
	if r.Why != "" {
		msg += ": " + r.Why
	}
	return fmt.Sprintf("%s (%s: %v)", msg, r.Stage, r.Err)
}

// Unwrap gives the kernel's error.
func (r *Refusal) Unwrap() error { return r.Err }

// facts are what an explanation needs to know of the machine.
type facts struct {
	root         bool
	apparmor     string // kernel.apparmor_restrict_unprivileged_userns
	clone        string // kernel.unprivileged_userns_clone, Debian's old switch
	maxUser      string // user.max_user_namespaces
	maxNet       string // user.max_net_namespaces
	seccomp      bool
	container    bool
	missingUsers bool // the kernel was built without user namespaces
}

func readFacts() facts {
	f := facts{
		root:     os.Geteuid() == 0,
		apparmor: setting("kernel/apparmor_restrict_unprivileged_userns"),
		clone:    setting("kernel/unprivileged_userns_clone"),
		maxUser:  setting("user/max_user_namespaces"),
		maxNet:   setting("user/max_net_namespaces"),
	}
	status, _ := os.ReadFile("/proc/self/status")
	f.seccomp = strings.Contains(string(status), "\nSeccomp:\t2")
	_, noUsers := os.Stat("/proc/self/ns/user")
	f.missingUsers = noUsers != nil
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			f.container = true
		}
	}
	return f
}

func setting(path string) string {
	b, err := os.ReadFile("/proc/sys/" + path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func refuse(stage string, err error) *Refusal { return explain(stage, err, readFacts()) }

// explain finds the cause of a refusal. It never advises to switch a
// protection off.
func explain(stage string, err error, f facts) *Refusal {
	r := &Refusal{Stage: stage, Err: err}
	r.Why, r.Todo = cause(stage, err, f)
	return r
}

func cause(stage string, err error, f facts) (why, todo string) {
	const useSudo = "run it with sudo: even then the lesson gets no real root"
	denied := errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES)
	switch {
	case f.missingUsers:
		return "its kernel was built without user namespaces", "a kernel with CONFIG_USER_NS is needed"
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EUSERS):
		return namespaceLimit(f)
	case errors.Is(err, syscall.EAGAIN):
		return "its limit on processes is reached", "end some programs, or ask for a higher limit (ulimit -u)"
	case errors.Is(err, syscall.ENOMEM):
		return "it has not enough free memory", "end some programs and try again"
	case denied && !f.root && f.apparmor == "1":
		return "AppArmor lets only programs with a profile make user namespaces (kernel.apparmor_restrict_unprivileged_userns)",
			"install netlab's package, which brings a profile, or " + useSudo
	case denied && !f.root && f.clone == "0":
		return "ordinary users may not make user namespaces here (kernel.unprivileged_userns_clone)", "run netlab's own lessons with sudo"
	case denied && f.clone == "0": // not even root of a user namespace may make one in it
		return "a user namespace may not hold another one here (kernel.unprivileged_userns_clone)", "netlab's own lessons can be run all the same"
	case denied && (f.container || f.seccomp):
		return "it is inside a container whose rules forbid new namespaces",
			"run netlab on the host, or in a container that may make namespaces (Docker: --privileged)"
	case stage == "newuidmap":
		return "the user's range in /etc/subuid and /etc/subgid could not be used", "ask the administrator to check these two files"
	case denied && f.root:
		return "root lacks the right to make namespaces here, as in a container without CAP_SYS_ADMIN",
			"run netlab on the host, or in a container that may make namespaces (Docker: --privileged)"
	case denied:
		return "ordinary users may not make user namespaces here", useSudo
	}
	return "", "netlab doctor shows what this machine can do"
}

func namespaceLimit(f facts) (why, todo string) {
	const ask = "ask the administrator for a higher limit"
	switch {
	case f.maxUser == "0":
		return "its limit on user namespaces is 0 (user.max_user_namespaces)", ask + ", or run it with sudo"
	case f.maxNet == "0":
		return "its limit on network namespaces is 0 (user.max_net_namespaces)", ask
	}
	return "the limit on namespaces is reached (user.max_user_namespaces, user.max_net_namespaces)", "end other labs, or " + ask
}

// isRefusedClone says that user namespaces themselves were refused, the outer
// one or the one in it, so that a lab without them can be tried.
func isRefusedClone(err error) bool {
	var r *Refusal
	switch {
	case !errors.As(err, &r):
		return false
	case r.Stage == stageOfEngine:
		return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC)
	}
	return r.Stage == "clone" && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ENOMEM)
}

// stageOfEngine is the Stage of a Refusal when the inner namespaces were
// refused.
const stageOfEngine = "clone the engine"

// checkKernel tells a kernel that is too old by its version: mount flags on a
// whole tree (mount_setattr(2)) exist since Linux 5.12.
func checkKernel() error {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err
	}
	return checkRelease(unix.ByteSliceToString(u.Release[:]))
}

func checkRelease(release string) error {
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n != 2 {
		return nil // an odd name: let the kernel itself refuse
	}
	if major > 5 || major == 5 && minor >= 12 {
		return nil
	}
	return &Refusal{
		Stage: "uname", Err: fmt.Errorf("this is Linux %s", release),
		Why:  "its kernel is too old: netlab needs Linux 5.12 or newer",
		Todo: "a newer kernel, for example that of Debian 12 or Ubuntu 22.04",
	}
}

// status0 is init's report of how the start went.
type status0 struct {
	Stage string        `json:"stage,omitempty"`
	Errno syscall.Errno `json:"errno,omitempty"`
	Text  string        `json:"text,omitempty"`
}

func (s status0) err() error {
	switch {
	case s.Stage == "":
		return nil
	case s.Errno != 0:
		return refuse(s.Stage, s.Errno)
	}
	return refuse(s.Stage, errors.New(s.Text))
}

func statusOf(stage string, err error) status0 {
	s := status0{Stage: stage, Text: err.Error()}
	errors.As(err, &s.Errno)
	return s
}
