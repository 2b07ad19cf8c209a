package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/run"
)

// defaultPlayTime is how long a script may run, if not said otherwise: time
// for pings and pauses, but not for ever.
const defaultPlayTime = 5 * time.Minute

type playOptions struct {
	file    string
	args    []string
	explain bool
	quiet   bool
	format  string
	time    time.Duration
}

func newPlay(a *app, work func(context.Context, *app, playOptions) error) *cobra.Command {
	var opt playOptions
	cmd := &cobra.Command{
		Use:   "play FILE.sh [ARG…]",
		Short: "Run anybody's shell script in a lab and show what it does",
		Long: `Run a shell script that somebody else wrote, unchanged, in its own shell (bash,
sh or dash) inside a lab of its own; - reads it from standard input. It needs no
root and cannot reach this machine. After each ip, bridge, sysctl, nft,
iptables, tc or ping netlab shows what it changed in the kernel, and at the end
what the script built and what it would have left behind on a real machine.

On a terminal netlab's lines and the script's stand together. Otherwise the
script's output is passed on as it is, and netlab's lines go to standard error.
The exit code is the script's; 1 when a limit stopped it, 125 when netlab itself
failed.`,
		Example: `  netlab play tutorial.sh
  netlab play --explain tutorial.sh
  netlab play --quiet - < tutorial.sh`,
		Args: wantArgs("a shell script, or - for standard input", 1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.file, opt.args = args[0], args[1:]
			return work(cmd.Context(), a, opt)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVar(&opt.explain, "explain", false, "say what each word of a command means")
	cmd.Flags().BoolVarP(&opt.quiet, "quiet", "q", false, "show only what the script itself writes")
	cmd.Flags().DurationVar(&opt.time, "time", defaultPlayTime, "how long the script may `run`, as in 90s")
	jsonFlag(cmd, &opt.format, "each event, the script's output too, as a line of JSON")
	return cmd
}

func playFile(ctx context.Context, a *app, opt playOptions) error {
	if opt.time <= 0 {
		return &usageError{"--time must be more than 0", "for example --time 90s"}
	}
	script, err := readScript(a, opt.file)
	if err != nil {
		return err
	}
	script.Time, script.Explain = opt.time, opt.explain
	s, err := newStage(a, opt)
	if err != nil {
		return err
	}
	code, err := s.play(ctx, script)
	return s.end(code, err)
}

// playFault words what kept a script from its end. The code of what is netlab's
// own fault is 125, since any other could be the script's.
func playFault(err error) (code int, text, hint string) {
	var lacking *run.Lacking
	var killed *run.Killed
	switch {
	case errors.As(err, &lacking):
		return event.CodeMachine, lacking.Text + ", and the script's first line asks for it", "install it, or change that line"
	case errors.As(err, &killed):
		return event.CodeFailed, killed.Error(), ""
	}
	code, text, hint = verdict(err)
	if code == event.CodeFault {
		code = codeOwnFault
	}
	return code, text, hint
}

// play runs the script in a lab of its own, which ends with it.
func (s *stage) play(ctx context.Context, script control.Script) (int, error) {
	s.say(event.Note, "the commands of "+s.file+" run only inside the sandbox: nothing on this machine is changed")
	lab, err := s.app.open(run.Start{Name: interp.PlayLab})
	if err != nil {
		return 0, err
	}
	defer lab.Close()
	client, ok := lab.(player)
	switch {
	case lab.Reduced():
		return 0, &machineError{"this machine has no user namespaces: a foreign script would run with real root's rights", "netlab doctor says more"}
	case !ok:
		return 0, errors.New("this lab cannot run scripts")
	}
	ctx, signals, stop := s.app.twice(ctx)
	defer stop()
	played, err := client.Play(ctx, script, s.opt.args, run.Streams{Read: s.read, Out: s.out, Err: s.err, Signals: signals}, s.event)
	if err == nil && played.Limit != "" {
		s.stopped(played.Limit)
		return event.CodeFailed, nil
	}
	return played.Exit, err
}

// player is a lab that can run a foreign script.
type player interface {
	Play(context.Context, control.Script, []string, run.Streams, event.Sink) (run.Played, error)
}

// graceTime is how long a script may go on after a signal.
const graceTime = 10 * time.Second

// echoTime is how soon after a signal the same one is no other: timeout(1)
// sends each to the process and to its group, and nobody types so fast.
const echoTime = 100 * time.Millisecond

// twice passes on the first signal to what runs in the lab, so that it can
// clean up. A second one, or the end of its time, ends the context.
func (a *app) twice(ctx context.Context) (context.Context, <-chan os.Signal, func()) {
	caught, stop := a.passedOn()
	ctx, cancel := context.WithCancelCause(ctx)
	passed := make(chan os.Signal, 1)
	go func() {
		var first os.Signal
		var at time.Time
		var late <-chan time.Time
		for {
			select {
			case <-ctx.Done():
				return
			case s := <-caught:
				if s == first && time.Since(at) < echoTime {
					continue
				}
				if first != nil {
					cancel(asSignalled(s))
					return
				}
				first, at, late = s, time.Now(), time.After(graceTime)
				passed <- s
			case <-late:
				cancel(asSignalled(first))
				return
			}
		}
	}()
	return ctx, passed, func() {
		stop()
		cancel(nil)
	}
}

// read is the script's standard input: nothing, if the script came from there.
func (s *stage) read(ctx context.Context, b []byte) (int, error) {
	if s.opt.file == "-" {
		return 0, io.EOF
	}
	return s.app.term.Read(ctx, b)
}
