package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"netlab/internal/scenario"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON schema of scenario files, for editors",
		Example: "  netlab schema > scenario.schema.json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			b, err := scenario.Schema()
			if err != nil {
				return err
			}
			fmt.Fprintf(a.term.Out, "%s\n", b)
			return nil
		},
	}
}
