package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/snapshot"
)

type watchOptions struct {
	lab      string
	nodes    []string
	duration time.Duration
	count    int
	asJSON   bool
}

func newWatch(a *app, work func(context.Context, *app, watchOptions) error) *cobra.Command {
	var opt watchOptions
	cmd := &cobra.Command{
		Use:   "watch [NODE…]",
		Short: "Show what changes in a lab as it changes, and why",
		Long: `Listen to the kernel in every namespace of a lab, and show each change when it
comes: since when, where, what and why. Work in the lab meanwhile, for example
with netlab shell in another terminal. Ctrl-C ends it; so does the end of the
lab.

Sockets, and settings that the kernel does not report, are looked for once a
second.`,
		Example: `  netlab watch
  netlab watch ns1 host
  netlab watch --duration 10s
  netlab watch --json --count 3`,
		Args:              wantArgs("names of nodes", 0, -1),
		ValidArgsFunction: completeNodes(&opt.lab, true),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.nodes = args
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	cmd.Flags().DurationVar(&opt.duration, "duration", 0, "end after this `time`")
	cmd.Flags().IntVar(&opt.count, "count", 0, "end after this `number` of changes")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "print each change as a line of JSON")
	cmd.Flags().Lookup("duration").DefValue, cmd.Flags().Lookup("count").DefValue = "", "0"
	_ = cmd.RegisterFlagCompletionFunc("duration", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("count", cobra.NoFileCompletions)
	return cmd
}

// errEnough ends a watch that has told as much as was asked for.
var errEnough = errors.New("enough")

func watch(ctx context.Context, a *app, opt watchOptions) error {
	if opt.duration < 0 {
		return &usageError{"--duration must be more than 0", "for example --duration 10s"}
	}
	if opt.count < 0 {
		return &usageError{"--count must be more than 0", "for example --count 1"}
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, opt.lab, opt.nodes...)
	if err != nil {
		return err
	}
	defer client.Close()
	w := &watched{app: a, opt: opt, lab: lab.Name, page: render.NewWatch(a.term)}
	limited := ctx
	if opt.duration > 0 {
		var stop context.CancelFunc
		limited, stop = context.WithTimeoutCause(ctx, opt.duration, errEnough)
		defer stop()
	}
	err = client.Watch(limited, w.take)
	if errors.Is(err, errEnough) {
		return nil
	}
	return left(ctx, err)
}

// watched shows what a lab tells.
type watched struct {
	app  *app
	opt  watchOptions
	lab  string
	page *render.Watch
	told int
}

func (w *watched) take(ev event.Event) error {
	switch {
	case ev.Kind == event.Note && !w.opt.asJSON:
		return render.Say(w.app.term, "watching the lab "+w.lab+": Ctrl-C ends it")
	case ev.Kind != event.Change || len(w.opt.nodes) > 0 && !slices.Contains(w.opt.nodes, ev.Place):
		return nil
	}
	if err := w.show(ev); err != nil {
		return err
	}
	if w.told++; w.told == w.opt.count {
		return errEnough
	}
	return nil
}

func (w *watched) show(ev event.Event) error {
	if w.opt.asJSON {
		return json.NewEncoder(w.app.term.Out).Encode(changeDoc{V: 1, Millis: ev.Millis, Sign: ev.Sign, Node: ev.Place, Line: ev.Line, Reason: ev.Text})
	}
	since := time.Duration(ev.Millis * float64(time.Millisecond))
	return w.page.Change(since, snapshot.Change{Sign: ev.Sign, Space: ev.Place, Line: ev.Line, Reason: ev.Text})
}
