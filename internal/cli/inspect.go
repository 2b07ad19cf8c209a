package cli

import (
	"context"

	"github.com/spf13/cobra"

	"netlab/internal/render"
)

type inspectOptions struct {
	lab                   string
	nodes                 []string
	all, asJSON, commands bool
}

func newInspect(a *app, work func(context.Context, *app, inspectOptions) error) *cobra.Command {
	var opt inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect [NODE…]",
		Short: "Show the state of a lab: links, addresses, routes, tables",
		Long: `Show what the kernel has in a lab, namespace by namespace: links with their
addresses, MAC addresses and other ends, routes, neighbours, what bridges and
tunnels have learned, firewall rules, and what is not as in a new lab: settings,
and the files by which names are found. A lab of more than a dozen namespaces is
one line for each; name some of them to see them in full.

--json prints everything for programs, in a form that stays the same.
--commands prints the ip, bridge, sysctl and printf lines that rebuild the lab
from an empty host. What has no such line, such as firewall rules, is said in a
comment.`,
		Example: `  netlab inspect
  netlab inspect ns1 host
  netlab inspect --json
  netlab inspect --commands > lab.sh`,
		Args:              wantArgs("names of nodes", 0, -1),
		ValidArgsFunction: completeNodes(&opt.lab, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.nodes = args
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	cmd.Flags().BoolVar(&opt.all, "all", false, "also what is always the same; large labs in full")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&opt.commands, "commands", false, "print the lines that rebuild the lab")
	return cmd
}

func inspect(ctx context.Context, a *app, opt inspectOptions) error {
	if opt.commands && opt.asJSON {
		return &usageError{"--json and --commands exclude each other", "choose one of them"}
	}
	if opt.commands && len(opt.nodes) > 0 {
		return &usageError{"--commands is about the whole lab, and takes no node", "leave the node out"}
	}
	home := openLabs()
	defer home.Close()
	client, _, err := home.enter(ctx, opt.lab, opt.nodes...)
	if err != nil {
		return err
	}
	defer client.Close()
	state, fresh, err := client.Look(ctx)
	switch {
	case err != nil:
		return left(ctx, err)
	case opt.asJSON:
		return printJSON(a, state.Only(opt.nodes).Document())
	case opt.commands:
		return render.InspectCommands(a.term, state, fresh)
	}
	return render.Inspect(a.term, state, render.InspectOptions{Nodes: opt.nodes, All: opt.all, Fresh: fresh})
}
