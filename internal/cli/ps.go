package cli

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
)

// process is a lab as ps shows it.
type process struct {
	Name   string    `json:"name"`
	Lesson string    `json:"lesson,omitempty"`
	Step   int       `json:"step"`
	Steps  int       `json:"steps"`
	Nodes  []string  `json:"nodes,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Pid    int       `json:"pid"`            // of its first process
	User   string    `json:"user,omitempty"` // whose it is, if not yours
	Why    string    `json:"why,omitempty"`  // why it cannot be entered
}

func newPs(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ps",
		Short: "List the labs that are up",
		Long: `List your labs that stay. Labs of other users are named, too; you cannot enter
them.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := processes(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a, all)
			}
			return printProcesses(a, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func processes(ctx context.Context) ([]process, error) {
	home := openLabs()
	defer home.Close()
	names, err := home.List()
	if err != nil {
		return nil, err
	}
	out := []process{}
	for _, name := range names {
		p, err := home.describe(ctx, name)
		if errors.Is(err, run.ErrGone) {
			continue // it ended just now
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	for _, o := range sandbox.Others() {
		out = append(out, process{Name: o.Name, Pid: o.Pid, User: userName(o.UID), Why: "it belongs to somebody else"})
	}
	return out, context.Cause(ctx)
}

func (l labs) describe(ctx context.Context, name string) (process, error) {
	peer, err := l.Dial(name)
	if err != nil {
		return process{}, unreachable(name, err)
	}
	pid := peer.Pid
	peer.Close()
	client, lab, err := l.attach(ctx, name)
	var busy *busyError
	if errors.As(err, &busy) {
		return process{Name: name, Pid: pid, Why: busy.text}, nil
	}
	if err != nil {
		return process{}, err
	}
	client.Close()
	return processOf(lab, pid), nil
}

func processOf(lab control.Lab, pid int) process {
	return process{Name: lab.Name, Lesson: lab.Lesson, Step: lab.Step, Steps: lab.Steps, Nodes: lab.Nodes, Since: lab.Since, Pid: pid}
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

func printProcesses(a *app, all []process) error {
	if len(all) == 0 {
		fmt.Fprintln(a.term.Out, "no lab is up\nstart one with: netlab up veth-pair")
		return nil
	}
	table := render.Table{Head: []string{"lab", "step", "up for", "nodes"}}
	for _, p := range all {
		if p.Why != "" {
			table.Rows = append(table.Rows, row(event.Skip, p.Name, "", "", owner(p)))
			continue
		}
		table.Rows = append(table.Rows, row(event.Pass, p.Name, fmt.Sprintf("%d/%d", p.Step, p.Steps), age(time.Since(p.Since)), render.Few(p.Nodes)))
	}
	return table.Print(a.term)
}

func owner(p process) string {
	if p.User == "" {
		return p.Why
	}
	return p.User + "'s: you cannot enter it"
}

// age is a duration as people say it.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
