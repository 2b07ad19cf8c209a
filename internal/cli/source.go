package cli

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"netlab/internal/scenario"
	"netlab/scenarios"
)

// lesson is a scenario with all it needs to run.
type lesson struct {
	scenario.Scenario
	chain []scenario.Scenario // the lessons whose end it starts from
	path  string              // where one's own file is; empty for netlab's
}

func (l lesson) trusted() bool { return l.path == "" }

func catalog() (scenario.Catalog, error) { return scenario.Load(scenarios.Files()) }

// find takes a name of the catalogue, or a path of one's own scenario: a file,
// or a folder with a scenario.yaml in it.
func find(arg string) (lesson, error) {
	if !isPath(arg) {
		s, chain, err := scenario.Pick(scenarios.Files(), arg)
		return lesson{Scenario: s, chain: chain}, perhapsPath(arg, err)
	}
	file, err := readOwn(arg)
	if err != nil {
		return lesson{}, err
	}
	s, err := file.parse()
	if err != nil {
		return lesson{}, err
	}
	cat, err := catalog()
	if err != nil {
		return lesson{}, err
	}
	chain, err := file.before(cat, s)
	return lesson{Scenario: s, chain: chain, path: file.path}, err
}

// perhapsPath helps who names a file or folder as if it were a lesson.
func perhapsPath(arg string, err error) error {
	var unknown *scenario.UnknownError
	if _, statErr := os.Stat(arg); statErr != nil || !errors.As(err, &unknown) {
		return err
	}
	return &usageError{err.Error(), "a file or folder has that name: to run it, write ./" + arg}
}

// completeNames offers the scenarios' names, and files.
func completeNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	cat, err := catalog()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, s := range cat.All() {
		if !slices.Contains(args, s.Name) {
			out = append(out, s.Name+"\t"+s.Title)
		}
	}
	return out, cobra.ShellCompDirectiveDefault
}
