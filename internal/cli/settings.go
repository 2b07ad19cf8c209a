package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/scenario"
)

// settings are the values of --set. It is a pflag.Value.
type settings []string

// String is what help shows as the default: nothing.
func (s *settings) String() string { return strings.Join(*s, " ") }

// Type is what help calls the value.
func (s *settings) Type() string { return "NAME=VALUE" }

// Set takes one more setting.
func (s *settings) Set(value string) error {
	*s = append(*s, value)
	return nil
}

// addSet gives a command --set, which completes the parameters of the
// scenarios named so far.
func (s *settings) addSet(cmd *cobra.Command) {
	cmd.Flags().Var(s, "set", "give a parameter another value; netlab show names them")
	_ = cmd.RegisterFlagCompletionFunc("set", func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, arg := range args {
			l, err := findVariant(arg, wantsIPv6(cmd))
			if err != nil {
				continue
			}
			for _, p := range l.params() {
				if word := fmt.Sprintf("%s=\t%s, %d to %d", p.Name, p.Doc, p.Min, p.Max); !slices.Contains(out, word) {
					out = append(out, word)
				}
			}
		}
		return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
}

// params are those of the lesson and of the lessons that it starts from.
func (l lesson) params() []scenario.Param {
	var out []scenario.Param
	for _, s := range l.all() {
		out = append(out, s.Params...)
	}
	return out
}

// all is the lesson behind those that it starts from.
func (l lesson) all() []scenario.Scenario { return append(slices.Clone(l.chain), l.Scenario) }

// apply gives lessons the values. A value counts for each lesson that has the
// parameter; one that no lesson has is wrong.
func (s *settings) apply(lessons ...lesson) ([]lesson, error) {
	var flat []scenario.Scenario
	for _, l := range lessons {
		flat = append(flat, l.all()...)
	}
	flat, err := scenario.Set(flat, *s)
	var wrong *scenario.SettingError
	if errors.As(err, &wrong) {
		return nil, &usageError{wrong.Text, wrong.Hint}
	}
	if err != nil {
		return nil, err
	}
	out := slices.Clone(lessons)
	for i, l := range lessons {
		n := len(l.chain)
		out[i].chain, out[i].Scenario = flat[:n:n], flat[n]
		flat = flat[n+1:]
	}
	return out, nil
}

// findSet is findVariant, with the values of --set.
func (s *settings) findSet(arg string, ipv6 bool) (lesson, error) {
	l, err := findVariant(arg, ipv6)
	if err != nil {
		return lesson{}, err
	}
	set, err := s.apply(l)
	if err != nil {
		return lesson{}, err
	}
	return set[0], nil
}
