package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

type downOptions struct {
	args []string
	all  bool
}

func newDown(a *app, work func(context.Context, *app, downOptions) error) *cobra.Command {
	var opt downOptions
	cmd := &cobra.Command{
		Use:     "down [LAB…]",
		Aliases: []string{"clean"},
		Short:   "End labs that stay",
		Long: `End a lab with everything in it. Without a name: the one that is up. When it
returns, no process, link or namespace of it is left. A lab that is not up is no
error. netlab clean is netlab down --all.`,
		Example: `  netlab down
  netlab down bridge
  netlab down --all`,
		ValidArgsFunction: completeLabs,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.args = args
			opt.all = opt.all || cmd.CalledAs() == "clean" && len(args) == 0
			return work(cmd.Context(), a, opt)
		},
	}
	cmd.Flags().BoolVarP(&opt.all, "all", "a", false, "end all your labs")
	return cmd
}

func down(_ context.Context, a *app, opt downOptions) error {
	if opt.all && len(opt.args) > 0 {
		return &usageError{"--all and a name exclude each other", "netlab down --all ends all labs, netlab down NAME one"}
	}
	home := openLabs()
	defer home.Close()
	names, err := home.meant(opt)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		fmt.Fprintln(a.term.Out, "no lab is up")
	}
	var errs []error
	for _, name := range names {
		switch err := home.End(name); {
		case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ECONNREFUSED):
			fmt.Fprintln(a.term.Out, "the lab "+name+" was not up")
		case err != nil:
			errs = append(errs, err)
		default:
			fmt.Fprintln(a.term.Out, "the lab "+name+" is gone")
		}
	}
	return errors.Join(errs...)
}

// meant are the names of the labs to end: none when none is up and none named.
func (l labs) meant(opt downOptions) ([]string, error) {
	if len(opt.args) > 0 {
		var names []string
		for _, arg := range opt.args {
			name, err := labName(arg)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
		return names, nil
	}
	up, err := l.List()
	if err == nil && len(up) > 1 && !opt.all {
		_, err = l.choose("")
		var usage *usageError
		if errors.As(err, &usage) {
			usage.hint = "name the ones to end, or netlab down --all"
		}
	}
	return up, err
}
