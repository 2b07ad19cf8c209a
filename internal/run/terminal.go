package run

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"

	"netlab/internal/control"
	"netlab/internal/sandbox"
)

// drainTime is how long the last words of a terminal are waited for, when
// programs that its shell left behind still hold it open.
const drainTime = 100 * time.Millisecond

// terminal runs a program, else an interactive shell, on a terminal of the
// lab, and relays its bytes until it ends.
func (c *caller) terminal(req control.Request) (control.Answer, error) {
	cmd, lack := c.program(req)
	if lack != nil {
		return lack.answer(), nil
	}
	defer c.touched()
	master, slave, err := sandbox.OpenPty()
	if err != nil {
		return control.Answer{}, err
	}
	defer master.Close()
	defer slave.Close()
	if err := sandbox.ResizePty(master, req.Rows, req.Cols); err != nil {
		return control.Answer{}, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		return control.Answer{}, err
	}
	sandbox.Victim(cmd.Process.Pid)
	slave.Close()
	return c.relay(cmd, master)
}

// relay passes bytes between the outer process and a terminal until the shell
// on it ends. Programs that the shell left behind may still hold the terminal
// open, so that neither reading nor writing it would end.
func (c *caller) relay(shell *exec.Cmd, master *os.File) (control.Answer, error) {
	drained, stop := make(chan struct{}), make(chan struct{})
	var err error
	go c.relayOut(master, drained)
	go func() {
		defer close(stop)
		err = shell.Wait()
		_ = master.SetDeadline(time.Now().Add(drainTime))
	}()
	if !c.relayIn(master, stop) {
		_ = shell.Process.Kill()
	}
	<-stop
	<-drained
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return control.Answer{Exit: exitCode(exit)}, nil
	}
	return control.Answer{}, err
}

// exitCode is the code as a shell would give it: 128+n after signal n.
func exitCode(e *exec.ExitError) int {
	if ws, ok := e.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return e.ExitCode()
}

// relayOut sends what the terminal prints. The kernel reports EIO once the
// last process has closed it (pty(7)).
func (c *caller) relayOut(master *os.File, done chan<- struct{}) {
	defer close(done)
	buf := make([]byte, 32<<10)
	for {
		n, err := master.Read(buf)
		if n > 0 && c.conn.SendBytes(control.KindBytes, buf[:n]) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// relayIn writes what is typed to the terminal until stop. It returns false
// when the outer process is gone, and nobody types any more.
func (c *caller) relayIn(master *os.File, stop <-chan struct{}) bool {
	for {
		select {
		case <-stop:
			return true
		case f, ok := <-c.frames:
			if !ok {
				return false
			}
			c.typed(master, f)
		}
	}
}

func (c *caller) typed(master *os.File, f control.Frame) {
	if f.Kind == control.KindBytes {
		_, _ = master.Write(f.Payload)
		return
	}
	var req control.Request
	if f.Into(&req) == nil && req.Verb == control.Resize {
		_ = sandbox.ResizePty(master, req.Rows, req.Cols)
	}
}
