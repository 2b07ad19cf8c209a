package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"netlab/internal/control"
	"netlab/internal/snapshot"
)

// MarkStart is the name of the mark that the engine sets itself: the lab as it
// was when it had come to its step.
const MarkStart = "start"

// maxMarks bounds how many states of the lab the engine remembers.
const maxMarks = 32

// mark is a state of the lab that somebody may compare with.
type mark struct {
	lab snapshot.Lab
	at  time.Time
}

// marks are the states that the engine remembers. That of the start is taken
// only when somebody comes who could change the lab or ask for it: many labs
// are never looked at.
type marks struct {
	due  bool
	kept map[string]mark
}

// remember keeps the state of the lab under a name.
func (e *engine) remember(ctx context.Context, name string) error {
	if _, known := e.marks.kept[name]; !known && len(e.marks.kept) >= maxMarks {
		return &lacking{control.MissingRoom, fmt.Sprintf("the lab remembers %d states already, and takes no more", maxMarks)}
	}
	lab, err := e.look(ctx)
	if err != nil {
		return err
	}
	if e.marks.kept == nil {
		e.marks.kept = map[string]mark{}
	}
	e.marks.kept[name] = mark{lab, time.Now()}
	return nil
}

// scriptBegins takes the mark of the start: the lab as the script finds it.
func (c *caller) scriptBegins(lab snapshot.Lab) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.marks = marks{kept: map[string]mark{MarkStart: {lab, time.Now()}}}
}

// markStart takes the mark of the start, if the lab has come to a step since
// the last one.
func (e *engine) markStart(ctx context.Context) {
	if !e.marks.due {
		return
	}
	if e.remember(ctx, MarkStart) == nil {
		e.marks.due = false
	}
}

// markBefore is markStart for one who is not served in turn: while a step runs,
// the lab has not come to it.
func (c *caller) markBefore(ctx context.Context) {
	if c.mu.TryLock() {
		defer c.mu.Unlock()
		c.markStart(ctx)
	}
}

// mark remembers the lab as it is now.
func (e *engine) mark(ctx context.Context, name string) (control.Answer, error) {
	e.changed() // others may have been at work
	if name == MarkStart {
		e.marks.due = false
	}
	err := e.remember(ctx, name)
	var lacks *lacking
	if errors.As(err, &lacks) {
		return lacks.answer(), nil
	}
	return control.Answer{At: e.marks.kept[name].at}, err
}

// recall sends a state that was remembered, as tellState sends the one of now.
func (e *engine) recall(name string) (control.Answer, error) {
	m, ok := e.marks.kept[name]
	if !ok {
		lacks := &lacking{control.MissingMark, fmt.Sprintf("the lab has no mark %q", name)}
		answer := lacks.answer()
		answer.Marks = slices.Sorted(maps.Keys(e.marks.kept))
		return answer, nil
	}
	for _, s := range m.lab.Spaces {
		if err := e.conn.Send(control.KindSpace, s); err != nil {
			return control.Answer{}, err
		}
	}
	return control.Answer{At: m.at}, nil
}
