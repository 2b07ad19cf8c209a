package run

import (
	"context"
	"errors"

	"netlab/internal/control"
	"netlab/internal/event"
)

// checkNow judges the checks of the step that the lab is at.
func (e *engine) checkNow(ctx context.Context) (control.Answer, error) {
	if e.lesson.Name == "" {
		return control.Answer{}, errors.New("the lab has no lesson yet")
	}
	claims := e.lesson.Checks
	if e.number > 0 {
		claims = e.lesson.Steps[e.number-1].Checks
	}
	if len(claims) == 0 {
		return control.Answer{Status: string(event.Skip), Text: "the lesson claims nothing at this point"}, nil
	}
	e.changed() // others may have been at work
	ok, err := e.judgeAll(ctx, claims)
	return control.Answer{Status: status(ok)}, err
}

// tellState sends the lab's state, namespace by namespace: the whole of a big
// lab may be larger than a frame.
func (e *engine) tellState(ctx context.Context) (control.Answer, error) {
	e.changed()
	lab, err := e.look(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	for _, s := range lab.Spaces {
		if err := e.conn.Send(control.KindSpace, s); err != nil {
			return control.Answer{}, err
		}
	}
	fresh, err := e.kernel.FreshSysctls()
	return control.Answer{Fresh: fresh}, err
}
