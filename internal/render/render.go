// Package render shows the events of a run: to a person (tty, plain), to a
// program (jsonl, junit, tap), or shortly (summary). A renderer decides
// nothing; all that is shown comes from the events and their fold.
//
// The rules of what is printed, for all of netlab: errors go to stderr as
// "netlab: what happened" and a hint on what to try, lower case, without a
// full stop. Each colour has a sign beside it, so nothing is lost without
// colour; signs and lines have an ASCII spelling. Text from scenarios and
// programs is cleaned here, once, and can make the terminal do nothing.
package render

import (
	"fmt"
	"strings"

	"netlab/internal/event"
	"netlab/internal/term"
)

// Renderer shows the events of one run. Event takes them in order and must
// not be called by two goroutines at once. Close is called once, after the
// last event, with the fold of them all; it returns the first error of
// writing, after which nothing more was written.
type Renderer interface {
	Event(event.Event)
	Close(event.Report) error
}

// Options say how much is shown.
type Options struct {
	More   bool // all lines of outputs and changes, not only about a dozen a step; each check of a summary
	Guided bool // a person reads along: answers of the quiz come after all its questions
	Quiet  bool // only titles, commands, checks, and how it ended
}

// Names lists the renderers.
func Names() []string { return []string{"tty", "plain", "jsonl", "junit", "tap", "summary"} }

// New makes the renderer called name, which writes to t.Out; faults that it
// shows as errors go to t.Err.
func New(name string, t *term.Term, opt Options) (Renderer, error) {
	var inner Renderer
	switch name {
	case "tty":
		inner = newPage(t, opt, t.OutColour)
	case "plain":
		inner = newPage(t, opt, false)
	case "jsonl":
		return &jsonl{t: t}, nil // exact: it is the recording
	case "junit":
		inner = &junit{t: t}
	case "tap":
		inner = &tap{t: t}
	case "summary":
		inner = newSummary(t, opt)
	default:
		return nil, fmt.Errorf("unknown format %q (one of: %s)", name, strings.Join(Names(), ", "))
	}
	return &cleaner{inner: inner}, nil
}

// cleaner makes every text of an event harmless before it is shown, and folds
// the clean events, so that the report at the end is clean too.
type cleaner struct {
	inner  Renderer
	report event.Report
}

func (c *cleaner) Event(e event.Event) {
	e = clean(e)
	c.report.Add(e)
	c.inner.Event(e)
}

// Close takes the faults of the caller's report that were never events.
func (c *cleaner) Close(r event.Report) error {
	for _, f := range r.Faults[min(len(c.report.Faults), len(r.Faults)):] {
		c.report.Faults = append(c.report.Faults, event.Failure{
			Text: term.Clean(f.Text), Hint: term.Clean(f.Hint), Code: f.Code, Lesson: term.Clean(f.Lesson),
		})
	}
	return c.inner.Close(c.report)
}

// clean cleans the texts of an event that say something. Kind and Status are
// netlab's own words.
func clean(e event.Event) event.Event {
	for _, s := range []*string{
		&e.Lesson, &e.Title, &e.Text, &e.Question, &e.Answer, &e.Line, &e.Place, &e.By, &e.Stream, &e.Sign,
		&e.Check, &e.Want, &e.Got, &e.Cause, &e.Hint,
	} {
		*s = term.Clean(*s)
	}
	if len(e.Choices) > 0 {
		choices := make([]string, len(e.Choices))
		for i, s := range e.Choices {
			choices[i] = term.Clean(s)
		}
		e.Choices = choices
	}
	if e.Picture != nil {
		g := e.Picture.Map(term.Clean)
		e.Picture = &g
	}
	e.Netlink = cleanExchange(e.Netlink)
	return e
}
