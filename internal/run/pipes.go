package run

import (
	"errors"
	"io"
	"os/exec"
	"syscall"
	"time"

	"netlab/internal/control"
)

// pipes runs a program without a terminal, and relays its streams until it
// ends. What it left behind may hold them open; that is not waited for.
func (c *caller) pipes(req control.Request) (control.Answer, error) {
	cmd, lack := c.program(req)
	if lack != nil {
		return lack.answer(), nil
	}
	defer c.touched()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return control.Answer{}, err
	}
	defer stdin.Close()
	cmd.Stdout = frameWriter{c.conn, control.KindBytes}
	cmd.Stderr = frameWriter{c.conn, control.KindErrors}
	cmd.WaitDelay = drainTime
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return control.Answer{}, err
	}
	return c.attendProgram(cmd, stdin)
}

// attendProgram passes on input and signals until the program has ended. When
// the caller is gone, so is what it asked for.
func (c *caller) attendProgram(cmd *exec.Cmd, stdin io.WriteCloser) (control.Answer, error) {
	in := newInput(stdin, c.conn)
	defer in.close()
	ended, how := make(chan struct{}), error(nil)
	go func() {
		defer close(ended)
		how = cmd.Wait()
	}()
	for {
		select {
		case <-ended:
			return ending(how)
		case f, ok := <-c.frames:
			if !ok {
				end(cmd, ended)
				return control.Answer{}, c.readError
			}
			c.programFrame(cmd, in, f)
		}
	}
}

// maxHangup is how long a program may take to end after a hangup.
const maxHangup = time.Second

// end hangs up on a program, and kills it if that does not help.
func end(cmd *exec.Cmd, ended <-chan struct{}) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGHUP)
	select {
	case <-ended:
	case <-time.After(maxHangup):
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
	}
}

func (c *caller) programFrame(cmd *exec.Cmd, in *input, f control.Frame) {
	var req control.Request
	switch {
	case f.Kind == control.KindBytes:
		in.put(f.Payload)
	case f.Kind == control.KindEnd:
		in.close()
	case f.Kind == control.KindRequest && f.Into(&req) == nil && req.Verb == control.Signal:
		_ = syscall.Kill(-cmd.Process.Pid, syscall.Signal(req.Number))
	}
}

// ending is the answer for a program that has ended. One that left a child
// behind, which still holds its streams, ended all the same.
func ending(err error) (control.Answer, error) {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return control.Answer{Exit: exitCode(exit)}, nil
	case errors.Is(err, exec.ErrWaitDelay):
		return control.Answer{}, nil
	}
	return control.Answer{}, err
}

// frameWriter sends what is written as frames of one kind.
type frameWriter struct {
	conn *control.Conn
	kind control.Kind
}

func (w frameWriter) Write(p []byte) (int, error) {
	if err := w.conn.SendBytes(w.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}
