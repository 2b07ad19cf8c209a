package run

import (
	"fmt"
	"strings"

	"netlab/internal/event"
	"netlab/internal/scenario"
)

// Tell tells a lesson without running it: its texts, its commands and what it
// claims.
func Tell(s scenario.Scenario, sink event.Sink) {
	d := &Driver{Scenario: s, Sink: sink}
	d.tell(event.Event{Kind: event.LessonStart, Title: s.Title, Text: s.Summary, Question: s.Question, Total: len(s.Steps)})
	d.tellParams()
	d.tellScene()
	for _, c := range s.Checks {
		d.tell(event.Event{Kind: event.Check, Check: c.String(), Text: c.Says})
	}
	for i, step := range s.Steps {
		d.tellStep(i+1, step)
	}
	d.conclude()
}

// tellParams tells which numbers can be chosen, and what they are now.
func (d *Driver) tellParams() {
	for _, p := range d.Scenario.Params {
		d.tell(event.Event{Kind: event.Note, Text: fmt.Sprintf("--set %s=%d: %s, from %d to %d", p.Name, p.Value, p.Doc, p.Min, p.Max)})
	}
}

func (d *Driver) tellStep(n int, s scenario.Step) {
	d.tell(event.Event{Kind: event.StepStart, Step: n, Title: s.Title, Text: s.Explain, Total: len(d.Scenario.Steps)})
	if s.Predict != nil {
		d.tell(event.Event{Kind: event.Predict, Step: n, Text: s.Predict.Ask, Choices: s.Predict.Choices})
	}
	for line := range strings.Lines(s.Run) {
		if line = strings.TrimSpace(line); line != "" {
			d.tell(event.Event{Kind: event.Command, Step: n, Line: line})
		}
	}
	for _, c := range s.Checks {
		d.tell(event.Event{Kind: event.Check, Step: n, Check: c.String(), Text: c.Says})
	}
	d.after(n, s)
}
