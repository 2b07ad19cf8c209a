// Package cli is the command line of netlab: one verb a file, and the only
// place where the rooms are put together.
package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/interp"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/service"
	"netlab/internal/term"
)

// Main runs netlab as it was called and returns its exit code. Netlab also
// starts itself: as process 1 of a lab, as its engine, as the shell of its
// commands, and under the names of a foreign script's commands. These stages are known by the name they are called with.
func Main() int {
	if strings.HasPrefix(os.Args[0], "netlab-") {
		_ = os.WriteFile("/proc/self/comm", []byte(os.Args[0]), 0) // for ps and top, which would call it "exe"
	}
	switch os.Args[0] {
	case sandbox.StageInit:
		return sandbox.Init()
	case run.StageEngine:
		return run.Engine()
	case interp.StageShell:
		return interp.Child()
	case interp.StageNetnsExec:
		return interp.NetnsExec(os.Args[1:])
	case interp.StageScript:
		return interp.ScriptChild(os.Args[1:])
	}
	if main := ownProgram(filepath.Base(os.Args[0])); main != nil {
		return main()
	}
	if interp.IsShim(os.Args[0]) {
		return interp.Shim(os.Args)
	}
	return Execute(context.Background(), term.System(), os.Args[1:])
}

// ownProgram is what netlab does under one of interp.OwnPrograms; nil for any
// other name.
func ownProgram(name string) func() int {
	switch name {
	case "dig":
		return func() int { return Dig(context.Background(), term.System(), os.Args[1:]) }
	case "getent":
		return func() int { return asGetent(context.Background(), term.System(), os.Args[1:]) }
	}
	return service.Program(name)
}

// Execute runs one command line on a terminal and returns the exit code.
func Execute(ctx context.Context, t *term.Term, args []string) int {
	ctx, let, stop := untilSignal(ctx)
	defer stop()
	a := &app{term: t, open: openLab, letSignals: let}
	err := mustNotBeSetuid(os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid())
	if err == nil {
		err = a.execute(ctx, newRoot(a), args)
	}
	return a.finish(ctx, err)
}

// Dig is Execute for netlab under the name of dig.
func Dig(ctx context.Context, t *term.Term, args []string) int {
	ctx, _, stop := untilSignal(ctx)
	defer stop()
	code := asDig(ctx, &app{term: t}, args)
	var sig *signalled
	if errors.As(context.Cause(ctx), &sig) {
		return codeSignal + int(sig.sig)
	}
	return code
}

func (a *app) execute(ctx context.Context, root *cobra.Command, args []string) error {
	root.SetArgs(append([]string{}, args...)) // with nil it would take those of the process
	root.SetIn(a.term.In)
	root.SetOut(a.term.Out)
	root.SetErr(a.term.Err)
	return root.ExecuteContext(ctx)
}
