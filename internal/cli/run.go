package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
)

type runOptions struct {
	arg     string
	ipv6    bool
	auto    bool
	more    bool
	keep    bool
	netlink bool
	format  string
	set     settings
}

func newRun(a *app, work func(context.Context, *app, runOptions) error) *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "run NAME|PATH",
		Short: "Run a lesson, one step at a time",
		Long: `Run a lesson. On a terminal it is guided: it asks, waits for a key, and lets
you open a shell in the lab at any point. Without a terminal, or with --auto, it
runs straight through.

A path runs a scenario of your own. Its commands run only inside the sandbox,
never with real privilege, without this machine's network, sockets and homes.`,
		Example: `  netlab run veth-pair
  netlab run veth-pair --auto
  netlab run veth-pair --ipv6
  netlab run veth-pair --auto --netlink
  netlab run ./my-lesson/scenario.yaml`,
		Args:              wantArgs("the name or the path of one scenario", 1, 1),
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.arg = args[0]
			return work(cmd.Context(), a, opt)
		},
	}
	ipv6Flag(cmd, &opt.ipv6)
	cmd.Flags().BoolVar(&opt.auto, "auto", false, "run straight through, without questions")
	cmd.Flags().BoolVar(&opt.keep, "keep", false, "leave the lab up at the end, as netlab up does")
	cmd.Flags().BoolVar(&opt.more, "more", false, "show all changes, pictures and outputs, however long")
	cmd.Flags().BoolVar(&opt.netlink, "netlink", false, "show what netlab sends to the kernel, and the answers")
	jsonFlag(cmd, &opt.format, "each event as a line of JSON")
	opt.set.addSet(cmd)
	return cmd
}

// jsonFlag gives a command --json, which chooses the format jsonl.
func jsonFlag(cmd *cobra.Command, format *string, usage string) {
	cmd.Flags().BoolFunc("json", usage, func(value string) error {
		on, err := strconv.ParseBool(value)
		if on {
			*format = "jsonl"
		}
		return err
	})
}

func runLesson(ctx context.Context, a *app, opt runOptions) error {
	l, err := opt.set.findSet(opt.arg, opt.ipv6)
	if err != nil {
		return err
	}
	guided := a.term.Interactive() && !opt.auto && opt.format == ""
	r, err := render.New(lessonFormat(a, opt), a.term, render.Options{More: opt.more, Guided: guided})
	if err != nil {
		return err
	}
	d := &run.Driver{
		Scenario: l.Scenario, Chain: l.chain, Netlab: version(), Netlink: opt.netlink,
		Pictures: guided || opt.more || opt.format != "",
	}
	if guided {
		d.Guide = &guide{app: a, prompt: render.NewPrompt(a.term)}
	}
	return report(a, r, asked{lessons: 1, named: true}, func(sink event.Sink) error {
		d.Sink = sink
		d.Open = opener(a, l, opt.keep, sink)
		if opt.keep {
			d.Keep = keeper(l, sink, func(bool) bool { return true })
		}
		return d.Run(ctx)
	})
}

func lessonFormat(a *app, opt runOptions) string {
	switch {
	case opt.format != "":
		return opt.format
	case a.term.OutTTY:
		return "tty"
	}
	return "plain"
}

// keeper lets a lab stay when it is wanted, and says so.
func keeper(l lesson, sink event.Sink, want func(failed bool) bool) func(run.Lab, bool) (bool, error) {
	return func(lab run.Lab, failed bool) (bool, error) {
		if !want(failed) {
			return false, nil
		}
		if err := keep(lab); err != nil {
			return false, err
		}
		sink(event.Event{V: event.Version, Kind: event.Note, Lesson: l.Name,
			Text: "the lab " + l.Name + " stays up: netlab shell goes inside, netlab down " + l.Name + " ends it"})
		return true, nil
	}
}

// opener starts the labs of one lesson, and says once what is special of them.
// With stays they are ones that can stay.
func opener(a *app, l lesson, stays bool, sink event.Sink) func() (run.Lab, error) {
	said := map[string]bool{}
	note := func(text string) {
		if !said[text] {
			sink(event.Event{V: event.Version, Kind: event.Note, Lesson: l.Label(), Text: text})
		}
		said[text] = true
	}
	return func() (run.Lab, error) {
		if !l.trusted() {
			note(fmt.Sprintf("%s is not one of netlab's own lessons: its commands run only inside the sandbox", l.path))
		}
		start := run.Start{Name: l.Name, Trusted: l.trusted()}
		if stays {
			var err error
			if start.Listener, err = listen(l, ""); err != nil {
				return nil, err
			}
		}
		lab, err := a.open(start)
		if err != nil {
			return nil, err
		}
		if lab.Reduced() {
			note("this machine has no user namespaces: the lesson runs with root's own, much reduced, rights")
		}
		return lab, nil
	}
}

// asked is what a run set out to do.
type asked struct {
	lessons int
	named   bool // on the command line
}

// report runs work, renders its events, and ends with the exit code that they
// fold into.
func report(a *app, r render.Renderer, of asked, work func(event.Sink) error) error {
	var rep event.Report
	start := time.Now()
	sink := func(ev event.Event) {
		rep.Add(ev)
		r.Event(ev)
	}
	sink(event.Event{V: event.Version, Kind: event.RunStart, Text: version(), Total: of.lessons})
	err := work(sink)
	fault, text, hint := verdict(err)
	if text != "" {
		sink(event.Event{V: event.Version, Kind: event.Fault, Text: text, Hint: hint, Code: fault})
	}
	sink(event.Event{V: event.Version, Kind: event.RunEnd, Millis: float64(time.Since(start).Microseconds()) / 1000})
	closeErr := r.Close(rep)
	switch {
	case fault != event.CodeOK:
		return &exitError{fault}
	case closeErr != nil && a.term.OutErr() == nil:
		return closeErr
	}
	if code := rep.ExitCode(of.named); code != event.CodeOK {
		return &exitError{code}
	}
	return nil
}
