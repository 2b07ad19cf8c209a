package cli

import (
	"testing"

	"netlab/internal/interp"
)

// A program that a lab finds must be one when it is called.
func TestEveryProgramOfALabIsKnown(t *testing.T) {
	all := interp.OwnPrograms()
	seen := map[string]bool{}
	for _, p := range all {
		if seen[p.Name] {
			t.Errorf("%s is named twice", p.Name)
		}
		seen[p.Name] = true
		if ownProgram(p.Name) == nil {
			t.Errorf("%s is netlab's command line in a lab", p.Name)
		}
	}
	if len(all) == 0 {
		t.Error("a lab has no programs")
	}
	for _, name := range []string{"netlab", "", "ip", "coredns2"} {
		if ownProgram(name) != nil {
			t.Errorf("%q is a program of a lab", name)
		}
	}
}
