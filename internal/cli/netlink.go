package cli

import (
	"context"
	"errors"
	"strings"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/nlmsg"
	"netlab/internal/op"
	"netlab/internal/render"
	"netlab/internal/run"
)

// sentLab is the name of the lab in which explain sends a line to the kernel.
const sentLab = "explain"

// explainNetlink does a line in a lab of its own, and shows what it sends to
// the kernel and what comes back.
func explainNetlink(ctx context.Context, a *app, opt explainOptions, text string) error {
	l, err := op.ParseTyped(text)
	if err != nil {
		return notSent(err)
	}
	req := control.Request{Verb: control.Op, Text: l.String()}
	if !opt.bare {
		for _, before := range op.Needs(l) {
			req.Args = append(req.Args, before.String())
		}
	}
	show, end, err := shower(a, opt)
	if err != nil {
		return err
	}
	// Only ops are done there, each of them by netlab itself: nothing foreign runs.
	lab, err := a.open(run.Start{Name: sentLab, Trusted: true})
	if err != nil {
		return err
	}
	defer lab.Close()
	if len(req.Args) > 0 {
		show(event.Event{Kind: event.Note, Text: "first, what the line needs is made in an empty lab, which is thrown away afterwards:"})
	}
	if _, err := lab.Do(ctx, req, show); err != nil {
		return err
	}
	return end()
}

// notSent words why a line cannot be shown on its way to the kernel.
func notSent(err error) error {
	const look = "strace -f -e trace=%network shows what this machine's own ip sends"
	var syn *op.SyntaxError
	switch {
	case errors.Is(err, op.ErrQuestion):
		return &usageError{"the line asks and changes nothing: netlab shows what is sent by lines that change something", look}
	case errors.As(err, &syn) && syn.Nearest == "":
		return &usageError{"netlab does not do this line itself, so it cannot show what goes to the kernel: " + err.Error(), look}
	}
	return notUnderstood(err)
}

// shower takes the events, and shows them as they come or, for programs, at
// the end.
func shower(a *app, opt explainOptions) (event.Sink, func() error, error) {
	if opt.asJSON {
		doc := &sentDocument{Prepared: []string{}, Exchanges: []nlmsg.Exchange{}}
		return doc.add, func() error { return printJSON(a, doc) }, nil
	}
	r, err := render.New(lessonFormat(a, runOptions{}), a.term, render.Options{More: opt.more})
	if err != nil {
		return nil, nil, err
	}
	return r.Event, func() error { return r.Close(event.Report{}) }, nil
}

// sentDocument is what explain --netlink says to a program.
type sentDocument struct {
	Line      string           `json:"line"`
	Place     string           `json:"place"`
	Prepared  []string         `json:"prepared"`  // lines that were done before
	Exchanges []nlmsg.Exchange `json:"exchanges"` // each request, and its answers
	Otherwise string           `json:"otherwise,omitempty"`
	Exit      int              `json:"exit"`
	Text      string           `json:"text,omitempty"` // what ip prints
	Hint      string           `json:"hint,omitempty"`
}

// add takes an event. The last command is the line itself.
func (d *sentDocument) add(e event.Event) {
	switch e.Kind {
	case event.Command:
		if d.Line != "" {
			d.Prepared = append(d.Prepared, d.Line)
		}
		d.Line, d.Place, d.Text = e.Line, e.Place, ""
	case event.Netlink:
		d.Otherwise = e.Text
		if e.Netlink != nil {
			d.Exchanges = append(d.Exchanges, *e.Netlink)
		}
	case event.Output:
		d.Text = strings.TrimSpace(d.Text + "\n" + strings.TrimSpace(e.Text))
	case event.CommandEnd:
		d.Exit, d.Hint = e.Exit, e.Hint
	}
}
