package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"netlab/internal/capture"
	"netlab/internal/control"
	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

// hurry is how often captured packets are sent out of the lab.
const hurry = 20 * time.Millisecond

// maxBatch is about how many bytes of packets are in a frame.
const maxBatch = 1 << 20

// packetRelay is a capture that a caller has asked for.
type packetRelay struct {
	*caller
	stream *capture.Stream
	news   *reader
	batch  []byte
	lost   map[string]int
	asked  time.Time // when losses were counted last
}

// capture listens until the caller has it stopped, or is gone. Others are
// served meanwhile.
func (c *caller) capture(ctx context.Context, req control.Request) (control.Answer, error) {
	if req.Capture == nil || req.Capture.Snap < 1 {
		return control.Answer{}, errors.New("capture of nothing")
	}
	opt, lack := places(req.Capture.Places)
	if lack != nil {
		return lack.answer(), nil
	}
	var err error
	if opt.Filter, err = filter.Compile(req.Capture.Filter, req.Capture.Snap, filter.AnyLink); err != nil {
		return control.Answer{}, err
	}
	l := &packetRelay{caller: c, news: c.diary.open()}
	defer c.diary.close(l.news)
	l.stream, err = capture.Listen(opt)
	var nowhere *capture.NowhereError
	if errors.As(err, &nowhere) {
		return nowhereToListen(nowhere).answer(), nil
	}
	if err != nil {
		return control.Answer{}, err
	}
	defer l.stream.Close()
	return control.Answer{}, l.relay(ctx)
}

func places(of []control.Place) (capture.Options, *lacking) {
	var opt capture.Options
	for _, p := range of {
		if p.Node != netns.Host && !netns.Exists(p.Node) {
			return opt, nowhereToListen(&capture.NowhereError{Place: capture.Place{Space: p.Node}})
		}
		opt.Places = append(opt.Places, capture.Place{Space: p.Node, Link: p.Link})
	}
	return opt, nil
}

func nowhereToListen(err *capture.NowhereError) *lacking {
	what := control.MissingNode
	if err.Place.Link != "" {
		what = control.MissingLink
	}
	return &lacking{what, err.Error()}
}

// relay sends what comes by until it is told to stop.
func (l *packetRelay) relay(ctx context.Context) error {
	tick := time.NewTicker(hurry)
	defer tick.Stop()
	for {
		select {
		case f, ok := <-l.frames:
			var req control.Request
			switch {
			case !ok:
				return l.readError
			case f.Kind == control.KindRequest && f.Into(&req) == nil && req.Verb == control.Stop:
				return l.rest(ctx)
			}
		case <-tick.C:
			if err := l.send(l.stream.Take(), false); err != nil {
				return err
			}
		}
	}
}

func (l *packetRelay) rest(ctx context.Context) error {
	b, err := l.stream.Rest(ctx)
	if err != nil {
		return err
	}
	return l.send(b, true)
}

// send sends a batch, with what has happened meanwhile. Marks come first: the
// outer process puts them where they belong in time.
func (l *packetRelay) send(b capture.Batch, last bool) error {
	for _, p := range b.Points {
		if err := l.conn.Send(control.KindPoint, p); err != nil {
			return err
		}
	}
	for _, m := range l.diary.read(l.news) {
		if err := l.conn.Send(control.KindMoment, m); err != nil {
			return err
		}
	}
	for _, p := range b.Packets {
		if len(l.batch) > 0 && len(l.batch)+measure.BatchSize(p) > maxBatch {
			if err := l.flush(); err != nil {
				return err
			}
		}
		l.batch = measure.AppendPacket(l.batch, p)
	}
	return errors.Join(l.flush(), l.tellLosses(last))
}

func (l *packetRelay) flush() error {
	if len(l.batch) == 0 {
		return nil
	}
	err := l.conn.SendBytes(control.KindPackets, l.batch)
	l.batch = l.batch[:0]
	return err
}

// tellLosses tells how much is lost, when there is more of it.
func (l *packetRelay) tellLosses(now bool) error {
	if !now && time.Since(l.asked) < time.Second {
		return nil
	}
	l.asked = time.Now()
	lost := l.stream.Lost()
	if maps.Equal(lost, l.lost) {
		return nil
	}
	l.lost = lost
	return l.conn.Send(control.KindLost, lost)
}

// Captured is one thing that comes out of a capture. One of its fields is
// set.
type Captured struct {
	Point   *measure.Point // an interface: the next number is its
	Packets []measure.Packet
	Mark    *control.Moment
	Lost    map[string]int // frames so far, by namespace
}

// Capture listens in the lab until stop is closed, and hands over what comes
// by, in the order of time. An error of take ends it. The error may be a
// *Lacking.
func (c *Client) Capture(ctx context.Context, what control.Listening, stop <-chan struct{}, take func(Captured) error) error {
	points := 0
	answer, err := c.exchange(ctx, control.Request{Verb: control.Capture, Capture: &what}, func(f control.Frame) error {
		got, err := captured(f, points)
		if got.Point != nil {
			points++
		}
		if err != nil {
			return fmt.Errorf("the lab's engine cannot be understood: %w", err)
		}
		return take(got)
	}, func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-stop:
			_ = c.conn.Send(control.KindRequest, control.Request{Verb: control.Stop})
		}
	})
	return lacks(answer, err)
}

// captured reads a frame of a capture.
func captured(f control.Frame, points int) (Captured, error) {
	var out Captured
	var err error
	switch f.Kind {
	case control.KindPoint:
		out.Point = &measure.Point{}
		err = f.Into(out.Point)
	case control.KindPackets:
		out.Packets, err = measure.ReadBatch(f.Payload, points)
	case control.KindMoment:
		out.Mark = &control.Moment{}
		err = f.Into(out.Mark)
	case control.KindLost:
		err = f.Into(&out.Lost)
	}
	return out, err
}
