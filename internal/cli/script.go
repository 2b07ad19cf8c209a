package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"netlab/internal/scenario"
)

func newScript(a *app) *cobra.Command {
	var set settings
	var ipv6 bool
	cmd := &cobra.Command{
		Use:   "script NAME|PATH",
		Short: "Print a lesson as a shell script that works without netlab",
		Long: `Print a lesson as a standalone shell script: the same commands for the real ip,
and its claims as assertions. It changes the machine that it runs on, so run it
as root in namespaces of its own; the script's first lines say how.`,
		Example:           "  netlab script veth-pair > veth-pair.sh",
		Args:              wantArgs("the name or the path of one scenario", 1, 1),
		ValidArgsFunction: completeNames,
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := set.findSet(args[0], ipv6)
			if err != nil {
				return err
			}
			fmt.Fprint(a.term.Out, scenario.Script(l.Scenario, l.chain))
			return nil
		},
	}
	ipv6Flag(cmd, &ipv6)
	set.addSet(cmd)
	return cmd
}
