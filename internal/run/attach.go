package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
	"netlab/internal/snapshot"
)

// ErrGone is the error of whatever is asked of a lab that has ended meanwhile.
var ErrGone = errors.New("the lab has ended")

// ErrSilent says that a lab does not answer.
var ErrSilent = errors.New("the lab does not answer")

// maxHello is how long a lab may take to say what it is. One that is being
// built answers when it is done.
const maxHello = 5 * time.Second

// guest is a lab that belongs to nobody here: giving it up means to leave.
type guest struct{ peer sandbox.Peer }

func (g guest) Kill()         { g.peer.Close() }
func (g guest) Wait() int     { return 0 }
func (g guest) Crash() string { return "" }

// VersionError says that a lab speaks another version of the protocol.
type VersionError struct{ Lab control.Lab }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the lab %s was started by another netlab (%s), which this one does not understand", e.Lab.Name, e.Lab.Netlab)
}

// Attach makes a Client of a connection to a lab that stays, and returns what
// the lab says of itself. The Client's Close leaves the lab and does not end
// it. The error may be ErrSilent, ErrGone or a *VersionError; the connection is
// closed then.
func Attach(ctx context.Context, peer sandbox.Peer) (*Client, control.Lab, error) {
	c := &Client{lab: guest{peer}, conn: control.New(peer)}
	_ = peer.SetDeadline(time.Now().Add(maxHello))
	answer, err := c.Do(ctx, control.Request{Verb: control.Hello}, func(event.Event) {})
	if err == nil && answer.Lab == nil {
		err = ErrSilent
	}
	if err == nil && answer.Lab.V != control.Version {
		err = &VersionError{*answer.Lab}
	}
	if err != nil {
		c.Close()
		return nil, control.Lab{}, err
	}
	_ = peer.SetDeadline(time.Time{})
	return c, *answer.Lab, nil
}

// Look returns the state of the lab, and the settings that a new namespace in
// it would have.
func (c *Client) Look(ctx context.Context) (lab snapshot.Lab, fresh map[string]string, err error) {
	lab, answer, err := c.state(ctx, control.Request{Verb: control.Look})
	return lab, answer.Fresh, err
}

// state asks for something that is answered with a state of the lab.
func (c *Client) state(ctx context.Context, req control.Request) (lab snapshot.Lab, answer control.Answer, err error) {
	answer, err = c.exchange(ctx, req, func(f control.Frame) error {
		if f.Kind != control.KindSpace {
			return nil
		}
		var s snapshot.Space
		if err := f.Into(&s); err != nil {
			return err
		}
		lab.Spaces = append(lab.Spaces, s)
		return nil
	})
	return lab, answer, err
}

// NoMark says that a lab does not remember a state of that name.
type NoMark struct {
	Name string
	Have []string
}

func (e *NoMark) Error() string { return fmt.Sprintf("the lab has no mark %q", e.Name) }

// ErrFull says that a lab remembers as many states as it can.
var ErrFull = errors.New("the lab cannot remember one more state")

// Mark makes the lab remember its state under a name. The error may be ErrFull.
func (c *Client) Mark(ctx context.Context, name string) error {
	answer, err := c.Do(ctx, control.Request{Verb: control.Mark, Text: name}, func(event.Event) {})
	if answer.Missing == control.MissingRoom {
		return ErrFull
	}
	return err
}

// Recall returns the state of the lab that was remembered under a name, and
// when that was. The error may be a *NoMark.
func (c *Client) Recall(ctx context.Context, name string) (snapshot.Lab, time.Time, error) {
	lab, answer, err := c.state(ctx, control.Request{Verb: control.Recall, Text: name})
	if answer.Missing == control.MissingMark {
		return lab, answer.At, &NoMark{name, answer.Marks}
	}
	return lab, answer.At, err
}

// Watch passes on what changes in the lab, as events of change, until ctx or
// the lab ends, or sink has no more use for it: then it returns that error. A
// note comes first, when everything that changes from then on will be told. The
// Client is of no use afterwards.
func (c *Client) Watch(ctx context.Context, sink func(event.Event) error) error {
	_, err := c.exchange(ctx, control.Request{Verb: control.Watch}, func(f control.Frame) error {
		if f.Kind != control.KindEvent {
			return nil
		}
		var ev event.Event
		if err := f.Into(&ev); err != nil {
			return err
		}
		return sink(ev)
	})
	return err
}

// HasNode says whether a lab has a node of that name.
func HasNode(l control.Lab, name string) bool {
	return name == snapshot.Host || slices.Contains(l.Nodes, name)
}
