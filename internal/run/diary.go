package run

import (
	"slices"
	"sync"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
)

// diary tells captures what happens in the lab while they run. It has a lock
// of its own: a step holds the engine's.
type diary struct {
	mu      sync.Mutex
	now     control.Moment // the step that the lab is at
	readers []*reader
}

// reader is a capture's own list of what has happened.
type reader struct{ marks []control.Moment }

// turn says that a step begins.
func (d *diary) turn(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = control.Moment{Time: time.Now(), Text: text}
	d.tell(d.now)
}

func (d *diary) tell(m control.Moment) {
	for _, r := range d.readers {
		r.marks = append(r.marks, m)
	}
}

// follow notes the commands among events, on their way to a sink.
func (d *diary) follow(sink event.Sink) event.Sink {
	return func(ev event.Event) {
		if ev.Kind == event.Command {
			d.mu.Lock()
			d.tell(control.Moment{Time: time.Now(), Text: placed(ev), Command: true})
			d.mu.Unlock()
		}
		sink(ev)
	}
}

func placed(ev event.Event) string {
	if ev.Place == "" {
		return ev.Line
	}
	return ev.Place + ": " + ev.Line
}

// open begins to read: first comes where the lab is now.
func (d *diary) open() *reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := &reader{}
	if d.now.Text != "" {
		r.marks = append(r.marks, control.Moment{Time: d.now.Time, Text: d.now.Text})
	}
	d.readers = append(d.readers, r)
	return r
}

// read returns what has happened since it was read last.
func (d *diary) read(r *reader) []control.Moment {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := r.marks
	r.marks = nil
	return out
}

func (d *diary) close(r *reader) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.readers = slices.DeleteFunc(d.readers, func(other *reader) bool { return other == r })
}
