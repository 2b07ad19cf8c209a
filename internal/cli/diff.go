package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
)

type diffOptions struct {
	lab, since, mark       string
	nodes                  []string
	counters, more, asJSON bool
}

func newDiff(a *app, work func(context.Context, *app, diffOptions) error) *cobra.Command {
	var opt diffOptions
	cmd := &cobra.Command{
		Use:   "diff [NODE…]",
		Short: "Show what has changed in a lab, and why",
		Long: `Compare the state of a lab with what it was when it had come to its step: what
came (+), what went (-) and what is different (~), each with its reason where
the kernel has done something that nobody typed.

--mark remembers the state as it is now under a name of yours, --since compares
with it. The lab remembers its marks as long as it is up. The mark "start" is
the lab's own; --mark start sets it anew.`,
		Example: `  netlab diff
  netlab diff ns1
  netlab diff --mark before
  netlab diff --since before --counters`,
		Args:              wantArgs("names of nodes", 0, -1),
		ValidArgsFunction: completeNodes(&opt.lab, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.nodes = args
			if opt.mark != "" && (cmd.Flags().Changed("since") || len(args) > 0) {
				return &usageError{"--mark only remembers, and takes no node and no --since", "leave them out"}
			}
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	cmd.Flags().StringVar(&opt.since, "since", run.MarkStart, "compare with the mark of this `name`")
	cmd.Flags().StringVar(&opt.mark, "mark", "", "only remember the state, under this `name`")
	cmd.Flags().BoolVar(&opt.counters, "counters", false, "also how many packets each firewall rule has matched")
	cmd.Flags().BoolVar(&opt.more, "more", false, "show all changes, however many")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("since", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("mark", cobra.NoFileCompletions)
	return cmd
}

func diff(ctx context.Context, a *app, opt diffOptions) error {
	for flag, name := range map[string]string{"--since": opt.since, "--mark": opt.mark} {
		if why := scenario.NotAName(name); why != "" && (name != "" || flag == "--since") {
			return &usageError{flag + ": " + why, "a mark's name has letters a-z, digits and -"}
		}
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, opt.lab, opt.nodes...)
	if err != nil {
		return err
	}
	defer client.Close()
	if opt.mark != "" {
		return setMark(ctx, a, client, lab.Name, opt.mark)
	}
	before, at, err := client.Recall(ctx, opt.since)
	if err != nil {
		return left(ctx, noMark(err))
	}
	now, _, err := client.Look(ctx)
	if err != nil {
		return left(ctx, err)
	}
	changes := ofNodes(snapshot.DiffWith(before, now, snapshot.DiffOptions{Counters: opt.counters}), opt.nodes)
	if opt.asJSON {
		return printJSON(a, diffDoc{V: 1, Lab: lab.Name, Since: opt.since, At: at, Changes: changeDocs(changes)})
	}
	return render.Changes(a.term, changes, render.ChangesOptions{Lab: lab.Name, Since: opt.since, At: at, Now: time.Now(), More: opt.more})
}

func setMark(ctx context.Context, a *app, client *run.Client, lab, name string) error {
	err := client.Mark(ctx, name)
	if errors.Is(err, run.ErrFull) {
		return &busyError{"the lab " + lab + " cannot remember one more mark", "use a name again that you do not need any more"}
	}
	if err != nil {
		return left(ctx, err)
	}
	flag := " --since " + name
	if name == run.MarkStart {
		flag = ""
	}
	return render.Say(a.term, "the lab "+lab+" remembers its state as "+name+": netlab diff"+flag+" compares with it")
}

// noMark words a mark that the lab does not have.
func noMark(err error) error {
	var none *run.NoMark
	if !errors.As(err, &none) {
		return err
	}
	hint := "netlab diff --mark " + none.Name + " sets it; there are: " + strings.Join(none.Have, ", ")
	if near := scenario.Nearest(none.Name, none.Have); len(near) > 0 {
		hint = didYouMean(near) + " " + hint
	}
	return &usageError{none.Error(), hint}
}

// ofNodes are the changes in some nodes; no names mean all.
func ofNodes(changes []snapshot.Change, nodes []string) []snapshot.Change {
	if len(nodes) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c snapshot.Change) bool { return !slices.Contains(nodes, c.Space) })
}

// diffDoc is what --json prints.
type diffDoc struct {
	V       int         `json:"v"`
	Lab     string      `json:"lab"`
	Since   string      `json:"since"` // name of a mark
	At      time.Time   `json:"at"`    // when that was
	Changes []changeDoc `json:"changes"`
}

// changeDoc is a change for programs, of diff and of watch.
type changeDoc struct {
	V      int     `json:"v,omitempty"`  // of watch, in each line
	Millis float64 `json:"ms,omitempty"` // of watch: since it began
	Sign   string  `json:"sign"`
	Node   string  `json:"namespace"`
	Line   string  `json:"line"`
	Reason string  `json:"reason"`
}

func changeDocs(changes []snapshot.Change) []changeDoc {
	docs := make([]changeDoc, 0, len(changes))
	for _, c := range changes {
		docs = append(docs, changeDoc{Sign: c.Sign, Node: c.Space, Line: c.Line, Reason: c.Reason})
	}
	return docs
}
