package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

type upOptions struct {
	arg    string
	ipv6   bool
	name   string
	step   int // -1: the last
	asJSON bool
	set    settings
}

func newUp(a *app, work func(context.Context, *app, upOptions) error) *cobra.Command {
	var opt upOptions
	cmd := &cobra.Command{
		Use:   "up NAME|PATH",
		Short: "Start a lab that stays",
		Long: `Build the network of a lesson and leave it running. Other commands look into it
or work in it, from any terminal: shell, exec, check, inspect. It runs until
netlab down, or until you log out.

All steps of the lesson are done; --step stops after one of them. --step 0 is
the lab as the lesson finds it.`,
		Example: `  netlab up bridge
  netlab up veth-pair --step 4
  netlab up bridge --name second`,
		Args:              wantArgs("the name or the path of one scenario", 1, 1),
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.arg = args[0]
			return work(cmd.Context(), a, opt)
		},
	}
	ipv6Flag(cmd, &opt.ipv6)
	cmd.Flags().IntVar(&opt.step, "step", -1, "the `number` of the last step to do; default: all")
	cmd.Flags().StringVar(&opt.name, "name", "", "the lab's `name`, if not the lesson's")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "print JSON")
	cmd.Flags().Lookup("step").DefValue = "0" // the usage says it
	opt.set.addSet(cmd)
	_ = cmd.RegisterFlagCompletionFunc("step", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("name", cobra.NoFileCompletions)
	return cmd
}

func up(ctx context.Context, a *app, opt upOptions) error {
	l, err := opt.set.findSet(opt.arg, opt.ipv6)
	if err != nil {
		return err
	}
	if opt.step, err = lastStep(l, opt.step); err != nil {
		return err
	}
	listener, err := listen(l, opt.name)
	if err != nil {
		return err
	}
	client, err := a.open(run.Start{Name: listener.Name, Trusted: l.trusted(), Listener: listener})
	if err != nil {
		return err
	}
	defer client.Close()
	lab, err := bringUp(ctx, client, l, opt.step)
	if err != nil {
		return err
	}
	if err := keep(client); err != nil {
		return err
	}
	if opt.asJSON {
		return printJSON(a, lab)
	}
	return sayUp(a, lab)
}

// keep lets a lab live on when netlab ends.
func keep(lab run.Lab) error {
	k, ok := lab.(interface{ Keep() error })
	if !ok {
		return errors.New("this lab cannot stay")
	}
	return k.Keep()
}

// lastStep is the number of the last step to do.
func lastStep(l lesson, asked int) (int, error) {
	switch last := len(l.Steps); {
	case asked == -1:
		return last, nil
	case asked < 0 || asked > last:
		return 0, &usageError{fmt.Sprintf("the lesson %s has no step %d", l.Name, asked), fmt.Sprintf("its steps are 1 to %d; 0 is the lab as it finds it", last)}
	}
	return asked, nil
}

// listen reserves the name of a lab.
func listen(l lesson, name string) (*sandbox.Listener, error) {
	if name == "" {
		name = l.lab()
	}
	if why := scenario.NotAName(name); why != "" {
		return nil, &usageError{why, "a lab's name has letters a-z, digits and -"}
	}
	home := openLabs() // stays open as long as the listener
	listener, err := home.Listen(name)
	if errors.Is(err, sandbox.ErrUp) {
		return nil, &busyError{"a lab called " + name + " is up already",
			"netlab down " + name + " ends it; --name gives this one another name"}
	}
	return listener, err
}

// bringUp builds a lab to the end of a step and returns what it says of itself.
func bringUp(ctx context.Context, c run.Lab, l lesson, step int) (control.Lab, error) {
	quiet := func(event.Event) {}
	answer, err := c.Do(ctx, control.Request{Verb: control.Load, Scenario: &l.Scenario, Chain: l.chain, Netlab: version()}, quiet)
	if err != nil {
		return control.Lab{}, err
	}
	if answer.Status == string(event.Skip) {
		return control.Lab{}, &machineError{"this machine cannot run the lesson " + l.Name + ": " + answer.Text, "netlab doctor shows what is missing"}
	}
	for n := 1; n <= step; n++ {
		answer, err := c.Do(ctx, control.Request{Verb: control.Step, Number: n, Quiet: true}, quiet)
		if err != nil {
			return control.Lab{}, err
		}
		if answer.Status == string(event.Fail) {
			return control.Lab{}, &stepError{fmt.Sprintf("step %d of %s fails", n, l.Name), "netlab run --auto " + l.Name + " shows why; nothing is left of this lab"}
		}
	}
	answer, err = c.Do(ctx, control.Request{Verb: control.Hello}, quiet)
	if err != nil || answer.Lab == nil {
		return control.Lab{}, errors.Join(errors.New("the lab does not say what it is"), err)
	}
	return *answer.Lab, nil
}

func sayUp(a *app, lab control.Lab) error {
	text := "the lab " + lab.Name + " is up"
	if n := len(lab.Nodes); n > 0 {
		text += ", with " + render.Count(n, "node") + " beside host: " + render.Few(lab.Nodes)
	}
	if lab.Steps > 0 {
		text += fmt.Sprintf("; %d of %d steps are done", lab.Step, lab.Steps)
	}
	node := "host"
	if len(lab.Nodes) > 0 {
		node = lab.Nodes[0]
	}
	return render.Welcome(a.term, text, render.Entry{Command: "netlab shell " + node, Meaning: "go inside"}, []render.Entry{
		{Command: "netlab exec " + node + " -- ip addr", Meaning: "run one command there"},
		{Command: "netlab check", Meaning: "prove what the lesson claims at this point"},
		{Command: "netlab down " + lab.Name, Meaning: "end it; nothing is left"},
	})
}
