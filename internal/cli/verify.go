package cli

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
)

type verifyOptions struct {
	args   []string
	ipv6   bool
	format string
	jobs   int
	more   bool
	keep   bool
	set    settings
}

func newVerify(a *app, work func(context.Context, *app, verifyOptions) error) *cobra.Command {
	var opt verifyOptions
	cmd := &cobra.Command{
		Use:   "verify [NAME|PATH…]",
		Short: "Run lessons and check everything, without pausing",
		Long: `Run lessons straight through, in parallel, and check every claim they make.
Without a name: all lessons, or with --ipv6 all IPv6 variants. The exit code is
0 when every check holds, 1 when one fails, 3 when a named lesson cannot run on
this machine.`,
		Example: `  netlab verify
  netlab verify veth-pair bridge
  netlab verify --ipv6
  netlab verify --format junit > report.xml`,
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.args = args
			return work(cmd.Context(), a, opt)
		},
	}
	ipv6Flag(cmd, &opt.ipv6)
	formatFlag(cmd, &opt.format)
	cmd.Flags().IntVarP(&opt.jobs, "jobs", "j", runtime.NumCPU(), "how many lessons run at the same time")
	cmd.Flags().BoolVar(&opt.more, "more", false, "show each check")
	cmd.Flags().BoolVar(&opt.keep, "keep", false, "leave the labs of lessons that fail up")
	opt.set.addSet(cmd)
	return cmd
}

// formatFlag gives a command --format, and --json for one of the formats.
func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", "text, json (lines), junit or tap")
	jsonFlag(cmd, format, "the same as --format json")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json", "junit", "tap"}, cobra.ShellCompDirectiveNoFileComp))
}

// rendererFor is the renderer of a format.
func rendererFor(format string) (string, error) {
	renderer, ok := map[string]string{"text": "summary", "json": "jsonl", "jsonl": "jsonl", "junit": "junit", "tap": "tap"}[format]
	if !ok {
		return "", &usageError{"there is no format " + quote(format), "the formats are text, json, junit and tap"}
	}
	return renderer, nil
}

func verify(ctx context.Context, a *app, opt verifyOptions) error {
	if opt.jobs < 1 {
		return &usageError{"--jobs must be at least 1", ""}
	}
	renderer, err := rendererFor(opt.format)
	if err != nil {
		return err
	}
	lessons, err := findAll(opt.args, opt.ipv6)
	if err != nil {
		return err
	}
	if lessons, err = opt.set.apply(lessons...); err != nil {
		return err
	}
	r, err := render.New(renderer, a.term, render.Options{More: opt.more})
	if err != nil {
		return err
	}
	return report(a, r, asked{lessons: len(lessons), named: len(opt.args) > 0}, func(sink event.Sink) error {
		return verifyAll(ctx, a, lessons, opt, sink)
	})
}

func findAll(args []string, ipv6 bool) ([]lesson, error) {
	if len(args) == 0 {
		load := catalog
		if ipv6 {
			load = catalogIPv6
		}
		cat, err := load()
		if err != nil {
			return nil, err
		}
		args = cat.Names()
	}
	var out []lesson
	for _, arg := range args {
		l, err := findVariant(arg, ipv6)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// verifyAll runs the lessons side by side. Each lesson's events reach the sink
// together, in the order of the lessons; a single lesson's as they come. What
// goes wrong for many in the same way is one error.
func verifyAll(ctx context.Context, a *app, lessons []lesson, opt verifyOptions, sink event.Sink) error {
	if len(lessons) == 1 {
		return verifyOne(ctx, a, lessons[0], opt.keep, sink)
	}
	slots := make(chan struct{}, opt.jobs)
	ended := make([]chan verified, len(lessons))
	for i, l := range lessons {
		ended[i] = make(chan verified, 1)
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			var v verified
			v.err = verifyOne(ctx, a, l, opt.keep, func(ev event.Event) { v.told = append(v.told, ev) })
			ended[i] <- v
		}()
	}
	var errs []error
	for _, end := range ended {
		v := <-end
		for _, ev := range v.told {
			sink(ev)
		}
		if v.err != nil && !slices.ContainsFunc(errs, func(e error) bool { return e.Error() == v.err.Error() }) {
			errs = append(errs, v.err)
		}
	}
	return errors.Join(errs...)
}

// verified is a lesson that has run: all it told, and netlab's own error.
type verified struct {
	told []event.Event
	err  error
}

func verifyOne(ctx context.Context, a *app, l lesson, keep bool, sink event.Sink) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	d := &run.Driver{Scenario: l.Scenario, Chain: l.chain, Open: opener(a, l, keep, sink), Sink: sink, Netlab: version()}
	if keep {
		d.Keep = keeper(l, sink, func(failed bool) bool { return failed })
	}
	return d.Run(ctx)
}
