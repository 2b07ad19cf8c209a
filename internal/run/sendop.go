package run

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/nlmsg"
	"netlab/internal/op"
)

// byNetlab is the Event.By of an op.
const byNetlab = "netlab"

// sendOp does a line, after those that it needs, and tells what it sent to the
// kernel and what came back. That the line fails is no error of the engine.
func (e *engine) sendOp(req control.Request) (control.Answer, error) {
	for _, text := range req.Args {
		l, err := op.ParseLine(text)
		if err != nil {
			return control.Answer{}, fmt.Errorf("%s: %w", text, err)
		}
		e.emit(event.Event{Kind: event.Command, Line: text, Place: place(l), By: byNetlab})
		if !e.doOp(e.kernel, l, text) {
			break // what it needs cannot be had: the line itself will say what is missing
		}
	}
	l, err := op.ParseLine(req.Text)
	if err != nil {
		return control.Answer{}, fmt.Errorf("%s: %w", req.Text, err)
	}
	k := kernel.New()
	k.Warn = func(_ op.Line, text string) {
		e.emit(event.Event{Kind: event.Output, Stream: "stderr", Text: text + "\n"})
	}
	k.Tap = func(l op.Line, x kernel.Exchange) {
		read := nlmsg.Read(x.Sent, x.Received)
		e.emit(event.Event{Kind: event.Netlink, Line: req.Text, Place: place(l), Netlink: &read})
	}
	e.emit(event.Event{Kind: event.Command, Line: req.Text, Place: place(l), By: byNetlab, Text: op.Summary(l)})
	if how := kernel.Otherwise(l); how != "" {
		e.emit(event.Event{Kind: event.Netlink, Line: req.Text, Place: place(l), Text: how})
	}
	return control.Answer{Status: status(e.doOp(k, l, req.Text))}, nil
}

func place(l op.Line) string { return cmp.Or(l.Netns, netns.Host) }

// doOp does a line, tells how it ended, and says whether it succeeded.
func (e *engine) doOp(k *kernel.Kernel, l op.Line, text string) bool {
	start := time.Now()
	end := event.Event{Kind: event.CommandEnd, Line: text, Place: place(l), By: byNetlab}
	err := k.Do(l)
	var no *kernel.Error
	switch {
	case errors.As(err, &no):
		end.Exit, end.Hint = no.Exit, no.Hint
		e.emit(event.Event{Kind: event.Output, Stream: "stderr", Text: no.Text + "\n"})
	case err != nil:
		end.Exit, end.Text = 1, err.Error()
	}
	end.Millis = millis(start)
	e.emit(end)
	return err == nil
}
