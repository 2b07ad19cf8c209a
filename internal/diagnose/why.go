package diagnose

import (
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Cause is why a probe failed: a finding with its place.
type Cause struct {
	Finding
	Kind  Kind   `json:"kind"`
	Space string `json:"space,omitempty"` // where it is
	Link  string `json:"link,omitempty"`
	Look  string `json:"look,omitempty"` // a command that shows it, and changes nothing
	Sure  bool   `json:"sure"`           // what was measured leaves no other way
}

// Kind is what is wrong, in one word that stays the same.
type Kind string

// Why says why a probe was not answered, the likeliest cause first. Before and
// after are the lab around the probe; it returns nothing when the probe was
// answered by whom it was for.
func Why(before, after snapshot.Lab, t measure.Trace) []Cause { return nil }
