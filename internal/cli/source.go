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

// lab is what a lab of the lesson is called when nobody says otherwise.
func (l lesson) lab() string {
	if l.IPv6 {
		return l.Name + "-ipv6"
	}
	return l.Name
}

func catalog() (scenario.Catalog, error) { return scenario.Load(scenarios.Files()) }

// catalogIPv6 is the IPv6 variants of the lessons that have one.
func catalogIPv6() (scenario.Catalog, error) { return scenario.LoadIPv6(scenarios.Files()) }

// find takes a name of the catalogue, or a path of one's own scenario: a file,
// or a folder with a scenario.yaml in it.
func find(arg string) (lesson, error) { return findVariant(arg, false) }

// findVariant is find; with ipv6 it takes the IPv6 variant of what is named.
func findVariant(arg string, ipv6 bool) (lesson, error) {
	if isPath(arg) {
		return findOwn(arg, ipv6)
	}
	pick := scenario.Pick
	if ipv6 {
		pick = scenario.PickIPv6
	}
	s, chain, err := pick(scenarios.Files(), arg)
	return lesson{Scenario: s, chain: chain}, perhapsPath(arg, err)
}

func findOwn(arg string, ipv6 bool) (lesson, error) {
	read := readOwn
	if ipv6 {
		read = readOwnIPv6
	}
	file, err := read(arg)
	if err != nil {
		return lesson{}, err
	}
	s, err := file.parse()
	if err != nil || s.Start == "" {
		return lesson{Scenario: s, path: file.path}, err
	}
	cat, err := file.catalog()
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

// ipv6Flag gives a command --ipv6.
func ipv6Flag(cmd *cobra.Command, ipv6 *bool) {
	cmd.Flags().BoolVar(ipv6, "ipv6", false, "take the IPv6 variant of the lesson")
}

// wantsIPv6 says that --ipv6 has been given.
func wantsIPv6(cmd *cobra.Command) bool {
	ipv6 := cmd.Flags().Lookup("ipv6")
	return ipv6 != nil && ipv6.Value.String() == "true"
}

// completeNames offers the scenarios' names, and files. Behind --ipv6 it
// offers those that have an IPv6 variant.
func completeNames(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	load := catalog
	if wantsIPv6(cmd) {
		load = catalogIPv6
	}
	cat, err := load()
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
