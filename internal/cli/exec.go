package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/render"
	"netlab/internal/run"
)

// The exit codes of exec that are not the program's (env(1), and the same for
// Docker): netlab itself failed, the program cannot be executed, there is none.
const (
	codeOwnFault      = 125
	codeNotExecutable = 126
	codeNotFound      = 127
)

type execOptions struct {
	lab, node string
	args      []string
}

func newExec(a *app, work func(context.Context, *app, execOptions) error) *cobra.Command {
	var opt execOptions
	cmd := &cobra.Command{
		Use:   "exec NODE -- COMMAND [ARG…]",
		Short: "Run a command inside a lab",
		Long: `Run one command in a node of the lab that is up; host is the lab's own first
network. Input, output and signals pass through, and the exit code is the
command's. When it could not be run: 127 there is no such program, 126 it cannot
be executed, 125 netlab itself failed.`,
		Example: `  netlab exec ns1 -- ip addr
  netlab exec ns1 -- ping -c1 10.1.1.2
  netlab exec ns1 -- sh -c 'cat > /tmp/x' < file`,
		Args:              wantArgs("a node and a command", 2, -1),
		ValidArgsFunction: completeNodes(&opt.lab, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.node, opt.args = args[0], args[1:]
			if opt.args[0] == "--" {
				opt.args = opt.args[1:]
			}
			if len(opt.args) == 0 {
				return &usageError{"exec needs a command", "usage: " + cmd.UseLine()}
			}
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func execute(ctx context.Context, a *app, opt execOptions) error {
	code, err := execIn(ctx, a, opt)
	if err == nil {
		if code == 0 {
			return nil
		}
		return &exitError{code}
	}
	if ctx.Err() != nil {
		return left(ctx, err)
	}
	_, text, hint := verdict(err)
	code = codeOwnFault
	var l *run.Lacking
	if errors.As(err, &l) {
		code, text, hint = lack(l), l.Text, opt.hint()
	}
	if text != "" {
		_ = render.Error(a.term, text, hint)
	}
	return &exitError{code}
}

// hint is for who has written a flag of netlab behind the node.
func (o execOptions) hint() string {
	if strings.HasPrefix(o.args[0], "-") {
		return "netlab's own flags stand before the node: netlab exec --lab NAME " + o.node + " -- COMMAND"
	}
	return ""
}

func execIn(ctx context.Context, a *app, opt execOptions) (int, error) {
	home := openLabs()
	defer home.Close()
	client, _, err := home.enter(ctx, opt.lab, opt.node)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	return inside(ctx, a, client, run.Program{Node: opt.node, Args: opt.args})
}

// passedOn are the signals that are meant for what runs in the lab.
func (a *app) passedOn() (<-chan os.Signal, func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	if a.letSignals != nil {
		a.letSignals()
	}
	return signals, func() { signal.Stop(signals) }
}

// lack is the exit code for what could not be run in a lab, as shells have it.
func lack(l *run.Lacking) int {
	switch l.What {
	case control.MissingProgram:
		return codeNotFound
	case control.MissingRight:
		return codeNotExecutable
	}
	return codeOwnFault
}
