package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"netlab/internal/interp"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

func newLint(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lint PATH…",
		Short: "Check scenario files of your own, without running them",
		Long: `Check scenario files without running them: the YAML and each of its words, that
every ip line is understood, and that every check names things that exist.`,
		Args: wantArgs("the path of a scenario.yaml, or of its folder", 1, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			var all scenario.Errors
			for _, arg := range withVariants(args) {
				errs, err := lintOne(arg)
				if err != nil {
					return err
				}
				if len(errs) == 0 {
					fmt.Fprintln(a.term.Out, term.Clean(arg)+": ok")
				}
				all = append(all, errs...)
			}
			if len(all) > 0 {
				return all
			}
			return nil
		},
	}
}

// withVariants puts the IPv6 variant behind each folder that has one.
func withVariants(paths []string) []string {
	var out []string
	for _, path := range paths {
		out = append(out, path)
		variant := filepath.Join(path, scenario.FileIPv6)
		if _, err := os.Stat(variant); err == nil && !slices.Contains(paths, variant) {
			out = append(out, variant)
		}
	}
	return out
}

func lintOne(path string) (scenario.Errors, error) {
	file, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	cat, err := file.catalog()
	if err != nil {
		return nil, err
	}
	var before []scenario.Scenario
	if s, err := file.parse(); err == nil {
		var wrong scenario.Errors
		if before, err = file.before(cat, s); errors.As(err, &wrong) {
			return wrong, nil
		}
	}
	return file.discreet(scenario.Lint(file.path, file.src, before, simpleCommands)), nil
}

// simpleCommands lets the shell's own parser find the commands of a snippet.
func simpleCommands(run string) ([]scenario.Simple, error) {
	found, err := interp.Simple(run)
	if err != nil {
		return nil, err
	}
	var out []scenario.Simple
	for _, c := range found {
		out = append(out, scenario.Simple{Line: c.Line, Column: c.Column, Args: c.Args})
	}
	return out, nil
}
