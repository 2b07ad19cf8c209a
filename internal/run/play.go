package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/sandbox"
)

// home is where a script lies and begins.
const home = "/root"

// play runs a foreign script in its own shell, and tells what its network
// commands do.
func (c *caller) play(ctx context.Context, req control.Request) (control.Answer, error) {
	s := req.Script
	if s == nil || len(s.Shell) == 0 || s.Name != filepath.Base(s.Name) {
		return control.Answer{}, errors.New("play without a script")
	}
	if err := bringShims(); err != nil {
		return control.Answer{}, fmt.Errorf("bring netlab into the lab: %w", err)
	}
	shell, err := findShell(s.Shell[0])
	if err != nil {
		return noProgram(s.Shell[0], err).answer(), nil
	}
	if err := os.WriteFile(filepath.Join(home, s.Name), s.Text, 0o755); err != nil {
		return control.Answer{}, err
	}
	p, err := c.newPlayer(ctx, *s)
	if err != nil {
		return control.Answer{}, err
	}
	if !c.player.CompareAndSwap(nil, p) {
		return control.Answer{}, errors.New("a script is running in this lab already")
	}
	defer c.player.Store(nil)
	c.scriptBegins(p.last)
	return c.runScript(p, shell, append(append(s.Shell[1:], "./"+s.Name), req.Args...))
}

// bringShims puts netlab into the lab under the names of the network commands.
func bringShims() error {
	if err := interp.PlaceOwn(); err != nil {
		return err
	}
	if err := os.MkdirAll(interp.ShimDir, 0o755); err != nil {
		return err
	}
	for _, name := range interp.Shims() {
		if err := interp.Link(filepath.Join(interp.ShimDir, name)); err != nil {
			return err
		}
	}
	return nil
}

// findShell finds the shell that a script asks for, where it says or by name.
func findShell(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Base(name))
}

// scriptEnv is the environment of a script: that of the lab, and the shims.
func scriptEnv() []string {
	return append(os.Environ(), "PATH="+interp.ShimDir+":"+ownPath()+":"+os.Getenv("PATH"), "PWD="+home)
}

// runScript starts the script and tells of it until it ends.
func (c *caller) runScript(p *player, shell string, args []string) (control.Answer, error) {
	args = append([]string{p.script.Shell[0]}, args...)
	stage, err := interp.ScriptArgs(p.limits, shell, args)
	if err != nil {
		return control.Answer{}, err
	}
	cmd := &exec.Cmd{Path: "/proc/self/exe", Args: stage, Dir: home, Env: scriptEnv(), SysProcAttr: &syscall.SysProcAttr{Setsid: true}}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return control.Answer{}, err
	}
	defer stdin.Close()
	if err := p.connect(cmd); err != nil {
		return control.Answer{}, err
	}
	defer p.close()
	start := time.Now()
	p.emit(event.Event{Kind: event.Command, Line: p.line(args), By: event.ByScript})
	if err := cmd.Start(); err != nil {
		return control.Answer{}, err
	}
	sandbox.Victim(cmd.Process.Pid)
	p.started()
	limit, err := c.attendScript(p, cmd, stdin)
	if err != nil {
		return control.Answer{}, err
	}
	return p.conclude(cmd.ProcessState, limit, event.Event{Kind: event.CommandEnd, Line: p.line(args), By: event.ByScript, Millis: millis(start)}), nil
}

// line is the script as one would call it.
func (p *player) line(args []string) string {
	for i, a := range args {
		if a == "./"+p.script.Name {
			args = args[i:]
			break
		}
	}
	return told(interp.Line(args))
}

// watchEvery is how often it is looked whether a script keeps its limits.
const watchEvery = 10 * time.Millisecond

// attendScript passes on input and signals until the script has ended, by
// itself or at a limit. When the caller is gone, so is the script.
func (c *caller) attendScript(p *player, cmd *exec.Cmd, stdin io.WriteCloser) (limit string, err error) {
	in := newInput(stdin, c.conn)
	defer in.close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	late, watch := time.After(p.limits.RunTime), time.NewTicker(watchEvery)
	defer watch.Stop()
	for limit == "" {
		select {
		case <-ended:
			return p.limits.Judge(cmd.ProcessState), nil
		case f, ok := <-c.frames:
			if !ok {
				end(cmd, ended)
				return "", c.readError
			}
			c.programFrame(cmd, in, f)
		case <-late:
			limit = interp.LimitTime
		case <-watch.C:
			limit = p.exceeded()
		}
	}
	p.crowd.End()
	<-ended
	return limit, nil
}

// exceeded is the limit that a script that runs does not keep.
func (p *player) exceeded() string {
	switch {
	case p.meter.Load() > p.limits.MaxOutput:
		return interp.LimitOutput
	case p.crowd.Exceed(p.limits.Processes):
		return interp.LimitProcesses
	}
	return ""
}

// connect gives the script its outputs.
func (p *player) connect(cmd *exec.Cmd) error {
	p.meter = new(atomic.Int64)
	for _, to := range []struct {
		kind control.Kind
		out  *io.Writer
	}{{control.KindBytes, &cmd.Stdout}, {control.KindErrors, &cmd.Stderr}} {
		o, w, err := newOutlet(p.conn, to.kind, p.meter)
		if err != nil {
			p.close()
			return err
		}
		*to.out = w
		p.outlets, p.given = append(p.outlets, o), append(p.given, w)
	}
	return nil
}

// started lets go of what the script has now.
func (p *player) started() {
	for _, w := range p.given {
		_ = w.Close()
	}
	p.given = nil
}

func (p *player) close() {
	p.started()
	for _, o := range p.outlets {
		o.close()
	}
}

// maxTold bounds how long a command is told, in bytes.
const maxTold = 4 << 10

func told(line string) string {
	if len(line) > maxTold {
		line = strings.ToValidUTF8(line[:maxTold], "") + " …"
	}
	return line
}
