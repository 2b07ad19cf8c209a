// Package cli is the command line of netlab: one verb a file, and the only
// place where the rooms are put together.
package cli

import (
	"context"
	"os"

	"netlab/internal/interp"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/term"
)

// Main runs netlab as it was called and returns its exit code. Netlab also
// starts itself: as process 1 of a lab, as its engine, as the shell of its
// commands. These stages are known by the name they are called with.
func Main() int {
	switch os.Args[0] {
	case sandbox.StageInit:
		return sandbox.Init()
	case run.StageEngine:
		return run.Engine()
	case interp.StageShell:
		return interp.Child()
	case interp.StageNetnsExec:
		return interp.NetnsExec(os.Args[1:])
	}
	return Execute(context.Background(), term.System(), os.Args[1:])
}

// Execute runs one command line on a terminal and returns the exit code.
func Execute(ctx context.Context, t *term.Term, args []string) int {
	ctx, stop := untilSignal(ctx)
	defer stop()
	a := &app{term: t}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(t.In)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	err := mustNotBeSetuid()
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	return a.finish(ctx, err)
}
