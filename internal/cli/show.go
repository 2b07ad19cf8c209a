package cli

import (
	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
)

func newShow(a *app) *cobra.Command {
	var asJSON, ipv6 bool
	var set settings
	cmd := &cobra.Command{
		Use:               "show NAME|PATH",
		Short:             "Show a lesson's text, commands and claims without running it",
		Args:              wantArgs("the name or the path of one scenario", 1, 1),
		ValidArgsFunction: completeNames,
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := set.findSet(args[0], ipv6)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a, l.Scenario)
			}
			r, err := render.New(lessonFormat(a, runOptions{}), a.term, render.Options{More: true})
			if err != nil {
				return err
			}
			var rep event.Report
			run.Tell(l.Scenario, func(ev event.Event) {
				rep.Add(ev)
				r.Event(ev)
			})
			return r.Close(rep)
		},
	}
	ipv6Flag(cmd, &ipv6)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	set.addSet(cmd)
	return cmd
}
