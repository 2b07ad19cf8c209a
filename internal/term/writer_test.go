package term_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/term"
)

// limited fails once more than its number of bytes came.
type limited struct {
	left int
	err  error
	got  strings.Builder
}

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.left {
		return 0, l.err
	}
	l.left -= len(b)
	return l.got.Write(b)
}

func TestOutRemembersItsFirstError(t *testing.T) {
	to := &limited{left: 5, err: syscall.EPIPE}
	tm := term.TestTo(strings.NewReader(""), 80, to)
	if _, err := io.WriteString(tm.Out, "first"); err != nil || tm.OutErr() != nil {
		t.Fatalf("write = %v, OutErr = %v, want none", err, tm.OutErr())
	}
	if _, err := io.WriteString(tm.Out, "second"); !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("write = %v, want EPIPE", err)
	}
	to.left = 100
	if n, err := io.WriteString(tm.Out, "third"); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write after the error = %d, %v, want it dropped", n, err)
	}
	if !errors.Is(tm.OutErr(), syscall.EPIPE) || to.got.String() != "first" {
		t.Errorf("OutErr = %v, written %q", tm.OutErr(), to.got.String())
	}
}

func TestClosed(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{syscall.EPIPE, true},
		{&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, true},
		{io.ErrClosedPipe, true},
		{os.ErrClosed, true},
		{syscall.ENOSPC, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.err), func(t *testing.T) {
			if got := term.Closed(tt.err); got != tt.want {
				t.Errorf("Closed = %v, want %v", got, tt.want)
			}
		})
	}
}

const helper = "NETLAB_TERM_HELPER"

// TestSystemHelper is no test: it is the program that TestSystem runs.
func TestSystemHelper(t *testing.T) {
	if os.Getenv(helper) == "" {
		return
	}
	tm := term.System()
	for tm.OutErr() == nil {
		fmt.Fprintf(tm.Out, "width %d, utf8 %v, tty %v, colour %v\n", tm.Width(), tm.UTF8, tm.OutTTY, tm.OutColour)
		if os.Getenv(helper) == "once" {
			os.Exit(0)
		}
	}
	if !term.Closed(tm.OutErr()) {
		os.Exit(8)
	}
	os.Exit(9)
}

func system(mode string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSystemHelper$")
	cmd.Env = append(os.Environ(), append(env, helper+"="+mode)...)
	return cmd
}

func TestSystemSurvivesAReaderThatLeaves(t *testing.T) {
	cmd := system("forever")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 9 {
		t.Errorf("the program ended with %v, want its own exit code 9", err)
	}
}

func TestSystemAsksItsEnvironment(t *testing.T) {
	out, err := system("once", "COLUMNS=72", "LC_ALL=C.UTF-8").Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "width 72, utf8 true, tty false, colour false\n"; string(out) != want {
		t.Errorf("into a pipe: %q, want %q", out, want)
	}
}

func TestOnErrIsTheOtherStream(t *testing.T) {
	tm, b := term.Test(strings.NewReader(""), 72)
	tm.ErrTTY, tm.ErrColour = true, true
	e := tm.OnErr()
	_, _ = io.WriteString(e.Out, "one ")
	_, _ = io.WriteString(e.Err, "two")
	if b.Out.String() != "" || b.Err.String() != "one two" {
		t.Errorf("%q and %q", b.Out.String(), b.Err.String())
	}
	if !e.OutTTY || !e.OutColour || !e.UTF8 || e.Width() != 72 || tm.OutTTY {
		t.Errorf("it is %+v", e)
	}
}
