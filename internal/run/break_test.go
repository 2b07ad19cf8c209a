package run

import (
	"fmt"
	"strings"
	"testing"

	"netlab/internal/check"
	"netlab/internal/scenario"
)

// TestEachCheckFailsWhenItsClaimIsBroken breaks the network for every check of
// every lesson, in each way that touches what is claimed.
func TestEachCheckFailsWhenItsClaimIsBroken(t *testing.T) {
	apart(t, func(t *testing.T, all scenario.Catalog, s scenario.Scenario) {
		b := newBench(t)
		b.hasty()
		k := &breaker{bench: b, all: all, lesson: impatient(s)}
		for n := range s.Steps {
			t.Run(fmt.Sprintf("step %d", n+1), func(t *testing.T) { k.step(t, n+1) })
		}
	})
}

// breaker goes through one lesson. It breaks and mends one lab, and builds it
// again where mending is impossible or leaves a trace.
type breaker struct {
	*bench
	all    scenario.Catalog
	lesson scenario.Scenario
	at     int // step to which the lab is built; 0: it is broken
}

// in makes t the test that is spoken to while f runs.
func (k *breaker) in(t *testing.T, f func()) {
	old := k.bench.t
	defer func() { k.bench.t = old }()
	k.bench.t = t
	f()
}

func (k *breaker) step(t *testing.T, number int) {
	s := k.lesson.Steps[number-1]
	possible := false
	k.in(t, func() { possible = k.build(number) })
	if !possible {
		t.Skipf("this machine lacks one of %v", s.Requires)
	}
	for _, c := range s.Checks {
		t.Run(c.String(), func(t *testing.T) { k.check(t, number, c) })
	}
}

func (k *breaker) check(t *testing.T, number int, c check.Check) {
	var faults []fault
	k.in(t, func() { faults = k.faults(number, c) })
	if len(faults) == 0 {
		t.Fatal("nothing is known that breaks this claim")
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			k.in(t, func() { k.try(number, c, f) })
		})
	}
}

// build makes the lab as it is after a step. It returns false when this
// machine cannot do the step.
func (k *breaker) build(number int) bool {
	k.bench.t.Helper()
	if k.at == number {
		return true
	}
	from := k.at + 1
	if k.at != number-1 || k.at == 0 {
		k.load(k.all, k.lesson)
		from = 1
	}
	k.at = number
	return k.reach(from, number)
}

// faults looks at the lab in which the check holds.
func (k *breaker) faults(number int, c check.Check) []fault {
	k.holds(number, c)
	lab, err := k.look(soon(k.bench.t))
	must(k.bench.t, err)
	return faultsOf(c, lab)
}

// holds sees the check pass, in a lab built again if need be: a link that was
// down for a moment has lost its neighbours.
func (k *breaker) holds(number int, c check.Check) {
	k.bench.t.Helper()
	k.build(number)
	out, err := k.decide(soon(k.bench.t), c)
	must(k.bench.t, err)
	if out.OK {
		return
	}
	k.at = 0
	k.build(number)
	if out, err = k.patiently(c); err != nil || !out.OK {
		k.bench.t.Fatalf("the check fails in a whole lab: %+v, %v", out, err)
	}
}

// patiently judges as in a real run: what should hold may take its time.
func (k *breaker) patiently(c check.Check) (check.Outcome, error) {
	patience := k.patience
	defer func() { k.patience = patience }()
	k.patience = check.Check.Patience
	return k.decide(soon(k.bench.t), c)
}

// once judges without patience: what a fault has done is done.
func (k *breaker) once(c check.Check) (check.Outcome, error) {
	_, echo := k.patience(c)
	return k.bench.try(soon(k.bench.t), c, echo)
}

func (k *breaker) try(number int, c check.Check, f fault) {
	t := k.bench.t
	k.holds(number, c)
	at := k.at
	k.at = 0
	must(t, k.sh(f.harm))
	out, err := k.once(c)
	must(t, err)
	switch said := out.Got + "; " + out.Cause; {
	case out.OK:
		t.Errorf("the check holds after %q: %s", f.harm, out.Got)
	case !hasOneOf(said, f.names):
		t.Errorf("after %q the check says %q, which has none of %q", f.harm, said, f.names)
	}
	if f.mend == "" {
		return
	}
	must(t, k.sh(f.mend))
	k.at = at
	if out, err = k.patiently(c); err != nil || !out.OK {
		t.Errorf("the check fails after %q: %+v, %v", f.mend, out, err)
		k.at = 0
	}
}

func hasOneOf(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
