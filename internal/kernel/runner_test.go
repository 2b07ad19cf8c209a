package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// runnerMode is the environment variable that makes the test binary a runner.
const runnerMode = "NETLAB_TEST_RUNNER"

// The three ways of doing a line.
const (
	asNative  = "native"  // by Kernel.Do
	asTyped   = "typed"   // by the real tool
	asPrinted = "printed" // by the real tool, as op prints it
)

// runner is a child process in namespaces of its own that does lines.
type runner struct {
	in  *json.Encoder
	out *json.Decoder
}

// request is a line or a script to be done; an empty one asks for the network.
type request struct{ Line, Script string }

// outcome is what came of a line.
type outcome struct {
	Exit   int
	Stderr string
	Errno  string // name of the kernel's error, where it was asked
	Lab    []string
	// Commands are the lines that rebuild the network.
	Commands []string
}

// startRunner starts a runner that ends with the test.
func startRunner(t *testing.T, mode string) *runner {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), runnerMode+"="+mode)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("runner %s: %v", mode, err)
		}
	})
	return &runner{json.NewEncoder(in), json.NewDecoder(out)}
}

func (r *runner) do(t *testing.T, line string) outcome {
	t.Helper()
	var o outcome
	if err := errors.Join(r.in.Encode(request{Line: line}), r.out.Decode(&o)); err != nil {
		t.Errorf("%s: the runner: %v", line, err)
	}
	return o
}

// script runs a script with bash, which stops at the first failure.
func (r *runner) script(t *testing.T, text string) outcome {
	t.Helper()
	var o outcome
	if err := errors.Join(r.in.Encode(request{Script: text}), r.out.Decode(&o)); err != nil {
		t.Errorf("the runner: %v", err)
	}
	return o
}

func (r *runner) lab(t *testing.T) []string {
	t.Helper()
	return r.do(t, "").Lab
}

// runRunner is the child's main.
func runRunner(mode string) int {
	if err := ownWorld(); err != nil {
		os.Stderr.WriteString("runner: " + err.Error() + "\n")
		return 1
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var r request
		err := in.Decode(&r)
		if errors.Is(err, io.EOF) {
			return 0
		}
		var o outcome
		switch {
		case err != nil:
		case r.Script != "":
			o = runReal([]string{"bash", "-ec", r.Script})
		default:
			o, err = serve(mode, r.Line)
		}
		if err == nil {
			err = out.Encode(o)
		}
		if err != nil {
			os.Stderr.WriteString("runner: " + err.Error() + "\n")
			return 1
		}
	}
}

// ownWorld gives the child its own /proc, /sys and /run.
func ownWorld() error {
	return errors.Join(
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""),
		unix.Mount("proc", "/proc", "proc", 0, ""),
		unix.Mount("sysfs", "/sys", "sysfs", 0, ""),
		unix.Mount("tmpfs", "/run", "tmpfs", 0, "size=8m,mode=0755"),
	)
}

func serve(mode, line string) (outcome, error) {
	if line == "" {
		k := New()
		lab, err := k.Snapshot(context.Background())
		fresh, freshErr := k.FreshSysctls()
		return outcome{Lab: snapshot.Normalise(lab).Lines(), Commands: lab.Commands(fresh)}, errors.Join(err, freshErr)
	}
	args, err := op.Split(line)
	if err != nil {
		return outcome{}, err
	}
	l, err := op.Parse(args)
	var o outcome
	switch {
	case err != nil || mode == asTyped:
		o = runReal(args)
	case mode == asPrinted:
		o = runReal(l.Args())
	default:
		o = runNative(New(), l)
	}
	return o, nil
}

func runNative(k *Kernel, l op.Line) outcome {
	var o outcome
	k.Warn = func(_ op.Line, text string) { o.Stderr += text + "\n" }
	err := k.Do(l)
	var e *Error
	if errors.As(err, &e) {
		o.Exit = e.Exit
		o.Stderr += e.Text
		if e.Errno != 0 && (strings.HasPrefix(e.Text, "RTNETLINK") || e.Ext != "") {
			o.Errno = unix.ErrnoName(e.Errno)
		}
	}
	o.Stderr = strings.TrimSpace(o.Stderr)
	return o
}

// runReal runs the real tool, under strace where there is one, to see the
// kernel's answer. Only the calls that matter stop the tool (--seccomp-bpf): where
// all do, a machine with few processors may stand still for seconds.
func runReal(args []string) outcome {
	const trace = "/run/trace"
	_ = os.Remove(trace)
	argv := args
	if path, err := exec.LookPath("strace"); err == nil {
		argv = append([]string{path, "-f", "--seccomp-bpf", "-qq", "-e", "trace=recvmsg", "-e", "signal=none", "-o", trace}, args...)
	}
	var stderr strings.Builder
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	_ = cmd.Run()
	o := outcome{Exit: cmd.ProcessState.ExitCode(), Stderr: strings.TrimSpace(stderr.String())}
	if b, err := os.ReadFile(trace); err == nil && o.Exit != 0 {
		answers := regexp.MustCompile(`error=-(E[A-Z0-9]+)`).FindAllStringSubmatch(string(b), -1)
		if len(answers) > 0 {
			// The two are one number; x/sys calls it ENOTSUP.
			o.Errno = strings.Replace(answers[len(answers)-1][1], "EOPNOTSUPP", "ENOTSUP", 1)
		}
	}
	return o
}
