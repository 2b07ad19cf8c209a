package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/machine"
	"netlab/internal/render"
	"netlab/internal/sandbox"
)

// diagnosis is what doctor finds.
type diagnosis struct {
	Kernel   string            `json:"kernel"`
	Sandbox  finding           `json:"sandbox"`
	Memory   *finding          `json:"memory,omitempty"` // whether a lab's is limited; nil: there is no lab
	Features []control.Feature `json:"features"`
	Warnings []finding         `json:"warnings"`
}

type finding struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}

func newDoctor(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Try what this machine can do; say what is missing and how to get it",
		Long: `Try what this machine can do, each feature in a throw-away namespace, and say
what is missing and how to get it. Nothing is changed. The exit code is 3 when
no lesson can run here.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := examine(cmd.Context(), a)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(a, d)
			} else {
				err = printDiagnosis(a, d)
			}
			if err == nil && !d.Sandbox.OK {
				return &exitError{event.CodeMachine}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func examine(ctx context.Context, a *app) (diagnosis, error) {
	d := diagnosis{Kernel: machine.Kernel(), Features: []control.Feature{}, Warnings: warnings(os.Getenv("PATH"))}
	found, err := tryLab(ctx, a)
	var refused *sandbox.Refusal
	switch {
	case errors.As(err, &refused):
		d.Sandbox = finding{Text: refused.Error(), Hint: refused.Todo}
	case err != nil:
		return d, err
	default:
		d.Sandbox = finding{OK: true, Text: "a sandbox can be made: lessons run without touching this machine"}
		d.Features = found.features
		d.Memory = memory(found.unlimited)
	}
	return d, nil
}

func warnings(path string) []finding {
	out := []finding{}
	if self, err := os.Executable(); err == nil {
		if other := machine.OtherNetlab(path, self); other != "" {
			out = append(out, finding{Text: "another program called netlab comes first in PATH: " + other, Hint: "call this one by its full path: " + self})
		}
	}
	return out
}

func memory(unlimited error) *finding {
	if unlimited == nil {
		return &finding{OK: true, Text: fmt.Sprintf("a lab may use %d GiB at most: systemd sees to it", sandbox.MaxMemory>>30)}
	}
	return &finding{
		Text: "a lab as a whole is not limited (" + unlimited.Error() + "); each of its commands is, and their number",
		Hint: "run files of strangers with care",
	}
}

func printDiagnosis(a *app, d diagnosis) error {
	table := render.Table{Rows: []render.Row{
		row(event.Pass, "kernel", "Linux "+d.Kernel),
		row(status(d.Sandbox.OK), "sandbox", withHint(d.Sandbox.Text, d.Sandbox.Hint)),
	}}
	if m := d.Memory; m != nil {
		mark := event.Skip // lessons run without it
		if m.OK {
			mark = event.Pass
		}
		table.Rows = append(table.Rows, row(mark, "memory", withHint(m.Text, m.Hint)))
	}
	for _, f := range d.Features {
		text := f.What
		if !f.OK {
			text = withHint(missing(f), f.Get)
		}
		table.Rows = append(table.Rows, row(status(f.OK), f.Name, text))
	}
	for _, w := range d.Warnings {
		table.Rows = append(table.Rows, row(event.Skip, "note", withHint(w.Text, w.Hint)))
	}
	if err := table.Print(a.term); err != nil {
		return err
	}
	if d.Sandbox.OK {
		fmt.Fprintln(a.term.Out, "\nlessons can run here\nnext: netlab run veth-pair")
	}
	return nil
}

// missing says what is not there, without saying its name twice.
func missing(f control.Feature) string {
	if strings.HasPrefix(f.Why, f.What) {
		return f.Why
	}
	return f.What + ": " + f.Why
}

func row(mark event.Status, cells ...string) render.Row { return render.Row{Mark: mark, Cells: cells} }

func status(ok bool) event.Status {
	if ok {
		return event.Pass
	}
	return event.Fail
}

func withHint(text, hint string) string {
	if hint == "" {
		return text
	}
	return text + ". To do: " + hint
}
