//go:build linux

package capture

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

// Options say what a stream listens to.
type Options struct {
	// Places; none means all namespaces, those too that come later.
	Places []Place
	// Filter is a program that keeps some frames, and of those the beginning;
	// empty: all of all.
	Filter filter.Program
}

// Stream is a capture that may last: rings in many namespaces, and their
// frames in the order of time. It belongs to one goroutine.
type Stream struct {
	opt   Options
	shape shape

	mu   sync.Mutex
	taps []*tapped

	points  []measure.Point
	known   map[place]int // number of a point
	told    int           // how many points the caller knows
	waiting []measure.Packet
	gone    map[string]int // losses of rings that are closed
	stop    context.CancelFunc
	watched sync.WaitGroup
}

// Batch is what has come since the last one.
type Batch struct {
	Points  []measure.Point // that are new: they get the next numbers
	Packets []measure.Packet
}

// How long a frame waits for older ones of other rings: a block is handed over
// when it is so old, and timers on a busy machine are late.
const hold = retire + 60*time.Millisecond

// look is how often the stream looks for new namespaces, and for places that
// are gone; names are looked at each renames times of it.
const (
	look    = 20 * time.Millisecond
	renames = 5
)

// Listen begins a stream. The caller closes it. The error may be a
// *NowhereError.
func Listen(opt Options) (*Stream, error) {
	s := &Stream{opt: opt, known: map[place]int{}, gone: map[string]int{}}
	places, err := s.wanted()
	if err != nil {
		return nil, err
	}
	s.shape = shapeFor(len(places))
	taps, err := s.tapAll(places)
	if err == nil {
		s.taps = taps
		s.meet(taps)
		ctx, cancel := context.WithCancel(context.Background())
		s.stop = cancel
		s.watched.Go(func() { s.watch(ctx) })
		return s, nil
	}
	closeAll(taps)
	return nil, err
}

// wanted are the places at which the stream should listen now.
func (s *Stream) wanted() ([]Place, error) {
	if len(s.opt.Places) > 0 {
		return s.opt.Places, nil
	}
	names, err := netns.List()
	out := []Place{{Space: netns.Host}}
	for _, n := range names {
		out = append(out, Place{Space: n})
	}
	return out, err
}

// tapAll listens at places, many at a time: the kernel lets each of them wait.
// One that is gone meanwhile is an error only if it was asked for.
func (s *Stream) tapAll(places []Place) ([]*tapped, error) {
	taps, failed := make([]*tapped, len(places)), make([]error, len(places))
	slots := make(chan struct{}, closers)
	var running sync.WaitGroup
	for i, p := range places {
		slots <- struct{}{}
		running.Go(func() {
			taps[i], failed[i] = tapAt(p, s.shape, s.opt.Filter)
			<-slots
		})
	}
	running.Wait()
	taps = slices.DeleteFunc(taps, func(t *tapped) bool { return t == nil })
	for _, err := range failed {
		var nowhere *NowhereError
		if err != nil && (len(s.opt.Places) > 0 || !errors.As(err, &nowhere)) {
			return taps, err
		}
	}
	return taps, nil
}

// watch follows the lab: what has appeared is listened to, and what is gone
// is let go, since a socket keeps its namespace alive.
func (s *Stream) watch(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.follow(n%renames == 0)
	}
}

func (s *Stream) follow(names bool) {
	places, err := s.wanted()
	if err != nil {
		return
	}
	missing := s.drop(places)
	if names {
		s.rename()
	}
	if len(missing) == 0 {
		return
	}
	fresh, _ := s.tapAll(missing) // what is not there may come yet
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taps = append(s.taps, fresh...)
	s.meet(fresh)
}

// drop lets go of what is gone, once its frames are taken, and returns the
// places at which nothing listens.
func (s *Stream) drop(places []Place) (missing []Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var stale []*tapped
	s.taps = slices.DeleteFunc(s.taps, func(t *tapped) bool {
		gone := t.stale() || !slices.Contains(places, t.place)
		if gone {
			s.collect(t)
			s.gone[t.place.Space] += t.losses()
			stale = append(stale, t)
		}
		return gone
	})
	if len(stale) > 0 {
		s.watched.Go(func() { closeAll(stale) })
	}
	return slices.DeleteFunc(slices.Clone(places), func(p Place) bool {
		return slices.ContainsFunc(s.taps, func(t *tapped) bool { return t.place == p })
	})
}

// rename forgets interfaces that have another name now: the next frame that
// comes by asks for it.
func (s *Stream) rename() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.taps {
		for at, n := range s.known {
			if at.space != t.place.Space {
				continue
			}
			if now := t.linkName(at.index); now != "" && now != s.points[n].Link {
				delete(s.known, at)
			}
		}
	}
}

// Take returns what is old enough that nothing older can still come, in the
// order of time.
func (s *Stream) Take() Batch {
	out, _ := s.upTo(time.Now().Add(-hold))
	return out
}

// Rest waits for all that has come by until now, and returns it. It is the
// last batch.
func (s *Stream) Rest(ctx context.Context) (Batch, error) {
	now := time.Now()
	select {
	case <-ctx.Done():
		return Batch{}, ctx.Err()
	case <-time.After(hold):
	}
	out, all := s.upTo(now)
	for !all && ctx.Err() == nil {
		var more Batch
		more, all = s.upTo(now)
		out.Points, out.Packets = append(out.Points, more.Points...), append(out.Packets, more.Packets...)
	}
	return out, ctx.Err()
}

// upTo returns the packets until a moment, or until an earlier one if a ring
// has more frames than could be taken at once; all says that it is not so.
func (s *Stream) upTo(end time.Time) (out Batch, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = true
	for _, t := range s.taps {
		if last, rest := s.collect(t); rest && last.Before(end) {
			end, all = last, false
		}
	}
	slices.SortStableFunc(s.waiting, func(a, b measure.Packet) int { return a.Time.Compare(b.Time) })
	n := len(s.waiting)
	if i := slices.IndexFunc(s.waiting, func(p measure.Packet) bool { return p.Time.After(end) }); i >= 0 {
		n = i
	}
	out = Batch{Points: slices.Clone(s.points[s.told:]), Packets: s.waiting[:n:n]}
	s.waiting, s.told = slices.Clone(s.waiting[n:]), len(s.points)
	return out, all
}

// collect takes the frames of a ring. Rest says that it has more, which have
// come after last.
func (s *Stream) collect(t *tapped) (last time.Time, rest bool) {
	frames, all := t.fetch()
	for _, f := range frames {
		s.waiting = append(s.waiting, measure.Packet{Point: s.point(t, f), Time: f.at, For: f.who, Len: f.size, Data: f.data})
	}
	if all {
		return time.Time{}, false
	}
	return frames[len(frames)-1].at, true
}

// point is the number of the interface by which a frame came.
func (s *Stream) point(t *tapped, f frame) int {
	if n, ok := s.known[place{t.place.Space, f.index}]; ok {
		return n
	}
	name := t.linkName(f.index)
	if name == "" { // gone before we could ask
		name = "if" + strconv.Itoa(f.index)
	}
	return s.number(measure.Point{Space: t.place.Space, Link: name, Index: f.index, Ether: ethernet(f.kind)})
}

// meet gives numbers to the interfaces that places have.
func (s *Stream) meet(taps []*tapped) {
	for _, t := range taps {
		for _, p := range t.points {
			s.number(p)
		}
	}
}

func (s *Stream) number(p measure.Point) int {
	at := place{p.Space, p.Index}
	if n, ok := s.known[at]; ok && s.points[n].Link == p.Link {
		return n
	}
	s.points = append(s.points, p)
	s.known[at] = len(s.points) - 1
	return s.known[at]
}

// Lost is how many frames found no room so far, by namespace.
func (s *Stream) Lost() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := maps.Clone(s.gone)
	for _, t := range s.taps {
		out[t.place.Space] += t.losses()
	}
	maps.DeleteFunc(out, func(_ string, n int) bool { return n == 0 })
	return out
}

// Close ends the stream.
func (s *Stream) Close() {
	s.stop()
	s.watched.Wait()
	closeAll(s.taps)
	s.taps = nil
}

// closeAll closes many rings at once, since for each the kernel waits.
func closeAll(taps []*tapped) {
	slots := make(chan struct{}, closers)
	var running sync.WaitGroup
	for _, t := range taps {
		slots <- struct{}{}
		running.Go(func() {
			t.close()
			<-slots
		})
	}
	running.Wait()
}
