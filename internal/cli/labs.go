package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"netlab/internal/control"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

// labs is where the user's labs that stay are.
type labs struct{ *sandbox.Home }

func openLabs() labs { return labs{sandbox.NewHome()} }

// labFlag gives a command --lab, which chooses among several labs.
func labFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVarP(name, "lab", "l", "", "the `name` of the lab, when several are up")
	_ = cmd.RegisterFlagCompletionFunc("lab", completeLabs)
}

func completeLabs(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	home := openLabs()
	defer home.Close()
	names, err := home.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(args, n) }), cobra.ShellCompDirectiveNoFileComp
}

// choose names the lab that is meant: the one that is up, or the one that is
// named, also by the path of its scenario.
func (l labs) choose(name string) (string, error) {
	up, err := l.List()
	switch {
	case err != nil:
		return "", err
	case name != "":
		return l.named(up, name)
	case len(up) == 0:
		return "", &usageError{"no lab is up", "netlab up veth-pair starts one that stays"}
	case len(up) > 1:
		return "", &usageError{"several labs are up: " + strings.Join(up, ", "), "choose one of them with --lab NAME"}
	}
	return up[0], nil
}

func (l labs) named(up []string, name string) (string, error) {
	name, err := labName(name)
	if err != nil || slices.Contains(up, name) {
		return name, err
	}
	hint := "netlab ps shows the labs that are up"
	if near := scenario.Nearest(name, up); len(near) > 0 {
		hint = didYouMean(near) + " netlab ps shows all that are up"
	}
	return "", &usageError{"no lab called " + quote(name) + " is up", hint}
}

// labName is the name of the lab that an argument means: its name, or that of
// the scenario at a path.
func labName(arg string) (string, error) {
	if isPath(arg) {
		l, err := find(arg)
		return l.lab(), err
	}
	if why := scenario.NotAName(arg); why != "" {
		return "", &usageError{why, "netlab ps shows the labs that are up"}
	}
	return arg, nil
}

// enter connects to the lab that is meant, which must have the nodes. The caller
// closes the client.
func (l labs) enter(ctx context.Context, name string, nodes ...string) (*run.Client, control.Lab, error) {
	name, err := l.choose(name)
	if err != nil {
		return nil, control.Lab{}, err
	}
	client, lab, err := l.attach(ctx, name)
	if err != nil {
		return client, lab, err
	}
	for _, n := range nodes {
		if !run.HasNode(lab, n) {
			client.Close()
			return nil, lab, noNode(lab, n)
		}
	}
	return client, lab, nil
}

func (l labs) attach(ctx context.Context, name string) (*run.Client, control.Lab, error) {
	peer, err := l.Dial(name)
	if err != nil {
		return nil, control.Lab{}, unreachable(name, err)
	}
	c, lab, err := run.Attach(ctx, peer)
	var other *run.VersionError
	switch {
	case errors.As(err, &other):
		err = &busyError{other.Error(), "use the netlab that started it, or end it: netlab down " + name}
	case errors.Is(err, run.ErrSilent) || errors.Is(err, unix.ETIMEDOUT) || timedOut(err):
		err = &busyError{"the lab " + name + " does not answer", "it may be busy; netlab down " + name + " ends it whatever it does"}
	}
	return c, lab, err
}

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func unreachable(name string, err error) error {
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ECONNREFUSED):
		return run.ErrGone
	case errors.Is(err, unix.EAGAIN):
		return &busyError{"too many wait for the lab " + name, "try again in a moment"}
	}
	return err
}

// completeNodes completes the names of nodes of the lab that is up: the first
// argument, or all.
func completeNodes(lab *string, all bool) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 && !all {
			return nil, cobra.ShellCompDirectiveDefault
		}
		home := openLabs()
		defer home.Close()
		client, found, err := home.enter(cmd.Context(), *lab)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		client.Close()
		names := append([]string{"host"}, found.Nodes...)
		return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(args, n) }), cobra.ShellCompDirectiveNoFileComp
	}
}

// noNode words a node that a lab does not have.
func noNode(lab control.Lab, node string) error {
	all := append([]string{"host"}, lab.Nodes...)
	hint := "its nodes are " + render.Few(all)
	if near := scenario.Nearest(node, all); len(near) > 0 {
		hint = didYouMean(near) + " " + hint
	}
	return &usageError{"the lab " + lab.Name + " has no node " + quote(node), hint}
}
