package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
)

type checkOptions struct{ lab, format string }

func newCheck(a *app, work func(context.Context, *app, checkOptions) error) *cobra.Command {
	var opt checkOptions
	cmd := &cobra.Command{
		Use:   "check [LAB]",
		Short: "Prove what the lesson claims, in a lab that is up",
		Long: `Judge the checks of the step that the lab is at, on what the network is now:
whatever you have changed by hand counts. The exit code is 0 when every check
holds, 1 when one fails.`,
		Example: `  netlab check
  netlab check bridge --json`,
		Args:              wantArgs("at most one lab", 0, 1),
		ValidArgsFunction: completeLabs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				opt.lab = args[0]
			}
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	formatFlag(cmd, &opt.format)
	return cmd
}

func checkLab(ctx context.Context, a *app, opt checkOptions) error {
	renderer, err := rendererFor(opt.format)
	if err != nil {
		return err
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, opt.lab)
	if err != nil {
		return err
	}
	defer client.Close()
	r, err := render.New(renderer, a.term, render.Options{More: true})
	if err != nil {
		return err
	}
	return report(a, r, asked{lessons: 1, named: true}, func(sink event.Sink) error { return judge(ctx, client, lab, sink) })
}

// judge has the checks of a lab judged, and tells them as a lesson of one step.
func judge(ctx context.Context, c run.Lab, lab control.Lab, sink event.Sink) error {
	start := time.Now()
	tell := func(e event.Event) {
		e.V, e.Lesson = event.Version, lab.Name
		sink(e)
	}
	title := "as the lesson begins"
	if lab.Step > 0 {
		title = fmt.Sprintf("after step %d of %d", lab.Step, lab.Steps)
	}
	tell(event.Event{Kind: event.LessonStart, Title: lab.Title, Total: 1})
	tell(event.Event{Kind: event.StepStart, Step: 1, Title: title, Total: 1})
	answer, err := c.Do(ctx, control.Request{Verb: control.Check}, func(e event.Event) {
		e.Step = 1
		tell(e)
	})
	if err != nil {
		return err
	}
	if answer.Status == string(event.Skip) {
		return &usageError{"nothing can be checked in the lab " + lab.Name + ": " + answer.Text, fmt.Sprintf("netlab up %s --step N stops after step N", lab.Lesson)}
	}
	took := float64(time.Since(start).Microseconds()) / 1000
	tell(event.Event{Kind: event.StepEnd, Step: 1, Status: event.Status(answer.Status), Text: answer.Text, Millis: took})
	tell(event.Event{Kind: event.LessonEnd, Status: event.Status(answer.Status), Text: answer.Text, Millis: took})
	return nil
}
