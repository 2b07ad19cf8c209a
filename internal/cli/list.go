package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
)

// entry is one line of the catalogue.
type entry struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	Minutes int    `json:"minutes"`
	Steps   int    `json:"steps"`
	IPv6    bool   `json:"ipv6"` // it has an IPv6 variant
	Runs    bool   `json:"runs"`
	Why     string `json:"why,omitempty"` // why it cannot run here
}

func newList(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the lessons, and whether this machine can run them",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			entries, err := entries(cmd.Context(), a)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a, entries)
			}
			return printEntries(a, entries)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func entries(ctx context.Context, a *app) ([]entry, error) {
	cat, err := catalog()
	if err != nil {
		return nil, err
	}
	variants, err := catalogIPv6()
	if err != nil {
		return nil, err
	}
	found, refused := tryLab(ctx, a)
	var out []entry
	for _, s := range cat.All() {
		e := entry{Name: s.Name, Title: s.Title, Summary: s.Summary, Minutes: s.Minutes, Steps: len(s.Steps)}
		e.IPv6 = slices.Contains(variants.Names(), s.Name)
		e.Why = obstacle(s, found.features, refused)
		e.Runs = e.Why == ""
		out = append(out, e)
	}
	return out, context.Cause(ctx)
}

// tried is what a lab on this machine can do, and why its memory has no limit.
type tried struct {
	features  []control.Feature
	unlimited error
}

// tryLab asks a lab what this machine can do.
func tryLab(ctx context.Context, a *app) (tried, error) {
	lab, err := a.open(run.Start{Trusted: true})
	if err != nil {
		return tried{}, err
	}
	defer lab.Close()
	answer, err := lab.Do(ctx, control.Request{Verb: control.Features}, func(event.Event) {})
	return tried{answer.Features, lab.Unlimited()}, err
}

// obstacle says why a lesson cannot run, or "".
func obstacle(s scenario.Scenario, features []control.Feature, refused error) string {
	if refused != nil {
		return refused.Error()
	}
	var why []string
	for _, f := range features {
		for _, r := range s.Requires {
			if f.Name == r && !f.OK {
				why = append(why, f.Name+": "+f.Why)
			}
		}
	}
	return strings.Join(why, "; ")
}

func printEntries(a *app, entries []entry) error {
	table := render.Table{Head: []string{"lesson", "time", "ipv6", "about"}}
	for _, e := range entries {
		text := e.Title
		if !e.Runs {
			text += " (" + e.Why + ")"
		}
		table.Rows = append(table.Rows, row(status(e.Runs), e.Name, fmt.Sprintf("%d min", e.Minutes), yesNo(e.IPv6), text))
	}
	if err := table.Print(a.term); err != nil {
		return err
	}
	fmt.Fprintln(a.term.Out, "\nstart one with: netlab run "+entries[0].Name)
	return nil
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
