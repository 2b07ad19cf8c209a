package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	sh "mvdan.cc/sh/v3/interp"
)

// planMachine plans to run the machine's own program, in the namespace ns.
func (s *session) planMachine(ns string, c *call, args []string) plan {
	if ns != "" {
		return s.planHelper(ns, c, args)
	}
	path, err := sh.LookPathDir(c.dir, c.vars, args[0])
	if err != nil {
		exit, text := notFound(c.dir, args[0])
		return refuse(exit, text, installHint(args[0]))
	}
	return plan{by: byMachine, run: func(_ context.Context, c *call) outcome {
		return s.spawn(c, path, args)
	}}
}

// planHelper plans to run a program through the stage that enters a namespace
// as "ip netns exec" does.
func (s *session) planHelper(ns string, c *call, args []string) plan {
	if _, err := sh.LookPathDir(c.dir, c.vars, args[0]); err != nil {
		why := "No such file or directory"
		if _, err := os.Stat(inDir(c.dir, args[0])); hasSlash(args[0]) && err == nil {
			why = "Permission denied"
		}
		return refuse(1, fmt.Sprintf("exec of %q failed: %s", args[0], why), installHint(args[0]))
	}
	return plan{by: byMachine, run: func(_ context.Context, c *call) outcome {
		return s.spawn(c, "/proc/self/exe", append([]string{StageNetnsExec, ns}, args...))
	}}
}

// notFound is what a shell says of a program that cannot be run.
func notFound(dir, name string) (exit int, text string) {
	switch st, err := os.Stat(inDir(dir, name)); {
	case tool(name) == name && !hasSlash(name):
		return 127, name + ": command not found"
	case errors.Is(err, os.ErrNotExist):
		return 127, name + ": No such file or directory"
	case err == nil && st.IsDir():
		return 126, name + ": Is a directory"
	}
	return 126, name + ": Permission denied"
}

func installHint(name string) string {
	if pkg := debianPackage(tool(name)); pkg != "" {
		return tool(name) + " is not installed here; it is in the Debian package " + pkg
	}
	return ""
}

// spawn runs a program and waits for its end and its output.
func (s *session) spawn(c *call, path string, args []string) outcome {
	cmd := &exec.Cmd{Path: path, Args: args, Env: c.env, Dir: c.dir}
	if c.stdin != nil {
		cmd.Stdin = c.stdin
	}
	o, err := newOutlets(c, cmd)
	if err != nil {
		o.abandon()
		return s.cannotStart(c, args, err)
	}
	err = s.nursery.run(cmd, func() {
		o.started()
		s.mu.Lock()
		defer s.mu.Unlock()
		c.pid = cmd.Process.Pid
	})
	if errors.Is(err, syscall.ENOEXEC) {
		// As every shell does with a script that does not name its own.
		o.abandon()
		return s.spawn(c, "/bin/sh", append([]string{"sh", path}, args[1:]...))
	}
	if cmd.ProcessState == nil {
		o.abandon()
		return s.cannotStart(c, args, err)
	}
	o.settle()
	return s.judge(cmd.ProcessState)
}

func (s *session) cannotStart(c *call, args []string, err error) outcome {
	if limit := limitOf(err); limit == LimitProcesses {
		s.limit(limit, quoted(c.args))
	}
	var no syscall.Errno
	text := err.Error()
	if errors.As(err, &no) {
		text = no.Error()
	}
	return c.fail(126, args[0]+": "+text, "")
}

// memoryShare is the part of its memory limit that a program which failed
// must have used at its peak to blame the limit. Programs ask for more in big
// steps, half as much again or twice as much, and the last one fails.
const memoryShare = 3

// judge reads how a program ended.
func (s *session) judge(st *os.ProcessState) outcome {
	status, _ := st.Sys().(syscall.WaitStatus)
	o := outcome{exit: status.ExitStatus()}
	if status.Signaled() {
		o.exit = 128 + int(status.Signal())
		o.text = "ended by the signal " + status.Signal().String()
		switch status.Signal() {
		case syscall.SIGXFSZ:
			o.text = "ended: a file may not become larger than " + size(s.opts.FileSize) + " here"
		case syscall.SIGKILL:
			o.hint = "when nobody sent that signal, the kernel did, because the memory of the lab was used up"
		}
	}
	usage, _ := st.SysUsage().(*syscall.Rusage)
	if o.exit != 0 && usage != nil && usage.Maxrss*1024 > s.opts.Memory/memoryShare { // ru_maxrss is in KiB, getrusage(2)
		o.limit = LimitMemory
	}
	return o
}

// outlets are where a program's standard output and error go.
type outlets struct {
	pumps []*pump
	wait  []*pump    // those of a command substitution, which needs all
	give  []*os.File // the program's ends
}

func newOutlets(c *call, cmd *exec.Cmd) (*outlets, error) {
	o := &outlets{}
	out, err := o.add(c.stdout)
	if err != nil {
		return o, err
	}
	cmd.Stdout = out
	if c.stdout == c.stderr {
		cmd.Stderr = out
		return o, nil
	}
	errOut, err := o.add(c.stderr)
	cmd.Stderr = errOut
	return o, err
}

// add returns the file that leads to w.
func (o *outlets) add(w io.Writer) (*os.File, error) {
	if f, ok := w.(*os.File); ok {
		return f, nil
	}
	p, f, err := newPump(w)
	if err != nil {
		return nil, err
	}
	o.give = append(o.give, f)
	if _, ok := w.(*stream); ok {
		o.pumps = append(o.pumps, p)
	} else {
		o.wait = append(o.wait, p)
	}
	return f, nil
}

// started closes the program's ends, which it has now.
func (o *outlets) started() {
	for _, f := range o.give {
		_ = f.Close()
	}
}

// settle waits until what the program wrote has arrived.
func (o *outlets) settle() {
	for _, p := range o.pumps {
		p.settle()
	}
	for _, p := range o.wait {
		<-p.eof
	}
}

// abandon is for a program that did not start.
func (o *outlets) abandon() {
	o.started()
	o.settle()
}
