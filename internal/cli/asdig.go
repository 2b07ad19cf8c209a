package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"netlab/internal/dns"
	"netlab/internal/kernel"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/term"
)

// asDig is netlab under the name of dig: it asks from the network in which it
// runs, and ends with dig's exit codes.
func asDig(ctx context.Context, a *app, args []string) int {
	cmd, err := dns.ParseDig(args)
	var wrong *dns.UsageError
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintf(a.term.Err, "dig: %v\n; %s: netlab dig --help says what it knows\n", err, ownView)
		return run.DigUsage
	case cmd.Version:
		fmt.Fprintln(a.term.Err, ownView+" 9.18")
		return run.DigAnswered
	case cmd.Help:
		fmt.Fprintln(a.term.Out, "Usage: dig [@SERVER] [NAME] [TYPE] [CLASS] [OPTION…]\n\nThis is "+ownView+": netlab dig --help says what it knows.")
		return run.DigAnswered
	}
	for _, l := range cmd.Lookups {
		if err := dns.CheckName(l.Name); err != nil {
			fmt.Fprintf(a.term.Err, "dig: %v\n", err)
			return run.DigInternal
		}
	}
	if !cmd.Cmd {
		fmt.Fprintln(a.term.Err, "; "+ownView)
	}
	head := "; <<>> " + ownView + " <<>> " + strings.Join(args, " ") + "\n"
	if cmd.Served {
		head += "; (1 server found)\n"
	}
	exit, err := run.Dig(ctx, run.Digging{Files: kernel.NameFiles(""), Command: cmd, Tell: render.NewDig(a.term, cmd, head).Tell})
	switch lost := a.term.OutErr(); {
	case lost != nil && term.Closed(lost):
		return codeSignal + int(syscall.SIGPIPE) // nobody reads: end quietly, as other programs do
	case err != nil && ctx.Err() == nil:
		fmt.Fprintf(a.term.Err, "dig: %v\n", err)
	}
	return exit
}

const ownView = "netlab's own view, in the words of dig"
