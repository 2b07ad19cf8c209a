package event

import "slices"

// add takes an event of this lesson.
func (l *Lesson) add(e Event) {
	switch e.Kind {
	case StepStart:
		l.begin(e)
	case StepEnd:
		s := l.step(e)
		s.Status, s.Reason, s.Millis = e.Status, e.Text, e.Millis
	case Command:
		s := l.step(e)
		s.Commands = append(s.Commands, CommandRun{Line: e.Line, Place: e.Place})
	case CommandEnd:
		l.step(e).commandEnd(e)
	case Check:
		s := l.step(e)
		s.Checks = append(s.Checks, CheckResult{
			Check: e.Check, Says: e.Text, Status: e.Status,
			Want: e.Want, Got: e.Got, Cause: e.Cause, Millis: e.Millis,
		})
	case Hint:
		l.step(e).Hints++
	}
}

// begin starts a step, or starts it again: what it was before is forgotten.
func (l *Lesson) begin(e Event) {
	s := Step{Number: e.Step, Title: e.Title}
	for i := range l.Steps {
		if l.Steps[i].Number == e.Step {
			l.Steps[i] = s
			return
		}
	}
	l.Steps = append(l.Steps, s)
	slices.SortStableFunc(l.Steps, func(a, b Step) int { return a.Number - b.Number })
}

// step finds the step of an event: the one it names, or the newest.
func (l *Lesson) step(e Event) *Step {
	for i := range l.Steps {
		if l.Steps[i].Number == e.Step {
			return &l.Steps[i]
		}
	}
	if e.Step == 0 && len(l.Steps) > 0 {
		return &l.Steps[len(l.Steps)-1]
	}
	l.begin(e)
	return l.step(e)
}

// commandEnd closes the newest open command of that line. An end without a
// beginning counts as a command of its own.
func (s *Step) commandEnd(e Event) {
	c := CommandRun{Line: e.Line, Place: e.Place, Exit: e.Exit, Status: e.Status, Text: e.Text, Hint: e.Hint, Millis: e.Millis}
	if c.Status == "" {
		c.Status = Pass
	}
	for i := len(s.Commands) - 1; i >= 0; i-- {
		open := &s.Commands[i]
		if open.Status == "" && open.Line == e.Line {
			c.Place = open.Place
			*open = c
			return
		}
	}
	s.Commands = append(s.Commands, c)
}

// end closes the lesson. A lesson that says it passed while one of its checks
// failed has failed: a wrong claim is never hidden.
func (l *Lesson) end(e Event) {
	l.Status, l.Reason, l.Millis = e.Status, e.Text, e.Millis
	if l.Title == "" {
		l.Title = e.Title
	}
	if l.Status == Pass && l.failed() {
		l.Status = Fail
	}
}

func (l Lesson) failed() bool {
	return l.Status == Fail || slices.ContainsFunc(l.Steps, Step.failed)
}

func (s Step) failed() bool {
	return s.Status == Fail ||
		slices.ContainsFunc(s.Checks, func(c CheckResult) bool { return c.Status == Fail }) ||
		slices.ContainsFunc(s.Commands, func(c CommandRun) bool { return c.Status == Fail })
}

// Failed says whether the lesson, one of its steps, checks or commands failed.
func (l Lesson) Failed() bool { return l.failed() }
