package run

import (
	"context"
	"errors"
	"slices"

	"netlab/internal/event"
	"netlab/internal/scenario"
)

// Action is what the learner wants next.
type Action string

// The actions of a guided run.
const (
	Next  Action = "next"
	Back  Action = "back"
	Again Action = "again"
	Quit  Action = "quit"
)

// Guide asks the learner. What needs no change of the lesson's course, such
// as a shell or an explanation, it does itself.
type Guide interface {
	// Ready asks before a step's commands run: a prediction, of which it
	// returns the number of the choice, or 0 for none; or just for a key.
	Ready(ctx context.Context, s scenario.Step, lab Lab) (choice int, err error)
	// Choose asks what to do after step n.
	Choose(ctx context.Context, n int, ok bool, lab Lab) (Action, error)
}

// ErrQuit is returned by a Guide when the learner wants to leave at once.
var ErrQuit = errors.New("quit")

// predict puts the question of a step, and tells how the answer fares.
func (d *Driver) predict(ctx context.Context, n int, s scenario.Step) error {
	p := s.Predict
	if p != nil {
		d.tell(event.Event{Kind: event.Predict, Step: n, Text: p.Ask, Choices: slices.Clone(p.Choices)})
	}
	choice := 0
	if d.Guide != nil {
		var err error
		if choice, err = d.Guide.Ready(ctx, s, d.lab); err != nil {
			return err
		}
	}
	if p == nil {
		return nil
	}
	ev := event.Event{Kind: event.Predicted, Step: n, Want: p.Choices[p.Answer-1], Text: p.Why}
	if choice > 0 {
		ev.Answer, ev.OK = p.Choices[choice-1], choice == p.Answer
	}
	d.tell(ev)
	return nil
}

// choose asks what follows step n and prepares it; it returns the next step.
func (d *Driver) choose(ctx context.Context, n int, ok bool) (int, error) {
	if d.Guide == nil {
		return n + 1, nil
	}
	action, err := d.Guide.Choose(ctx, n, ok, d.lab)
	if err != nil {
		return n, err
	}
	switch action {
	case Back:
		n = max(n-1, 1)
	case Again:
	case Quit:
		return n, ErrQuit
	default:
		return n + 1, nil
	}
	d.tell(event.Event{Kind: event.Note, Step: n,
		Text: "the lab is built anew as it was before this step; what was typed by hand in it is gone"})
	return n, d.rebuild(ctx, n)
}
