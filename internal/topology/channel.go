package topology

import (
	"cmp"
	"slices"
)

// maxTracks is how many bends one above the other can still be followed.
const maxTracks = 8

// channel are the wires between a row of boxes and the next one. It gives each
// wire that must bend a track, and returns how many there are; false: there
// are too many, or two wires are in each other's way.
func channel(wires []*wire, flat func(*wire) bool) (tracks int, ok bool) {
	var open []*wire
	for _, w := range wires {
		if flat(w) || w.a.x != w.b.x {
			open = append(open, w)
		}
	}
	slices.SortStableFunc(open, fewCrossings)
	var done []*wire
	for len(open) > 0 {
		i := slices.IndexFunc(open, func(w *wire) bool {
			return !slices.ContainsFunc(open, func(first *wire) bool { return first != w && mustPass(first, w, flat) })
		})
		if i < 0 {
			return 0, false
		}
		w := open[i]
		open = slices.Delete(open, i, i+1)
		for _, d := range done {
			if mustPass(d, w, flat) || d.track >= w.track && overlap(d, w) {
				w.track = max(w.track, d.track+1)
			}
		}
		w.track = firstFree(w, done)
		done = append(done, w)
		tracks = max(tracks, w.track+1)
	}
	return tracks, tracks <= maxTracks
}

// firstFree is the first track, from the wire's own on, in which it meets none.
func firstFree(w *wire, done []*wire) int {
	t := w.track
	for slices.ContainsFunc(done, func(d *wire) bool { return d.track == t && overlap(d, w) }) {
		t++
	}
	return t
}

// fewCrossings puts wires to the right before those to the left; of the first
// the one that begins farthest right comes first, of the others the other way.
func fewCrossings(a, b *wire) int {
	right := func(w *wire) bool { return w.b.x > w.a.x }
	switch {
	case right(a) && right(b):
		return cmp.Compare(b.a.x, a.a.x)
	case right(a):
		return -1
	case right(b):
		return 1
	}
	return cmp.Compare(a.a.x, b.a.x)
}

// mustPass says that first comes down where w goes further down, so that its
// bend must be above that of w.
func mustPass(first, w *wire, flat func(*wire) bool) bool {
	if flat(w) {
		return false // it has no way down
	}
	return first.a.x == w.b.x || flat(first) && first.b.x == w.b.x
}

// overlap says that two bends cannot be in one track.
func overlap(a, b *wire) bool {
	return min(a.a.x, a.b.x) <= max(b.a.x, b.b.x)+1 && min(b.a.x, b.b.x) <= max(a.a.x, a.b.x)+1
}
