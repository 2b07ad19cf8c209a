package trace

import "time"

// loopback is the interface by which a namespace talks to itself.
const loopback = "lo"

// Forever is later than any frame.
const Forever = time.Duration(1<<63 - 1)

// Last is the latest sight of a visit.
func (v Visit) Last() Sight { return v.Sights[len(v.Sights)-1] }

// Entered is the last sight of a packet on its way in, before it left again;
// false where it began.
func (v Visit) Entered() (Sight, bool) {
	found := false
	var in Sight
	for _, s := range v.Sights {
		if s.Out() && s.Link == loopback {
			continue
		}
		if s.Out() {
			break
		}
		in, found = s, true
	}
	return in, found
}
