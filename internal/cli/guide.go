package cli

import (
	"context"
	"syscall"

	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

// guide asks the learner on the terminal.
type guide struct {
	app    *app
	prompt *render.Prompt
	step   scenario.Step // the one at hand
}

// Ready waits before a step's commands run: for a prediction or for a key.
func (g *guide) Ready(ctx context.Context, s scenario.Step, lab run.Lab) (int, error) {
	g.step = s
	most := 0
	if s.Predict != nil {
		most = len(s.Predict.Choices)
	}
	for {
		key, err := g.key(ctx, func() error { return g.readyPrompt(most) })
		if err != nil {
			return 0, err
		}
		if n := choice(key, most); n > 0 {
			return n, nil
		}
		switch key {
		case term.Space, term.Enter:
			return 0, nil
		default:
			if err := g.side(ctx, key, lab); err != nil {
				return 0, err
			}
		}
	}
}

// Choose waits after a step.
func (g *guide) Choose(ctx context.Context, n int, ok bool, lab run.Lab) (run.Action, error) {
	for {
		key, err := g.key(ctx, func() error { return g.prompt.Legend(render.StepKeys()) })
		if err != nil {
			return run.Quit, err
		}
		switch key {
		case term.Space, term.Enter, "n":
			return run.Next, nil
		case "b":
			return run.Back, nil
		case "a":
			return run.Again, nil
		default:
			if err := g.side(ctx, key, lab); err != nil {
				return run.Quit, err
			}
		}
	}
}

// choice is the number of the choice that a key names, or 0.
func choice(key term.Key, most int) int {
	if len(key) != 1 || key[0] < '1' || int(key[0]-'0') > most {
		return 0
	}
	return int(key[0] - '0')
}

// readyPrompt asks for a choice, or only for a key.
func (g *guide) readyPrompt(choices int) error {
	if choices > 0 {
		return g.prompt.Choose(choices)
	}
	return g.prompt.Legend([]render.KeyHelp{{Key: "space", Does: "run it"}, {Key: "s", Does: "shell"}, {Key: "?", Does: "explain"}, {Key: "q", Does: "quit"}})
}

// key shows a prompt and reads a key. The end of the input ends the run, and
// so do Ctrl-D and Ctrl-C, which are keys here.
func (g *guide) key(ctx context.Context, show func() error) (term.Key, error) {
	restore, err := g.app.term.Keys()
	if err != nil {
		return "", err
	}
	defer restore()
	if err := show(); err != nil {
		return "", err
	}
	key, err := g.app.term.ReadKey(ctx)
	if clearErr := g.prompt.Clear(); err == nil {
		err = clearErr
	}
	switch {
	case err == nil && (key == term.EOF || key == term.CtrlD):
		return key, run.ErrQuit
	case hungUp(err):
		return key, &signalled{syscall.SIGHUP}
	case err != nil && ctx.Err() != nil:
		return key, context.Cause(ctx)
	case err == nil && key == term.CtrlC:
		return key, &signalled{syscall.SIGINT}
	}
	return key, err
}

// side does what leaves the lesson where it is.
func (g *guide) side(ctx context.Context, key term.Key, lab run.Lab) error {
	switch key {
	case "q":
		return run.ErrQuit
	case "s":
		return g.shell(ctx, lab)
	case "t":
		return g.trace(ctx, lab)
	case "?", "e":
		return g.explain()
	}
	return nil
}
