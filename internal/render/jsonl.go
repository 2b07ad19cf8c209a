package render

import (
	"netlab/internal/event"
	"netlab/internal/term"
)

// jsonl writes the events as they come, one a line.
type jsonl struct {
	t   *term.Term
	err error
}

func (j *jsonl) Event(e event.Event) {
	if j.err != nil {
		return
	}
	b, err := event.Encode(e)
	if err == nil {
		_, err = j.t.Out.Write(b)
	}
	j.err = err
}

func (j *jsonl) Close(event.Report) error { return j.err }
