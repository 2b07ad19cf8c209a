//go:build linux

package capture

import (
	"context"
	"slices"
	"time"
)

// look is how often the stream looks for new namespaces, and for places that
// are gone; names are looked at each renames times of it.
const (
	look    = 20 * time.Millisecond
	renames = 5
)

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
