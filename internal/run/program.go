package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"

	"netlab/internal/control"
	"netlab/internal/interp"
	"netlab/internal/netns"
	"netlab/internal/sandbox"
	"netlab/internal/snapshot"
)

// lacking is the error of a request that names what the lab does not have.
type lacking struct {
	what control.Missing
	text string
}

func (l *lacking) Error() string { return l.text }

// answer is what a request that could not be done ends with.
func (l *lacking) answer() control.Answer { return control.Answer{Missing: l.what, Error: l.text} }

// program is a command in a node, started as "ip netns exec" would start it;
// without args a shell. Its streams are the caller's to set.
func (e *engine) program(req control.Request) (*exec.Cmd, *lacking) {
	node, args := req.Node, req.Args
	if node == "" {
		node = snapshot.Host
	}
	if node != snapshot.Host && !netns.Exists(node) {
		return nil, &lacking{control.MissingNode, fmt.Sprintf("there is no node %q in this lab", node)}
	}
	if len(args) == 0 {
		args = shellArgs()
	}
	_ = interp.PlaceOwn() // without them the rest works
	path, err := lookPath(args[0])
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return nil, noProgram(args[0], err)
	}
	cmd := &exec.Cmd{Path: path, Args: args}
	if node != snapshot.Host {
		cmd.Path = "/proc/self/exe"
		cmd.Args = slices.Concat([]string{interp.StageNetnsExec, node}, args)
	}
	cmd.Dir = "/root"
	cmd.Env = append(os.Environ(), "PATH="+ownPath()+":"+os.Getenv("PATH"), "PS1=["+labName()+" "+node+"]# ")
	if req.Term != "" {
		cmd.Env = append(cmd.Env, "TERM="+req.Term)
	}
	return cmd, nil
}

func noProgram(name string, err error) *lacking {
	if errors.Is(err, fs.ErrPermission) {
		return &lacking{control.MissingRight, fmt.Sprintf("%q cannot be executed", name)}
	}
	return &lacking{control.MissingProgram, fmt.Sprintf("there is no program %q in the lab", name)}
}

func labName() string {
	if name := os.Getenv(sandbox.EnvLab); name != "" {
		return name
	}
	return "netlab"
}

func shellArgs() []string {
	if _, err := os.Stat("/bin/bash"); err == nil {
		return []string{"/bin/bash", "--norc", "--noprofile", "-i"}
	}
	return []string{"/bin/sh", "-i"}
}
