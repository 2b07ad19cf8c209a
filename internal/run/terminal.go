package run

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"

	"netlab/internal/control"
	"netlab/internal/netns"
	"netlab/internal/sandbox"
	"netlab/internal/snapshot"
)

// drainTime is how long the last words of a terminal are waited for, when
// programs that its shell left behind still hold it open.
const drainTime = 100 * time.Millisecond

// terminal runs an interactive shell on a terminal of the lab, and relays its
// bytes until it ends.
func (e *engine) terminal(req control.Request) (control.Answer, error) {
	master, slave, err := sandbox.OpenPty()
	if err != nil {
		return control.Answer{}, err
	}
	defer master.Close()
	if err := sandbox.ResizePty(master, req.Rows, req.Cols); err != nil {
		return control.Answer{}, err
	}
	cmd := shellCommand(slave, req.Node)
	err = netns.Start(place(req.Node), cmd)
	slave.Close()
	if err != nil {
		return control.Answer{}, err
	}
	drained, stop := make(chan struct{}), make(chan struct{})
	go e.relayOut(master, drained)
	go func() { err = cmd.Wait(); close(stop) }()
	e.relayIn(master, stop)
	<-stop
	_ = master.SetReadDeadline(time.Now().Add(drainTime))
	<-drained
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return control.Answer{Exit: exit.ExitCode()}, nil
	}
	return control.Answer{}, err
}

func place(node string) string {
	if node == snapshot.Host {
		return ""
	}
	return node
}

func shellCommand(tty *os.File, node string) *exec.Cmd {
	name, args := "/bin/sh", []string{"-i"}
	if _, err := os.Stat("/bin/bash"); err == nil {
		name, args = "/bin/bash", []string{"--norc", "--noprofile", "-i"}
	}
	if node == "" {
		node = snapshot.Host
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = "/root"
	cmd.Env = append(os.Environ(), "PS1=[netlab "+node+"]# ")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	return cmd
}

// relayOut sends what the terminal prints. The kernel reports EIO once the
// last process has closed it (pty(7)).
func (e *engine) relayOut(master *os.File, done chan<- struct{}) {
	defer close(done)
	buf := make([]byte, 32<<10)
	for {
		n, err := master.Read(buf)
		if n > 0 && e.conn.SendBytes(control.KindBytes, buf[:n]) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// relayIn writes what is typed to the terminal, until stop.
func (e *engine) relayIn(master *os.File, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case f, ok := <-e.frames:
			if !ok {
				return // the outer process is gone, and so will be this lab
			}
			e.typed(master, f)
		}
	}
}

func (e *engine) typed(master *os.File, f control.Frame) {
	if f.Kind == control.KindBytes {
		_, _ = master.Write(f.Payload)
		return
	}
	var req control.Request
	if json.Unmarshal(f.Payload, &req) == nil && req.Verb == control.Resize {
		_ = sandbox.ResizePty(master, req.Rows, req.Cols)
	}
}
