package netns

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// ErrTooMuch is the error for a program that prints more than it may.
var ErrTooMuch = errors.New("the program printed too much")

// Output runs a program inside the namespace called name and returns what it
// prints. The end of ctx ends it; so does printing more than limit bytes. It
// gets nothing of the caller's environment but PATH, and speaks English.
func Output(ctx context.Context, name string, limit int, argv ...string) (string, error) {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return "", err
	}
	out := &bounded{left: limit}
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	cmd.Dir = "/"
	cmd.Stdout = out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second
	if err := Run(name, cmd); err != nil {
		return "", err
	}
	return out.text.String(), nil
}

// bounded keeps what is written, up to a limit.
type bounded struct {
	text bytes.Buffer // not embedded: it would read by itself, without the limit
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, ErrTooMuch
	}
	b.left -= len(p)
	return b.text.Write(p)
}
