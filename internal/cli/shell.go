package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"netlab/internal/run"
)

type shellOptions struct{ lab, node string }

func newShell(a *app, work func(context.Context, *app, shellOptions) error) *cobra.Command {
	var opt shellOptions
	cmd := &cobra.Command{
		Use:   "shell [NODE]",
		Short: "Open a shell inside a lab",
		Long: `Open a shell in a node of the lab that is up; without a node in host, the lab's
own first network. You are root there, and only there. The shell has this
machine's programs: ip, bridge, ping, tcpdump, as far as they are installed.
exit or Ctrl-D goes back.`,
		Example: `  netlab shell
  netlab shell ns1
  netlab shell ns1 --lab bridge`,
		Args:              wantArgs("at most one node", 0, 1),
		ValidArgsFunction: completeNodes(&opt.lab, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				opt.node = args[0]
			}
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	return cmd
}

func shell(ctx context.Context, a *app, opt shellOptions) error {
	home := openLabs()
	defer home.Close()
	client, _, err := home.enter(ctx, opt.lab, cmp.Or(opt.node, "host"))
	if err != nil {
		return err
	}
	defer client.Close()
	code, err := inside(ctx, a, client, run.Program{Node: opt.node})
	if err == nil && code != 0 {
		err = &exitError{code}
	}
	return left(ctx, err)
}

// left is the error of whoever is sent away by a signal: the lab goes on.
func left(ctx context.Context, err error) error {
	var sig *signalled
	if errors.As(context.Cause(ctx), &sig) {
		return &exitError{codeSignal + int(sig.sig)}
	}
	return err
}

// inside runs a program of a lab, on a terminal if there is one here.
func inside(ctx context.Context, a *app, c *run.Client, p run.Program) (int, error) {
	t := a.term
	p.Term = os.Getenv("TERM")
	if !t.Interactive() {
		if len(p.Args) == 0 {
			p.Args = []string{"/bin/sh"}
		}
		signals, stop := a.passedOn()
		defer stop()
		return c.Exec(ctx, p, run.Streams{Read: t.Read, Out: t.Out, Err: t.Err, Signals: signals})
	}
	restore, err := t.Raw()
	if err != nil {
		return 0, err
	}
	defer restore()
	out := &lineWriter{to: t.Out}
	code, err := c.Shell(ctx, p, run.Console{Read: t.Read, Out: out, Size: t.Size, Resizes: t.Resizes})
	restore()
	if out.open && len(p.Args) == 0 {
		fmt.Fprintln(t.Out)
	}
	return code, err
}
